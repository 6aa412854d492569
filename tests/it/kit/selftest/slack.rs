use serde_json::{Value, json};

use super::blocks::section;
use super::wire::{Client, Ending};
use super::{assert_contains, left_by};
use crate::kit::{Message, Slack, Via};

pub const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");
pub const BEARER: (&str, &str) = ("authorization", "Bearer xoxb-test-0123456789");

pub async fn call(slack: &Slack, method: &str, body: &Value) -> Ending {
    let mut client = Client::connect(&slack.origin()).await;
    let path = path(slack, &slack.base_url());
    let line = format!("POST {path}/{method}");
    client.call(&line, &[JSON, BEARER], &body.to_string()).await
}

async fn hook(slack: &Slack, path: &str, body: &str) -> Ending {
    let mut client = Client::connect(&slack.origin()).await;
    client.call(&format!("POST {path}"), &[JSON], body).await
}

fn path(slack: &Slack, url: &str) -> String {
    let path = url.strip_prefix(&slack.origin());
    path.expect("every URL is on the fake's own host").to_owned()
}

/// A message with `text` and nothing else.
fn saying(text: &str) -> Value {
    json!({"channel": Slack::CHANNEL, "text": text})
}

/// `body` is accepted without a problem.
#[track_caller]
pub fn assert_fine(slack: &Slack, ending: &Ending) {
    assert_eq!(ending.body()["ok"], true, "{ending:?}");
    assert_eq!(slack.problems(), [""; 0]);
}

#[tokio::test]
async fn a_message_its_reply_in_a_thread_and_its_edit() {
    let slack = Slack::start().await;
    let root = call(&slack, "chat.postMessage", &saying("<!here> <@U1> <https://x.example|x> &amp; b")).await;
    assert_fine(&slack, &root);
    let (root, first) = (root.body(), slack.expect_one());
    assert_eq!(root["ts"], *first.ts);
    assert_eq!(root["message"]["text"], *first.text);
    assert_eq!(first.via, Via::Api);
    assert_eq!(first.channel.as_deref(), Some(Slack::CHANNEL));
    assert_eq!(first.mentions, ["<!here>", "<@U1>"]);

    let reply = json!({"channel": Slack::CHANNEL, "text": "b", "thread_ts": root["ts"], "reply_broadcast": true});
    assert_fine(&slack, &call(&slack, "chat.postMessage", &reply).await);
    let reply = slack.expect_one();
    assert_eq!(reply.thread_ts.as_ref(), Some(&first.ts));
    assert!(reply.reply_broadcast && reply.ts > first.ts, "{reply:?}");

    let edit = json!({"channel": Slack::CHANNEL, "text": "c", "ts": root["ts"]});
    assert_fine(&slack, &call(&slack, "chat.update", &edit).await);
    let edited = slack.expect_edit();
    assert_eq!((edited.text.as_str(), edited.edited), ("c", vec![first.text]));
    slack.expect_none();
    assert_eq!((slack.calls(), slack.connections()), (3, 3));
}

#[tokio::test]
async fn calls_that_slack_refuses() {
    let other_channel = json!({"channel": "C0OTHER0001", "text": "a"});
    let thread = json!({"channel": Slack::CHANNEL, "text": "a", "thread_ts": "1.000001"});
    let edit = json!({"channel": Slack::CHANNEL, "text": "a", "ts": "1.000001"});
    let blocks = json!({"channel": Slack::CHANNEL, "text": "a", "blocks": [section(&"a".repeat(3_001))]});
    for (method, body, code) in [
        ("chat.postMessage", other_channel, "channel_not_found"),
        ("chat.postMessage", json!({"text": "a"}), "channel_not_found"),
        ("chat.postMessage", saying(" \n"), "no_text"),
        ("chat.postMessage", saying(&"a".repeat(40_001)), "msg_too_long"),
        ("chat.postMessage", thread, "thread_not_found"),
        ("chat.postMessage", blocks, "invalid_blocks"),
        ("chat.postMessage", json!(["a"]), "invalid_json"),
        ("chat.update", edit, "message_not_found"),
        ("chat.delete", saying("a"), "unknown_method"),
        ("chat.postMessage?token=xoxb-test-0123456789", saying("a"), "unknown_method"),
    ] {
        let slack = Slack::start().await;
        let ending = call(&slack, method, &body).await;
        assert_eq!((ending.status(), ending.body()), (200, json!({"ok": false, "error": code})));
        slack.expect_none();
        assert_eq!(slack.problems().len(), 1, "for {code}");
    }
}

#[tokio::test]
async fn requests_that_slack_rejects() {
    let body = saying("a").to_string();
    for (line, headers, code) in [
        ("POST /api/chat.postMessage", vec![JSON], "not_authed"),
        ("POST /api/chat.postMessage", vec![JSON, ("authorization", "Bearer xoxb-other")], "invalid_auth"),
        ("POST /api/chat.postMessage", vec![BEARER], "invalid_post_type"),
        ("POST /api/chat.postMessage", vec![BEARER, ("content-type", "text/plain")], "invalid_post_type"),
        ("GET /api/chat.postMessage", vec![JSON, BEARER], "invalid_post_type"),
    ] {
        let slack = Slack::start().await;
        let ending = Client::connect(&slack.origin()).await.call(line, &headers, &body).await;
        assert_eq!(ending.body()["error"], code);
        assert_eq!(slack.problems().len(), 1, "for {code}");
    }
}

