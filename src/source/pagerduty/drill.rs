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
