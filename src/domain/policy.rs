//! Who is mentioned, and why.

use crate::domain::calendar::{Calendar, Moment};
use crate::domain::incident::{EventKind, IncidentEvent, Missed, Person};
use crate::domain::member::{Mentionee, normalized};
use crate::domain::rotation::{CellRef, Coverage, Finding, Problem};
use crate::domain::unreadable::Unreadable;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;

/// A post that comes later than this after its event mentions nobody when the office has closed meanwhile.
const STILL_NEWS: TimeDelta = TimeDelta::minutes(30);

/// Who is pinged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mention {
    /// Nobody; the message is there to be read later.
    Nobody,
    /// Today's pair, or those of it whom the chat can ping. Never empty.
    OnCall(Vec<Mentionee>),
    /// The people an incident went to, or those of them whom the chat can ping. Never empty.
    Assignees(Vec<Mentionee>),
    /// Whoever is configured to be told when the rotation has no answer.
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

/// Which line of the table decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// This kind of event mentions nobody (`MENTION_ON`).
    KindIsQuiet,
    /// In working hours: today's pair.
    WorkingHours,
    /// In working hours, and no cell of the day names anybody.
    RotationGap,
    /// In working hours, and the rotation cannot be read.
    RotationUnreadable,
    /// In working hours: those it went to.
    WentTo,
    /// In working hours, but the members tab knows none of those it went to.
    WentToStrangers,
    /// It happened outside working hours.
    OutsideHours,
    /// It happened in working hours, but is posted too late after them.
    PostedTooLate,
    /// Outside working hours, and PagerDuty gave it to nobody real: it is holding it and nobody is at work.
    HeldByNobody,
    /// It would mention somebody, but was found together with another that does.
    AnotherMentions,
}

impl Rule {
    /// The rule's name in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::KindIsQuiet => "kind_is_quiet",
            Self::WorkingHours => "working_hours",
            Self::RotationGap => "rotation_gap",
            Self::RotationUnreadable => "rotation_unreadable",
            Self::WentTo => "went_to",
            Self::WentToStrangers => "went_to_strangers",
            Self::OutsideHours => "outside_hours",
            Self::PostedTooLate => "posted_too_late",
            Self::HeldByNobody => "held_by_nobody",
            Self::AnotherMentions => "another_mentions",
        }
    }
}

/// Everything the decision rests on, so that it can be explained afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The line of the table.
    pub rule: Rule,
    /// When it happened, on site; never later than `posted`.
    pub occurred: Moment,
    /// When it is posted, on site.
    pub posted: Moment,
    /// The day's row in the rotation, when the rotation was asked.
    pub row: Option<CellRef>,
    /// Cells that name nobody, when the rotation was asked.
    pub findings: Vec<Finding>,
    /// Why the rotation cannot be read, when it was asked and cannot.
    pub unreadable: Option<Unreadable>,
}

impl Reason {
    /// How long after the event the post comes.
    pub fn delay(&self) -> TimeDelta {
        self.posted.local.signed_duration_since(self.occurred.local)
    }
}

/// Who is mentioned and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Who.
    pub mention: Mention,
    /// Why.
    pub reason: Reason,
}

/// The people in question, for one chat, as the rim found them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// What the rotation says about the day of the post.
    pub coverage: Coverage,
    /// Those of the incident's assignees whom the members tab knows.
    pub went_to: Vec<Mentionee>,
}

/// The team's settings about mentions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Kinds that mention.
    pub mention_on: BTreeSet<EventKind>,
    /// PagerDuty's users that are no people.
    pub ignored: Ignored,
}

/// PagerDuty's users that are no people, by id or name: the dummy that holds incidents in working hours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ignored(BTreeSet<String>);

impl Ignored {
    /// Ids or names.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().map(normalized).filter(|name| !name.is_empty()).collect())
    }

    /// Whether this is one of them.
    pub fn contains(&self, person: &Person) -> bool {
        self.0.contains(&person.id) || self.0.contains(&normalized(person.name.as_str()))
    }

    /// The people among them.
    pub fn real<'a>(&'a self, people: &'a [Person]) -> impl Iterator<Item = &'a Person> {
        people.iter().filter(|person| !self.contains(person))
    }
}

impl Policy {
    /// Decides for one chat. `now` is the time of posting.
    pub fn decide(&self, event: &IncidentEvent, duty: &Duty, calendar: &Calendar, now: DateTime<Utc>) -> Decision {
        let occurred = calendar.at(event.occurred_at.min(now));
        let posted = calendar.at(now);
        let is_news = now - event.occurred_at < STILL_NEWS;
        let mut reason =
            Reason { rule: Rule::KindIsQuiet, occurred, posted, row: None, findings: Vec::new(), unreadable: None };
        let mentions = [&event.kind, event.kind.mentions_as()].iter().any(|kind| self.mention_on.contains(kind));
        let mention = if !mentions {
            Mention::Nobody
        } else if !reason.occurred.is_working || !(reason.posted.is_working || is_news) {
            self.outside_hours(event, &mut reason)
        } else if matches!(event.kind, EventKind::Escalated | EventKind::Reassigned) {
            went_to(duty, &mut reason)
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
        // A gap has a finding; which one makes no difference to whether anybody is mentioned.
        let no_row = Finding { at: None, problem: Problem::NoRow(calendar.date(now)) };
        let nobody_known = Duty { coverage: Coverage::Gap { findings: vec![no_row] }, went_to: Vec::new() };
        self.decide(event, &nobody_known, calendar, now).mention != Mention::Nobody
    }

    fn outside_hours(&self, event: &IncidentEvent, reason: &mut Reason) -> Mention {
        let wants_somebody =
            matches!(event.kind, EventKind::Triggered | EventKind::Reopened | EventKind::Unacknowledged);
        let assignees = &event.incident.assignees;
        if wants_somebody && !assignees.is_empty() && self.ignored.real(assignees).next().is_none() {
            reason.rule = Rule::HeldByNobody;
            return Mention::Fallback;
        }
        reason.rule = if reason.occurred.is_working { Rule::PostedTooLate } else { Rule::OutsideHours };
        Mention::Nobody
    }
}

fn went_to(duty: &Duty, reason: &mut Reason) -> Mention {
    if duty.went_to.is_empty() {
        reason.rule = Rule::WentToStrangers;
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
        Coverage::Unknown { why } => {
            reason.rule = Rule::RotationUnreadable;
            reason.unreadable = Some(why.clone());
            Mention::Fallback
        }
    }
}

#[cfg(test)]
mod tests;
