//! What EventBridge hands to the webhook function: what is told, what is refused, and what becomes of what nobody takes.

use crate::kit::{Fault, Fifo, Function, Invocation, Slack, events};
use crate::running::{Settings, TUESDAY, Webhook};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const TAKEN: &str = "cloudwatch,mackerel,pagerduty";
const FILES: [&str; 3] = ["cloudwatch", "mackerel", "pagerduty"];

/// A file of `events/`, with something changed.
fn event(name: &str, change: impl Fn(&mut Value)) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("events/webhook-eventbridge-{name}.json"));
    let text = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut event: Value = serde_json::from_slice(&text).expect("JSON");
    // The files have the account of AWS's emulator.
    event["account"] = "123456789012".into();
    change(&mut event);
    event
}

fn settings(slack: &Slack) -> Settings {
    Settings::at(TUESDAY).slack(slack).with("EVENTBRIDGE", TAKEN).with("MACKEREL_TOKENS", "mackerel-token")
}

#[track_caller]
fn taken(invocation: &Invocation, webhook: &Webhook) {
    match invocation {
        Invocation::Answer(answer) => assert_eq!(*answer, Value::Null),
        Invocation::Error(error) => panic!("{error}\n{}", webhook.function.logs()),
    }
}

async fn hand_over(webhook: &Webhook, event: &Value) {
    taken(&webhook.function.invoke(event).await, webhook);
}

/// The second line of a message that mentions, or the first one.
fn headline(text: &str) -> &str {
    text.lines().find(|line| !line.starts_with('<')).unwrap_or_default()
}

#[tokio::test]
async fn what_eventbridge_hands_over_twice_is_told_once() {
    let slack = Slack::start().await;
    let webhook = settings(&slack).start().await;
    for (name, expected) in FILES.into_iter().zip([
        "🔥 発生 #CW5B861F checkout-5xx",
        "🔥 発生 #MKgCZ8Xy loadavg5",
        "🔥 発生 #PD4813 バッチが30分以上遅れています",
    ]) {
        hand_over(&webhook, &event(name, |_| ())).await;
        let posted = slack.expect_one().text;
        assert_eq!(headline(&posted), expected);
        assert!(posted.starts_with("<@U0SATO0001> <@U0SUZUKI01>\n"), "{posted}");
        // EventBridge itself may do so, and so does Lambda after an error.
        hand_over(&webhook, &event(name, |_| ())).await;
        slack.expect_none();
    }
}

/// A team that moves from one to the other has both for a while.
#[tokio::test]
async fn what_came_by_a_webhook_is_not_told_again() {
    let slack = Slack::start().await;
    let webhook = settings(&slack).start().await;
    let alert = event("mackerel", |_| ());
    let headers = [("x-toban-token", "mackerel-token")];
    let body = alert["detail"].to_string();
    let request = events::api_gateway_v2("/mackerel", &headers, body.as_bytes(), webhook.epoch());
    assert_eq!(webhook.invoke(&request).await, crate::running::accepted());
    slack.expect_one();
    hand_over(&webhook, &alert).await;
    slack.expect_none();

    let incident = event("pagerduty", |_| ());
    let body = json!({"messages": [incident["detail"]]}).to_string();
    assert_eq!(webhook.with_token(body.as_bytes()).await, crate::running::accepted());
    slack.expect_one();
    hand_over(&webhook, &incident).await;
    slack.expect_none();
}

