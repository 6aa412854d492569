//! What can happen to an incident, and what follows from it.

use crate::domain::text::Foreign;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What happened to the incident. The names are those of the setting `MENTION_ON` and of the log.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum EventKind {
            $($(#[$doc])* $variant,)*
            /// A type that this version does not know, by the sender's name for it. New types may appear at any time.
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
    Triggered = "triggered",
    /// Somebody took it.
    Acknowledged = "acknowledged",
    /// The acknowledgement timed out.
    Unacknowledged = "unacknowledged",
    Resolved = "resolved",
    /// After it was resolved.
    Reopened = "reopened",
    /// Somebody gave it to somebody else.
    Reassigned = "reassigned",
    /// It went up a level of its escalation policy.
    Escalated = "escalated",
    /// It went to another escalation policy.
    Delegated = "delegated",
    /// A note was written.
    Annotated = "annotated",
    PriorityUpdated = "priority_updated",
    /// It moved to another service.
    ServiceUpdated = "service_updated",
    IncidentTypeChanged = "incident_type_changed",
    StatusUpdatePublished = "status_update_published",
    /// Somebody was asked to help.
    ResponderAdded = "responder_added",
    /// Somebody who was asked to help answered.
    ResponderReplied = "responder_replied",
    ConferenceBridgeUpdated = "conference_bridge_updated",
    CustomFieldsUpdated = "custom_fields_updated",
    RoleAssigned = "role_assigned",
    TaskCreated = "task_created",
    TaskUpdated = "task_updated",
    TaskCompleted = "task_completed",
    WorkflowStarted = "workflow_started",
    WorkflowCompleted = "workflow_completed",
    ActionCreated = "action_created",
    ActionUpdated = "action_updated",
    ActionTerminated = "action_terminated",
    /// Somebody pressed a button of theirs (webhooks v2).
    CustomAction = "custom_action",
    /// This and the next three are about a service, not about an incident.
    ServiceCreated = "service_created",
    ServiceChanged = "service_changed",
    ServiceDeleted = "service_deleted",
    ServiceFieldsUpdated = "service_fields_updated",
    /// A test from the sender's web page.
    Ping = "ping",
    /// It became critical while it was open.
    Worsened = "worsened",
    /// Its state changed, and it is still open.
    StateChanged = "state_changed",
    /// Somebody changed the state of a host; not about an incident.
    HostStatusChanged = "host_status_changed",
    JobStarted = "job_started",
    JobSucceeded = "job_succeeded",
    JobFailed = "job_failed",
    /// Somebody in the chat is on it.
    Taken = "taken",
    /// Somebody in the chat is not on it any more.
    HandedBack = "handed_back",
    /// Somebody in the chat goes on with it when the shift is over.
    Stays = "stays",
    /// Somebody in the chat has called SRE, and PagerDuty notifies them.
    SreCalled = "sre_called",
    /// Somebody in the chat has called SRE, and PagerDuty has not done it.
    SreNotCalled = "sre_not_called",
    /// The shift is about to end, and it is open.
    ShiftEnds = "shift_ends",
    /// The shift has ended, and it is open.
    ShiftOver = "shift_over",
    /// A job that was started for an incident failed.
    IncidentJobFailed = "incident_job_failed",
    /// A job ended in another way: unstable, aborted, not built.
    JobEnded = "job_ended",
}

impl EventKind {
    /// Whether it may be the first that is reported of its incident.
    pub fn opens(&self) -> bool {
        matches!(self, Self::Triggered | Self::Reopened | Self::Worsened)
    }

    /// Whether somebody may have to act on it, as on a new incident.
    pub fn calls_somebody(&self) -> bool {
        use EventKind::{Escalated, Reassigned, Reopened, Triggered, Unacknowledged, Worsened};
        matches!(self, Triggered | Reopened | Unacknowledged | Escalated | Reassigned | Worsened)
    }

    /// Whether it is about a job, and not about the incident for which the job may run.
    pub fn is_about_a_job(&self) -> bool {
        use EventKind::{IncidentJobFailed, JobEnded, JobFailed, JobStarted, JobSucceeded};
        matches!(self, JobStarted | JobSucceeded | JobFailed | IncidentJobFailed | JobEnded)
    }

    /// The kind that decides in `MENTION_ON` about this one. An alert that gets worse, or whose repair failed, mentions as a
    /// new one does.
    pub fn mentions_as(&self) -> &Self {
        match self {
            Self::Worsened | Self::IncidentJobFailed => &Self::Triggered,
            other => other,
        }
    }

    /// Whether it usually happens by itself, so that the message need not say so.
    pub fn happens_by_itself(&self) -> bool {
        use EventKind::{StateChanged, Worsened};
        self.is_about_a_job() || matches!(self, Worsened | StateChanged)
    }

    /// Whether it changes the status of its incident: how far it is, or who has it.
    pub fn changes_status(&self) -> bool {
        use EventKind::{Acknowledged, Delegated, Resolved, StateChanged};
        let is_state = self.calls_somebody() || matches!(self, Acknowledged | Resolved | Delegated | StateChanged);
        is_state || self.is_pressed()
    }

    /// Whether it was done in the chat. What changes by it is in the ledger before it is told.
    pub fn is_pressed(&self) -> bool {
        matches!(self, Self::Taken | Self::HandedBack | Self::Stays | Self::SreCalled | Self::SreNotCalled)
    }

    /// Whether it is about the end of the shift.
    pub fn is_of_the_shift(&self) -> bool {
        matches!(self, Self::ShiftEnds | Self::ShiftOver)
    }

    /// Whether no sender sends it: it comes of what people press, or of the time.
    pub fn is_ours(&self) -> bool {
        self.is_pressed() || self.is_of_the_shift()
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
