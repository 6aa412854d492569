//! The four functions: what they log and what they answer.

use super::forms::FORMS;
use super::hostile::{Hostile, Kind, Service, TRIES};
use super::{
    BACKUP_PATH, CSV_PATH, secrets, settings, with_pagerduty, with_queue, with_sheet, with_slack, with_typetalk,
    with_webhook,
};
use crate::kit::{Function, Google, Rows, events};
use crate::running::{Settings, TUESDAY, WEBHOOK, signature, triggered};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use toban::domain::destination::Destination;
use toban::domain::incident::{EventKey, Origin};
use toban::queue::QueueMessage;
use toban::source::Content;

const WORKER: &str = env!("CARGO_BIN_EXE_worker");
const REMINDER: &str = env!("CARGO_BIN_EXE_reminder");
const TICK: &str = env!("CARGO_BIN_EXE_tick");
/// Of the incident that is told of.
const TITLE: &str = "HTTP 5xx";

/// Invokes the function once for each form. Each service must have been asked each time: what an earlier form keeps from
/// being asked, by what it says or by breaking the connection, is asked by a new process.
async fn walk(binary: &str, hostile: &Hostile, settings: &Settings, asked: &[Service], event: impl Fn(usize) -> Value) {
    let mut function = Function::start(binary, &settings.pairs()).await;
    for (number, form) in FORMS.iter().enumerate() {
        hostile.play(number);
        let before = function.logs().len();
        let mut answer = function.invoke(&event(number)).await;
        let mut printed = function.logs().split_off(before);
        for _ in 0..TRIES {
            if hostile.lacks(asked, number).is_some() {
                function = Function::start(binary, &settings.pairs()).await;
                answer = function.invoke(&event(number)).await;
                printed += &function.logs();
            }
        }
        let text = format!("{printed}{answer:?}");
        assert_eq!(hostile.lacks(asked, number), None, "'{}': {text}", form.name);
        assert!(!printed.is_empty() && !printed.contains("panicked"), "'{}': {text}", form.name);
        let found = hostile.and_assertions(secrets()).with("the title", TITLE).found_in(&text);
        assert_eq!(found, Vec::<String>::new(), "'{}': {text}", form.name);
    }
}

fn webhook_event(number: usize) -> Value {
    let body = triggered(number as u64);
    let now = TUESDAY.parse::<DateTime<Utc>>().expect("an instant").timestamp_millis();
    events::api_gateway_v2("/pagerduty", &[("x-pagerduty-signature", &signature(&body))], &body, now)
}

/// One incident for each of two chats.
fn batch(number: usize) -> Value {
    let records = [Destination::Primary, Destination::Backup].map(|destination| {
        let message = QueueMessage {
            origin: Origin::PagerDuty,
            key: EventKey(format!("01GTEST{number:019}")),
            order: format!("QTEST{number:09}"),
            destination,
            arrived_at: TUESDAY.parse().expect("an instant"),
            delivery: None,
            content: Content::Body { body: triggered(number as u64), nth: 0 },
        };
        json!({
            "messageId": format!("{number}-{}", destination.name()), "receiptHandle": "receipt", "body": message.to_text(),
            "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": message.group()}, "messageAttributes": {},
            "md5OfBody": "", "eventSource": "aws:sqs", "awsRegion": "ap-northeast-1",
            "eventSourceARN": "arn:aws:sqs:ap-northeast-1:123456789012:toban.fifo",
        })
    });
    json!({"Records": records})
}

#[tokio::test]
async fn the_webhook_that_delivers() {
    let hostile = Hostile::start(Kind::Nobody).await;
    let settings = with_slack(settings(&hostile), &hostile)
        .with("BACKUP_WEBHOOK_URL", &format!("{}{BACKUP_PATH}", hostile.url()))
        .with("BACKUP_MODE", "mirror")
        .with("ROTATION_FILE", &format!("{}{CSV_PATH}", hostile.url()))
        .with("LEDGER_TABLE", "toban");
    walk(WEBHOOK, &hostile, &settings, &["slack", "backup", "csv", "dynamodb"], webhook_event).await;
}

