//! A batch from the queue: each incident's messages in order, one incident's failure not the others'.

mod batch;
mod pressed;

use crate::chat::delivery::Outlets;
use crate::domain::destination::Destination;
use crate::domain::incident::{EventKind, IncidentEvent};
use crate::queue::{Hide, Lane, QueueMessage, Queues, press};
use crate::relay::act::Acts;
use crate::relay::deliver::Relay;
use crate::relay::via::rest;
use batch::{Batch, Item};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// The most that one message may take, so that one that hangs leaves time for others of its batch.
const EACH: Duration = Duration::from_secs(8);
/// The most that a batch may take if the other chat's messages would wait for it.
const BESIDE_ANOTHER: Duration = Duration::from_millis(3_800);
/// A message is not begun with less than this left: a chat that answers more slowly would leave it in doubt.
const WORTH_BEGINNING: Duration = Duration::from_millis(2_500);
/// What another process has in its hands is looked at again after this.
const WHILE_HELD: Duration = Duration::from_secs(5);
/// What is kept of the function's time for giving messages back.
const FOR_THE_QUEUE: Duration = Duration::from_secs(2);
/// How long a message that failed is hidden, in seconds: half of its age, but not less than this and not longer than the
/// longest.
const FIRST_PAUSE: i32 = 2;
/// In seconds; a thousand of them are three and a half days.
pub const LONGEST_PAUSE: i32 = 300;

/// A message as the queue hands it over.
#[derive(Debug, Clone)]
pub struct Record {
    /// The queue's id of the message; failures are named by it.
    pub id: String,
    /// The queue's receipt handle, by which the message can be hidden.
    pub receipt: String,
    /// The ARN of the queue that it came from.
    pub queue: String,
    /// What it has to stay in order with.
    pub group: String,
    /// When the queue got it, if the queue says so.
    pub sent_at: Option<DateTime<Utc>>,
    /// How often it was handed over, this time included.
    pub receives: u32,
    /// The text of a [`QueueMessage`].
    pub body: String,
}

/// Works through batches.
#[derive(Debug)]
pub struct Dispatcher {
    pub relay: Relay,
    /// Where messages that failed are hidden for a while; without it they come back after the queue's own timeout.
    pub queues: Option<Queues>,
    pub acts: Acts,
}

/// How long a message waits that has to come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wait {
    /// It was not begun.
    NotBegun,
    AtMost(Duration),
    AtLeast(Duration),
}

