//! What was told about one incident, for whoever asks why.

use super::history::{days, kind, steps};
use super::incident::KnownIncident;
use super::{Ledger, NoAnswer, answered, deliveries};
use crate::domain::answer::{IncidentPast, Past, Told};
use crate::domain::command::Subject;
use crate::domain::destination::Destination;
use crate::domain::history::{History, LookedUp};
use crate::domain::incident::IncidentId;
use crate::domain::text::Foreign;
use crate::store::item::{Item, written};
use crate::store::{Down, Partition, Query};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures_util::future::try_join_all;

/// So long after an incident was over its last messages are looked for: a chat may have been down.
const AFTER: TimeDelta = TimeDelta::hours(12);
const AHEAD: TimeDelta = TimeDelta::minutes(1);
/// So many days are looked through, the first and the last ones: each is a query of everything that was posted that day.
const DAYS: usize = 4;
/// So many more, the last ones before the last note that somebody has written since.
const LATER: usize = 3;

/// An incident, with the rows of what was told about it.
struct Found {
    known: KnownIncident,
    rows: Vec<Item>,
    has_gaps: bool,
}

impl Ledger {
    /// What was told about an incident, from its opening to its last change. What the first edition wrote is not among it.
    pub async fn past(&self, subject: &Subject, now: DateTime<Utc>) -> Past {
        match self.find_past(subject, now).await {
            Ok(Some(past)) => Past::Known(past),
            Ok(None) => Past::NotKnown,
            Err(NoAnswer) => Past::NoAnswer,
        }
    }

    /// What happened to an incident; `None` if nothing is known of it.
    pub async fn history(&self, subject: &Subject, now: DateTime<Utc>) -> Result<Option<History>, NoAnswer> {
        let Some(Found { known, rows, has_gaps }) = self.find(subject, now).await? else { return Ok(None) };
        let (tag, steps) = (known.tag(), steps(&rows));
        let KnownIncident { id, title, service, state, .. } = known;
        Ok(Some(History { id, tag, title, service, state, steps, has_gaps }))
    }

    /// What happened to an incident, and to earlier ones that were the same alert.
    pub async fn look_up(&self, subject: &Subject, now: DateTime<Utc>) -> LookedUp {
        match self.history(subject, now).await {
            Ok(Some(history)) => {
                let earlier = self.earlier(&history.id).await.ok();
                LookedUp::Known { history, earlier }
            }
            Ok(None) => LookedUp::NotKnown,
            Err(NoAnswer) => LookedUp::NoAnswer,
        }
    }

    async fn find_past(&self, subject: &Subject, now: DateTime<Utc>) -> Result<Option<IncidentPast>, NoAnswer> {
        let Some(Found { known, rows, has_gaps }) = self.find(subject, now).await? else { return Ok(None) };
        let mut told: Vec<_> = rows.iter().filter_map(told).collect();
        // What two chats were told at the same time is in their order.
        told.sort_by_key(|(place, told)| (told.at, *place));
        let told = told.into_iter().map(|(_, told)| told).collect();
        Ok(Some(IncidentPast { tag: known.tag(), title: known.title, told, has_gaps }))
    }

    async fn find(&self, subject: &Subject, now: DateTime<Utc>) -> Result<Option<Found>, NoAnswer> {
        let id = match subject {
            Subject::Id(id) => id.clone(),
            Subject::Tag(tag) => match self.tagged(tag).await? {
                Some(id) => id,
                None => return Ok(None),
            },
        };
        let Some(known) = self.incident(&id).await? else { return Ok(None) };
        let (from, to) = span(&known, now);
        let (mut all, mut has_gaps) = looked_through(days(from, to).collect());
        // What was told at that moment is before the next.
        let last = known.told_at.map_or(to, |told_at| (told_at + TimeDelta::seconds(1)).clamp(to, now.max(to)));
        let later: Vec<_> = days(to, last).filter(|day| !all.contains(day)).collect();
        has_gaps |= later.len() > LATER;
        all.extend(&later[later.len().saturating_sub(LATER)..]);
        let rows = answered(self.store.limited(self.rows(&id, all, (from, last))).await).ok_or(NoAnswer)?;
        Ok(Some(Found { known, rows, has_gaps }))
    }

    /// The rows of what was told about an incident on these days.
    async fn rows(
        &self,
        id: &IncidentId,
        days: Vec<NaiveDate>,
        (from, to): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<Item>, Down> {
        let query = |day: NaiveDate| {
            let partition = Partition::ByState(format!("day#{day}"));
            self.store.query(Query { partition, between: Some((written(from), written(to))) })
        };
        let answers = try_join_all(days.into_iter().map(query)).await?;
        let rows = answers.into_iter().flatten();
        Ok(rows.filter(|row| row.is_known() && row.text("incident") == Some(&id.0)).collect())
    }
}

/// When an incident's messages may have been posted. A sender's clock may be a minute ahead of ours.
fn span(known: &KnownIncident, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let from = [known.created_at, known.first_at].into_iter().flatten().fold(known.opened_at, DateTime::min);
    let end = now + TimeDelta::seconds(1);
    let to = if known.is_open() { end } else { end.min(known.changed_at + AFTER) };
    ((from - AHEAD).min(to), to)
}

/// The days that are queried, and whether others are left out.
fn looked_through(days: Vec<NaiveDate>) -> (Vec<NaiveDate>, bool) {
    if days.len() <= DAYS {
        return (days, false);
    }
    let (first, last) = (&days[..DAYS / 2], &days[days.len() - DAYS / 2..]);
    ([first, last].concat(), true)
}

/// How a delivery ended: its last attempt, and where.
fn told(row: &Item) -> Option<(Destination, Told)> {
    let attempt = deliveries::attempts(row).pop()?;
    let told = Told {
        at: attempt.at,
        what: kind(row.text("kind")?)?,
        chat: Foreign::line(&attempt.chat)?,
        outcome: Foreign::line(&attempt.outcome)?,
        why: Foreign::line(&attempt.why),
    };
    Some((attempt.place, told))
}

#[cfg(test)]
mod tests;
