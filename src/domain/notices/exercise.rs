//! An exercise: who gets one, when, and about which incident of the past.

use super::{Told, is_due, without_break};
use crate::domain::calendar::{Calendar, Day};
use crate::domain::incident::{EventKind, IncidentId};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// How long after business hours begin, and so after the morning's reminder.
const AFTER_OPENING: TimeDelta = TimeDelta::minutes(30);
/// What was done then is told so long before they end, and so long after the exercise at least.
const HOUR: TimeDelta = TimeDelta::hours(1);
/// On which working day in a row without an alert.
const DAYS: usize = 4;
/// An incident of these days may be fresh in mind.
pub const TOO_RECENT: TimeDelta = TimeDelta::days(14);
/// Rows are kept for 90 days.
pub const TOO_OLD: TimeDelta = TimeDelta::days(89);

/// The times of an exercise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    pub day: NaiveDate,
    pub asked_at: DateTime<Utc>,
    /// When it is told what was done.
    pub answered_at: DateTime<Utc>,
}

/// What is due of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Question,
    Answer,
}

/// The times on a working day; `None` if its hours are too short.
pub fn plan(day: NaiveDate, calendar: &Calendar) -> Option<Plan> {
    let asked_at = without_break(calendar.opening(day) + AFTER_OPENING, calendar);
    let answered_at = without_break((calendar.closing(day) - HOUR).max(asked_at + HOUR), calendar);
    let is_worked = calendar.at(asked_at).is_working && calendar.at(answered_at).is_working;
    is_worked.then_some(Plan { day, asked_at, answered_at })
}

/// What is due now.
pub fn due(calendar: &Calendar, now: DateTime<Utc>) -> Option<(Plan, Part)> {
    let plan = plan(calendar.date(now), calendar)?;
    if is_due(plan.asked_at, calendar, now) {
        return Some((plan, Part::Question));
    }
    is_due(plan.answered_at, calendar, now).then_some((plan, Part::Answer))
}

/// Since when it has to be known what was told, to say whether today is the day.
pub fn looks_back(today: NaiveDate, calendar: &Calendar) -> Option<DateTime<Utc>> {
    let days = run(today, calendar);
    Some(calendar.midnight(*days.get(DAYS)?))
}

/// Whether today is the fourth working day in a row on which the same people are on call and no alert came, and not the fifth:
/// each such run of days has one exercise. `on_call` is empty if nobody is, or nobody knows.
pub fn is_the_day<P: Ord>(
    today: NaiveDate,
    on_call: impl Fn(NaiveDate) -> BTreeSet<P>,
    told: &[Told],
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> bool {
    let days = run(today, calendar);
    let people = on_call(today);
    if people.is_empty() || days.len() <= DAYS {
        return false;
    }
    // Days off after a working day are a part of it.
    let quiet = |nth: usize| {
        let from = calendar.midnight(days[nth]);
        let to = if nth == 0 { now } else { calendar.midnight(days[nth - 1]) };
        !told.iter().any(|told| told.kind.calls_somebody() && (from..to).contains(&told.at))
    };
    let belongs = |nth: usize| quiet(nth) && on_call(days[nth]) == people;
    (0..DAYS).all(belongs) && !belongs(DAYS)
}

/// The working days before today on which the same run of days may have had its exercise. Today is no fourth day after one of them,
/// even where the rotation does not go back to the first.
pub fn days_before(today: NaiveDate, calendar: &Calendar) -> Vec<NaiveDate> {
    run(today, calendar).into_iter().take(DAYS).skip(1).collect()
}

/// Today, and the working days before it, the latest first; none if today is a day off.
fn run(today: NaiveDate, calendar: &Calendar) -> Vec<NaiveDate> {
    let first = (calendar.day(today) == Day::Working).then_some(today);
    std::iter::successors(first, |day| calendar.last_working_day(*day)).take(DAYS + 1).collect()
}

/// Incidents with a whole record, from the beginning to the end with a note between, the best first: of which the most was told,
/// then the latest. `used` were in an exercise before.
pub fn candidates(told: &[Told], used: &[IncidentId]) -> Vec<IncidentId> {
    let mut records = BTreeMap::<&IncidentId, Vec<&Told>>::new();
    for one in told.iter().filter(|told| !told.kind.is_of_the_shift()) {
        records.entry(&one.incident).or_default().push(one);
    }
    let is_whole = |record: &[&Told]| {
        let has = |kind: EventKind| record.iter().any(|told| told.kind == kind);
        has(EventKind::Triggered) && has(EventKind::Annotated) && has(EventKind::Resolved)
    };
    records.retain(|incident, record| is_whole(record) && !used.contains(incident));
    let mut records: Vec<_> =
        records.into_iter().map(|(incident, record)| (record.len(), record[0].at, incident)).collect();
    records.sort_by(|one, other| other.cmp(one));
    records.into_iter().map(|(.., incident)| incident.clone()).collect()
}

#[cfg(test)]
mod tests;
