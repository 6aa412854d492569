//! What only somebody who has pressed a button or typed a command is told, and the note about it in PagerDuty.

pub(super) mod en;
pub(super) mod ja;

use super::parts::{names, time};
use super::status::button;
use super::{Language, Message};
use crate::domain::incident::{IncidentId, Status};
use crate::domain::policy::Ignored;
use crate::domain::press::{Act, NothingDone};
use crate::domain::text::Foreign;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// What the presser is told. `status` is how the incident stands, if that is known.
pub fn message(
    why: NothingDone,
    incident: Option<&IncidentId>,
    status: Option<&Status>,
    language: Language,
    now: &DateTime<Tz>,
) -> Message {
    let words = language.words();
    let line = match status.and_then(|status| status.sre.as_ref()) {
        Some(call) if why == NothingDone::SreHasIt => {
            let at = call.at.map(|at| time(at, now)).unwrap_or_default();
            let people = names(&call.people, &Ignored::default(), words);
            (words.sre_has_it)(people, call.by.as_ref().map(|by| &by.name), &at)
        }
        _ => {
            let who = status.and_then(|status| status.holders.first.first()).map(|person| &person.name);
            let at = status.map(|status| time(status.changed_at, now)).unwrap_or_default();
            (words.nothing_done)(why, who, &at)
        }
    };
    let buttons = match (why, incident) {
        (NothingDone::HasIt, Some(incident)) => vec![button(Act::HandBack, incident, None, language)],
        _ => Vec::new(),
    };
    Message { buttons, ..Message::new(None, vec![line]) }
}

/// What a button says.
pub fn label(act: Act, language: Language) -> &'static str {
    (language.words().press)(act)
}

/// The note in PagerDuty, which nobody there can answer.
pub fn note(act: Act, who: &Foreign, at: DateTime<Utc>, language: Language, zone: Tz) -> String {
    let at = at.with_timezone(&zone);
    match language {
        Language::Japanese => ja::note(act, who.as_str(), &at),
        Language::English => en::note(act, who.as_str(), &at),
    }
}

#[cfg(test)]
mod tests;
