//! In English.

use super::Act;
use crate::domain::incident::EventKind;
use crate::domain::message::Line;
use crate::domain::message::named::en::kind;

/// `Ken Sato acknowledged`, `Ken Sato escalated to Makoto Takahashi`, `resolved by itself`, `reopened by Ken Sato`
pub fn did(act: Act<'_>) -> Line {
    let verb = kind(act.kind).1;
    let past = match act.kind {
        EventKind::Acknowledged => Some("acknowledged"),
        EventKind::Resolved => Some("resolved"),
        EventKind::Reopened => Some("reopened"),
        EventKind::Escalated => Some("escalated"),
        EventKind::Reassigned => Some("reassigned"),
        EventKind::Taken => Some("is on it"),
        EventKind::HandedBack => Some("handed it back"),
        EventKind::Stays => Some("stays on it"),
        _ => None,
    };
    let line = match (act.who, past) {
        (Some(who), _) if act.says => Line::default().foreign(who),
        (Some(who), _) if act.kind.opens() => Line::own(past.unwrap_or(verb)).and(" by ").foreign(who),
        (Some(who), Some(past)) => Line::default().foreign(who).and(" ").and(past),
        (Some(who), None) => Line::default().foreign(who).and(": ").and(lower(verb)),
        (None, Some(past)) if act.is_automatic && act.to.is_none() => Line::own(past).and(match act.kind {
            EventKind::Resolved | EventKind::Reopened => " by itself",
            _ => " automatically",
        }),
        (None, Some(past)) => Line::own(past),
        (None, None) => Line::own(verb),
    };
    match act.to {
        Some(to) => Line::joined(vec![line, Line::own(" to "), to], ""),
        None => line,
    }
}

fn lower(verb: &str) -> String {
    let mut letters = verb.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
