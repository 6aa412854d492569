//! What Slack answers, word for word.

use serde_json::{Value, json};

use super::{Message, Slack};
use crate::kit::faults::Manner;
use crate::kit::http::Response;

/// The Web API: 200 and `ok: false` for every refusal.
pub const API: Manner = Manner {
    refused: |code| Response::json(200, &json!({"ok": false, "error": code})),
    rate_limited: ("application/json; charset=utf-8", r#"{"ok":false,"error":"ratelimited"}"#),
};

/// A `response_url`: once it cannot be used any more, 404 and a plain text; anything else as the Web API does.
pub const RESPONSE_URL: Manner = Manner {
    refused: |code| match code {
        "used_url" | "expired_url" | "no_service" => Response::new(404, "text/plain", code),
        _ => (API.refused)(code),
    },
    rate_limited: API.rate_limited,
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
    let channel = &message.channel;
    Response::json(200, &json!({"ok": true, "channel": channel, "ts": message.ts, "message": shown(message)}))
}

/// A message whole, as it is in answers and in what Slack sends.
pub fn shown(message: &Message) -> Value {
    let mut shown = json!({
        "type": "message",
        "subtype": "bot_message",
        "text": message.text,
        "ts": message.ts,
        "user": Slack::BOT_USER,
        "bot_id": Slack::BOT,
        "app_id": Slack::APP,
        "team": Slack::TEAM,
    });
    if let Some(thread) = &message.thread_ts {
        shown["thread_ts"] = json!(thread);
    }
    if let Some(blocks) = &message.blocks {
        shown["blocks"] = blocks.clone();
        for (at, block) in shown["blocks"].as_array_mut().into_iter().flatten().enumerate() {
            block["block_id"] = json!(block_id(block, at));
        }
    }
    shown
}

/// A block's id, which Slack makes up where there is none.
pub fn block_id(block: &Value, at: usize) -> String {
    block["block_id"].as_str().map_or_else(|| format!("b{at}Xq"), str::to_owned)
}

pub fn updated(channel: &str, ts: &str, text: &str) -> Response {
    let message = json!({
        "type": "message",
        "text": text,
        "user": Slack::BOT_USER,
        "bot_id": Slack::BOT,
        "app_id": Slack::APP,
        "team": Slack::TEAM,
        "edited": {"user": Slack::BOT, "ts": EDITED},
    });
    Response::json(200, &json!({"ok": true, "channel": channel, "ts": ts, "text": text, "message": message}))
}

/// When messages are edited.
pub const EDITED: &str = "1795485780.000000";

/// The webhook's whole answer: no `ts`, so that nothing can reply to it.
pub fn posted_by_webhook() -> Response {
    Response::new(200, "text/plain", "ok")
}
