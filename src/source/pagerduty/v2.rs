//! V2 webhook extensions: no signature, and a list of messages, which in practice holds one.
//!
//! <https://developer.pagerduty.com/docs/webhooks-v2-overview>

use super::wire::{Ref, label, number, people, state, urgency};
use crate::domain::incident::{Details, EventKind, Incident, IncidentEvent, IncidentId, Origin, Person};
use crate::domain::text::Foreign;
use crate::source::unread::{digest_key, foreign_key};
use crate::source::wire::{List, Text, lenient, line, link, text, time};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

/// One message.
#[derive(Deserialize)]
pub(super) struct Message<'a> {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) id: Option<String>,
    #[serde(borrow, default, deserialize_with = "text")]
    event: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "text")]
    created_on: Option<Text<'a>>,
    #[serde(borrow, default)]
    incident: Option<WireIncident<'a>>,
    #[serde(borrow, default)]
    log_entries: List<LogEntry<'a>>,
    /// Only version 1 has these two, in place of `event` and `incident`.
    #[serde(borrow, default, deserialize_with = "text", rename = "type")]
    type_: Option<Text<'a>>,
    #[serde(default, deserialize_with = "lenient")]
    data: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct WireIncident<'a> {
    #[serde(borrow, default, deserialize_with = "text")]
    id: Option<Text<'a>>,
    #[serde(default, deserialize_with = "lenient")]
    incident_number: Option<Value>,
    #[serde(borrow, default, deserialize_with = "text")]
    title: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "text")]
    urgency: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "text")]
    status: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    priority: Option<Ref<'a>>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    service: Option<Ref<'a>>,
    #[serde(borrow, default, deserialize_with = "text")]
    html_url: Option<Text<'a>>,
    #[serde(borrow, default)]
    assignments: List<Assignment<'a>>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    escalation_policy: Option<Ref<'a>>,
}

#[derive(Deserialize)]
struct Assignment<'a> {
    #[serde(borrow, default, deserialize_with = "lenient")]
    assignee: Option<Ref<'a>>,
}

#[derive(Deserialize)]
struct LogEntry<'a> {
    #[serde(borrow, default, deserialize_with = "lenient")]
    agent: Option<Ref<'a>>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    channel: Option<Channel<'a>>,
    #[serde(borrow, default)]
    assignees: List<Ref<'a>>,
    #[serde(borrow, default, deserialize_with = "text")]
    note: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Channel<'a> {
    #[serde(borrow, default, deserialize_with = "text")]
    content: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "text")]
    summary: Option<Text<'a>>,
}

impl Message<'_> {
    pub(super) fn is_version_one(&self) -> bool {
        self.event.is_none() && self.type_.is_some() && self.data.is_some()
    }

    /// The event, if it has an id, a type and an incident.
    pub(super) fn read_whole(self, now: DateTime<Utc>) -> Option<IncidentEvent> {
        let has_id = self.id.as_ref().is_some_and(|id| !id.is_empty());
        has_id.then(|| self.read("", now).ok()).flatten()
    }

    /// The event, if it has a type and an incident; otherwise the message's id. `text` is the message as it came.
    pub(super) fn read(self, text: &str, now: DateTime<Utc>) -> Result<IncidentEvent, Option<String>> {
        let kind = self.event.as_ref().and_then(kind);
        let incident = self.incident.as_ref().map(WireIncident::incident).filter(|incident| incident.id.is_some());
        let (Some(kind), Some(incident)) = (kind, incident) else {
            return Err(self.id);
        };
        let key = match &self.id {
            Some(id) if !id.is_empty() => foreign_key(id),
            _ => digest_key(text.as_bytes()),
        };
        let mut incident = incident;
        if matches!(kind, EventKind::Escalated | EventKind::Reassigned) {
            // The log says whom it went to, one entry each; the incident may list others besides.
            let went_to = people(self.entries().flat_map(|entry| &entry.assignees.0));
            if !went_to.is_empty() {
                incident.assignees = went_to;
            }
        }
        let details = self.details(&kind);
        Ok(IncidentEvent {
            origin: Origin::PagerDuty,
            key,
            occurred_at: time(&self.created_on, now),
            agent: self.agent(),
            incident,
            details,
            kind,
            unreadable: None,
            missed: None,
        })
    }

    fn entries(&self) -> impl Iterator<Item = &LogEntry<'_>> {
        self.log_entries.0.iter()
    }

    /// Who did it. A service did it only in name: a timeout or a rule did.
    fn agent(&self) -> Option<Person> {
        let agent = self.entries().next()?.agent.as_ref()?;
        let is_service = agent.type_.as_ref().is_some_and(|type_| type_.as_str().starts_with("service"));
        if is_service { None } else { agent.person() }
    }

    fn details(&self, kind: &EventKind) -> Details {
        let entry = self.entries().next();
        let channel = entry.and_then(|entry| entry.channel.as_ref());
        match kind {
            EventKind::Annotated => {
                let text = channel
                    .and_then(|channel| channel.content.as_ref())
                    .or(entry.and_then(|entry| entry.note.as_ref()));
                let quote = text.map(|text| Foreign::lines(text.as_str())).unwrap_or_default();
                Details { quote, ..Details::default() }
            }
            EventKind::Delegated => {
                let policy = entry.and_then(|entry| entry.assignees.0.first()).and_then(Ref::label);
                let policy = policy.or_else(|| label(&self.incident.as_ref()?.escalation_policy));
                Details { subject: policy, ..Details::default() }
            }
            EventKind::CustomAction => {
                Details { subject: channel.and_then(|channel| line(&channel.summary)), ..Details::default() }
            }
            _ => Details::default(),
        }
    }
}

fn kind(event: &Text<'_>) -> Option<EventKind> {
    Some(match event.as_str() {
        "incident.trigger" => EventKind::Triggered,
        "incident.acknowledge" => EventKind::Acknowledged,
        "incident.unacknowledge" => EventKind::Unacknowledged,
        "incident.resolve" => EventKind::Resolved,
        "incident.assign" => EventKind::Reassigned,
        "incident.escalate" => EventKind::Escalated,
        "incident.delegate" => EventKind::Delegated,
        "incident.annotate" => EventKind::Annotated,
        "incident.custom" => EventKind::CustomAction,
        other => EventKind::Other(Foreign::line(other)?),
    })
}

impl WireIncident<'_> {
    fn incident(&self) -> Incident {
        let id = self.id.as_ref().map(|id| id.as_str().trim()).filter(|id| !id.is_empty());
        Incident {
            id: id.map(|id| IncidentId(id.to_owned())),
            number: number(&self.incident_number),
            title: self.title.as_ref().and_then(|title| Foreign::line(title.as_str())),
            service: label(&self.service),
            urgency: urgency(&self.urgency),
            state: state(&self.status),
            priority: label(&self.priority),
            link: link(&self.html_url),
            assignees: people(self.assignments.0.iter().filter_map(|one| one.assignee.as_ref())),
            named: None,
        }
    }
}
