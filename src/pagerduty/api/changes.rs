//! The calls that create or change something.

use super::{Client, time};
use crate::net::quote;
use crate::net::secret::Secret;
use crate::pagerduty::client::Call;
use crate::pagerduty::error::{PagerDutyError, line};
use crate::pagerduty::state::{
    Layer, Policy, PolicyId, Rule, ScheduleId, ServiceId, Subscription, SubscriptionId, User, UserId,
};
use crate::pagerduty::wire::{One, Ref, WireLayer, WireSubscription, WireUser, reference, rule};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

/// What a schedule is created with, or replaced by.
#[derive(Debug)]
pub struct ScheduleFields<'a> {
    pub name: &'a str,
    /// By its IANA name.
    pub zone: &'a str,
    pub description: Option<&'a str>,
    /// All its layers. An existing one needs its id, or PagerDuty adds another.
    pub layers: &'a [Layer],
}

/// What is to be changed in a subscription; `None` leaves a field as it is. Its URL cannot be changed.
#[derive(Debug, Default)]
pub struct SubscriptionChange<'a> {
    pub description: Option<&'a str>,
    pub events: Option<&'a [String]>,
    pub is_active: Option<bool>,
}

/// The answer to creating overrides: a list with a status for each, as the reference has it, or the overrides alone, as
/// the guide to schedules has it.
#[derive(Deserialize)]
#[serde(untagged)]
enum CreatedOverrides {
    Each(Vec<CreatedOverride>),
    All { overrides: Vec<IgnoredAny> },
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct CreatedOverride {
    status: Option<u16>,
    errors: Vec<String>,
}

impl Client {
    /// Creates a user with the role `limited_user`, by `POST /users`. PagerDuty mails it an invitation. `from` is the e-mail
    /// address of the user who does this.
    pub async fn create_user(&self, name: &str, email: &str, zone: &str, from: &str) -> Result<User, PagerDutyError> {
        let user = json!({"type": "user", "name": name, "email": email, "role": "limited_user", "time_zone": zone});
        self.one::<WireUser, _>(Call::post("/users", json!({"user": user})).from(from)).await
    }

    /// Creates a schedule, by `POST /schedules`.
    pub async fn create_schedule(&self, fields: &ScheduleFields<'_>) -> Result<ScheduleId, PagerDutyError> {
        let One { one } = self.call::<One<Ref>>(Call::post("/schedules", fields.body())).await?;
        Ok(ScheduleId(one.id))
    }

    /// Replaces a schedule, by `PUT /schedules/{id}`.
    pub async fn replace_schedule(&self, id: &ScheduleId, fields: &ScheduleFields<'_>) -> Result<(), PagerDutyError> {
        self.done(Call::put(format!("/schedules/{id}"), fields.body())).await
    }

    /// Creates overrides of a schedule for one user, by `POST /schedules/{id}/overrides`. PagerDuty may create some and
    /// refuse others; then the error is about those.
    pub async fn create_overrides(
        &self,
        schedule: &ScheduleId,
        user: &UserId,
        times: &[(DateTime<Utc>, DateTime<Utc>)],
        zone: &str,
    ) -> Result<(), PagerDutyError> {
        let user = reference(&user.0, "user_reference");
        let one = |(start, end): &(DateTime<Utc>, DateTime<Utc>)| json!({"start": time(*start), "end": time(*end), "user": user, "time_zone": zone});
        let body = json!({"overrides": times.iter().map(one).collect::<Vec<_>>()});
        let invalid = |message: String| Err(PagerDutyError::Invalid { code: None, message });
        let created = match self.call(Call::post(format!("/schedules/{schedule}/overrides"), body)).await? {
            CreatedOverrides::Each(created) => created,
            CreatedOverrides::All { overrides } if overrides.len() == times.len() => return Ok(()),
            CreatedOverrides::All { overrides } => {
                return invalid(format!("{} of {} overrides were created", overrides.len(), times.len()));
            }
        };
        let is_refused = |one: &&CreatedOverride| one.status.is_some_and(|status| !(200..300).contains(&status));
        let refused: Vec<_> = created.iter().filter(is_refused).collect();
        let Some(first) = refused.first() else {
            return Ok(());
        };
        let why = quote::sentence(&first.errors.join("; "));
        invalid(line(&format!("{} of {} overrides were not created: {why}", refused.len(), times.len())))
    }

