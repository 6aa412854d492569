//! An event that the watchdog found, in the form in which it travels through the queue.

use crate::domain::few::Few;
use crate::domain::incident::{
    EventKey, EventKind, Incident, IncidentEvent, IncidentId, IncidentNumber, Missed, Origin, Person, State, Urgency,
};
use crate::domain::text::{Foreign, Link};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Wire {
    kind: String,
    occurred_at: DateTime<Utc>,
    by: Option<WirePerson>,
    id: String,
    number: Option<u64>,
    title: Option<String>,
    service: Option<String>,
    is_urgent: Option<bool>,
    priority: Option<String>,
    url: Option<String>,
    assignees: Vec<WirePerson>,
    #[serde(default, skip_serializing_if = "is_zero")]
    more_assignees: usize,
    is_first: bool,
    created_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, Deserialize)]
struct WirePerson {
    id: String,
    name: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// The body of the message. Returns `None` if the watchdog did not find the event.
pub fn body(event: &IncidentEvent) -> Option<Vec<u8>> {
    let incident = &event.incident;
    let text = |text: &Option<Foreign>| text.as_ref().map(|text| text.as_str().to_owned());
    let wire = Wire {
        kind: event.kind.name().to_owned(),
        occurred_at: event.occurred_at,
        by: event.agent.as_ref().map(WirePerson::of),
        id: incident.id.as_ref()?.0.clone(),
        number: incident.number.map(|number| number.0),
        title: text(&incident.title),
        service: text(&incident.service),
        is_urgent: incident.urgency.map(|urgency| urgency == Urgency::High),
        priority: text(&incident.priority),
        url: incident.link.as_ref().map(|link| link.as_str().to_owned()),
        assignees: incident.assignees.first.iter().map(WirePerson::of).collect(),
        more_assignees: incident.assignees.more,
        is_first: event.missed? == Missed::First,
        created_at: incident.created_at,
    };
    Some(serde_json::to_vec(&wire).expect("strings and numbers are JSON"))
}

/// The event of a body. Returns `None` if the body is of another version; it then stays in the queue for a worker that knows
/// that version.
pub fn recall(key: EventKey, body: &[u8]) -> Option<IncidentEvent> {
    let wire: Wire = serde_json::from_slice(body).ok()?;
    let kind = EventKind::from_name(&wire.kind)?;
    let line = |text: Option<String>| text.as_deref().and_then(Foreign::line);
    let assignees: Few<_> = wire.assignees.into_iter().filter_map(WirePerson::person).collect();
    let incident = Incident {
        id: Some(IncidentId(wire.id)),
        number: wire.number.map(IncidentNumber),
        title: line(wire.title),
        service: line(wire.service),
        urgency: wire.is_urgent.map(|is_urgent| if is_urgent { Urgency::High } else { Urgency::Low }),
        state: Some(if kind == EventKind::Resolved { State::Resolved } else { State::Triggered }),
        priority: line(wire.priority),
        link: wire.url.as_deref().and_then(Link::parse),
        assignees: assignees.and_more(wire.more_assignees),
        created_at: wire.created_at,
        named: None,
    };
    Some(IncidentEvent {
        agent: wire.by.and_then(WirePerson::person),
        incident,
        missed: Some(if wire.is_first { Missed::First } else { Missed::Further }),
        ..IncidentEvent::new(Origin::Watchdog, key, kind, wire.occurred_at)
    })
}

impl WirePerson {
    fn of(person: &Person) -> Self {
        Self { id: person.id.clone(), name: person.name.as_str().to_owned() }
    }

    fn person(self) -> Option<Person> {
        Some(Person { id: self.id, name: Foreign::line(&self.name)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_comes_out_as_it_went_in() {
        let person = |id: &str| Person { id: id.into(), name: Foreign::line("佐伯 玲").expect("a name") };
        let key = EventKey("watchdog:Q1:reopened:1".into());
        let at = "2026-11-24T02:02:01Z".parse().expect("an instant");
        let full = IncidentEvent {
            agent: Some(person("PSRE1")),
            incident: Incident {
                id: Some(IncidentId("Q1".into())),
                number: Some(IncidentNumber(4812)),
                title: Foreign::line("HTTP 5xx \"quoted\" <@U1>"),
                service: Foreign::line("checkout"),
                urgency: Some(Urgency::Low),
                state: Some(State::Triggered),
                priority: Foreign::line("P2"),
                link: Link::parse("https://example.pagerduty.com/incidents/Q1"),
                assignees: Few { first: vec![person("PSRE1"), person("PSRE2")], more: 3 },
                created_at: None,
                named: None,
            },
            missed: Some(Missed::Further),
            ..IncidentEvent::new(Origin::Watchdog, key, EventKind::Reopened, at)
        };
        let bare = IncidentEvent {
            kind: EventKind::Resolved,
            agent: None,
            incident: Incident { id: full.incident.id.clone(), state: Some(State::Resolved), ..Incident::default() },
            missed: Some(Missed::First),
            ..full.clone()
        };
        for event in [full.clone(), bare] {
            let body = body(&event).expect("the watchdog found it");
            assert_eq!(recall(event.key.clone(), &body), Some(event));
        }
        assert_eq!(body(&IncidentEvent { missed: None, ..full.clone() }), None);
        for text in ["", "{}", "[]", "{\"kind\":\"triggered\"}"] {
            assert_eq!(recall(full.key.clone(), text.as_bytes()), None, "{text}");
        }
    }
}
