use serde_json::{Value, json};

use super::blocks::section;
use super::buttons::{actions, button};
use super::slack::{BEARER, JSON};
use super::wire::{Client, Ending};
use super::{assert_contains, left_by};
use crate::kit::{Fault, Private, Slack};

async fn post(slack: &Slack, url: &str, headers: &[(&str, &str)], body: &Value) -> Ending {
    let path = url.strip_prefix(&slack.origin()).expect("every URL is on the fake's own host");
    Client::connect(&slack.origin()).await.call(&format!("POST {path}"), headers, &body.to_string()).await
}

/// An answer with this text and nothing that need not be.
fn saying(text: &str) -> Value {
    json!({"text": text, "response_type": "ephemeral", "replace_original": false})
}

#[tokio::test]
async fn answers_to_a_press_and_to_a_command() {
    let slack = Slack::start().await;
    let (press, command) = (slack.response_url(), slack.command_response_url());
    assert!(press != slack.response_url() && press.contains("/actions/T0TEST0001/"), "{press}");
    assert!(command.contains("/commands/T0TEST0001/"), "{command}");

    let mut body = saying("すでにあなたが対応中です。");
    body["blocks"] = json!([section("すでにあなたが対応中です。"), actions(json!([button("hand_back")]))]);
    let ending = post(&slack, &press, &[JSON], &body).await;
    assert_eq!((ending.status(), ending.body()), (200, json!({"ok": true})));
    let answer: Private = slack.expect_private();
    assert_eq!((&answer.url, answer.text.as_str()), (&press, "すでにあなたが対応中です。"));
    assert_eq!((answer.buttons(), answer.blocks.as_ref()), (vec![("hand_back", "x", "")], Some(&body["blocks"])));

    let body = json!({"text": "<@U1> a", "response_type": "ephemeral"});
    let ending = post(&slack, &command, &[JSON], &body).await;
    assert_eq!((ending.status(), ending.body()), (200, "ok".into()));
    let answers = slack.take_private();
    assert_eq!((answers.len(), &answers[0].url, answers[0].buttons().len()), (1, &command, 0));
    assert_eq!(slack.take_private(), []);
    slack.expect_none();
}

#[tokio::test]
async fn a_url_is_good_for_five_answers_in_its_time() {
    let slack = Slack::start().await;
    for url in [slack.response_url(), slack.command_response_url()] {
        // What was not accepted is not counted.
        slack.fail_private_next([Fault::ServerError, Fault::ResetAfterAccepting]);
        assert_eq!(post(&slack, &url, &[JSON], &saying("a")).await.status(), 500);
        assert_eq!(post(&slack, &url, &[JSON], &saying("a")).await, Ending::Reset);
        for _ in 0..4 {
            assert_eq!(post(&slack, &url, &[JSON], &saying("a")).await.status(), 200);
        }
        let ending = post(&slack, &url, &[JSON], &saying("a")).await;
        assert_eq!((ending.status(), ending.body()), (404, "used_url".into()));
        assert_eq!(slack.take_private().len(), 5);
    }
    let url = slack.response_url();
    slack.expire(&url);
    let ending = post(&slack, &url, &[JSON], &saying("a")).await;
    assert_eq!((ending.status(), ending.body()), (404, "expired_url".into()));
    assert_eq!(slack.problems(), [""; 0]);
}

#[tokio::test]
async fn answers_that_slack_refuses() {
    let blocks = |blocks: Value| {
        let mut body = saying("a");
        body["blocks"] = blocks;
        body
    };
    for (headers, body, code, problem) in [
        (vec![], saying("a"), "invalid_post_type", "not JSON in UTF-8"),
        (vec![("content-type", "text/plain")], saying("a"), "invalid_post_type", "not JSON in UTF-8"),
        (vec![JSON], json!(["a"]), "invalid_json", "not an object"),
        (vec![JSON, BEARER], saying("a"), "invalid_auth", "must not be sent to a response_url"),
        (vec![JSON], saying(" \n"), "no_text", "empty"),
        (vec![JSON], saying(&"a".repeat(40_001)), "msg_too_long", "40001"),
        (vec![JSON], blocks(json!({})), "invalid_blocks", "not an array"),
        (vec![JSON], blocks(json!([actions(json!([]))])), "invalid_blocks", "actions without elements"),
    ] {
        let slack = Slack::start().await;
        let url = slack.response_url();
        let ending = post(&slack, &url, &headers, &body).await;
        assert_eq!((ending.status(), ending.body()), (200, json!({"ok": false, "error": code})));
        assert_eq!(slack.take_private(), []);
        assert_contains(&left_by(slack), problem);
    }
    let slack = Slack::start().await;
    let forged = slack.response_url().replace("/actions/T0TEST0001/", "/actions/T0OTHER001/");
    let ending = post(&slack, &forged, &[JSON], &saying("a")).await;
    assert_eq!((ending.status(), ending.body()), (404, "no_service".into()));
    assert_contains(&left_by(slack), "not a URL that was given out");
}

/// Slack accepts these although they are wrong.
#[tokio::test]
async fn answers_that_are_accepted_and_wrong() {
    let with = |key: &str, value: Value| {
        let mut body = saying("a");
        match value {
            Value::Null => drop(body.as_object_mut().expect("an object").remove(key)),
            value => body[key] = value,
        }
        body
    };
    for (body, problem) in [
        (with("response_type", json!("in_channel")), "everybody might read"),
        (with("response_type", Value::Null), "everybody might read"),
        (with("replace_original", json!(true)), "might replace the message"),
        (with("replace_original", Value::Null), "might replace the message"),
        (with("delete_original", json!(true)), "not a field"),
        (with("thread_ts", json!("1.000001")), "not a field"),
        (saying("a & b"), "`&amp;`"),
        (saying(&"a".repeat(4_001)), "over 4000"),
    ] {
        let slack = Slack::start().await;
        let url = slack.response_url();
        assert_eq!(post(&slack, &url, &[JSON], &body).await.body()["ok"], true);
        slack.expect_private();
        assert_contains(&left_by(slack), problem);
    }
}

#[tokio::test]
async fn an_answer_that_nobody_reads_fails_the_test_on_drop() {
    let slack = Slack::start().await;
    let url = slack.response_url();
    post(&slack, &url, &[JSON], &saying("nobody reads this")).await;
    assert_contains(&left_by(slack), "nobody reads this");

    let slack = Slack::start().await;
    slack.fail_private_next([Fault::Hang]);
    assert_contains(&left_by(slack), "no call came for: Hang");
}
