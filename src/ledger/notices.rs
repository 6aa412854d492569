//! What notices are about, and those that something follows: which message of which chat it was.

use super::{Ledger, Mentioned, NoAnswer, Posted, answered};
use crate::domain::destination::Destination;
use crate::domain::incident::{EventKey, IncidentId};
use crate::domain::notices::Told;
use crate::store::condition::Condition;
use crate::store::item::Item;
use crate::store::{Down, Partition, Put, Query};
use chrono::{DateTime, TimeDelta, Utc};

const KEEP: TimeDelta = TimeDelta::days(90);

/// A notice in one chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptNotice {
    pub place: Destination,
    /// The chat's id of the message; empty if it tells none.
    pub post: String,
    /// The incident that it is about.
    pub about: Option<IncidentId>,
}

impl Ledger {
    /// What chats were told of incidents from one time to before another; `None` without an answer.
    pub async fn told_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Option<Vec<Told>> {
        let told = |Posted { at, incident, kind, mentioned }| Told {
            at,
            incident,
            kind,
            has_mentioned: mentioned == Mentioned::Somebody,
        };
        Some(self.posted_between(from, to).await?.into_iter().map(told).collect())
    }

    /// Keeps a notice that a chat has accepted, for what follows it.
    pub async fn keep_notice(&self, key: &EventKey, notice: &KeptNotice, now: DateTime<Utc>) {
        let item = Item::new(partition(key), notice.place.name(), KEEP, now).with_text("post", notice.post.clone());
        let item = match &notice.about {
            Some(id) => item.with_text("incident", id.0.clone()),
            None => item,
        };
        let write = async {
            self.store.put(Put { item, condition: Condition::none() }).await?;
            Ok::<_, Down>(())
        };
        answered(self.store.limited(write).await);
    }

    /// The chats that have accepted a notice.
    pub async fn notices(&self, key: &EventKey) -> Result<Vec<KeptNotice>, NoAnswer> {
        let query = Query { partition: Partition::Pk(partition(key)), between: None };
        let rows = answered(self.store.limited(async { self.store.query(query).await }).await).ok_or(NoAnswer)?;
        Ok(rows.iter().filter(|row| row.is_known()).filter_map(kept).collect())
    }
}

fn partition(key: &EventKey) -> String {
    format!("notice#{key}")
}

fn kept(row: &Item) -> Option<KeptNotice> {
    Some(KeptNotice {
        place: Destination::from_name(row.text("sk")?)?,
        post: row.text("post")?.to_owned(),
        about: row.text("incident").map(|id| IncidentId(id.to_owned())),
    })
}
