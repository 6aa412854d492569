//! V2 webhook extensions: no signature, and a list of messages, which in practice holds one.
//!
//! <https://developer.pagerduty.com/docs/webhooks-v2-overview>

use super::SOURCE;
use super::v3::Data;
use super::wire::{Ref, label, people};
use crate::domain::incident::{Details, EventKey, EventKind, IncidentEvent, Person};
use crate::domain::text::Foreign;
use crate::net::digest::sha256;
use crate::net::lenient::{Lenient, List};
use crate::source::unread::sender_key;
use crate::source::wire::{Text, line, lines, time};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// One message.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Message<'a> {
    pub(super) id: Lenient<String>,
    #[serde(borrow)]
    event: Lenient<Text<'a>>,
    created_on: Lenient<Text<'a>>,
    incident: Option<Data<'a>>,
    log_entries: List<LogEntry<'a>>,
    /// Only version 1 has these two, in place of `event` and `incident`.
    #[serde(rename = "type")]
    type_: Lenient<Text<'a>>,
    data: Lenient<IgnoredAny>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct LogEntry<'a> {
    #[serde(borrow)]
    agent: Lenient<Ref<'a>>,
    channel: Lenient<Channel<'a>>,
    assignees: List<Ref<'a>>,
    note: Lenient<Text<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Channel<'a> {
    #[serde(borrow)]
    content: Lenient<Text<'a>>,
    summary: Lenient<Text<'a>>,
    name: Lenient<Text<'a>>,
    /// What somebody wrote who opened it by hand; of other triggers, an object or nothing.
    details: Lenient<Text<'a>>,
}

impl Message<'_> {
    pub(super) fn is_version_one(&self) -> bool {
        self.event.is_none() && self.type_.is_some() && self.data.is_some()
    }

    /// The event, if it has a type and an incident; otherwise the message's id. `text` is the message as it came.
    pub(super) fn read(self, text: &str, now: DateTime<Utc>) -> Result<IncidentEvent, Option<String>> {
        let kind = self.event.as_ref().and_then(kind);
        let incident = self.incident.as_ref().map(Data::whole_incident).filter(|incident| incident.id.is_some());
        let (Some(kind), Some(mut incident)) = (kind, incident) else {
            return Err(self.id.into());
        };
        let key = match self.id.as_ref() {
            Some(id) if !id.is_empty() => sender_key(id),
            _ => EventKey(sha256(text.as_bytes())),
        };
        if matches!(kind, EventKind::Escalated | EventKind::Reassigned) {
            // The log says whom it went to, one entry each; the incident may list others as well.
            let more = self.log_entries.more + self.entries().map(|entry| entry.assignees.more).sum::<usize>();
            let went_to = people(self.entries().flat_map(|entry| &entry.assignees.items)).and_more(more);
            if !went_to.is_empty() {
                incident.assignees = went_to;
            }
        }
        Ok(IncidentEvent {
            agent: self.agent().filter(|_| kind != EventKind::Ping),
            details: self.details(&kind),
            incident,
            ..IncidentEvent::new(SOURCE.origin, key, kind, time(&self.created_on, now))
        })
    }

    fn entries(&self) -> impl Iterator<Item = &LogEntry<'_>> {
        self.log_entries.items.iter()
    }

    /// Who did it. If that is a service, a timeout or a rule did it.
    fn agent(&self) -> Option<Person> {
        let agent = self.entries().next()?.agent.as_ref()?;
        if agent.is_service() { None } else { agent.person() }
    }

    fn details(&self, kind: &EventKind) -> Details {
        let entry = self.entries().next();
        let channel = entry.and_then(|entry| entry.channel.as_ref());
        match kind {
            EventKind::Annotated => {
                let content = channel.map(|channel| &channel.content).filter(|content| content.is_some());
                let text = content.or(entry.map(|entry| &entry.note));
                Details { quote: text.map(|text| lines(text)).unwrap_or_default(), ..Details::default() }
            }
            EventKind::Delegated => {
                let policy = entry.and_then(|entry| entry.assignees.items.first()).and_then(Ref::label);
                let policy = policy.or_else(|| label(&self.incident.as_ref()?.escalation_policy));
                Details { subject: policy, ..Details::default() }
            }
            EventKind::CustomAction => Details {
                subject: channel.and_then(|channel| line(&channel.summary).or_else(|| line(&channel.name))),
                ..Details::default()
            },
            EventKind::Triggered => {
                let quote = channel.map(|channel| lines(&channel.details)).unwrap_or_default();
                Details { quote, ..Details::default() }
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
