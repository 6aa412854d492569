//! What has been posted, so that a repeat posts nothing and a note finds its incident.
//!
//! Without an answer from the table alerts go out regardless: no error here stops one, and the log says what is lost.

pub mod attempt;
mod claim;
pub mod incident;
pub mod memory;
pub mod table;

pub use claim::{Certainty, Claim, LEASE};

use crate::domain::incident::{EventKey, EventKind, IncidentEvent, IncidentId};
use crate::domain::text::Tag;
use crate::store::dynamodb::{Down, DynamoDb};
use attempt::Attempt;
use chrono::{DateTime, TimeDelta, Utc};
use incident::{KnownIncident, Opening};
use memory::Memory;
use table::Table;

/// A read of the rotation takes 1.5 s at most; one that began longer ago than this belongs to a crashed process.
const ROTATION_LEASE: TimeDelta = TimeDelta::seconds(5);
/// A copy from further ahead is of a process whose clock is wrong, and is overwritten.
const ROTATION_AHEAD: TimeDelta = TimeDelta::seconds(60);

/// Where the ledger is kept.
#[derive(Debug)]
pub enum Ledger {
    /// In this process: repeats within it are recognised, others are not.
    Memory(Memory),
    /// In a table that all processes share.
    Table(Box<Table>),
}

/// An event that was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    pub at: DateTime<Utc>,
    pub incident: IncidentId,
    pub kind: EventKind,
    pub mentioned: Mentioned,
}

/// Whether a message mentioned anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mentioned {
    Somebody,
    Nobody,
}

/// The last good copy of the rotation, shared by all instances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationCopy {
    /// What was read, in the roster's own form.
    pub reading: String,
    pub read_at: DateTime<Utc>,
}

/// The ledger does not answer; the log says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the ledger does not answer")]
pub struct NoAnswer;

impl Ledger {
    /// An empty ledger in this process.
    pub fn memory() -> Self {
        Self::Memory(Memory::default())
    }

    /// A table. `owner` names this process among those that share it.
    pub fn table(client: aws_sdk_dynamodb::Client, name: String, owner: String, lease: TimeDelta) -> Self {
        Self::Table(Box::new(Table::new(DynamoDb::new(client, name), owner, lease)))
    }

    /// Claims the posting of an event to an outlet.
    pub async fn claim(&self, key: &EventKey, outlet: &str, now: DateTime<Utc>) -> Claim {
        match self {
            Self::Memory(memory) => memory.claim(key, outlet, now),
            Self::Table(table) => match Box::pin(table.claim(key, outlet, now)).await {
                Ok(claim) => claim,
                Err(down) => {
                    tracing::error!(event = %key, ledger_down = true, unclaimed = true, "{down}. It is posted regardless; a repeat would not be recognised");
                    Claim::Yours
                }
            },
        }
    }

    /// The chat has accepted it.
    pub async fn complete(&self, key: &EventKey, outlet: &str, now: DateTime<Utc>) {
        match self {
            Self::Memory(memory) => memory.complete(key, outlet, now),
            Self::Table(table) => {
                if let Err(down) = Box::pin(table.complete(key, outlet, now)).await {
                    tracing::error!(event = %key, ledger_down = true, uncompleted = true, "{down}. It is posted; a repeat would be posted again, marked as one");
                }
            }
        }
    }

    /// The chat has not accepted it, or not for certain.
    pub async fn release(&self, key: &EventKey, outlet: &str, certainty: Certainty, now: DateTime<Utc>) {
        match self {
            Self::Memory(memory) => memory.release(key, outlet, certainty, now),
            Self::Table(table) => {
                answered(Box::pin(table.release(key, outlet, certainty, now)).await).unwrap_or_default()
            }
        }
    }

    /// Whether the event has been posted to the outlet.
    pub async fn is_completed(&self, key: &EventKey, outlet: &str) -> bool {
        match self {
            Self::Memory(memory) => memory.is_completed(key, outlet),
            Self::Table(table) => answered(Box::pin(table.is_completed(key, outlet)).await).unwrap_or_default(),
        }
    }

    /// Fills in what an event does not say about its incident, and keeps what it does. Returns what is known of the
    /// incident then, or `None` for an event of no incident or without an answer.
    pub async fn introduce(&self, event: &mut IncidentEvent, now: DateTime<Utc>) -> Option<KnownIncident> {
        let id = match event.incident.id.clone() {
            Some(id) => id,
            None => self.tagged(&event.incident.tag()?).await?,
        };
        let known = match self {
            Self::Memory(memory) => Some(memory.introduce(id, event, now)),
            Self::Table(table) => answered(Box::pin(table.introduce(id, event, now)).await),
        };
        let known = known?;
        let incident = &mut event.incident;
        incident.id = Some(known.id.clone());
        incident.number = incident.number.or(known.number);
        incident.title = incident.title.take().or_else(|| known.title.clone());
        incident.service = incident.service.take().or_else(|| known.service.clone());
        Some(known)
    }

    /// The incident with a tag; of several, one that is not resolved, and the one that began last.
    async fn tagged(&self, tag: &Tag) -> Option<IncidentId> {
        let open = self.open_incidents().await.unwrap_or_default();
        let open = open.into_iter().rev().find(|known| known.tag().as_ref() == Some(tag));
        match (open, self) {
            (Some(known), _) => Some(known.id),
            (None, Self::Memory(memory)) => memory.tagged(tag),
            (None, Self::Table(table)) => answered(Box::pin(table.tagged(tag)).await).flatten(),
        }
    }

