//! Which incident has a tag: one row for each.

use super::{Ledger, NoAnswer, answered};
use crate::domain::incident::IncidentId;
use crate::domain::text::Tag;
use crate::store::Put;
use crate::store::condition::Condition;
use crate::store::item::Item;
use chrono::{DateTime, TimeDelta, Utc};

/// It is written when the incident begins, and the incident is kept for 90 days after its end.
const KEEP: TimeDelta = TimeDelta::days(180);
const INCIDENT: &str = "incident";

/// A tag that two incidents have belongs to the one that began later.
pub(super) fn put(tag: &Tag, id: &IncidentId, now: DateTime<Utc>) -> Put {
    let item = Item::new(partition(tag), INCIDENT, KEEP, now).with_text("id", &id.0);
    Put { item, condition: Condition::none() }
}

impl Ledger {
    /// The incident with a tag. Of incidents that began under the first edition only those that are resolved have a row;
    /// the others are looked for among those that are open.
    pub(super) async fn tagged(&self, tag: &Tag) -> Result<Option<IncidentId>, NoAnswer> {
        let read = async { self.store.read(&partition(tag), INCIDENT).await };
        let row = answered(self.store.limited(read).await).map(|row| row.filter(Item::is_known));
        if let Some(id) = row.iter().flatten().find_map(|row| row.text("id")) {
            return Ok(Some(IncidentId(id.to_owned())));
        }
        let open = self.open_incidents().await;
        let open_one = open.iter().flatten().rev().find(|known| known.tag().as_ref() == Some(tag));
        match (open_one, row, &open) {
            (Some(known), ..) => Ok(Some(known.id.clone())),
            (None, Some(_), Some(_)) => Ok(None),
            (None, ..) => Err(NoAnswer),
        }
    }
}

fn partition(tag: &Tag) -> String {
    format!("tag{tag}")
}
