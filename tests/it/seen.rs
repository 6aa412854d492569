//! Whether an alert was seen before, with links that open, and what that costs.

use crate::conversations::inline::Inline;
use crate::kit::{Fault, Message, Slack};
use crate::running::{Settings, changed};
use chrono::{DateTime, Utc};
use serde_json::json;

/// An event of an incident, at a time of November in Tokyo; it is posted at once.
async fn take(inline: &Inline, kind: &str, number: u64, at: &str) {
    let at: DateTime<Utc> = format!("2026-11-{at}:00+09:00").parse().expect("an instant");
    let body = changed(&format!("v3/incident.{kind}.json"), |body| {
        let event = &mut body["event"];
        event["id"] = format!("{kind} {number}").into();
        event["occurred_at"] = at.to_rfc3339().into();
        let data = &mut event["data"];
        if data["type"] == "incident" {
            data["id"] = format!("Q{number}").into();
            data["number"] = number.into();
            data["title"] = format!("HTTP 5xx が {number}% を超えています").into();
            data["created_at"] = at.to_rfc3339().into();
        } else {
            data["incident"]["id"] = format!("Q{number}").into();
            data["content"] = "接続プールの上限を上げました。".into();
        }
    });
    assert_eq!(inline.signed(&body, at).await, 202, "{kind} {number}");
}

/// The line of a first message. Nobody is mentioned in it.
fn seen(message: &Message) -> Option<&str> {
    let line = message.text.lines().find(|line| line.starts_with('🕘'));
    assert!(line.is_none_or(|line| !line.contains("<@") && !line.contains("<!")), "{line:?}");
    line
}

/// What Slack says of a message.
fn opens(message: &Message) -> String {
    format!("https://test.slack.com/archives/{}/p{}", Slack::CHANNEL, message.ts.replace('.', ""))
}

#[tokio::test]
async fn the_line_links_to_the_last_thread_and_to_the_note_in_it() {
    let slack = Slack::start().await;
    let inline = Inline::of(&Settings::at("2026-11-12T11:02:00+09:00").slack(&slack));
    take(&inline, "triggered", 1, "12T11:02").await;
    let first = slack.expect_one();
    assert_eq!((seen(&first), slack.asides()), (None, 0), "of the first one there is nothing to say");
    take(&inline, "acknowledged", 1, "12T11:05").await;
    take(&inline, "resolved", 1, "12T11:25").await;
    take(&inline, "annotated", 1, "12T11:26").await;
    let note = slack.take().pop().expect("three replies");
    slack.take_edits();
    assert_eq!(slack.asides(), 1, "it is asked for once in a thread");

    take(&inline, "triggered", 2, "24T11:02").await;
    let second = slack.expect_one();
    let (thread, in_it) = (opens(&first), opens(&note));
    let expected = format!(
        "🕘 90日で2回目 · 前回 11/12 佐藤 健 が23分で解決 · <{thread}|スレッド ↗> · \
         <{in_it}?thread_ts={}&amp;cid={}|対応メモ ↗>",
        first.ts,
        Slack::CHANNEL
    );
    assert_eq!(seen(&second), Some(expected.as_str()));
    let lines: Vec<_> = second.text.lines().map(|line| line.split(' ').next().unwrap_or_default()).collect();
    assert_eq!(lines[lines.len() - 3..], ["🕘", lines[lines.len() - 2], "状態:"], "above what to do: {}", second.text);

    take(&inline, "triggered", 3, "24T11:30").await;
    assert_eq!(seen(&slack.expect_one()), Some("🕘 90日で3回目 · 前回 11:02 から未解決"));
}

/// Nobody waits for a link: without an answer the next message asks again.
#[tokio::test]
async fn a_link_that_slack_does_not_tell_holds_nothing_up() {
    let slack = Slack::start().await;
    let inline = Inline::of(&Settings::at("2026-11-12T11:02:00+09:00").slack(&slack));
    slack.fail_next_of("chat.getPermalink", [Fault::Hang, Fault::Refuse("message_not_found"), Fault::ServerError]);
    take(&inline, "triggered", 1, "12T11:02").await;
    for (nth, (kind, time)) in
        [("acknowledged", "11:05"), ("escalated", "11:10"), ("resolved", "11:25")].iter().enumerate()
    {
        take(&inline, kind, 1, &format!("12T{time}")).await;
        assert_eq!((slack.asides(), slack.take().len()), (nth + 1, if nth == 0 { 2 } else { 1 }), "{kind}");
    }
    slack.take_edits();
    take(&inline, "triggered", 2, "24T11:02").await;
    assert_eq!(seen(&slack.expect_one()), Some("🕘 90日で2回目 · 前回 11/12 佐藤 健 が23分で解決"));
    take(&inline, "annotated", 1, "24T11:03").await;
    slack.take();
    take(&inline, "triggered", 3, "24T11:04").await;
    assert!(seen(&slack.expect_one()).is_some_and(|line| line.ends_with("前回 11:02 から未解決")));
    assert_eq!(slack.asides(), 4, "a later message has asked again");
}

/// What is said of an alert does not depend on who resolves it, and another alert is another one.
#[tokio::test]
async fn only_the_same_alert_counts() {
    let slack = Slack::start().await;
    let inline = Inline::of(&Settings::at("2026-11-24T11:02:00+09:00").slack(&slack));
    let at: DateTime<Utc> = "2026-11-24T02:02:00Z".parse().expect("an instant");
    for (nth, (title, is_seen)) in [
        ("HTTP 5xx が 5% を超えています", false),
        ("HTTP 4xx が 5% を超えています", false),
        ("HTTP 5xx が 9% を超えています", true),
    ]
    .into_iter()
    .enumerate()
    {
        let body = changed("v3/incident.triggered.json", |body| {
            body["event"]["id"] = format!("E{nth}").into();
            body["event"]["data"]["id"] = format!("Q{nth}").into();
            body["event"]["data"]["number"] = json!(nth);
            body["event"]["data"]["title"] = title.into();
        });
        assert_eq!(inline.signed(&body, at).await, 202);
        assert_eq!(seen(&slack.expect_one()).is_some(), is_seen, "{title}");
    }
}
