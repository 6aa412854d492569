//! Webhook subscriptions (v3) and extensions (v2 webhooks among them).

use super::Ref;
use crate::net::id::{Word, word};
use crate::pagerduty::state::{Extension, Name, Scope, ServiceId, Subscription, SubscriptionId, TeamId};
use serde::Deserialize;

#[derive(Deserialize)]
pub(in crate::pagerduty) struct WireSubscription {
    #[serde(deserialize_with = "word")]
    id: String,
    description: Option<String>,
    delivery_method: DeliveryMethod,
    #[serde(default)]
    events: Vec<String>,
    active: Option<bool>,
    filter: Option<Filter>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Filter {
    #[serde(rename = "type")]
    type_: String,
    id: Option<Word>,
}

#[derive(Deserialize)]
struct DeliveryMethod {
    url: Option<String>,
    secret: Option<String>,
    temporarily_disabled: Option<bool>,
}

impl WireSubscription {
    /// The signing secret. Only the answer to creating the subscription has it.
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
            is_active: subscription.active.unwrap_or(true),
            is_disabled: temporarily_disabled.unwrap_or_default(),
        }
    }
}

impl From<WireSubscription> for (Scope, Subscription) {
    fn from(mut subscription: WireSubscription) -> Self {
        let Filter { type_, id } = subscription.filter.take().unwrap_or_default();
        let id = id.map(|id| id.0).unwrap_or_default();
        let scope = match type_.as_str() {
            "service" | "service_reference" => Scope::Service(ServiceId(id)),
            "team" | "team_reference" => Scope::Team(TeamId(id)),
            "account" | "account_reference" => Scope::Account,
            _ => Scope::Other,
        };
        (scope, subscription.into())
    }
}

#[derive(Deserialize)]
pub(in crate::pagerduty) struct WireExtension {
    #[serde(deserialize_with = "word")]
    id: String,
    name: Option<String>,
    endpoint_url: Option<String>,
    extension_schema: Option<Ref>,
    temporarily_disabled: Option<bool>,
}

impl From<WireExtension> for Extension {
    fn from(extension: WireExtension) -> Self {
        let kind = extension.extension_schema.and_then(|schema| schema.summary);
        Self {
            id: extension.id,
            name: Name::new(extension.name.unwrap_or_default()),
            url: extension.endpoint_url,
            kind: Name::new(kind.unwrap_or_default()),
            is_disabled: extension.temporarily_disabled.unwrap_or_default(),
        }
    }
}
