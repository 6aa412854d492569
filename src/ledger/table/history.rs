//! What was posted: one small row for each event, one partition for each UTC day.

use super::Table;
use crate::domain::incident::{EventKey, EventKind, IncidentId};
use crate::domain::text::Foreign;
use crate::ledger::{Mentioned, Posted};
use crate::store::dynamodb::Down;
use crate::store::item::{Condition, Item, cut, written};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use tokio::task::JoinSet;

const KEEP: TimeDelta = TimeDelta::days(90);
/// Nothing older than this is looked for: each day is a query.
const FURTHEST: TimeDelta = TimeDelta::days(120);
/// So many days are queried at the same time, or a quarter would not be answered in the second that a call has.
const AT_ONCE: usize = 16;
/// The sender's name for a kind that is unknown here is cut to so many bytes.
const LONGEST: usize = 200;
/// Stands before the sender's name for a kind that is unknown here.
const OTHER: &str = "other:";

impl Table {
    /// Records that an event was posted. The same event at the same time is one entry.
    pub async fn record(&self, key: &EventKey, posted: &Posted) -> Result<(), Down> {
        let Posted { at, incident, kind, mentioned } = posted;
        let kind = match kind {
            EventKind::Other(name) => format!("{OTHER}{}", cut(name.as_str(), LONGEST)),
            named => named.name().to_owned(),
        };
        let item = Item::new(partition(at.date_naive()), format!("{}#{key}", written(*at)), KEEP, *at)
            .with_text("incident", &incident.0)
            .with_text("kind", kind)
            .with_text("told", name(*mentioned));
        self.keep(item, Condition::absent()).await
    }

    /// What was posted from one time to before another, in that order; of the last 120 days before `to` at most.
    pub async fn posted_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Posted>, Down> {
        let mut days = days(from, to);
        self.store
            .limited(async {
                let mut found = BTreeMap::new();
                let mut queries = JoinSet::new();
                loop {
                    while queries.len() < AT_ONCE
                        && let Some(day) = days.next()
                    {
                        // A sort key is its time and more, so it sorts after the bare time: the range is half-open.
                        let condition = Condition::new("#pk = :day AND #sk BETWEEN :from AND :to")
                            .with_text(":day", partition(day))
                            .with_text(":from", written(from))
                            .with_text(":to", written(to));
                        let query = self.store.query(condition);
                        queries.spawn(async move { (day, query.await) });
                    }
                    let Some(answer) = queries.join_next().await else {
                        break;
                    };
                    let (day, rows) = answer.map_err(|_| Down::for_now("a query has ended early"))?;
                    found.insert(day, rows?);
                }
                Ok(found.values().flatten().filter_map(posted).collect())
            })
            .await
    }
}

/// The UTC days of the time from `from` to before `to`, as far back as anything is looked for.
fn days(from: DateTime<Utc>, to: DateTime<Utc>) -> impl Iterator<Item = NaiveDate> {
    let from = from.max(to.checked_sub_signed(FURTHEST).unwrap_or(from));
    let is_before_the_end = move |day: &NaiveDate| day.and_time(NaiveTime::MIN).and_utc() < to;
    from.date_naive().iter_days().take_while(move |day| from < to && is_before_the_end(day))
}

fn partition(day: NaiveDate) -> String {
    format!("day#{day}")
}

/// Returns `None` for a row of another version or without its parts.
fn posted(row: &Item) -> Option<Posted> {
    if !row.is_known() {
        return None;
    }
    let (at, _) = row.text("sk")?.split_once('#')?;
    Some(Posted {
        at: at.parse().ok()?,
        incident: IncidentId(row.text("incident")?.to_owned()),
        kind: kind(row.text("kind")?)?,
        mentioned: [Mentioned::Somebody, Mentioned::Nobody]
            .into_iter()
            .find(|mentioned| row.text("told") == Some(name(*mentioned)))?,
    })
}

/// The kind of that name. One that only another version knows is `Other` here.
fn kind(text: &str) -> Option<EventKind> {
    let other = || Foreign::line(text.strip_prefix(OTHER).unwrap_or(text)).map(EventKind::Other);
    EventKind::from_name(text).or_else(other)
}

fn name(mentioned: Mentioned) -> &'static str {
    match mentioned {
        Mentioned::Somebody => "somebody",
        Mentioned::Nobody => "nobody",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_that_the_range_touches_is_queried() {
        for (from, to, expected) in [
            ("2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z", &["2026-12-31"][..]),
            ("2026-12-31T23:59:59Z", "2027-01-01T00:00:01Z", &["2026-12-31", "2027-01-01"]),
            ("2026-12-31T12:00:00Z", "2026-12-31T12:00:00Z", &[]),
            ("2027-01-01T00:00:00Z", "2026-12-31T00:00:00Z", &[]),
        ] {
            let at = |text: &str| text.parse().expect("an instant");
            let found: Vec<_> = days(at(from), at(to)).map(|day| day.to_string()).collect();
            assert_eq!(found, expected, "{from} to {to}");
        }
        let end = "2027-01-01T00:00:00Z".parse().expect("an instant");
        assert_eq!(days(DateTime::<Utc>::MIN_UTC, end).count(), 120);
        assert_eq!(days(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MIN_UTC).count(), 0);
    }
}
