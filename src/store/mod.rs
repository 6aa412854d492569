//! Rows with the keys `pk` and `sk`, behind three verbs: read, put-if (one to three rows, all or none), query. In memory, in
//! DynamoDB or in a file of SQLite.
//!
//! Every step ends within a second, answered or not. After a second without any answer, the steps of the next five fail at
//! once, so that a caller that makes several waits once.
//!
//! What is in a row is the callers' business; here is only how it is written and found, and what a call that fails means.
//! Nothing is ever scanned. A step that depends on what was there before is a conditional write, so that of any number of
//! processes one wins.

pub mod condition;
pub mod dynamodb;
pub mod item;
pub mod memory;
#[cfg(feature = "serve")]
pub mod sqlite;

use crate::net::beside::beside;
use crate::net::pause::Pause;
use condition::Condition;
use futures_util::future::BoxFuture;
use item::Item;
use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// The most that the calls of one step may take together.
const LIMIT: Duration = Duration::from_secs(1);
/// After a question that an alert does without was not answered in time, so that not every alert of a storm waits for it.
const LEFT_OUT: Duration = Duration::from_secs(30);
/// After a step without any answer. One delivery makes several calls within this time, and waits for the first one only.
const PAUSE: Duration = Duration::from_secs(5);

/// Where rows are kept: in this process, in its file, or in a table that all processes share.
pub trait Table: Debug + Send + Sync {
    /// The row as the last write left it.
    fn read<'a>(&'a self, pk: &'a str, sk: &'a str) -> BoxFuture<'a, Result<Option<Item>, Down>>;

    /// Writes up to three rows, all or none of them.
    fn put(&self, puts: Vec<Put>) -> BoxFuture<'_, Result<Written, Down>>;

    /// All rows of a query, in the order of their sort keys.
    fn query(&self, query: Query) -> BoxFuture<'_, Result<Vec<Item>, Down>>;
}

/// A table, and how long to wait for it.
#[derive(Debug)]
pub struct Store {
    table: Box<dyn Table>,
    pause: Pause,
    /// Of [`Store::beside`] alone.
    left_out: Pause,
    /// How many calls were answered.
    answers: AtomicU64,
}

/// A row to write, in place of the whole row that is there, and on what.
#[derive(Debug, Clone)]
pub struct Put {
    pub item: Item,
    pub condition: Condition,
}

/// How a write ended.
#[derive(Debug)]
pub enum Written {
    Done,
    /// A condition did not hold, so nothing was written: for each row, in their order, what was found.
    Refused(Vec<Found>),
}

/// What a conditional write has found in place of a row.
#[derive(Debug)]
pub enum Found {
    /// Its condition holds.
    AsExpected,
    /// Its condition does not hold: the row as it is, or `None` if there is none, or somebody is writing it right now.
    Otherwise(Option<Item>),
}

/// Which rows to find: those of a partition, in the order of their sort keys.
#[derive(Debug, Clone)]
pub struct Query {
    pub partition: Partition,
    /// The first and the last sort key, both included; `None` for all.
    pub between: Option<(String, String)>,
}

#[derive(Debug, Clone)]
pub enum Partition {
    /// Of the table.
    Pk(String),
    /// Of its index `by_state`, which has the rows with a `gsi_pk`, sorted by `gsi_sk`, and may be a moment behind.
    ByState(String),
    /// Of its index `by_fingerprint`, which has the rows with a `fingerprint`, sorted by `opened_at`: the last ones of them, so
    /// many at most, the newest first. It may be a moment behind, and has only what is [`Partition::EARLIER`].
    ByFingerprint { fingerprint: String, latest: usize },
}

impl Partition {
    /// What of a row is in the index `by_fingerprint`, besides the keys of both.
    pub const EARLIER: [&str; 9] =
        ["v", "number", "state", "holders", "by_itself", "has_begun", "created_at", "changed_at", "links"];
}

/// The store has not answered, or has refused. Whether a write was made is not known.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the table cannot be used: {reason}")]
pub struct Down {
    /// The SDK's, the service's or SQLite's own word; never what is in the table.
    reason: String,
    next: Next,
}

/// What a failed call means for the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// It may well work.
    Try,
    /// It would only wait as long.
    Pause,
}

