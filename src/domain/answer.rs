//! What the answers of `/toban` are made of.

use crate::domain::few::Few;
use crate::domain::incident::{EventKind, Person, State};
use crate::domain::text::{Foreign, Tag};
use chrono::{DateTime, Utc};

/// An incident that is not resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenIncident {
    pub tag: Option<Tag>,
    pub title: Option<Foreign>,
    pub opened_at: DateTime<Utc>,
    /// At PagerDuty. Its holders work on it if it is acknowledged, and are only asked to if it is not.
    pub state: State,
    /// Who has said in the chat that they are on it.
    pub takers: Few<Person>,
    /// Who has it at PagerDuty, without placeholder users.
    pub holders: Few<Person>,
    /// When PagerDuty calls SRE; `None` if that is not known.
    pub sre_at: Option<DateTime<Utc>>,
}

/// An event of an incident, as it was told in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub at: DateTime<Utc>,
    pub what: EventKind,
    /// Where, by the chat's name.
    pub chat: Foreign,
    /// [`Told::POSTED`], or why it was not posted.
    pub outcome: Foreign,
    /// Who was mentioned and why, as it was worded then.
    pub why: Option<Foreign>,
}

impl Told {
    /// The outcome of what a chat has accepted.
    pub const POSTED: &str = "posted";
}

/// What was told about an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Past {
    Known(IncidentPast),
    /// Nothing is known of the incident.
    NotKnown,
    /// The ledger does not answer.
    NoAnswer,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentPast {
    pub tag: Option<Tag>,
    pub title: Option<Foreign>,
    /// The oldest first.
    pub told: Vec<Told>,
    /// Set if it went on for so many days that not all of them were looked through.
    pub has_gaps: bool,
}
