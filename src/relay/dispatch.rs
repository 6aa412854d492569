//! A batch from the queue: each incident's messages in order, one incident's failure not the others'.

use crate::chat::delivery::Pace;
use crate::domain::destination::Destination;
use crate::domain::incident::{EventKind, IncidentEvent};
use crate::queue::{Hide, Queue, QueueMessage};
use crate::relay::deliver::Relay;
use crate::relay::post::Outcome;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// The most that one message may take, so that one that hangs leaves time for others of its batch.
const EACH: Duration = Duration::from_secs(8);
/// A message is not begun with less than this left of the function's time.
const WORTH_BEGINNING: Duration = Duration::from_secs(3);
/// What is kept of the function's time for giving messages back.
const FOR_THE_QUEUE: Duration = Duration::from_secs(2);
/// How long a message that failed is hidden first, in seconds; doubled with each failure, up to the longest.
const FIRST_PAUSE: i32 = 2;
/// In seconds; the queue's own visibility timeout is as long.
pub const LONGEST_PAUSE: i32 = 300;

/// A message as the queue hands it over.
#[derive(Debug, Clone)]
pub struct Record {
    /// The queue's id of the message; failures are named by it.
    pub id: String,
    /// The queue's receipt handle, by which the message can be hidden.
    pub receipt: String,
    /// What it has to stay in order with.
    pub group: String,
    /// How often it was handed over, including this time.
    pub times: u32,
    /// The text of a [`QueueMessage`].
    pub body: String,
}

/// Works through batches.
#[derive(Debug)]
pub struct Dispatcher {
    pub relay: Relay,
    /// Where messages that failed are hidden for a while; without it they come back after the queue's own timeout.
    pub queue: Option<Queue>,
}

/// A message of a batch, and the event in it.
struct Item {
    record: Record,
    event: IncidentEvent,
    is_done: bool,
}

/// The part of a batch that is for one destination, while it is worked through.
#[derive(Default)]
struct Batch {
    items: Vec<Item>,
    /// Groups in which something has failed: the rest of them has to wait.
    stuck: BTreeSet<String>,
    is_throttled: bool,
}

impl Dispatcher {
    /// Works through a batch until `limit`, the function's own, and returns the ids of the messages that have to come
    /// again. The chats are served concurrently, so that one that hangs does not hold up the other. `clock` is read once
    /// for each message.
    pub async fn work(
        &self,
        records: Vec<Record>,
        limit: Instant,
        clock: impl Fn() -> DateTime<Utc> + Sync,
    ) -> Vec<String> {
        let limit = limit - FOR_THE_QUEUE;
        let mut batches = BTreeMap::<Destination, Batch>::new();
        let mut waiting = Vec::new();
        let mut unknown_in = BTreeSet::new();
        for record in records {
            match open(&record).filter(|_| !unknown_in.contains(&record.group)) {
                Some((event, destination)) => {
                    batches.entry(destination).or_default().items.push(Item { record, event, is_done: false });
                }
                None => {
                    unknown_in.insert(record.group.clone());
                    waiting.push(record);
                }
            }
        }
        let [primary, backup, any] = [Destination::Primary, Destination::Backup, Destination::Any].map(|destination| {
            let batch = batches.remove(&destination).unwrap_or_default();
            Box::pin(self.serve(destination, batch, limit, &clock))
        });
        let (primary, backup, any) = tokio::join!(primary, backup, any);
        let failed: Vec<_> = [primary, backup, any].into_iter().flatten().chain(waiting).collect();
        self.give_back(&failed).await;
        failed.into_iter().map(|record| record.id).collect()
    }

