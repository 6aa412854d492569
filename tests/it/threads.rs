//! One incident, one thread: its first message is kept up to date, the others follow it, and no failure of that holds a
//! message back.

use crate::kit::{Fault, Message, Slack, Typetalk};
use crate::running::{PAIR, Settings, TUESDAY, Webhook, accepted, changed, not_taken};
use serde_json::Value;

const TRIGGERED: &str = "v3/incident.triggered.json";
const ACKNOWLEDGED: &str = "v3/incident.acknowledged.json";
const NOTE: &str = "v3/incident.annotated.json";
const ESCALATED: &str = "v3/incident.escalated.json";
const UNACKNOWLEDGED: &str = "v3/incident.unacknowledged.json";
const RESOLVED: &str = "v3/incident.resolved.json";
const REOPENED: &str = "v3/incident.reopened.json";

/// An event of a kind, of the one incident and at a time of the day; `nth` distinguishes it from others of its kind.
fn event(path: &str, time: &str, nth: u64) -> Vec<u8> {
    changed(path, |body| {
        let event = &mut body["event"];
        event["id"] = format!("{}{nth}", event["id"].as_str().unwrap_or_default()).into();
        event["occurred_at"] = format!("2026-11-24T{time}:00+09:00").into();
        let data = &mut event["data"];
        match data["type"].as_str() {
            Some("incident") => data["id"] = "Q1".into(),
            _ => data["incident"]["id"] = "Q1".into(),
        }
    })
}

async fn take(webhook: &Webhook, path: &str, time: &str, nth: u64) {
    assert_eq!(webhook.signed(&event(path, time, nth)).await, accepted(), "{path}\n{}", webhook.function.logs());
}

