//! The queues between the webhook and the worker: SQS FIFO, or the same in a file, one message for each event and destination. What begins an
//! incident has a queue of its own, so that it overtakes what follows in others.
//!
//! Group = destination and incident, so that an incident's messages stay in order and a dead chat never holds up the
//! other. Deduplication = event and destination, so that a repeat of PagerDuty's within five minutes is not even queued.
//! The body is in base64: SQS refuses control characters, and JSON would double what it has to escape. 256 KiB become
//! 342 KiB.

mod message;
pub mod press;
#[cfg(feature = "serve")]
pub mod sqlite;
pub mod sqs;

pub use message::{NotAQueueMessage, QueueMessage, own_messages};

use futures_util::future::BoxFuture;
use std::collections::BTreeMap;
use std::fmt::Debug;

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
