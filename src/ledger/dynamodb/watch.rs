//! Since when the watchdog compares PagerDuty with the ledger.

use super::items::{Condition, Item};
use super::{Down, DynamoDb, Written};
use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};

/// As good as for ever: without it the watchdog would begin anew.
const KEEP: TimeDelta = TimeDelta::days(36_500);

impl DynamoDb {
    /// When this was first asked.
    pub async fn watching_since(&self, now: DateTime<Utc>) -> Result<DateTime<Utc>, Down> {
        let now = now.trunc_subsecs(3);
        let item = Item::new("watchdog", "since", KEEP, now).with_instant("at", now);
        self.limited(async {
            Ok(match self.put(item, Condition::absent()).await? {
                Written::Done => now,
                // Of a row that cannot be read, nothing is older than now: rather nothing is told than old news.
                Written::Refused(row) => row.and_then(|row| row.instant("at")).unwrap_or(now),
            })
        })
        .await
    }
}
