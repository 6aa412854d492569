//! What delivers events: v3 webhook subscriptions and extensions.

use super::{Name, Service, ServiceId, SubscriptionId, TeamId};

/// The description of our subscription as long as nobody has its signing secret.
pub const UNFINISHED: &str = "toban (nobody has its signing secret)";

/// A v3 webhook subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    pub id: SubscriptionId,
    pub description: String,
    pub url: String,
    pub events: Vec<String>,
    /// Whether it is switched on.
    pub is_active: bool,
    /// Whether PagerDuty has turned it off for a day, after giving up on three deliveries.
    pub is_disabled: bool,
}

impl Subscription {
    /// Whether an apply created it and stopped before anybody had its secret.
    pub fn is_unfinished(&self) -> bool {
        self.description == UNFINISHED && !self.is_active
    }
}

/// Whether two URLs are the same receiver.
pub fn is_same_url(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

/// What a v3 webhook subscription delivers the events of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    Service(ServiceId),
    /// All services of a team.
    Team(TeamId),
    /// All services.
    Account,
    /// Of a kind that toban does not know.
    Other,
}

impl Scope {
    /// Whether that service's events are delivered.
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
    pub id: String,
    pub name: Name,
    /// `None` if it delivers nothing.
    pub url: Option<String>,
    /// In PagerDuty's words: `Generic V2 Webhook`.
    pub kind: Name,
    /// Whether PagerDuty has turned it off.
    pub is_disabled: bool,
}
