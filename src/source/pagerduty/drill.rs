//! The webhooks of a drill, as PagerDuty would send them for an incident.

use crate::domain::incident::{EventKey, IncidentId};
use crate::source::unread::sender_key;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;

/// What happens to a drill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Begins,
    Ends,
}

/// A body to sign and send, and the key of its event.
#[derive(Debug, Clone)]
pub struct Webhook {
    pub body: Vec<u8>,
    pub key: EventKey,
}

/// The webhook of a drill of this id (see [`Drill::id`](crate::domain::incident::Drill::id)).
pub fn webhook(id: &IncidentId, title: &str, moment: Moment, now: DateTime<Utc>) -> Webhook {
    let (event_type, status) = match moment {
        Moment::Begins => ("incident.triggered", "triggered"),
        Moment::Ends => ("incident.resolved", "resolved"),
    };
    let event = format!("{id}:{status}");
    let body = json!({"event": {
        "id": event,
        "event_type": event_type,
        "resource_type": "incident",
        "occurred_at": now.to_rfc3339_opts(SecondsFormat::Millis, true),
        "agent": null,
        "client": null,
        "data": {
            "id": id.0,
            "type": "incident",
            "status": status,
            "title": title,
            "service": {"id": "toban", "type": "service_reference", "summary": "toban drill"},
            "assignees": [],
            "urgency": "high",
        },
    }});
    Webhook { body: body.to_string().into_bytes(), key: sender_key(&event) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incident::{Drill, EventKind};
    use crate::source::pagerduty::read;

    #[test]
    fn it_is_read_as_what_pagerduty_sends() {
        let now = "2026-11-24T02:02:00.125Z".parse().expect("an instant");
        for drill in [Drill::Quiet, Drill::Mentioning] {
            let id = drill.id("4F9A21");
            for (moment, kind) in [(Moment::Begins, EventKind::Triggered), (Moment::Ends, EventKind::Resolved)] {
                let Webhook { body, key } = webhook(&id, "訓練", moment, now);
                let [event] = &read(&body, now)[..] else { panic!("one event") };
                assert_eq!((&event.kind, &event.key, event.occurred_at), (&kind, &key, now));
                assert_eq!(event.incident.id.as_ref().and_then(IncidentId::drill), Some(drill));
                assert_eq!(event.unreadable, None);
            }
        }
    }

    /// The id alone makes it one: not the title, and not what a token vouches for, which others may hold.
    #[test]
    fn nothing_else_is_a_drill() {
        let now = "2026-11-24T02:02:00Z".parse().expect("an instant");
        let id = Drill::Mentioning.id("4F9A21");
        let body = String::from_utf8(webhook(&id, "訓練", Moment::Begins, now).body).expect("text");
        let others = [
            body.replace(&id.0, "Q2YXK4P7T3M1NC"),
            body.replace(&id.0, "drill:4F9A21"),
            body.replace(&id.0, "x:m4F9A21"),
        ];
        let v2 = format!(
            r#"{{"messages": [{{"id": "m-1", "event": "incident.trigger", "incident": {{"id": "{id}", "type": "incident", "title": "訓練"}}}}]}}"#
        );
        for body in others.into_iter().chain([v2]) {
            let [event] = &read(body.as_bytes(), now)[..] else { panic!("one event: {body}") };
            let id = event.incident.id.as_ref().expect("an id");
            assert_eq!((id.drill(), id.is_pagerdutys()), (None, true), "{body}");
        }
    }
}
