//! The week: when it is told, and what it brought.

use super::{Told, is_due};
use crate::domain::calendar::{Calendar, Day};
use crate::domain::incident::{EventKind, Incident, IncidentId};
use crate::domain::member::Platform;
use crate::domain::rotation::Coverage;
use crate::domain::runbook::{Runbook, matching};
use crate::domain::text::{Foreign, Tag};
use crate::domain::workbook::Workbook;
use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// How long before business hours end.
const BEFORE: TimeDelta = TimeDelta::minutes(30);
/// What closes by itself within this time has needed nobody.
const SHORT: TimeDelta = TimeDelta::minutes(5);
/// The most kinds of alerts without a runbook that are named.
const NAMED: usize = 3;
/// For so long calls are counted.
pub const LOOKS_BACK: TimeDelta = TimeDelta::days(90);

/// A week, from Monday to Sunday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    pub monday: NaiveDate,
}

impl Week {
    pub fn of(date: NaiveDate) -> Self {
        Self { monday: date - TimeDelta::days(i64::from(date.weekday().num_days_from_monday())) }
    }

    #[must_use]
    pub fn next(self) -> Self {
        Self { monday: self.monday + TimeDelta::days(7) }
    }

    #[must_use]
    pub fn before(self) -> Self {
        Self { monday: self.monday - TimeDelta::days(7) }
    }

    pub fn working_days(self, calendar: &Calendar) -> Vec<NaiveDate> {
        self.monday.iter_days().take(7).filter(|day| calendar.day(*day) == Day::Working).collect()
    }
}

/// Whether it may be time to tell the week, whichever days the company has off.
pub fn may_be_due(calendar: &Calendar, now: DateTime<Utc>) -> bool {
    is_due(planned(calendar.date(now), calendar), calendar, now)
}

/// The week that is told now: today is its last working day, and business hours end in half an hour.
pub fn due(calendar: &Calendar, now: DateTime<Utc>) -> Option<Week> {
    let today = calendar.date(now);
    let week = Week::of(today);
    let is_last = week.working_days(calendar).last() == Some(&today);
    (is_last && may_be_due(calendar, now)).then_some(week)
}

fn planned(day: NaiveDate, calendar: &Calendar) -> DateTime<Utc> {
    (calendar.closing(day) - BEFORE).max(calendar.opening(day))
}

/// An incident that began in the week, or is still open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    pub tag: Option<Tag>,
    pub title: Option<Foreign>,
    pub service: Option<Foreign>,
    pub began_at: DateTime<Utc>,
    /// `None` while it is open.
    pub over: Option<Over>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Over {
    pub at: DateTime<Utc>,
    /// `None` if nobody has resolved it: it closed by itself.
    pub by: Option<Foreign>,
}

/// What the week brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub week: Week,
    /// Incidents that began in the week, and in the one before.
    pub alerts: usize,
    pub alerts_before: usize,
    /// Messages that have mentioned somebody.
    pub mentions: usize,
    /// Incidents for which somebody has called SRE from the chat.
    pub sre_calls: usize,
    /// Incidents that went up a level of their escalation policy.
    pub escalations: usize,
    /// Incidents that nobody has closed, and soon.
    pub closed_by_themselves: usize,
    /// How long it took until somebody was on it, in the middle; `None` if nobody has said so.
    pub on_it_after: Option<TimeDelta>,
    /// What alerts without a runbook are called, and how many there were, the most first.
    pub without_runbook: Vec<(Foreign, usize)>,
    /// The oldest first.
    pub open: Vec<Alert>,
    /// Those that began in the week, the oldest first. If there were too many, the latest.
    pub rows: Vec<Alert>,
}

