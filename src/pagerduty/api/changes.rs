//! What is made and changed in an account.

use super::{Client, One, time};
use crate::net::secret::Secret;
use crate::pagerduty::client::Call;
use crate::pagerduty::error::{AccountError, line};
use crate::pagerduty::state::{
    Layer, Policy, PolicyId, Rule, ScheduleId, ServiceId, Subscription, SubscriptionId, User, UserId,
};
use crate::pagerduty::wire::{Ref, WireLayer, WireSubscription, WireUser, rule};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

/// A schedule to be made, or what one is to be.
#[derive(Debug)]
pub struct ScheduleDraft<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its zone, by its IANA name.
    pub zone: &'a str,
    /// Its description.
    pub description: Option<&'a str>,
    /// All its layers; those that it has already by their ids, or there will be second ones.
    pub layers: &'a [Layer],
}

/// What is to be changed in a subscription. Where it delivers to cannot be.
#[derive(Debug, Default)]
pub struct SubscriptionChange<'a> {
    /// What it is called.
    pub description: Option<&'a str>,
    /// The names of the events that it delivers.
    pub events: Option<&'a [String]>,
    /// Whether it delivers.
    pub is_active: Option<bool>,
}

/// The answer to making overrides: a list with a status for each, as the reference has it, or the overrides alone, as
/// the guide to schedules has it.
#[derive(Deserialize)]
#[serde(untagged)]
enum MadeOverrides {
    Each(Vec<MadeOverride>),
    All { overrides: Vec<IgnoredAny> },
}

#[derive(Deserialize)]
struct MadeOverride {
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    errors: Vec<String>,
}

impl Client {
    /// Makes a user with the role `limited_user`, by `POST /users`. PagerDuty mails it an invitation. `from` is the e-mail
    /// of the user who does this.
    pub async fn create_user(&self, name: &str, email: &str, zone: &str, from: &str) -> Result<User, AccountError> {
        let user = json!({"type": "user", "name": name, "email": email, "role": "limited_user", "time_zone": zone});
        let call = Call { from: Some(from), ..Call::post("/users", json!({"user": user})) };
        let One { one } = self.call::<One<WireUser>>(call).await?;
        Ok(one.into())
    }

    /// Makes a schedule, by `POST /schedules`.
    pub async fn create_schedule(&self, draft: &ScheduleDraft<'_>) -> Result<ScheduleId, AccountError> {
        let One { one } = self.call::<One<Ref>>(Call::post("/schedules", draft.body())).await?;
        Ok(ScheduleId(one.id))
    }

    /// Replaces a schedule, by `PUT /schedules/{id}`.
    pub async fn replace_schedule(&self, id: &ScheduleId, draft: &ScheduleDraft<'_>) -> Result<(), AccountError> {
        self.done(Call::put(&format!("/schedules/{id}"), draft.body())).await
    }

    /// Makes overrides of a schedule that name one user, by `POST /schedules/{id}/overrides`. PagerDuty may make some
    /// and refuse others; then the error tells about those.
    pub async fn create_overrides(
        &self,
        schedule: &ScheduleId,
        user: &UserId,
        times: &[(DateTime<Utc>, DateTime<Utc>)],
        zone: &str,
    ) -> Result<(), AccountError> {
        let one = |(start, end): &(DateTime<Utc>, DateTime<Utc>)| {
            let user = json!({"id": user.0, "type": "user_reference"});
            json!({"start": time(*start), "end": time(*end), "user": user, "time_zone": zone})
        };
        let body = json!({"overrides": times.iter().map(one).collect::<Vec<_>>()});
        let path = format!("/schedules/{schedule}/overrides");
        let made = match self.call(Call::post(&path, body)).await? {
            MadeOverrides::Each(made) => made,
            MadeOverrides::All { overrides } if overrides.len() == times.len() => return Ok(()),
            MadeOverrides::All { overrides } => {
                let said = format!("{} of {} overrides were made", overrides.len(), times.len());
                return Err(AccountError::Invalid { code: None, said });
            }
        };
        let is_refused = |one: &&MadeOverride| one.status.is_some_and(|status| !(200..300).contains(&status));
        let refused: Vec<_> = made.iter().filter(is_refused).collect();
        let Some(first) = refused.first() else {
            return Ok(());
        };
        let why = first.errors.join("; ");
        let said = format!("{} of {} overrides were not made: {why}", refused.len(), times.len());
        Err(AccountError::Invalid { code: None, said: line(&said) })
    }

