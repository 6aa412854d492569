//! What somebody has pressed in the chat, in the form in which it travels through the queue once it is done.

use crate::domain::incident::{
    Details, Escalation, EventKey, EventKind, Incident, IncidentEvent, IncidentId, Origin, OwnKey, Person,
};
use crate::domain::text::Foreign;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Wire {
    kind: String,
    at: DateTime<Utc>,
    user: String,
    name: String,
    incident: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    escalation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    escalates_at: Option<DateTime<Utc>>,
    #[serde(default)]
    is_unnoted: bool,
}

/// The event of a press that is done.
pub fn event(
    press: &str,
    kind: EventKind,
    incident: IncidentId,
    who: Person,
    escalation: Option<Escalation>,
    at: DateTime<Utc>,
) -> IncidentEvent {
    IncidentEvent {
        agent: Some(who),
        incident: Incident { id: Some(incident), ..Incident::default() },
        details: Details { escalation, ..Details::default() },
        ..IncidentEvent::new(Origin::Press, EventKey::own(OwnKey::Press, press), kind, at)
    }
}

/// The body of the message. Returns `None` if nobody has pressed the event.
pub fn body(event: &IncidentEvent) -> Option<Vec<u8>> {
    let who = event.agent.as_ref().filter(|_| event.kind.is_pressed())?;
    let escalation = event.details.escalation;
    let wire = Wire {
        kind: event.kind.name().to_owned(),
        at: event.occurred_at,
        user: who.id.clone(),
        name: who.name.as_str().to_owned(),
        incident: event.incident.id.as_ref()?.0.clone(),
        escalation: escalation.map(|escalation| escalation.name().to_owned()),
        is_unnoted: event.details.is_unnoted,
        escalates_at: match escalation {
            Some(Escalation::At(at)) => Some(at),
            _ => None,
        },
    };
    Some(serde_json::to_vec(&wire).expect("strings are JSON"))
}

/// The event of a body. Returns `None` if the body is of another version.
pub fn recall(key: EventKey, body: &[u8]) -> Option<IncidentEvent> {
    let wire: Wire = serde_json::from_slice(body).ok()?;
    let kind = EventKind::from_name(&wire.kind).filter(EventKind::is_pressed)?;
    let who = Person { id: wire.user, name: Foreign::line(&wire.name)? };
    let escalation = match (wire.escalates_at, wire.escalation) {
        (Some(at), _) => Some(Escalation::At(at)),
        (None, name) => name.and_then(|name| Escalation::NAMED.into_iter().find(|known| known.name() == name)),
    };
    let event = event("", kind, IncidentId(wire.incident), who, escalation, wire.at);
    let details = Details { is_unnoted: wire.is_unnoted, ..event.details };
    Some(IncidentEvent { key, details, ..event })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_comes_out_as_it_went_in() {
        let at: DateTime<Utc> = "2026-11-24T02:05:01Z".parse().expect("an instant");
        let who = Person { id: "U0SATO0001".into(), name: Foreign::line("佐藤 \"健\"").expect("a name") };
        let all = Escalation::NAMED.into_iter().chain([Escalation::At(at)]).map(Some).chain([None]);
        let kinds = [EventKind::Taken, EventKind::HandedBack];
        for (kind, escalation) in kinds.iter().flat_map(|kind| all.clone().map(move |one| (kind, one))) {
            let event = event("0f1e", kind.clone(), IncidentId("Q1".into()), who.clone(), escalation, at);
            let details = Details { is_unnoted: escalation.is_some(), ..event.details };
            let event = IncidentEvent { details, ..event };
            let body = body(&event).expect("somebody has pressed it");
            assert_eq!(recall(event.key.clone(), &body), Some(event));
        }
        let other = IncidentEvent::new(Origin::Press, EventKey("x".into()), EventKind::Triggered, at);
        assert_eq!(body(&other), None);
        for text in ["", "{}", "[]", "{\"kind\":\"taken\"}"] {
            assert_eq!(recall(other.key.clone(), text.as_bytes()), None, "{text}");
        }
    }
}
