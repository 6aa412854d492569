//! What travels: the fields that are used, in both directions.

mod schedule;
mod told;

use crate::domain::incident::Person;
use crate::domain::text::Foreign;
use crate::pagerduty::state::{
    Name, Policy, PolicyId, Reference, Rule, Scope, Service, ServiceId, Subscription, SubscriptionId, Target,
    TargetKind, TeamId, User, UserId,
};
pub(super) use schedule::{ListedSchedule, WireLayer, WireSchedule, WireShift};
use serde::Deserialize;
use serde_json::{Value, json};
pub(super) use told::{WireExtension, WireIncident, WireOnCall};

/// Anything by its id. `summary` is its name, unless PagerDuty has put something else there.
#[derive(Deserialize)]
pub(super) struct Ref {
    pub id: String,
    #[serde(default, rename = "type")]
    type_: Option<String>,
    #[serde(default)]
    summary: Option<String>,
}

impl Ref {
    /// Its name, to be shown.
    fn name(&self) -> Option<Foreign> {
        self.summary.as_deref().and_then(Foreign::line)
    }

    /// Whether it is a user, and not a service that has done something by itself.
    fn is_user(&self) -> bool {
        self.type_.as_deref().is_some_and(|type_| type_.starts_with("user"))
    }

    /// Somebody; by the id where PagerDuty sends no name.
    fn person(self) -> Option<Person> {
        let name = self.name().or_else(|| Foreign::line(&self.id))?;
        Some(Person { id: self.id, name })
    }

    fn into<Id>(self, id: impl Fn(String) -> Id) -> Reference<Id> {
        Reference { id: id(self.id), name: Name::new(self.summary.unwrap_or_default()) }
    }
}

#[derive(Deserialize)]
pub(super) struct WireUser {
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
    id: String,
    name: String,
    escalation_policy: Ref,
    #[serde(default)]
    teams: Vec<Ref>,
}

impl From<WireService> for Service {
    fn from(service: WireService) -> Self {
        let WireService { id, name, escalation_policy, teams } = service;
        Self {
            id: ServiceId(id),
            name: Name::new(name),
            policy: escalation_policy.into(PolicyId),
            teams: teams.into_iter().map(|team| TeamId(team.id)).collect(),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct WirePolicy {
    id: String,
    name: String,
    #[serde(default)]
    num_loops: u64,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    on_call_handoff_notifications: Option<String>,
    #[serde(default)]
    teams: Vec<Ref>,
    #[serde(default)]
    services: Vec<Ref>,
    #[serde(default)]
    escalation_rules: Vec<WireRule>,
}

#[derive(Deserialize)]
struct WireRule {
    escalation_delay_in_minutes: u64,
    #[serde(default)]
    targets: Vec<Ref>,
    /// A word by the schema, an object with a type in its example.
    #[serde(default)]
    escalation_rule_assignment_strategy: Value,
}

impl From<WirePolicy> for Policy {
    fn from(policy: WirePolicy) -> Self {
        Self {
            id: PolicyId(policy.id),
            name: Name::new(policy.name),
            rules: policy.escalation_rules.into_iter().map(Rule::from).collect(),
            loops: policy.num_loops,
            description: policy.description,
            teams: policy.teams.into_iter().map(|team| team.id).collect(),
            handoff_notifications: policy.on_call_handoff_notifications,
            services: policy.services.into_iter().map(|service| service.into(ServiceId)).collect(),
        }
    }
}

impl From<WireRule> for Rule {
    fn from(rule: WireRule) -> Self {
        let strategy = rule.escalation_rule_assignment_strategy;
        Self {
            minutes: rule.escalation_delay_in_minutes,
            targets: rule.targets.into_iter().map(Target::from).collect(),
            is_round_robin: strategy.as_str().or_else(|| strategy["type"].as_str()) == Some("round_robin"),
        }
    }
}

impl From<Ref> for Target {
    fn from(target: Ref) -> Self {
        let kind = match target.type_.as_deref() {
            Some("user" | "user_reference") => TargetKind::User,
            Some("schedule" | "schedule_reference") => TargetKind::Schedule,
            _ => TargetKind::Other,
        };
        Self { kind, id: target.id, name: Name::new(target.summary.unwrap_or_default()) }
    }
}

/// A rule as it is sent. The one of a kind that is not known is never sent: rules are replaced as a whole.
pub(super) fn rule(rule: &Rule) -> Value {
    let target = |target: &Target| {
        let type_ = match target.kind {
            TargetKind::Schedule => "schedule_reference",
            TargetKind::User | TargetKind::Other => "user_reference",
        };
        json!({"id": target.id, "type": type_})
    };
    let targets: Vec<_> = rule.targets.iter().map(target).collect();
    json!({"escalation_delay_in_minutes": rule.minutes, "targets": targets})
}

#[derive(Deserialize)]
pub(super) struct WireSubscription {
    id: String,
    #[serde(default)]
    description: Option<String>,
    delivery_method: DeliveryMethod,
    #[serde(default)]
    events: Vec<String>,
    #[serde(default = "yes")]
    active: bool,
    #[serde(default)]
    filter: Option<Filter>,
}

#[derive(Deserialize)]
struct Filter {
    #[serde(default, rename = "type")]
    type_: String,
    #[serde(default)]
    id: Option<String>,
}

#[derive(Deserialize)]
struct DeliveryMethod {
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    secret: Option<String>,
    #[serde(default)]
    temporarily_disabled: Option<bool>,
}

fn yes() -> bool {
    true
}

impl WireSubscription {
    /// The signing secret: there once, in the answer to making it.
    pub fn take_secret(&mut self) -> Option<String> {
        self.delivery_method.secret.take().filter(|secret| !secret.is_empty())
    }
}

impl From<WireSubscription> for Subscription {
    fn from(subscription: WireSubscription) -> Self {
        let DeliveryMethod { url, temporarily_disabled, .. } = subscription.delivery_method;
        Self {
            id: SubscriptionId(subscription.id),
            description: subscription.description.unwrap_or_default(),
            url: url.unwrap_or_default(),
            events: subscription.events,
            is_active: subscription.active,
            is_disabled: temporarily_disabled.unwrap_or_default(),
        }
    }
}

impl From<WireSubscription> for (Scope, Subscription) {
    fn from(mut subscription: WireSubscription) -> Self {
        let filter = subscription.filter.take().map(|filter| (filter.type_, filter.id.unwrap_or_default()));
        let scope = match filter.as_ref().map(|(type_, id)| (type_.as_str(), id)) {
            Some(("service" | "service_reference", id)) => Scope::Service(ServiceId(id.clone())),
            Some(("team" | "team_reference", id)) => Scope::Team(TeamId(id.clone())),
            Some(("account" | "account_reference", _)) => Scope::Account,
            _ => Scope::Other,
        };
        (scope, subscription.into())
    }
}
