//! What is known of an incident.

mod acts;
mod learn;
mod milestone;

use crate::domain::destination::Destination;
use crate::domain::few::Few;
use crate::domain::fingerprint::Fingerprint;
use crate::domain::incident::{
    EventKind, Incident, IncidentEvent, IncidentId, IncidentNumber, Person, State, Status, Taker,
};
use crate::domain::seen::{End, ThreadLinks};
use crate::domain::text::{Foreign, Tag};
use crate::ledger::Ended;
use crate::ledger::presses::Pressed;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

pub use acts::{Call, Doer, Resolution};
pub(super) use learn::fingerprint;
pub(super) use milestone::Turn;
pub use milestone::{Milestone, ReportedBy};

/// For so long the same state of a sender that tells no time is a repeat.
const SAME: TimeDelta = TimeDelta::minutes(10);
/// The queue's longest pause, and more: other messages may be tried first.
const TRIED_AGAIN: TimeDelta = TimeDelta::minutes(20);
/// So long after its own arrival an event waits for a beginning that was never tried there.
const NEVER_TRIED: TimeDelta = TimeDelta::minutes(10);
/// Stands before what may not have been told.
const IN_DOUBT: &str = "?";

/// The text of the first post about an incident, in the chat's own markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    pub text: String,
    /// Where the text says what happened, in bytes.
    pub verb: Range<usize>,
}

/// What earlier events said about an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownIncident {
    pub id: IncidentId,
    pub number: Option<IncidentNumber>,
    pub title: Option<Foreign>,
    pub service: Option<Foreign>,
    /// Of service and title as they were first told; `None` for a drill.
    pub fingerprint: Option<Fingerprint>,
    /// By the latest event that says so; `None` if none has.
    pub state: Option<State>,
    /// Who is asked to take it, who has taken it, or who has resolved it.
    pub holders: Few<Person>,
    /// Whether it is over, and its sender says that nobody has done it.
    pub(super) by_itself: bool,
    /// Who is on it, as they said in the chat, in that order.
    pub takers: Vec<Taker>,
    /// Who goes on with it when the shift is over, as they said in the chat.
    pub stays: Vec<Taker>,
    /// The last call for SRE from the chat.
    pub call: Option<Call>,
    /// Who has resolved it from the chat.
    pub resolution: Option<Resolution>,
    /// The end of the shift of which it was told.
    pub shift_ends_at: Option<DateTime<Utc>>,
    /// What was pressed in the chat and is done, by the ids of the presses.
    pub(super) presses: BTreeMap<String, Pressed>,
    /// When it began, or was reopened; until an event says so, when it was first heard of.
    pub opened_at: DateTime<Utc>,
    /// When it began first, if it was reopened since.
    pub first_at: Option<DateTime<Utc>>,
    /// By its sender, for an incident whose beginning was never heard of.
    pub created_at: Option<DateTime<Utc>>,
    /// Whether an event has said when it began.
    pub has_begun: bool,
    /// The time of the latest event that changed its status.
    pub changed_at: DateTime<Utc>,
    /// When a chat was last told of it.
    pub told_at: Option<DateTime<Utc>>,
    /// The first post about it in each chat that has threads or replies; empty if the next message is to be the first.
    pub threads: BTreeMap<Destination, String>,
    /// Where that opens, for chats that have told.
    pub links: BTreeMap<Destination, ThreadLinks>,
    /// Its text, for the chats in which it is kept up to date.
    pub openings: BTreeMap<Destination, Opening>,
    /// The latest beginning and the latest end that each destination was told of, and by whom.
    pub(super) told: BTreeMap<(Destination, Turn), (i64, ReportedBy)>,
    /// Its beginning comes by a way of its own, and overtakes what follows in other incidents; so what follows in this one has
    /// to wait for it.
    pub(super) begins_apart: bool,
    /// Where it was tried in vain to tell the beginning. Until then it is tried again.
    pub(super) begins: BTreeMap<Destination, DateTime<Utc>>,
    /// What each destination was told last, if its sender told no time.
    pub(super) last: BTreeMap<Destination, Last>,
    pub(super) edition: Edition,
}

/// Which edition of this program wrote the first row of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edition {
    /// First messages are in rows of their own, and so is who reported a milestone.
    First,
    Second,
}

/// What a destination was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Last {
    pub at: DateTime<Utc>,
    /// A digest of what it says, marked if it may not have been told.
    pub what: String,
    pub key: String,
}

