//! A batch from the queue: each incident's messages in order, one incident's trouble not the others'.

use crate::chat::delivery::{Destination, Pace};
use crate::domain::incident::{EventKind, Illegible, IncidentEvent};
use crate::queue::{Content, Queue, QueueMessage};
use crate::relay::deliver::{Delivered, Relay, To, caught};
use crate::source::{self, Sender, watchdog};
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
/// How long a message that failed is hidden first; doubled with each failure, up to the longest.
const FIRST_PAUSE: i32 = 2;
/// The longest pause, in seconds; the queue's own time is as long.
pub const LONGEST_PAUSE: i32 = 300;

/// A message as the queue hands it over.
#[derive(Debug, Clone)]
pub struct Record {
    /// The queue's id of the message; what failed is named by it.
    pub id: String,
    /// By which it can be hidden.
    pub receipt: String,
    /// What it has to stay in order with.
    pub group: String,
    /// How often it was handed over, this time included.
    pub times: u32,
    /// The parcel.
    pub body: String,
}

/// Works off batches.
#[derive(Debug)]
pub struct Dispatcher {
    /// What delivers an event.
    pub relay: Relay,
    /// Where messages that failed are hidden for a while; without it they come back when the queue's own time is over.
    pub queue: Option<Queue>,
}

/// A message of a batch, and what is in it.
struct Item {
    record: Record,
    event: IncidentEvent,
    is_done: bool,
}

/// What of a batch is for one chat, while it is worked off.
#[derive(Default)]
struct Batch {
    items: Vec<Item>,
    /// Groups in which something has failed: what is left of them has to wait.
    stuck: BTreeSet<String>,
    /// The chat has had enough for the moment.
    is_throttled: bool,
}

impl Dispatcher {
    /// Works off a batch until `limit`, the function's own, and gives back the ids of the messages that have to come
    /// again. The chats are served side by side, so that one that hangs does not hold up the other. `clock` is read
    /// once for each message.
    pub async fn work(
        &self,
        records: Vec<Record>,
        limit: Instant,
        clock: impl Fn() -> DateTime<Utc> + Sync,
    ) -> Vec<String> {
        let limit = limit - FOR_THE_QUEUE;
        let mut batches = BTreeMap::<Destination, Batch>::new();
        let (mut waiting, mut unknown_in) = (Vec::new(), BTreeSet::new());
        for record in records {
            match open(&record).filter(|_| !unknown_in.contains(&record.group)) {
                Some((event, address)) => {
                    batches.entry(address).or_default().items.push(Item { record, event, is_done: false });
                }
                None => {
                    unknown_in.insert(record.group.clone());
                    waiting.push(record);
                }
            }
        }
        let [primary, backup, any] = [Destination::Primary, Destination::Backup, Destination::Any].map(|address| {
            let batch = batches.remove(&address).unwrap_or_default();
            Box::pin(self.serve(address, batch, limit, &clock))
        });
        let (primary, backup, any) = tokio::join!(primary, backup, any);
        let failed: Vec<_> = [primary, backup, any].into_iter().flatten().chain(waiting).collect();
        self.give_back(&failed).await;
        failed.into_iter().map(|record| record.id).collect()
    }

