//! What was posted, by day.

mod steps;

use super::{Ledger, answered, deliveries};
use crate::domain::incident::{EventKey, EventKind, IncidentEvent, IncidentId};
use crate::domain::text::Foreign;
use crate::store::item::{Item, cut, written};
use crate::store::{Down, Partition, Query};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use std::collections::BTreeMap;
pub(super) use steps::steps;

/// Nothing older than this is looked for: each day is a query, and another one for what the first edition wrote.
const FURTHEST: TimeDelta = TimeDelta::days(120);
/// So many days are queried at the same time, or a quarter would not be answered in the second that a step has.
pub(super) const AT_ONCE: usize = 16;
/// The sender's name for a kind that is unknown here is cut to so many bytes.
pub(super) const LONGEST: usize = 200;
/// Stands before the sender's name for a kind that is unknown here.
const OTHER: &str = "other:";

/// An event that was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    pub at: DateTime<Utc>,
    pub incident: IncidentId,
    pub kind: EventKind,
    pub mentioned: Mentioned,
}

/// Whether a message mentioned anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mentioned {
    Nobody,
    /// Somebody, in a message about several events that counts with another one of them.
    WithAnother,
    Somebody,
}

impl Mentioned {
    fn name(self) -> &'static str {
        match self {
            Self::Somebody | Self::WithAnother => "somebody",
            Self::Nobody => "nobody",
        }
    }

    /// The mark of what an older version knows as [`Somebody`](Self::Somebody).
    const WITH_ANOTHER: &str = "with_another";

    fn of(row: &Item) -> Option<Self> {
        Some(match row.text("told")? {
            "somebody" if row.flag(Self::WITH_ANOTHER) == Some(true) => Self::WithAnother,
            "somebody" => Self::Somebody,
            "nobody" => Self::Nobody,
            _ => return None,
        })
    }
}

/// The row of a delivery, with what makes it a part of the history.
pub(super) fn with_history(
    row: Item,
    key: &EventKey,
    event: &IncidentEvent,
    mentioned: Mentioned,
    now: DateTime<Utc>,
) -> Item {
    let kind = match &event.kind {
        EventKind::Other(name) => format!("{OTHER}{}", cut(name.as_str(), LONGEST)),
        named => named.name().to_owned(),
    };
    let (day, position) = deliveries::day(now, key);
    let row = steps::with_step(row, event).with_text("kind", kind).with_text("told", mentioned.name());
    let row = row.with_text("gsi_pk", day).with_text("gsi_sk", position);
    if mentioned == Mentioned::WithAnother { row.with_flag(Mentioned::WITH_ANOTHER, true) } else { row }
}

impl Ledger {
    /// What was posted from one time to before another, in that order, of incidents that are no drills; of the last 120 days
    /// before `to` at most. An event that went to two chats is one. `None` without an answer.
    pub async fn posted_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Option<Vec<Posted>> {
        // A sort key is its time and more, so it sorts after the bare time: the range is half-open.
        let between = Some((written(from), written(to)));
        let query = |partition| self.store.query(Query { partition, between: between.clone() });
        let queries = days(from, to).flat_map(|day| {
            let day = format!("day#{day}");
            [(Partition::ByState(day.clone()), "gsi_sk"), (Partition::Pk(day), "sk")]
        });
        let call = |(partition, position)| {
            let rows = query(partition);
            async move { Ok::<_, Down>((rows.await?, position)) }
        };
        let calls: Vec<_> = queries.map(call).collect();
        let read = async {
            let answers: Vec<_> = stream::iter(calls).buffered(AT_ONCE).try_collect().await?;
            let mut all = BTreeMap::<EventKey, Posted>::new();
            let rows = answers.iter().flat_map(|(rows, position)| rows.iter().map(move |row| (row, *position)));
            for (key, posted) in rows.filter_map(|(row, position)| posted(row, position)) {
                all.entry(key)
                    .and_modify(|known| {
                        known.at = known.at.min(posted.at);
                        known.mentioned = known.mentioned.max(posted.mentioned);
                    })
                    .or_insert(posted);
            }
            Ok::<_, Down>(all)
        };
        let mut all: Vec<_> = answered(self.store.limited(read).await)?.into_values().collect();
        all.retain(|posted| posted.incident.drill().is_none());
        all.sort_by_key(|posted| posted.at);
        Some(all)
    }
}

/// The UTC days of the time from `from` to before `to`, as far back as anything is looked for.
pub(super) fn days(from: DateTime<Utc>, to: DateTime<Utc>) -> impl Iterator<Item = NaiveDate> {
    let from = from.max(to.checked_sub_signed(FURTHEST).unwrap_or(from));
    let is_before_the_end = move |day: &NaiveDate| day.and_time(NaiveTime::MIN).and_utc() < to;
    from.date_naive().iter_days().take_while(move |day| from < to && is_before_the_end(day))
}

/// What a row says that was posted. Returns `None` for a row of another version or without its parts.
fn posted(row: &Item, position: &str) -> Option<(EventKey, Posted)> {
    let (at, key) = row.text(position).filter(|_| row.is_known())?.split_once('#')?;
    let posted = Posted {
        at: at.parse().ok()?,
        incident: IncidentId(row.text("incident")?.to_owned()),
        kind: kind(row.text("kind")?)?,
        mentioned: Mentioned::of(row)?,
    };
    Some((EventKey(key.to_owned()), posted))
}

/// The kind of that name. One that only another version knows is `Other` here.
pub(super) fn kind(text: &str) -> Option<EventKind> {
    let other = || Foreign::line(text.strip_prefix(OTHER).unwrap_or(text)).map(EventKind::Other);
    EventKind::from_name(text).or_else(other)
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
