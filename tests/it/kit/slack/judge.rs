//! Judges one call to Slack: what it would do, or why it is refused.

use serde_json::{Map, Value};

use super::content::{POST_FIELDS, UPDATE_FIELDS, WEBHOOK_FIELDS, content, note_fields, string};
use super::workspace::CHANNELS;
use super::{Message, Slack, Via};
use crate::kit::http::Request;
use crate::kit::mailbox::State;

/// What a correct call does.
pub enum Accepted {
    /// Its `ts` is given when it is recorded.
    Post(Message),
    Update {
        channel: String,
        ts: String,
        text: String,
        blocks: Option<Value>,
    },
}

/// Slack's code for a refusal, and what the test is told.
pub struct Refused {
    pub code: &'static str,
    pub why: String,
}

pub fn judge(state: &mut State<Message>, request: &Request) -> Result<Accepted, Refused> {
    if request.method != "POST" {
        let is_webhook = request.target.starts_with("/services/");
        let code = if is_webhook { "invalid_payload" } else { "invalid_post_type" };
        let why = format!("{} {}, not a POST", request.method, request.target);
        return refused(code, why);
    }
    match request.target.as_str() {
        "/api/chat.postMessage" => {
            let body = api_body(request)?;
            note_fields(state, &body, POST_FIELDS);
            post(state, &body, Some(channel_to_post_to(&body)?))
        }
        "/api/chat.update" => {
            let body = api_body(request)?;
            note_fields(state, &body, UPDATE_FIELDS);
            update(state, &body)
        }
        target if target.starts_with("/services/") => {
            let body = webhook_body(request)?;
            note_fields(state, &body, WEBHOOK_FIELDS);
            post(state, &body, None)
        }
        target => refused("unknown_method", format!("nothing is served at {target:?}; base_url() ends in /api")),
    }
}

fn api_body(request: &Request) -> Result<Map<String, Value>, Refused> {
    let bearer = format!("Bearer {}", Slack::TOKEN);
    match request.header("authorization") {
        Some(value) if value == bearer => {}
        Some(value) => return refused("invalid_auth", format!("Authorization: {value:?}")),
        None => return refused("not_authed", "no Authorization header"),
    }
    object(request, "invalid_post_type", "invalid_json")
}

fn webhook_body(request: &Request) -> Result<Map<String, Value>, Refused> {
    if request.header("authorization").is_some() {
        let why = "an Authorization header: the bot's token must not be sent to a webhook";
        return refused("invalid_token", why);
    }
    if request.target != Slack::WEBHOOK_PATH {
        let hook = Slack::WEBHOOK_PATH.rsplit_once('/').map(|(hook, _)| hook);
        let asked = request.target.rsplit_once('/').map(|(hook, _)| hook);
        let code = if hook == asked { "invalid_token" } else { "no_service" };
        let why = format!("{:?} is not the webhook's URL", request.target);
        return refused(code, why);
    }
    object(request, "invalid_payload", "invalid_payload")
}

pub fn object(
    request: &Request,
    not_declared: &'static str,
    not_read: &'static str,
) -> Result<Map<String, Value>, Refused> {
    if !request.is_json() {
        let kind = request.header("content-type");
        return refused(not_declared, format!("Content-Type {kind:?}, not JSON in UTF-8"));
    }
    match serde_json::from_slice(&request.body) {
        Ok(Value::Object(body)) => Ok(body),
        Ok(other) => refused(not_read, format!("the body is not an object: {other}")),
        Err(error) => refused(not_read, format!("the body is not JSON: {error}")),
    }
}

/// The id of the channel to post to, which may be given by its name, with or without `#`.
fn channel_to_post_to(body: &Map<String, Value>) -> Result<String, Refused> {
    let name = body.get("channel").and_then(Value::as_str).unwrap_or_default().trim_start_matches('#');
    match CHANNELS.iter().find(|(_, known)| *known == name) {
        Some((id, _)) => Ok((*id).to_owned()),
        None => channel(body),
    }
}

/// The id of a channel, by which alone a message is changed.
fn channel(body: &Map<String, Value>) -> Result<String, Refused> {
    match body.get("channel") {
        Some(Value::String(id)) if [Slack::CHANNEL, Slack::REMINDER_CHANNEL].contains(&&**id) => Ok(id.clone()),
        other => refused("channel_not_found", format!("the channel is {other:?}")),
    }
}

fn post(state: &mut State<Message>, body: &Map<String, Value>, channel: Option<String>) -> Result<Accepted, Refused> {
    let via = match channel {
        Some(_) => Via::Api,
        None => Via::Webhook,
    };
    let (text, blocks, mentions) = content(state, body, via)?;
    let thread_ts = string(body, "thread_ts", via)?;
    if let Some(ts) = &thread_ts {
        let Some(root) = state.messages().find(|message| message.ts == *ts && message.channel == channel) else {
            let why = format!("no message {ts} to reply to in {channel:?}");
            return refused(either(via, "thread_not_found", "invalid_payload"), why);
        };
        if root.thread_ts.is_some() {
            state.problem(format!("a reply to {ts}, which is a reply itself: take the thread's first message"));
        }
    }
    let reply_broadcast = body.get("reply_broadcast") == Some(&Value::Bool(true));
    if reply_broadcast && thread_ts.is_none() {
        state.problem("reply_broadcast without thread_ts");
    }
    Ok(Accepted::Post(Message {
        via,
        channel,
        text,
        blocks,
        thread_ts,
        reply_broadcast,
        ts: String::new(),
        mentions,
        edited: Vec::new(),
    }))
}

fn update(state: &mut State<Message>, body: &Map<String, Value>) -> Result<Accepted, Refused> {
    let channel = channel(body)?;
    let ts = string(body, "ts", Via::Api)?.unwrap_or_default();
    let is_it = |message: &Message| message.ts == ts && message.channel.as_ref() == Some(&channel);
    if !state.messages().any(is_it) {
        let why = format!("an update of {ts:?}, which was never posted to {channel}");
        return refused("message_not_found", why);
    }
    let (text, blocks, _) = content(state, body, Via::Api)?;
    Ok(Accepted::Update { channel, ts, text, blocks })
}

/// The refusal's code in the one interface and in the other.
pub fn either(via: Via, api: &'static str, webhook: &'static str) -> &'static str {
    match via {
        Via::Api => api,
        Via::Webhook => webhook,
    }
}

pub fn refused<T>(code: &'static str, why: impl Into<String>) -> Result<T, Refused> {
    let why = why.into();
    Err(Refused { code, why })
}
