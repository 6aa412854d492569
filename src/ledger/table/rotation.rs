//! The last good copy of the rotation, and who is reading the sheet at this moment.

use super::Table;
use crate::ledger::{ROTATION_AHEAD, RotationCopy};
use crate::store::dynamodb::{Down, Written};
use crate::store::item::{Condition, Item, written};
use chrono::{DateTime, TimeDelta, Utc};

const KEEP: TimeDelta = TimeDelta::days(90);
/// Who was reading yesterday does not matter.
const KEEP_READING: TimeDelta = TimeDelta::days(1);
/// DynamoDB refuses a row of over 400 KB.
const LARGEST: usize = 350_000;
const PARTITION: &str = "rotation";
const COPY: &str = "copy";
const READING: &str = "reading";

impl Table {
    pub async fn rotation(&self) -> Result<Option<RotationCopy>, Down> {
        self.store.limited(async { Ok(self.store.read(PARTITION, COPY).await?.as_ref().and_then(copy)) }).await
    }

    /// Keeps a copy, unless there is a newer one. A copy of over 350 KB is not kept, and the log says so.
    pub async fn keep_rotation(&self, rotation: &RotationCopy, now: DateTime<Utc>) -> Result<(), Down> {
        let size = rotation.reading.len();
        if size > LARGEST {
            tracing::warn!(
                bytes = size,
                "the rotation is too large for the ledger's copy of it, so each instance reads the sheet by itself; \
                 take old weeks out of the sheet"
            );
            return Ok(());
        }
        let item = || {
            Item::new(PARTITION, COPY, KEEP, now)
                .with_text("reading", &rotation.reading)
                .with_instant("read_at", rotation.read_at)
        };
        let older = "attribute_not_exists(#pk) \
                     OR (attribute_type(#read_at, :text) AND (#read_at < :read_at OR #read_at > :ahead))";
        let is_older = Condition::new(older)
            .with_text(":text", "S")
            .with_text(":read_at", written(rotation.read_at))
            .with_text(":ahead", written(now + ROTATION_AHEAD));
        self.store
            .limited(async {
                match self.store.put(item(), is_older).await? {
                    // A row that this version cannot read is of no use.
                    Written::Refused(Some(row)) if copy(&row).is_none() => {
                        self.store.put(item(), Condition::unchanged(&row, &["v", "read_at"])).await.map(|_| ())
                    }
                    Written::Done | Written::Refused(_) => Ok(()),
                }
            })
            .await
    }

    /// Whether the caller may read the sheet now; `false` if another process has begun to within the lease.
    pub async fn may_read_rotation(&self, lease: TimeDelta, now: DateTime<Utc>) -> Result<bool, Down> {
        let write = self.next_write();
        let until = now.timestamp_millis().saturating_add(lease.num_milliseconds());
        let item = Item::new(PARTITION, READING, KEEP_READING, now)
            .with_text("owner", &self.owner)
            .with_text("write", &write)
            .with_number("lease_until", until);
        let over = "attribute_not_exists(#pk) OR attribute_not_exists(#v) OR #v <> :v \
                    OR NOT attribute_type(#lease_until, :number) OR #lease_until <= :now OR #lease_until > :ahead";
        let is_over = Condition::new(over)
            .with_number(":v", 1)
            .with_text(":number", "N")
            .with_number(":now", now.timestamp_millis())
            .with_number(":ahead", until.saturating_add(ROTATION_AHEAD.num_milliseconds()));
        self.store
            .limited(async {
                match self.store.put(item, is_over).await? {
                    Written::Done => Ok(true),
                    // Our own request, sent a second time because the answer to the first was lost.
                    Written::Refused(row) => Ok(row.is_some_and(|row| row.text("write") == Some(&write))),
                }
            })
            .await
    }
}

/// Returns `None` for a row of another version or without its parts.
fn copy(row: &Item) -> Option<RotationCopy> {
    if !row.is_known() {
        return None;
    }
    Some(RotationCopy { reading: row.text("reading")?.to_owned(), read_at: row.instant("read_at")? })
}
