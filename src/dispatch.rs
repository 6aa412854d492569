//! A batch from the queue: each incident's messages in order, one incident's trouble not the others'.

use crate::chat::delivery::{Address, Pace};
use crate::domain::incident::{EventKind, IncidentEvent};
use crate::queue::{Content, Parcel, Queue};
use crate::relay::{Delivered, Relay, To, caught};
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

/// A batch while it is worked off.
struct Batch {
    records: Vec<Record>,
    /// Of each record, whether it is done.
    done: Vec<bool>,
    /// Groups in which something has failed: what is left of them has to wait.
    stuck: BTreeSet<String>,
    /// Chats that have had enough for the moment.
    throttled: BTreeSet<Address>,
}

impl Dispatcher {
    /// Works off a batch until `limit`, the function's own, and gives back the ids of the messages that have to come
    /// again. `clock` is read once for each message.
    pub async fn work(&self, records: Vec<Record>, limit: Instant, clock: impl Fn() -> DateTime<Utc>) -> Vec<String> {
        let done = vec![false; records.len()];
        let mut batch = Batch { records, done, stuck: BTreeSet::new(), throttled: BTreeSet::new() };
        let limit = limit - FOR_THE_QUEUE;
        for number in 0..batch.records.len() {
            let group = batch.records[number].group.clone();
            if batch.done[number] || batch.stuck.contains(&group) {
                continue;
            }
            if Instant::now() + WORTH_BEGINNING > limit {
                batch.stuck.insert(group);
                continue;
            }
            let Some((event, address)) = open(&batch.records[number]) else {
                batch.stuck.insert(group);
                continue;
            };
            let deadline = limit.min(Instant::now() + EACH);
            let is_new = event.kind == EventKind::Triggered && event.unreadable.is_none();
            if batch.throttled.contains(&address) && is_new {
                self.digest(&mut batch, number, address, deadline, clock()).await;
                continue;
            }
            let (delivered, pace) = self.relay.deliver(event, To::One(address), deadline, clock()).await;
            if pace == Pace::Throttled {
                batch.throttled.insert(address);
            }
            match delivered {
                Delivered::Taken => batch.done[number] = true,
                Delivered::NotTaken => {
                    batch.stuck.insert(group);
                }
            }
        }
        self.give_back(&batch).await
    }

    /// All new incidents for one chat that are next in their groups, from this one on, as one message.
    async fn digest(&self, batch: &mut Batch, first: usize, address: Address, deadline: Instant, now: DateTime<Utc>) {
        let mut next_of_group = BTreeMap::new();
        for (number, record) in batch.records.iter().enumerate().skip(first) {
            if !batch.done[number] && !batch.stuck.contains(&record.group) {
                next_of_group.entry(&record.group).or_insert(number);
            }
        }
        let mut chosen: Vec<_> = next_of_group
            .into_values()
            .filter_map(|number| Some((number, open(&batch.records[number])?)))
            .filter(|(_, (event, to))| {
                *to == address && event.kind == EventKind::Triggered && event.unreadable.is_none()
            })
            .map(|(number, (event, _))| (number, event))
            .collect();
        chosen.sort_by_key(|(number, _)| *number);
        let (numbers, events): (Vec<usize>, Vec<IncidentEvent>) = chosen.into_iter().unzip();
        let delivered = match events.len() {
            // One alone is told in full.
            1 => {
                let mut delivered = Vec::new();
                for event in events {
                    delivered.push(self.relay.deliver(event, To::One(address), deadline, now).await.0);
                }
                delivered
            }
            _ => self.relay.deliver_digest(events, address, deadline, now).await,
        };
        for (number, delivered) in numbers.into_iter().zip(delivered) {
            match delivered {
                Delivered::Taken => batch.done[number] = true,
                Delivered::NotTaken => {
                    batch.stuck.insert(batch.records[number].group.clone());
                }
            }
        }
    }

    /// What is not done comes again, hidden for longer each time. A whole group is hidden for as long as its first
    /// message, because the queue hands over none of a group while any of it is out.
    async fn give_back(&self, batch: &Batch) -> Vec<String> {
        let failed: Vec<_> =
            batch.records.iter().zip(&batch.done).filter(|(_, done)| !**done).map(|(record, _)| record).collect();
        let mut pauses = BTreeMap::new();
        for record in &failed {
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
        failed.into_iter().map(|record| record.id.clone()).collect()
    }
}

fn pause(times: u32) -> i32 {
    let doubled = FIRST_PAUSE.checked_shl(times.saturating_sub(1).min(16)).unwrap_or(LONGEST_PAUSE);
    doubled.min(LONGEST_PAUSE)
}

/// The event in a message, and for which chat it is. `None` when this version cannot read it: it stays in the queue for
/// one that can.
fn open(record: &Record) -> Option<(IncidentEvent, Address)> {
    let parcel = match Parcel::parse(&record.body) {
        Ok(parcel) => parcel,
        Err(error) => {
            tracing::error!(record = %record.id, unknown_parcel = true, "{error}; it stays in the queue");
            return None;
        }
    };
    let (delivery, arrived_at) = (parcel.delivery.as_deref(), parcel.arrived_at);
    let event = match (Sender::of(parcel.origin), &parcel.content) {
        (Some(sender), Content::TooLarge { is_trigger }) => {
            Some(source::too_large(sender, parcel.key.clone(), *is_trigger, delivery, arrived_at))
        }
        (Some(sender), Content::Body { body, nth }) => {
            caught(|| source::recall(sender, body, *nth, delivery, arrived_at))
                .unwrap_or_else(|| Some(source::panicked(sender, body, delivery, arrived_at)))
        }
        // Nobody else puts anything into the queue.
        (None, Content::Body { body, .. }) => watchdog::recall(parcel.key.clone(), body),
        (None, Content::TooLarge { .. }) => None,
    };
    if event.is_none() {
        tracing::error!(record = %record.id, unknown_parcel = true, "the message holds no event that this version knows; it stays in the queue");
    }
    // The key of the parcel is that of the webhook, so that the two agree on what is a repeat.
    event.map(|event| (IncidentEvent { key: parcel.key, ..event }, parcel.address))
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
