//! What no sender sends, in the form in which it travels through the queue: what somebody has pressed in the chat, once it is
//! done, and the end of a shift.

use crate::domain::few::Few;
use crate::domain::incident::{
    Details, Escalation, EventKey, EventKind, Incident, IncidentEvent, IncidentId, IncidentNumber, Origin, Ours,
    OwnKey, Person,
};
use crate::domain::press::Obstacle;
use crate::domain::text::Foreign;
use crate::source::Content;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Wire {
    kind: String,
    at: DateTime<Utc>,
    /// Who has pressed; empty if it comes of the time.
    #[serde(default)]
    user: String,
    #[serde(default)]
    name: String,
    incident: String,
    /// What it is called, in case that the ledger does not answer when it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    escalation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    escalates_at: Option<DateTime<Utc>>,
    #[serde(default)]
    is_unnoted: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    people: Vec<WirePerson>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    obstacle: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shift_ends_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, Deserialize)]
struct WirePerson {
    id: String,
    name: String,
}

/// The event of a press that is done.
pub fn pressed(
    press: &str,
    kind: EventKind,
    incident: Incident,
    who: Person,
    details: Details,
    at: DateTime<Utc>,
) -> IncidentEvent {
    IncidentEvent {
        agent: Some(who),
        incident,
        details,
        ..IncidentEvent::new(Origin::Press, EventKey::own(OwnKey::Press, press), kind, at)
    }
}

