//! Whom an event calls: the table of mentions, row by row, as the design and the READMEs have it.

use crate::calendar::{Hours, date};
use crate::events::{Event, TIMED_OUT};
use crate::pagerduty::NOBODY;
use crate::sheet::{PEOPLE, Says, Version, pagerduty_id};
use crate::watching::state;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;
use toban::domain::incident::State;

/// Posted so late, what happened in hours calls nobody if they are over.
const LATE: TimeDelta = TimeDelta::minutes(30);

pub(super) const OVER: &str = "すでに解決しています";
pub(super) const GAP: &str = "今日の当番にメンションできないため";
pub(super) const UNREAD: &str = "当番表を読めないため、代わりの宛先";
const HELD_BY_NOBODY: &str = "誰にも連絡が行っていません";

/// Whom a message calls, and what it has to say about that.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Call {
    pub people: BTreeSet<u32>,
    /// Only if there are no people.
    pub fallback: bool,
    pub says: &'static str,
}

impl Call {
    fn nobody(says: &'static str) -> Self {
        Self { says, ..Self::default() }
    }

    fn fallback(says: &'static str) -> Self {
        Self { fallback: true, says, ..Self::default() }
    }

    /// Both in one message.
    pub fn and(&self, other: &Self) -> Self {
        let people: BTreeSet<_> = self.people.union(&other.people).copied().collect();
        Self { fallback: self.fallback || other.fallback, people, says: "" }
    }
}

/// What is known when a message is posted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub hours: Hours,
    /// `None` if the sheet cannot be read, and there is no copy.
    pub sheet: Option<Version>,
    /// The incident was resolved after it.
    pub is_over: bool,
    pub now: DateTime<Utc>,
}

/// Whom an event calls that happened then. Of what was found by asking PagerDuty, only the state of its incident is known.
pub(super) fn whom(event: &Event, occurred_at: DateTime<Utc>, is_found: bool, known: &Known) -> Call {
    let Known { sheet, is_over, now, .. } = *known;
    // Which days are off is in the sheet.
    let hours = if sheet.is_some() { known.hours } else { known.hours.without_the_sheet() };
    let is_given = ["escalated", "reassigned"].contains(&event.kind) && !is_found;
    let is_open = is_found && state(event.kind) == Some(State::Triggered);
    let begins = is_open || ["triggered", "reopened", TIMED_OUT].contains(&event.kind);
    if !(begins || is_given || event.kind == "unreadable") {
        return Call::nobody("");
    }
    if is_over {
        return Call::nobody(OVER);
    }
    let happened_in_hours = hours.is_working(occurred_at.min(now));
    if !happened_in_hours && begins && event.assignees == [NOBODY] {
        return Call::fallback(HELD_BY_NOBODY);
    }
    if !(happened_in_hours && (hours.is_working(now) || now - occurred_at < LATE)) {
        return Call::nobody("");
    }
    if is_given {
        // Who they are is in the sheet.
        let people = sheet.map(|_| went_to(event)).unwrap_or_default();
        return Call { people, ..Call::default() };
    }
    on_call(sheet, now)
}

/// Whom it calls that is for those on call.
pub(super) fn on_call(sheet: Option<Version>, now: DateTime<Utc>) -> Call {
    match sheet.map(|version| version.says(date(now))) {
        Some(Says::People(people, says)) => Call { people: people.into_iter().collect(), fallback: false, says },
        Some(Says::NobodyKnown) => Call::fallback(GAP),
        Some(Says::Nobodys) => Call::fallback(""),
        None => Call::fallback(UNREAD),
    }
}

/// Those of the members tab whom it went to, but for whoever did it.
fn went_to(event: &Event) -> BTreeSet<u32> {
    let is_given = |person: &u32| {
        let id = pagerduty_id(*person);
        event.assignees.iter().any(|assignee| *assignee == id) && event.by != Some(id)
    };
    (0..PEOPLE).filter(is_given).collect()
}
