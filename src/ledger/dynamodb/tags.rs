//! Which incident carried a tag: one row for each that is over. The others are in the index of open incidents.

use super::items::{Condition, Item};
use super::{Down, DynamoDb};
use crate::domain::incident::IncidentId;
use crate::domain::text::Tag;
use chrono::{DateTime, TimeDelta, Utc};

/// As long as its incident.
const KEEP: TimeDelta = TimeDelta::days(90);
const INCIDENT: &str = "incident";

impl DynamoDb {
    /// Remembers it. A tag that two incidents had is the later one's.
    pub async fn keep_tag(&self, tag: &Tag, id: &IncidentId, now: DateTime<Utc>) -> Result<(), Down> {
        let item = Item::new(partition(tag), INCIDENT, KEEP, now).with_text("id", &id.0);
        self.limited(self.put(item, Condition::none())).await.map(|_| ())
    }

    /// The incident that carried the tag.
    pub async fn tagged(&self, tag: &Tag) -> Result<Option<IncidentId>, Down> {
        let row = self.limited(self.read(&partition(tag), INCIDENT)).await?;
        Ok(row.filter(Item::is_known).and_then(|row| Some(IncidentId(row.text("id")?.to_owned()))))
    }
}

fn partition(tag: &Tag) -> String {
    format!("tag{tag}")
}