impl Down {
    /// A step that could not be done although the store answers: the next call may well work.
    pub fn for_now(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), next: Next::Try }
    }

    /// No answer: the next call would only wait as long.
    pub fn for_some_time(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), next: Next::Pause }
    }

    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl Store {
    pub fn new(table: impl Table + 'static) -> Self {
        Self { table: Box::new(table), pause: Pause::default(), left_out: Pause::default(), answers: AtomicU64::new(0) }
    }

    /// Runs the calls of one step within the time limit, or none of them during a pause. Every call goes through here.
    pub async fn limited<T>(&self, work: impl Future<Output = Result<T, Down>>) -> Result<T, Down> {
        if self.pause.left(Instant::now()).is_some() {
            return Err(Down::for_now("it did not answer a moment ago"));
        }
        let before = self.answers.load(Ordering::Relaxed);
        let too_late = |_| {
            Err(if self.answers.load(Ordering::Relaxed) == before {
                Down::for_some_time("no answer within a second")
            } else {
                Down::for_now("it is too slow: not all was answered within a second")
            })
        };
        let done = timeout(LIMIT, work).await.unwrap_or_else(too_late);
        if done.as_ref().is_err_and(|down| down.next == Next::Pause) {
            self.pause.begin(PAUSE, Instant::now());
        }
        done
    }

    /// Runs what is needed, and beside it a question that an alert does without: without an answer a moment after what is
    /// needed it is given up, and not asked again for some time. That it is not answered says nothing of other steps.
    pub async fn beside<T, U>(
        &self,
        needed: impl Future<Output = T>,
        question: impl Future<Output = Result<U, Down>>,
    ) -> (T, Result<U, Down>) {
        let now = Instant::now();
        if self.left_out.left(now).or(self.pause.left(now)).is_some() {
            return (needed.await, Err(Down::for_now("it did not answer a moment ago")));
        }
        let (done, answer) = beside(needed, question).await;
        let answer = answer.unwrap_or_else(|| Err(Down::for_some_time("it took too long")));
        if answer.as_ref().is_err_and(|down| down.next == Next::Pause) {
            self.left_out.begin(LEFT_OUT, Instant::now());
        }
        (done, answer)
    }

    /// The row as the last write left it.
    pub async fn read(&self, pk: &str, sk: &str) -> Result<Option<Item>, Down> {
        self.counted(self.table.read(pk, sk)).await
    }

    /// Writes one row if its condition holds.
    pub async fn put(&self, put: Put) -> Result<Written, Down> {
        self.counted(self.table.put(vec![put])).await
    }

    /// Writes up to three rows, all or none of them.
    pub async fn put_all(&self, puts: Vec<Put>) -> Result<Written, Down> {
        if puts.is_empty() {
            return Ok(Written::Done);
        }
        self.counted(self.table.put(puts)).await
    }

    pub async fn query(&self, query: Query) -> Result<Vec<Item>, Down> {
        self.counted(self.table.query(query)).await
    }

    async fn counted<T>(&self, call: impl Future<Output = Result<T, Down>>) -> Result<T, Down> {
        let answer = call.await;
        if answer.is_ok() {
            self.answers.fetch_add(1, Ordering::Relaxed);
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::memory::Memory;
    use super::*;
    use std::sync::Arc;
    use tokio::time::sleep;

    #[tokio::test(start_paused = true)]
    async fn a_slow_step_is_no_reason_to_stop_asking_and_a_silent_one_is() {
        let store = Store::new(Arc::<Memory>::default());
        let answers = |answered: bool| {
            let store = &store;
            store.limited(async move {
                if answered {
                    store.read("a", "b").await?;
                }
                sleep(LIMIT * 2).await;
                Ok(())
            })
        };
        assert!(answers(true).await.is_err());
        assert!(store.limited(store.read("a", "b")).await.is_ok(), "it does answer");
        assert!(answers(false).await.is_err());
        assert!(store.limited(store.read("a", "b")).await.is_err(), "it did not answer a moment ago");
        sleep(Duration::from_secs(5)).await;
        assert!(store.limited(store.read("a", "b")).await.is_ok());
    }

    /// When it was asked for, whether it is, and after how long both are known.
    #[tokio::test(start_paused = true)]
    async fn what_an_alert_does_without_never_holds_it_up_for_long() {
        let store = Store::new(Arc::<Memory>::default());
        let millis = Duration::from_millis;
        let ask = |needed: u64, question: u64| {
            let store = &store;
            async move {
                let begun = Instant::now();
                let needed = async { sleep(millis(needed)).await };
                let question = async {
                    sleep(millis(question)).await;
                    Ok(())
                };
                let ((), answer) = store.beside(needed, question).await;
                (answer.is_ok(), begun.elapsed())
            }
        };
        assert_eq!(ask(50, 20).await, (true, millis(50)));
        assert_eq!(ask(50, 140).await, (true, millis(140)));
        assert_eq!(ask(50, 60_000).await, (false, millis(150)), "a moment later it is told without");
        assert_eq!(ask(50, 20).await, (false, millis(50)), "it is not asked for some time");
        assert!(store.limited(store.read("a", "b")).await.is_ok(), "other steps are not concerned");
        sleep(LEFT_OUT).await;
        assert_eq!(ask(50, 20).await, (true, millis(50)));
        let refused = async { Err::<(), _>(Down::for_now("ValidationException")) };
        assert!(store.beside(async {}, refused).await.1.is_err());
        assert_eq!(ask(50, 20).await, (true, millis(50)), "a refusal takes no time");
        assert!(store.limited(async { Err::<(), _>(Down::for_some_time("no connection")) }).await.is_err());
        assert_eq!(ask(50, 20).await, (false, millis(50)), "the whole store does not answer");
    }
}
