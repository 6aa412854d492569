//! One message for several new incidents, for a chat that limits how many it accepts.

use super::{Addressee, Language, Line, Message, Notice, Span};
use crate::domain::incident::IncidentEvent;
use crate::domain::member::Mentionee;
use crate::domain::policy::{Decision, Mention};

/// The digest: a line for each incident, and a mention of everybody whom any of the events mentions.
pub fn message(events: &[(&IncidentEvent, &Decision)], language: Language, notice: Option<Notice>) -> Message {
    let words = language.words();
    let mut lines = vec![Line::own((words.digest)(&events.len().to_string()))];
    for (event, _) in events {
        let mut line = Line::own("• ");
        if let Some(tag) = event.incident.tag() {
            line.0.push(Span::Tag(tag));
            line = line.and(" ");
        }
        line = match &event.incident.title {
            Some(title) => line.foreign(title),
            None => line.and(words.untitled),
        };
        if let Some(service) = &event.incident.service {
            line = line.and(" · ").foreign(service);
        }
        lines.push(line);
    }
    lines.extend(notice.map(|notice| Line::own((words.notice)(notice))));
    Message { to: addressee(events), lines, status: None }
}

/// People before the fallback: those who are named are at work.
fn addressee(events: &[(&IncidentEvent, &Decision)]) -> Option<Addressee> {
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
