//! The last good copy of the rotation, and who is reading the sheet at this moment.

use super::{Ledger, answered};
use crate::store::condition::Condition;
use crate::store::item::{Item, Value, written};
use crate::store::{Found, Put, Written};
use chrono::{DateTime, TimeDelta, Utc};

const KEEP: TimeDelta = TimeDelta::days(90);
/// Who was reading yesterday does not matter.
const KEEP_READING: TimeDelta = TimeDelta::days(1);
/// A read of the rotation takes 1.5 s at most; one that began longer ago than this belongs to a crashed process.
const LEASE: TimeDelta = TimeDelta::seconds(5);
/// A copy from further ahead is of a process whose clock is wrong, and is overwritten.
const AHEAD: TimeDelta = TimeDelta::seconds(60);
/// DynamoDB refuses a row of over 400 KB.
const LARGEST: usize = 350_000;
const PARTITION: &str = "rotation";
const COPY: &str = "copy";
const READING: &str = "reading";

/// The last good copy of the rotation, shared by all instances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationCopy {
    /// What was read, in the roster's own form.
    pub reading: String,
    pub read_at: DateTime<Utc>,
}

impl Ledger {
    /// The last good copy of the rotation.
    pub async fn rotation(&self) -> Option<RotationCopy> {
        let row = answered(self.store.limited(async { self.store.read(PARTITION, COPY).await }).await).flatten()?;
        if !row.is_known() {
            return None;
        }
        Some(RotationCopy { reading: row.text("reading")?.to_owned(), read_at: row.instant("read_at")? })
    }

    /// Keeps a copy that was just read, unless there is a newer one. A copy of over 350 KB is not kept, and the log says so.
    pub async fn keep_rotation(&self, rotation: RotationCopy, now: DateTime<Utc>) {
        let RotationCopy { reading, read_at } = rotation;
        if reading.len() > LARGEST {
            tracing::warn!(
                bytes = reading.len(),
                "the rotation is too large for the ledger's copy of it, so each instance reads the sheet by itself; \
                 take old weeks out of the sheet"
            );
            return;
        }
        let item = Item::new(PARTITION, COPY, KEEP, now).with_text("reading", reading).with_instant("read_at", read_at);
        let text = |at| Value::Text(written(at));
        let newer = text(read_at + TimeDelta::milliseconds(1));
        let condition = Condition::unless_between("read_at", newer, text(now + AHEAD));
        answered(self.store.limited(async { self.store.put(Put { item, condition }).await }).await);
    }

    /// Whether the caller may read the sheet now; `false` if another process has begun to a moment ago.
    pub async fn may_read_rotation(&self, now: DateTime<Utc>) -> bool {
        let write = self.next_write();
        let now_ms = now.timestamp_millis();
        let until = now_ms.saturating_add(LEASE.num_milliseconds());
        let item = Item::new(PARTITION, READING, KEEP_READING, now)
            .with_text("owner", &self.owner)
            .with_text("write", &write)
            .with_number("lease_until", until);
        let number = |ms: i64| Value::Number(ms.into());
        let farthest = until.saturating_add(AHEAD.num_milliseconds());
        let condition = Condition::unless_between("lease_until", number(now_ms.saturating_add(1)), number(farthest));
        let written = answered(self.store.limited(async { self.store.put(Put { item, condition }).await }).await);
        match written {
            None | Some(Written::Done) => true,
            // Our own request, sent a second time because the answer to the first was lost.
            Some(Written::Refused(found)) => {
                matches!(found.first(), Some(Found::Otherwise(Some(row))) if row.text("write") == Some(&write))
            }
        }
    }
}
