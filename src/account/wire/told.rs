//! What is only looked at: extensions, who is on call, incidents.

use super::Ref;
use crate::account::state::{Extension, ListedIncident, Name, OnCall, ServiceId, UserId};
use chrono::{DateTime, Utc};
use serde::Deserialize;

#[derive(Deserialize)]
pub(in crate::account) struct WireExtension {
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
pub(in crate::account) struct WireOnCall {
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
pub(in crate::account) struct WireIncident {
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
    resolved_at: Option<DateTime<Utc>>,
    service: Ref,
    #[serde(default)]
    assignments: Vec<Assignment>,
}

#[derive(Deserialize)]
struct Assignment {
    assignee: Ref,
}

impl From<WireIncident> for ListedIncident {
    fn from(incident: WireIncident) -> Self {
        Self {
            id: incident.id,
            number: incident.incident_number,
            title: incident.title.unwrap_or_default(),
            status: incident.status,
            urgency: incident.urgency.unwrap_or_default(),
            url: incident.html_url,
            created_at: incident.created_at,
            status_changed_at: incident.last_status_change_at,
            resolved_at: incident.resolved_at,
            service: incident.service.into(ServiceId),
            assignees: incident.assignments.into_iter().map(|one| one.assignee.into(UserId)).collect(),
        }
    }
}
