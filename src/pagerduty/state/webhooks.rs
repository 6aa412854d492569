//! What delivers events: v3 webhook subscriptions and extensions.

use super::{Name, Service, ServiceId, SubscriptionId, TeamId};

/// What our subscription is called as long as nobody has its signing secret.
pub const UNFINISHED: &str = "toban (nobody has its signing secret)";

/// A v3 webhook subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its id.
    pub id: SubscriptionId,
    /// What it is called.
    pub description: String,
    /// Where it delivers to.
    pub url: String,
    /// The names of the events that it delivers.
    pub events: Vec<String>,
    /// Whether somebody wants it to deliver.
    pub is_active: bool,
    /// Whether PagerDuty has turned it off for a day, after three deliveries that it had to drop.
    pub is_disabled: bool,
}

impl Subscription {
    /// Whether it was made by an apply that stopped before anybody had its secret.
    pub fn is_unfinished(&self) -> bool {
        self.description == UNFINISHED && !self.is_active
    }
}

/// Whether two addresses are the same receiver.
pub fn is_same_url(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

/// Whose events a v3 webhook subscription delivers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Those of one service.
    Service(ServiceId),
    /// Those of all services of a team.
    Team(TeamId),
    /// All.
    Account,
    /// Something that toban does not know.
    Other,
}

impl Scope {
    /// Whether what happens to that service is delivered.
    pub fn covers(&self, service: &Service) -> bool {
        match self {
            Self::Service(id) => *id == service.id,
            Self::Team(id) => service.teams.contains(id),
            Self::Account => true,
            Self::Other => false,
        }
    }
}

/// A v1 or v2 webhook extension, or another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Name,
    /// Where it delivers to, if it does.
    pub url: Option<String>,
    /// The kind of extension, in PagerDuty's words: `Generic V2 Webhook`.
    pub kind: Name,
    /// Whether PagerDuty has turned it off.
    pub is_disabled: bool,
}
