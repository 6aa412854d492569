use serde_json::{Value, json};

use super::blocks::section;
use super::slack::{JSON, assert_fine, call};
use super::wire::Client;
use super::{assert_contains, left_by};
use crate::kit::Slack;

/// A block of buttons.
pub fn actions(buttons: Value) -> Value {
    json!({"type": "actions", "elements": buttons})
}

/// A button with this action id and nothing that need not be.
pub fn button(action_id: &str) -> Value {
    json!({"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": "x"}})
}

fn confirm() -> Value {
    let plain = |text: &str| json!({"type": "plain_text", "text": text});
    json!({"title": plain("SRE を呼びますか?"), "text": {"type": "mrkdwn", "text": "#PD4812"},
           "confirm": plain("呼ぶ"), "deny": plain("やめる")})
}

/// `button` with another value of one field; `Null` takes the field away.
fn with(mut button: Value, field: &str, value: Value) -> Value {
    let pointer = format!("/{}", field.replace('.', "/"));
    if value.is_null() {
        button.as_object_mut().expect("an object").remove(field);
    } else if let Some(old) = button.pointer_mut(&pointer) {
        *old = value;
    } else {
        button[field] = value;
    }
    button
}

fn message(blocks: &Value) -> Value {
    json!({"channel": Slack::CHANNEL, "text": "a", "blocks": blocks})
}

#[tokio::test]
async fn buttons_are_read_in_order_and_go_with_an_update() {
    let slack = Slack::start().await;
    let take = json!({"type": "button", "action_id": "take", "value": "PINC1", "style": "primary",
                      "text": {"type": "plain_text", "text": "対応します", "emoji": true}});
    let call_sre = with(with(button("call_sre"), "confirm", confirm()), "style", json!("danger"));
    let blocks = json!([section("a"), actions(json!([take, call_sre])), actions(json!([button("take")]))]);
    let posted = call(&slack, "chat.postMessage", &message(&blocks)).await;
    assert_fine(&slack, &posted);
    let posted = posted.body();
    assert_eq!(posted["message"]["blocks"][1]["elements"], blocks[1]["elements"]);
    assert!(posted["message"]["blocks"][1]["block_id"].is_string(), "Slack makes one up: {posted}");
    let expected = [("take", "対応します", "PINC1"), ("call_sre", "x", ""), ("take", "x", "")];
    assert_eq!(slack.expect_one().buttons(), expected);

    let update = |blocks: Option<Value>| {
        let mut body = json!({"channel": Slack::CHANNEL, "ts": posted["ts"], "text": "b"});
        if let Some(blocks) = blocks {
            body["blocks"] = blocks;
        }
        body
    };
    assert_fine(&slack, &call(&slack, "chat.update", &update(Some(blocks.clone()))).await);
    assert_eq!(slack.expect_edit().buttons(), expected);
    assert_fine(&slack, &call(&slack, "chat.update", &update(None)).await);
    let edited = slack.expect_edit();
    assert_eq!((edited.buttons(), &edited.blocks), (vec![], &None), "without blocks the old ones go");
}