/// A message that has to come again.
struct Left {
    record: Record,
    wait: Wait,
    /// Since it arrived.
    age: TimeDelta,
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
        let (presses, records) = records.into_iter().partition(|record| press::is_press(&record.body));
        // Boxed, as a batch is of one queue.
        let pressed = Box::pin(self.press(presses, limit, &clock)).await;
        let mut waiting = Vec::new();
        let mut unknown_in = BTreeSet::new();
        for record in records {
            match open(&record).filter(|_| !unknown_in.contains(&record.group)) {
                Some((event, destination)) => {
                    // The webhook may not know that there are two.
                    for destination in self.relay.team.alerts.everywhere(destination) {
                        let (record, event) = (record.clone(), event.clone());
                        batches.entry(*destination).or_default().items.push(Item { record, event, is_done: false });
                    }
                }
                None => {
                    unknown_in.insert(record.group.clone());
                    let age = record.sent_at.map_or(TimeDelta::MAX, |at| clock() - at);
                    waiting.push(Left { record, wait: Wait::AtLeast(Duration::ZERO), age });
                }
            }
        }
        let [primary, backup, any] = [Destination::Primary, Destination::Backup, Destination::Any].map(|destination| {
            let batch = batches.remove(&destination).unwrap_or_default();
            Box::pin(self.serve(destination, batch, limit, &clock))
        });
        let (primary, backup, any) = tokio::join!(primary, backup, any);
        let left = [primary, backup, any, waiting, pressed];
        self.give_back(&left).await;
        // What neither of two chats has taken comes again once.
        let mut seen = BTreeSet::new();
        let ids = left.into_iter().flatten().map(|left| left.record.id);
        ids.filter(|id| seen.insert(id.clone())).collect()
    }

    /// Serves one destination; what is left over has to come again.
    async fn serve(
        &self,
        destination: Destination,
        mut batch: Batch,
        limit: Instant,
        clock: &(impl Fn() -> DateTime<Utc> + Sync),
    ) -> Vec<Left> {
        let alerts = &self.relay.team.alerts;
        let outlets = alerts.of(destination);
        let limit = match alerts {
            Outlets::Mirror(..) => limit.min(Instant::now() + BESIDE_ANOTHER),
            Outlets::One(_) | Outlets::Failover(..) => limit,
        };
        for number in 0..batch.items.len() {
            let Item { record, event, is_done } = &batch.items[number];
            if *is_done || batch.stuck.contains_key(&record.group) {
                continue;
            }
            if Instant::now() + WORTH_BEGINNING > limit {
                break;
            }
            let deadline = limit.min(Instant::now() + EACH);
            if let Some(rest) = rest(&outlets, deadline - Instant::now()) {
                self.postpone(&batch, destination, clock()).await;
                return batch.left(Wait::AtLeast(rest), clock());
            }
            let is_crowded = outlets.iter().any(|outlet| outlet.chat.pace().is_crowded(Instant::now()));
            let together = if is_crowded { batch.together(number) } else { vec![number] };
            let outcomes = if together.len() == 1 {
                vec![self.relay.deliver(event.clone(), destination, deadline, clock()).await]
            } else {
                let events = together.iter().map(|number| batch.items[*number].event.clone()).collect();
                self.relay.deliver_together(events, destination, deadline, clock()).await
            };
            for (number, outcome) in together.into_iter().zip(outcomes) {
                batch.settle(number, outcome);
            }
        }
        self.postpone(&batch, destination, clock()).await;
        batch.left(Wait::NotBegun, clock())
    }

    /// Makes known what has begun or is over and cannot be told yet, so that what follows in the same incidents waits for the
    /// one, and the beginnings of the other call nobody.
    async fn postpone(&self, batch: &Batch, destination: Destination, now: DateTime<Utc>) {
        let left = batch.items.iter().filter(|item| !item.is_done && !batch.stuck.contains_key(&item.record.group));
        let is_known = |event: &IncidentEvent| event.is_beginning() || event.kind == EventKind::Resolved;
        let events = left.map(|item| &item.event).filter(|event| is_known(event));
        self.relay.postpone(events, destination, Instant::now() + FOR_THE_QUEUE / 2, now).await;
    }

    /// Hides what is not done, for longer each time. A whole group is hidden for as long as its first message, because the
    /// queue hands over none of a group while any of it is in flight; of two chats that wait for the same message, for as long
    /// as the one that waits less.
    async fn give_back(&self, left: &[Vec<Left>]) {
        let Some(queues) = &self.queues else {
            return;
        };
        let mut pauses: BTreeMap<&str, i32> = BTreeMap::new();
        let mut records = BTreeMap::new();
        for of_one in left {
            let mut first = BTreeMap::new();
            for Left { record, wait, age } in of_one {
                first.entry(record.group.as_str()).or_insert_with(|| pause(*age, *wait));
                records.insert(record.id.as_str(), record);
            }
            for (group, seconds) in first {
                let known = pauses.entry(group).or_insert(seconds);
                *known = seconds.min(*known);
            }
        }
        let hide = |record: &Record| Hide { receipt: record.receipt.clone(), seconds: pauses[record.group.as_str()] };
        // A batch is of one queue.
        for lane in [Lane::News, Lane::Rest, Lane::Presses] {
            let of_it = records.values().filter(|record| queues.lane(&record.queue) == lane);
            let hides: Vec<_> = of_it.map(|record| hide(record)).collect();
            for ten in hides.chunks(10) {
                // If this fails they come back regardless, after the queue's own timeout.
                match timeout(FOR_THE_QUEUE / 2, queues.of(lane).hide(ten)).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => tracing::warn!("{error}"),
                    Err(_) => tracing::warn!("the queue did not answer in time"),
                }
            }
        }
    }
}

/// For how many seconds a message of this age is hidden: longer each time, so that the queue's tries last for days, and soon
/// while it is new, however often it was handed over because of others. What was not begun comes sooner.
fn pause(age: TimeDelta, wait: Wait) -> i32 {
    let half = i32::try_from(age.num_seconds() / 2).unwrap_or(LONGEST_PAUSE);
    let usual = half.clamp(FIRST_PAUSE, LONGEST_PAUSE);
    let seconds = |wait: Duration| i32::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(i32::MAX);
    match wait {
        Wait::NotBegun => usual / 2,
        Wait::AtMost(wait) => usual.min(seconds(wait)),
        Wait::AtLeast(wait) => usual.max(seconds(wait)),
    }
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
    fn pauses_are_half_of_the_age_up_to_five_minutes() {
        let ages = [-3_600, 0, 4, 10, 61, 400, 600, 86_400, i64::MAX / 1_000];
        let pauses = |wait| ages.map(|age| pause(TimeDelta::seconds(age), wait));
        assert_eq!(pauses(Wait::AtLeast(Duration::ZERO)), [2, 2, 2, 5, 30, 200, 300, 300, 300]);
        assert_eq!(pauses(Wait::NotBegun), [1, 1, 1, 2, 15, 100, 150, 150, 150]);
        let half_a_minute = Duration::from_millis(29_001);
        assert_eq!(pauses(Wait::AtLeast(half_a_minute)), [30, 30, 30, 30, 30, 200, 300, 300, 300]);
        assert_eq!(pauses(Wait::AtMost(half_a_minute)), [2, 2, 2, 5, 30, 30, 30, 30, 30]);
        assert_eq!(pause(TimeDelta::MAX, Wait::AtLeast(Duration::from_secs(1_800))), 1_800);
    }
}