#[tokio::test]
async fn the_webhook_in_front_of_a_queue() {
    let hostile = Hostile::start(Kind::Nobody).await;
    let settings = with_queue(with_slack(settings(&hostile), &hostile), &hostile);
    walk(WEBHOOK, &hostile, &settings, &["sqs"], webhook_event).await;
}

#[tokio::test]
async fn the_worker_with_a_webhook_and_without_a_token_for_the_sheet() {
    let (hostile, google) = (Hostile::start(Kind::Nobody).await, Google::start().await);
    let settings = with_queue(with_typetalk(with_webhook(settings(&hostile), &hostile), &hostile), &hostile);
    let settings = with_sheet(settings, &hostile, &google).with("LEDGER_TABLE", "toban");
    walk(WORKER, &hostile, &settings, &["webhook", "typetalk", "tokens", "dynamodb", "sqs"], batch).await;
}

#[tokio::test]
async fn the_worker_without_the_sheet() {
    let (hostile, google) = (Hostile::start(Kind::Tokens).await, Google::start().await);
    let settings = with_typetalk(with_slack(settings(&hostile), &hostile), &hostile);
    let settings = with_sheet(settings, &hostile, &google);
    walk(WORKER, &hostile, &settings, &["slack", "typetalk", "sheets"], batch).await;
}

#[tokio::test]
async fn the_reminder() {
    let (hostile, google) = (Hostile::start(Kind::Tokens).await, Google::start().await);
    let settings = with_typetalk(with_slack(settings(&hostile), &hostile), &hostile);
    let settings = with_sheet(settings, &hostile, &google).with("LEDGER_TABLE", "toban");
    let asked = ["slack", "typetalk", "sheets", "dynamodb"];
    let event = json!({"reminder": "morning", "time": "2026-11-24T01:00:00Z"});
    walk(REMINDER, &hostile, &settings, &asked, |_| event.clone()).await;
}

#[tokio::test]
async fn the_watchdog() {
    let (hostile, rows) = (Hostile::start(Kind::Nobody).await, Rows::start().await);
    let settings = with_queue(with_slack(settings(&hostile), &hostile), &hostile);
    let settings = with_pagerduty(settings, &hostile).with("LEDGER_TABLE", "toban");
    for (settings, asked) in [
        (settings.clone().with("AWS_ENDPOINT_URL_DYNAMODB", &rows.url()), &["pagerduty"][..]),
        (settings, &["pagerduty", "dynamodb"]),
    ] {
        walk(TICK, &hostile, &settings, asked, |_| json!({})).await;
    }
}

/// Each form is met by one of the four, because each reads its parameters in the same way.
#[tokio::test]
async fn parameters_that_a_function_starts_with() {
    let hostile = Hostile::start(Kind::Nobody).await;
    for (number, form) in FORMS.iter().enumerate() {
        hostile.play(number);
        let binary = [WEBHOOK, WORKER, REMINDER, TICK][number % 4];
        // No chat has a channel, so that none can start.
        let settings = settings(&hostile)
            .with("PARAMETERS_PATH", "/toban")
            .with("PAGERDUTY_SERVICE_IDS", "PABCDEF")
            .with("ROTATION_FILE", "");
        let failed = Function::init_error(binary, &settings.pairs()).await;
        assert_eq!(hostile.lacks(&["ssm"], number), None, "'{}': {}", form.name, failed.logs);
        assert!(!failed.logs.is_empty(), "nothing is logged of '{}'", form.name);
        let text = format!("{}{:?}", failed.logs, failed.report);
        assert_eq!(secrets().found_in(&text), Vec::<String>::new(), "'{}': {text}", form.name);
    }
}
