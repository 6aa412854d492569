//! Tries to post an event: one row for each, all of one event in a partition.

use super::items::{Condition, Item, cut, written};
use super::{Down, DynamoDb};
use crate::domain::incident::EventKey;
use crate::ledger::attempt::Attempt;
use chrono::TimeDelta;

const KEEP: TimeDelta = TimeDelta::days(90);
/// What is longer than so many bytes is cut.
const LONGEST: usize = 1_024;

impl DynamoDb {
    /// Keeps what was tried. The same chat at the same time is one try.
    pub async fn keep_attempt(&self, key: &EventKey, attempt: &Attempt) -> Result<(), Down> {
        let Attempt { at, what, incident, place, chat, outcome, why } = attempt;
        let mut item = Item::new(partition(key), format!("{}#{place}", written(*at)), KEEP, *at)
            .with_text("what", cut(what, LONGEST))
            .with_text("chat", chat)
            .with_text("outcome", cut(outcome, LONGEST))
            .with_text("why", cut(why, LONGEST));
        if let Some(number) = incident {
            item = item.with_number("number", number);
        }
        self.limited(async { self.put(item, Condition::absent()).await.map(|_| ()) }).await
    }

    /// All tries with an event, the first one first.
    pub async fn attempts(&self, key: &EventKey) -> Result<Vec<Attempt>, Down> {
        let condition = Condition::new("#pk = :event").with_text(":event", partition(key));
        let rows = self.limited(self.query(condition)).await?;
        Ok(rows.iter().filter_map(attempt).collect())
    }
}

fn partition(key: &EventKey) -> String {
    format!("event#{key}")
}

/// The try of a row; `None` for a row of another version or without its parts.
fn attempt(row: &Item) -> Option<Attempt> {
    if !row.is_known() {
        return None;
    }
    let (at, place) = row.text("sk")?.split_once('#')?;
    let text = |name| row.text(name).map(str::to_owned);
    Some(Attempt {
        at: at.parse().ok()?,
        what: text("what")?,
        incident: row.number("number"),
        place: place.to_owned(),
        chat: text("chat")?,
        outcome: text("outcome")?,
        why: text("why")?,
    })
}
