//! The queues in the state file: FIFO as SQS documents it, for the one process that has the file.
//!
//! Messages and how often each was handed over are in the file; what is in flight or hidden is known in memory only. So after
//! a crash everything is handed over at once, in its order, and a message that ends the process each time is given up some day.

mod in_flight;
mod messages;
#[cfg(test)]
mod tests;

pub use messages::{Counts, Received};

use super::{Fifo, Hide, Lane, NewMessage, NotHidden, QueueError};
use crate::store::Down;
use crate::store::sqlite::State;
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use in_flight::InFlight;
use std::fmt::{self, Debug, Formatter};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, sleep, timeout_at};

/// A batch has at most so many messages.
const MOST: usize = 10;
/// After a read that failed.
const PAUSE: Duration = Duration::from_secs(1);

/// For how long a message is hidden that was handed over, and how often it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub visibility: Duration,
    /// After so many times it is a dead letter.
    pub receives: u32,
}

impl Limits {
    /// As on AWS.
    pub fn of(lane: Lane) -> Self {
        let visibility = match lane {
            Lane::News | Lane::Presses => 60,
            Lane::Rest => 300,
        };
        Self { visibility: Duration::from_secs(visibility), receives: 1_000 }
    }
}

/// One of the two queues.
#[derive(Clone)]
pub struct Sqlite {
    state: State,
    lane: Lane,
    limits: Limits,
    clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    shared: Arc<Shared>,
}

/// What those who send and those who receive have in common.
#[derive(Debug, Default)]
struct Shared {
    in_flight: Mutex<InFlight>,
    changed: Notify,
}

impl Shared {
    /// No step leaves it half changed, so a panic elsewhere does not spoil it.
    fn in_flight(&self) -> MutexGuard<'_, InFlight> {
        self.in_flight.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn arrived(&self, messages: &[(i64, String)]) {
        let mut in_flight = self.in_flight();
        messages.iter().for_each(|(id, group)| in_flight.arrived(*id, group));
        drop(in_flight);
        self.changed.notify_waiters();
    }
}

impl Debug for Sqlite {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sqlite").field("lane", &self.lane).finish_non_exhaustive()
    }
}

impl From<Down> for QueueError {
    fn from(down: Down) -> Self {
        Self(down.reason().to_owned())
    }
}

impl Sqlite {
    /// Opens a queue of the file. There is one of each lane: its copies know of each other what is in flight.
    pub async fn open(
        state: State,
        lane: Lane,
        limits: Limits,
        clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
    ) -> Result<Self, QueueError> {
        let queue = Self { state, lane, limits, clock: Arc::new(clock), shared: Arc::default() };
        queue.look().await?;
        Ok(queue)
    }

    /// Looks which groups have messages; those that somebody has put there by hand, too.
    async fn look(&self) -> Result<(), Down> {
        let lane = self.lane;
        let groups = self.state.reading(move |connection| messages::groups(connection, lane)).await?;
        self.shared.arrived(&groups);
        Ok(())
    }

    /// Waits for messages, and takes as many as go into one batch. They are hidden from others for a while: then they come
    /// again, unless they are deleted.
    pub async fn receive(&self) -> Vec<Received> {
        loop {
            let mut changed = pin!(self.shared.changed.notified());
            changed.as_mut().enable();
            match self.take().await {
                Ok(taken) if taken.is_empty() => {}
                Ok(taken) => {
                    let taken = self.counted(taken).await;
                    if !taken.is_empty() {
                        return taken;
                    }
                    continue;
                }
                Err(down) => {
                    tracing::warn!(queue_failed = true, "{}", QueueError::from(down));
                    sleep(PAUSE).await;
                    continue;
                }
            }
            let next = self.shared.in_flight().next_at();
            match next {
                Some(at) => drop(timeout_at(at, changed).await),
                None => changed.await,
            }
        }
    }

    async fn take(&self) -> Result<Vec<Received>, Down> {
        let now = Instant::now();
        let has_next = {
            let mut in_flight = self.shared.in_flight();
            in_flight.unlock(now);
            in_flight.next().is_some()
        };
        if !has_next {
            return Ok(Vec::new());
        }
        let (lane, until, shared) = (self.lane, now + self.limits.visibility, self.shared.clone());
        let take = move |connection: &rusqlite::Connection| {
            messages::take(connection, lane, MOST, &mut shared.in_flight(), until)
        };
        self.state.reading(take).await
    }

