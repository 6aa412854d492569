//! What PagerDuty knows of an incident and nobody was told: what the watchdog looks for.

use crate::domain::calendar::Calendar;
use crate::domain::incident::{
    Details, EventKey, EventKind, Incident, IncidentEvent, IncidentId, Missed, Origin, OwnKey, Person, State, Status,
};
use chrono::{DateTime, TimeDelta, Timelike as _, Utc};

/// A webhook that has not come after this time is not on its way: PagerDuty sends within seconds, and repeats what failed
/// after some minutes.
pub const YOUNGEST: TimeDelta = TimeDelta::minutes(15);
/// What is older than this is for the reminders.
pub const OLDEST: TimeDelta = TimeDelta::minutes(180);
/// The most that one round tells.
pub const MOST: usize = 10;
/// Two events of the same change are not further apart than this, whoever tells of it.
pub const SAME_CHANGE: TimeDelta = TimeDelta::seconds(60);
/// The watchdog is called every so many minutes.
const STEP: u32 = 10;

/// An incident as PagerDuty lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: IncidentId,
    /// What is known of it.
    pub incident: Incident,
    /// How far it is.
    pub state: State,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Who made it so; `None` means automatically.
    pub by: Option<Person>,
}

/// Whether a round is due: at every call in working hours, once an hour otherwise.
pub fn is_due(calendar: &Calendar, now: DateTime<Utc>) -> bool {
    let moment = calendar.at(now);
    moment.is_working || moment.local.minute() < STEP
}

impl Listed {
    /// Whether it is of the age at which the watchdog looks at it, and happened since it began to.
    pub fn is_to_be_looked_at(&self, watching_since: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let age = now - self.since;
        self.state != State::Acknowledged && YOUNGEST <= age && age <= OLDEST && self.since > watching_since
    }

    /// What happened to it that nobody was told; `known` is how it stands by what was told.
    ///
    /// An acknowledgement that has timed out is not found: the incident was told when it began.
    pub fn untold(&self, known: Option<&Status>) -> Option<EventKind> {
        let Some(known) = known else {
            return match self.state {
                State::Triggered => Some(EventKind::Triggered),
                State::Resolved => Some(EventKind::Resolved),
                State::Acknowledged => None,
            };
        };
        let later_by = self.since - known.changed_at;
        let (is_earlier, is_later) = (-later_by > SAME_CHANGE, later_by > SAME_CHANGE);
        match (self.state, known.state) {
            // What was told last is newer than the list.
            _ if is_earlier => None,
            (State::Triggered, State::Resolved) if is_later => Some(EventKind::Reopened),
            (State::Resolved, State::Triggered | State::Acknowledged) => Some(EventKind::Resolved),
            // It was reopened and resolved again, and the latter is news enough.
            (State::Resolved, State::Resolved) if is_later => Some(EventKind::Resolved),
            _ => None,
        }
    }
}

/// The events to tell of, at most [`MOST`]: those that mention somebody by themselves first, then those that call
/// somebody, the oldest first. The first of all mentions whom it mentions, the others nobody.
pub fn chosen(untold: Vec<(Listed, EventKind)>, mentions: impl Fn(&IncidentEvent) -> bool) -> Vec<IncidentEvent> {
    let mut events: Vec<_> = untold.into_iter().map(|(listed, kind)| event(listed, kind)).collect();
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
    IncidentEvent {
        origin: Origin::Watchdog,
        // Names the message in the queue; where it is told it is recognised by what the incident has come to.
        key: EventKey::own(OwnKey::Watchdog, format_args!("{id}:{}:{}", kind.name(), since.timestamp())),
        kind,
        occurred_at: since,
        agent: by,
        incident: Incident { id: Some(id), state: Some(state), ..incident },
        details: Details::default(),
        unreadable: None,
        missed: Some(Missed::First),
    }
}

#[cfg(test)]
mod tests;