    /// Serves one chat; what is left over has to come again.
    async fn serve(
        &self,
        address: Destination,
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
            let delivered = match batch.is_throttled && is_new(event) {
                true => self.digest(&mut batch, number, address, deadline, clock()).await,
                false => {
                    let (delivered, pace) =
                        self.relay.deliver(event.clone(), To::One(address), deadline, clock()).await;
                    batch.is_throttled |= pace == Pace::Throttled;
                    batch.settle(number, delivered);
                    delivered
                }
            };
            if delivered == Delivered::NotTaken && Instant::now() >= deadline {
                // It does not answer. The others would only wait as long, and keep the function from other chats.
                break;
            }
        }
        batch.items.into_iter().filter(|item| !item.is_done).map(|item| item.record).collect()
    }

    /// All new incidents for one chat that are next in their groups, from this one on, as one message. What became of the
    /// first.
    async fn digest(
        &self,
        batch: &mut Batch,
        first: usize,
        address: Destination,
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> Delivered {
        let mut groups = BTreeSet::new();
        let (numbers, events): (Vec<usize>, Vec<IncidentEvent>) = (first..batch.items.len())
            .filter(|number| {
                let Item { record, event, is_done } = &batch.items[*number];
                let is_next = !is_done && !batch.stuck.contains(&record.group) && groups.insert(&record.group);
                is_next && is_new(event)
            })
            .map(|number| (number, batch.items[number].event.clone()))
            .unzip();
        let delivered = match <[IncidentEvent; 1]>::try_from(events) {
            // One alone is told in full.
            Ok([event]) => vec![self.relay.deliver(event, To::One(address), deadline, now).await.0],
            Err(events) => self.relay.deliver_digest(events, address, deadline, now).await,
        };
        for (number, delivered) in numbers.into_iter().zip(&delivered) {
            batch.settle(number, *delivered);
        }
        delivered.first().copied().unwrap_or(Delivered::NotTaken)
    }

    /// What is not done comes again, hidden for longer each time. A whole group is hidden for as long as its first
    /// message, because the queue hands over none of a group while any of it is out.
    async fn give_back(&self, failed: &[Record]) {
        let mut pauses = BTreeMap::new();
        for record in failed {
            pauses.entry(&record.group).or_insert_with(|| pause(record.times));
        }
        if let (Some(queue), false) = (&self.queue, failed.is_empty()) {
            let receipts: Vec<_> =
                failed.iter().map(|record| (record.receipt.clone(), pauses[&record.group])).collect();
            for ten in receipts.chunks(10) {
                // If this fails they come back all the same, when the queue's own time is over.
                match timeout(FOR_THE_QUEUE / 2, queue.hide(ten)).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => tracing::warn!("{error}"),
                    Err(_) => tracing::warn!("the queue did not answer in time"),
                }
            }
        }
    }
}

impl Batch {
    fn settle(&mut self, number: usize, delivered: Delivered) {
        let item = &mut self.items[number];
        match delivered {
            Delivered::Taken => item.is_done = true,
            Delivered::NotTaken => {
                self.stuck.insert(item.record.group.clone());
            }
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

/// The event in a message, and for which chat it is. `None` when this version cannot read it: it stays in the queue for
/// one that can.
fn open(record: &Record) -> Option<(IncidentEvent, Destination)> {
    let queued = match QueueMessage::parse(&record.body) {
        Ok(queued) => queued,
        Err(error) => {
            tracing::error!(record = %record.id, unknown_message = true, "{error}; it stays in the queue");
            return None;
        }
    };
    let (delivery, arrived_at) = (queued.delivery.as_deref(), queued.arrived_at);
    let event = match (Sender::of(queued.origin), &queued.content) {
        (Some(sender), Content::TooLarge { is_trigger }) => {
            Some(source::too_large(sender, queued.key.clone(), *is_trigger, delivery, arrived_at))
        }
        (Some(sender), Content::Body { body, nth }) => {
            caught(|| source::recall(sender, body, *nth, delivery, arrived_at))
                .unwrap_or_else(|| Some(source::unread(sender, body, delivery, Illegible::Panicked, arrived_at)))
        }
        // Nobody else puts anything into the queue.
        (None, Content::Body { body, .. }) => watchdog::recall(queued.key.clone(), body),
        (None, Content::TooLarge { .. }) => None,
    };
    if event.is_none() {
        tracing::error!(record = %record.id, unknown_message = true, "the message holds no event that this version knows; it stays in the queue");
    }
    // The key of the parcel is that of the webhook, so that the two agree on what is a repeat.
    event.map(|event| (IncidentEvent { key: queued.key, ..event }, queued.address))
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
