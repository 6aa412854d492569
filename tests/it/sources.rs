//! Mackerel, Jenkins and `/events`, through the real function: which requests are accepted, what is a repeat, what belongs
//! together, and what happens while the chat is down.

mod answers;
mod events_v2;
mod keys;
mod nagios;
pub mod queue;
mod repeats;
mod schema;
mod threads;

use crate::kit::{Slack, events};
use crate::running::{Answer, Settings, TUESDAY, Webhook, data};
use serde_json::Value;
use std::fs;
use toban::source::{Access, Sender};

pub const MACKEREL: &str = "mackerel-token";
pub const JENKINS: &str = "jenkins-token";
pub const EVENTS: &str = "events-token";

/// The senders with a token of their own, each with the setting that holds its tokens.
pub fn others() -> impl Iterator<Item = (Sender, &'static str)> {
    Sender::ALL.into_iter().filter_map(|sender| match sender.source().access {
        Access::Token { tokens, .. } => Some((sender, tokens)),
        Access::PagerDuty { .. } | Access::EventBridge => None,
    })
}

fn settings() -> Settings {
    Settings::at(TUESDAY)
        .with("MACKEREL_TOKENS", "mackerel-old-token,mackerel-token")
        .with("JENKINS_TOKENS", JENKINS)
        .with("EVENTS_TOKENS", EVENTS)
}

/// A payload with something changed.
pub fn changed(path: &str, change: impl Fn(&mut Value)) -> Vec<u8> {
    let text = fs::read(data(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut body: Value = serde_json::from_slice(&text).expect("JSON");
    change(&mut body);
    body.to_string().into_bytes()
}

async fn post(webhook: &Webhook, route: &str, token: &str, body: &[u8]) -> Answer {
    let headers = [("x-toban-token", token)];
    webhook.invoke(&events::api_gateway_v2(route, &headers, body, webhook.epoch())).await
}

/// Posts to the route of a token.
async fn take(webhook: &Webhook, token: &str, body: &[u8]) {
    let route = match token {
        MACKEREL => "/mackerel",
        JENKINS => "/jenkins",
        _ => "/events",
    };
    let answer = post(webhook, route, token, body).await;
    assert_eq!(answer, crate::running::accepted(), "{}", webhook.function.logs());
}

/// What was posted, without the lines of people.
fn headlines(slack: &Slack) -> Vec<String> {
    let headline = |text: &str| text.lines().find(|line| !line.starts_with('<')).unwrap_or_default().to_owned();
    slack.take().iter().map(|message| headline(&message.text)).collect()
}
