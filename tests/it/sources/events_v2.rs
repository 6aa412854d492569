//! The Events API v2 on `/events`: its token is in the body, its answer is PagerDuty's, and what it triggers again is no news.

use super::{EVENTS, changed, settings};
use crate::kit::{Fifo, Slack, events};
use crate::running::{Answer, PAIR, Webhook};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

const FIRED: &str = "events/kinds/v2.trigger.alertmanager.json";

/// A payload with a token, changed.
fn body(path: &str, token: &str, change: impl Fn(&mut Value)) -> Vec<u8> {
    changed(path, |body| {
        body["routing_key"] = token.into();
        change(body);
    })
}

async fn send(webhook: &Webhook, body: &[u8]) -> Answer {
    webhook.invoke(&events::api_gateway_v2("/events", &[], body, webhook.epoch())).await
}

fn processed(key: &str) -> Answer {
    let text = json!({"status": "success", "message": "Event processed", "dedup_key": key}).to_string();
    Answer { status: 202, retry_after: None, text }
}

fn fired(change: impl Fn(&mut Value)) -> Vec<u8> {
    body(FIRED, EVENTS, change)
}

const KEY: &str = "5bbfb29446887167f841c65010a52cf1ec72a334d4955e574562d67e5e2f875a";

#[tokio::test]
async fn the_token_is_in_the_body_and_the_answer_is_pagerdutys() {
    let slack = Slack::start().await;
    let webhook = settings().slack(&slack).start().await;
    let refused = Answer { status: 401, retry_after: None, text: "not authenticated".into() };
    for token in ["", "wrong", "mackerel-token", "events-tokens"] {
        assert_eq!(send(&webhook, &body(FIRED, token, |_| ())).await, refused, "{token}");
    }
    let without = fired(|body| body["routing_key"].take().as_null().unwrap_or_default());
    assert_eq!(send(&webhook, &without).await, refused);
    slack.expect_none();

    assert_eq!(send(&webhook, &fired(|_| ())).await, processed(KEY));
    assert_eq!(slack.expect_one().mentions, PAIR);
    // A key is made if there is none, and it is not that of the next one.
    let keyless = |summary: &str| {
        body("events/bad/v2.no-dedup-key.json", EVENTS, |body| body["payload"]["summary"] = summary.into())
    };
    let mut keys = Vec::new();
    for summary in ["one", "two"] {
        let answer: Value = serde_json::from_str(&send(&webhook, &keyless(summary)).await.text).expect("JSON");
        assert_eq!(answer["status"], "success");
        let key = answer["dedup_key"].as_str().expect("a key").to_owned();
        assert_eq!(slack.expect_one().thread_ts, None);
        let end = json!({"routing_key": EVENTS, "event_action": "resolve", "dedup_key": key});
        assert_eq!(send(&webhook, end.to_string().as_bytes()).await, processed(&key));
        assert!(slack.expect_one().thread_ts.is_some(), "the key that was answered ends it");
        slack.take_edits();
        keys.push(key);
    }
    assert_ne!(keys[0], keys[1]);
    // What cannot be read is posted as it came, but for the token.
    let odd = body("events/bad/v2.unknown-action.json", EVENTS, |_| ());
    assert_eq!(send(&webhook, &odd).await, crate::running::accepted());
    let shown = slack.expect_one().text;
    assert!(shown.contains("suppress") && !shown.contains(EVENTS), "{shown}");
    let large = fired(|body| body["payload"]["custom_details"] = "x".repeat(300_000).into());
    assert_eq!(send(&webhook, &large).await, crate::running::accepted());
    assert!(!slack.expect_one().text.contains(EVENTS));
    let logs = webhook.function.logs();
    assert!(!logs.contains(EVENTS) && !logs.contains("\"wrong\""), "{logs}");
}

