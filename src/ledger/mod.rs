//! What has been posted, so that a repeat posts nothing and a note finds its incident.
//!
//! | rows | `pk` | `sk` | kept |
//! |---|---|---|---|
//! | deliveries: claim, outcome and attempts | `claim#<event key>` | the destination | 90 days |
//! | incidents, with their threads | `incident#<id>` | `state` | 90 days after the last change |
//! | tags of incidents | `tag<#tag>` | `incident` | 180 days |
//! | the rotation | `rotation` | `copy`, `reading` | 90 days, 1 day |
//! | what the daily check has told | `daily-check` | `told` | 90 days |
//! | who is on call in the coming days, as told last | `turns` | `told` | 90 days |
//! | what was in an exercise | `exercise` | `used` | 180 days |
//! | notices that something follows | `notice#<event key>` | the chat | 90 days |
//! | when the watchdog began | `watchdog` | `since` | a hundred years |
//!
//! In the index `by_state` are open incidents, under `gsi_pk` = `open`, by the time at which they began, and what was posted,
//! under `gsi_pk` = `day#<UTC date>`, by time. What the first edition wrote is read until it is gone: attempts under
//! `event#<event key>`, the history under `day#<UTC date>`, first messages under `incident#<id>` / `opening#<destination>`,
//! tags of resolved incidents only, and who reported a milestone as claims of their own.
//!
//! A delivery reads its incident and claims its row at the same time, and after the post writes both, all or none. Without an
//! answer from the store alerts go out regardless: no error here stops one, and the log says what is lost.

mod claims;
mod daily_check;
mod deliveries;
mod doubts;
mod exercises;
mod history;
pub mod incident;
mod incidents;
mod notices;
mod past;
mod presses;
mod rotation;
mod seen;
mod settle;
mod tags;
mod turns;
mod watch;

pub use claims::{Claim, Grant, LEASE};
pub use deliveries::{Attempt, Ended};
pub use doubts::{Doubt, Doubts};
pub use history::{Mentioned, Posted};
pub use incidents::{Beginning, Introduced};
pub use notices::KeptNotice;
pub use presses::{Done, NewPress, Recorded};
pub use rotation::RotationCopy;
pub use seen::Question;
pub use settle::{FirstPost, Settlement};
pub use turns::KnownTurns;

use crate::domain::incident::EventKey;
use crate::store::memory::Memory;
use crate::store::{Down, Store, Table};
use chrono::TimeDelta;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is known, in a store.
#[derive(Debug)]
pub struct Ledger {
    store: Store,
    /// The same rows, if they are in this process.
    memory: Option<Arc<Memory>>,
    /// Whose the claims of this process are.
    owner: String,
    /// How long a claim is honoured: [`LEASE`], or less in a rehearsal.
    lease: TimeDelta,
    others: Others,
    /// Numbers the writes that must have one winner, so that one of ours is recognised when its answer was lost.
    writes: AtomicU64,
}

/// Whether other processes write to the same store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Others {
    Live,
    /// Whatever has another owner is of a process that has ended.
    Ended,
}

/// The ledger does not answer; the log says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the ledger does not answer")]
pub struct NoAnswer;

impl Ledger {
    /// An empty ledger in this process: repeats within it are recognised, others are not.
    pub fn memory() -> Self {
        let memory = Arc::<Memory>::default();
        Self { memory: Some(memory.clone()), ..Self::new(memory, "memory".to_owned(), LEASE) }
    }

    /// A table that all processes share. `owner` must differ between any two, or one could end the other's claims.
    pub fn new(table: impl Table + 'static, owner: String, lease: TimeDelta) -> Self {
        Self { store: Store::new(table), memory: None, owner, lease, others: Others::Live, writes: AtomicU64::new(0) }
    }

    /// A table that only this process has: claims of any other owner are over at once, so `owner` must differ from those of
    /// all processes before.
    pub fn alone(table: impl Table + 'static, owner: String, lease: TimeDelta) -> Self {
        Self { others: Others::Ended, ..Self::new(table, owner, lease) }
    }

    /// How many rows this process has written in its memory; 0 for a table.
    pub fn written(&self) -> u64 {
        self.memory.as_ref().map_or(0, |memory| memory.writes())
    }

    /// The attempts that were recorded after the first `count` rows were written, in their order. Empty for a table: other
    /// processes write there too, and `toban explain` shows them.
    pub fn attempts_after(&self, count: u64) -> Vec<(EventKey, Attempt)> {
        let written = self.memory.as_ref().map(|memory| memory.written_after(count)).unwrap_or_default();
        written.iter().flat_map(deliveries::last_attempts).collect()
    }

    /// A name that no other write has.
    fn next_write(&self) -> String {
        format!("{}#{}", self.owner, self.writes.fetch_add(1, Ordering::Relaxed))
    }
}

/// What the store answered. That it did not is logged once for each step.
fn answered<T>(answer: Result<T, Down>) -> Option<T> {
    answer.inspect_err(|down| tracing::warn!(ledger_down = true, "{down}")).ok()
}
