//! The webhook function as a process: its usual settings, and signed bodies to send to it.

use crate::kit::{Function, Invocation, Rows, Slack, Typetalk, events};
use chrono::{DateTime, Utc};
use ring::hmac;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use toban::domain::destination::Destination;
use toban::domain::incident::IncidentEvent;
use toban::ledger::{Claim, Ended, LEASE, Ledger, Mentioned, Settlement};
use toban::net::aws::{Aws, Environment};
use toban::net::secret::Secret;
use toban::store::dynamodb::DynamoDb;

pub const WEBHOOK: &str = env!("CARGO_BIN_EXE_webhook");
pub const SECRET: &str = "old-signing-secret==,new-signing-secret";
pub const TOKEN: &str = "v2-token-0123456789";
/// A Tuesday, in hours.
pub const TUESDAY: &str = "2026-11-24T11:02:01+09:00";
/// That day's mentions on Slack.
pub const PAIR: [&str; 2] = ["<@U0SATO0001>", "<@U0SUZUKI01>"];

pub fn data(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(path)
}

pub fn payload(path: &str) -> Vec<u8> {
    let path = data("pagerduty").join(path);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Environment variables of a process.
#[derive(Clone)]
pub struct Settings(pub Vec<(String, String)>);

impl Settings {
    /// Rotation and credentials, at a fixed time; no chat.
    pub fn at(now: &str) -> Self {
        let file = |name: &str| data("rotation").join(name).to_string_lossy().into_owned();
        Self(Vec::new())
            .with("TOBAN_NOW", now)
            .with("PAGERDUTY_WEBHOOK_SECRETS", SECRET)
            .with("PAGERDUTY_V2_TOKENS", TOKEN)
            .with("IGNORED_ASSIGNEES", "PDUMMY1")
            .with("ROTATION_FILE", &file("rotation.csv"))
            .with("MEMBERS_FILE", &file("members.csv"))
            .with("RUNBOOKS_FILE", &file("runbooks.csv"))
            .with("HOLIDAYS_FILE", &file("holidays.csv"))
    }

    #[must_use]
    pub fn with(mut self, variable: &str, value: &str) -> Self {
        self.0.retain(|(known, _)| known != variable);
        self.0.push((variable.into(), value.into()));
        self
    }

    pub fn slack(self, slack: &Slack) -> Self {
        self.with("SLACK_BOT_TOKEN", Slack::TOKEN)
            .with("SLACK_CHANNEL", Slack::CHANNEL)
            .with("SLACK_BASE_URL", &slack.base_url())
            .with("FALLBACK_MENTION_SLACK", "<!subteam^S0SRETEAM1>")
    }

    pub fn typetalk(self, typetalk: &Typetalk) -> Self {
        self.with("TYPETALK_TOKEN", Typetalk::TOKEN)
            .with("TYPETALK_TOPIC_ID", &Typetalk::TOPIC.to_string())
            .with("TYPETALK_BASE_URL", &typetalk.base_url())
            .with("FALLBACK_MENTION_TYPETALK", "@all")
    }

    pub fn pairs(&self) -> Vec<(&str, &str)> {
        self.0.iter().map(|(variable, value)| (variable.as_str(), value.as_str())).collect()
    }

    pub fn value(&self, variable: &str) -> Option<String> {
        self.0.iter().find(|(known, _)| known == variable).map(|(_, value)| value.clone())
    }

    pub async fn start(&self) -> Webhook {
        let now = self.value("TOBAN_NOW").and_then(|now| now.parse::<DateTime<Utc>>().ok());
        Webhook { function: Function::start(WEBHOOK, &self.pairs()).await, now: now.unwrap_or_else(Utc::now) }
    }
}

/// A running webhook function.
pub struct Webhook {
    pub function: Function,
    now: DateTime<Utc>,
}

/// What an HTTP client would see.
#[derive(Debug, PartialEq)]
pub struct Answer {
    pub status: u64,
    pub retry_after: Option<String>,
    pub text: String,
}

impl Webhook {
    pub fn epoch(&self) -> i64 {
        self.now.timestamp_millis()
    }

    /// Sends any event of a gateway.
    pub async fn invoke(&self, event: &Value) -> Answer {
        let answer = match self.function.invoke(event).await {
            Invocation::Answer(answer) => answer,
            Invocation::Error(error) => panic!("the function failed: {error}\n{}", self.function.logs()),
        };
        let retry_after = match &answer["headers"]["retry-after"] {
            Value::String(seconds) => Some(seconds.clone()),
            _ => None,
        };
        let text = answer["body"].as_str().unwrap_or_default().to_owned();
        Answer { status: answer["statusCode"].as_u64().unwrap_or_default(), retry_after, text }
    }

    pub async fn post(&self, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.invoke(&events::api_gateway_v2("/pagerduty", headers, body, self.epoch())).await
    }

    /// Posts a signed body, as PagerDuty's v3 subscriptions do.
    pub async fn signed(&self, body: &[u8]) -> Answer {
        self.post(
            &[("x-pagerduty-signature", &signature(body)), ("x-webhook-id", "aaaaaaaa-0000-4000-8000-000000000001")],
            body,
        )
        .await
    }

    /// Posts a body with the v2 token.
    pub async fn with_token(&self, body: &[u8]) -> Answer {
        self.post(&[("x-toban-token", TOKEN)], body).await
    }
}

pub fn accepted() -> Answer {
    Answer { status: 202, retry_after: None, text: "accepted".into() }
}

pub fn not_taken() -> Answer {
    Answer { status: 503, retry_after: Some("60".into()), text: "no chat has taken it; please send it again".into() }
}

pub fn not_authenticated() -> Answer {
    Answer { status: 503, retry_after: Some("60".into()), text: "not authenticated".into() }
}

/// `v1=` and the body's HMAC under the newer secret.
pub fn signature(body: &[u8]) -> String {
    signature_by("new-signing-secret", body)
}

pub fn signature_by(secret: &str, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let digits: String = hmac::sign(&key, body).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("v1={digits}")
}

/// The triggered incident of the payloads, as another event of another incident.
pub fn triggered(number: u64) -> Vec<u8> {
    changed("v3/incident.triggered.json", |body| {
        body["event"]["id"] = format!("01GTEST{number:019}").into();
        body["event"]["data"]["number"] = number.into();
        body["event"]["data"]["id"] = format!("QTEST{number:09}").into();
    })
}

/// A payload with something changed.
pub fn changed(path: &str, change: impl Fn(&mut Value)) -> Vec<u8> {
    let mut body: Value = serde_json::from_slice(&payload(path)).expect("JSON");
    change(&mut body);
    body.to_string().into_bytes()
}

/// A v2 body of one message.
pub fn v2(id: &str) -> Vec<u8> {
    changed("v2/incident.trigger.json", |body| body["messages"][0]["id"] = json!(id))
}

/// A ledger in these rows.
pub fn ledger_on(rows: &Rows) -> Ledger {
    let environment = Environment {
        region: "ap-northeast-1".into(),
        access_key_id: "test".into(),
        secret_access_key: Secret::new("test"),
        session_token: None,
        endpoint_url: Some(rows.url()),
    };
    let client = Aws::new(environment, toban::net::http::client().expect("an HTTP client")).dynamodb();
    Ledger::new(DynamoDb::new(client, "ledger".into()), "test".into(), LEASE)
}

/// Records an event as posted without a mention.
pub async fn record(ledger: &Ledger, event: &IncidentEvent, now: DateTime<Utc>) {
    let mut incident = ledger.introduce(event).await;
    let Claim::Yours(grant) = ledger.claim(&event.key, Destination::Primary, now).await else { panic!("it is new") };
    let settlement = Settlement {
        what: event.kind.name(),
        event: Some(event),
        ended: Ended::Posted,
        attempts: Vec::new(),
        mentioned: Mentioned::Nobody,
        first: None,
        links: None,
    };
    ledger.settle(grant, settlement, incident.as_mut(), now).await;
}
