use serde_json::{Value, json};

use super::slack::{assert_fine, call};
use crate::kit::{Message, Slack};

/// A section with this text.
pub fn section(text: &str) -> Value {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": text}})
}

#[tokio::test]
async fn blocks_say_who_is_pinged() {
    let slack = Slack::start().await;
    let context = json!({"type": "context", "elements": [{"type": "plain_text", "text": "<@U2> & c"}]});
    let header = json!({"type": "header", "text": {"type": "plain_text", "text": "d"}});
    let blocks = json!([header, section("<@U1> a"), {"type": "divider"}, context]);
    let body = json!({"channel": Slack::REMINDER_CHANNEL, "text": "<@U1> b", "blocks": blocks});
    assert_fine(&slack, &call(&slack, "chat.postMessage", &body).await);
    let message: Message = slack.expect_one();
    assert_eq!(message.mentions, ["<@U1>"]);
    assert_eq!(message.blocks, Some(blocks));
}

#[tokio::test]
async fn a_plain_name_pings_in_a_block_that_is_not_verbatim() {
    for (verbatim, is_fine) in [(json!(true), true), (json!(false), false), (Value::Null, false)] {
        let slack = Slack::start().await;
        let mut block = section("disk @here");
        if !verbatim.is_null() {
            block["text"]["verbatim"] = verbatim.clone();
        }
        let body = json!({"channel": Slack::CHANNEL, "text": "disk @here", "blocks": [block]});
        call(&slack, "chat.postMessage", &body).await;
        slack.expect_one();
        let problems = slack.problems();
        assert_eq!(problems.is_empty(), is_fine, "verbatim {verbatim}: {problems:?}");
        assert!(is_fine || problems[0].contains("<!here>"), "{problems:?}");
    }
}

#[tokio::test]
async fn blocks_that_slack_refuses() {
    let text = |characters: usize| json!({"type": "mrkdwn", "text": "a".repeat(characters)});
    for blocks in [
        json!({}),
        json!(vec![section("a"); 51]),
        json!(vec![section(&"a".repeat(2_700)); 5]),
        json!([{"type": "context", "elements": vec![text(1); 11]}]),
        json!([{"type": "context", "elements": []}]),
        json!([{"type": "section"}]),
        json!([{"type": "section", "text": text(0)}]),
        json!([{"type": "section", "fields": [text(2_001)]}]),
        json!([{"type": "section", "text": text(1), "color": "red"}]),
        json!([{"type": "header", "text": text(1)}]),
        json!([{"type": "header", "text": {"type": "plain_text", "text": "a".repeat(151)}}]),
        json!([{"type": "marquee"}]),
    ] {
        let slack = Slack::start().await;
        let body = json!({"channel": Slack::CHANNEL, "text": "a", "blocks": blocks});
        let ending = call(&slack, "chat.postMessage", &body).await;
        assert_eq!(ending.body()["error"], "invalid_blocks", "for {blocks}");
        assert_eq!(slack.problems().len(), 1, "for {blocks}");
    }
}
