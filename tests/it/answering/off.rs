//! Without the new settings nothing is different.

use super::{INCIDENT, SIGNING, at, settings, with_buttons};
use crate::kit::{Message, Press, Slack, events, signed};
use crate::running::{Settings, TUESDAY, payload};
use crate::serve::process::{Serving, State};
use serde_json::json;

fn blocks(message: &Message) -> Vec<&str> {
    let blocks = message.blocks.as_ref().and_then(|blocks| blocks.as_array());
    blocks.into_iter().flatten().filter_map(|block| block["type"].as_str()).collect()
}

/// A press as it would come of a message with a button.
fn a_press(slack: &Slack, message: &Message) -> String {
    let with_button = json!([{"type": "actions", "elements": [{"type": "button", "action_id": "take", "value": INCIDENT,
        "text": {"type": "plain_text", "text": "対応します"}}]}]);
    let message = Message { blocks: Some(with_button), ..message.clone() };
    Press { response_url: slack.response_url(), ..slack.press("U0SATO0001", &message, "take") }.body()
}

#[tokio::test]
async fn on_one_machine_nothing_is_different_without_the_secret() {
    let slack = Slack::start().await;
    let state = State::new("off");
    let serving = Serving::start(&Settings::at(TUESDAY).slack(&slack), &state).await;
    assert_eq!(serving.signed(&payload("v3/incident.triggered.json")).await, 202);
    serving.settled(&state).await;
    let first = slack.expect_one();
    assert_eq!(blocks(&first), ["section", "context"]);
    let body = a_press(&slack, &first);
    for secret in [SIGNING, ""] {
        let now = at("11:02");
        let (status, text) = serving.post("/slack", &signed(secret, now, &body), body.as_bytes()).await;
        assert_eq!((status, text.trim_end()), (404, "no such path; PagerDuty's is /pagerduty"));
    }
    assert_eq!(slack.calls(), 1, "one post and no questions");
    assert_eq!(serving.terminated().await, Some(0));
}

/// Turned off while an incident is open: its message loses the button with the next change, and the old button does nothing.
#[tokio::test]
async fn what_is_turned_off_goes() {
    let slack = Slack::start().await;
    let state = State::new("turned off");
    let on = with_buttons(&slack);
    let serving = Serving::start(&on, &state).await;
    assert_eq!(serving.signed(&payload("v3/incident.triggered.json")).await, 202);
    serving.settled(&state).await;
    let first = slack.expect_one();
    assert_eq!(blocks(&first), ["section", "context", "actions"]);
    assert_eq!(serving.terminated().await, Some(0));

    let serving = Serving::start(&on.with("SLACK_SIGNING_SECRETS", ""), &state).await;
    let body = slack.press("U0SATO0001", &first, "take").body();
    let answer = serving.post("/slack", &signed(SIGNING, at("11:02"), &body), body.as_bytes()).await;
    assert_eq!(answer.0, 404);
    assert_eq!(serving.signed(&payload("v3/incident.acknowledged.json")).await, 202);
    serving.settled(&state).await;
    assert_eq!(blocks(&slack.expect_edit()), ["section", "context"]);
    slack.expect_one();
    assert_eq!(serving.terminated().await, Some(0));
}

/// The webhook that posts itself has no queue for presses, so that the secret alone opens nothing.
#[tokio::test]
async fn without_a_queue_nothing_can_be_pressed() {
    let (slack, pagerduty) = (Slack::start().await, super::account().await);
    for settings in [Settings::at(TUESDAY).slack(&slack), with_buttons(&slack), settings(&slack, &pagerduty)] {
        let webhook = settings.with("TOBAN_NOW", TUESDAY).start().await;
        let calls = slack.calls();
        assert_eq!(webhook.signed(&payload("v3/incident.triggered.json")).await.status, 202);
        let first = slack.expect_one();
        assert_eq!(blocks(&first), ["section", "context"]);
        let body = a_press(&slack, &first);
        let headers = signed(SIGNING, at("11:02"), &body);
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let event = events::api_gateway_v2("/slack", &headers, body.as_bytes(), webhook.epoch());
        assert_eq!(webhook.invoke(&event).await.status, 404);
        assert_eq!(slack.calls(), calls + 1);
    }
    assert_eq!(pagerduty.take_calls(), [""; 0]);
}
