//! What can happen to an incident, and what each of that means to those who are told.

use crate::domain::text::Foreign;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What happened to the incident. The names are those of the setting `MENTION_ON` and of the log.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum EventKind {
            $($(#[$doc])* $variant,)*
            /// A type that this version does not know, by the sender's name for it. More types may come at any time.
            Other(Foreign),
        }

        impl EventKind {
            /// Every kind that has a name of its own.
            pub const NAMED: &[EventKind] = &[$(EventKind::$variant,)*];

            /// The kind's name in settings and in the log.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Other(_) => "other",
                }
            }
        }
    };
}

kinds! {
    /// A new incident.
    Triggered = "triggered",
    /// Somebody has taken it.
    Acknowledged = "acknowledged",
    /// Nobody went on with it: the acknowledgement has timed out.
    Unacknowledged = "unacknowledged",
    /// It is over.
    Resolved = "resolved",
    /// It was over and is not.
    Reopened = "reopened",
    /// Somebody gave it to somebody.
    Reassigned = "reassigned",
    /// It went up a level.
    Escalated = "escalated",
    /// It went to another escalation policy.
    Delegated = "delegated",
    /// A note was written.
    Annotated = "annotated",
    /// It has another priority.
    PriorityUpdated = "priority_updated",
    /// It belongs to another service.
    ServiceUpdated = "service_updated",
    /// It is of another type.
    IncidentTypeChanged = "incident_type_changed",
    /// A status update went out.
    StatusUpdatePublished = "status_update_published",
    /// Somebody was asked to help.
    ResponderAdded = "responder_added",
    /// Somebody who was asked has answered.
    ResponderReplied = "responder_replied",
    /// The conference has another number or link.
    ConferenceBridgeUpdated = "conference_bridge_updated",
    /// Custom fields of the incident changed.
    CustomFieldsUpdated = "custom_fields_updated",
    /// Somebody has a role.
    RoleAssigned = "role_assigned",
    /// A task was made.
    TaskCreated = "task_created",
    /// A task changed.
    TaskUpdated = "task_updated",
    /// A task is done.
    TaskCompleted = "task_completed",
    /// A workflow runs.
    WorkflowStarted = "workflow_started",
    /// A workflow has ended.
    WorkflowCompleted = "workflow_completed",
    /// An automation action was asked for.
    ActionCreated = "action_created",
    /// An automation action goes on.
    ActionUpdated = "action_updated",
    /// An automation action has ended.
    ActionTerminated = "action_terminated",
    /// Somebody pressed a custom action (webhooks v2).
    CustomAction = "custom_action",
    /// A service was made; of no incident.
    ServiceCreated = "service_created",
    /// A service was changed; of no incident.
    ServiceChanged = "service_changed",
    /// A service is gone; of no incident.
    ServiceDeleted = "service_deleted",
    /// Custom fields of a service changed; of no incident.
    ServiceFieldsUpdated = "service_fields_updated",
    /// The test that a web page of the sender's sends.
    Ping = "ping",
    /// It has become critical while it was open.
    Worsened = "worsened",
    /// It is in another state and still open.
    StateChanged = "state_changed",
    /// Somebody has put a host into another state; of no incident.
    HostStatusChanged = "host_status_changed",
    /// A job has begun.
    JobStarted = "job_started",
    /// A job has done what it should.
    JobSucceeded = "job_succeeded",
    /// A job has failed.
    JobFailed = "job_failed",
    /// A job that was started for an incident has failed.
    IncidentJobFailed = "incident_job_failed",
    /// A job has ended in another way: unstable, aborted, not built.
    JobEnded = "job_ended",
}

impl EventKind {
    /// Whether it may be the first that is told of its incident.
    pub fn opens(&self) -> bool {
        matches!(self, Self::Triggered | Self::Reopened | Self::Worsened)
    }

    /// Whether somebody may have to act on it, as on a new incident, and not only to know of it.
    pub fn calls_somebody(&self) -> bool {
        use EventKind::{Escalated, Reassigned, Reopened, Triggered, Unacknowledged, Worsened};
        matches!(self, Triggered | Reopened | Unacknowledged | Escalated | Reassigned | Worsened)
    }

    /// Whether it tells of a job and not of the incident for which that may run.
    pub fn is_about_a_job(&self) -> bool {
        use EventKind::{IncidentJobFailed, JobEnded, JobFailed, JobStarted, JobSucceeded};
        matches!(self, JobStarted | JobSucceeded | JobFailed | IncidentJobFailed | JobEnded)
    }

    /// The kind that a team which wants to be told of this has asked for. An alert that gets worse, or whose repair has
    /// failed, calls as a new one does.
    pub fn mentions_as(&self) -> &Self {
        match self {
            Self::Worsened | Self::IncidentJobFailed => &Self::Triggered,
            other => other,
        }
    }

    /// Whether nobody expects to hear who did it.
    pub fn happens_by_itself(&self) -> bool {
        use EventKind::{StateChanged, Worsened};
        self.is_about_a_job() || matches!(self, Worsened | StateChanged)
    }

    /// Whether it changes how its incident stands: how far it is, or who has it.
    pub fn changes_status(&self) -> bool {
        use EventKind::{Acknowledged, Delegated, Resolved, StateChanged};
        self.calls_somebody() || matches!(self, Acknowledged | Resolved | Delegated | StateChanged)
    }

    /// The kind of that name in a setting.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMED.iter().find(|kind| kind.name() == name).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_name() {
        for kind in EventKind::NAMED {
            assert_eq!(EventKind::from_name(kind.name()).as_ref(), Some(kind));
        }
        assert_eq!(EventKind::from_name("other"), None);
        assert_eq!(EventKind::from_name("Triggered"), None);
    }
}
