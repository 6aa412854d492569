//! What the demo's relay reaches instead of the network: Slack's side of a press, and PagerDuty's REST API. Nothing leaves the
//! process.

use super::pagerduty::DemoPagerDuty;
use super::slack::DemoSlack;
use crate::domain::message::Language;
use crate::net::http::{self, Broken, Network, Reply};
use crate::net::secret::Secret;
use crate::pagerduty::acting::Actor;
use crate::pagerduty::state::{PolicyId, ServiceId};
use crate::pagerduty::{Access, Client, Limits};
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use reqwest::header::HeaderMap;
use reqwest::{Request, StatusCode};
use serde_json::Value;
use std::future::ready;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// The address of PagerDuty's API, as its client calls it.
const PAGERDUTY: &str = "api.pagerduty.com";
/// As the address of Slack's API says it.
const SLACK: &str = "slack.com";
/// Where private answers go.
const HOOKS: &str = "hooks.slack.com";

#[derive(Debug, Default)]
pub struct DemoNetwork {
    pub(super) slack: DemoSlack,
    pub(super) pagerduty: DemoPagerDuty,
}

impl Network for DemoNetwork {
    fn exchange(&self, request: Request, _longest: usize) -> BoxFuture<'_, Result<Reply, Broken>> {
        let (method, url) = (request.method(), request.url());
        let body = request.body().and_then(|body| body.as_bytes()).unwrap_or_default();
        let nothing = || (StatusCode::NOT_FOUND, Value::Null);
        let answer = match url.host_str() {
            Some(SLACK) => self.slack.method(url).ok_or_else(nothing),
            Some(HOOKS) => self.slack.keep(url, body).ok_or_else(nothing),
            Some(PAGERDUTY) => {
                self.pagerduty.answer(method, url, body).map_err(|refused| (refused.status, refused.body()))
            }
            _ => Err(nothing()),
        };
        let (status, answer) = answer.map_or_else(|refused| refused, |answer| (StatusCode::OK, answer));
        let reply = Reply { status, headers: HeaderMap::new(), body: answer.to_string().into_bytes() };
        Box::pin(ready(Ok(reply)))
    }
}

impl DemoNetwork {
    /// The time at which what comes next is asked, and the language of names.
    pub(super) fn begin(&self, now: DateTime<Utc>, language: Language) {
        self.slack.set_time(now);
        self.pagerduty.begin(now, language);
    }

    /// Forgets all incidents and all private answers.
    pub(super) fn clear(&self) {
        self.slack.clear();
        self.pagerduty.clear();
    }
}

/// What acts in the demo's PagerDuty for people of the chat; `http` is on the demo's network.
pub(super) fn actor(http: http::Client) -> Actor {
    let access = Access { base_url: format!("https://{PAGERDUTY}"), key: Secret::new("demo") };
    let limits = Limits { answer: Duration::from_secs(4), wait: Duration::from_secs(2) };
    Actor {
        client: Client::new(http, access, limits),
        email: "toban@example.com".to_owned(),
        services: vec![ServiceId(super::pagerduty::SERVICE.to_owned())],
        sre: Some(PolicyId(super::pagerduty::SRE_POLICY.to_owned())),
        user: Arc::new(OnceLock::from(super::pagerduty::ACTING_USER.to_owned())),
    }
}