/// The event of an incident that is open when a shift ends: once for each shift.
pub fn of_the_shift(
    kind: EventKind,
    incident: Incident,
    escalation: Option<Escalation>,
    ends_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> IncidentEvent {
    let id = incident.id.as_ref().map(ToString::to_string).unwrap_or_default();
    let name = format!("{}:{id}:{}", kind.name(), ends_at.timestamp());
    IncidentEvent {
        incident,
        details: Details {
            ours: Ours { escalation, shift_ends_at: Some(ends_at), ..Ours::default() }.boxed(),
            ..Details::default()
        },
        ..IncidentEvent::new(Origin::Shift, EventKey::own(OwnKey::Shift, name), kind, now)
    }
}

/// Whether such an event can be of this kind. That it is resolved is told as by PagerDuty.
fn is_known(origin: Origin, kind: &EventKind) -> bool {
    match origin {
        Origin::Press => kind.is_pressed() || *kind == EventKind::Resolved,
        Origin::Shift => kind.is_of_the_shift(),
        Origin::PagerDuty | Origin::Watchdog | Origin::Other(_) => false,
    }
}

/// The content of the message. Returns `None` for an event of a sender's.
pub fn content(event: &IncidentEvent) -> Option<Content> {
    if !is_known(event.origin, &event.kind) {
        return None;
    }
    let ours = event.ours();
    let text = |person: &Person| (person.id.clone(), person.name.as_str().to_owned());
    let (user, name) = event.agent.as_ref().map(text).unwrap_or_default();
    let person = |person: &Person| {
        let (id, name) = text(person);
        WirePerson { id, name }
    };
    let wire = Wire {
        kind: event.kind.name().to_owned(),
        at: event.occurred_at,
        user,
        name,
        incident: event.incident.id.as_ref()?.0.clone(),
        number: event.incident.number.map(|number| number.0),
        title: event.incident.title.as_ref().map(|title| title.as_str().to_owned()),
        escalation: ours.escalation.map(|escalation| escalation.name().to_owned()),
        is_unnoted: ours.is_unnoted,
        escalates_at: match ours.escalation {
            Some(Escalation::At(at)) => Some(at),
            _ => None,
        },
        people: event.details.people.first.iter().map(person).collect(),
        obstacle: ours.obstacle.map(Obstacle::name),
        shift_ends_at: ours.shift_ends_at,
    };
    Some(Content::Body { body: serde_json::to_vec(&wire).expect("strings are JSON"), nth: 0 })
}

/// The event of a body. Returns `None` if the body is of another version.
pub fn recall(origin: Origin, key: EventKey, body: &[u8]) -> Option<IncidentEvent> {
    let wire: Wire = serde_json::from_slice(body).ok()?;
    let kind = EventKind::from_name(&wire.kind).filter(|kind| is_known(origin, kind))?;
    let person = |id: String, name: &str| Some(Person { id, name: Foreign::line(name)? });
    let who = person(wire.user, &wire.name);
    if origin == Origin::Press && who.is_none() {
        return None;
    }
    let escalation = match (wire.escalates_at, wire.escalation) {
        (Some(at), _) => Some(Escalation::At(at)),
        (None, name) => name.and_then(|name| Escalation::NAMED.into_iter().find(|known| known.name() == name)),
    };
    let ours = Ours {
        escalation,
        is_unnoted: wire.is_unnoted,
        obstacle: wire.obstacle.as_deref().map(Obstacle::from_name),
        shift_ends_at: wire.shift_ends_at,
    };
    let people: Few<_> = wire.people.into_iter().filter_map(|one| person(one.id, &one.name)).collect();
    Some(IncidentEvent {
        agent: who,
        incident: Incident {
            id: Some(IncidentId(wire.incident)),
            number: wire.number.map(IncidentNumber),
            title: wire.title.as_deref().and_then(Foreign::line),
            ..Incident::default()
        },
        details: Details { people, ours: ours.boxed(), ..Details::default() },
        ..IncidentEvent::new(origin, key, kind, wire.at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> DateTime<Utc> {
        "2026-11-24T02:05:01Z".parse().expect("an instant")
    }

    fn person(name: &str) -> Person {
        Person { id: "U0SATO0001".into(), name: Foreign::line(name).expect("a name") }
    }

    fn incident() -> Incident {
        Incident {
            id: Some(IncidentId("Q1".into())),
            number: Some(IncidentNumber(4812)),
            title: Foreign::line("HTTP 5xx \"quoted\""),
            ..Incident::default()
        }
    }

    #[track_caller]
    fn check(event: &IncidentEvent) {
        let Some(Content::Body { body, nth: 0 }) = content(event) else { panic!("it is ours: {event:?}") };
        assert_eq!(recall(event.origin, event.key.clone(), &body).as_ref(), Some(event));
    }

    #[test]
    fn an_event_comes_out_as_it_went_in() {
        let all = Escalation::NAMED.into_iter().chain([Escalation::At(at())]).map(Some).chain([None]);
        let who = person("佐藤 \"健\"");
        for escalation in all {
            for kind in [EventKind::Taken, EventKind::HandedBack, EventKind::Stays] {
                let ours = Ours { escalation, is_unnoted: escalation.is_some(), ..Ours::default() };
                let details = Details { ours: ours.boxed(), ..Details::default() };
                check(&pressed("0f1e", kind, incident(), who.clone(), details, at()));
            }
            for kind in [EventKind::ShiftEnds, EventKind::ShiftOver] {
                check(&of_the_shift(kind, incident(), escalation, at(), at()));
            }
        }
        let called = Details { people: vec![person("山田"), person("高橋")].into(), ..Details::default() };
        let not_called = Ours { obstacle: Some(Obstacle::Other(2001)), ..Ours::default() };
        let not_called = Details { ours: not_called.boxed(), ..Details::default() };
        for (kind, details) in [
            (EventKind::SreCalled, called),
            (EventKind::SreNotCalled, not_called),
            (EventKind::Resolved, Details::default()),
        ] {
            check(&pressed("0f1e", kind, incident(), who.clone(), details, at()));
        }
    }

    #[test]
    fn what_is_of_a_sender_or_of_another_version_is_not_read() {
        let event = pressed("1", EventKind::Taken, incident(), person("佐藤"), Details::default(), at());
        let Some(Content::Body { body, .. }) = content(&event) else { panic!("it is ours") };
        let of_another = String::from_utf8(body.clone()).expect("JSON").replace("taken", "taken_over");
        assert_eq!(recall(Origin::Shift, event.key.clone(), &body), None);
        assert_eq!(content(&IncidentEvent { kind: EventKind::Triggered, ..event.clone() }), None);
        assert_eq!(content(&IncidentEvent { origin: Origin::PagerDuty, ..event.clone() }), None);
        for text in ["", "{}", "[]", "{\"kind\":\"taken\"}", &of_another] {
            assert_eq!(recall(Origin::Press, event.key.clone(), text.as_bytes()), None, "{text}");
        }
    }
}
