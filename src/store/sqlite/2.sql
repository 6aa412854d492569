-- Incidents that are the same alert are found by what is the same of them, the newest first.
ALTER TABLE rows ADD COLUMN fingerprint TEXT;
ALTER TABLE rows ADD COLUMN opened_at TEXT;
CREATE INDEX by_fingerprint ON rows (fingerprint, opened_at) WHERE fingerprint IS NOT NULL;
