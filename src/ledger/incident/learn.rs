//! What an event adds to what is known of its incident.

use super::{KnownIncident, Turn};
use crate::domain::few::Few;
use crate::domain::fingerprint::Fingerprint;
use crate::domain::incident::{Closing, EventKind, Incident, IncidentEvent, State};
use crate::domain::text::Foreign;
use crate::domain::watch::SAME_CHANGE;
use crate::store::item::cut;
use chrono::{DateTime, Utc};

/// A title is shown in one line; it is cut to so many bytes.
const LONGEST: usize = 1_024;

impl KnownIncident {
    /// Adds what an event says. Events may come late; the latest by its own time decides the status.
    pub(in crate::ledger) fn learn(&mut self, event: &IncidentEvent) {
        let incident = &event.incident;
        let short = |text: &Option<Foreign>| Foreign::line(cut(text.as_ref()?.as_str(), LONGEST));
        self.number = incident.number.or(self.number);
        self.title = short(&incident.title).or(self.title.take());
        self.service = short(&incident.service).or(self.service.take());
        if self.fingerprint.is_none() {
            self.fingerprint = fingerprint(event);
        }
        self.created_at = self.created_at.or(incident.created_at.filter(|created_at| *created_at <= event.occurred_at));
        // What was pressed is recorded before it is told.
        if !event.kind.changes_status() || event.kind.is_pressed() {
            return;
        }
        if event.may_be_no_news() && self.is_open() && self.has_begun {
            return;
        }
        // It is over already: a gap in an alarm's data ends nothing.
        if self.state == Some(State::Resolved) && event.details.closing == Some(Closing::DataAreBack) {
            return;
        }
        // It says nothing of the incident's own state: one of the series of an alarm has changed.
        if event.kind == EventKind::StateChanged && incident.state.is_none() {
            return;
        }
        self.learn_beginning(event);
        self.end_call(event);
        if self.state.is_some() && event.occurred_at < self.changed_at {
            return;
        }
        self.changed_at = event.occurred_at;
        self.state = match event.kind {
            EventKind::Acknowledged => Some(State::Acknowledged),
            EventKind::Resolved => Some(State::Resolved),
            EventKind::Triggered | EventKind::Reopened | EventKind::Unacknowledged => Some(State::Triggered),
            // Whether a new assignee has taken it is up to PagerDuty's own state.
            _ => incident.state.or(self.state),
        };
        let agent = self.presser(event).or(event.agent.as_ref());
        // Of what the watchdog has found nobody may know who did it.
        let is_told = event.details.closing.is_none() && event.missed.is_none();
        let by_itself = event.kind == EventKind::Resolved && agent.is_none() && is_told;
        self.holders = match (self.state, agent) {
            (Some(State::Acknowledged | State::Resolved), Some(agent)) => vec![agent.clone()].into(),
            (Some(State::Resolved), None) => Few::default(),
            _ => incident.assignees.clone(),
        };
        self.by_itself = by_itself;
        let holders = &mut self.holders.first;
        holders.sort_by(|one, other| one.id.cmp(&other.id));
        holders.dedup_by(|one, other| one.id == other.id);
    }

    /// An incident begins once, and again with each reopening, or, if its sender knows no such thing, when it is triggered after
    /// its end. The same beginning may be reported twice, by a webhook and by PagerDuty's list, whose clocks agree to some seconds.
    fn learn_beginning(&mut self, event: &IncidentEvent) {
        let is_reopened = self.state == Some(State::Resolved) && event.occurred_at >= self.changed_at;
        // It may begin with a change that calls nobody: an alarm whose actions are held back.
        let is_on = event.kind == EventKind::StateChanged && event.incident.state == Some(State::Triggered);
        let goes_off_again = (event.kind == EventKind::Triggered || is_on) && is_reopened && !self.id.is_pagerdutys();
        if goes_off_again {
            // Until it is told, what comes after it is no repeat of it.
            self.told.retain(|(_, turn), _| *turn != Turn::Triggered);
        }
        let is_news = match event.kind {
            EventKind::Triggered => !self.has_begun || goes_off_again,
            EventKind::Reopened => !self.has_begun || is_reopened || event.occurred_at - self.opened_at >= SAME_CHANGE,
            // It began again between two ends, which nobody has told.
            EventKind::Resolved if event.missed.is_some() && self.state == Some(State::Resolved) => {
                event.occurred_at - self.changed_at > SAME_CHANGE
            }
            EventKind::StateChanged => goes_off_again,
            _ => false,
        };
        if is_news {
            if event.kind == EventKind::Reopened || goes_off_again {
                // What was pressed since then stays: this may come late.
                let is_later = |at: DateTime<Utc>| at > event.occurred_at;
                self.takers.retain(|taker| is_later(taker.since));
                self.stays.retain(|taker| is_later(taker.since));
                self.call = self.call.take().filter(|call| is_later(call.doer.at));
                self.shift_ends_at = None;
            }
            if !goes_off_again && self.opened_at < event.occurred_at {
                self.first_at.get_or_insert(self.opened_at);
            }
            self.opened_at = event.occurred_at;
            // Of an end nobody knows when it began.
            self.has_begun = event.kind != EventKind::Resolved;
        }
    }
}

/// What makes the event's incident the same alert as others; `None` for a drill, and where nobody says what it is about.
pub(in crate::ledger) fn fingerprint(event: &IncidentEvent) -> Option<Fingerprint> {
    let Incident { id, service, title, .. } = &event.incident;
    if id.as_ref().is_none_or(|id| id.drill().is_some()) {
        return None;
    }
    Fingerprint::of(service.as_ref(), title.as_ref()?)
}