impl KnownIncident {
    /// An incident of which nothing is known but that something happened to it.
    pub(crate) fn new(id: IncidentId, at: DateTime<Utc>) -> Self {
        Self {
            id,
            number: None,
            title: None,
            service: None,
            fingerprint: None,
            state: None,
            holders: Few::default(),
            by_itself: false,
            takers: Vec::new(),
            stays: Vec::new(),
            call: None,
            resolution: None,
            shift_ends_at: None,
            presses: BTreeMap::new(),
            opened_at: at,
            first_at: None,
            created_at: None,
            has_begun: false,
            changed_at: at,
            told_at: None,
            threads: BTreeMap::new(),
            links: BTreeMap::new(),
            openings: BTreeMap::new(),
            told: BTreeMap::new(),
            begins_apart: false,
            begins: BTreeMap::new(),
            last: BTreeMap::new(),
            edition: Edition::Second,
        }
    }

    /// As an event names it.
    pub fn incident(&self) -> Incident {
        let (number, title) = (self.number, self.title.clone());
        Incident { id: Some(self.id.clone()), number, title, ..Incident::default() }
    }

    pub fn tag(&self) -> Option<Tag> {
        self.number.map(IncidentNumber::tag).or_else(|| self.id.tag())
    }

    /// Returns `None` if no event has said.
    pub fn status(&self) -> Option<Status> {
        let changed_at = self.changed_at;
        let is_known = self.has_begun || self.created_at.is_some();
        let opened_at = is_known.then(|| self.began_at());
        self.state.map(|state| Status {
            state,
            holders: self.holders.clone(),
            takers: self.takers.clone(),
            stays: self.stays.clone(),
            sre: self.call.as_ref().and_then(Call::done),
            opened_at,
            changed_at,
        })
    }

    /// Since when there is something to do about it, as far as anybody has said.
    pub fn began_at(&self) -> DateTime<Utc> {
        let by_sender = self.created_at.filter(|_| !self.has_begun);
        by_sender.unwrap_or(self.opened_at)
    }

    /// How it ended, as far as anybody has said.
    pub fn end(&self) -> End {
        match self.state {
            Some(State::Resolved) if self.by_itself => End::ByItself,
            Some(State::Resolved) => self.holders.first.first().cloned().map_or(End::NotSaid, End::By),
            Some(State::Triggered | State::Acknowledged) | None => End::NotYet,
        }
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, Some(State::Triggered | State::Acknowledged))
    }

    /// Whether a destination still has to be told of the beginning, before anything else. It may never be: in a chat that was
    /// added later, if the queue has given up, or if it could not be recorded that it was.
    pub(super) fn begins_untold(
        &self,
        destination: Destination,
        arrived_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> bool {
        if !self.begins_apart || self.told.contains_key(&(destination, Turn::Triggered)) {
            return false;
        }
        now < self.begins.get(&destination).copied().unwrap_or(arrived_at + NEVER_TRIED)
    }

    /// Keeps that it was tried in vain to tell a destination of the beginning, and is again after a pause.
    pub(super) fn begins_later(&mut self, destination: Destination, pause: Option<Duration>, now: DateTime<Utc>) {
        let pause = TimeDelta::from_std(pause.unwrap_or_default()).unwrap_or_default();
        self.begins.insert(destination, now + pause + TRIED_AGAIN);
    }

    /// Whether a destination was told just this a moment before the event arrived, which tells no time of its own.
    pub(super) fn was_told(&self, destination: Destination, event: &IncidentEvent) -> bool {
        self.was_last(destination, event, "")
    }

    /// Whether a destination may have been told just this a moment before.
    pub(super) fn was_perhaps_told(&self, destination: Destination, event: &IncidentEvent) -> bool {
        self.was_last(destination, event, IN_DOUBT)
    }

    fn was_last(&self, destination: Destination, event: &IncidentEvent, mark: &str) -> bool {
        let (Some(what), Some(last)) = (&event.untimed, self.last.get(&destination)) else {
            return false;
        };
        let is_same = last.what.strip_prefix(mark) == Some(&**what);
        let is_open_still = event.may_be_no_news() && event.kind == EventKind::StateChanged;
        is_same && last.key != event.key.0 && (is_open_still || event.arrived_at - last.at < SAME)
    }

    /// Keeps what a destination was told, or perhaps was, to recognise the same again.
    pub(super) fn keep_last(
        &mut self,
        destination: Destination,
        event: &IncidentEvent,
        ended: Ended,
        now: DateTime<Utc>,
    ) {
        let mark = match ended {
            Ended::Posted | Ended::CountsAsTold => "",
            Ended::PerhapsPosted(_) => IN_DOUBT,
            Ended::NotPosted | Ended::ReportedBefore => return,
        };
        match &event.untimed {
            Some(what) => {
                let last = Last { at: now, what: format!("{mark}{what}"), key: event.key.0.clone() };
                self.last.insert(destination, last);
            }
            None => {
                self.last.remove(&destination);
            }
        }
    }
}

#[cfg(test)]
mod tests;