    /// Makes an escalation policy, by `POST /escalation_policies`.
    pub async fn create_policy(&self, name: &str, rules: &[Rule], from: &str) -> Result<PolicyId, AccountError> {
        let rules: Vec<_> = rules.iter().map(rule).collect();
        let policy = json!({"type": "escalation_policy", "name": name, "num_loops": 0, "escalation_rules": rules});
        let body = json!({"escalation_policy": policy});
        let call = Call { from: Some(from), ..Call::post("/escalation_policies", body) };
        let One { one } = self.call::<One<Ref>>(call).await?;
        Ok(PolicyId(one.id))
    }

    /// Gives a policy other rules and leaves the rest as it is, by `PUT /escalation_policies/{id}`.
    pub async fn replace_rules(&self, policy: &Policy, name: &str, rules: &[Rule]) -> Result<(), AccountError> {
        let team = |id: &String| json!({"id": id, "type": "team_reference"});
        let mut body = json!({
            "type": "escalation_policy",
            "name": name,
            "num_loops": policy.loops,
            "teams": policy.teams.iter().map(team).collect::<Vec<_>>(),
            "escalation_rules": rules.iter().map(rule).collect::<Vec<_>>(),
        });
        if let Some(description) = &policy.description {
            body["description"] = json!(description);
        }
        if let Some(when) = &policy.handoff_notifications {
            body["on_call_handoff_notifications"] = json!(when);
        }
        let path = format!("/escalation_policies/{}", policy.id);
        self.done(Call::put(&path, json!({"escalation_policy": body}))).await
    }

    /// Gives a service another escalation policy, by `PUT /services/{id}`: open incidents keep the one they began with.
    /// From now on alerts go where that policy says.
    pub async fn set_policy(&self, service: &ServiceId, policy: &PolicyId) -> Result<(), AccountError> {
        let policy = json!({"id": policy.0, "type": "escalation_policy_reference"});
        let body = json!({"service": {"type": "service", "escalation_policy": policy}});
        self.done(Call::put(&format!("/services/{service}"), body)).await
    }

    /// Makes a v3 subscription that does not deliver yet, by `POST /webhook_subscriptions`. Its signing secret is told
    /// here and never again; `None` when PagerDuty has not told it.
    pub async fn create_subscription(
        &self,
        service: &ServiceId,
        description: &str,
        url: &str,
        events: &[&str],
    ) -> Result<(SubscriptionId, Option<Secret>), AccountError> {
        let body = json!({"webhook_subscription": {
            "type": "webhook_subscription",
            "active": false,
            "description": description,
            "delivery_method": {"type": "http_delivery_method", "url": url},
            "events": events,
            "filter": {"type": "service_reference", "id": service.0},
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
    ) -> Result<(), AccountError> {
        let mut body = json!({});
        if let Some(description) = change.description {
            body["description"] = json!(description);
        }
        if let Some(events) = change.events {
            body["events"] = json!(events);
        }
        if let Some(is_active) = change.is_active {
            body["active"] = json!(is_active);
        }
        let path = format!("/webhook_subscriptions/{id}");
        self.done(Call::put(&path, json!({"webhook_subscription": body}))).await
    }

    /// Turns a subscription on again that PagerDuty has turned off, by `POST /webhook_subscriptions/{id}/enable`.
    pub async fn enable_subscription(&self, id: &SubscriptionId) -> Result<(), AccountError> {
        let path = format!("/webhook_subscriptions/{id}/enable");
        let call = Call { body: None, ..Call::post(&path, Value::Null) };
        self.done(call).await
    }
}

impl ScheduleDraft<'_> {
    fn body(&self) -> Value {
        let layers: Vec<_> = self.layers.iter().map(WireLayer::from).collect();
        let mut schedule =
            json!({"type": "schedule", "name": self.name, "time_zone": self.zone, "schedule_layers": layers});
        if let Some(description) = self.description {
            schedule["description"] = json!(description);
        }
        json!({"schedule": schedule})
    }
}
