//! `toban serve`'s own queue, in place of SQS: its file is in memory, and every call of it is done at once.

use crate::message::Message;
use chrono::{DateTime, Utc};
use futures_util::FutureExt as _;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use toban::queue::sqlite::{Limits, Received, Sqlite};
use toban::queue::{Fifo as _, Hide, Lane, NewMessage};
use toban::store::sqlite::State;
use tokio::time::Instant;

#[derive(Debug)]
pub struct Queue {
    queue: Sqlite,
    /// How many messages the queues of the file have taken: the id of the last one.
    sent: Arc<AtomicI64>,
    known: Mutex<Known>,
}

/// What the world knows of the messages.
#[derive(Debug, Default)]
struct Known {
    waiting: BTreeMap<String, Message>,
    overtaken: Vec<Message>,
}

/// A file in memory fails only if it is made to.
fn at_once<T, E: std::fmt::Debug>(answer: impl Future<Output = Result<T, E>>) -> T {
    answer.now_or_never().expect("it does not wait").expect("it does not fail")
}

impl Queue {
    pub fn new(
        (state, sent): (&State, &Arc<AtomicI64>),
        lane: Lane,
        limits: Limits,
        clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
    ) -> Self {
        let queue = at_once(Sqlite::open(state.clone(), lane, limits, clock));
        Self { queue, sent: sent.clone(), known: Mutex::default() }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().expect("no panic before")
    }

    pub fn left(&self) -> Vec<Message> {
        let left: Vec<_> = self.known().waiting.values().cloned().collect();
        assert_eq!(at_once(self.queue.counts()).waiting, left.len() as u64, "what is done is deleted");
        left
    }

    pub fn dead(&self) -> Vec<Message> {
        at_once(self.queue.dead_letters()).into_iter().map(message).collect()
    }

    pub fn overtaken(&self) -> Vec<Message> {
        self.known().overtaken.clone()
    }

    /// Returns `None` for a message that it has already.
    pub fn put(&self, new: NewMessage) -> Option<String> {
        let (before, NewMessage { body, group, .. }) = (self.waiting(), new.clone());
        at_once(self.queue.send(vec![new]));
        if self.waiting() == before {
            return None;
        }
        let id = self.sent.fetch_add(1, Ordering::Relaxed) + 1;
        let received = Received { id, receipt: String::new(), group, sent_at: None, receives: 0, body };
        self.known().waiting.insert(id.to_string(), message(received));
        Some(id.to_string())
    }

    fn waiting(&self) -> u64 {
        at_once(self.queue.counts()).waiting
    }

    pub async fn receive(&self) -> Vec<Message> {
        let batch: Vec<_> = self.queue.receive().await.into_iter().map(message).collect();
        let now = Instant::now();
        let mut known = self.known();
        let dead = self.dead();
        known.waiting.retain(|id, _| dead.iter().all(|dead| dead.id != *id));
        let Known { waiting, overtaken } = &mut *known;
        for message in &batch {
            let known = waiting.get_mut(&message.id).expect("it was sent, and not deleted");
            known.handed_over(now, overtaken);
            known.receipt.clone_from(&message.receipt);
            assert_eq!(known.receives, message.receives, "how often it was handed over");
        }
        batch
    }

    pub fn delete(&self, receipt: &str) {
        self.queue.delete(&[receipt.to_owned()]).now_or_never().expect("it does not wait");
        let mut known = self.known();
        let count = at_once(self.queue.counts()).waiting;
        if count < known.waiting.len() as u64 {
            known.waiting.retain(|_, message| message.receipt != receipt);
        }
    }

    pub fn hide(&self, hides: &[Hide]) {
        let left = at_once(self.queue.hide(hides));
        let mut known = self.known();
        for (nth, Hide { receipt, .. }) in hides.iter().enumerate() {
            let is_hidden = left.iter().all(|left| left.nth != nth);
            if let Some(message) = known.waiting.values_mut().find(|message| message.receipt == *receipt) {
                message.is_hidden |= is_hidden;
            }
        }
    }
}

fn message(Received { id, receipt, group, receives, body, .. }: Received) -> Message {
    let visible_at = Instant::now();
    Message { id: id.to_string(), group, body, receipt, receives, lost: 0, is_hidden: false, visible_at }
}
