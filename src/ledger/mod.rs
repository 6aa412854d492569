//! What has been delivered, so that a repeat posts nothing and a note finds its incident.

pub mod attempt;
pub mod dynamodb;
pub mod incident;
pub mod memory;

use crate::domain::incident::{EventKey, EventKind, IncidentEvent, IncidentId};
use crate::domain::text::Tag;
use attempt::Attempt;
use chrono::{DateTime, TimeDelta, Utc};
use dynamodb::{Down, DynamoDb};
use incident::{KnownIncident, Opening};
use memory::Memory;

/// A read of the rotation takes 1.5 s at most; who began longer ago than this has died.
const ROTATION_LEASE: TimeDelta = TimeDelta::seconds(5);

/// Where the ledger is kept.
#[derive(Debug)]
pub enum Ledger {
    /// In this process: repeats within it are recognised, others are not.
    Memory(Memory),
    /// In a table that all processes share.
    Table(Box<Table>),
}

/// A table, and how long a claim in it is honoured: [`LEASE`], or less in a rehearsal.
#[derive(Debug)]
pub struct Table {
    dynamodb: DynamoDb,
    lease: TimeDelta,
}

/// The answer to somebody who wants to post an event to a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Nobody has posted it: go ahead, then complete or release the claim.
    Yours,
    /// Go ahead, but an earlier try may have been accepted: say so in the message.
    YoursPerhapsAgain,
    /// It has been posted.
    Completed,
    /// Somebody else is posting it at this moment; ask again later.
    Taken,
}

/// What is known of a post that was not completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// The chat has not accepted it.
    NotPosted,
    /// The chat may have accepted it.
    PerhapsPosted,
}

/// An event that was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// When it was posted.
    pub at: DateTime<Utc>,
    /// To which incident it happened.
    pub incident: IncidentId,
    /// What happened.
    pub kind: EventKind,
    /// Whether anybody was mentioned.
    pub told: Told,
}

/// Whether a message mentioned anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It did.
    Somebody,
    /// It did not.
    Nobody,
}

/// The last good copy of the rotation, shared by all instances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationCopy {
    /// The tabs, in the roster's own form.
    pub tabs: String,
    /// When they were read.
    pub read_at: DateTime<Utc>,
}

/// Nobody can say; why stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the ledger does not answer")]
pub struct NoAnswer;

/// A claim that was neither completed nor released in this time is somebody's who has died. The worker's own limit is
/// 30 s; the queue hides for 300 s what it has handed over.
pub const LEASE: TimeDelta = TimeDelta::seconds(45);

/// Without an answer from the table alerts go out all the same: an error here never stops one. What is lost is said.
impl Ledger {
    /// An empty one in this process.
    pub fn memory() -> Self {
        Self::Memory(Memory::default())
    }

    /// A table. `owner` names this process among those that share it.
    pub fn table(client: aws_sdk_dynamodb::Client, name: String, owner: String, lease: TimeDelta) -> Self {
        Self::Table(Box::new(Table { dynamodb: DynamoDb::new(client, name, owner), lease }))
    }

    /// Claims the posting of an event to a chat.
    pub async fn claim(&self, key: &EventKey, place: &str, now: DateTime<Utc>) -> Claim {
        match self {
            Self::Memory(memory) => memory.claim(key, place, now),
            Self::Table(table) => match Box::pin(table.dynamodb.claim(key, place, table.lease, now)).await {
                Ok(claim) => claim,
                Err(down) => {
                    tracing::error!(event = %key, ledger_down = true, unclaimed = true, "{down}. It is posted all the same; a repeat would not be recognised");
                    Claim::Yours
                }
            },
        }
    }

    /// The chat has accepted it.
    pub async fn complete(&self, key: &EventKey, place: &str, now: DateTime<Utc>) {
        match self {
            Self::Memory(memory) => memory.complete(key, place, now),
            Self::Table(table) => {
                if let Err(down) = Box::pin(table.dynamodb.complete(key, place, now)).await {
                    tracing::error!(event = %key, ledger_down = true, uncompleted = true, "{down}. It is posted; a repeat would be posted again, marked as one");
                }
            }
        }
    }

