//! An incident's status, for its first message in a chat that can edit it.

use super::parts::{names, time};
use super::{Button, Language, Line, Span};
use crate::domain::few::Few;
use crate::domain::incident::{IncidentId, Person, State, Status};
use crate::domain::policy::Ignored;
use crate::domain::press::{Act, Offered};
use crate::domain::text::Tag;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// Replaces the verb in the first message's headline: `👀 対応中`.
pub fn headline(status: &Status, language: Language) -> Span {
    let (icon, verb) = (language.words().state)(shown(status));
    Span::Verb(format!("{icon} {verb}").into())
}

/// The line below it: state, who has it, since when, and once it is resolved how long it took. `now` is local, and so are
/// the times in the line.
pub fn line(status: &Status, ignored: &Ignored, language: Language, now: &DateTime<Tz>) -> Line {
    let words = language.words();
    let who = names(&holders(status), ignored, words);
    let at = time(since(status), now);
    let mut parts = vec![Line::own(words.status).and((words.state)(shown(status)).1)];
    match shown(status) {
        State::Triggered => {
            if let Some(who) = who {
                parts[0].0.extend(Line::own(" → ").0.into_iter().chain(who.0));
            }
        }
        State::Acknowledged => {
            parts.extend(who);
            parts.push(Line::own((words.since)(&at)));
        }
        State::Resolved => {
            parts.push(match who {
                Some(who) => Line::joined(vec![Line::own(words.by.0), who, Line::own(words.by.1)], ""),
                None => Line::own(words.automatically),
            });
            let took = status.opened_at.map(|opened_at| (words.duration)(status.changed_at - opened_at));
            let took = took.map(|took| (words.took)(&took)).unwrap_or_default();
            parts.push(Line::own(at + &took));
        }
    }
    Line::joined(parts, " · ")
}

/// Whoever is on it counts, whether PagerDuty knows that or not.
fn shown(status: &Status) -> State {
    match status.state {
        State::Triggered if !status.takers.is_empty() => State::Acknowledged,
        state => state,
    }
}

/// Who is on it by what they pressed, and who has acknowledged it in PagerDuty.
fn holders(status: &Status) -> Few<Person> {
    if status.takers.is_empty() || status.state == State::Resolved {
        return status.holders.clone();
    }
    let takers = status.takers.iter().map(|taker| taker.who.clone());
    let has_acknowledged = status.state == State::Acknowledged;
    let holders = has_acknowledged.then_some(&status.holders.first).into_iter().flatten().cloned();
    takers.chain(holders).collect()
}

fn since(status: &Status) -> DateTime<Utc> {
    match status.state {
        State::Triggered => status.takers.iter().map(|taker| taker.since).min().unwrap_or(status.changed_at),
        State::Acknowledged | State::Resolved => status.changed_at,
    }
}

/// What can be pressed below an incident's first message.
pub const FIRST: &[Act] = &[Act::Take, Act::CallSre, Act::Resolve];
/// What can be pressed below the message that the shift ends.
pub const AT_THE_END: &[Act] = &[Act::Stay, Act::CallSre];

/// Those of these buttons that are offered, as long as the incident is open, and PagerDuty's.
pub fn buttons(
    acts: &[Act],
    status: &Status,
    incident: &IncidentId,
    tag: Option<&Tag>,
    offered: Offered,
    language: Language,
) -> Vec<Button> {
    if status.state == State::Resolved || !incident.is_pagerdutys() {
        return Vec::new();
    }
    let is_offered = |act: &&Act| match act {
        Act::CallSre => offered.call_sre,
        Act::Resolve => offered.resolve,
        Act::Take | Act::HandBack | Act::Stay => true,
    };
    acts.iter().filter(is_offered).map(|act| button(*act, incident, tag, language)).collect()
}

pub(super) fn button(act: Act, incident: &IncidentId, tag: Option<&Tag>, language: Language) -> Button {
    let words = language.words();
    let confirm = (words.confirm)(act, tag.map(Tag::as_str).unwrap_or_default());
    Button { act, incident: incident.clone(), label: (words.press)(act), confirm }
}