/// What the blocks of a first message show: the text, and the status of the incident.
fn shown(message: &Message) -> (String, String) {
    let blocks = message.blocks.as_ref().unwrap_or_else(|| panic!("no blocks: {message:?}"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    assert_eq!(blocks.as_array().map(Vec::len), Some(2), "{blocks}");
    (text(&blocks[0]["text"]["text"]), text(&blocks[1]["elements"][0]["text"]))
}

fn headline(text: &str) -> &str {
    text.lines().find(|line| line.contains("#PD")).unwrap_or_default()
}

/// Slack takes a channel's name for a new message, and not for a change of one: what it answers to the new one says the id.
/// Rows of the ledger hold the message's own id alone, as ever, and whoever begins with them has it from the reply.
#[tokio::test]
async fn in_a_channel_by_its_name_the_first_message_is_kept_up_to_date() {
    for (name, language, shown_status) in [
        ("#app-monitoring", "ja", "状態: 対応中 · 山田 太郎 · 11:05 から"),
        ("app-monitoring", "en", "Status: Being worked on · 山田 太郎 · since 11:05"),
    ] {
        let slack = Slack::start().await;
        let webhook = Settings::at("2026-11-24T11:45:00+09:00")
            .slack(&slack)
            .with("SLACK_CHANNEL", name)
            .with("MESSAGE_LANGUAGE", language)
            .start()
            .await;
        take(&webhook, TRIGGERED, "11:02", 1).await;
        let first = slack.expect_one();
        assert_eq!(first.channel.as_deref(), Some(Slack::CHANNEL));
        take(&webhook, ACKNOWLEDGED, "11:05", 1).await;
        assert_eq!(slack.expect_one().thread_ts.as_ref(), Some(&first.ts));
        let edit = slack.expect_edit();
        assert_eq!((&edit.ts, shown(&edit).1.as_str()), (&first.ts, shown_status));
    }
}

#[tokio::test]
async fn the_first_message_opens_a_thread_and_shows_the_status() {
    let slack = Slack::start().await;
    let webhook = Settings::at("2026-11-24T11:45:00+09:00").slack(&slack).start().await;
    take(&webhook, TRIGGERED, "11:02", 1).await;
    let first = slack.expect_one();
    assert_eq!((first.thread_ts.as_ref(), &*first.mentions), (None, &PAIR.map(String::from)[..]));
    let (text, status) = shown(&first);
    assert_eq!(headline(&text), "🔥 発生 #PD4812 HTTP 5xx が 5% を超えています");
    assert_eq!(status, "状態: 未対応");
    assert_eq!(first.text, format!("{text}\n{status}"), "what is searched is what is shown");

    for (path, time, title, status) in [
        (ACKNOWLEDGED, "11:05", "👀 対応中", "状態: 対応中 · 山田 太郎 · 11:05 から"),
        (ESCALATED, "11:15", "🔥 未対応", "状態: 未対応 → 山田 太郎"),
        (RESOLVED, "11:40", "✅ 解決済み", "状態: 解決済み · 佐藤 健 による · 11:40 (所要38分)"),
    ] {
        take(&webhook, path, time, 1).await;
        let reply = slack.expect_one();
        assert_eq!(reply.thread_ts.as_ref(), Some(&first.ts), "{path}");
        assert_eq!(reply.blocks, None, "a reply is text");
        assert!(reply.text.contains("#PD4812"), "the tag is in every message: {}", reply.text);
        assert_eq!(
            reply.reply_broadcast,
            !reply.mentions.is_empty(),
            "those who are mentioned see it in the channel: {path}"
        );
        let edit = slack.expect_edit();
        let (text, now) = shown(&edit);
        assert_eq!((edit.ts.as_str(), now.as_str()), (first.ts.as_str(), status), "{path}");
        assert_eq!(headline(&text), format!("{title} #PD4812 HTTP 5xx が 5% を超えています"), "{path}");
        assert!(text.starts_with(&PAIR.join(" ")), "the mentions stay visible: {text}");
    }
}

#[tokio::test]
async fn a_note_follows_and_edits_nothing() {
    let slack = Slack::start().await;
    let webhook = Settings::at(TUESDAY).slack(&slack).start().await;
    take(&webhook, TRIGGERED, "11:00", 1).await;
    let first = slack.expect_one();
    take(&webhook, NOTE, "11:01", 1).await;
    let note = slack.expect_one();
    assert_eq!((note.thread_ts, note.reply_broadcast), (Some(first.ts), false));
    assert_eq!(slack.take_edits(), []);
}

#[tokio::test]
async fn when_the_first_message_is_gone_the_next_takes_its_place() {
    for (path, faults, posts, calls) in [
        // It is found out after the reply: that is in a thread without a beginning, and is posted again.
        (ACKNOWLEDGED, vec![Fault::Accept, Fault::Refuse("message_not_found")], 2, 3),
        (NOTE, vec![Fault::Refuse("thread_not_found")], 1, 2),
    ] {
        let slack = Slack::start().await;
        let webhook = Settings::at(TUESDAY).slack(&slack).start().await;
        take(&webhook, TRIGGERED, "11:00", 1).await;
        let first = slack.expect_one();
        slack.fail_next(faults);
        take(&webhook, path, "11:01", 1).await;
        let mut messages = slack.take();
        assert_eq!((messages.len(), slack.calls()), (posts, 1 + calls), "{path}");
        let second = messages.pop().expect("a message");
        let is_reply = |reply: &Message| {
            reply.thread_ts.as_ref() == Some(&first.ts) && reply.text == "👀 山田 太郎 が対応開始 · 11:01 · #PD4812"
        };
        assert!(messages.iter().all(is_reply), "{messages:?}");
        assert_eq!(second.thread_ts, None, "{path}: it is a new one");
        assert!(second.text.contains(" #PD4812 HTTP 5xx が 5% を超えています\n"), "whole: {}", second.text);
        assert!(shown(&second).1.starts_with("状態: "), "{path}");
        take(&webhook, NOTE, "11:02", 2).await;
        assert_eq!(slack.expect_one().thread_ts.as_ref(), Some(&second.ts), "{path}: it is remembered");
        take(&webhook, RESOLVED, "11:02", 1).await;
        assert_eq!(slack.expect_one().thread_ts.as_ref(), Some(&second.ts));
        let edit = slack.expect_edit();
        assert!(shown(&edit).1.contains("解決済み"), "{}", edit.text);
        assert_eq!(edit.ts, second.ts);
        assert_ne!(edit.ts, first.ts);
    }
}

/// Whoever is named in the first message is named for what they did, also once the headline says something else.
#[tokio::test]
async fn a_first_message_that_is_not_the_beginning_shows_how_it_stands() {
    const PAGES: &str = "<https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC|PagerDuty ↗>";
    for (language, before, did, after) in [
        (
            "ja",
            ["👀 対応中", "状態: 対応中 · 山田 太郎 · 11:36 から"],
            "Mackerel Backlogアプリ · 緊急度 高 · P2\n👀 山田 太郎 が対応開始 · 11:36",
            ["✅ 解決済み", "状態: 解決済み · 佐藤 健 による · 11:40 (所要38分)"],
        ),
        (
            "en",
            ["👀 Being worked on", "Status: Being worked on · 山田 太郎 · since 11:36"],
            "Mackerel Backlogアプリ · urgency high · P2\n👀 山田 太郎 acknowledged · 11:36",
            ["✅ Resolved", "Status: Resolved · by 佐藤 健 · 11:40 (took 38 min)"],
        ),
    ] {
        let slack = Slack::start().await;
        let settings = Settings::at("2026-11-24T11:45:00+09:00").slack(&slack).with("MESSAGE_LANGUAGE", language);
        let webhook = settings.start().await;
        let whole = |[headline, _]: [&str; 2]| format!("{headline} #PD4812 HTTP 5xx が 5% を超えています\n{did}");
        let late = if language == "ja" { " (9分遅れ)" } else { " (9 min late)" };
        take(&webhook, ACKNOWLEDGED, "11:36", 1).await;
        let first = slack.expect_one();
        assert_eq!(shown(&first), (format!("{}{late}\n{PAGES}", whole(before)), before[1].to_owned()));
        take(&webhook, RESOLVED, "11:40", 1).await;
        slack.expect_one();
        let edit = slack.expect_edit();
        assert_eq!(shown(&edit), (format!("{}{late}\n{PAGES}", whole(after)), after[1].to_owned()));
    }
}

/// A chat that refuses the mention, the thread or the layout gets the message without.
#[tokio::test]
async fn what_the_chat_refuses_of_a_message_costs_that_and_not_the_message() {
    let slack = Slack::start().await;
    let webhook = Settings::at(TUESDAY).slack(&slack).start().await;
    slack.fail_next([Fault::Refuse("restricted_action"), Fault::Refuse("invalid_blocks")]);
    take(&webhook, TRIGGERED, "11:00", 1).await;
    let first = slack.expect_one();
    assert_eq!(slack.calls(), 3);
    let text = &first.text;
    assert!(first.blocks.is_none() && first.mentions.is_empty(), "{text}");
    let without = "⚠️ チャットがメンションを受け付けないため、メンションなしで投稿しています。宛先: 佐藤、鈴木";
    assert!(text.contains(without) && !text.contains("状態"), "{text}");
    slack.fail_next([Fault::Refuse("restricted_action_thread_locked")]);
    take(&webhook, NOTE, "11:01", 1).await;
    let second = slack.expect_one();
    assert_eq!(second.thread_ts, None);
    assert!(second.text.contains("⚠️ チャットがスレッドへの返信を受け付けないため"), "{}", second.text);
    take(&webhook, RESOLVED, "11:02", 1).await;
    assert_eq!(slack.expect_one().thread_ts.as_ref(), Some(&second.ts), "the thread goes on there");
    assert_eq!(slack.expect_edit().ts, second.ts);
    // A bot that may not post at all is refused the second time as well.
    slack.fail_next([Fault::Refuse("restricted_action"), Fault::Refuse("restricted_action")]);
    assert_eq!(webhook.signed(&event(REOPENED, "11:03", 1)).await, not_taken());
    assert_eq!(slack.take().len(), 0);
}

/// A reply that mentions somebody is shown in the channel as well, so nobody has to be pinged a second time.
#[tokio::test]
async fn what_was_shown_in_the_channel_is_not_posted_again() {
    let slack = Slack::start().await;
    let webhook = Settings::at(TUESDAY).slack(&slack).start().await;
    take(&webhook, TRIGGERED, "11:00", 1).await;
    slack.expect_one();
    slack.fail_next([Fault::Accept, Fault::Refuse("message_not_found")]);
    take(&webhook, UNACKNOWLEDGED, "11:01", 1).await;
    let reply = slack.expect_one();
    assert!(reply.reply_broadcast, "{reply:?}");
    take(&webhook, NOTE, "11:02", 2).await;
    let next = slack.expect_one();
    assert_eq!(next.thread_ts, None, "it begins a new thread");
    take(&webhook, RESOLVED, "11:02", 1).await;
    assert_eq!(slack.expect_one().thread_ts, Some(next.ts));
    slack.take_edits();
}

/// What is posted in place of the first message is in the channel, where nobody has seen yet for whom it is.
#[tokio::test]
async fn what_takes_the_place_of_the_first_message_is_without_what_the_chat_refuses() {
    let slack = Slack::start().await;
    let webhook = Settings::at(TUESDAY).slack(&slack).start().await;
    take(&webhook, TRIGGERED, "11:00", 1).await;
    slack.expect_one();
    slack.fail_next([Fault::Refuse("restricted_action"), Fault::Accept, Fault::Refuse("message_not_found")]);
    take(&webhook, UNACKNOWLEDGED, "11:01", 1).await;
    let [reply, second] = <[_; 2]>::try_from(slack.take()).expect("two messages");
    let without = "⚠️ チャットがメンションを受け付けないため、メンションなしで投稿しています。宛先: 佐藤、鈴木";
    assert!(reply.thread_ts.is_some() && reply.text.ends_with(without), "{}", reply.text);
    assert!(second.thread_ts.is_none() && shown(&second).0.ends_with(without), "{}", second.text);
    slack.fail_next([Fault::Accept, Fault::Refuse("message_not_found"), Fault::Refuse("invalid_blocks")]);
    take(&webhook, ACKNOWLEDGED, "11:02", 1).await;
    let [_, third] = <[_; 2]>::try_from(slack.take()).expect("two messages");
    assert_eq!((third.thread_ts, third.blocks), (None, None));
    assert!(third.text.starts_with("👀 対応中 #PD4812 HTTP 5xx が 5% を超えています\n"), "{}", third.text);
    take(&webhook, NOTE, "11:02", 1).await;
    assert_eq!(slack.expect_one().thread_ts, Some(third.ts), "it is remembered");
}

#[tokio::test]
async fn a_resolution_says_how_long_it_took_only_if_that_is_its_own() {
    let slack = Slack::start().await;
    let webhook = Settings::at("2026-11-24T12:02:00+09:00").slack(&slack).start().await;
    take(&webhook, TRIGGERED, "11:02", 1).await;
    slack.expect_one();
    for (path, time, nth, expected) in [
        (RESOLVED, "11:40", 1, "✅ 佐藤 健 が解決 (38分) · 11:40 "),
        (REOPENED, "11:50", 1, "🔥 再オープン (Hanako Ito) · 11:50 "),
        (RESOLVED, "12:00", 2, "✅ 佐藤 健 が解決 (10分) · 12:00 · "),
        // It comes last, and how long that took is not known any more.
        (RESOLVED, "11:45", 3, "✅ 佐藤 健 が解決 · 11:45 "),
    ] {
        take(&webhook, path, time, nth).await;
        let text = slack.expect_one().text;
        assert!(text.lines().any(|line| line.starts_with(expected)), "{time}: {text}");
    }
    slack.take_edits();
}

/// Whoever is mentioned does not wait for the first message to be brought up to date.
#[tokio::test]
async fn a_message_is_posted_before_the_first_one_is_brought_up_to_date() {
    let slack = Slack::start().await;
    let webhook = Settings::at(TUESDAY).slack(&slack).start().await;
    take(&webhook, TRIGGERED, "11:00", 1).await;
    let first = slack.expect_one();
    slack.fail_next([Fault::Accept, Fault::Hang, Fault::Hang]);
    take(&webhook, ESCALATED, "11:01", 1).await;
    assert_eq!(slack.expect_one().thread_ts, Some(first.ts), "it was the first call");
    assert_eq!((slack.take_edits(), slack.calls()), (vec![], 4), "the edit was tried twice, after it");
}

#[tokio::test]
async fn a_failed_edit_of_the_first_message_holds_no_message_back() {
    for (what, fault, edits) in [
        ("it is throttled for long", Fault::TooManyRequests { retry_after: Some(60) }, 1),
        ("an error of Slack's", Fault::ServerError, 1),
        ("an answer that is not JSON", Fault::NotJson, 1),
        ("nobody may edit any more", Fault::Refuse("edit_window_closed"), 0),
    ] {
        let slack = Slack::start().await;
        let webhook = Settings::at(TUESDAY).slack(&slack).start().await;
        take(&webhook, TRIGGERED, "11:00", 1).await;
        let first = slack.expect_one();
        slack.fail_next([Fault::Accept, fault]);
        take(&webhook, ACKNOWLEDGED, "11:01", 1).await;
        let reply = slack.expect_one();
        assert_eq!(
            (reply.thread_ts, reply.text.starts_with("👀 山田 太郎 が対応開始")),
            (Some(first.ts), true),
            "{what}: {}",
            reply.text
        );
        assert_eq!(slack.take_edits().len(), edits, "{what}: it is tried once more");
        assert!(!webhook.function.logs().contains("\"refused\":true"), "{what} raises no alarm");
    }
}

#[tokio::test]
async fn each_chat_has_its_own_thread() {
    let slack = Slack::start().await;
    let typetalk = Typetalk::start().await;
    let webhook = Settings::at(TUESDAY).slack(&slack).typetalk(&typetalk).start().await;
    take(&webhook, TRIGGERED, "11:00", 1).await;
    let on_slack = slack.expect_one();
    let on_typetalk = typetalk.expect_one();
    assert_eq!(on_typetalk.reply_to, None);
    take(&webhook, ACKNOWLEDGED, "11:01", 1).await;
    assert_eq!(slack.expect_one().thread_ts, Some(on_slack.ts));
    assert_eq!(typetalk.expect_one().reply_to, Some(on_typetalk.id));
    assert_eq!(slack.take_edits().len(), 1);
}

#[tokio::test]
async fn a_reply_that_typetalk_refuses_is_posted_as_a_message() {
    let typetalk = Typetalk::start().await;
    let webhook = Settings::at(TUESDAY).typetalk(&typetalk).start().await;
    take(&webhook, TRIGGERED, "11:00", 1).await;
    typetalk.expect_one();
    typetalk.fail_next([Fault::Refuse("invalid_request")]);
    take(&webhook, NOTE, "11:01", 1).await;
    let second = typetalk.expect_one();
    assert_eq!(second.reply_to, None);
    take(&webhook, NOTE, "11:02", 2).await;
    assert_eq!(typetalk.expect_one().reply_to, Some(second.id), "later replies follow the new one");
}

#[tokio::test]
async fn a_webhook_has_messages_with_the_tag_and_no_thread() {
    let slack = Slack::start().await;
    let settings = Settings::at(TUESDAY).with("SLACK_WEBHOOK_URL", &slack.webhook_url());
    let webhook = settings.with("FALLBACK_MENTION_SLACK", "none").start().await;
    for (nth, path) in [TRIGGERED, ACKNOWLEDGED, NOTE].into_iter().enumerate() {
        take(&webhook, path, "11:00", nth as u64).await;
        let message = slack.expect_one();
        assert_eq!((message.thread_ts, message.blocks), (None, None), "{path}");
        assert!(message.text.contains("#PD4812") && !message.text.contains("状態"), "{}", message.text);
    }
}

#[tokio::test]
async fn a_message_that_is_not_taken_leaves_no_thread() {
    let slack = Slack::start().await;
    let webhook = Settings::at(TUESDAY).slack(&slack).start().await;
    slack.fail_next([Fault::ServerError]);
    assert_eq!(webhook.signed(&event(TRIGGERED, "11:00", 1)).await, not_taken());
    take(&webhook, TRIGGERED, "11:00", 1).await;
    let first = slack.expect_one();
    assert_eq!(first.thread_ts, None);
    take(&webhook, ACKNOWLEDGED, "11:01", 1).await;
    assert_eq!(slack.expect_one().thread_ts, Some(first.ts));
    assert_eq!(shown(&slack.expect_edit()).1, "状態: 対応中 · 山田 太郎 · 11:01 から");
}
