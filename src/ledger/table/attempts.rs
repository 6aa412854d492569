//! Attempts to post an event: one row each, all of one event in a partition.

use super::Table;
use crate::domain::incident::EventKey;
use crate::ledger::attempt::Attempt;
use crate::store::dynamodb::Down;
use crate::store::item::{Condition, Item, cut, written};
use chrono::TimeDelta;

const KEEP: TimeDelta = TimeDelta::days(90);
/// Longer texts are cut to so many bytes.
const LONGEST: usize = 1_024;

impl Table {
    /// Keeps an attempt. The same chat at the same time is one attempt.
    pub async fn keep_attempt(&self, key: &EventKey, attempt: &Attempt) -> Result<(), Down> {
        let Attempt { at, what, incident, outlet, chat, outcome, why } = attempt;
        let mut item = Item::new(partition(key), format!("{}#{outlet}", written(*at)), KEEP, *at)
            .with_text("what", cut(what, LONGEST))
            .with_text("chat", chat)
            .with_text("outcome", cut(outcome, LONGEST))
            .with_text("why", cut(why, LONGEST));
        if let Some(number) = incident {
            item = item.with_number("number", number);
        }
        self.keep(item, Condition::absent()).await
    }

    /// All attempts to post an event, the oldest first.
    pub async fn attempts(&self, key: &EventKey) -> Result<Vec<Attempt>, Down> {
        let condition = Condition::new("#pk = :event").with_text(":event", partition(key));
        let rows = self.store.limited(self.store.query(condition)).await?;
        Ok(rows.iter().filter_map(attempt).collect())
    }
}

fn partition(key: &EventKey) -> String {
    format!("event#{key}")
}

/// Returns `None` for a row of another version or without its parts.
fn attempt(row: &Item) -> Option<Attempt> {
    if !row.is_known() {
        return None;
    }
    let (at, outlet) = row.text("sk")?.split_once('#')?;
    let text = |name| row.text(name).map(str::to_owned);
    Some(Attempt {
        at: at.parse().ok()?,
        what: text("what")?,
        incident: row.number("number"),
        outlet: outlet.to_owned(),
        chat: text("chat")?,
        outcome: text("outcome")?,
        why: text("why")?,
    })
}