    /// Serves one destination; what is left over has to come again.
    async fn serve(
        &self,
        destination: Destination,
        mut batch: Batch,
        limit: Instant,
        clock: &(impl Fn() -> DateTime<Utc> + Sync),
    ) -> Vec<Record> {
        for number in 0..batch.items.len() {
            let Item { record, event, is_done } = &batch.items[number];
            if *is_done || batch.stuck.contains(&record.group) {
                continue;
            }
            if Instant::now() + WORTH_BEGINNING > limit {
                break;
            }
            let deadline = limit.min(Instant::now() + EACH);
            let outcome = if batch.is_throttled && is_new(event) {
                self.digest(&mut batch, number, destination, deadline, clock()).await
            } else {
                let (outcome, pace) = self.relay.deliver(event.clone(), destination, deadline, clock()).await;
                batch.is_throttled |= pace == Pace::Throttled;
                batch.settle(number, outcome);
                outcome
            };
            if !outcome.is_taken() && Instant::now() >= deadline {
                // It does not answer. The others would only wait as long, and keep the function from other chats.
                break;
            }
        }
        batch.items.into_iter().filter(|item| !item.is_done).map(|item| item.record).collect()
    }

    /// Delivers all new incidents for one destination that are next in their groups, from this one on, as one message.
    /// Returns how the first ended.
    async fn digest(
        &self,
        batch: &mut Batch,
        first: usize,
        destination: Destination,
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> Outcome {
        let mut groups = BTreeSet::new();
        let (numbers, events): (Vec<usize>, Vec<IncidentEvent>) = (first..batch.items.len())
            .filter(|number| {
                let Item { record, event, is_done } = &batch.items[*number];
                let is_next = !is_done && !batch.stuck.contains(&record.group) && groups.insert(&record.group);
                is_next && is_new(event)
            })
            .map(|number| (number, batch.items[number].event.clone()))
            .unzip();
        let outcomes = match <[IncidentEvent; 1]>::try_from(events) {
            // A single one is posted in full.
            Ok([event]) => vec![self.relay.deliver(event, destination, deadline, now).await.0],
            Err(events) => self.relay.deliver_digest(events, destination, deadline, now).await,
        };
        for (number, outcome) in numbers.into_iter().zip(&outcomes) {
            batch.settle(number, *outcome);
        }
        outcomes.first().copied().unwrap_or(Outcome::NotTaken)
    }

    /// Hides what is not done, for longer each time. A whole group is hidden for as long as its first message, because the
    /// queue hands over none of a group while any of it is in flight.
    async fn give_back(&self, failed: &[Record]) {
        let Some(queue) = &self.queue else {
            return;
        };
        let mut pauses = BTreeMap::new();
        for record in failed {
            pauses.entry(&record.group).or_insert_with(|| pause(record.times));
        }
        let hide = |record: &Record| Hide { receipt: record.receipt.clone(), seconds: pauses[&record.group] };
        let hides: Vec<_> = failed.iter().map(hide).collect();
        for ten in hides.chunks(10) {
            // If this fails they come back regardless, after the queue's own timeout.
            match timeout(FOR_THE_QUEUE / 2, queue.hide(ten)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!("{error}"),
                Err(_) => tracing::warn!("the queue did not answer in time"),
            }
        }
    }
}

impl Batch {
    fn settle(&mut self, number: usize, outcome: Outcome) {
        let item = &mut self.items[number];
        item.is_done = outcome.is_taken();
        if !item.is_done {
            self.stuck.insert(item.record.group.clone());
        }
    }
}

fn is_new(event: &IncidentEvent) -> bool {
    event.kind == EventKind::Triggered && event.unreadable.is_none()
}

fn pause(times: u32) -> i32 {
    let doubled = FIRST_PAUSE.checked_shl(times.saturating_sub(1).min(16)).unwrap_or(LONGEST_PAUSE);
    doubled.min(LONGEST_PAUSE)
}

/// The event in a message, and its destination. Returns `None` if this version cannot read it: it stays in the queue for
/// one that can.
fn open(record: &Record) -> Option<(IncidentEvent, Destination)> {
    let opened = QueueMessage::parse(&record.body).ok();
    let opened = opened.and_then(|message| Some((message.event()?, message.destination)));
    if opened.is_none() {
        tracing::error!(record = %record.id, unknown_message = true, "the message holds no event that this version knows; it stays in the queue");
    }
    opened
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_five_minutes() {
        let pauses: Vec<_> = (0..=12).map(pause).collect();
        assert_eq!(pauses, [2, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300]);
        assert_eq!(pause(u32::MAX), 300);
    }
}
