//! The ledger in a table that all processes share.
//!
//! | rows | `pk` | `sk` | kept |
//! |---|---|---|---|
//! | claims | `claim#<event key>` | the outlet | 7 days |
//! | attempts | `event#<event key>` | `<time>#<outlet>` | 90 days |
//! | incidents | `incident#<id>` | `state` | 90 days after the last change |
//! | first messages | `incident#<id>` | `opening#<outlet>` | 90 days |
//! | tags of incidents that are over | `tag<#tag>` | `incident` | 90 days |
//! | history | `day#<UTC date>` | `<time>#<event key>` | 90 days |
//! | the rotation | `rotation` | `copy`, `reading` | 90 days, 1 day |
//! | when the watchdog began | `watchdog` | `since` | a hundred years |
//!
//! Open incidents are also in the index `by_state`, under `gsi_pk` = `open`, by the time at which they began.

mod attempts;
mod claims;
mod history;
mod incidents;
mod rotation;
mod tags;
mod watch;

use crate::store::dynamodb::{Down, DynamoDb};
use crate::store::item::{Condition, Item};
use chrono::TimeDelta;
use std::sync::atomic::{AtomicU64, Ordering};

/// Claims, incidents, history and the rotation.
#[derive(Debug)]
pub struct Table {
    store: DynamoDb,
    /// Whose the claims of this process are.
    owner: String,
    /// How long a claim is honoured: [`LEASE`](super::LEASE), or less in a rehearsal.
    lease: TimeDelta,
    /// Numbers the writes that must have one winner, so that one of ours is recognised when its answer was lost.
    writes: AtomicU64,
}

impl Table {
    /// Sends nothing yet. `owner` must differ between any two processes, or one could end the other's claims.
    pub fn new(store: DynamoDb, owner: impl Into<String>, lease: TimeDelta) -> Self {
        Self { store, owner: owner.into(), lease, writes: AtomicU64::new(0) }
    }

    /// Writes a row, unless the condition does not hold.
    async fn keep(&self, item: Item, condition: Condition) -> Result<(), Down> {
        self.store.limited(self.store.put(item, condition)).await.map(|_| ())
    }

    /// A name that no other write has.
    fn next_write(&self) -> String {
        format!("{}#{}", self.owner, self.writes.fetch_add(1, Ordering::Relaxed))
    }
}
