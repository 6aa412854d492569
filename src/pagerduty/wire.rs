//! The JSON of the REST API: the fields that are used.

mod incident;
mod policy;
mod schedule;
mod shifts;
mod webhooks;

use crate::domain::incident::Person;
use crate::domain::text::Foreign;
use crate::net::id::word;
use crate::pagerduty::state::{Name, PolicyId, Reference, Service, ServiceId, TeamId, User, UserId};
pub(super) use incident::{WireActing, WireIncident};
pub(super) use policy::{WireOnCall, WirePolicy, rule};
pub(super) use schedule::{ListedSchedule, WireLayer, WireSchedule, WireShift};
use serde::Deserialize;
use serde_json::{Value, json};
pub(super) use shifts::WireShiftSchedule;
pub(super) use webhooks::{WireExtension, WireSubscription};

/// An answer with one thing in it, under the name of its kind.
#[derive(Deserialize)]
pub(super) struct One<T> {
    #[serde(
        alias = "user",
        alias = "schedule",
        alias = "escalation_policy",
        alias = "service",
        alias = "webhook_subscription",
        alias = "incident"
    )]
    pub one: T,
}

/// Anything by its id. `summary` is its name, as a rule.
#[derive(Deserialize)]
pub(super) struct Ref {
    #[serde(deserialize_with = "word")]
    pub id: String,
    #[serde(rename = "type")]
    type_: Option<String>,
    summary: Option<String>,
}

impl Ref {
    /// Its name, safe to show.
    fn name(&self) -> Option<Foreign> {
        self.summary.as_deref().and_then(Foreign::line)
    }

    /// Whether it is a user. What happens by itself is done by a service.
    fn is_user(&self) -> bool {
        self.type_.as_deref().is_some_and(|type_| type_.starts_with("user"))
    }

    /// A person, named by the id if PagerDuty sends no name.
    fn person(self) -> Option<Person> {
        let name = self.name().or_else(|| Foreign::line(&self.id))?;
        Some(Person { id: self.id, name })
    }

    pub fn into<Id>(self, id: impl Fn(String) -> Id) -> Reference<Id> {
        Reference { id: id(self.id), name: Name::new(self.summary.unwrap_or_default()) }
    }
}

/// A reference as it is sent.
pub(super) fn reference(id: &str, type_: &str) -> Value {
    json!({"id": id, "type": type_})
}

#[derive(Deserialize)]
pub(super) struct WireUser {
    #[serde(deserialize_with = "word")]
    id: String,
    name: String,
    email: String,
    #[serde(default)]
    role: String,
}

impl From<WireUser> for User {
    fn from(user: WireUser) -> Self {
        Self { id: UserId(user.id), name: Name::new(user.name), email: user.email, role: user.role }
    }
}

#[derive(Deserialize)]
pub(super) struct WireService {
    #[serde(deserialize_with = "word")]
    id: String,
    name: String,
    escalation_policy: Ref,
    #[serde(default)]
    teams: Vec<Ref>,
}

impl From<WireService> for Service {
    fn from(service: WireService) -> Self {
        Self {
            id: ServiceId(service.id),
            name: Name::new(service.name),
            policy: service.escalation_policy.into(PolicyId),
            teams: service.teams.into_iter().map(|team| TeamId(team.id)).collect(),
        }
    }
}
