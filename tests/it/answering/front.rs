//! Who sends: only what Slack has signed a moment ago is let in.

use super::here::Here;
use super::{SIGNING, at};
use crate::kit::{Press, signed, ssl_check};
use chrono::TimeDelta;

type Headers = Vec<(&'static str, String)>;

/// A press of the first message's button.
fn body(here: &Here, first: &crate::kit::Message) -> String {
    here.slack.press("U0SATO0001", first, "take").body()
}

#[tokio::test]
async fn only_what_slack_has_signed_a_moment_ago_is_let_in() {
    let here = Here::open().await;
    let first = here.begin().await;
    here.asked();
    let now = at("11:05");
    let text = body(&here, &first);
    let signed_at = |seconds: i64, secret: &str| signed(secret, now + TimeDelta::seconds(seconds), &text).to_vec();
    let without =
        |name: &str| -> Headers { signed_at(0, SIGNING).into_iter().filter(|(known, _)| *known != name).collect() };
    for (what, headers) in [
        ("another secret", signed_at(0, "somebody-elses-secret")),
        ("an empty secret", signed_at(0, "")),
        ("another body", signed(SIGNING, now, "payload=%7B%7D").to_vec()),
        ("replayed after five minutes", signed_at(-301, SIGNING)),
        ("ahead of the clock", signed_at(301, SIGNING)),
        ("no signature", without("x-slack-signature")),
        ("no time", without("x-slack-request-timestamp")),
        ("nothing", Vec::new()),
        ("a token", vec![("x-toban-token", crate::running::TOKEN.to_owned())]),
    ] {
        let answer = here.send("/slack", &headers, text.as_bytes(), now).await;
        assert_eq!((answer.status, &*answer.text), (401, "not authenticated"), "{what}");
    }
    assert_eq!(here.presses.len(), 0);
    for (what, headers) in [
        ("the older secret", signed_at(0, "slack-signing-secret-1")),
        ("the newer secret", signed_at(0, SIGNING)),
        ("almost five minutes old", signed_at(-300, SIGNING)),
    ] {
        let answer = here.send("/slack", &headers, text.as_bytes(), now).await;
        assert_eq!((answer.status, &*answer.text), (200, ""), "{what}");
    }
    assert_eq!(here.presses.len(), 1, "it is the same press");
    here.work("11:05").await;
    assert_eq!(here.thread().len(), 1);
    here.status();
}

/// What is signed and asks for nothing, or cannot be read.
#[tokio::test]
async fn what_asks_for_nothing_does_nothing() {
    const UNREADABLE: &str = "this cannot be read, and nothing was done";
    let here = Here::open().await;
    let first = here.begin().await;
    here.asked();
    let press = || here.slack.press("U0SATO0001", &first, "take");
    let form =
        |payload: &str| format!("payload={}", payload.replace('%', "%25").replace('+', "%2B").replace('&', "%26"));
    let payload = |pointer: &str, value: serde_json::Value| {
        let mut payload = press().payload();
        *payload.pointer_mut(pointer).expect("it is there") = value;
        form(&payload.to_string())
    };
    for (body, text) in [
        (ssl_check(), ""),
        (Press { action_id: "call", ..press() }.body(), ""),
        (payload("/type", "view_submission".into()), ""),
        (payload("/type", serde_json::Value::Null), ""),
        (payload("/actions", serde_json::json!([])), ""),
        (payload("/actions", serde_json::json!({"action_id": "take"})), ""),
        (payload("/actions/0/action_id", 7.into()), ""),
        (payload("/actions/0/value", serde_json::Value::Null), UNREADABLE),
        (payload("/actions/0/value", "../users/P1".into()), UNREADABLE),
        (payload("/actions/0/value", "Q".repeat(300).into()), UNREADABLE),
        (payload("/user/id", serde_json::json!({})), UNREADABLE),
        (payload("/user/id", "S0SRETEAM1".into()), UNREADABLE),
        (payload("/user", serde_json::Value::Null), UNREADABLE),
        (form("not JSON"), UNREADABLE),
        (form("[]"), ""),
        ("payload=".into(), UNREADABLE),
        ("command=%2Ftoban".into(), UNREADABLE),
        ("command=%2Ftoban&user_id=".into(), UNREADABLE),
        (String::new(), UNREADABLE),
        ("x".repeat(600 * 1024), UNREADABLE),
    ] {
        let answer = here.slack(&body, "11:05").await;
        let start: String = body.chars().take(100).collect();
        assert_eq!((answer.status, &*answer.text), (200, text), "{start}");
    }
    assert_eq!(here.presses.len(), 0);
    // Slack does not say that it signs this one, and it opens nothing.
    let answer = here.send("/slack", &[], ssl_check().as_bytes(), at("11:05")).await;
    assert_eq!((answer.status, &*answer.text), (200, ""));
    let with_press = format!("{}&{}", ssl_check(), press().body());
    assert_eq!(here.send("/slack", &[], with_press.as_bytes(), at("11:05")).await.status, 401);
    assert_eq!(here.presses.len(), 0);
    here.slack.expect_none();
}
