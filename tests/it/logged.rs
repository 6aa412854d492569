//! What the log never holds, whatever is asked of it and whatever AWS answers: tokens, titles, bodies.

use crate::kit::http::{Reply, Request, Response, Server};
use crate::kit::{Function, Google, Invocation, Rows, Slack};
use crate::running::{SECRET, Settings, TUESDAY, WEBHOOK, Webhook, data, payload};
use serde_json::{Value, json};
use std::fs;
use toban::domain::destination::Destination;
use toban::domain::incident::{EventKey, Origin};
use toban::queue::QueueMessage;
use toban::source::Content;
use toban::source::Sender;

const WORKER: &str = env!("CARGO_BIN_EXE_worker");
const REMINDER: &str = env!("CARGO_BIN_EXE_reminder");
const TICK: &str = env!("CARGO_BIN_EXE_tick");
/// Of the incident that is told of.
const TITLE: &str = "HTTP 5xx";
const ACCESS_KEY: &str = "access-key-secret-0123456789";
const SESSION: &str = "session-token-0123456789";

/// Something of AWS's that gives the same answer to every call.
async fn aws(status: u16, body: String) -> Server {
    Server::start(move |_: Request| {
        let response = Response::new(status, "application/x-amz-json-1.1", body.clone());
        async move { Reply::Send(response) }
    })
    .await
}

fn on_aws(settings: Settings, variable: &str, server: &Server) -> Settings {
    settings
        .with(variable, &format!("http://{}", server.address))
        .with("AWS_REGION", "ap-northeast-1")
        .with("AWS_ACCESS_KEY_ID", "test")
        .with("AWS_SECRET_ACCESS_KEY", ACCESS_KEY)
        .with("AWS_SESSION_TOKEN", SESSION)
}

#[tokio::test]
async fn parameters_that_are_cut_short_are_not_quoted() {
    let cut = r#"{"Parameters": [{"Name": "/toban/SLACK_BOT_TOKEN", "Value": "xoxb-in-the-store"}, {"Name": "/tob"#;
    let expected = "the parameters under /toban cannot be read at the moment: an answer that cannot be read (HTTP 200)";
    let ssm = aws(200, cut.to_owned()).await;
    for level in ["", "trace"] {
        let settings = Settings(Vec::new())
            .with("PARAMETERS_PATH", "/toban")
            .with("PAGERDUTY_SERVICE_IDS", "PABCDEF")
            .with("RUST_LOG", level);
        let settings = on_aws(settings, "AWS_ENDPOINT_URL_SSM", &ssm);
        for binary in [WEBHOOK, WORKER, REMINDER, TICK] {
            let logs = Function::init_error(binary, &settings.pairs()).await.logs;
            assert!(logs.contains(expected), "{binary}: {logs}");
            assert!(!logs.contains("xoxb-in-the-store"), "{binary}, RUST_LOG={level}: {logs}");
        }
        let mut toban = tokio::process::Command::new(env!("CARGO_BIN_EXE_toban"));
        let output = toban.arg("check").env_clear().envs(settings.pairs()).output().await.expect("it runs");
        let printed = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(printed.ends_with(&format!("toban: {expected}\n")), "{printed}");
        assert!(!printed.contains("xoxb-in-the-store"), "RUST_LOG={level}: {printed}");
    }
}

