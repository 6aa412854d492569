//! Incidents.

use super::Ref;
use crate::domain::incident::{Incident, IncidentId, IncidentNumber, State, Urgency};
use crate::domain::text::{Foreign, Link};
use crate::domain::watch::Listed;
use crate::net::id::word;
use crate::pagerduty::acting::Seen;
use crate::pagerduty::state::{PolicyId, ServiceId};
use chrono::{DateTime, Utc};
use serde::Deserialize;

#[derive(Deserialize)]
pub(in crate::pagerduty) struct WireIncident {
    #[serde(deserialize_with = "word")]
    id: String,
    incident_number: u64,
    title: Option<String>,
    status: String,
    urgency: Option<String>,
    html_url: Option<String>,
    created_at: DateTime<Utc>,
    last_status_change_at: Option<DateTime<Utc>>,
    last_status_change_by: Option<Ref>,
    service: Ref,
    priority: Option<Ref>,
    #[serde(default)]
    assignments: Vec<Assignment>,
}

#[derive(Deserialize)]
struct Assignment {
    assignee: Ref,
}

/// `None` if the status is not one of the three.
impl From<WireIncident> for Option<Listed> {
    fn from(wire: WireIncident) -> Self {
        let state = state(&wire.status)?;
        let urgency = urgency(wire.urgency.as_deref());
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
            created_at: Some(wire.created_at),
            named: None,
        };
        // A service, if it began or ended by itself.
        let by = wire.last_status_change_by.filter(Ref::is_user).and_then(Ref::person);
        let since = wire.last_status_change_at.unwrap_or(wire.created_at);
        Some(Listed { id: IncidentId(wire.id), incident, state, since, by })
    }
}

/// An incident on which somebody wants to act.
#[derive(Deserialize)]
pub(in crate::pagerduty) struct WireActing {
    #[serde(deserialize_with = "word")]
    id: String,
    incident_number: Option<u64>,
    title: Option<String>,
    status: String,
    urgency: Option<String>,
    service: Ref,
    #[serde(default)]
    assignments: Vec<Assignment>,
    assigned_via: Option<String>,
    escalation_policy: Option<Ref>,
    last_status_change_at: Option<DateTime<Utc>>,
    last_status_change_by: Option<Ref>,
    resolve_reason: Option<ResolveReason>,
    /// What PagerDuty will do by itself, and when.
    #[serde(default)]
    pending_actions: Vec<PendingAction>,
}

impl WireActing {
    pub fn id(&self) -> &str {
        &self.id
    }
}

#[derive(Deserialize)]
struct ResolveReason {
    #[serde(default)]
    r#type: String,
}

#[derive(Deserialize)]
struct PendingAction {
    r#type: String,
    at: DateTime<Utc>,
}

/// `None` if the status is not one of the three.
impl From<WireActing> for Option<Seen> {
    fn from(wire: WireActing) -> Self {
        let escalations = wire.pending_actions.iter().filter(|action| action.r#type == "escalate");
        Some(Seen {
            number: wire.incident_number.map(IncidentNumber),
            title: wire.title.as_deref().and_then(Foreign::line),
            state: state(&wire.status)?,
            urgency: urgency(wire.urgency.as_deref()),
            is_assigned_directly: wire.assigned_via.as_deref() == Some("direct_assignment"),
            escalates_at: escalations.map(|action| action.at).min(),
            assignees: wire.assignments.into_iter().filter_map(|one| one.assignee.person()).collect(),
            service: ServiceId(wire.service.id),
            policy: wire.escalation_policy.map(|policy| PolicyId(policy.id)),
            state_since: wire.last_status_change_at,
            changed_by: wire.last_status_change_by.map(|by| by.id),
            is_merged: wire.resolve_reason.is_some_and(|reason| reason.r#type == "merge_resolve_reason"),
            is_ours: false,
        })
    }
}

fn state(status: &str) -> Option<State> {
    Some(match status {
        "triggered" => State::Triggered,
        "acknowledged" => State::Acknowledged,
        "resolved" => State::Resolved,
        _ => return None,
    })
}

fn urgency(word: Option<&str>) -> Option<Urgency> {
    match word {
        Some("high") => Some(Urgency::High),
        Some("low") => Some(Urgency::Low),
        _ => None,
    }
}
