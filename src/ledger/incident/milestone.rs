//! A beginning or an end of an incident, and who reported it first.

use super::KnownIncident;
use crate::domain::destination::Destination;
use crate::domain::incident::{Closing, EventKey, EventKind, IncidentEvent, IncidentId, Origin, OwnKey, State};

/// A beginning or an end of an incident. The webhook reports it or the watchdog, whichever is first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    incident: IncidentId,
    turn: Turn,
    /// When the incident began, in seconds; or when that ended which has begun again since.
    opened_at: i64,
}

/// What an incident turns to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::ledger) enum Turn {
    Triggered,
    Resolved,
}

impl Turn {
    pub(in crate::ledger) fn name(self) -> &'static str {
        match self {
            Self::Triggered => "triggered",
            Self::Resolved => "resolved",
        }
    }
}

/// Who reported a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportedBy {
    Webhook,
    Watchdog,
    /// Somebody in the chat has done it.
    Press,
}

impl ReportedBy {
    pub fn of(event: &IncidentEvent) -> Self {
        match event.origin {
            Origin::Press => Self::Press,
            _ if event.missed.is_some() => Self::Watchdog,
            _ => Self::Webhook,
        }
    }

    pub(in crate::ledger) fn name(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Watchdog => "watchdog",
            Self::Press => "press",
        }
    }

    pub(in crate::ledger) fn from_name(name: &str) -> Option<Self> {
        [Self::Webhook, Self::Watchdog, Self::Press].into_iter().find(|known| known.name() == name)
    }
}

impl Milestone {
    /// The key under which the first edition recorded that this one has reported it.
    pub(in crate::ledger) fn first_editions_key(&self, reported_by: ReportedBy) -> EventKey {
        let own = match reported_by {
            // It knew of nobody who could do it.
            ReportedBy::Webhook | ReportedBy::Press => OwnKey::Webhook,
            ReportedBy::Watchdog => OwnKey::Watchdog,
        };
        EventKey::own(own, format_args!("{}:{}:{}", self.incident, self.opened_at, self.turn.name()))
    }
}

impl KnownIncident {
    /// The milestone of an event, once it is part of what is known; `None` for kinds that the watchdog does not look for. The end
    /// of what has begun again since is one of its own, and so is its beginning where a sender knows of no reopening: a destination
    /// that is behind has yet to be told of the next.
    pub(in crate::ledger) fn milestone(&self, event: &IncidentEvent) -> Option<Milestone> {
        let turn = match event.kind {
            EventKind::Triggered | EventKind::Reopened => Turn::Triggered,
            EventKind::Resolved => Turn::Resolved,
            _ => return None,
        };
        let is_old = self.has_begun_since(event) && (turn == Turn::Resolved || !self.id.is_pagerdutys());
        let opened_at = if is_old { event.occurred_at } else { self.opened_at };
        Some(Milestone { incident: self.id.clone(), turn, opened_at: opened_at.timestamp() })
    }

    fn has_begun_since(&self, event: &IncidentEvent) -> bool {
        self.has_begun && event.occurred_at.timestamp() < self.opened_at.timestamp()
    }

    /// Whether a destination was told as resolved from the chat what PagerDuty reports only after it has begun again.
    pub(in crate::ledger) fn is_own_end_told(&self, destination: Destination, event: &IncidentEvent) -> bool {
        let told = self.told.get(&(destination, Turn::Resolved));
        let is_told = told.is_some_and(|(_, by)| *by == ReportedBy::Press);
        is_told
            && self.has_begun_since(event)
            && ReportedBy::of(event) == ReportedBy::Webhook
            && self.is_our_doing(event)
    }

    /// Whether it is the end of nothing that a destination was told of: an alarm whose data are back has not gone off, unless it
    /// did so before they were missing.
    pub(in crate::ledger) fn is_end_of_nothing(&self, destination: Destination, event: &IncidentEvent) -> bool {
        let told = |turn| self.told.get(&(destination, turn)).map(|(opened_at, _)| *opened_at);
        let is_open = told(Turn::Triggered).is_some_and(|begun| told(Turn::Resolved) != Some(begun));
        event.details.closing == Some(Closing::DataAreBack) && !is_open
    }

    /// Whether it is this event that has ended what a chat was told of.
    pub(in crate::ledger) fn is_ended_by(&self, event: &IncidentEvent) -> bool {
        let is_end = event.kind == EventKind::Resolved && self.state == Some(State::Resolved);
        is_end && self.changed_at == event.occurred_at && self.told_at.is_some()
    }

    /// Who has told a destination of a milestone.
    pub(in crate::ledger) fn told_by(&self, destination: Destination, milestone: &Milestone) -> Option<ReportedBy> {
        let (opened_at, by) = self.told.get(&(destination, milestone.turn))?;
        (*opened_at == milestone.opened_at).then_some(*by)
    }

    /// Keeps who has told a destination of a milestone first.
    pub(in crate::ledger) fn tell(&mut self, destination: Destination, milestone: &Milestone, by: ReportedBy) {
        if self.told_by(destination, milestone).is_none() {
            self.told.insert((destination, milestone.turn), (milestone.opened_at, by));
        }
    }
}