    /// Creates an escalation policy, by `POST /escalation_policies`.
    pub async fn create_policy(&self, name: &str, rules: &[Rule], from: &str) -> Result<PolicyId, PagerDutyError> {
        let rules: Vec<_> = rules.iter().map(rule).collect();
        let policy = json!({"type": "escalation_policy", "name": name, "num_loops": 0, "escalation_rules": rules});
        let call = Call::post("/escalation_policies", json!({"escalation_policy": policy})).from(from);
        let One { one } = self.call::<One<Ref>>(call).await?;
        Ok(PolicyId(one.id))
    }

    /// Replaces the rules of a policy and leaves the rest as it is, by `PUT /escalation_policies/{id}`.
    pub async fn replace_rules(&self, policy: &Policy, name: &str, rules: &[Rule]) -> Result<(), PagerDutyError> {
        let body = without_nulls(json!({
            "type": "escalation_policy",
            "name": name,
            "num_loops": policy.loops,
            "teams": policy.teams.iter().map(|id| reference(id, "team_reference")).collect::<Vec<_>>(),
            "escalation_rules": rules.iter().map(rule).collect::<Vec<_>>(),
            "description": policy.description,
            "on_call_handoff_notifications": policy.handoff_notifications,
        }));
        self.done(Call::put(format!("/escalation_policies/{}", policy.id), json!({"escalation_policy": body}))).await
    }

    /// Gives a service another escalation policy, by `PUT /services/{id}`. From then on its alerts go where that policy says;
    /// open incidents keep the policy they began with.
    pub async fn set_policy(&self, service: &ServiceId, policy: &PolicyId) -> Result<(), PagerDutyError> {
        let policy = reference(&policy.0, "escalation_policy_reference");
        let body = json!({"service": {"type": "service", "escalation_policy": policy}});
        self.done(Call::put(format!("/services/{service}"), body)).await
    }

    /// Creates a v3 subscription that does not deliver yet, by `POST /webhook_subscriptions`. Only this answer holds its
    /// signing secret; `None` when PagerDuty left it out.
    pub async fn create_subscription(
        &self,
        service: &ServiceId,
        description: &str,
        url: &str,
        events: &[&str],
    ) -> Result<(SubscriptionId, Option<Secret>), PagerDutyError> {
        let body = json!({"webhook_subscription": {
            "type": "webhook_subscription",
            "active": false,
            "description": description,
            "delivery_method": {"type": "http_delivery_method", "url": url},
            "events": events,
            "filter": reference(&service.0, "service_reference"),
        }});
        let One { mut one } = self.call::<One<WireSubscription>>(Call::post("/webhook_subscriptions", body)).await?;
        let secret = one.take_secret().map(Secret::new);
        Ok((Subscription::from(one).id, secret))
    }

    /// Changes a subscription, by `PUT /webhook_subscriptions/{id}`.
    pub async fn change_subscription(
        &self,
        id: &SubscriptionId,
        change: &SubscriptionChange<'_>,
    ) -> Result<(), PagerDutyError> {
        let SubscriptionChange { description, events, is_active } = change;
        let body = without_nulls(json!({"description": description, "events": events, "active": is_active}));
        self.done(Call::put(format!("/webhook_subscriptions/{id}"), json!({"webhook_subscription": body}))).await
    }

    /// Turns a subscription on again that PagerDuty has turned off, by `POST /webhook_subscriptions/{id}/enable`.
    pub async fn enable_subscription(&self, id: &SubscriptionId) -> Result<(), PagerDutyError> {
        self.done(Call::post_empty(format!("/webhook_subscriptions/{id}/enable"))).await
    }
}

impl ScheduleFields<'_> {
    fn body(&self) -> Value {
        let Self { name, zone, description, layers } = self;
        let layers: Vec<_> = layers.iter().map(WireLayer::from).collect();
        json!({"schedule": without_nulls(json!({
            "type": "schedule",
            "name": name,
            "time_zone": zone,
            "schedule_layers": layers,
            "description": description,
        }))})
    }
}

/// An object without its fields that are null: what is not sent stays as it is.
fn without_nulls(mut object: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    object
}
