//! The queue, as SQS documents its FIFO queues; on one machine it is `toban serve`'s own.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html>

use crate::message::Message;
use crate::process;
use crate::state;
use crate::weather::{Service, TAKES_A_PART};
use crate::world::World;
use fastrand::Rng;
use futures_util::future::BoxFuture;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use toban::queue::{Fifo, Hide, Lane, NewMessage, NotHidden, QueueError, QueueMessage};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout_at};

const DEDUPLICATION: Duration = Duration::from_secs(300);
const MOST_AT_ONCE: usize = 10;
#[derive(Debug)]
pub struct Queue {
    state: Mutex<State>,
    changed: Notify,
    most_receives: u32,
    /// For so long a message is hidden that was handed over.
    visibility: Duration,
    /// In place of all this.
    own: Option<state::Queue>,
}

#[derive(Debug, Default)]
struct State {
    /// In the order in which they were sent.
    messages: Vec<Message>,
    /// By group and deduplication id, when they were sent.
    sent: BTreeMap<(String, String), Instant>,
    dead: Vec<Message>,
    /// Those with which two processes died, or that were not taken for so long.
    overtaken: Vec<Message>,
    next: u64,
}

impl Queue {
    pub fn new(most_receives: u32, visibility: Duration) -> Self {
        Self { state: Mutex::default(), changed: Notify::new(), most_receives, visibility, own: None }
    }

