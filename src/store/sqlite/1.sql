-- The first schema. Times of messages are texts that sort (2026-11-24T02:02:00.123Z), those of rows Unix time in seconds.

-- What was posted, incidents, and the rotation's last copy, as in the table on AWS. The columns before `item` repeat what is
-- in it, so that rows are found by it.
CREATE TABLE rows (
    pk TEXT NOT NULL,
    sk TEXT NOT NULL,
    gsi_pk TEXT,
    gsi_sk TEXT,
    expires_at INTEGER,
    item TEXT NOT NULL,
    PRIMARY KEY (pk, sk)
);
CREATE INDEX by_state ON rows (gsi_pk, gsi_sk) WHERE gsi_pk IS NOT NULL;
CREATE INDEX rows_by_expiry ON rows (expires_at) WHERE expires_at IS NOT NULL;

-- What waits to be posted. Of one group a message is handed over after those with smaller ids.
CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    lane TEXT NOT NULL,
    message_group TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    receives INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL
);
CREATE INDEX messages_by_group ON messages (lane, message_group, id);

-- What was sent a moment ago, in that order. A message is dropped while this has the same.
CREATE TABLE sent (
    id INTEGER PRIMARY KEY,
    lane TEXT NOT NULL,
    message_group TEXT NOT NULL,
    deduplication TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    UNIQUE (lane, message_group, deduplication)
);

-- What was handed over too often, or waited for too long. Nobody tries it again.
CREATE TABLE dead_letters (
    id INTEGER PRIMARY KEY,
    lane TEXT NOT NULL,
    message_group TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    receives INTEGER NOT NULL,
    given_up_at TEXT NOT NULL,
    body TEXT NOT NULL
);

-- One row: how often the file was opened, and how often it was tried whether it can be written.
CREATE TABLE openings (count INTEGER NOT NULL, checks INTEGER NOT NULL);
INSERT INTO openings VALUES (0, 0);

-- For people who look.
CREATE VIEW incidents AS
SELECT
    substr(pk, length('incident#') + 1) AS id,
    item ->> 'number' AS number,
    item ->> 'state' AS state,
    item ->> 'service' AS service,
    item ->> 'title' AS title,
    item ->> 'opened_at' AS opened_at,
    item ->> 'changed_at' AS changed_at
FROM rows
WHERE pk >= 'incident#' AND pk < 'incident$' AND sk = 'state';

CREATE VIEW deliveries AS
SELECT
    substr(pk, length('claim#') + 1) AS event,
    sk AS destination,
    item ->> 'state' AS state,
    item ->> 'what' AS what,
    item ->> 'incident' AS incident,
    item ->> 'attempts' AS attempts
FROM rows
WHERE pk >= 'claim#' AND pk < 'claim$';
