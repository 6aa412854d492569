//! What PagerDuty holds, as far as toban uses it.

mod webhooks;

use crate::domain::text::Foreign;
use chrono::{DateTime, NaiveTime, Utc};
use std::fmt;
pub use webhooks::{Extension, Scope, Subscription, UNFINISHED, is_same_url};

macro_rules! ids {
    ($($name:ident,)*) => {
        $(
            /// PagerDuty's id, such as `PXXXXXX`.
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
    UserId,
    ScheduleId,
    LayerId,
    PolicyId,
    ServiceId,
    SubscriptionId,
    TeamId,
}

/// A name that somebody chose. Compared as it is; shown in quotation marks and without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(String);

impl Name {
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Safe to show in a message; `None` if nothing is left of it.
    pub fn shown(&self) -> Option<Foreign> {
        Foreign::line(&self.0)
    }

    /// Whether it is exactly this name: PagerDuty's search also finds similar ones.
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

/// A person with a login, or the dummy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub name: Name,
    /// Unique in the account; upper and lower case are the same.
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

/// Something that is only referred to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference<Id> {
    pub id: Id,
    /// Its name, or whatever PagerDuty gives as its summary.
    pub name: Name,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    pub id: ServiceId,
    pub name: Name,
    pub policy: Reference<PolicyId>,
    pub teams: Vec<TeamId>,
}

/// A schedule made of layers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    pub id: ScheduleId,
    pub name: Name,
    /// The time zone of its restrictions, by its IANA name.
    pub zone: String,
    /// Kept only to be sent back.
    pub description: Option<String>,
    /// Past ones included: layers cannot be deleted.
    pub layers: Vec<Layer>,
    /// Who is on call when, within the time that was asked for, overrides included.
    pub shifts: Vec<Shift>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// `None` for a layer that is yet to be created.
    pub id: Option<LayerId>,
    pub name: String,
    /// PagerDuty moves a start in the past to the time of saving.
    pub start: DateTime<Utc>,
    /// `None` when it has no end.
    pub end: Option<DateTime<Utc>>,
    /// The turns are counted from here.
    pub virtual_start: DateTime<Utc>,
    pub turn_seconds: u64,
    pub users: Vec<UserId>,
    /// When the layer applies; without any it always does.
    pub restrictions: Vec<Restriction>,
}

impl Layer {
    /// Whether it applies now or later.
    pub fn is_in_force(&self, now: DateTime<Utc>) -> bool {
        self.end.is_none_or(|end| end > now)
    }
}

/// A time of each day or week in which a layer applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Restriction {
    /// The day on which it begins, 1 for Monday; `None` for every day.
    pub day: Option<u8>,
    /// In the schedule's time zone.
    pub start: NaiveTime,
    pub seconds: u32,
}

/// A time on call, half-open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub user: UserId,
}

/// An escalation policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub id: PolicyId,
    pub name: Name,
    /// Its levels, in order.
    pub rules: Vec<Rule>,
    /// How often it starts again at its end. Kept only to be sent back.
    pub loops: u64,
    /// Kept only to be sent back.
    pub description: Option<String>,
    /// Kept only to be sent back.
    pub teams: Vec<String>,
    /// `if_has_services` or `always`. Kept only to be sent back.
    pub handoff_notifications: Option<String>,
    pub services: Vec<Reference<ServiceId>>,
}

/// One level of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// How long this level has before the next one is notified.
    pub minutes: u64,
    pub targets: Vec<Target>,
    /// Whether only one of the targets is notified, in turn.
    pub is_round_robin: bool,
}

/// Whom a rule notifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub kind: TargetKind,
    pub id: String,
    pub name: Name,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum TargetKind {
    User,
    /// Made of layers: whoever is on call on it.
    Schedule,
    /// Made of shifts: everybody who is on call on it. PagerDuty takes the one kind for the other in no call.
    ShiftSchedule,
    /// A kind that toban does not know, in PagerDuty's word for it.
    Other(String),
}

/// A user who is on call for a policy, by name or on a schedule of either kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnCall {
    /// 1 for the first.
    pub level: u64,
    pub user: Reference<UserId>,
    /// `None` for always: the policy names the user itself.
    pub start: Option<DateTime<Utc>>,
    /// `None` for no end.
    pub end: Option<DateTime<Utc>>,
}
