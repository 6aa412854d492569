//! What the daily check has told, so that it does not tell it every day.

use super::{Ledger, answered};
use crate::store::condition::Condition;
use crate::store::item::Item;
use crate::store::{Down, Put};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;

const KEEP: TimeDelta = TimeDelta::days(90);
const PARTITION: &str = "daily-check";
const TOLD: &str = "told";
/// DynamoDB refuses a row of over 400 KB. What is left out is told again.
const MOST: usize = 4_000;

impl Ledger {
    /// The ids of what is wrong and was told. `None` without an answer.
    pub async fn checks_told(&self) -> Option<BTreeSet<String>> {
        let row = answered(self.store.limited(async { self.store.read(PARTITION, TOLD).await }).await)?;
        let row = row.filter(Item::is_known);
        let ids = row.as_ref().and_then(|row| row.text("ids")).unwrap_or_default();
        Some(ids.lines().map(str::to_owned).collect())
    }

    /// Keeps these instead. Only for whoever has the claim of the day.
    pub async fn keep_checks_told(&self, ids: &BTreeSet<String>, now: DateTime<Utc>) {
        let ids = ids.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join("\n");
        let item = Item::new(PARTITION, TOLD, KEEP, now).with_text("ids", ids);
        let write = async {
            self.store.put(Put { item, condition: Condition::none() }).await?;
            Ok::<_, Down>(())
        };
        answered(self.store.limited(write).await);
    }
}
