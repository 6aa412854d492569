use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::buttons::actions;
use super::slack::{JSON, assert_fine, call};
use super::wire::Client;
use super::{assert_contains, message_of};
use crate::kit::{Command, Message, Press, Slack, signed, ssl_check};

/// Slack's own example: <https://docs.slack.dev/authentication/verifying-requests-from-slack>
const SIGNED: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V\
    &channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=\
    &response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN\
    &trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";

#[test]
fn a_signature_is_slacks() {
    let at = DateTime::from_timestamp(1_531_420_618, 0).expect("an instant");
    let signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    let expected = [
        ("x-slack-request-timestamp", "1531420618".to_owned()),
        ("x-slack-signature", signature.to_owned()),
        ("content-type", "application/x-www-form-urlencoded".to_owned()),
    ];
    assert_eq!(signed("8f742231b10e8888abcd99yyyzzz85a5", at, SIGNED), expected);
    let [_, (_, other), _] = signed(Slack::SIGNING_SECRET, at, SIGNED);
    assert_ne!(other, signature);
    let later: DateTime<Utc> = "2026-11-24T11:02:00+09:00".parse().expect("an instant");
    assert_eq!(signed("x", later, [0xFF])[0].1, "1795485720");
}

async fn posted(slack: &Slack, more: Value) -> Message {
    let button = json!({"type": "button", "action_id": "take", "value": "PINC1", "style": "primary",
                        "text": {"type": "plain_text", "text": "対応します"}});
    let mut body = json!({"channel": Slack::CHANNEL, "text": "障害 💥 a/b", "blocks": [actions(json!([button]))]});
    for (name, value) in more.as_object().cloned().unwrap_or_default() {
        body[name] = value;
    }
    assert_fine(slack, &call(slack, "chat.postMessage", &body).await);
    slack.expect_one()
}

/// The JSON in a press' body.
fn payload(body: &str) -> Value {
    assert!(body.bytes().all(|b| b.is_ascii_alphanumeric() || b"*-._+%=".contains(&b)), "{body}");
    let mut fields = form_urlencoded::parse(body.as_bytes());
    let (name, json) = fields.next().expect("a field");
    assert_eq!((name.as_ref(), fields.next()), ("payload", None));
    assert!(json.is_ascii() && json.contains(r"\/"), "{json}");
    serde_json::from_str(&json).expect("JSON")
}

#[tokio::test]
async fn a_press_has_every_field() {
    let slack = Slack::start().await;
    let message = posted(&slack, json!({})).await;
    let press = slack.press("U0SATO0001", &message, "take");
    let (response_url, trigger_id) = (press.response_url.clone(), press.trigger_id.clone());
    assert!(response_url.starts_with(&format!("{}/actions/", slack.origin())), "{response_url}");
    let expected = json!({
        "type": "block_actions", "api_app_id": "A0TOBANAPP1", "token": "old0verification0token01",
        "user": {"id": "U0SATO0001", "username": "u0sato0001", "name": "u0sato0001", "team_id": "T0TEST0001"},
        "team": {"id": "T0TEST0001", "domain": "test"}, "enterprise": null, "is_enterprise_install": false,
        "container": {"type": "message", "message_ts": message.ts, "channel_id": "C0APPMON001", "is_ephemeral": false},
        "channel": {"id": "C0APPMON001", "name": "app-monitoring"}, "state": {"values": {}},
        "response_url": response_url, "trigger_id": trigger_id,
        "message": {
            "type": "message", "subtype": "bot_message", "text": "障害 💥 a/b", "ts": message.ts, "user": "U0TOBANBOT1",
            "bot_id": "B0TOBANBOT1", "app_id": "A0TOBANAPP1", "team": "T0TEST0001",
            "blocks": [{"type": "actions", "block_id": "b0Xq", "elements": message.blocks.as_ref().expect("blocks")[0]["elements"]}],
        },
        "actions": [{"type": "button", "action_id": "take", "block_id": "b0Xq", "value": "PINC1",
                     "text": {"type": "plain_text", "text": "対応します"}, "action_ts": "1795485733.482915"}],
    });
    assert_eq!(payload(&press.body()), expected);
    assert_ne!(slack.press("U0SATO0001", &message, "take").trigger_id, trigger_id);

    let stranger = Press { user: "W0OTHERCO1", user_team: "T0OTHERCO1", ..press };
    let payload = payload(&stranger.body());
    assert_eq!((&payload["user"]["team_id"], &payload["team"]["id"]), (&json!("T0OTHERCO1"), &json!("T0TEST0001")));
    assert_eq!(payload["trigger_id"], trigger_id);
}