    /// The chat has not accepted it, or not for certain.
    pub async fn release(&self, key: &EventKey, place: &str, certainty: Certainty, now: DateTime<Utc>) {
        match self {
            Self::Memory(memory) => memory.release(key, place, certainty, now),
            Self::Table(table) => {
                said(Box::pin(table.dynamodb.release(key, place, certainty, now)).await).unwrap_or_default()
            }
        }
    }

    /// Whether the event has been posted to the chat.
    pub async fn is_completed(&self, key: &EventKey, place: &str) -> bool {
        match self {
            Self::Memory(memory) => memory.is_completed(key, place),
            Self::Table(table) => said(Box::pin(table.dynamodb.is_completed(key, place)).await).unwrap_or_default(),
        }
    }

    /// Fills in what an event does not tell about its incident, and remembers what it does. What is known of the
    /// incident then; `None` for an event of no incident, or when nobody can say.
    pub async fn introduce(&self, event: &mut IncidentEvent, now: DateTime<Utc>) -> Option<KnownIncident> {
        let id = match event.incident.id.clone() {
            Some(id) => id,
            None => self.tagged(&event.incident.tag()?).await?,
        };
        let known = match self {
            Self::Memory(memory) => Some(memory.introduce(id, event, now)),
            Self::Table(table) => said(Box::pin(table.dynamodb.introduce(id, event, now)).await),
        };
        let known = known?;
        let incident = &mut event.incident;
        incident.id = Some(known.id.clone());
        incident.number = incident.number.or(known.number);
        incident.title = incident.title.take().or_else(|| known.title.clone());
        incident.service = incident.service.take().or_else(|| known.service.clone());
        Some(known)
    }

    /// The incident that carries a tag; of several, one that is not over, and the one that began last.
    async fn tagged(&self, tag: &Tag) -> Option<IncidentId> {
        let open = self.open_incidents().await.unwrap_or_default();
        let open = open.into_iter().rev().find(|known| known.tag().as_ref() == Some(tag));
        match (open, self) {
            (Some(known), _) => Some(known.id),
            (None, Self::Memory(memory)) => memory.tagged(tag),
            (None, Self::Table(table)) => said(Box::pin(table.dynamodb.tagged(tag)).await).flatten(),
        }
    }

    /// An event was posted, and mentioned somebody or nobody. Events of no incident have no history.
    pub async fn record(&self, event: &IncidentEvent, told: Told, now: DateTime<Utc>) {
        let Some(incident) = event.incident.id.clone() else {
            return;
        };
        let posted = Posted { at: now, incident, kind: event.kind.clone(), told };
        match self {
            Self::Memory(memory) => memory.record(&event.key, posted),
            Self::Table(table) => {
                // Until it is over the index of open incidents knows it.
                let tag = event.incident.tag().filter(|_| event.kind == EventKind::Resolved);
                let keep_tag = async {
                    match &tag {
                        Some(tag) => table.dynamodb.keep_tag(tag, &posted.incident, now).await,
                        None => Ok(()),
                    }
                };
                // Side by side, for people wait for the next message.
                let (recorded, kept) =
                    tokio::join!(Box::pin(table.dynamodb.record(&event.key, &posted)), Box::pin(keep_tag));
                said(recorded).unwrap_or_default();
                said(kept).unwrap_or_default();
            }
        }
    }

    /// Keeps what was tried with an event, and what became of it.
    pub async fn keep_attempt(&self, key: &EventKey, attempt: Attempt) {
        match self {
            Self::Memory(memory) => memory.keep_attempt(key, attempt),
            Self::Table(table) => said(Box::pin(table.dynamodb.keep_attempt(key, &attempt)).await).unwrap_or_default(),
        }
    }

    /// All that was tried with an event, the first try first. `None` when nobody can say.
    pub async fn attempts(&self, key: &EventKey) -> Option<Vec<Attempt>> {
        match self {
            Self::Memory(memory) => Some(memory.attempts(key)),
            Self::Table(table) => said(Box::pin(table.dynamodb.attempts(key)).await),
        }
    }

