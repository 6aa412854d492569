//! Who is mentioned, and why.

mod ignored;
mod rule;

use crate::domain::calendar::{Calendar, Moment};
use crate::domain::incident::{Drill, EventKind, IncidentEvent, IncidentId, Missed, Person, State, Status};
use crate::domain::member::Mentionee;
use crate::domain::rotation::{CellRef, Coverage, Finding, Problem};
use crate::domain::unreadable::Unreadable;
use chrono::{DateTime, TimeDelta, Utc};
pub use ignored::Ignored;
pub use rule::Rule;
use std::collections::BTreeSet;

/// A message posted this long after its event mentions nobody if business hours are over by then.
const STILL_NEWS: TimeDelta = TimeDelta::minutes(30);

/// Who is mentioned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mention {
    /// The message is there to be read later.
    Nobody,
    /// Those on call today whom the chat can mention. Never empty.
    OnCall(Vec<Mentionee>),
    /// Those the incident was given to whom the chat can mention. Never empty.
    Assignees(Vec<Mentionee>),
    /// The chat's `FALLBACK_MENTION_*`.
    Fallback,
}

impl Mention {
    /// Its name in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::OnCall(_) => "on_call",
            Self::Assignees(_) => "assignees",
            Self::Fallback => "fallback",
        }
    }
}

/// What the decision is based on, so that it can be explained later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub rule: Rule,
    /// Never later than `posted`.
    pub occurred: Moment,
    pub posted: Moment,
    /// The day's row, if the rotation was looked up.
    pub row: Option<CellRef>,
    /// Of that row, if the rotation was looked up.
    pub findings: Vec<Finding>,
    /// Why the rotation could not be read, if it was looked up in vain.
    pub unreadable: Option<Unreadable>,
}

impl Reason {
    /// Whether it was looked up who is on call.
    pub fn has_looked(&self) -> bool {
        self.row.is_some() || self.unreadable.is_some() || !self.findings.is_empty()
    }

    /// From the event to the post.
    pub fn delay(&self) -> TimeDelta {
        self.posted.local.signed_duration_since(self.occurred.local)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub mention: Mention,
    pub reason: Reason,
}

impl Decision {
    /// The same for a message that may have been posted twice already: it mentions nobody.
    #[must_use]
    pub fn repeated(mut self) -> Self {
        if self.mention != Mention::Nobody {
            self.mention = Mention::Nobody;
            self.reason.rule = Rule::RepeatedBefore;
        }
        self
    }
}

/// The people who may be mentioned, for one chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// On the day of the post.
    pub coverage: Coverage,
    /// The incident's assignees who are in the members tab, without whoever did it; at the end of the shift, those who are on
    /// the incident.
    pub went_to: Vec<Mentionee>,
}

/// The team's settings about mentions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// `MENTION_ON`
    pub mention_on: BTreeSet<EventKind>,
    /// `IGNORED_ASSIGNEES`
    pub ignored: Ignored,
}

impl Policy {
    /// Decides for one chat. `known` is how the event's incident stands, and `now` is the time of posting.
    pub fn decide(
        &self,
        event: &IncidentEvent,
        duty: &Duty,
        known: Option<&Status>,
        calendar: &Calendar,
        now: DateTime<Utc>,
    ) -> Decision {
        let occurred = calendar.at(event.occurred_at.min(now));
        let posted = calendar.at(now);
        let is_news = now - event.occurred_at < STILL_NEWS;
        let mut reason =
            Reason { rule: Rule::KindIsQuiet, occurred, posted, row: None, findings: Vec::new(), unreadable: None };
        let mentions = [&event.kind, event.kind.mentions_as()].iter().any(|kind| self.mention_on.contains(kind));
        let is_over = known.is_some_and(|status| is_over(event, status));
        let drill = event.incident.id.as_ref().and_then(IncidentId::drill);
        let mention = if let (Some(drill), false) = (drill, is_over) {
            drilled(drill, event, duty, &mut reason)
        } else if !(mentions || event.kind.is_ours()) {
            Mention::Nobody
        } else if is_over {
            reason.rule = Rule::OverAlready;
            Mention::Nobody
        } else if event.kind.is_ours() {
            ours(event, duty, &mut reason)
        } else if !reason.occurred.is_working || !(reason.posted.is_working || is_news) {
            self.outside_hours(event, &mut reason)
        } else if matches!(event.kind, EventKind::Escalated | EventKind::Reassigned) {
            went_to(event, duty, &mut reason)
        } else {
            on_call(duty, &mut reason)
        };
        if mention != Mention::Nobody && event.missed == Some(Missed::Further) {
            reason.rule = Rule::AnotherMentions;
            return Decision { mention: Mention::Nobody, reason };
        }
        Decision { mention, reason }
    }

