//! What an event changed, and when it happened.

use super::Context;
use crate::domain::few::Few;
use crate::domain::incident::{Details, EventKind, IncidentEvent};
use crate::domain::message::parts::{day_and_time, names};
use crate::domain::message::{Label, Line, Words};
use crate::domain::policy::Decision;
use chrono::{TimeDelta, Utc};

/// A message posted later than this after its event says how late it is.
const WORTH_SAYING: TimeDelta = TimeDelta::minutes(5);

/// What the event changed.
pub(super) fn changes(event: &IncidentEvent, context: Context<'_>) -> Vec<Line> {
    use EventKind as Kind;
    let words = context.language.words();
    let incident = &event.incident;
    let details = &event.details;
    let to = |line: Line| Line::joined(vec![Line::own("→ "), line], "");
    let mut parts = Vec::new();
    match event.kind {
        // These are said with who did it.
        Kind::Escalated | Kind::Reassigned => {}
        Kind::Delegated => {
            parts.extend(details.subject.as_ref().map(|policy| to(Line::default().foreign(policy))));
            parts.extend(names(&incident.assignees, context.ignored, words));
        }
        Kind::ServiceUpdated => {
            parts.extend(incident.service.as_ref().map(|service| to(Line::default().foreign(service))))
        }
        Kind::PriorityUpdated => parts.push(to(match &incident.priority {
            Some(priority) => Line::default().foreign(priority),
            None => Line::own(words.none),
        })),
        Kind::IncidentTypeChanged => {
            parts.extend(details.subject.as_ref().map(|name| to(Line::default().foreign(name))))
        }
        Kind::RoleAssigned => {
            parts.extend(details.roles.first.iter().map(|role| {
                let name = role.name.as_ref().map(|name| Line::default().foreign(name)).unwrap_or_default();
                let holder = role.holder.as_ref().filter(|holder| !context.ignored.contains(holder));
                let who = holder.map_or_else(|| Line::own(words.none), |holder| Line::default().foreign(&holder.name));
                Line::joined(vec![name, Line::own(" → "), who], "")
            }));
            parts.extend(and_more(details.roles.more, words));
        }
        Kind::ResponderAdded => {
            let asked = names(&details.people, context.ignored, words);
            let asked = asked.or_else(|| details.subject.as_ref().map(|policy| Line::default().foreign(policy)));
            parts.extend(asked.map(to));
            parts.extend(state(details, words));
        }
        _ => {
            let subject = details.subject.as_ref().filter(|_| !event.kind.is_about_a_job());
            parts.extend(subject.map(|subject| Line::default().foreign(subject)));
            let others = details.people.first.iter().filter(|person| Some(*person) != event.agent.as_ref());
            let others = others.cloned().collect::<Few<_>>().and_more(details.people.more);
            parts.extend(names(&others, context.ignored, words));
            parts.extend(state(details, words));
        }
    }
    parts
        .extend(details.merged_into.as_ref().map(|other| Line::own(words.merged.0).foreign(other).and(words.merged.1)));
    let fields = details.fields.first.iter();
    parts.extend(fields.map(|(name, value)| Line::default().foreign(name).and(" = ").foreign(value)));
    parts.extend(and_more(details.fields.more, words));
    parts.extend(details.link.as_ref().map(|link| Line::default().named(Label::Own(words.join.into()), link)));
    parts
}

/// The state of what it is about, in words of ours if the sender's is known.
fn state(details: &Details, words: &Words) -> Option<Line> {
    details.state.as_ref().map(|state| match (words.senders_state)(state.as_str()) {
        Some(known) => Line::own(known),
        None => Line::default().foreign(state),
    })
}

pub(super) fn and_more(count: usize, words: &Words) -> Option<Line> {
    (count > 0).then(|| Line::own((words.and_more)(&count.to_string())))
}

/// The local time of the event, with the date unless it was posted on the same day, and how late the message is if it is.
pub(super) fn time(event: &IncidentEvent, decision: &Decision, words: &Words) -> Line {
    let occurred = &decision.reason.occurred.local;
    let posted = &decision.reason.posted.local;
    let mut text = if occurred.date_naive() == posted.date_naive() {
        occurred.format("%H:%M").to_string()
    } else {
        day_and_time(occurred)
    };
    if let Some(took) = event.details.took {
        text.push_str(&(words.took)(&(words.duration)(took)));
    }
    if is_late(event, decision) {
        text.push_str(&(words.late)(&(words.duration)(delay(event, decision))));
    }
    Line::own(text)
}

/// Whether the message is posted so late after its event that it says so.
pub(super) fn is_late(event: &IncidentEvent, decision: &Decision) -> bool {
    delay(event, decision) > WORTH_SAYING
}

fn delay(event: &IncidentEvent, decision: &Decision) -> TimeDelta {
    decision.reason.posted.local.with_timezone(&Utc) - event.occurred_at
}
