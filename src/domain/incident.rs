//! What happened: one event of one incident, whichever source it came from.

mod key;
mod kind;

use crate::domain::text::{Foreign, Link, Tag};
use chrono::{DateTime, TimeDelta, Utc};
pub use key::{EventKey, OwnKey};
pub use kind::EventKind;
use std::fmt;

/// Who has told us about an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// PagerDuty, by a webhook.
    PagerDuty,
    /// Mackerel, by a webhook.
    Mackerel,
    /// Jenkins' Notification plugin.
    Jenkins,
    /// Whatever posts to `/events`: Nagios, a cron job.
    Events,
    /// The watchdog, which found out by asking PagerDuty.
    Watchdog,
}

impl Origin {
    /// Its name in the queue and in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::PagerDuty => "pagerduty",
            Self::Mackerel => "mackerel",
            Self::Jenkins => "jenkins",
            Self::Events => "events",
            Self::Watchdog => "watchdog",
        }
    }

    /// Its name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::PagerDuty | Self::Watchdog => "PagerDuty",
            Self::Mackerel => "Mackerel",
            Self::Jenkins => "Jenkins",
            Self::Events => "/events",
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::PagerDuty, Self::Mackerel, Self::Jenkins, Self::Events, Self::Watchdog]
            .into_iter()
            .find(|origin| origin.name() == name)
    }
}

/// What makes events belong together. PagerDuty's own opaque id, `Q2YXK4P7T3M1NC`, or one of another source, which begins
/// with that source's name and so is never one of PagerDuty's: `mackerel:2bj6TgCZ8Xy`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IncidentId(pub String);

impl IncidentId {
    /// The incident of a Mackerel alert of that id: letters and digits.
    pub fn mackerel(id: &str) -> Self {
        Self(format!("mackerel:{id}"))
    }

    /// The incident of a sender's own key at `/events`, by a digest of that key.
    pub fn events(digest: &str) -> Self {
        Self(format!("events:{digest}"))
    }

    /// The tag of an incident that has no number: `#MK` or `#EV` and the end of its id, which differs most. `None` for
    /// PagerDuty's, which are tagged by their number.
    pub fn tag(&self) -> Option<Tag> {
        let (source, id) = self.0.split_once(':')?;
        match source {
            "mackerel" => Tag::mackerel(id),
            "events" => Tag::events(id),
            _ => None,
        }
    }
}

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The number that people say, unique in a PagerDuty account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IncidentNumber(pub u64);

impl IncidentNumber {
    /// What the incident's messages carry.
    pub fn tag(self) -> Tag {
        Tag::pagerduty(self.0)
    }
}

impl fmt::Display for IncidentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How loud PagerDuty was asked to be. Priority is another field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// Somebody is to be woken.
    High,
    /// It can wait.
    Low,
}

/// How far an incident is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody has it.
    Triggered,
    /// Somebody has it.
    Acknowledged,
    /// It is over.
    Resolved,
}

/// How an incident stands at the moment: what its first message is kept up to date with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// How far it is.
    pub state: State,
    /// Who is asked to take it, who has it, or who has ended it; PagerDuty's users that are no people among them.
    pub holders: Vec<Person>,
    /// When it began, or began again.
    pub opened_at: DateTime<Utc>,
    /// Since when it is as it is.
    pub changed_at: DateTime<Utc>,
}

/// Somebody that PagerDuty knows. Whether the chat knows them too is the members tab's business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// PagerDuty's id, `PXXXXXX`; the members tab may hold it.
    pub id: String,
    /// The name to show; the id where PagerDuty sent none.
    pub name: Foreign,
}

/// The problem itself, as far as the event tells. A note tells hardly more than the id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Incident {
    /// What makes two events belong together. `None` for events of no incident (a service was renamed, a ping).
    pub id: Option<IncidentId>,
    /// The number, and with it the tag.
    pub number: Option<IncidentNumber>,
    /// One line.
    pub title: Option<Foreign>,
    /// The service that has the problem.
    pub service: Option<Foreign>,
    /// How loud.
    pub urgency: Option<Urgency>,
    /// How far it is, by PagerDuty's own word.
    pub state: Option<State>,
    /// The account's own name of a priority, `P2`.
    pub priority: Option<Foreign>,
    /// Its page at whoever has told of it.
    pub link: Option<Link>,
    /// Who has it now, people that are none included. Empty when it is resolved.
    pub assignees: Vec<Person>,
    /// The tag by which somebody has named it, when that is all that is known of it.
    pub named: Option<Tag>,
}

impl Incident {
    /// The tag that every message of this incident carries.
    pub fn tag(&self) -> Option<Tag> {
        let by_id = || self.id.as_ref().and_then(IncidentId::tag);
        self.number.map(IncidentNumber::tag).or_else(by_id).or_else(|| self.named.clone())
    }
}

/// What an event says besides its kind: which of these are there depends on the kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Details {
    /// Whom it is about: who was asked to help, who got the task.
    pub people: Vec<Person>,
    /// What it is about, by name: the new priority, the policy it went to, the task, the workflow.
    pub subject: Option<Foreign>,
    /// How that stands now, in PagerDuty's word: `accepted`, `todo`, `running`.
    pub state: Option<Foreign>,
    /// What somebody wrote, line by line: a note, a status update, a request.
    pub quote: Vec<Foreign>,
    /// PagerDuty sent only the beginning of the quote.
    pub quote_is_cut: bool,
    /// Name and new value of what was changed.
    pub fields: Vec<(Foreign, Foreign)>,
    /// Who has which role now, of those that changed hands.
    pub roles: Vec<Role>,
    /// A link that is not the incident's: the conference.
    pub link: Option<Link>,
    /// The title of the incident that this one was merged into.
    pub merged_into: Option<Foreign>,
    /// How long it took.
    pub took: Option<TimeDelta>,
}

/// A role in the response to an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The account's own name of it.
    pub name: Option<Foreign>,
    /// Who has it; `None` when nobody has it any more.
    pub holder: Option<Person>,
}

/// Why an authentic body could not be read, and how to find it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The sender's id of the delivery, or the event's key.
    pub delivery: Foreign,
    /// What is wrong with it.
    pub why: Illegible,
}

/// What is wrong with a body that is authentic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Illegible {
    /// It is not JSON, or not of a shape that this source has.
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
    /// Who has told of it.
    pub origin: Origin,
    /// Recognises a repeat.
    pub key: EventKey,
    /// What happened.
    pub kind: EventKind,
    /// When it happened, by the sender's clock.
    pub occurred_at: DateTime<Utc>,
    /// Who did it; `None` means automatically.
    pub agent: Option<Person>,
    /// To which incident.
    pub incident: Incident,
    /// What else the event says.
    pub details: Details,
    /// Set when the body could not be read; only `key`, `kind` and `occurred_at` mean something then.
    pub unreadable: Option<Unreadable>,
    /// Set when no webhook has told it, and it was found by asking PagerDuty.
    pub missed: Option<Missed>,
}

/// An event of which no webhook has told. Several that are found at once have one mention between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missed {
    /// Whom it mentions is decided as ever.
    First,
    /// It mentions nobody, because another that was found with it does.
    Further,
}
