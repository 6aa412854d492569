//! The queues between the webhook and the worker: SQS FIFO, or the same in a file, one message for each event and destination. What begins an
//! incident has a queue of its own, so that it overtakes what follows in others.
//!
//! Group = destination and incident, so that an incident's messages stay in order and a dead chat never holds up the
//! other. Deduplication = event and destination, so that a repeat of PagerDuty's within five minutes is not even queued.
//! The body is in base64: SQS refuses control characters, and JSON would double what it has to escape. 256 KiB become
//! 342 KiB.

pub mod press;
#[cfg(feature = "serve")]
pub mod sqlite;
pub mod sqs;

use crate::domain::destination::Destination;
use crate::domain::incident::{EventKey, IncidentEvent, Origin};
use crate::net::digest::sha256;
use crate::source::{self, Content, origin_named};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Debug;

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

    fn deduplication(&self) -> String {
        format!("{}:{}", self.destination.name(), sha256(self.key.0.as_bytes()))
    }
}

/// The queue has not taken the message; the reason is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the queue cannot be used: {0}")]
pub struct QueueError(pub String);

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    pub body: String,
    /// It is handed over after all others of its group.
    pub group: String,
    /// Another one with the same within five minutes is dropped.
    pub deduplication: String,
}

/// A message that is to come again, by the receipt handle with which it was handed over, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hide {
    pub receipt: String,
    pub seconds: i32,
}

/// A FIFO queue as SQS documents it.
pub trait Fifo: Debug + Send + Sync {
    /// Puts messages of different groups at the ends of their groups; ten at most, and of a million bytes. Once this is
    /// `Ok`, the queue keeps all of them; otherwise it may keep some.
    fn send(&self, messages: Vec<NewMessage>) -> BoxFuture<'_, Result<(), QueueError>>;

    /// Hides messages; ten at most. The answer is which of them, by their places, are not hidden.
    fn hide<'a>(&'a self, hides: &'a [Hide]) -> BoxFuture<'a, Result<Vec<NotHidden>, QueueError>>;
}

/// A message that the queue has not hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotHidden {
    pub nth: usize,
    /// The queue's own code.
    pub why: String,
}

/// One queue.
#[derive(Debug)]
pub struct Queue {
    /// The last part of its URL, and of its ARN.
    name: String,
    fifo: Box<dyn Fifo>,
}

/// A call of the queue takes so many messages.
const MOST: usize = 10;
/// And so many bytes of them, in which there is room for what surrounds them.
const MOST_BYTES: usize = 1_000_000;

impl Queue {
    pub fn new(name: &str, fifo: impl Fifo + 'static) -> Self {
        Self { name: name.to_owned(), fifo: Box::new(fifo) }
    }

    /// Queues messages, ten a call, in the order of each group: nothing is queued after the first call that fails. The queue
    /// drops what it has already, so all of it may be queued again.
    pub async fn put(&self, messages: &[QueueMessage]) -> Result<(), QueueError> {
        let mut counts = BTreeMap::new();
        let mut all: Vec<_> = messages
            .iter()
            .map(|message| {
                let group = message.group();
                let nth = counts.entry(group.clone()).and_modify(|nth| *nth += 1).or_insert(0_usize);
                (*nth, group, message)
            })
            .collect();
        // The first of each group, then the second of each.
        all.sort_by_key(|(nth, ..)| *nth);
        let mut batch: Vec<NewMessage> = Vec::new();
        let mut bytes = 0;
        for (_, group, message) in all {
            let (body, deduplication) = (message.to_text(), message.deduplication());
            let has_group = batch.iter().any(|other| other.group == group);
            if has_group || batch.len() == MOST || bytes + body.len() > MOST_BYTES {
                self.send(std::mem::take(&mut batch)).await?;
                bytes = 0;
            }
            bytes += body.len();
            batch.push(NewMessage { body, group, deduplication });
        }
        self.send(batch).await
    }

    async fn send(&self, batch: Vec<NewMessage>) -> Result<(), QueueError> {
        if batch.is_empty() { Ok(()) } else { self.fifo.send(batch).await }
    }

    /// Hides messages for a while; ten at most. What is not hidden is tried once more.
    pub async fn hide(&self, hides: &[Hide]) -> Result<(), QueueError> {
        let left = self.fifo.hide(hides).await?;
        if left.is_empty() {
            return Ok(());
        }
        let again: Vec<_> = left.iter().filter_map(|left| hides.get(left.nth)).cloned().collect();
        match self.fifo.hide(&again).await?.into_iter().next() {
            None => Ok(()),
            Some(NotHidden { why, .. }) => Err(QueueError(format!(
                "it has not hidden a message ({why}), which comes again after the queue's own time"
            ))),
        }
    }
}

/// Which queue an event goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Beginnings of incidents, which nothing of other incidents holds up.
    News,
    Rest,
    /// What people press, and no events.
    Presses,
}

impl Lane {
    pub fn name(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::Rest => "rest",
            Self::Presses => "presses",
        }
    }
}

/// The queues between webhook and worker.
#[derive(Debug)]
pub struct Queues {
    /// Without it everything goes through the other.
    pub news: Option<Queue>,
    pub rest: Queue,
    /// Without it nobody can press anything.
    pub presses: Option<Queue>,
}

impl Queues {
    pub fn of(&self, lane: Lane) -> &Queue {
        let own = match lane {
            Lane::News => &self.news,
            Lane::Presses => &self.presses,
            Lane::Rest => &None,
        };
        own.as_ref().unwrap_or(&self.rest)
    }

    /// Which of them has this ARN.
    pub fn lane(&self, arn: &str) -> Lane {
        let name = arn.rsplit(':').next();
        let is = |queue: &Option<Queue>| queue.as_ref().is_some_and(|queue| Some(queue.name.as_str()) == name);
        if is(&self.news) {
            Lane::News
        } else if is(&self.presses) {
            Lane::Presses
        } else {
            Lane::Rest
        }
    }

    /// Queues messages, those of each lane in the order of their groups. What begins comes first.
    pub async fn put(&self, news: &[QueueMessage], rest: &[QueueMessage]) -> Result<(), QueueError> {
        self.of(Lane::News).put(news).await?;
        self.of(Lane::Rest).put(rest).await
    }
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
