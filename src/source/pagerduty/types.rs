//! The types of event of v3, and the kinds that they are.

use crate::domain::incident::EventKind;
use crate::domain::text::Foreign;
use crate::source::wire::Text;

/// Every type of event that PagerDuty documents, and the ping.
static TYPES: [(&str, EventKind); 31] = [
    ("incident.triggered", EventKind::Triggered),
    ("incident.acknowledged", EventKind::Acknowledged),
    ("incident.unacknowledged", EventKind::Unacknowledged),
    ("incident.resolved", EventKind::Resolved),
    ("incident.reopened", EventKind::Reopened),
    ("incident.reassigned", EventKind::Reassigned),
    ("incident.escalated", EventKind::Escalated),
    ("incident.delegated", EventKind::Delegated),
    ("incident.annotated", EventKind::Annotated),
    ("incident.priority_updated", EventKind::PriorityUpdated),
    ("incident.service_updated", EventKind::ServiceUpdated),
    ("incident.incident_type.changed", EventKind::IncidentTypeChanged),
    ("incident.status_update_published", EventKind::StatusUpdatePublished),
    ("incident.responder.added", EventKind::ResponderAdded),
    ("incident.responder.replied", EventKind::ResponderReplied),
    ("incident.conference_bridge.updated", EventKind::ConferenceBridgeUpdated),
    ("incident.custom_field_values.updated", EventKind::CustomFieldsUpdated),
    ("incident.role.assigned", EventKind::RoleAssigned),
    ("incident.task.created", EventKind::TaskCreated),
    ("incident.task.updated", EventKind::TaskUpdated),
    ("incident.task.completed", EventKind::TaskCompleted),
    ("incident.workflow.started", EventKind::WorkflowStarted),
    ("incident.workflow.completed", EventKind::WorkflowCompleted),
    ("incident.action_invocation.created", EventKind::ActionCreated),
    ("incident.action_invocation.updated", EventKind::ActionUpdated),
    ("incident.action_invocation.terminated", EventKind::ActionTerminated),
    ("service.created", EventKind::ServiceCreated),
    ("service.updated", EventKind::ServiceChanged),
    ("service.deleted", EventKind::ServiceDeleted),
    ("service.custom_field_values.updated", EventKind::ServiceFieldsUpdated),
    ("pagey.ping", EventKind::Ping),
];

/// The types of event that are about incidents, all of which are understood: what a subscription should deliver.
pub(super) fn incident_events() -> impl Iterator<Item = &'static str> {
    TYPES.iter().map(|(name, _)| *name).filter(|name| name.starts_with("incident."))
}

pub(super) fn kind(event_type: &Text<'_>) -> Option<EventKind> {
    let known = TYPES.iter().find(|(name, _)| *name == event_type.as_str());
    match known {
        Some((_, kind)) => Some(kind.clone()),
        None => Foreign::line(event_type.as_str()).map(EventKind::Other),
    }
}
