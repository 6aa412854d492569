//! Since when the watchdog has been comparing PagerDuty with the ledger.

use super::{Ledger, answered};
use crate::store::condition::Condition;
use crate::store::item::Item;
use crate::store::{Down, Found, Put, Written};
use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};

/// Practically for ever: without this row the watchdog would start over.
const KEEP: TimeDelta = TimeDelta::days(36_500);

impl Ledger {
    /// Since when the watchdog has been comparing: since it first called this. `None` without an answer.
    pub async fn watching_since(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let now = now.trunc_subsecs(3);
        let item = Item::new("watchdog", "since", KEEP, now).with_instant("at", now);
        let write = async {
            Ok::<_, Down>(match self.store.put(Put { item, condition: Condition::absent() }).await? {
                Written::Done => now,
                Written::Refused(found) => match found.first() {
                    // If the row cannot be read, start over: better to report nothing than old news.
                    Some(Found::Otherwise(Some(row))) => row.instant("at").unwrap_or(now),
                    _ => now,
                },
            })
        };
        answered(self.store.limited(write).await)
    }
}
