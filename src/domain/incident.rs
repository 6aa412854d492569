//! What happened: one event of one incident, whichever source it came from.

mod closing;
pub mod drill;
mod id;
mod key;
mod kind;
mod origin;
mod ours;
mod taker;

use crate::domain::few::Few;
use crate::domain::service_level::{MarkerFault, ServiceLevel};
use crate::domain::text::{Foreign, Link, Tag};
use chrono::{DateTime, TimeDelta, Utc};
pub use closing::Closing;
pub use drill::Drill;
pub use id::{IncidentId, IncidentNumber};
pub use key::{EventKey, OwnKey};
pub use kind::EventKind;
pub use origin::{Origin, OtherSource};
pub use ours::Ours;
pub use taker::{Escalation, SHIFT, SreCall, Taker};

/// How loud PagerDuty was asked to be. Priority is another field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// Wakes somebody up.
    High,
    /// It can wait.
    Low,
}

/// How far an incident is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody works on it yet.
    Triggered,
    /// Somebody works on it.
    Acknowledged,
    /// It is over.
    Resolved,
}

/// The current status of an incident: what its first message is kept up to date with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    pub state: State,
    /// Who is asked to take it, who has it, or who resolved it. Placeholder users are among them.
    pub holders: Few<Person>,
    /// Who is on it, by what they pressed in the chat.
    pub takers: Vec<Taker>,
    /// Who goes on with it when the shift is over, by what they pressed.
    pub stays: Vec<Taker>,
    /// If somebody in the chat has called SRE, and PagerDuty has done it.
    pub sre: Option<SreCall>,
    /// When it was triggered or, if it was reopened, when that was; `None` if nobody has said.
    pub opened_at: Option<DateTime<Utc>>,
    /// Since when it has this state and these holders.
    pub changed_at: DateTime<Utc>,
}

/// Somebody that PagerDuty knows. Whether the chat knows them too is in the members tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// PagerDuty's id, `PXXXXXX`; the members tab may hold it.
    pub id: String,
    /// The name to show; the id if PagerDuty sent none.
    pub name: Foreign,
}

impl Person {
    /// Whether it is the same one: by the id, where there is one.
    pub fn is(&self, other: &Self) -> bool {
        if self.id.is_empty() || other.id.is_empty() { self.name == other.name } else { self.id == other.id }
    }
}

/// The problem itself, as far as the event describes it. A note has little more than the id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Incident {
    /// `None` for events of no incident (a service was renamed, a ping).
    pub id: Option<IncidentId>,
    pub number: Option<IncidentNumber>,
    /// One line.
    pub title: Option<Foreign>,
    pub service: Option<Foreign>,
    pub urgency: Option<Urgency>,
    /// As the sender says.
    pub state: Option<State>,
    /// The account's own name of a priority, `P2`.
    pub priority: Option<Foreign>,
    /// Its page at the sender.
    pub link: Option<Link>,
    /// Who has it now, placeholder users included. Empty when it is resolved.
    pub assignees: Few<Person>,
    /// When it began, by its sender's clock.
    pub created_at: Option<DateTime<Utc>>,
    /// The tag by which somebody named it, if nothing else is known of it.
    pub named: Option<Tag>,
}

impl Incident {
    /// The tag that every message of this incident carries.
    pub fn tag(&self) -> Option<Tag> {
        let by_id = || self.id.as_ref().and_then(IncidentId::tag);
        self.number.map(IncidentNumber::tag).or_else(by_id).or_else(|| self.named.clone())
    }
}

/// What an event says besides its kind, which decides which of these are set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Details {
    /// Whom it is about: who was asked to help, who got the task.
    pub people: Few<Person>,
    /// What it is about, by name: the new priority, the policy it went to, the task, the workflow.
    pub subject: Option<Foreign>,
    /// The state of the subject, in the sender's word: `accepted`, `todo`, `running`.
    pub state: Option<Foreign>,
    /// The alerts of a group, in a line each.
    pub alerts: Few<Foreign>,
    /// What somebody wrote, line by line: a note, a status update, a request.
    pub quote: Vec<Foreign>,
    /// Whether the sender sent only the beginning of the quote.
    pub quote_is_cut: bool,
    /// Whether the sender may trigger again what is open, and means no new call by it.
    pub is_said_again: bool,
    /// Name and new value of what was changed.
    pub fields: Few<(Foreign, Foreign)>,
    /// Who has which role now, of the roles that changed hands.
    pub roles: Few<Role>,
    /// A link that is not the incident's: the conference.
    pub link: Option<Link>,
    /// The title of the incident that this one was merged into.
    pub merged_into: Option<Box<Foreign>>,
    /// How long a job took.
    pub took: Option<TimeDelta>,
    /// Why an alert is over, if the sender says more than that it is.
    pub closing: Option<Closing>,
    /// What an alert says of a service level, or what is wrong with how it says that.
    pub service_level: Option<Box<Result<ServiceLevel, MarkerFault>>>,
    /// What no sender says. Boxed, as senders' events are moved about without it.
    pub ours: Option<Box<Ours>>,
    /// The sender's word for a state that this version does not know, if the event calls somebody nevertheless.
    pub unknown_word: Option<Box<Foreign>>,
}

