//! Chats with a rate limit: what comes too fast waits, and nothing is lost or overtaken.

use super::inline::Patient;
use crate::kit::{Pace, Slack, Typetalk};
use crate::running::{Settings, TUESDAY, changed, triggered};
use chrono::{DateTime, Utc};
use std::time::Duration;

/// Much longer than any of the tests may have to wait for one message.
const LIMIT: Duration = Duration::from_secs(50);

/// Each message but the first two is refused twice, with "come again at once".
const IMPATIENT: Pace = Pace { burst: 2, ticks: 3, retry_after: 0 };
/// Each message but the first four is refused once, with "come again in a second".
const LIKE_SLACK: Pace = Pace { burst: 4, ticks: 2, retry_after: 1 };

fn now() -> DateTime<Utc> {
    TUESDAY.parse().expect("an instant")
}

/// Posts so many new incidents one after the other.
async fn storm(settings: &Settings, messages: u64) {
    let relay = Patient::of(settings);
    for number in 1..=messages {
        relay.deliver(&triggered(number), LIMIT, now()).await;
    }
}

fn tags(texts: impl Iterator<Item = String>) -> Vec<String> {
    texts.flat_map(|text| text.split_whitespace().find(|word| word.starts_with("#PD")).map(str::to_owned)).collect()
}

fn numbered(messages: u64) -> Vec<String> {
    (1..=messages).map(|number| format!("#PD{number}")).collect()
}

#[tokio::test]
async fn a_storm_on_slack_arrives_whole_and_in_order() {
    for (pace, messages) in [(IMPATIENT, 20), (LIKE_SLACK, 8)] {
        let slack = Slack::start().await;
        slack.limit(pace);
        storm(&Settings::at(TUESDAY).slack(&slack), messages).await;
        assert_eq!(tags(slack.take().into_iter().map(|message| message.text)), numbered(messages));
        assert!(slack.calls() > messages as usize, "the limit was never reached");
    }
}

#[tokio::test]
async fn a_storm_on_a_webhook_and_on_typetalk_does_too() {
    let slack = Slack::start().await;
    let typetalk = Typetalk::start().await;
    slack.limit(IMPATIENT);
    typetalk.limit(IMPATIENT);
    let settings = Settings::at(TUESDAY).with("BACKUP_WEBHOOK_URL", &slack.webhook_url()).typetalk(&typetalk);
    storm(&settings.with("FALLBACK_MENTION_SLACK", "none"), 15).await;
    assert_eq!(tags(slack.take().into_iter().map(|message| message.text)), numbered(15));
    assert_eq!(tags(typetalk.take().into_iter().map(|post| post.message)), numbered(15));
    assert!(slack.calls() > 15 && typetalk.calls() > 15, "the limits were never reached");
}

/// The first message is changed while replies to it wait: each reply ends up in the thread, and the last change wins.
#[tokio::test]
async fn a_thread_keeps_its_order() {
    let slack = Slack::start().await;
    slack.limit(IMPATIENT);
    let relay = Patient::of(&Settings::at(TUESDAY).slack(&slack));
    relay.deliver(&triggered(7), LIMIT, now()).await;
    let kinds = ["acknowledged", "escalated", "reassigned", "resolved", "reopened", "acknowledged", "resolved"];
    for (second, kind) in kinds.iter().enumerate() {
        let body = changed(&format!("v3/incident.{kind}.json"), |body| {
            body["event"]["id"] = format!("{second} {kind}").into();
            body["event"]["occurred_at"] = format!("2026-11-24T02:02:{:02}Z", second + 1).into();
            body["event"]["data"]["id"] = "QTEST000000007".into();
            body["event"]["data"]["number"] = 7.into();
        });
        relay.deliver(&body, LIMIT, now()).await;
    }
    let messages = slack.take();
    let root = &messages[0];
    let verbs = ["が対応開始", "にエスカレーション", "に担当変更", "が解決", "再オープン", "が対応開始", "が解決"];
    assert_eq!(messages.len(), 1 + verbs.len(), "one reply for each event");
    for (message, verb) in messages[1..].iter().zip(verbs) {
        let happened = message.text.lines().find(|line| !line.starts_with('<')).unwrap_or_default();
        assert!(happened.contains(verb), "{verb} in its place: {}", message.text);
    }
    assert!(messages[1..].iter().all(|message| message.thread_ts.as_ref() == Some(&root.ts)));
    assert_eq!((verb(&root.text), root.edited.len()), ("解決済み".to_owned(), kinds.len()));
    assert!(slack.calls() > 1 + 2 * kinds.len(), "the limit was never reached");
}

/// What happened, by the headline.
fn verb(text: &str) -> String {
    let headline = text.lines().find(|line| line.contains("#PD")).unwrap_or_default();
    headline.split(' ').nth(1).unwrap_or_default().to_owned()
}