    /// Whether the event would mention somebody, whoever is on call. `now` is the time of posting.
    pub fn mentions(&self, event: &IncidentEvent, calendar: &Calendar, now: DateTime<Utc>) -> bool {
        // A gap needs a finding; which one does not change whether anybody is mentioned.
        let no_row = Finding { at: None, problem: Problem::NoRow(calendar.date(now)) };
        let nobody_known = Duty { coverage: Coverage::Gap { findings: vec![no_row] }, went_to: Vec::new() };
        self.decide(event, &nobody_known, None, calendar, now).mention != Mention::Nobody
    }

    fn outside_hours(&self, event: &IncidentEvent, reason: &mut Reason) -> Mention {
        let wants_somebody =
            matches!(event.kind, EventKind::Triggered | EventKind::Reopened | EventKind::Unacknowledged);
        let assignees = &event.incident.assignees;
        // What happened in hours has been escalated by PagerDuty meanwhile.
        if reason.occurred.is_working {
            reason.rule = Rule::PostedTooLate;
            return Mention::Nobody;
        }
        let are_placeholders = assignees.more == 0 && self.ignored.real(&assignees.first).next().is_none();
        if wants_somebody && !assignees.is_empty() && are_placeholders {
            reason.rule = Rule::HeldByNobody;
            return Mention::Fallback;
        }
        reason.rule = Rule::OutsideHours;
        Mention::Nobody
    }
}

/// Whether there is nothing to do about it any more. PagerDuty was asked when somebody called SRE, so that only what came after
/// that counts.
fn is_over(event: &IncidentEvent, status: &Status) -> bool {
    let calls = match event.kind {
        EventKind::SreNotCalled => status.changed_at >= event.occurred_at,
        EventKind::ShiftEnds => true,
        _ => event.kind.calls_somebody(),
    };
    calls && status.state == State::Resolved
}

/// What comes of what people press, and of the time: the settings about senders' events do not change it.
fn ours(event: &IncidentEvent, duty: &Duty, reason: &mut Reason) -> Mention {
    match event.kind {
        EventKind::SreNotCalled => {
            reason.rule = Rule::SreNotCalled;
            Mention::Fallback
        }
        EventKind::ShiftEnds if !reason.posted.is_working => {
            reason.rule = Rule::OutsideHours;
            Mention::Nobody
        }
        EventKind::ShiftEnds if duty.went_to.is_empty() => on_call(duty, reason),
        EventKind::ShiftEnds => {
            reason.rule = Rule::OnIt;
            Mention::Assignees(duty.went_to.clone())
        }
        _ => {
            reason.rule = Rule::ForTheRecord;
            Mention::Nobody
        }
    }
}

/// A drill mentions those on call when it begins, if that was asked for, and never the fallback: nobody is to be woken up by one
/// who does not expect it. The settings do not change it.
fn drilled(drill: Drill, event: &IncidentEvent, duty: &Duty, reason: &mut Reason) -> Mention {
    let mention = match drill {
        Drill::Mentioning if event.kind == EventKind::Triggered => on_call(duty, reason),
        Drill::Mentioning | Drill::Quiet => Mention::Nobody,
    };
    reason.rule = Rule::Drill;
    if mention == Mention::Fallback { Mention::Nobody } else { mention }
}

fn went_to(event: &IncidentEvent, duty: &Duty, reason: &mut Reason) -> Mention {
    if duty.went_to.is_empty() {
        let assignees = &event.incident.assignees;
        let is_own = |person: &Person| event.agent.as_ref().is_some_and(|agent| agent.is(person));
        let are_own = assignees.more == 0 && !assignees.is_empty() && assignees.first.iter().all(is_own);
        reason.rule = if are_own { Rule::TookItThemselves } else { Rule::WentToStrangers };
        return Mention::Nobody;
    }
    reason.rule = Rule::WentTo;
    Mention::Assignees(duty.went_to.clone())
}

fn on_call(duty: &Duty, reason: &mut Reason) -> Mention {
    match &duty.coverage {
        Coverage::OnCall { people, findings, row } => {
            reason.rule = Rule::WorkingHours;
            reason.row = Some(row.clone());
            reason.findings = findings.clone();
            Mention::OnCall(people.clone())
        }
        Coverage::Gap { findings } => {
            reason.rule = Rule::RotationGap;
            reason.row = findings.iter().find_map(|finding| finding.at.clone());
            reason.findings = findings.clone();
            Mention::Fallback
        }
        Coverage::Nobody { row } => {
            reason.rule = Rule::MarkedNobody;
            reason.row = Some(row.clone());
            Mention::Fallback
        }
        Coverage::Unknown { why } => {
            reason.rule = Rule::RotationUnreadable;
            reason.unreadable = Some(why.clone());
            Mention::Fallback
        }
    }
}

#[cfg(test)]
mod tests;
