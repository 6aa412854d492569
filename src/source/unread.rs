//! What stands for a body that could not be read, and names for what has none.

use crate::domain::incident::{
    Details, EventKey, EventKind, Illegible, Incident, IncidentEvent, Origin, OwnKey, Unreadable,
};
use crate::domain::text::Foreign;
use chrono::{DateTime, TimeDelta, Utc};
use ring::digest;
use std::borrow::Cow;
use std::fmt::Write as _;

/// How long the same words of a sender that tells no time are taken for a repeat.
const WINDOW: TimeDelta = TimeDelta::minutes(10);
/// What is looked at of a body that cannot be read, in bytes, and what is shown of that.
const QUOTED: usize = 1_000;
const QUOTED_LINES: usize = 5;

/// An event that stands for a body that could not be read.
pub(super) fn unreadable(
    origin: Origin,
    why: Illegible,
    delivery: Option<&str>,
    kind: EventKind,
    body: &[u8],
    now: DateTime<Utc>,
) -> IncidentEvent {
    let digest = digest_key(body);
    let shown = shown_id(delivery.unwrap_or_default(), &digest);
    IncidentEvent {
        origin,
        key: delivery.map_or(digest, |id| EventKey::own(OwnKey::Delivery, id)),
        kind,
        occurred_at: now,
        agent: None,
        incident: Incident::default(),
        details: Details::default(),
        unreadable: Some(Unreadable { delivery: shown, why }),
        missed: None,
    }
}

/// The same event as one that could not be read after all.
pub fn given_up(event: &IncidentEvent, why: Illegible) -> IncidentEvent {
    let delivery = shown_id(&event.key.0, &digest_key(event.key.0.as_bytes()));
    IncidentEvent {
        incident: Incident { id: event.incident.id.clone(), number: event.incident.number, ..Incident::default() },
        agent: None,
        details: Details::default(),
        unreadable: Some(Unreadable { delivery, why }),
        ..event.clone()
    }
}

/// The sender's id, or the beginning of a digest where that shows nothing.
fn shown_id(id: &str, digest: &EventKey) -> Foreign {
    Foreign::line(id).or_else(|| Foreign::line(&digest.0[..12])).expect("a digest is 64 visible letters")
}

/// An event that stands for a body that could not be read, of a sender that gives its deliveries no ids and whose bodies
/// may say the same of two alerts. What can be seen of it is quoted: nobody else may ever tell of it.
pub(super) fn illegible(
    origin: Origin,
    why: Illegible,
    kind: EventKind,
    body: &[u8],
    now: DateTime<Utc>,
) -> IncidentEvent {
    let quote = match why {
        Illegible::Panicked => Vec::new(),
        _ => quote(&body[..body.len().min(QUOTED)]),
    };
    let details = Details { quote, ..Details::default() };
    let own = match origin {
        Origin::Mackerel => OwnKey::Mackerel,
        Origin::Jenkins => OwnKey::Jenkins,
        Origin::Events => OwnKey::Events,
        Origin::PagerDuty | Origin::Watchdog => OwnKey::Delivery,
    };
    let key = EventKey::own(own, digest_within(body, now));
    IncidentEvent { key, details, ..unreadable(origin, why, None, kind, body, now) }
}

fn quote(body: &[u8]) -> Vec<Foreign> {
    let mut lines = Foreign::lines(&String::from_utf8_lossy(body));
    lines.retain(|line| line.as_str().contains(char::is_alphanumeric));
    lines.truncate(QUOTED_LINES);
    lines
}

/// The kind of a body that cannot be read, when nothing in it says that somebody has to know.
pub(super) fn unknown_kind() -> EventKind {
    EventKind::Other(Foreign::line("unreadable").expect("it is not empty"))
}

/// The name of something that has neither an id nor a time of its own: said again within the same ten minutes it is a
/// repeat, after that it is news.
pub(super) fn digest_within(text: &[u8], now: DateTime<Utc>) -> String {
    let window = now.timestamp().div_euclid(WINDOW.num_seconds());
    digest_key(&[text, b"@", window.to_string().as_bytes()].concat()).0
}

/// A word as a part of a key: itself, or the beginning of its digest where it is no plain word.
pub(super) fn key_part(word: &str) -> Cow<'_, str> {
    let is_plain = word.len() <= 32 && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_plain { word.into() } else { digest_key(word.as_bytes()).0[..16].to_owned().into() }
}

/// The key of an event by its sender's own id: the id itself, so that a repeat is recognised by whichever version of this
/// program takes it. Only an id that begins as a key of ours does is digested.
pub(super) fn foreign_key(id: &str) -> EventKey {
    match EventKey::is_reserved(id) {
        true => digest_key(id.as_bytes()),
        false => EventKey(id.to_owned()),
    }
}

/// The key of an event without an id: the SHA-256 of its body, in hexadecimal.
pub(super) fn digest_key(body: &[u8]) -> EventKey {
    let mut key = String::with_capacity(64);
    for byte in digest::digest(&digest::SHA256, body).as_ref() {
        write!(key, "{byte:02x}").expect("a String takes everything");
    }
    EventKey(key)
}