/// Slack accepts these although they are wrong.
#[tokio::test]
async fn messages_that_are_accepted_and_wrong() {
    let with = |key: &str, value: Value| {
        let mut body = saying("a");
        body[key] = value;
        body
    };
    for (body, problem) in [
        (saying("a < b"), "`&lt;`"),
        (saying("<b"), "`&lt;`"),
        (saying("a > b"), "`&gt;`"),
        (saying("a & b"), "`&amp;`"),
        (saying("a &quot; b"), "`&amp;`"),
        (saying("<https://x.example/?a=1&b=2>"), "`&amp;`"),
        (saying("<!all>"), "neither a mention nor"),
        (saying("<@Usato>"), "neither a mention nor"),
        (saying("<@sato>"), "neither a mention nor"),
        (saying("<#C0APPMON001>"), "neither a mention nor"),
        (saying("<!subteam^U1>"), "neither a mention nor"),
        (saying("<http://x.example>"), "neither a mention nor"),
        (saying("<@U1|>"), "empty label"),
        (saying(&"a".repeat(4_001)), "over 4000"),
        (with("link_names", true.into()), "plain names into pings"),
        (with("parse", "full".into()), "plain names into pings"),
        (with("colour", "red".into()), "not a field"),
        (with("mrkdwn", "yes".into()), "not a boolean"),
        (with("metadata", "a".into()), "not an object"),
        (with("reply_broadcast", true.into()), "without thread_ts"),
        (with("blocks", json!([section("<@U1>")])), "the text mentions"),
        (with("blocks", json!([section("a & b")])), "blocks: "),
    ] {
        let slack = Slack::start().await;
        assert_eq!(call(&slack, "chat.postMessage", &body).await.body()["ok"], true);
        slack.expect_one();
        assert_contains(&left_by(slack), problem);
    }
}

#[tokio::test]
async fn messages_that_are_right() {
    for text in [
        "> quoted\n>>> quoted",
        "<@W0A|sato> <!subteam^S1> <!subteam^S1|@team> <!channel> <!everyone>",
        "&lt;!channel&gt; &amp;amp;",
        "https://x.example/?a=1&amp;b=2 <https://x.example/?a=1&amp;b=2|a b>",
        &"あ".repeat(4_000),
    ] {
        let slack = Slack::start().await;
        assert_fine(&slack, &call(&slack, "chat.postMessage", &saying(text)).await);
        slack.expect_one();
    }
}

#[tokio::test]
async fn a_reply_to_a_reply_is_noted() {
    let slack = Slack::start().await;
    let mut ts = Value::Null;
    for _ in 0..3 {
        let mut body = saying("a");
        if ts.is_string() {
            body["thread_ts"] = ts;
        }
        ts = call(&slack, "chat.postMessage", &body).await.body()["ts"].take();
    }
    assert_eq!(slack.take().len(), 3);
    assert_contains(&left_by(slack), "the thread's first message");
}

#[tokio::test]
async fn the_webhook() {
    let slack = Slack::start().await;
    let path = path(&slack, &slack.webhook_url());
    let ending = hook(&slack, &path, r#"{"text": "<@U1> a"}"#).await;
    assert_eq!((ending.status(), ending.body()), (200, "ok".into()));
    let message: Message = slack.expect_one();
    assert_eq!((message.via, message.channel), (Via::Webhook, None));
    assert_eq!(message.mentions, ["<@U1>"]);

    let forged = path.replace("hook0", "hook1");
    for (path, body, status, text) in [
        (forged.as_str(), r#"{"text": "a"}"#, 403, "invalid_token"),
        (path.as_str(), "text=a", 400, "invalid_payload"),
        (path.as_str(), r#"{"text": ""}"#, 400, "invalid_payload"),
        (path.as_str(), r#"{"text": 1}"#, 400, "invalid_payload"),
        ("/services/T0OTHER/B0OTHER/x", r#"{"text": "a"}"#, 404, "no_service"),
    ] {
        let ending = hook(&slack, path, body).await;
        assert_eq!((ending.status(), ending.body()), (status, text.into()));
        assert_eq!(slack.problems().len(), 1, "for {text}");
    }

    let mut client = Client::connect(&slack.origin()).await;
    let line = format!("POST {path}");
    let ending = client.call(&line, &[JSON, BEARER], r#"{"text": "a"}"#).await;
    assert_eq!((ending.status(), ending.body()), (403, "invalid_token".into()));
    assert_contains(&left_by(slack), "must not be sent to a webhook");
}

#[tokio::test]
async fn what_is_left_behind_fails_the_test_on_drop() {
    let slack = Slack::start().await;
    call(&slack, "chat.postMessage", &saying("nobody reads this")).await;
    assert_contains(&left_by(slack), "nobody reads this");

    let slack = Slack::start().await;
    let ts = call(&slack, "chat.postMessage", &saying("a")).await.body()["ts"].take();
    slack.expect_one();
    let edit = json!({"channel": Slack::CHANNEL, "text": "nobody reads this", "ts": ts});
    call(&slack, "chat.update", &edit).await;
    assert_contains(&left_by(slack), "unread edit");

    assert_eq!(left_by(Slack::start().await), "");
}

#[tokio::test]
async fn expecting_one_or_none_says_what_was_found() {
    let slack = Slack::start().await;
    let look = |look: fn(&Slack)| {
        let slack = std::panic::AssertUnwindSafe(&slack);
        super::message_of(std::panic::catch_unwind(move || look(*slack)))
    };
    assert_contains(&look(|slack| drop(slack.expect_one())), "found none");
    call(&slack, "chat.postMessage", &saying("first")).await;
    assert_contains(&look(|slack| slack.expect_none()), "first");
    call(&slack, "chat.postMessage", &saying("second")).await;
    call(&slack, "chat.postMessage", &saying("third")).await;
    let both = look(|slack| drop(slack.expect_one()));
    assert_contains(&both, "second");
    assert_contains(&both, "third");
}