    /// What was posted from one time to before another, in that order. `None` when nobody can say.
    pub async fn posted_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Option<Vec<Posted>> {
        match self {
            Self::Memory(memory) => Some(memory.posted_between(from, to)),
            Self::Table(table) => said(Box::pin(table.dynamodb.posted_between(from, to)).await),
        }
    }

    /// The incident of that id; `None` when nothing is known of it, which is not the same as no answer.
    pub async fn incident(&self, id: &IncidentId) -> Result<Option<KnownIncident>, NoAnswer> {
        match self {
            Self::Memory(memory) => Ok(memory.incident(id)),
            Self::Table(table) => said(Box::pin(table.dynamodb.incident(id)).await).ok_or(NoAnswer),
        }
    }

    /// Incidents that are not over, the oldest first. `None` when nobody can say.
    pub async fn open_incidents(&self) -> Option<Vec<KnownIncident>> {
        match self {
            Self::Memory(memory) => Some(memory.open_incidents()),
            Self::Table(table) => said(Box::pin(table.dynamodb.open_incidents()).await),
        }
    }

    /// Since when the watchdog looks at what was told: since it first asked this. `None` when nobody can say.
    pub async fn watching_since(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Memory(memory) => Some(memory.watching_since(now)),
            Self::Table(table) => said(Box::pin(table.dynamodb.watching_since(now)).await),
        }
    }

    /// Remembers the first post about an incident in a place.
    pub async fn keep_thread(&self, id: &IncidentId, place: &str, post: &str, now: DateTime<Utc>) {
        match self {
            Self::Memory(memory) => memory.keep_thread(id, place, post),
            Self::Table(table) => {
                said(Box::pin(table.dynamodb.keep_thread(id, place, post, now)).await).unwrap_or_default()
            }
        }
    }

    /// Remembers what the first post said, for a place that keeps it up to date.
    pub async fn keep_opening(&self, id: &IncidentId, place: &str, opening: Opening, now: DateTime<Utc>) {
        match self {
            Self::Memory(memory) => memory.keep_opening(id, place, opening),
            Self::Table(table) => {
                said(Box::pin(table.dynamodb.keep_opening(id, place, &opening, now)).await).unwrap_or_default()
            }
        }
    }

    /// What the first post said.
    pub async fn opening(&self, id: &IncidentId, place: &str) -> Option<Opening> {
        match self {
            Self::Memory(memory) => memory.opening(id, place),
            Self::Table(table) => said(Box::pin(table.dynamodb.opening(id, place)).await).flatten(),
        }
    }

    /// The last good copy of the rotation.
    pub async fn rotation(&self) -> Option<RotationCopy> {
        match self {
            Self::Memory(memory) => memory.rotation(),
            Self::Table(table) => said(Box::pin(table.dynamodb.rotation()).await).flatten(),
        }
    }

    /// Keeps a copy that was just read.
    pub async fn keep_rotation(&self, copy: RotationCopy, now: DateTime<Utc>) {
        match self {
            Self::Memory(memory) => memory.keep_rotation(copy),
            Self::Table(table) => said(Box::pin(table.dynamodb.keep_rotation(&copy, now)).await).unwrap_or_default(),
        }
    }

    /// Whether the caller may read the rotation now; `false` when somebody else has begun to a moment ago.
    pub async fn may_read_rotation(&self, now: DateTime<Utc>) -> bool {
        match self {
            Self::Memory(memory) => memory.may_read_rotation(now),
            Self::Table(table) => {
                said(Box::pin(table.dynamodb.may_read_rotation(ROTATION_LEASE, now)).await).unwrap_or(true)
            }
        }
    }
}

/// What the table answered; that it did not is said once for each call.
fn said<T>(answer: Result<T, Down>) -> Option<T> {
    answer.inspect_err(|down| tracing::warn!(ledger_down = true, "{down}")).ok()
}
