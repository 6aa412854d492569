//! What people have pressed, which comes by a queue of its own.

use super::{Dispatcher, FOR_THE_QUEUE, Left, Record, Wait};
use crate::queue::press;
use crate::relay::act::Ended;
use crate::relay::side_by_side::side_by_side;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt as _;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};
use tokio::time::Instant;

impl Dispatcher {
    /// Does what people have pressed: what belongs to one incident one after the other. What is left over has to come again.
    pub(super) async fn press(
        &self,
        records: Vec<Record>,
        limit: Instant,
        clock: &(impl Fn() -> DateTime<Utc> + Sync),
    ) -> Vec<Left> {
        let mut groups = BTreeMap::<String, Vec<Record>>::new();
        for record in records {
            groups.entry(record.group.clone()).or_default().push(record);
        }
        let all: Vec<_> = groups.values().flatten().cloned().collect();
        // Kept also of a group that is not done in time: what comes again is done again.
        let done = Mutex::new(BTreeSet::new());
        let of_group = async |records: Vec<Record>| {
            for record in records {
                // A process that was frozen does not have it any more.
                if Instant::now() >= limit || !self.press_one(&record, clock()).await {
                    break;
                }
                done.lock().unwrap_or_else(PoisonError::into_inner).insert(record.id);
            }
        };
        side_by_side(groups.into_values().map(of_group), limit).await;
        let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        let left = all.into_iter().filter(|record| !done.contains(&record.id));
        left.map(|record| Left { record, wait: Wait::AtMost(FOR_THE_QUEUE), age: TimeDelta::zero() }).collect()
    }

    /// Whether nothing is left to do.
    async fn press_one(&self, record: &Record, now: DateTime<Utc>) -> bool {
        let (Ok(press), Some(queues)) = (press::parse(&record.body), &self.queues) else {
            tracing::error!(record = %record.id, unknown_message = true, "the message holds nothing to press that this version knows; it stays in the queue");
            return false;
        };
        let answer = self.acts.answer(&press, record.receives, &self.relay, queues, now);
        // It would do the same again, and in `toban serve` the alerts would suffer.
        AssertUnwindSafe(answer).catch_unwind().await.unwrap_or_else(|_| {
            tracing::error!(
                press = press.id,
                press_dropped = true,
                "a fault of this program, where the line before says"
            );
            Ended::Failed
        }) != Ended::Again
    }
}
