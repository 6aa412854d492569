//! What stands for a body that could not be read, and keys for events without an id of the sender's.

use super::events::blanked;
use super::{Source, others};
use crate::domain::incident::{
    Details, EventKey, EventKind, Illegible, Incident, IncidentEvent, Origin, OwnKey, Unreadable,
};
use crate::domain::text::Foreign;
use crate::net::digest::sha256;
use crate::net::id::plain_id;
use chrono::{DateTime, TimeDelta, Utc};
use std::borrow::Cow;

/// How long the same words of a sender that gives no time are a repeat.
const WINDOW: TimeDelta = TimeDelta::minutes(10);
/// How much of a body that cannot be read is looked at, in bytes, and how many lines of that are shown.
const QUOTED: usize = 1_000;
const QUOTED_LINES: usize = 5;

/// An event that stands for a body that could not be read. If the sender gives its deliveries no ids, its bodies may say the
/// same of two alerts, and what can be seen of this one is quoted, as nobody else may ever report it.
pub(super) fn unread(
    source: &Source,
    body: &[u8],
    delivery: Option<&str>,
    why: Illegible,
    now: DateTime<Utc>,
) -> IncidentEvent {
    let kind = if (source.reports_trouble)(body) { EventKind::Triggered } else { unknown_kind() };
    let event = unreadable(source.origin, why, delivery, kind, body, now);
    if source.delivery_id.is_some() {
        return event;
    }
    let quote = if why == Illegible::Panicked { Vec::new() } else { quote(&body[..body.len().min(QUOTED)]) };
    let details = Details { quote, ..Details::default() };
    IncidentEvent { key: source.origin.key(digest_within(body, now)), details, ..event }
}

/// An event that stands for a body, or a part of one, of which nothing is shown but the id of its delivery.
///
/// Its key is what the body says: a signature vouches for the body alone, and whoever has seen one could send it again with any
/// other id.
pub(super) fn unreadable(
    origin: Origin,
    why: Illegible,
    delivery: Option<&str>,
    kind: EventKind,
    body: &[u8],
    now: DateTime<Utc>,
) -> IncidentEvent {
    let digest = sha256(body);
    let shown = shown_id(delivery.unwrap_or_default(), &digest);
    let key = EventKey::own(OwnKey::Delivery, &digest);
    let unreadable = Some(Unreadable { delivery: shown, why });
    IncidentEvent { unreadable, ..IncidentEvent::new(origin, key, kind, now) }
}

/// The same event as one that could not be read after all.
pub fn given_up(event: &IncidentEvent, why: Illegible) -> IncidentEvent {
    let delivery = shown_id(&event.key.0, &sha256(event.key.0.as_bytes()));
    IncidentEvent {
        incident: Incident { id: event.incident.id.clone(), number: event.incident.number, ..Incident::default() },
        agent: None,
        details: Details::default(),
        unreadable: Some(Unreadable { delivery, why }),
        ..event.clone()
    }
}

/// The sender's id, or the beginning of a digest if nothing of the id can be shown.
fn shown_id(id: &str, digest: &str) -> Foreign {
    Foreign::line(id).or_else(|| Foreign::line(&digest[..12])).expect("a digest is 64 visible letters")
}

/// What is shown of a body. One that is not of the Events API may hold its token all the same, as a part of something else.
fn quote(body: &[u8]) -> Vec<Foreign> {
    let mut lines = Foreign::lines(&blanked(&String::from_utf8_lossy(body)));
    lines.retain(|line| line.as_str().contains(char::is_alphanumeric));
    lines.truncate(QUOTED_LINES);
    lines
}

/// The key of an event by its sender's own id: the id itself, so that a repeat is recognised by whichever version of this
/// program takes it. An id that begins as a key of ours does is digested, and so is one that is not plain.
pub(super) fn sender_key(id: &str) -> EventKey {
    let mut ours = OwnKey::ALL.into_iter().chain(others().map(OwnKey::Source));
    EventKey(if ours.any(|own| own.begins(id)) { sha256(id.as_bytes()) } else { plain_id(id).into_owned() })
}

/// The kind of a body that cannot be read, if nothing in it says that somebody has to know.
pub(super) fn unknown_kind() -> EventKind {
    EventKind::Other(Foreign::line("unreadable").expect("it is not empty"))
}

/// A name for something that has neither an id nor a time of its own: within the same ten minutes the same text is a
/// repeat, after that it is news.
pub(super) fn digest_within(text: &[u8], now: DateTime<Utc>) -> String {
    let window = now.timestamp().div_euclid(WINDOW.num_seconds());
    sha256(&[text, b"@", window.to_string().as_bytes()].concat())
}

/// A name for what has no time of its own, though it may be told again later: when it arrived, and what it says.
pub(super) fn arrival(body: &[u8], now: DateTime<Utc>) -> String {
    format!("{}:{}", now.timestamp_millis(), digest(body))
}

/// The first 16 digits of the digest of what a body says.
pub(super) fn digest(body: &[u8]) -> String {
    let mut digest = sha256(body);
    digest.truncate(16);
    digest
}

/// A word as a part of a key: itself, or the beginning of its digest if it is not a plain word.
pub(super) fn key_part(word: &str) -> Cow<'_, str> {
    let is_plain = word.len() <= 32 && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_plain { word.into() } else { short_digest(word).into() }
}

/// Enough to tell the alerts of one team apart.
pub(super) fn short_digest(text: &str) -> String {
    digest(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sender;

    #[test]
    fn a_delivery_that_cannot_be_read_has_a_key_of_ours() {
        let source = Sender::PagerDuty.source();
        for id in [None, Some("01G"), Some("reminder:morning:2026-11-24")] {
            let event = unread(source, b"{}", id, Illegible::Panicked, DateTime::UNIX_EPOCH);
            assert_eq!(event.key.0, format!("delivery:{}", sha256(b"{}")), "{id:?}");
            let shown = event.unreadable.map(|unreadable| unreadable.delivery);
            assert_eq!(shown.as_ref().map(Foreign::as_str), Some(id.unwrap_or(&sha256(b"{}")[..12])));
        }
    }
}