    /// The queue of one machine.
    pub fn own(own: state::Queue) -> Self {
        Self { own: Some(own), ..Self::new(0, Duration::ZERO) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic before")
    }

    /// What is left in it.
    pub fn left(&self) -> Vec<Message> {
        if let Some(own) = &self.own {
            return own.left();
        }
        self.state().messages.clone()
    }

    /// Dead letters, of which there is an alarm.
    pub fn dead(&self) -> Vec<Message> {
        if let Some(own) = &self.own {
            return own.dead();
        }
        self.state().dead.clone()
    }

    pub fn overtaken(&self) -> Vec<Message> {
        if let Some(own) = &self.own {
            return own.overtaken();
        }
        self.state().overtaken.clone()
    }

    /// Returns `None` for a message that it has already.
    pub fn put(&self, message: NewMessage) -> Option<String> {
        if let Some(own) = &self.own {
            return own.put(message);
        }
        let NewMessage { body, group, deduplication } = message;
        let mut state = self.state();
        let now = Instant::now();
        let key = (group.clone(), deduplication);
        if state.sent.get(&key).is_some_and(|at| now - *at < DEDUPLICATION) {
            return None;
        }
        state.sent.insert(key, now);
        state.next += 1;
        let id = format!("m{}", state.next);
        let receipt = String::new();
        state.messages.push(Message {
            id: id.clone(),
            group,
            body,
            receipt,
            receives: 0,
            lost: 0,
            is_hidden: false,
            visible_at: now,
        });
        self.changed.notify_waiters();
        Some(id)
    }

    /// Waits for messages and takes as many as go into one batch: as much of a group as there is, then of another one.
    pub async fn receive(&self, world: &World) -> Vec<Message> {
        if let Some(own) = &self.own {
            return own.receive().await;
        }
        loop {
            let changed = self.changed.notified();
            let taken = world.chance(|rng| self.take(rng));
            if !taken.is_empty() {
                return taken;
            }
            let now = Instant::now();
            let next = self.state().messages.iter().map(|message| message.visible_at).filter(|at| *at > now).min();
            match next {
                Some(at) => drop(timeout_at(at, changed).await),
                None => changed.await,
            }
            // Polls are not made all the time.
            let pause = world.chance(|rng| rng.u64(5..250));
            sleep_until(Instant::now() + Duration::from_millis(pause)).await;
        }
    }

    /// Hands over nothing of a message's group for some time, as if others were in the way.
    pub fn delay(&self, id: &str, pause: Duration) {
        if let Some(message) = self.state().messages.iter_mut().find(|message| message.id == id) {
            message.visible_at = Instant::now() + pause;
        }
    }

    fn take(&self, rng: &mut Rng) -> Vec<Message> {
        let mut state = self.state();
        let now = Instant::now();
        // A group of which something is in flight or hidden is locked.
        let is_locked = |message: &&Message| message.visible_at > now;
        let locked: BTreeSet<_> =
            state.messages.iter().filter(is_locked).map(|message| message.group.clone()).collect();
        let mut groups: Vec<String> = Vec::new();
        for message in &state.messages {
            if !locked.contains(&message.group) && !groups.contains(&message.group) {
                groups.push(message.group.clone());
            }
        }
        if !groups.is_empty() {
            let first = rng.usize(..groups.len());
            groups.rotate_left(first);
        }
        let State { messages, dead, overtaken, next, .. } = &mut *state;
        let mut taken = Vec::new();
        for group in groups {
            for message in messages.iter_mut().filter(|message| message.group == group) {
                if taken.len() == MOST_AT_ONCE {
                    break;
                }
                message.handed_over(now, overtaken);
                *next += 1;
                message.receipt = format!("r{next}");
                message.visible_at = now + self.visibility;
                if message.receives > self.most_receives {
                    dead.push(message.clone());
                } else {
                    taken.push(message.clone());
                }
            }
        }
        messages.retain(|message| message.receives <= self.most_receives);
        taken
    }

    /// Deletes a message, unless it was handed over again meanwhile.
    pub fn delete(&self, receipt: &str) {
        if let Some(own) = &self.own {
            return own.delete(receipt);
        }
        let mut state = self.state();
        // A receipt is good only until its message is visible again.
        let now = Instant::now();
        state.messages.retain(|message| message.receipt != receipt || message.visible_at <= now);
        drop(state);
        self.changed.notify_waiters();
    }

    fn hide(&self, hides: &[Hide]) {
        if let Some(own) = &self.own {
            return own.hide(hides);
        }
        let mut state = self.state();
        let now = Instant::now();
        for Hide { receipt, seconds } in hides {
            let is_it = |message: &&mut Message| message.receipt == *receipt && message.visible_at > now;
            if let Some(message) = state.messages.iter_mut().find(is_it) {
                message.is_hidden = true;
                message.visible_at = now + Duration::from_secs(u64::try_from(*seconds).expect("a positive time"));
            }
        }
        drop(state);
        self.changed.notify_waiters();
    }
}

/// A client of one of the queues.
#[derive(Debug, Clone)]
pub struct Client(pub Arc<World>, pub Lane);

impl Fifo for Client {
    fn send(&self, messages: Vec<NewMessage>) -> BoxFuture<'_, Result<(), QueueError>> {
        let Self(world, lane) = self;
        let groups: BTreeSet<_> = messages.iter().map(|message| &message.group).collect();
        assert!((1..=MOST_AT_ONCE).contains(&messages.len()) && groups.len() == messages.len());
        let lane = *lane;
        Box::pin(async move {
            let process = process::current();
            let put = move |world: &World, fault: Option<&'static str>| {
                // Some of a batch may be refused.
                let least = messages.iter().position(|_| fault == Some(TAKES_A_PART) && world.happens(2));
                let taken = least.unwrap_or(messages.len());
                let is_whole = taken == messages.len();
                for message in messages.into_iter().take(taken) {
                    let text = message.body.clone();
                    if let (Lane::Presses, Some(pressing)) = (lane, &world.pressing) {
                        pressing.put(world.queue(lane), message);
                    } else if world.queue(lane).put(message).is_some() {
                        let message = QueueMessage::parse(&text).expect("our own message");
                        let (key, to) = (world.story.key_of(&message.key), message.destination.name());
                        world.note(format_args!("  queued {key} for {to}"));
                        world.pressing.iter().for_each(|pressing| pressing.ordered(world, &process, &key, to));
                    }
                }
                is_whole
            };
            match world.call(Service::Queue, "send", put).await {
                Ok(true) => Ok(()),
                Ok(false) => Err(QueueError(TAKES_A_PART.to_owned())),
                Err(fault) => Err(QueueError(fault.to_owned())),
            }
        })
    }

    fn hide<'a>(&'a self, hides: &'a [Hide]) -> BoxFuture<'a, Result<Vec<NotHidden>, QueueError>> {
        let Self(world, lane) = self;
        Box::pin(async {
            let (hides, lane) = (hides.to_vec(), *lane);
            let hide = move |world: &World, fault: Option<&'static str>| {
                let left = hides.len() / 2;
                let left = if fault == Some(TAKES_A_PART) { left } else { hides.len() };
                world.queue(lane).hide(&hides[..left]);
                (left..hides.len()).map(|nth| NotHidden { nth, why: "InternalError".to_owned() }).collect()
            };
            world.call(Service::Queue, "hide", hide).await.map_err(|fault| QueueError(fault.to_owned()))
        })
    }
}