/// Which incidents began from one time to before another, each with when it was first told, in that order.
pub fn begun(told: &[Told], from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<(&IncidentId, DateTime<Utc>)> {
    let mut seen = BTreeSet::new();
    let begins = told.iter().filter(|told| told.kind.opens());
    let first = begins.filter(|told| seen.insert(&told.incident));
    first.map(|told| (&told.incident, told.at)).filter(|(_, at)| (from..to).contains(at)).collect()
}

impl Report {
    /// `told` is of this week and of the one before, in its order; `rows` are the incidents that began in the week, as far as they
    /// were looked at; `runbooks` is empty if there is no such tab.
    pub fn of(
        week: Week,
        told: &[Told],
        rows: Vec<Alert>,
        open: Vec<Alert>,
        runbooks: &[Runbook],
        calendar: &Calendar,
        now: DateTime<Utc>,
    ) -> Self {
        let since = calendar.midnight(week.monday);
        let begun_now = begun(told, since, now);
        let of_week = || told.iter().filter(|told| told.at >= since);
        let incidents = |kind: EventKind| {
            of_week().filter(|told| told.kind == kind).map(|told| &told.incident).collect::<BTreeSet<_>>().len()
        };
        let is_short = |alert: &&Alert| {
            let over = alert.over.as_ref().filter(|over| over.by.is_none());
            over.is_some_and(|over| over.at - alert.began_at <= SHORT)
        };
        Self {
            week,
            alerts: begun_now.len(),
            alerts_before: begun(told, calendar.midnight(week.before().monday), since).len(),
            mentions: of_week().filter(|told| told.has_mentioned).count(),
            sre_calls: incidents(EventKind::SreCalled),
            escalations: incidents(EventKind::Escalated),
            closed_by_themselves: rows.iter().filter(is_short).count(),
            on_it_after: median(on_it_after(told, &begun_now)),
            without_runbook: without_runbook(&rows, runbooks),
            open,
            rows,
        }
    }
}

/// How long it took until somebody was first on each incident that somebody was on.
fn on_it_after(told: &[Told], begun: &[(&IncidentId, DateTime<Utc>)]) -> Vec<TimeDelta> {
    let taken = |(incident, at): &(&IncidentId, DateTime<Utc>)| {
        let mut acts = told.iter().filter(|told| told.kind == EventKind::Taken && told.at >= *at);
        acts.find(|told| told.incident == **incident).map(|told| told.at - *at)
    };
    begun.iter().filter_map(taken).collect()
}

fn median(mut spans: Vec<TimeDelta>) -> Option<TimeDelta> {
    spans.sort_unstable();
    let upper = spans.get(spans.len() / 2)?;
    let lower = spans[(spans.len() - 1) / 2];
    Some((lower + *upper) / 2)
}

fn without_runbook(rows: &[Alert], runbooks: &[Runbook]) -> Vec<(Foreign, usize)> {
    if runbooks.is_empty() {
        return Vec::new();
    }
    let mut counts = BTreeMap::<&str, (Foreign, usize)>::new();
    for Alert { title, service, .. } in rows {
        let incident = Incident { title: title.clone(), service: service.clone(), ..Incident::default() };
        let Some(title) = title.as_ref().filter(|_| matching(runbooks, &incident).is_none()) else { continue };
        counts.entry(title.as_str()).or_insert_with(|| (title.clone(), 0)).1 += 1;
    }
    let mut counts: Vec<_> = counts.into_values().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.truncate(NAMED);
    counts
}

/// How often each of those on call was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calls {
    pub average: usize,
    pub least: usize,
    pub most: usize,
}

/// Counts what has mentioned those on call, by the rotation as it is now. `None` if that says nothing: nobody was called, or it is
/// always the same one.
pub fn calls(
    told: &[Told],
    workbook: &Workbook,
    platform: Platform,
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Option<Calls> {
    let today = calendar.date(now);
    let days = calendar.date(now - LOOKS_BACK).iter_days().take_while(|day| *day <= today);
    let on_call = |day| match workbook.coverage(day, platform) {
        Coverage::OnCall { people, .. } => people,
        Coverage::Gap { .. } | Coverage::Nobody { .. } | Coverage::Unknown { .. } => Vec::new(),
    };
    let days: BTreeMap<_, _> =
        days.filter(|day| calendar.day(*day) == Day::Working).map(|day| (day, on_call(day))).collect();
    let mut counts: BTreeMap<_, usize> = days.values().flatten().map(|person| (&person.handle, 0)).collect();
    // Whoever else is mentioned was given it, or has taken it.
    let calls_pair = |told: &&Told| told.has_mentioned && (told.kind.opens() || told.kind == EventKind::Unacknowledged);
    for called in told.iter().filter(calls_pair).filter(|told| calendar.at(told.at).is_working) {
        for person in days.get(&calendar.date(called.at)).into_iter().flatten() {
            *counts.entry(&person.handle).or_default() += 1;
        }
    }
    let (people, all) = (counts.len(), counts.values().sum::<usize>());
    if people < 2 || all == 0 {
        return None;
    }
    let (least, most) = (counts.values().min(), counts.values().max());
    Some(Calls { average: (all + people / 2) / people, least: *least?, most: *most? })
}

#[cfg(test)]
mod tests;
