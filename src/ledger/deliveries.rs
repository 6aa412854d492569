//! Rows of deliveries: one for each event and destination, with the claim, how it ended, and every attempt.

use super::{Doubt, Ledger, answered};
use crate::domain::destination::Destination;
use crate::domain::incident::EventKey;
use crate::store::item::{Item, cut, written};
use crate::store::{Down, Partition, Query};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

const KEEP: TimeDelta = TimeDelta::days(90);
/// Longer texts are cut to so many bytes.
const LONGEST: usize = 1_024;
/// A position in the index has 1,024 bytes at most, its time included.
pub(super) const LONGEST_POSITION: usize = 900;
/// Of more attempts than this, the first and the latest are kept.
const MOST: usize = 12;

/// What was tried in one chat, why the message said what it said, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub at: DateTime<Utc>,
    /// The name of the event's kind.
    pub what: String,
    /// The number of its incident, if that is known.
    pub incident: Option<u64>,
    /// Which of the chats it was.
    pub place: Destination,
    /// Its name then.
    pub chat: String,
    /// `posted`, or why it was not.
    pub outcome: String,
    /// The decision, in words: the rule, the clock, the calendar, the row and its age.
    pub why: String,
}

/// How a delivery ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// A chat has accepted it.
    Posted,
    /// Nothing has to be posted, because it was reported before in another way.
    ReportedBefore,
    /// No chat has accepted it.
    NotPosted,
    /// A chat may have accepted it.
    PerhapsPosted(Doubt),
    /// A chat may have accepted it, each of several times: nobody tries again.
    CountsAsTold,
}

impl Ended {
    /// Its name in the metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Posted => "posted",
            Self::ReportedBefore => "repeat",
            Self::NotPosted => "not_posted",
            Self::PerhapsPosted(_) => "perhaps_posted",
            Self::CountsAsTold => "counts_as_told",
        }
    }
}

/// An attempt in the row; `what` and the number are the row's own.
#[derive(Serialize, Deserialize)]
struct Wire {
    at: DateTime<Utc>,
    place: String,
    chat: String,
    outcome: String,
    why: String,
}

/// The beginning of a row, which is the same for a claim and for what comes of it.
pub(super) fn row(
    (key, destination): (&EventKey, Destination),
    (state, is_perhaps_a_repeat): (&'static str, bool),
    (owner, write): (&str, &str),
    now: DateTime<Utc>,
) -> Item {
    Item::new(partition(key), destination.name(), KEEP, now)
        .with_text("state", state)
        .with_text("owner", owner)
        .with_text("write", write)
        .with_flag("perhaps", is_perhaps_a_repeat)
}

pub(super) fn partition(key: &EventKey) -> String {
    format!("claim#{key}")
}

/// The row with some more attempts.
pub(super) fn with_attempts(row: Item, earlier: Option<&str>, new: &[Attempt]) -> Item {
    let mut all: Vec<Wire> = earlier.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    all.extend(new.iter().map(|attempt| Wire {
        at: attempt.at,
        place: attempt.place.name().to_owned(),
        chat: attempt.chat.clone(),
        outcome: cut(&attempt.outcome, LONGEST).to_owned(),
        why: cut(&attempt.why, LONGEST).to_owned(),
    }));
    if all.len() > MOST {
        all.drain(1..=all.len() - MOST);
    }
    row.with_text("attempts", serde_json::to_string(&all).expect("texts are JSON"))
        .with_number("tried", i128::try_from(new.len()).unwrap_or_default())
}

/// All attempts in a row, the oldest first.
pub(super) fn attempts(row: &Item) -> Vec<Attempt> {
    let text = row.text("attempts").filter(|_| row.is_known()).unwrap_or_default();
    let wires: Vec<Wire> = serde_json::from_str(text).unwrap_or_default();
    let attempt = |wire: Wire| {
        Some(Attempt {
            at: wire.at,
            what: row.text("what").unwrap_or_default().to_owned(),
            incident: row.number("number"),
            place: Destination::from_name(&wire.place)?,
            chat: wire.chat,
            outcome: wire.outcome,
            why: wire.why,
        })
    };
    wires.into_iter().filter_map(attempt).collect()
}

/// The attempts that the last write of a row added, with its event's key; none for other rows.
pub(super) fn last_attempts(row: &Item) -> Vec<(EventKey, Attempt)> {
    let key = row.text("pk").and_then(|pk| pk.strip_prefix("claim#"));
    let (Some(key), Some(tried)) = (key, row.number::<usize>("tried")) else {
        return Vec::new();
    };
    let all = attempts(row);
    let new = all.len().saturating_sub(tried);
    all.into_iter().skip(new).map(|attempt| (EventKey(key.to_owned()), attempt)).collect()
}

impl Ledger {
    /// All attempts to post an event, the oldest first. `None` without an answer.
    pub async fn attempts(&self, key: &EventKey) -> Option<Vec<Attempt>> {
        let rows = |pk: String| self.store.query(Query { partition: Partition::Pk(pk), between: None });
        let read = async {
            let (rows, first_edition) = tokio::try_join!(rows(partition(key)), rows(format!("event#{key}")))?;
            let mut all: Vec<_> = first_edition.iter().filter_map(first_editions).collect();
            all.extend(rows.iter().flat_map(attempts));
            all.sort_by_key(|attempt| attempt.at);
            Ok::<_, Down>(all)
        };
        answered(self.store.limited(read).await)
    }
}

/// The attempt in a row of the first edition, which had one for each. Returns `None` for a row without its parts.
fn first_editions(row: &Item) -> Option<Attempt> {
    let (at, place) = row.text("sk").filter(|_| row.is_known())?.split_once('#')?;
    let text = |name| row.text(name).map(str::to_owned);
    Some(Attempt {
        at: at.parse().ok()?,
        what: text("what")?,
        incident: row.number("number"),
        place: Destination::from_name(place)?,
        chat: text("chat")?,
        outcome: text("outcome")?,
        why: text("why")?,
    })
}

/// Where a delivery that was posted is in the index.
pub(super) fn day(at: DateTime<Utc>, key: &EventKey) -> (String, String) {
    (format!("day#{}", at.date_naive()), format!("{}#{}", written(at), cut(&key.0, LONGEST_POSITION)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_attempts_the_first_and_the_latest_are_kept() {
        let attempt = |outcome: usize| Attempt {
            at: DateTime::UNIX_EPOCH,
            what: "incident.triggered".to_owned(),
            incident: None,
            place: Destination::Primary,
            chat: "Slack".to_owned(),
            outcome: outcome.to_string(),
            why: String::new(),
        };
        for (count, expected) in [(12, (0..12).collect::<Vec<_>>()), (13, [0].into_iter().chain(2..13).collect())] {
            let row = Item::new("claim#01G".to_owned(), "primary", KEEP, DateTime::UNIX_EPOCH);
            let all: Vec<_> = (0..count).map(attempt).collect();
            let kept = attempts(&with_attempts(row, None, &all));
            let kept: Vec<_> = kept.iter().map(|attempt| attempt.outcome.parse::<usize>().expect("a number")).collect();
            assert_eq!(kept, expected, "of {count}");
        }
    }
}