    /// Records that an event was posted. Events of no incident have no history.
    pub async fn record(&self, event: &IncidentEvent, mentioned: Mentioned, now: DateTime<Utc>) {
        let Some(incident) = event.incident.id.clone() else {
            return;
        };
        let posted = Posted { at: now, incident, kind: event.kind.clone(), mentioned };
        match self {
            Self::Memory(memory) => memory.record(&event.key, posted),
            Self::Table(table) => {
                // Until it is resolved, the index of open incidents has its tag.
                let tag = event.incident.tag().filter(|_| event.kind == EventKind::Resolved);
                let keep_tag = async {
                    match &tag {
                        Some(tag) => table.keep_tag(tag, &posted.incident, now).await,
                        None => Ok(()),
                    }
                };
                // Concurrently, because people wait for the next message.
                let (recorded, kept) = tokio::join!(Box::pin(table.record(&event.key, &posted)), Box::pin(keep_tag));
                answered(recorded).unwrap_or_default();
                answered(kept).unwrap_or_default();
            }
        }
    }

    /// Keeps an attempt to post an event.
    pub async fn keep_attempt(&self, key: &EventKey, attempt: Attempt) {
        match self {
            Self::Memory(memory) => memory.keep_attempt(key, attempt),
            Self::Table(table) => answered(Box::pin(table.keep_attempt(key, &attempt)).await).unwrap_or_default(),
        }
    }

    /// All attempts to post an event, the oldest first. `None` without an answer.
    pub async fn attempts(&self, key: &EventKey) -> Option<Vec<Attempt>> {
        match self {
            Self::Memory(memory) => Some(memory.attempts(key)),
            Self::Table(table) => answered(Box::pin(table.attempts(key)).await),
        }
    }

    /// What was posted from one time to before another, in that order. `None` without an answer.
    pub async fn posted_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Option<Vec<Posted>> {
        match self {
            Self::Memory(memory) => Some(memory.posted_between(from, to)),
            Self::Table(table) => answered(Box::pin(table.posted_between(from, to)).await),
        }
    }

    /// The incident with that id; `None` if nothing is known of it, which is not the same as no answer.
    pub async fn incident(&self, id: &IncidentId) -> Result<Option<KnownIncident>, NoAnswer> {
        match self {
            Self::Memory(memory) => Ok(memory.incident(id)),
            Self::Table(table) => answered(Box::pin(table.incident(id)).await).ok_or(NoAnswer),
        }
    }

    /// Incidents that are not resolved, the oldest first. `None` without an answer.
    pub async fn open_incidents(&self) -> Option<Vec<KnownIncident>> {
        match self {
            Self::Memory(memory) => Some(memory.open_incidents()),
            Self::Table(table) => answered(Box::pin(table.open_incidents()).await),
        }
    }

    /// Since when the watchdog has been comparing: since it first called this. `None` without an answer.
    pub async fn watching_since(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Memory(memory) => Some(memory.watching_since(now)),
            Self::Table(table) => answered(Box::pin(table.watching_since(now)).await),
        }
    }

    /// Keeps the first post about an incident in an outlet.
    pub async fn keep_thread(&self, id: &IncidentId, outlet: &str, post: &str, now: DateTime<Utc>) {
        match self {
            Self::Memory(memory) => memory.keep_thread(id, outlet, post),
            Self::Table(table) => {
                answered(Box::pin(table.keep_thread(id, outlet, post, now)).await).unwrap_or_default()
            }
        }
    }

    /// Keeps the text of the first post, for an outlet in which it is kept up to date.
    pub async fn keep_opening(&self, id: &IncidentId, outlet: &str, opening: Opening, now: DateTime<Utc>) {
        match self {
            Self::Memory(memory) => memory.keep_opening(id, outlet, opening),
            Self::Table(table) => {
                answered(Box::pin(table.keep_opening(id, outlet, &opening, now)).await).unwrap_or_default()
            }
        }
    }

    /// The text of the first post.
    pub async fn opening(&self, id: &IncidentId, outlet: &str) -> Option<Opening> {
        match self {
            Self::Memory(memory) => memory.opening(id, outlet),
            Self::Table(table) => answered(Box::pin(table.opening(id, outlet)).await).flatten(),
        }
    }

    /// The last good copy of the rotation.
    pub async fn rotation(&self) -> Option<RotationCopy> {
        match self {
            Self::Memory(memory) => memory.rotation(),
            Self::Table(table) => answered(Box::pin(table.rotation()).await).flatten(),
        }
    }

    /// Keeps a copy that was just read.
    pub async fn keep_rotation(&self, copy: RotationCopy, now: DateTime<Utc>) {
        match self {
            Self::Memory(memory) => memory.keep_rotation(copy, now),
            Self::Table(table) => answered(Box::pin(table.keep_rotation(&copy, now)).await).unwrap_or_default(),
        }
    }

    /// Whether the caller may read the sheet now; `false` if another process has begun to a moment ago.
    pub async fn may_read_rotation(&self, now: DateTime<Utc>) -> bool {
        match self {
            Self::Memory(memory) => memory.may_read_rotation(now),
            Self::Table(table) => {
                answered(Box::pin(table.may_read_rotation(ROTATION_LEASE, now)).await).unwrap_or(true)
            }
        }
    }
}

/// What the table answered. That it did not is logged once for each call.
fn answered<T>(answer: Result<T, Down>) -> Option<T> {
    answer.inspect_err(|down| tracing::warn!(ledger_down = true, "{down}")).ok()
}
