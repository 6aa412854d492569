//! What Slack answers, word for word.

use serde_json::{Value, json};

use super::Message;
use crate::kit::faults::Manner;
use crate::kit::http::Response;

/// The Web API: 200 and `ok: false` for every refusal.
pub const API: Manner = Manner {
    refused: |code| Response::json(200, &json!({"ok": false, "error": code})),
    rate_limited: ("application/json; charset=utf-8", r#"{"ok":false,"error":"ratelimited"}"#),
};

/// An incoming webhook: the status and a plain text
/// (<https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks>).
pub const WEBHOOK: Manner = Manner {
    refused: |code| Response::new(webhook_status(code), "text/plain", code),
    rate_limited: ("application/json; charset=utf-8", r#"{"ok":false,"error":"ratelimited"}"#),
};

fn webhook_status(code: &str) -> u16 {
    match code {
        "invalid_payload" | "user_not_found" => 400,
        "invalid_token" | "action_prohibited" => 403,
        "no_service" | "channel_not_found" => 404,
        "channel_is_archived" => 410,
        "rollup_error" => 500,
        _ => {
            panic!("no incoming webhook answers {code:?}: check the fault that the test scripted")
        }
    }
}

pub fn posted(message: &Message) -> Response {
    let mut shown = json!({
        "type": "message",
        "subtype": "bot_message",
        "text": message.text,
        "ts": message.ts,
        "user": "U0TOBANBOT1",
        "bot_id": "B0TOBANBOT1",
        "app_id": "A0TOBANAPP1",
        "team": "T0TEST0001",
    });
    for (key, value) in [("thread_ts", message.thread_ts.clone().map(Value::from)), ("blocks", message.blocks.clone())]
    {
        if let Some(value) = value {
            shown[key] = value;
        }
    }
    let channel = &message.channel;
    Response::json(200, &json!({"ok": true, "channel": channel, "ts": message.ts, "message": shown}))
}

pub fn updated(channel: &str, ts: &str, text: &str) -> Response {
    let message = json!({
        "type": "message",
        "text": text,
        "user": "U0TOBANBOT1",
        "bot_id": "B0TOBANBOT1",
        "app_id": "A0TOBANAPP1",
        "team": "T0TEST0001",
        "edited": {"user": "B0TOBANBOT1", "ts": "1795485780.000000"},
    });
    Response::json(200, &json!({"ok": true, "channel": channel, "ts": ts, "text": text, "message": message}))
}

/// The webhook's whole answer: no `ts`, so that nothing can reply to it.
pub fn posted_by_webhook() -> Response {
    Response::new(200, "text/plain", "ok")
}
