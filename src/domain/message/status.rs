//! An incident's status, for its first message in a chat that can edit it.

use super::parts::{day_and_time, names};
use super::{Language, Line, Span};
use crate::domain::incident::{State, Status};
use crate::domain::policy::Ignored;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// Replaces the verb in the first message's headline: `👀 対応中`.
pub fn headline(status: &Status, language: Language) -> Span {
    let (icon, verb) = (language.words().state)(status.state);
    Span::Verb(format!("{icon} {verb}").into())
}

/// The line below it: state, who has it, since when, and once it is resolved how long it took. `now` is local, and so are
/// the times in the line.
pub fn line(status: &Status, ignored: &Ignored, language: Language, now: &DateTime<Tz>) -> Line {
    let words = language.words();
    let who = names(&status.holders, ignored, words);
    let at = time(status.changed_at, now);
    let mut parts = vec![Line::own(words.status).and((words.state)(status.state).1)];
    match status.state {
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

/// With the date unless it is today's.
fn time(at: DateTime<Utc>, now: &DateTime<Tz>) -> String {
    let at = at.with_timezone(&now.timezone());
    if at.date_naive() == now.date_naive() { at.format("%H:%M").to_string() } else { day_and_time(&at) }
}
