//! What has been delivered, so that a repeat posts nothing and a note finds its incident.

pub mod memory;

use crate::domain::incident::{EventKey, IncidentEvent, IncidentNumber};
use crate::domain::text::Foreign;
use chrono::{DateTime, TimeDelta, Utc};
use memory::Memory;

/// A read of the rotation takes 1.5 s at most; who began longer ago than this has died.
const ROTATION_LEASE: TimeDelta = TimeDelta::seconds(5);

/// Where the ledger is kept.
#[derive(Debug)]
pub enum Ledger {
    /// In this process: repeats within it are recognised, others are not.
    Memory(Memory),
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

/// What earlier events told about an incident.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownIncident {
    /// Its number, and with it its tag.
    pub number: Option<IncidentNumber>,
    /// Its title.
    pub title: Option<Foreign>,
    /// Its service.
    pub service: Option<Foreign>,
}

/// The last good copy of the rotation, shared by all instances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationCopy {
    /// The tabs, in the roster's own form.
    pub tabs: String,
    /// When they were read.
    pub read_at: DateTime<Utc>,
}

impl Ledger {
    /// An empty one in this process.
    pub fn memory() -> Self {
        Self::Memory(Memory::default())
    }

    /// Claims the posting of an event to a chat.
    pub async fn claim(&self, key: &EventKey, chat: &str, now: DateTime<Utc>) -> Claim {
        match self {
            Self::Memory(memory) => memory.claim(key, chat, now),
        }
    }

    /// The chat has accepted it.
    pub async fn complete(&self, key: &EventKey, chat: &str, now: DateTime<Utc>) {
        match self {
            Self::Memory(memory) => memory.complete(key, chat, now),
        }
    }

    /// The chat has not accepted it, or not for certain.
    pub async fn release(&self, key: &EventKey, chat: &str, certainty: Certainty, now: DateTime<Utc>) {
        match self {
            Self::Memory(memory) => memory.release(key, chat, certainty, now),
        }
    }

    /// Whether the event has been posted to the chat.
    pub async fn is_completed(&self, key: &EventKey, chat: &str) -> bool {
        match self {
            Self::Memory(memory) => memory.is_completed(key, chat),
        }
    }

    /// Fills in what an event does not tell about its incident, and remembers what it does.
    pub async fn introduce(&self, event: &mut IncidentEvent, now: DateTime<Utc>) {
        let Some(id) = event.incident.id.clone() else {
            return;
        };
        let known = match self {
            Self::Memory(memory) => memory.introduce(&id, told(event), now),
        };
        let incident = &mut event.incident;
        incident.number = incident.number.or(known.number);
        incident.title = incident.title.take().or(known.title);
        incident.service = incident.service.take().or(known.service);
    }

    /// The last good copy of the rotation.
    pub async fn rotation(&self) -> Option<RotationCopy> {
        match self {
            Self::Memory(memory) => memory.rotation(),
        }
    }

    /// Keeps a copy that was just read.
    pub async fn keep_rotation(&self, copy: RotationCopy) {
        match self {
            Self::Memory(memory) => memory.keep_rotation(copy),
        }
    }

    /// Whether the caller may read the rotation now; `false` when somebody else has begun to a moment ago.
    pub async fn may_read_rotation(&self, now: DateTime<Utc>) -> bool {
        match self {
            Self::Memory(memory) => memory.may_read_rotation(now),
        }
    }
}

fn told(event: &IncidentEvent) -> KnownIncident {
    let incident = &event.incident;
    KnownIncident { number: incident.number, title: incident.title.clone(), service: incident.service.clone() }
}