/// SQS may quote what it refuses, and that is somebody's alert.
#[tokio::test]
async fn what_the_queue_says_is_told_by_its_code_alone() {
    for (status, body, expected) in [
        (
            400,
            json!({"__type": "com.amazonaws.sqs#InvalidMessageContents", "message": TITLE}).to_string(),
            "InvalidMessageContents",
        ),
        (200, format!(r#"{{"MessageId": "{TITLE}"#), "an answer that cannot be read (HTTP 200)"),
        (502, format!("<html>{TITLE}</html>"), "an answer that cannot be read (HTTP 502)"),
    ] {
        let (slack, sqs) = (Slack::start().await, aws(status, body).await);
        let settings = Settings::at(TUESDAY).slack(&slack).with("QUEUE_URL", "http://127.0.0.1/1/toban.fifo");
        let webhook = on_aws(settings, "AWS_ENDPOINT_URL_SQS", &sqs).start().await;
        assert_eq!(webhook.signed(&payload("v3/incident.triggered.json")).await.status, 503);
        let logs = webhook.function.logs();
        assert!(logs.contains(&format!("the queue cannot be used: {expected}\"")), "{logs}");
        assert!(!logs.contains(TITLE), "{logs}");
    }
}

/// Whoever is in trouble sets RUST_LOG to trace, and keeps what comes out for 90 days.
#[tokio::test]
async fn rust_log_makes_nobody_else_talkative() {
    let (slack, google, rows) = (Slack::start().await, Google::start().await, Rows::start().await);
    google.set_tab("rotation", vec![vec![json!("2026-11-24"), json!("U0SATO0001"), json!("U0SUZUKI01")]]);
    let parameters = [("SLACK_BOT_TOKEN", Slack::TOKEN), ("PAGERDUTY_WEBHOOK_SECRETS", SECRET)]
        .map(|(variable, value)| json!({"Name": format!("/toban/{variable}"), "Value": value}));
    let ssm = aws(200, json!({"Parameters": parameters}).to_string()).await;
    let settings = Settings::at(TUESDAY)
        .slack(&slack)
        .with("SLACK_BOT_TOKEN", "")
        .with("PAGERDUTY_WEBHOOK_SECRETS", "")
        .with("ROTATION_FILE", "")
        .with("GOOGLE_SHEET_ID", Google::SHEET_ID)
        .with("GOOGLE_SERVICE_ACCOUNT_KEY", &google.service_account_key())
        .with("GOOGLE_SHEETS_BASE_URL", &google.base_url())
        .with("PARAMETERS_PATH", "/toban")
        .with("PAGERDUTY_SERVICE_IDS", "PABCDEF")
        .with("LEDGER_TABLE", "toban")
        .with("AWS_ENDPOINT_URL_DYNAMODB", &rows.url());
    let settings = on_aws(settings, "AWS_ENDPOINT_URL_SSM", &ssm);
    for level in ["trace", "toban=trace,aws_smithy_runtime=trace,aws_sdk_ssm=debug,hyper_util=trace,worker=trace"] {
        let settings = settings.clone().with("RUST_LOG", level);
        let webhook = settings.start().await;
        assert_eq!(webhook.signed(&payload("v3/incident.triggered.json")).await.status, 202);
        let Webhook { function: webhook, .. } = webhook;
        let worker = Function::start(WORKER, &settings.pairs()).await;
        let answer = worker.invoke(&batch()).await;
        assert!(
            matches!(&answer, Invocation::Answer(answer) if answer["batchItemFailures"] == json!([])),
            "{answer:?}"
        );
        let reminder = Function::start(REMINDER, &settings.pairs()).await;
        reminder.invoke(&json!({"reminder": "morning", "time": "2026-11-24T01:00:00Z"})).await;
        for function in [webhook, worker, reminder] {
            let logs = function.logs();
            for secret in [TITLE, Slack::TOKEN, "new-signing-secret", ACCESS_KEY, SESSION, "BEGIN PRIVATE KEY"] {
                assert!(!logs.contains(secret), "{secret} is in the log, RUST_LOG={level}");
            }
            let lines = function.log_lines();
            assert!(!lines.is_empty(), "{logs}");
            for line in lines {
                let target = line["target"].as_str().unwrap_or_default();
                let ours = ["toban", "webhook", "worker", "reminder"];
                let is_ours = ours.contains(&target.split("::").next().unwrap_or_default());
                assert!(is_ours || line["level"] == "WARN" || line["level"] == "ERROR", "RUST_LOG={level}: {line}");
            }
        }
    }
    slack.take();
}

/// A job of the incident, and the incident itself as it was acknowledged: what is asked of the ledger comes back with
/// its title.
fn batch() -> Value {
    let job = fs::read(data("jenkins/kinds/started.for-incident.json")).expect("a readable file");
    let bodies =
        [(Origin::PagerDuty, payload("v3/incident.acknowledged.json")), (Sender::Jenkins.source().origin, job)];
    let records = bodies.into_iter().enumerate().map(|(number, (origin, body))| record(number, origin, body));
    json!({"Records": records.collect::<Vec<_>>()})
}

fn record(number: usize, origin: Origin, body: Vec<u8>) -> Value {
    let parcel = QueueMessage {
        origin,
        key: EventKey(format!("01-{number}")),
        order: format!("Q{number}"),
        destination: Destination::Any,
        arrived_at: TUESDAY.parse().expect("an instant"),
        delivery: None,
        content: Content::Body { body, nth: 0 },
    };
    json!({
        "messageId": format!("message-{number}"), "receiptHandle": "receipt", "body": parcel.to_text(),
        "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": parcel.group()}, "messageAttributes": {},
        "md5OfBody": "", "eventSource": "aws:sqs", "awsRegion": "ap-northeast-1",
        "eventSourceARN": "arn:aws:sqs:ap-northeast-1:123456789012:toban.fifo",
    })
}
