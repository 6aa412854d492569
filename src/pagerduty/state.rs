//! What is in an account, as far as toban looks at it.

mod webhooks;

use crate::domain::text::Foreign;
use chrono::{DateTime, NaiveTime, Utc};
use std::fmt;
pub use webhooks::{Extension, Scope, Subscription, UNFINISHED, is_same_url};

macro_rules! ids {
    ($($(#[doc = $doc:literal])* $name:ident,)*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
            pub struct $name(pub String);

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&self.0)
                }
            }
        )*
    };
}

ids! {
    /// A user's id, `PXXXXXX`.
    UserId,
    /// A schedule's id.
    ScheduleId,
    /// The id of a layer of a schedule.
    LayerId,
    /// An escalation policy's id.
    PolicyId,
    /// A service's id.
    ServiceId,
    /// The id of a v3 webhook subscription.
    SubscriptionId,
    /// A team's id.
    TeamId,
}

/// What somebody called something. It is compared as it is, and shown in quotation marks without what could dress it as
/// something else in a terminal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(String);

impl Name {
    /// Keeps a name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name as it can be shown in a message.
    pub fn shown(&self) -> Option<Foreign> {
        Foreign::line(&self.0)
    }

    /// Whether it is this very name: PagerDuty's own search also finds what is only similar.
    pub fn is(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.shown() {
            Some(name) => write!(f, "\"{name}\""),
            None => f.write_str("(no name)"),
        }
    }
}

/// Somebody with a login, or the dummy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Its name.
    pub name: Name,
    /// Unique in the account, in any case of letters.
    pub email: String,
    /// `limited_user`, `read_only_user`, …
    pub role: String,
}

impl User {
    /// Stakeholders cannot be on a schedule; all other roles can.
    pub fn can_be_on_call(&self) -> bool {
        !self.role.starts_with("read_only_")
    }
}

/// Something else that is only referred to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference<Id> {
    /// Its id.
    pub id: Id,
    /// Its name, or what PagerDuty says in its place.
    pub name: Name,
}

/// What alerts come in at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// Its name.
    pub name: Name,
    /// Its escalation policy.
    pub policy: Reference<PolicyId>,
    /// Whose it is.
    pub teams: Vec<TeamId>,
}

/// A schedule made of layers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Its id.
    pub id: ScheduleId,
    /// Its name.
    pub name: Name,
    /// The zone in which its restrictions are meant, by its IANA name.
    pub zone: String,
    /// As it is, to be sent back.
    pub description: Option<String>,
    /// Those of the past too: they cannot be deleted.
    pub layers: Vec<Layer>,
    /// Who is on call when, in the time that was asked for, overrides included.
    pub shifts: Vec<Shift>,
}

/// A layer of a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// `None` for one that is to be made.
    pub id: Option<LayerId>,
    /// Its name.
    pub name: String,
    /// Its first moment. PagerDuty moves one in the past to the time of saving.
    pub start: DateTime<Utc>,
    /// Its end; `None` when it goes on.
    pub end: Option<DateTime<Utc>>,
    /// From where the turns are counted.
    pub virtual_start: DateTime<Utc>,
    /// How long a turn takes, in seconds.
    pub turn_seconds: u64,
    /// Who takes turns.
    pub users: Vec<UserId>,
    /// When it holds; always, where there is none.
    pub restrictions: Vec<Restriction>,
}

impl Layer {
    /// Whether it has an effect from now on.
    pub fn is_in_force(&self, now: DateTime<Utc>) -> bool {
        self.end.is_none_or(|end| end > now)
    }
}

/// A time of each day or week in which a layer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Restriction {
    /// The day on which it begins, 1 for Monday; `None` for each day.
    pub day: Option<u8>,
    /// When it begins, in the schedule's zone.
    pub start: NaiveTime,
    /// How long it takes, in seconds.
    pub seconds: u32,
}

/// Somebody's time on call, half-open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// From when on.
    pub start: DateTime<Utc>,
    /// Until before when.
    pub end: DateTime<Utc>,
    /// Who.
    pub user: UserId,
}

/// Who is told after whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its id.
    pub id: PolicyId,
    /// Its name.
    pub name: Name,
    /// Its levels, the first one first.
    pub rules: Vec<Rule>,
    /// How often it starts again at its end; kept as it is.
    pub loops: u64,
    /// As it is, to be sent back.
    pub description: Option<String>,
    /// As they are, to be sent back.
    pub teams: Vec<String>,
    /// `if_has_services` or `always`; as it is, to be sent back.
    pub handoff_notifications: Option<String>,
    /// The services that use it.
    pub services: Vec<Reference<ServiceId>>,
}

/// One level of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// How long this level has, in minutes, before the next one is told.
    pub minutes: u64,
    /// Who is told.
    pub targets: Vec<Target>,
    /// Whether only one of the targets is told, in turn.
    pub is_round_robin: bool,
}

/// Whom a rule tells. Two are the same when kind and id are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What it is.
    pub kind: TargetKind,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Name,
}

/// What a rule can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TargetKind {
    /// A person.
    User,
    /// Whoever is on call on a schedule.
    Schedule,
    /// Something that toban does not know, such as a schedule made of shifts.
    Other,
}

/// Somebody on call for a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnCall {
    /// The level, 1 for the first.
    pub level: u64,
    /// Who.
    pub user: Reference<UserId>,
    /// From when on; `None` for always, because the policy names the user itself.
    pub start: Option<DateTime<Utc>>,
    /// Until before when; `None` for ever.
    pub end: Option<DateTime<Utc>>,
}
