//! PagerDuty's webhooks: v3 subscriptions, signed, and v2 extensions, with a token.
//!
//! <https://developer.pagerduty.com/docs/webhooks-overview>

mod signature;
mod v2;
mod v3;
mod wire;

use super::unread::{unknown_kind, unreadable};
use super::{Headers, NotAuthentic, Received};
use crate::domain::incident::{EventKind, Illegible, IncidentEvent, Origin};
use crate::net::secret::Secret;
use crate::source::wire::object_text;
use chrono::{DateTime, TimeDelta, Utc};
use memchr::memmem;
use serde::Deserialize;
use serde_json::value::RawValue;

/// PagerDuty gives up after 48 hours; an older signed body is somebody's replay.
const OLDEST: TimeDelta = TimeDelta::hours(72);

/// What the route believes. With neither, it is closed.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    /// Signing secrets of v3 subscriptions; two while one is being replaced.
    pub secrets: Vec<Secret>,
    /// Tokens of v2 extensions.
    pub tokens: Vec<Secret>,
}

/// What a body is, by its keys: `event` is v3, `messages` is v2 or v1.
enum Content {
    Three(Option<Box<IncidentEvent>>),
    Two(Vec<IncidentEvent>),
    Illegible(Illegible),
}

/// The names of the events that a v3 subscription should deliver: those of incidents, all of which are understood. What
/// happens to services is understood too, but it is nobody's alert.
pub fn subscribed_events() -> Vec<&'static str> {
    v3::incident_events().collect()
}

/// Authenticates a body and reads it. An authentic body always yields something: what cannot be read becomes an event
/// that says so.
///
/// A request with a signature is believed by it alone. A token vouches for v2 bodies only, because a token travels in
/// the open and may be held by others.
pub fn receive(
    credentials: &Credentials,
    headers: &Headers<'_>,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<Received, NotAuthentic> {
    let signature = headers.find("x-pagerduty-signature");
    authenticate(credentials, headers, signature, body)?;
    match content(body, now) {
        Content::Three(_) if signature.is_none() => Err(NotAuthentic::TokenForSignedBody),
        Content::Three(Some(event)) if now - event.occurred_at > OLDEST => Ok(Received::Replay(event)),
        content => Ok(Received::Events(events(content, headers, body, now))),
    }
}

/// Reads a body without asking who sent it, as `toban explain` does with a recorded one.
pub fn read(body: &[u8], now: DateTime<Utc>) -> Vec<IncidentEvent> {
    events(content(body, now), &Headers::default(), body, now)
}

/// The `nth` event of a body that was believed and queued, as it was read then.
pub fn recall(body: &[u8], nth: usize, delivery: Option<&str>, arrived_at: DateTime<Utc>) -> Option<IncidentEvent> {
    let headers = Headers(delivery.map(|id| ("x-webhook-id".into(), id.into())).into_iter().collect());
    events(content(body, arrived_at), &headers, body, arrived_at).into_iter().nth(nth)
}

/// The event that stands for a queued body which makes the code panic.
pub fn panicked(body: &[u8], delivery: Option<&str>, arrived_at: DateTime<Utc>) -> IncidentEvent {
    unreadable(Origin::PagerDuty, Illegible::Panicked, delivery, kind_by_sight(body), body, arrived_at)
}

fn authenticate(
    credentials: &Credentials,
    headers: &Headers<'_>,
    signature: Option<&str>,
    body: &[u8],
) -> Result<(), NotAuthentic> {
    if credentials.secrets.is_empty() && credentials.tokens.is_empty() {
        return Err(NotAuthentic::RouteClosed);
    }
    match signature {
        Some(signature) if signature::is_valid(signature, &credentials.secrets, body) => Ok(()),
        Some(_) => Err(NotAuthentic::WrongSignature),
        None if headers.carry_one_of(&credentials.tokens) => Ok(()),
        None if headers.token().is_some() => Err(NotAuthentic::WrongToken),
        None => Err(NotAuthentic::NoCredentials),
    }
}

fn content(body: &[u8], now: DateTime<Utc>) -> Content {
    let text = match object_text(body) {
        Ok(text) => text,
        Err(why) => return Content::Illegible(why),
    };
    let whole = serde_json::from_str::<Body<'_, v2::Message<'_>>>(&text);
    let by_message = || serde_json::from_str::<Body<'_, &RawValue>>(&text);
    let read = whole.ok().and_then(|body| body.content(now, |message| message.read_whole(now)));
    read.or_else(|| by_message().ok()?.content(now, |message| Some(one_of_v2(message, now))))
        .unwrap_or(Content::Illegible(Illegible::Shape))
}

fn events(content: Content, headers: &Headers<'_>, body: &[u8], now: DateTime<Utc>) -> Vec<IncidentEvent> {
    match content {
        Content::Three(Some(event)) => vec![*event],
        Content::Two(events) => events,
        Content::Three(None) => vec![unread(headers, body, Illegible::Shape, now)],
        Content::Illegible(why) => vec![unread(headers, body, why, now)],
    }
}

/// The event that stands for an authentic body which could not be read, named by the id of its delivery.
pub fn unread(headers: &Headers<'_>, body: &[u8], why: Illegible, now: DateTime<Utc>) -> IncidentEvent {
    unreadable(Origin::PagerDuty, why, headers.find("x-webhook-id"), kind_by_sight(body), body, now)
}

/// Told apart by their keys: `event` is v3, `messages` is v2 or v1.
#[derive(Deserialize)]
struct Body<'a, M> {
    #[serde(borrow)]
    event: Option<v3::Event<'a>>,
    messages: Option<Vec<M>>,
}

impl<M> Body<'_, M> {
    /// The events in it; `None` when there is something that `read` cannot.
    fn content(self, now: DateTime<Utc>, read: impl Fn(M) -> Option<IncidentEvent>) -> Option<Content> {
        match (self.event, self.messages) {
            (Some(event), _) => Some(Content::Three(event.read(now).map(Box::new))),
            (None, Some(messages)) => messages.into_iter().map(read).collect::<Option<_>>().map(Content::Two),
            (None, None) => None,
        }
    }
}

/// One message of a v2 body that cannot be read as a whole. Each is read by itself, so that a bad one does not take the
/// others with it.
fn one_of_v2(message: &RawValue, now: DateTime<Utc>) -> IncidentEvent {
    let text = message.get();
    let (id, why) = match serde_json::from_str::<v2::Message>(text) {
        Ok(message) if message.is_version_one() => (message.id, Illegible::VersionOne),
        Ok(message) => match message.read(text, now) {
            Ok(event) => return event,
            Err(id) => (id, Illegible::Shape),
        },
        Err(_) => (None, Illegible::Shape),
    };
    unreadable(Origin::PagerDuty, why, id.as_deref(), kind_by_sight(text.as_bytes()), text.as_bytes(), now)
}

/// The kind of a body that cannot be read: triggered if it says so anywhere, so that the people who have to know are
/// mentioned all the same.
fn kind_by_sight(body: &[u8]) -> EventKind {
    let says = |key: &str, value: &str| {
        memmem::find_iter(body, key).any(|at| {
            let rest = body[at + key.len()..].trim_ascii_start();
            rest.strip_prefix(b":").is_some_and(|rest| rest.trim_ascii_start().starts_with(value.as_bytes()))
        })
    };
    let is_trigger = says("\"event_type\"", "\"incident.triggered\"")
        || says("\"event\"", "\"incident.trigger\"")
        || says("\"type\"", "\"incident.trigger\"");
    match is_trigger {
        true => EventKind::Triggered,
        false => unknown_kind(),
    }
}
