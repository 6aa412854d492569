//! PagerDuty's webhooks: v3 subscriptions, signed, and v2 extensions, with a token.
//!
//! <https://developer.pagerduty.com/docs/webhooks-overview>

pub mod drill;
mod nested;
mod signature;
mod types;
mod v2;
mod v3;
mod wire;

pub use signature::signature;

use super::unread::{unknown_kind, unread, unreadable};
use super::{Access, Headers, NotAuthentic, Received, RouteCredentials, Sender, Source};
use crate::domain::incident::{EventKind, Illegible, IncidentEvent, Origin};
use crate::net::panics::caught;
use crate::source::wire::object_text;
use chrono::{DateTime, TimeDelta, Utc};
use memchr::memmem;
use serde::Deserialize;
use serde_json::value::RawValue;

/// PagerDuty gives up after 48 hours; an older signed body is somebody's replay.
const OLDEST: TimeDelta = TimeDelta::hours(72);

pub(super) static SOURCE: Source = Source {
    origin: Origin::PagerDuty,
    sends: "A PagerDuty webhook, v2 or v3",
    access: Access::PagerDuty { secrets: "PAGERDUTY_WEBHOOK_SECRETS", tokens: "PAGERDUTY_V2_TOKENS" },
    delivery_id: Some("x-webhook-id"),
    read: |body, now| content(body, now).events(),
    reports_trouble,
};

/// What a body is, by its keys: `event` is v3, `messages` is v2 or v1.
enum Content {
    Three(Option<Box<IncidentEvent>>),
    Two(Vec<IncidentEvent>),
    Illegible(Illegible),
}

impl Content {
    fn events(self) -> Result<Vec<IncidentEvent>, Illegible> {
        match self {
            Self::Three(Some(event)) => Ok(vec![*event]),
            Self::Two(events) => Ok(events),
            Self::Three(None) => Err(Illegible::Shape),
            Self::Illegible(why) => Err(why),
        }
    }
}

/// The names of the events that a v3 subscription should deliver: those of incidents, all of which are understood. Events of
/// services are understood too, but are not actionable.
pub fn subscribed_events() -> Vec<&'static str> {
    types::incident_events().collect()
}

/// Authenticates a body and reads it. An authentic body always yields something: what cannot be read becomes an event that
/// says so.
///
/// A request with a signature is accepted by that alone. A token vouches for v2 bodies only, because a token travels in the
/// open and may be held by others.
pub fn receive(
    credentials: &RouteCredentials,
    headers: &Headers<'_>,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<Received, NotAuthentic> {
    let signature = headers.find("x-pagerduty-signature");
    authenticate(credentials, headers, signature, body)?;
    let content = caught(|| content(body, now)).unwrap_or(Content::Illegible(Illegible::Panicked));
    let events = match content {
        Content::Three(_) if signature.is_none() => return Err(NotAuthentic::TokenForSignedBody),
        Content::Three(Some(event)) if now - event.occurred_at > OLDEST => return Ok(Received::Replay(event)),
        content => content.events(),
    };
    let delivery = Sender::PagerDuty.delivery(headers);
    Ok(Received::Events(events.unwrap_or_else(|why| vec![unread(&SOURCE, body, delivery, why, now)])))
}

/// The messages of a v2 body, each as a body of its own; none of any other body.
pub(super) fn messages(body: &[u8]) -> Vec<Vec<u8>> {
    let text = object_text(body).unwrap_or_default();
    let body = serde_json::from_str::<Body<'_>>(&text);
    let messages = body.ok().filter(|body| body.event.is_none()).and_then(|body| body.messages);
    let alone = |message: &RawValue| format!(r#"{{"messages":[{message}]}}"#).into_bytes();
    messages.unwrap_or_default().into_iter().map(alone).collect()
}

/// Reads a body without asking who sent it.
pub fn read(body: &[u8], now: DateTime<Utc>) -> Vec<IncidentEvent> {
    super::read(Sender::PagerDuty, body, now)
}

fn authenticate(
    credentials: &RouteCredentials,
    headers: &Headers<'_>,
    signature: Option<&str>,
    body: &[u8],
) -> Result<(), NotAuthentic> {
    match signature {
        Some(_) if credentials.are_none() => Err(NotAuthentic::RouteClosed),
        Some(signature) if signature::is_valid(signature, &credentials.secrets, body) => Ok(()),
        Some(_) => Err(NotAuthentic::WrongSignature),
        None => credentials.check_token(headers, None),
    }
}

fn content(body: &[u8], now: DateTime<Utc>) -> Content {
    let text = match object_text(body) {
        Ok(text) => text,
        Err(why) => return Content::Illegible(why),
    };
    // Each message is read by itself: a bad one does not affect the others, and thousands of empty ones take no room.
    let body = serde_json::from_str::<Body<'_>>(&text);
    match body.map(|body| (body.event, body.messages)) {
        Ok((Some(event), _)) => Content::Three(event.read(now).map(Box::new)),
        Ok((None, Some(messages))) => {
            Content::Two(messages.into_iter().map(|message| one_of_v2(message, now)).collect())
        }
        Ok((None, None)) | Err(_) => Content::Illegible(Illegible::Shape),
    }
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    event: Option<v3::Event<'a>>,
    messages: Option<Vec<&'a RawValue>>,
}

/// One message of a v2 body.
fn one_of_v2(message: &RawValue, now: DateTime<Utc>) -> IncidentEvent {
    let text = message.get();
    let (id, why) = match serde_json::from_str::<v2::Message>(text) {
        Ok(message) if message.is_version_one() => (message.id.into(), Illegible::VersionOne),
        Ok(message) => match message.read(text, now) {
            Ok(event) => return event,
            Err(id) => (id, Illegible::Shape),
        },
        Err(_) => (None, Illegible::Shape),
    };
    let kind = if reports_trouble(text.as_bytes()) { EventKind::Triggered } else { unknown_kind() };
    unreadable(Origin::PagerDuty, why, id.as_deref(), kind, text.as_bytes(), now)
}

/// Whether a body that cannot be read has a type in it that is a new incident.
fn reports_trouble(body: &[u8]) -> bool {
    let says = |key: &str, value: &str| {
        memmem::find_iter(body, key).any(|at| {
            let rest = body[at + key.len()..].trim_ascii_start();
            rest.strip_prefix(b":").is_some_and(|rest| rest.trim_ascii_start().starts_with(value.as_bytes()))
        })
    };
    says("\"event_type\"", "\"incident.triggered\"")
        || says("\"event\"", "\"incident.trigger\"")
        || says("\"type\"", "\"incident.trigger\"")
}
