//! In English.

use crate::domain::incident::EventKind;
use crate::domain::message::Line;
use crate::domain::policy::{Decision, Mention, Rule};

pub fn kind(kind: &EventKind) -> (&'static str, &'static str) {
    match kind {
        EventKind::Triggered => ("🔥", "Triggered"),
        EventKind::Acknowledged => ("👀", "Acknowledged"),
        EventKind::Unacknowledged => ("⏰", "Acknowledgement timed out"),
        EventKind::Resolved => ("✅", "Resolved"),
        EventKind::Reopened => ("🔥", "Reopened"),
        EventKind::Reassigned => ("👉", "Reassigned"),
        EventKind::Escalated => ("📣", "Escalated"),
        EventKind::Delegated => ("📣", "Escalation policy changed"),
        EventKind::Annotated => ("📝", "Note"),
        EventKind::PriorityUpdated => ("🏷️", "Priority changed"),
        EventKind::ServiceUpdated => ("🏷️", "Service changed"),
        EventKind::IncidentTypeChanged => ("🏷️", "Type changed"),
        EventKind::StatusUpdatePublished => ("📢", "Status update"),
        EventKind::ResponderAdded => ("🙋", "Responder requested"),
        EventKind::ResponderReplied => ("🙋", "Responder replied"),
        EventKind::ConferenceBridgeUpdated => ("📞", "Conference"),
        EventKind::CustomFieldsUpdated => ("🏷️", "Fields changed"),
        EventKind::RoleAssigned => ("👤", "Role"),
        EventKind::TaskCreated => ("☑️", "Task added"),
        EventKind::TaskUpdated => ("☑️", "Task updated"),
        EventKind::TaskCompleted => ("☑️", "Task done"),
        EventKind::WorkflowStarted => ("⚙️", "Workflow started"),
        EventKind::WorkflowCompleted => ("⚙️", "Workflow completed"),
        EventKind::ActionCreated => ("⚙️", "Automation action started"),
        EventKind::ActionUpdated => ("⚙️", "Automation action updated"),
        EventKind::ActionTerminated => ("⚙️", "Automation action ended"),
        EventKind::CustomAction => ("⚙️", "Custom action"),
        EventKind::ServiceCreated => ("🧩", "Service created"),
        EventKind::ServiceChanged => ("🧩", "Service settings changed"),
        EventKind::ServiceDeleted => ("🧩", "Service deleted"),
        EventKind::ServiceFieldsUpdated => ("🧩", "Service fields changed"),
        EventKind::Ping => ("🏓", "Connection test"),
        EventKind::Worsened => ("🔥", "Worse"),
        EventKind::StateChanged => ("🔔", "Changed"),
        EventKind::HostStatusChanged => ("🖥️", "Host status changed"),
        EventKind::JobStarted => ("🔧", "Job started"),
        EventKind::JobSucceeded => ("🔧", "Job succeeded"),
        EventKind::JobFailed => ("❌", "Job failed"),
        EventKind::Taken => ("👀", "On it"),
        EventKind::HandedBack => ("👋", "Handed back"),
        EventKind::Stays => ("👀", "Staying on it"),
        EventKind::SreCalled => ("📣", "SRE called"),
        EventKind::SreNotCalled => ("❌", "SRE not called"),
        EventKind::ShiftEnds => ("⏰", "Shift ends"),
        EventKind::ShiftOver => ("🌙", "Shift over"),
        EventKind::IncidentJobFailed => ("❌", "Job for this incident failed"),
        EventKind::JobEnded => ("⚠️", "Job ended"),
        EventKind::Other(_) => ("ℹ️", "Other event"),
    }
}

/// The others read well as they are sent.
pub fn senders_state(word: &str) -> Option<&'static str> {
    (word == "INSUFFICIENT_DATA").then_some("insufficient data")
}

pub fn rule(decision: &Decision) -> Line {
    Line::own(match decision.reason.rule {
        Rule::KindIsQuiet => "nobody mentioned: events of this kind mention nobody (MENTION_ON)",
        Rule::WorkingHours => "on-call mentioned: in working hours",
        Rule::RotationGap => "fallback mentioned: in working hours, but today's on-call is not known",
        Rule::MarkedNobody => "fallback mentioned: in working hours, and today is marked as nobody's",
        Rule::RotationUnreadable => "fallback mentioned: in working hours, but the rotation cannot be read",
        Rule::WentTo => "new assignee mentioned: in working hours",
        Rule::WentToStrangers => "nobody mentioned: the new assignee is not in the members tab",
        Rule::TookItThemselves => "nobody mentioned: whoever assigned it took it themselves",
        Rule::OverAlready => "nobody mentioned: it is resolved already",
        Rule::OutsideHours if decision.reason.occurred.is_break => {
            "nobody mentioned: it happened in the break (BUSINESS_BREAK)"
        }
        Rule::OutsideHours => "nobody mentioned: it happened outside working hours",
        Rule::PostedTooLate if decision.reason.posted.is_break => {
            "nobody mentioned: it happened in working hours, but is posted late, in the break (BUSINESS_BREAK)"
        }
        Rule::PostedTooLate => "nobody mentioned: it happened in working hours, but is posted after them",
        Rule::HeldByNobody if decision.reason.occurred.is_break => {
            "fallback mentioned: in the break (BUSINESS_BREAK), and PagerDuty has assigned it to the dummy user only"
        }
        Rule::HeldByNobody => {
            "fallback mentioned: outside working hours, and PagerDuty has assigned it to the dummy user only"
        }
        Rule::AnotherMentions => "nobody mentioned: found together with another missed incident, which mentions",
        Rule::Drill => match decision.mention {
            Mention::Nobody if decision.reason.has_looked() => {
                "nobody mentioned: it is a drill, and today's on-call is not known"
            }
            Mention::Nobody => "nobody mentioned: it is a drill",
            _ => "on-call mentioned: it is a drill (toban drill --mention)",
        },
        Rule::OnIt => "whoever is on it mentioned: the shift ends",
        Rule::SreNotCalled => "fallback mentioned: SRE could not be called from the chat",
        Rule::ForTheRecord => "nobody mentioned: it is said for the record only",
        Rule::RepeatedBefore => "nobody mentioned: it may have been posted with a mention twice already",
    })
}