/// What Alertmanager does with a group: it repeats it, adds to it, takes from it, ends it, and fires again.
#[tokio::test]
async fn what_is_open_mentions_once() {
    let slack = Slack::start().await;
    let webhook = settings().slack(&slack).start().await;
    let fire = |summary: &str, nth: u32| {
        fired(|body| {
            body["payload"]["summary"] = summary.into();
            body["payload"]["custom_details"]["nth"] = nth.into();
        })
    };
    let end = |nth: u32| {
        body("events/kinds/v2.resolve.alertmanager.json", EVENTS, |body| body["payload"]["group"] = nth.into())
    };
    let mut posted = Vec::new();
    for (nth, event) in (0..).zip([
        fire("[FIRING:1] A", 0),
        fire("[FIRING:1] A", 1),
        fire("[FIRING:2] A", 2),
        fire("[FIRING:2] A", 3),
        body("events/kinds/v2.acknowledge.json", EVENTS, |body| body["dedup_key"] = KEY.into()),
        fire("[FIRING:3] A", 5),
        end(6),
        fire("[FIRING:1] A", 7),
        fire("[FIRING:1] A", 8),
        end(9),
    ]) {
        assert_eq!(send(&webhook, &event).await, processed(KEY), "{nth}");
        for message in slack.take() {
            let is_reply = message.thread_ts.is_some();
            let verb = message.text.lines().find(|line| !line.starts_with('<')).unwrap_or_default();
            let verb: String = verb.split(" · ").next().unwrap_or_default().into();
            posted.push((nth, is_reply, message.mentions.len(), verb));
        }
        slack.take_edits();
    }
    let posted: Vec<_> =
        posted.iter().map(|(nth, is_reply, mentions, verb)| (*nth, *is_reply, *mentions, &**verb)).collect();
    let tag = "#EV";
    let first = posted.first().map(|(_, _, _, verb)| verb.contains(tag));
    assert_eq!(first, Some(true), "{posted:?}");
    let rest: Vec<_> = posted.iter().map(|(nth, is_reply, mentions, _)| (*nth, *is_reply, *mentions)).collect();
    let expected = [(0, false, 2), (2, true, 0), (4, true, 0), (5, true, 0), (6, true, 0), (7, true, 2), (9, true, 0)];
    assert_eq!(rest, expected, "{posted:?}");
}

#[tokio::test]
async fn the_queue_never_holds_the_token() {
    let (slack, queue) = (Slack::start().await, Fifo::start().await);
    let settings = settings()
        .slack(&slack)
        .with("QUEUE_URL", &format!("{}/123456789012/toban.fifo", queue.url()))
        .with("AWS_ENDPOINT_URL_SQS", &queue.url())
        .with("AWS_REGION", "ap-northeast-1")
        .with("AWS_ACCESS_KEY_ID", "test")
        .with("AWS_SECRET_ACCESS_KEY", "test");
    let webhook = settings.start().await;
    let escaped = String::from_utf8(fired(|_| ())).expect("UTF-8").replace("routing_key", "rout\\u0069ng_key");
    let own = body("events/bad/routing-key-in-our-shape.json", EVENTS, |_| ());
    for (body, text) in
        [(fired(|_| ()), processed(KEY).text), (escaped.into_bytes(), processed(KEY).text), (own, "queued".into())]
    {
        assert_eq!(send(&webhook, &body).await, Answer { status: 202, retry_after: None, text });
    }
    let taken = queue.taken();
    assert_eq!(taken.len(), 3);
    for message in taken {
        let message: Value = serde_json::from_str(message["MessageBody"].as_str().expect("a text")).expect("JSON");
        let kept = BASE64_STANDARD.decode(message["body"].as_str().expect("a body")).expect("base64");
        let kept = String::from_utf8(kept).expect("UTF-8");
        assert!(kept.contains("disk/db-1") || kept.contains("[FIRING:1] HighErrorRate"), "{kept}");
        assert!(!kept.contains(EVENTS) && !message.to_string().contains(EVENTS), "{kept}");
    }
}

/// At night it mentions nobody, and its thread may be weeks old.
#[tokio::test]
async fn what_begins_again_is_seen_in_the_channel() {
    let slack = Slack::start().await;
    let webhook = settings().slack(&slack).with("BUSINESS_HOURS", "20:00-21:00").start().await;
    let fire = |summary: &str| fired(|body| body["payload"]["summary"] = summary.into());
    let end = |group: u32| {
        body("events/kinds/v2.resolve.alertmanager.json", EVENTS, |body| body["payload"]["group"] = group.into())
    };
    for (nth, (event, expected)) in [
        (fire("[FIRING:1] A"), (false, false)),
        (fire("[FIRING:2] A"), (true, false)),
        (end(2), (true, false)),
        (fire("[FIRING:3] A"), (true, true)),
        (end(4), (true, false)),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(send(&webhook, &event).await, processed(KEY), "{nth}");
        let message = slack.expect_one();
        assert_eq!(message.mentions, Vec::<String>::new());
        assert_eq!((message.thread_ts.is_some(), message.reply_broadcast), expected, "{nth}: {}", message.text);
        slack.take_edits();
    }
}
