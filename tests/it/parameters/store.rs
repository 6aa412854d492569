//! The same with moto, started by `tests/aws/moto`, which stores and encrypts.

use crate::kit::Function;
use crate::kit::aws::{Aws, Service};
use crate::running::{Settings, WEBHOOK, accepted, not_authenticated, signature_by, triggered};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use std::sync::atomic::{AtomicU64, Ordering};
use toban::setup::config::{Early, Faults, Reach};
use toban::setup::parameters::Parameters;
use toban::setup::renewal::{Lookup, Renewal};
use tokio::time::Instant;

const WORKER: &str = env!("CARGO_BIN_EXE_worker");
const REMINDER: &str = env!("CARGO_BIN_EXE_reminder");

/// A unique path in the store.
struct Store {
    aws: Aws,
    path: String,
}

impl Store {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let aws = Aws::from_environment().expect("AWS_ENDPOINT_URL is not set, run this with tests/aws/moto");
        Self { aws, path: format!("/team-{}/toban", NEXT.fetch_add(1, Ordering::SeqCst)) }
    }

    async fn put(&self, variable: &str, value: &str) {
        let name = format!("{}/{variable}", self.path);
        let parameter = json!({"Name": name, "Value": value, "Type": "SecureString", "Overwrite": true});
        self.aws.call(Service::Ssm, "PutParameter", &parameter).await;
    }

    /// Settings with their secrets in this store. The clock is ahead of the real one, so that what was read at the start
    /// counts as old.
    fn settings(&self) -> Settings {
        let now = (Utc::now() + TimeDelta::minutes(2)).to_rfc3339();
        let settings = Settings::at(&now)
            .with("PAGERDUTY_WEBHOOK_SECRETS", "")
            .with("PAGERDUTY_V2_TOKENS", "")
            .with("PARAMETERS_PATH", &self.path)
            .with("AWS_REGION", Aws::REGION);
        self.aws.env().iter().fold(settings, |all, (name, value)| all.with(name, value))
    }
}

/// An incident that has just been triggered, whenever that is.
fn body(number: u64) -> Vec<u8> {
    let now = (Utc::now() + TimeDelta::minutes(2)).to_rfc3339();
    String::from_utf8_lossy(&triggered(number)).replace("2026-11-24T02:02:00Z", &now).into_bytes()
}

#[tokio::test]
async fn a_secret_in_the_store_authenticates_and_a_new_one_needs_no_deployment() {
    let store = Store::new();
    let slack = crate::kit::Slack::start().await;
    store.put("PAGERDUTY_WEBHOOK_SECRETS", "mistyped-secret").await;
    store.put("SLACK_BOT_TOKEN", crate::kit::Slack::TOKEN).await;
    let webhook = store.settings().slack(&slack).with("SLACK_BOT_TOKEN", "").start().await;
    let send = async |secret: &str, number| {
        let body = body(number);
        webhook.post(&[("x-pagerduty-signature", &signature_by(secret, &body))], &body).await
    };
    assert_eq!(send("mistyped-secret", 1).await, accepted(), "{}", webhook.function.logs());
    store.put("PAGERDUTY_WEBHOOK_SECRETS", "right-secret").await;
    assert_eq!(send("right-secret", 2).await, accepted(), "{}", webhook.function.logs());
    assert_eq!(send("mistyped-secret", 3).await, not_authenticated(), "it has been replaced");
    store.put("PAGERDUTY_WEBHOOK_SECRETS", "third-secret").await;
    assert_eq!(send("third-secret", 4).await, not_authenticated(), "they were read less than a minute ago");
    assert_eq!(slack.take().len(), 2);
    assert!(!webhook.function.logs().contains("-secret"), "{}", webhook.function.logs());
}

#[tokio::test]
async fn what_is_missing_in_the_store_is_named_as_a_parameter() {
    let store = Store::new();
    store.put("SLACK_BOT_TOKEN ", "misspelt").await;
    let settings = store.settings().with("SLACK_CHANNEL", "C0APPMON001").with("FALLBACK_MENTION_SLACK", "none");
    for binary in [WEBHOOK, WORKER, REMINDER] {
        let error = Function::init_error(binary, &settings.pairs()).await;
        let expected = format!(
            "SLACK_BOT_TOKEN is not set, but SLACK_CHANNEL is (nor is there a parameter {}/SLACK_BOT_TOKEN)",
            store.path
        );
        assert!(error.logs.contains(&expected), "{expected} is not in\n{}", error.logs);
    }
}

#[tokio::test]
async fn secrets_are_renewed_once_a_minute_and_only_when_they_can_be_used() {
    let store = Store::new();
    store.put("SLACK_BOT_TOKEN", "xoxb-1").await;
    let start: DateTime<Utc> = "2026-11-24T02:02:00Z".parse().expect("an instant");
    let after = |seconds| start + TimeDelta::seconds(seconds);
    let settings = store.settings();
    let early = Early::from_lookup(|variable| settings.value(variable), Reach::Live);
    let place = early.parameters.expect("PARAMETERS_PATH is set");
    let http = toban::net::http::client().expect("a client");
    let parameters =
        Parameters::new(toban::net::aws::Aws::new(place.aws, http).ssm(), place.path, vec!["SLACK_BOT_TOKEN"]);
    let build = async |lookup: Lookup<'_>| match lookup("SLACK_BOT_TOKEN") {
        Some(token) if token.starts_with("xoxb") => Ok(token),
        _ => Err(Faults(Vec::new())),
    };
    let renewal = Renewal::start(|_| None, Some(parameters).into(), async {}, build, start).await.expect("a token");
    let deadline = || Instant::now() + std::time::Duration::from_secs(10);
    let asked = || store.aws.actions_of("test");
    assert!(asked().await.iter().any(|call| call.starts_with("AmazonSSM.GetParameters ")));
    for (at, value, renewed, current) in [
        (59, "xoxb-2", None, "xoxb-1"),
        (60, "xoxb-2", Some("xoxb-2"), "xoxb-2"),
        (119, "xoxb-3", None, "xoxb-2"),
        (120, "xoxb-2", None, "xoxb-2"),
        (180, "mistyped", None, "xoxb-2"),
        (239, "xoxb-4", None, "xoxb-2"),
        (240, "xoxb-4", Some("xoxb-4"), "xoxb-4"),
    ] {
        store.put("SLACK_BOT_TOKEN", value).await;
        let found = renewal.renewed(deadline(), after(at)).await;
        assert_eq!(found.as_deref().map(String::as_str), renewed, "after {at} s");
        assert_eq!(*renewal.current().await, current, "after {at} s");
    }
}
