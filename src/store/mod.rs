//! Rows with the keys `pk` and `sk`, behind three verbs: read, put-if (one to three rows, all or none), query. In memory or
//! in DynamoDB.
//!
//! What is in a row is the callers' business; here is only how it is written and found, and what a call that fails means.
//! Nothing is ever scanned. A step that depends on what was there before is a conditional write, so that of any number of
//! processes one wins.

pub mod condition;
pub mod dynamodb;
pub mod item;
pub mod memory;
mod pause;

use condition::Condition;
use dynamodb::DynamoDb;
use item::Item;
use memory::Memory;

/// Where rows are kept.
#[derive(Debug)]
pub enum Store {
    /// In this process.
    Memory(Memory),
    /// In a table that all processes share.
    DynamoDb(Box<DynamoDb>),
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
}

/// The store has not answered, or has refused. Whether a write was made is not known.
#[derive(Debug, thiserror::Error)]
#[error("the table cannot be used: {reason}")]
pub struct Down {
    /// The SDK's or the service's own word; never what is in the table.
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

    fn for_some_time(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), next: Next::Pause }
    }
}

impl Store {
    /// Runs the calls of one step within the store's time limit. Every call goes through here.
    pub async fn limited<T>(&self, work: impl Future<Output = Result<T, Down>>) -> Result<T, Down> {
        match self {
            Self::Memory(_) => work.await,
            Self::DynamoDb(table) => table.limited(work).await,
        }
    }

    /// The row as the last write left it.
    pub async fn read(&self, pk: &str, sk: &str) -> Result<Option<Item>, Down> {
        match self {
            Self::Memory(memory) => Ok(memory.read(pk, sk)),
            // Boxed: the SDK's futures are deep, and every caller's would be deeper.
            Self::DynamoDb(table) => Box::pin(table.read(pk, sk)).await,
        }
    }

    /// Writes one row if its condition holds.
    pub async fn put(&self, put: Put) -> Result<Written, Down> {
        match self {
            Self::Memory(memory) => Ok(memory.put_all(vec![put])),
            Self::DynamoDb(table) => Box::pin(table.put(put)).await,
        }
    }

    /// Writes up to three rows, all or none of them.
    pub async fn put_all(&self, mut puts: Vec<Put>) -> Result<Written, Down> {
        match self {
            Self::Memory(memory) => Ok(memory.put_all(puts)),
            Self::DynamoDb(table) => match puts.pop() {
                None => Ok(Written::Done),
                Some(put) if puts.is_empty() => Box::pin(table.put(put)).await,
                Some(last) => {
                    puts.push(last);
                    Box::pin(table.put_all(puts)).await
                }
            },
        }
    }

    pub async fn query(&self, query: Query) -> Result<Vec<Item>, Down> {
        match self {
            Self::Memory(memory) => Ok(memory.query(&query)),
            Self::DynamoDb(table) => Box::pin(table.query(query)).await,
        }
    }
}
