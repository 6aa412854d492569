//! One message for several events, for a chat that takes few messages.

use super::event::Context;
use super::event::sentence::sentence;
use super::{Addressee, Language, Line, Message, Notice, Span, event, status};
use crate::domain::incident::{Incident, IncidentEvent};
use crate::domain::member::Mentionee;
use crate::domain::policy::{Decision, Mention};

/// An event, and whom it mentions.
pub type Decided<'a> = (&'a IncidentEvent, &'a Decision);

/// A digest of new incidents: a line for each, and a mention of everybody whom any of the events mentions.
pub fn incidents(events: &[Decided<'_>], language: Language, notice: Option<Notice>) -> Message {
    let words = language.words();
    let mut lines = vec![Line::own((words.digest)(&events.len().to_string()))];
    for (event, _) in events {
        let mut line = named(Line::own("• "), &event.incident, language);
        if let Some(service) = &event.incident.service {
            line = line.and(" · ").foreign(service);
        }
        lines.push(line);
    }
    lines.extend(notice.map(|notice| Line::own((words.notice)(notice))));
    Message::new(addressee(events), lines)
}

/// Where a message about several events of one incident goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// Below the incident's first message, which says the rest.
    InTheThread,
    /// It is the first one there, so the first of its events is told in full.
    First,
}

/// What followed in one incident: a line for each event, and a mention of everybody whom any of them mentions. There is at
/// least one.
pub fn followed(events: &[Decided<'_>], place: Where, context: Context<'_>) -> Message {
    let [(first, decision), others @ ..] = events else {
        return Message::new(None, Vec::new());
    };
    let words = context.language.words();
    let line =
        |(event, decision): &Decided<'_>| Line::joined(vec![Line::own("• "), sentence(event, decision, context)], "");
    match place {
        Where::First => {
            let whole = event::message(first, decision, context);
            let lines = whole.lines.into_iter().chain(others.iter().map(line)).collect();
            Message { to: addressee(events), lines, ..whole }
        }
        Where::InTheThread => {
            let heading = named(Line::default(), &first.incident, context.language);
            let heading = heading.and((words.followed)(&events.len().to_string()));
            let calls = |(_, decision): &&Decided<'_>| decision.mention != Mention::Nobody;
            let end = match events.iter().find(calls) {
                Some((calling, decision)) => event::end(calling, decision, context),
                None => context.notice.map(|notice| Line::own((words.notice)(notice))).into_iter().collect(),
            };
            let lines = [heading].into_iter().chain(events.iter().map(line)).chain(end).collect();
            let local = &decision.reason.posted.local;
            let status = context.status.map(|status| status::line(status, context.ignored, context.language, local));
            Message { status, ..Message::new(addressee(events), lines) }
        }
    }
}

/// The line, then the incident's tag and title.
fn named(mut line: Line, incident: &Incident, language: Language) -> Line {
    if let Some(tag) = incident.tag() {
        line.0.push(Span::Tag(tag));
        line = line.and(" ");
    }
    match &incident.title {
        Some(title) => line.foreign(title),
        None => line.and(language.words().untitled),
    }
}

/// People before the fallback: those who are named are at work.
fn addressee(events: &[Decided<'_>]) -> Option<Addressee> {
    let mut people: Vec<Mentionee> = Vec::new();
    let mut is_for_fallback = false;
    for (_, decision) in events {
        match &decision.mention {
            Mention::Nobody => {}
            Mention::Fallback => is_for_fallback = true,
            Mention::OnCall(named) | Mention::Assignees(named) => {
                for person in named {
                    if !people.contains(person) {
                        people.push(person.clone());
                    }
                }
            }
        }
    }
    if people.is_empty() { is_for_fallback.then_some(Addressee::Fallback) } else { Some(Addressee::People(people)) }
}