/// A role in the response to an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The account's own name of it.
    pub name: Option<Foreign>,
    /// `None` if nobody has it any more.
    pub holder: Option<Person>,
}

/// Why an authentic body could not be read, and how to find it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The sender's id of the delivery, or the event's key.
    pub delivery: Foreign,
    pub why: Illegible,
}

/// What is wrong with a body that is authentic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Illegible {
    /// It is not JSON, or not of a shape that this source sends.
    Shape,
    /// PagerDuty's first webhook version, which ended in 2022.
    VersionOne,
    /// Over 256 KiB.
    TooLarge,
    /// Reading, deciding or wording it made the code panic.
    Panicked,
}

/// One event of one incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentEvent {
    pub origin: Origin,
    /// Recognises a repeat.
    pub key: EventKey,
    pub kind: EventKind,
    /// By the sender's clock, or when it arrived.
    pub occurred_at: DateTime<Utc>,
    pub arrived_at: DateTime<Utc>,
    /// If the sender tells no time, a digest of what it says: the same again within a few minutes is a repeat.
    pub untimed: Option<Box<str>>,
    /// Who did it; `None` means automatically.
    pub agent: Option<Person>,
    pub incident: Incident,
    pub details: Details,
    /// Set if the body could not be read; only `key`, `kind` and `occurred_at` mean something then.
    pub unreadable: Option<Unreadable>,
    /// Set if no webhook reported it, and it was found by asking PagerDuty.
    pub missed: Option<Missed>,
}

impl IncidentEvent {
    /// An event of which nothing else is known.
    pub fn new(origin: Origin, key: EventKey, kind: EventKind, occurred_at: DateTime<Utc>) -> Self {
        Self {
            origin,
            key,
            kind,
            occurred_at,
            arrived_at: occurred_at,
            untimed: None,
            agent: None,
            incident: Incident::default(),
            details: Details::default(),
            unreadable: None,
            missed: None,
        }
    }

    /// What no sender says.
    pub fn ours(&self) -> Ours {
        self.details.ours.as_deref().copied().unwrap_or_default()
    }

    /// Whether it only says that something is open still, if it is: such a sender says so from time to time.
    pub fn may_be_no_news(&self) -> bool {
        self.details.is_said_again && matches!(self.kind, EventKind::Triggered | EventKind::StateChanged)
    }

    /// Whether nothing of its incident precedes it.
    pub fn is_beginning(&self) -> bool {
        self.kind == EventKind::Triggered && self.origin.begins_once() && self.untimed.is_none()
    }
}

/// An event that no webhook reported. Of several that are found at once only the first mentions anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missed {
    /// The usual rules decide whom it mentions.
    First,
    /// It mentions nobody, because the first one does.
    Further,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_the_same_by_id_or_where_one_has_none_by_name() {
        let person = |id: &str, name: &str| Person { id: id.into(), name: Foreign::line(name).expect("a name") };
        for (one, other, expected) in [
            (("P1", "佐藤"), ("P1", "佐藤"), true),
            (("P1", "佐藤"), ("P1", "佐藤 健"), true),
            (("P1", "佐藤"), ("P2", "佐藤"), false),
            (("P1", "佐藤"), ("", "佐藤"), true),
            (("", "佐藤"), ("P1", "佐藤"), true),
            (("", "佐藤"), ("", "佐藤"), true),
            (("", "佐藤"), ("", "山田"), false),
        ] {
            assert_eq!(person(one.0, one.1).is(&person(other.0, other.1)), expected, "{one:?} {other:?}");
        }
    }

    #[test]
    fn only_a_beginning_that_happens_once_has_nothing_before_it() {
        for (origin, kind, untimed, expected) in [
            (Origin::PagerDuty, EventKind::Triggered, None, true),
            (Origin::Watchdog, EventKind::Triggered, None, true),
            (Origin::PagerDuty, EventKind::Reopened, None, false),
            (Origin::PagerDuty, EventKind::Triggered, Some("0f1e"), false),
            (Origin::Shift, EventKind::Triggered, None, false),
            (Origin::Press, EventKind::Taken, None, false),
        ] {
            let event = IncidentEvent::new(origin, EventKey("1".into()), kind, DateTime::UNIX_EPOCH);
            let event = IncidentEvent { untimed: untimed.map(Into::into), ..event };
            assert_eq!(event.is_beginning(), expected, "{event:?}");
        }
    }
}