#[tokio::test]
async fn buttons_that_are_as_long_as_they_may_be() {
    let slack = Slack::start().await;
    let long = |characters: usize| json!("あ".repeat(characters));
    let button = with(with(button(&"a".repeat(255)), "text.text", long(75)), "value", long(2_000));
    let mut confirm = confirm();
    for (field, characters) in [("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)] {
        confirm[field]["text"] = long(characters);
    }
    let many: Vec<_> = (0..25).map(|nth| self::button(&format!("a{nth}"))).collect();
    let mut first = actions(json!([with(button, "confirm", confirm)]));
    first["block_id"] = json!("b".repeat(255));
    let blocks = json!([first, actions(json!(many))]);
    assert_fine(&slack, &call(&slack, "chat.postMessage", &message(&blocks)).await);
    assert_eq!(slack.expect_one().buttons().len(), 26);
}

#[tokio::test]
async fn buttons_that_slack_refuses() {
    let one = || button("take");
    let asking = |field: &str, value: Value| with(one(), "confirm", with(confirm(), field, value));
    let long = |characters: usize| json!("a".repeat(characters));
    let many: Vec<_> = (0..26).map(|nth| button(&format!("a{nth}"))).collect();
    let mrkdwn = |text: &str| json!({"type": "mrkdwn", "text": text});
    for block in [
        json!({"type": "actions"}),
        actions(json!([])),
        actions(json!({})),
        actions(json!(many)),
        actions(json!([one(), one()])),
        actions(json!(["take"])),
        actions(json!([with(one(), "type", json!("overflow"))])),
        actions(json!([with(one(), "disabled", json!(true))])),
        actions(json!([with(one(), "action_id", Value::Null)])),
        actions(json!([with(one(), "action_id", json!(""))])),
        actions(json!([with(one(), "action_id", json!(1))])),
        actions(json!([with(one(), "action_id", long(256))])),
        actions(json!([with(one(), "text", Value::Null)])),
        actions(json!([with(one(), "text", mrkdwn("x"))])),
        actions(json!([with(one(), "text.text", json!(""))])),
        actions(json!([with(one(), "text.text", json!(" "))])),
        actions(json!([with(one(), "text.text", long(76))])),
        actions(json!([with(one(), "text", json!({"type": "plain_text", "text": "x", "emoji": "yes"}))])),
        actions(json!([with(one(), "text", json!({"type": "plain_text", "text": "x", "verbatim": true}))])),
        actions(json!([with(one(), "value", json!(1))])),
        actions(json!([with(one(), "value", json!(""))])),
        actions(json!([with(one(), "value", long(2_001))])),
        actions(json!([with(one(), "style", json!("default"))])),
        actions(json!([with(one(), "style", json!(""))])),
        actions(json!([asking("title", Value::Null)])),
        actions(json!([asking("title", mrkdwn("x"))])),
        actions(json!([asking("title.text", long(101))])),
        actions(json!([asking("text", Value::Null)])),
        actions(json!([asking("text.text", json!(""))])),
        actions(json!([asking("text.text", long(301))])),
        actions(json!([asking("confirm.text", long(31))])),
        actions(json!([asking("deny", Value::Null)])),
        actions(json!([asking("deny.text", long(31))])),
        actions(json!([asking("style", json!("loud"))])),
        actions(json!([asking("more", json!("x"))])),
        with(actions(json!([one()])), "block_id", json!("")),
        with(actions(json!([one()])), "block_id", long(256)),
        with(actions(json!([one()])), "text", mrkdwn("x")),
    ] {
        let slack = Slack::start().await;
        let ending = call(&slack, "chat.postMessage", &message(&json!([block]))).await;
        assert_eq!(ending.body()["error"], "invalid_blocks", "for {block}");
        assert_eq!(slack.problems().len(), 1, "for {block}");
    }
    let slack = Slack::start().await;
    let twice = with(actions(json!([one()])), "block_id", json!("same"));
    let ending = call(&slack, "chat.postMessage", &message(&json!([twice, twice]))).await;
    assert_eq!(ending.body()["error"], "invalid_blocks");
    assert_contains(&left_by(slack), r#"the block_id "same" again"#);
}

#[tokio::test]
async fn buttons_in_a_webhooks_message_are_noted() {
    let slack = Slack::start().await;
    let path = slack.webhook_url().split_off(slack.origin().len());
    let body = json!({"text": "a", "blocks": [section("a"), actions(json!([button("take")]))]}).to_string();
    let ending = Client::connect(&slack.origin()).await.call(&format!("POST {path}"), &[JSON], &body).await;
    assert_eq!(ending.status(), 200);
    slack.expect_one();
    assert_contains(&left_by(slack), "buttons in a webhook's message");
}
