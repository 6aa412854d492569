//! Which incidents were in an exercise, so that none is twice.

use super::{Ledger, NoAnswer, answered};
use crate::domain::incident::IncidentId;
use crate::store::condition::Condition;
use crate::store::item::Item;
use crate::store::{Down, Put};
use chrono::{DateTime, TimeDelta, Utc};

const KEEP: TimeDelta = TimeDelta::days(180);
const PARTITION: &str = "exercise";
const USED: &str = "used";
/// So many are remembered, the latest ones.
const MOST: usize = 50;

impl Ledger {
    /// The incidents that were in the last exercises, the latest last.
    pub async fn exercised(&self) -> Result<Vec<IncidentId>, NoAnswer> {
        let row =
            answered(self.store.limited(async { self.store.read(PARTITION, USED).await }).await).ok_or(NoAnswer)?;
        let row = row.filter(Item::is_known);
        let ids = row.as_ref().and_then(|row| row.text("ids")).unwrap_or_default();
        Ok(ids.lines().map(|id| IncidentId(id.to_owned())).collect())
    }

    /// Keeps that another one was. Only for whoever has the claim of the exercise.
    pub async fn keep_exercised(&self, before: &[IncidentId], id: &IncidentId, now: DateTime<Utc>) {
        let mut ids: Vec<_> = before.iter().filter(|known| *known != id).map(|known| known.0.as_str()).collect();
        ids.push(&id.0);
        let ids = ids[ids.len().saturating_sub(MOST)..].join("\n");
        let item = Item::new(PARTITION, USED, KEEP, now).with_text("ids", ids);
        let write = async {
            self.store.put(Put { item, condition: Condition::none() }).await?;
            Ok::<_, Down>(())
        };
        answered(self.store.limited(write).await);
    }
}
