//! What is known of an incident.

use crate::domain::incident::{EventKind, IncidentEvent, IncidentId, IncidentNumber, Person, State, Status};
use crate::domain::text::{Foreign, Tag};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::ops::Range;

/// What the first post about an incident said, in the chat's own markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The text.
    pub text: String,
    /// Where in it stands what happened, in bytes.
    pub verb: Range<usize>,
}

/// What earlier events told about an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownIncident {
    /// Its id.
    pub id: IncidentId,
    /// Its number, and with it its tag.
    pub number: Option<IncidentNumber>,
    /// Its title.
    pub title: Option<Foreign>,
    /// Its service.
    pub service: Option<Foreign>,
    /// How far it is, by the latest event that says so; `None` when none has.
    pub state: Option<State>,
    /// Who is asked to take it, who has it, or who has ended it.
    pub holders: Vec<Person>,
    /// When it began, or began again.
    pub opened_at: DateTime<Utc>,
    /// When the event happened that says how it stands.
    pub changed_at: DateTime<Utc>,
    /// The first post about it in each place, for the chats that have threads or replies.
    pub threads: BTreeMap<String, String>,
}

impl KnownIncident {
    /// One of which nothing is known but that something happened to it.
    pub(super) fn new(id: IncidentId, at: DateTime<Utc>) -> Self {
        Self {
            id,
            number: None,
            title: None,
            service: None,
            state: None,
            holders: Vec::new(),
            opened_at: at,
            changed_at: at,
            threads: BTreeMap::new(),
        }
    }

    /// What its messages carry.
    pub fn tag(&self) -> Option<Tag> {
        self.number.map(IncidentNumber::tag).or_else(|| self.id.tag())
    }

    /// How it stands; `None` when no event has said.
    pub fn status(&self) -> Option<Status> {
        let (holders, opened_at, changed_at) = (self.holders.clone(), self.opened_at, self.changed_at);
        self.state.map(|state| Status { state, holders, opened_at, changed_at })
    }

    /// What is known after an event. Events may come late; the latest by its own time says how the incident stands.
    pub(super) fn learn(&mut self, event: &IncidentEvent) {
        let incident = &event.incident;
        self.number = incident.number.or(self.number);
        self.title = incident.title.clone().or(self.title.take());
        self.service = incident.service.clone().or(self.service.take());
        if !event.kind.changes_status() {
            return;
        }
        if matches!(event.kind, EventKind::Triggered | EventKind::Reopened) {
            self.opened_at = event.occurred_at;
        }
        if self.state.is_some() && event.occurred_at < self.changed_at {
            return;
        }
        self.changed_at = event.occurred_at;
        self.state = match event.kind {
            EventKind::Acknowledged => Some(State::Acknowledged),
            EventKind::Resolved => Some(State::Resolved),
            EventKind::Triggered | EventKind::Reopened | EventKind::Unacknowledged => Some(State::Triggered),
            // Who was asked to take it may or may not have done so: PagerDuty says.
            _ => incident.state.or(self.state),
        };
        self.holders = match (self.state, &event.agent) {
            (Some(State::Acknowledged | State::Resolved), Some(agent)) => vec![agent.clone()],
            (Some(State::Resolved), None) => Vec::new(),
            _ => incident.assignees.clone(),
        };
    }
}
