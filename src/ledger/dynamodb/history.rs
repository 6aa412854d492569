//! What was posted: one small row for each event, a partition for each UTC day.

use super::items::{Condition, Item, cut, written};
use super::{Down, DynamoDb};
use crate::domain::incident::{EventKey, EventKind, IncidentId};
use crate::domain::text::Foreign;
use crate::ledger::{Posted, Told};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

const KEEP: TimeDelta = TimeDelta::days(90);
/// Older than this nothing is looked for: each day is a query.
const FURTHEST: TimeDelta = TimeDelta::days(120);
/// The sender's name for a kind that has none here is cut to so many bytes.
const LONGEST: usize = 200;
/// Before the sender's name for a kind that has none here.
const OTHER: &str = "other:";

impl DynamoDb {
    /// Remembers that an event was posted. The same event at the same time is one entry.
    pub async fn record(&self, key: &EventKey, posted: &Posted) -> Result<(), Down> {
        let Posted { at, incident, kind, told } = posted;
        let kind = match kind {
            EventKind::Other(name) => format!("{OTHER}{}", cut(name.as_str(), LONGEST)),
            named => named.name().to_owned(),
        };
        let item = Item::new(partition(at.date_naive()), format!("{}#{key}", written(*at)), KEEP, *at)
            .with_text("incident", &incident.0)
            .with_text("kind", kind)
            .with_text("told", name(*told));
        self.limited(async { self.put(item, Condition::absent()).await.map(|_| ()) }).await
    }

    /// What was posted from one time to before another, in that order; of the last 120 days before `to` at most.
    pub async fn posted_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Posted>, Down> {
        let furthest = to.checked_sub_signed(FURTHEST).unwrap_or(DateTime::<Utc>::MIN_UTC);
        let from = from.max(furthest);
        if from >= to {
            return Ok(Vec::new());
        }
        self.limited(async {
            let mut found = Vec::new();
            for day in from.date_naive().iter_days().take_while(|day| *day <= to.date_naive()) {
                // A sort key begins with its time and goes on, so that it comes after the bare time: half-open.
                let condition = Condition::new("#pk = :day AND #sk BETWEEN :from AND :to")
                    .with_text(":day", partition(day))
                    .with_text(":from", written(from))
                    .with_text(":to", written(to));
                found.extend(self.query(condition).await?.iter().filter_map(posted));
            }
            Ok(found)
        })
        .await
    }
}

fn partition(day: NaiveDate) -> String {
    format!("day#{day}")
}

/// The entry of a row; `None` for a row of another version or without its parts.
fn posted(row: &Item) -> Option<Posted> {
    if !row.is_known() {
        return None;
    }
    let (at, _) = row.text("sk")?.split_once('#')?;
    Some(Posted {
        at: at.parse().ok()?,
        incident: IncidentId(row.text("incident")?.to_owned()),
        kind: kind(row.text("kind")?)?,
        told: [Told::Somebody, Told::Nobody].into_iter().find(|told| row.text("told") == Some(name(*told)))?,
    })
}

/// The kind of that name. One that only another version has a name for is an other one here.
fn kind(text: &str) -> Option<EventKind> {
    let other = || Foreign::line(text.strip_prefix(OTHER).unwrap_or(text)).map(EventKind::Other);
    EventKind::from_name(text).or_else(other)
}

fn name(told: Told) -> &'static str {
    match told {
        Told::Somebody => "somebody",
        Told::Nobody => "nobody",
    }
}
