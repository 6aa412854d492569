//! The week: when it is told, and what it brought.

use super::{Told, is_due, without_break};
use crate::domain::calendar::{Calendar, Day};
use crate::domain::fingerprint::Fingerprint;
use crate::domain::incident::{EventKind, Incident, IncidentId};
use crate::domain::member::Platform;
use crate::domain::rotation::Coverage;
use crate::domain::runbook::{Runbook, matching};
use crate::domain::text::{Foreign, Tag};
use crate::domain::workbook::Workbook;
use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// How long before business hours end.
const BEFORE: TimeDelta = TimeDelta::minutes(30);
/// What closes by itself within this time has needed nobody.
const SHORT: TimeDelta = TimeDelta::minutes(5);
/// The most kinds of alerts without a runbook that are named.
const NAMED: usize = 3;
/// So many weeks without a working day may come before one.
const DAYS_OFF: usize = 8;
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

    /// When it is told; `None` without a working day.
    fn ends_at(self, calendar: &Calendar) -> Option<DateTime<Utc>> {
        let last = *self.working_days(calendar).last()?;
        Some(without_break(planned(last, calendar), calendar))
    }

    /// What it is told of: from when the last one was told, so that every alert is in one week.
    pub fn span(self, calendar: &Calendar) -> Range<DateTime<Utc>> {
        let mut before = std::iter::successors(Some(self.before()), |week| Some(week.before())).take(DAYS_OFF);
        let since = before.find_map(|week| week.ends_at(calendar));
        let midnight = |week: Self| calendar.midnight(week.monday);
        since.unwrap_or_else(|| midnight(self))..self.ends_at(calendar).unwrap_or_else(|| midnight(self.next()))
    }

    /// The same of the last one that was told.
    pub fn span_before(self, calendar: &Calendar) -> Range<DateTime<Utc>> {
        let end = self.span(calendar).start;
        Self::of(calendar.date(end)).span(calendar).start..end
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
    pub by: By,
}

/// Who has ended it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// Its sender says that nobody has.
    Itself,
    Somebody(Foreign),
    /// Nobody has said.
    NotSaid,
}

/// What the week brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub week: Week,
    /// Incidents that began since the last week was told, and in that one.
    pub alerts: usize,
    pub alerts_before: usize,
    /// How many incidents those are that began since the last week was told.
    pub incidents: usize,
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
    /// Those that began since then, the oldest first. If there were too many, the latest.
    pub rows: Vec<Alert>,
}

/// Which incidents began in that time, each with when it was first told, in that order. An alarm that goes off and ends under the
/// same name is there each time.
pub fn begun<'a>(told: &'a [Told], span: &Range<DateTime<Utc>>) -> Vec<(&'a IncidentId, DateTime<Utc>)> {
    let mut seen = BTreeSet::new();
    let begins = told.iter().filter(|told| {
        if told.kind == EventKind::Resolved && !told.incident.is_pagerdutys() {
            seen.remove(&told.incident);
        }
        told.kind.opens() && seen.insert(&told.incident)
    });
    begins.map(|told| (&told.incident, told.at)).filter(|(_, at)| span.contains(at)).collect()
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
    ) -> Self {
        let span = week.span(calendar);
        let begun_now = begun(told, &span);
        let of_week = || told.iter().filter(|told| span.contains(&told.at));
        let incidents = |kind: EventKind| {
            of_week().filter(|told| told.kind == kind).map(|told| &told.incident).collect::<BTreeSet<_>>().len()
        };
        let is_short = |alert: &&Alert| {
            let over = alert.over.as_ref().filter(|over| over.by == By::Itself);
            over.is_some_and(|over| over.at - alert.began_at <= SHORT)
        };
        Self {
            week,
            alerts: begun_now.len(),
            incidents: begun_now.iter().map(|(id, _)| id).collect::<BTreeSet<_>>().len(),
            alerts_before: begun(told, &week.span_before(calendar)).len(),
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
        let again = begun.iter().find(|(id, then)| id == incident && then > at).map(|(_, then)| *then);
        let is_then = |told: &&Told| told.at >= *at && again.is_none_or(|again| told.at < again);
        let mut acts = told.iter().filter(|told| told.kind == EventKind::Taken).filter(is_then);
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
    // The same alert has other numbers in its title each time.
    let mut counts = BTreeMap::<String, (Foreign, usize)>::new();
    for Alert { title, service, .. } in rows {
        let incident = Incident { title: title.clone(), service: service.clone(), ..Incident::default() };
        let Some(title) = title.as_ref().filter(|_| matching(runbooks, &incident).is_none()) else { continue };
        let same = Fingerprint::of(service.as_ref(), title).map_or_else(|| title.to_string(), |same| same.to_string());
        counts.entry(same).or_insert_with(|| (title.clone(), 0)).1 += 1;
    }
    let mut counts: Vec<_> = counts.into_values().collect();
    counts.sort_by(|(one, first), (other, second)| second.cmp(first).then_with(|| one.as_str().cmp(other.as_str())));
    counts.truncate(NAMED);
    counts
}

/// How often each of those on call was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calls {
    /// In so many days: no more than the rotation still has.
    pub days: i64,
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
    // Whose turn it was before that nobody knows any more.
    let first = (*workbook.rotation.shifts.keys().next()?).max(calendar.date(now - LOOKS_BACK));
    let days = first.iter_days().take_while(|day| *day <= today);
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
    let looked_at = ((today - first).num_days() + 1).min(LOOKS_BACK.num_days());
    Some(Calls { days: looked_at, average: (all + people / 2) / people, least: *least?, most: *most? })
}

#[cfg(test)]
mod tests;
