//! The queue of presses, and the one of what everybody is told about them, in memory.

use crate::queue::{Fifo, Hide, NewMessage, NotHidden, Queue, QueueError};
use crate::relay::dispatch::Record;
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use std::collections::VecDeque;
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A queue whose messages are worked through at once, and again when somebody says so.
#[derive(Debug, Clone, Default)]
pub struct DemoQueue(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// With their numbers, and how often each was handed over.
    messages: VecDeque<(u64, u32, NewMessage)>,
    count: u64,
}

impl DemoQueue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn queue(&self, name: &str) -> Queue {
        Queue::new(name, self.clone())
    }

    /// Everything in it, in its order, as a worker gets it. It stays there until it is done.
    pub fn records(&self, name: &str, now: DateTime<Utc>) -> Vec<Record> {
        let record = |(id, receives, message): &mut (u64, u32, NewMessage)| {
            *receives += 1;
            Record {
                id: id.to_string(),
                receipt: id.to_string(),
                queue: name.to_owned(),
                group: message.group.clone(),
                sent_at: Some(now),
                receives: *receives,
                body: message.body.clone(),
            }
        };
        self.state().messages.iter_mut().map(record).collect()
    }

    /// Keeps only what has to come again of what was handed over.
    pub fn keep(&self, handed_over: &[Record], again: &[String]) {
        let is_done = |id: &u64| {
            let id = id.to_string();
            handed_over.iter().any(|record| record.id == id) && !again.contains(&id)
        };
        self.state().messages.retain(|(id, ..)| !is_done(id));
    }

    pub fn clear(&self) {
        self.state().messages.clear();
    }
}

impl Fifo for DemoQueue {
    fn send(&self, messages: Vec<NewMessage>) -> BoxFuture<'_, Result<(), QueueError>> {
        let mut state = self.state();
        for message in messages {
            state.count += 1;
            let id = state.count;
            state.messages.push_back((id, 0, message));
        }
        Box::pin(ready(Ok(())))
    }

    /// Nothing is handed over by itself, so nothing needs to be hidden.
    fn hide<'a>(&'a self, _hides: &'a [Hide]) -> BoxFuture<'a, Result<Vec<NotHidden>, QueueError>> {
        Box::pin(ready(Ok(Vec::new())))
    }
}
