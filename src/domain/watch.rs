//! What the watchdog looks for: events that PagerDuty knows of and nobody was notified about.

use crate::domain::calendar::Calendar;
use crate::domain::incident::{
    EventKey, EventKind, Incident, IncidentEvent, IncidentId, Missed, Origin, OwnKey, Person, State, Status,
};
use chrono::{DateTime, TimeDelta, Timelike as _, Utc};

/// A webhook that has not arrived after this time is lost: PagerDuty sends within seconds, and retries within minutes.
pub const YOUNGEST: TimeDelta = TimeDelta::minutes(15);
/// Older ones are left to the reminders.
pub const OLDEST: TimeDelta = TimeDelta::minutes(180);
/// The most events that one round reports.
pub const MOST: usize = 10;
/// Reports of the same change are at most this far apart, whoever they come from.
pub const SAME_CHANGE: TimeDelta = TimeDelta::seconds(60);
/// Minutes between two calls of the watchdog.
const STEP: u32 = 10;

/// An incident as PagerDuty lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub id: IncidentId,
    pub incident: Incident,
    pub state: State,
    /// Since when it is in that state.
    pub since: DateTime<Utc>,
    /// Who changed its state; `None` means automatically.
    pub by: Option<Person>,
}

/// Whether a round is due: at every call in working hours, once an hour otherwise.
pub fn is_due(calendar: &Calendar, now: DateTime<Utc>) -> bool {
    let moment = calendar.at(now);
    moment.is_working || moment.local.minute() < STEP
}

impl Listed {
    /// Whether the watchdog checks it: it is neither too young nor too old, and changed since the watchdog's first round.
    pub fn is_to_be_checked(&self, watching_since: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let age = now - self.since;
        self.state != State::Acknowledged && YOUNGEST <= age && age <= OLDEST && self.since > watching_since
    }

    /// The event that nobody was notified about, if there is one; `known` is the status by the events that were reported.
    ///
    /// An acknowledgement that timed out is not found, but the incident was reported when it began.
    pub fn missed(&self, known: Option<&Status>) -> Option<EventKind> {
        let Some(known) = known else {
            return match self.state {
                State::Triggered => Some(EventKind::Triggered),
                State::Resolved => Some(EventKind::Resolved),
                State::Acknowledged => None,
            };
        };
        let later_by = self.since - known.changed_at;
        let is_later = later_by > SAME_CHANGE;
        match (self.state, known.state) {
            // A newer change was reported already.
            _ if later_by < -SAME_CHANGE => None,
            (State::Triggered, State::Resolved) if is_later => Some(EventKind::Reopened),
            (State::Resolved, State::Triggered | State::Acknowledged) => Some(EventKind::Resolved),
            // It was reopened and resolved again; only the latter is reported.
            (State::Resolved, State::Resolved) if is_later => Some(EventKind::Resolved),
            _ => None,
        }
    }
}

/// The events to report, at most [`MOST`]: those that mention somebody first, then those that call somebody, the oldest
/// first. Only the very first may mention somebody.
pub fn chosen(missed: Vec<(Listed, EventKind)>, mentions: impl Fn(&IncidentEvent) -> bool) -> Vec<IncidentEvent> {
    let mut events: Vec<_> = missed.into_iter().map(|(listed, kind)| event(listed, kind)).collect();
    events.sort_by_cached_key(|event| {
        (!mentions(event), !event.kind.calls_somebody(), event.occurred_at, event.incident.id.clone())
    });
    events.truncate(MOST);
    for further in events.iter_mut().skip(1) {
        further.missed = Some(Missed::Further);
    }
    events
}

fn event(listed: Listed, kind: EventKind) -> IncidentEvent {
    let Listed { id, incident, state, since, by } = listed;
    // For the queue. A repeat is recognised by the state that the incident is in.
    let key = EventKey::own(OwnKey::Watchdog, format_args!("{id}:{}:{}", kind.name(), since.timestamp()));
    IncidentEvent {
        agent: by,
        incident: Incident { id: Some(id), state: Some(state), ..incident },
        missed: Some(Missed::First),
        ..IncidentEvent::new(Origin::Watchdog, key, kind, since)
    }
}

#[cfg(test)]
mod tests;