/// Lambda would hand it over again if it were an error.
#[tokio::test]
async fn what_is_not_to_be_trusted_is_refused_and_raises_the_alarm() {
    let slack = Slack::start().await;
    let alarm =
        |field: &'static str, value: &'static str| event("cloudwatch", move |event| event[field] = value.into());
    for (named, event, why) in [
        (TAKEN, alarm("account", "210987654321"), "the event is of another account than the function"),
        (TAKEN, alarm("account", ""), "the event is of another account than the function"),
        (TAKEN, alarm("source", "aws.cloudwatch.example"), "the event is of no sender that is known"),
        (TAKEN, alarm("source", "aws.partner/mackerel.io.example/a/b"), "the event is of no sender that is known"),
        ("mackerel", alarm("source", "aws.cloudwatch"), "EVENTBRIDGE does not name cloudwatch, whose event this is"),
        ("", alarm("source", "aws.cloudwatch"), "EVENTBRIDGE does not name cloudwatch, whose event this is"),
    ] {
        let webhook = settings(&slack).with("EVENTBRIDGE", named).start().await;
        hand_over(&webhook, &event).await;
        slack.expect_none();
        let lines = webhook.function.log_lines();
        let refused: Vec<_> = lines.iter().filter(|line| line["auth_failed"] == true).collect();
        let [line] = &refused[..] else { panic!("one line: {lines:?}") };
        assert_eq!(line["route"], "EventBridge");
        assert!(line["message"].as_str().is_some_and(|text| text.starts_with(why)), "{line}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_told_in_one_line() {
    let slack = Slack::start().await;
    let webhook = settings(&slack).start().await;
    for name in FILES {
        hand_over(&webhook, &event(name, |event| event["detail"] = json!("no object"))).await;
        let posted = slack.expect_one().text;
        assert!(headline(&posted).starts_with("⚠️ "), "{name}: {posted}");
    }
    // What is no alert is not.
    let edited = event("cloudwatch", |event| event["detail-type"] = "CloudWatch Alarm Configuration Change".into());
    hand_over(&webhook, &edited).await;
    slack.expect_none();
}

#[tokio::test]
async fn what_no_chat_takes_is_an_error_and_told_when_lambda_tries_again() {
    let slack = Slack::start().await;
    let webhook = settings(&slack).start().await;
    slack.fail_always(Fault::ServerError);
    for name in FILES {
        let invocation = webhook.function.invoke(&event(name, |_| ())).await;
        let Invocation::Error(error) = invocation else { panic!("{name}: {invocation:?}") };
        let text = error["errorMessage"].as_str().unwrap_or_default();
        assert_eq!(text, "neither a chat nor the queue has taken the event; Lambda tries it again", "{name}");
    }
    slack.heal();
    for name in FILES {
        hand_over(&webhook, &event(name, |_| ())).await;
        slack.expect_one();
    }
}

#[tokio::test]
async fn what_the_queue_does_not_take_is_an_error_and_what_it_takes_is_posted() {
    let (slack, queue) = (Slack::start().await, Fifo::start().await);
    let settings = |url: &str| {
        settings(&slack)
            .with("QUEUE_URL", &format!("{url}/123456789012/toban.fifo"))
            .with("AWS_ENDPOINT_URL_SQS", url)
            .with("AWS_REGION", "ap-northeast-1")
            .with("AWS_ACCESS_KEY_ID", "test")
            .with("AWS_SECRET_ACCESS_KEY", "test")
    };
    let webhook = settings("http://127.0.0.1:9").start().await;
    for name in FILES {
        let invocation = webhook.function.invoke(&event(name, |_| ())).await;
        assert!(matches!(invocation, Invocation::Error(_)), "{name}: {invocation:?}");
    }
    assert!(webhook.function.log_lines().iter().any(|line| line["queue_failed"] == true));

    let settings = settings(&queue.url());
    let webhook = settings.start().await;
    for name in FILES {
        hand_over(&webhook, &event(name, |_| ())).await;
    }
    slack.expect_none();
    let worker = Function::start(env!("CARGO_BIN_EXE_worker"), &settings.pairs()).await;
    let batch = crate::sources::queue::batch(&queue);
    assert_eq!(crate::sources::queue::work(&worker, &batch).await, Vec::<Value>::new());
    let posted: Vec<_> = slack.take().into_iter().map(|message| headline(&message.text).to_owned()).collect();
    assert_eq!(
        posted,
        [
            "🔥 発生 #CW5B861F checkout-5xx",
            "🔥 発生 #MKgCZ8Xy loadavg5",
            "🔥 発生 #PD4813 バッチが30分以上遅れています"
        ]
    );
}
