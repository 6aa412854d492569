//! Since when the watchdog has been comparing PagerDuty with the ledger.

use super::Table;
use crate::store::dynamodb::{Down, Written};
use crate::store::item::{Condition, Item};
use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};

/// Practically for ever: without this row the watchdog would start over.
const KEEP: TimeDelta = TimeDelta::days(36_500);

impl Table {
    /// When this was first called.
    pub async fn watching_since(&self, now: DateTime<Utc>) -> Result<DateTime<Utc>, Down> {
        let now = now.trunc_subsecs(3);
        let item = Item::new("watchdog", "since", KEEP, now).with_instant("at", now);
        self.store
            .limited(async {
                Ok(match self.store.put(item, Condition::absent()).await? {
                    Written::Done => now,
                    // If the row cannot be read, start over: better to report nothing than old news.
                    Written::Refused(row) => row.and_then(|row| row.instant("at")).unwrap_or(now),
                })
            })
            .await
    }
}
