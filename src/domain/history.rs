//! What happened to one incident, for whoever looks back at it.

use crate::domain::few::Few;
use crate::domain::incident::{EventKind, IncidentId, Person, State};
use crate::domain::seen::Earlier;
use crate::domain::text::{Foreign, Tag};
use chrono::{DateTime, Utc};

/// Something that happened, as it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// By its sender's clock.
    pub at: DateTime<Utc>,
    pub what: EventKind,
    pub who: Who,
    /// Whom it went to. Placeholder users are among them.
    pub to: Few<Person>,
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Placeholder users are among them.
    Person(Person),
    /// Nobody, as far as the sender says.
    Nobody,
    /// The version that told it kept neither who did it nor when: the time is that of the message.
    NotKept,
}

/// What is known of an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    pub id: IncidentId,
    pub tag: Option<Tag>,
    pub title: Option<Foreign>,
    pub service: Option<Foreign>,
    /// `None` if no event has said.
    pub state: Option<State>,
    /// The oldest first, each once, in however many chats it was told.
    pub steps: Vec<Step>,
    /// Set if it went on for so many days that not all of them were looked through.
    pub has_gaps: bool,
}

/// What is found of an incident that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookedUp {
    Known {
        history: History,
        /// Earlier ones that were the same alert, the latest first; `None` if the ledger does not answer that.
        earlier: Option<Vec<Earlier>>,
    },
    /// Nothing is known of the incident.
    NotKnown,
    /// The ledger does not answer.
    NoAnswer,
}