    /// Counts that messages are handed over, and gives up those that were too often. If the file cannot be written they are
    /// handed over regardless.
    async fn counted(&self, taken: Vec<Received>) -> Vec<Received> {
        let is_too_often = |message: &Received| message.receives > self.limits.receives;
        let (given_up, handed_over): (Vec<_>, Vec<_>) = taken.iter().partition(|message| is_too_often(message));
        let ids = |messages: Vec<&Received>| messages.iter().map(|message| message.id).collect::<Vec<_>>();
        let (given_up, handed_over, now) = (ids(given_up), ids(handed_over), (self.clock)());
        let count = move |connection: &rusqlite::Connection| messages::count(connection, &handed_over, &given_up, now);
        if let Err(down) = self.state.writing(count).await {
            tracing::warn!(queue_failed = true, "{}", QueueError::from(down));
            return taken;
        }
        let (given_up, taken): (Vec<_>, Vec<_>) = taken.into_iter().partition(is_too_often);
        for Received { id, receipt, receives, group, .. } in given_up {
            tracing::error!(
                dead_letter = true,
                group,
                "a message was handed over {} times without success, and is given up: it is in the table dead_letters for 14 days",
                receives - 1
            );
            let mut in_flight = self.shared.in_flight();
            in_flight.finish(&receipt);
            in_flight.deleted(&[id]);
        }
        taken
    }

    /// Deletes messages that are done. If the file cannot be written they are not handed over again regardless, as long as
    /// this process lives, and the next call of this tries it again.
    pub async fn delete(&self, receipts: &[String]) {
        let done = {
            let mut in_flight = self.shared.in_flight();
            receipts.iter().for_each(|receipt| in_flight.finish(receipt));
            in_flight.done()
        };
        self.shared.changed.notify_waiters();
        if done.is_empty() {
            return;
        }
        let (ids, shared) = (done.clone(), self.shared.clone());
        let delete = move |connection: &rusqlite::Connection| messages::delete(connection, &done);
        let (answer, answered) = oneshot::channel();
        let then = move |deleted: Result<(), Down>| {
            if deleted.is_ok() {
                shared.in_flight().deleted(&ids);
            }
            answer.send(deleted).ok();
        };
        let brought = self.state.writing_then(delete, then).await;
        let deleted = match brought {
            Ok(()) => answered.await.unwrap_or_else(|_| Err(ended())),
            Err(down) => Err(down),
        };
        if let Err(down) = deleted {
            tracing::warn!(queue_failed = true, "{}", QueueError::from(down));
        }
    }

    /// Forgets what is not needed any more: repeats after five minutes, dead letters after 14 days. A message that has waited
    /// for 14 days is given up.
    pub async fn sweep(&self, now: DateTime<Utc>) -> Result<(), QueueError> {
        let lane = self.lane;
        loop {
            let swept = self.state.writing(move |connection| messages::sweep(connection, lane, now)).await?;
            if swept.given_up > 0 {
                tracing::error!(
                    dead_letter = true,
                    messages = swept.given_up,
                    "messages have waited for 14 days, and are given up: they are in the table dead_letters for 14 days"
                );
            }
            if swept.is_whole {
                break;
            }
        }
        self.delete(&[]).await;
        Ok(self.look().await?)
    }

    pub async fn counts(&self) -> Result<Counts, QueueError> {
        let (lane, done) = (self.lane, self.shared.in_flight().done());
        let counts = self.state.reading(move |connection| messages::counts(connection, lane, &done)).await?;
        Ok(Counts { in_flight: self.shared.in_flight().count() as u64, ..counts })
    }

    /// What was given up, the oldest first.
    pub async fn dead_letters(&self) -> Result<Vec<Received>, QueueError> {
        let lane = self.lane;
        Ok(self.state.reading(move |connection| messages::dead_letters(connection, lane)).await?)
    }

    async fn put(&self, messages: Vec<NewMessage>) -> Result<(), QueueError> {
        let (lane, now, shared) = (self.lane, (self.clock)(), self.shared.clone());
        let insert = move |connection: &rusqlite::Connection| messages::insert(connection, lane, messages, now);
        let (answer, answered) = oneshot::channel();
        // Also if the sender has hung up meanwhile: it is in the file.
        let then = move |sent: Result<Vec<_>, Down>| {
            let sent = sent.map(|sent| shared.arrived(&sent));
            answer.send(sent).ok();
        };
        self.state.writing_then(insert, then).await?;
        Ok(answered.await.unwrap_or_else(|_| Err(ended()))?)
    }
}

fn ended() -> Down {
    Down::for_some_time("the state's thread has ended")
}

impl Fifo for Sqlite {
    fn send(&self, messages: Vec<NewMessage>) -> BoxFuture<'_, Result<(), QueueError>> {
        Box::pin(self.put(messages))
    }

    fn hide<'a>(&'a self, hides: &'a [Hide]) -> BoxFuture<'a, Result<Vec<NotHidden>, QueueError>> {
        Box::pin(async {
            let now = Instant::now();
            let mut in_flight = self.shared.in_flight();
            let left =
                hides.iter().enumerate().filter_map(|(nth, hide)| in_flight.hide(nth, hide, now).err()).collect();
            drop(in_flight);
            self.shared.changed.notify_waiters();
            Ok(left)
        })
    }
}