#[tokio::test]
async fn a_press_in_a_thread_and_of_an_edited_message() {
    let slack = Slack::start().await;
    let root = posted(&slack, json!({})).await;
    let reply = posted(&slack, json!({"thread_ts": root.ts})).await;
    let sent = payload(&slack.press("U0SATO0001", &reply, "take").body());
    assert_eq!((&sent["container"]["thread_ts"], &sent["message"]["thread_ts"]), (&json!(root.ts), &json!(root.ts)));
    assert_eq!(sent["message"]["edited"], Value::Null);

    let edit = json!({"channel": Slack::CHANNEL, "ts": root.ts, "text": "b", "blocks": root.blocks});
    assert_fine(&slack, &call(&slack, "chat.update", &edit).await);
    let edited = slack.expect_edit();
    let sent = payload(&slack.press("U0SATO0001", &edited, "take").body());
    assert_eq!((&sent["message"]["text"], sent["message"]["edited"].is_object()), (&json!("b"), true));

    let missing =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| slack.press("U0SATO0001", &root, "resolve")));
    assert_contains(&message_of(missing.map(drop)), r#"no button "resolve""#);
}

#[tokio::test]
async fn a_press_of_a_private_answer_has_no_message() {
    let slack = Slack::start().await;
    let message = posted(&slack, json!({})).await;
    let url = slack.response_url();
    let path = url.strip_prefix(&slack.origin()).expect("the fake's own host");
    let body = json!({"text": "a", "response_type": "ephemeral", "replace_original": false, "blocks": message.blocks});
    let mut client = Client::connect(&slack.origin()).await;
    assert_eq!(client.call(&format!("POST {path}"), &[JSON], &body.to_string()).await.status(), 200);
    let answer = slack.expect_private();
    let press = slack.press_private("U0SATO0001", &answer, "take");
    assert_ne!(press.response_url, url);
    let sent = payload(&press.body());
    assert_eq!((&sent["message"], &sent["container"]["is_ephemeral"]), (&Value::Null, &json!(true)));
    assert_eq!((&sent["channel"]["id"], &sent["actions"][0]["value"]), (&json!("C0APPMON001"), &json!("PINC1")));
}

#[tokio::test]
async fn a_command_is_a_form() {
    let slack = Slack::start().await;
    let command = Command {
        response_url: "https://hooks.slack.com/commands/T1/2/a".into(),
        trigger_id: "1.2.c".into(),
        ..slack.command("U0SATO0001", "why #PD4812 当番")
    };
    let expected = "token=old0verification0token01&team_id=T0TEST0001&team_domain=test&channel_id=C0APPMON001\
        &channel_name=app-monitoring&user_id=U0SATO0001&user_name=u0sato0001&command=%2Ftoban\
        &text=why+%23PD4812+%E5%BD%93%E7%95%AA&api_app_id=A0TOBANAPP1&is_enterprise_install=false\
        &response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1%2F2%2Fa&trigger_id=1.2.c";
    assert_eq!(command.body(), expected);
    for (channel, name) in
        [("C0ONCALL001", "on-call"), ("D0SATO0001", "directmessage"), ("C0PRIVATE01", "privategroup")]
    {
        let body = Command { channel, ..command.clone() }.body();
        assert_contains(&body, &format!("&channel_id={channel}&channel_name={name}&"));
    }
    let other = slack.command("U0SATO0001", "");
    assert!(other.response_url.starts_with(&format!("{}/commands/", slack.origin())), "{}", other.response_url);
    assert_ne!(other.trigger_id, slack.command("U0SATO0001", "").trigger_id);
    assert_eq!(ssl_check(), "ssl_check=1&token=old0verification0token01");
}
