//! What is only looked at: extensions, who is on call, incidents.

use super::Ref;
use crate::domain::incident::{Incident, IncidentId, IncidentNumber, State, Urgency};
use crate::domain::text::{Foreign, Link};
use crate::domain::watch::Listed;
use crate::pagerduty::state::{Extension, Name, OnCall, UserId};
use chrono::{DateTime, Utc};
use serde::Deserialize;

#[derive(Deserialize)]
pub(in crate::pagerduty) struct WireExtension {
    id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    endpoint_url: Option<String>,
    #[serde(default)]
    extension_schema: Option<Ref>,
    #[serde(default)]
    temporarily_disabled: Option<bool>,
}

impl From<WireExtension> for Extension {
    fn from(extension: WireExtension) -> Self {
        let kind = extension.extension_schema.and_then(|schema| schema.summary).unwrap_or_default();
        Self {
            id: extension.id,
            name: Name::new(extension.name.unwrap_or_default()),
            url: extension.endpoint_url,
            kind: Name::new(kind),
            is_disabled: extension.temporarily_disabled.unwrap_or_default(),
        }
    }
}

#[derive(Deserialize)]
pub(in crate::pagerduty) struct WireOnCall {
    escalation_level: u64,
    user: Ref,
    #[serde(default)]
    start: Option<DateTime<Utc>>,
    #[serde(default)]
    end: Option<DateTime<Utc>>,
}

impl From<WireOnCall> for OnCall {
    fn from(on_call: WireOnCall) -> Self {
        let WireOnCall { escalation_level, user, start, end } = on_call;
        Self { level: escalation_level, user: user.into(UserId), start, end }
    }
}

#[derive(Deserialize)]
pub(in crate::pagerduty) struct WireIncident {
    id: String,
    incident_number: u64,
    #[serde(default)]
    title: Option<String>,
    status: String,
    #[serde(default)]
    urgency: Option<String>,
    #[serde(default)]
    html_url: Option<String>,
    created_at: DateTime<Utc>,
    #[serde(default)]
    last_status_change_at: Option<DateTime<Utc>>,
    #[serde(default)]
    last_status_change_by: Option<Ref>,
    service: Ref,
    #[serde(default)]
    priority: Option<Ref>,
    #[serde(default)]
    assignments: Vec<Assignment>,
}

#[derive(Deserialize)]
struct Assignment {
    assignee: Ref,
}

/// `None` for a state that is none of the three.
impl From<WireIncident> for Option<Listed> {
    fn from(wire: WireIncident) -> Self {
        let state = match wire.status.as_str() {
            "triggered" => State::Triggered,
            "acknowledged" => State::Acknowledged,
            "resolved" => State::Resolved,
            _ => return None,
        };
        let urgency = match wire.urgency.as_deref() {
            Some("high") => Some(Urgency::High),
            Some("low") => Some(Urgency::Low),
            _ => None,
        };
        let incident = Incident {
            id: None,
            number: Some(IncidentNumber(wire.incident_number)),
            title: wire.title.as_deref().and_then(Foreign::line),
            service: wire.service.name(),
            urgency,
            state: Some(state),
            priority: wire.priority.as_ref().and_then(Ref::name),
            link: wire.html_url.as_deref().and_then(Link::parse),
            assignees: wire.assignments.into_iter().filter_map(|one| one.assignee.person()).collect(),
            named: None,
        };
        // When it began or ended by itself, a service has done it.
        let by = wire.last_status_change_by.filter(Ref::is_user).and_then(Ref::person);
        let since = wire.last_status_change_at.unwrap_or(wire.created_at);
        Some(Listed { id: IncidentId(wire.id), incident, state, since, by })
    }
}
