//! One event for one destination, as it travels through a queue.

use crate::domain::destination::Destination;
use crate::domain::incident::{EventKey, IncidentEvent, Origin};
use crate::net::digest::sha256;
use crate::source::{self, Content, origin_named};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The version of a message's shape. A worker gives back what it does not know, so that a newer one can take it.
const VERSION: u8 = 1;

/// One event for one destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueMessage {
    pub origin: Origin,
    /// By what a repeat is recognised.
    pub key: EventKey,
    /// The incident, or the event where there is none: what has to stay in order.
    pub order: String,
    pub destination: Destination,
    /// When the webhook received it.
    pub arrived_at: DateTime<Utc>,
    /// The sender's id of the delivery.
    pub delivery: Option<String>,
    pub content: Content,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    v: u8,
    source: String,
    key: String,
    order: String,
    address: String,
    arrived_at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivery: Option<String>,
    #[serde(default)]
    nth: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    too_large_trigger: Option<bool>,
}

/// A message of somebody else, or of a version that this worker does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the message has no shape that this version knows")]
pub struct NotAQueueMessage;

impl QueueMessage {
    pub fn to_text(&self) -> String {
        let (body, nth, too_large_trigger) = match &self.content {
            Content::Body { body, nth } => (Some(BASE64_STANDARD.encode(body)), *nth, None),
            Content::TooLarge { is_trigger } => (None, 0, Some(*is_trigger)),
        };
        let wire = Wire {
            v: VERSION,
            source: self.origin.name().into(),
            key: self.key.0.clone(),
            order: self.order.clone(),
            address: self.destination.name().into(),
            arrived_at: self.arrived_at,
            delivery: self.delivery.clone(),
            nth,
            body,
            too_large_trigger,
        };
        serde_json::to_string(&wire).expect("strings and numbers are JSON")
    }

    pub fn parse(text: &str) -> Result<Self, NotAQueueMessage> {
        let wire: Wire = serde_json::from_str(text).map_err(|_| NotAQueueMessage)?;
        if wire.v != VERSION {
            return Err(NotAQueueMessage);
        }
        let origin = origin_named(&wire.source).ok_or(NotAQueueMessage)?;
        let content = match (wire.body, wire.too_large_trigger) {
            (Some(body), None) => {
                Content::Body { body: BASE64_STANDARD.decode(body).map_err(|_| NotAQueueMessage)?, nth: wire.nth }
            }
            (None, Some(is_trigger)) => Content::TooLarge { is_trigger },
            _ => return Err(NotAQueueMessage),
        };
        let destination = Destination::from_name(&wire.address).ok_or(NotAQueueMessage)?;
        let Wire { key, order, arrived_at, delivery, .. } = wire;
        Ok(Self { origin, key: EventKey(key), order, destination, arrived_at, delivery, content })
    }

    /// The event in it. `None` if this version does not know it.
    pub fn event(&self) -> Option<IncidentEvent> {
        source::recall(self.origin, self.key.clone(), &self.content, self.delivery.as_deref(), self.arrived_at)
    }

    /// Messages of one group are delivered one after the other. The queue's ids are at most 128 characters of a few kinds,
    /// which a digest is, whatever a sender puts into its own ids.
    pub fn group(&self) -> String {
        format!("{}:{}", self.destination.name(), sha256(self.order.as_bytes()))
    }

    pub(super) fn deduplication(&self) -> String {
        format!("{}:{}", self.destination.name(), sha256(self.key.0.as_bytes()))
    }
}

/// One message for each destination, in the incident's group, of an event that no sender sends; none if it is a sender's.
pub fn own_messages(event: &IncidentEvent, destinations: &[Destination], now: DateTime<Utc>) -> Vec<QueueMessage> {
    let Some((content, incident)) = source::own::content(event).zip(event.incident.id.as_ref()) else {
        return Vec::new();
    };
    let message = |destination: &Destination| QueueMessage {
        origin: event.origin,
        key: event.key.clone(),
        order: incident.to_string(),
        destination: *destination,
        arrived_at: now,
        delivery: None,
        content: content.clone(),
    };
    destinations.iter().map(message).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(body: Vec<u8>) -> QueueMessage {
        QueueMessage {
            origin: Origin::PagerDuty,
            key: EventKey("01G\u{0007}\"".into()),
            order: "Q2YX".into(),
            destination: Destination::Backup,
            arrived_at: "2026-11-24T02:02:01.123Z".parse().expect("an instant"),
            delivery: Some("d-1".into()),
            content: Content::Body { body, nth: 1 },
        }
    }

    #[test]
    fn a_message_comes_out_as_it_went_in() {
        for body in [Vec::new(), b"{}".to_vec(), (0..=255).collect()] {
            assert_eq!(QueueMessage::parse(&message(body.clone()).to_text()), Ok(message(body)));
        }
        let large =
            QueueMessage { delivery: None, content: Content::TooLarge { is_trigger: true }, ..message(Vec::new()) };
        assert_eq!(QueueMessage::parse(&large.to_text()), Ok(large));
        let text = message(Vec::new()).to_text();
        let newer = text.replace("\"v\":1", "\"v\":2");
        let unknown = text.replace("pagerduty", "pager");
        for text in ["", "{}", "{\"v\":2}", &newer, &unknown] {
            assert_eq!(QueueMessage::parse(text), Err(NotAQueueMessage), "{text}");
        }
    }

    #[test]
    fn the_largest_body_of_the_worst_characters_fits_into_a_message() {
        let worst = message(b"\x01\"\\\n".repeat(64 * 1024));
        assert!(worst.to_text().len() < 400 * 1024, "{}", worst.to_text().len());
        assert!(worst.group().len() <= 128 && worst.deduplication().len() <= 128);
    }

    #[test]
    fn destinations_and_incidents_have_groups_of_their_own() {
        let one = message(Vec::new());
        let others = [
            QueueMessage { destination: Destination::Primary, ..one.clone() },
            QueueMessage { order: "Q3".into(), ..one.clone() },
        ];
        assert!(others.iter().all(|other| other.group() != one.group()));
        assert_eq!(QueueMessage { key: EventKey("other".into()), ..one.clone() }.group(), one.group());
    }
}
