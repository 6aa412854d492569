//! Which incident had a tag: one row for each that is resolved. The others are in the index of open incidents.

use super::Table;
use crate::domain::incident::IncidentId;
use crate::domain::text::Tag;
use crate::store::dynamodb::Down;
use crate::store::item::{Condition, Item};
use chrono::{DateTime, TimeDelta, Utc};

/// As long as the incident itself.
const KEEP: TimeDelta = TimeDelta::days(90);
const INCIDENT: &str = "incident";

impl Table {
    /// A tag that two incidents had belongs to the later one.
    pub async fn keep_tag(&self, tag: &Tag, id: &IncidentId, now: DateTime<Utc>) -> Result<(), Down> {
        let item = Item::new(partition(tag), INCIDENT, KEEP, now).with_text("id", &id.0);
        self.keep(item, Condition::none()).await
    }

    pub async fn tagged(&self, tag: &Tag) -> Result<Option<IncidentId>, Down> {
        let row = self.store.limited(self.store.read(&partition(tag), INCIDENT)).await?;
        Ok(row.filter(Item::is_known).and_then(|row| Some(IncidentId(row.text("id")?.to_owned()))))
    }
}

fn partition(tag: &Tag) -> String {
    format!("tag{tag}")
}
