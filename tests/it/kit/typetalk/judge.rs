//! Judges one call to Typetalk: the post that it makes, or why it is refused.

use serde_json::{Map, Value};

use super::{Post, Typetalk, words};
use crate::kit::dressing;
use crate::kit::http::Request;
use crate::kit::mailbox::State;

/// The status of a refusal, and what the test is told.
pub struct Refused {
    pub status: u16,
    pub why: String,
}

/// UTF-16 units of a message: the documented 4,000 "characters", counted the strictest way.
const MESSAGE: usize = 4_000;

/// The post of a correct call. Its id is given when it is recorded.
pub fn judge(state: &mut State<Post>, request: &Request) -> Result<Post, Refused> {
    if request.target.contains(Typetalk::TOKEN) || request.target.contains("typetalkToken") {
        state.problem("the token is in the URL, where logs and errors would show it");
    }
    if request.method != "POST" {
        let why = format!("{} {}, not a POST", request.method, request.target);
        return refused(405, why);
    }
    match request.header("x-typetalk-token") {
        Some(Typetalk::TOKEN) => {}
        other => return refused(401, format!("X-Typetalk-Token is {other:?}")),
    }
    let topic = topic(&request.target)?;
    let body = object(request)?;
    note_fields(state, &body);
    let message = match body.get("message") {
        Some(Value::String(message)) => message.clone(),
        other => return refused(400, format!("the message is {other:?}")),
    };
    let length = message.encode_utf16().count();
    if message.trim().is_empty() || length > MESSAGE {
        let why = format!("a message of {length} UTF-16 units, Typetalk takes 1 to {MESSAGE}");
        return refused(400, why);
    }
    for dressed in dressing::typetalk(&message) {
        state.problem(format!("dressed, {dressed}"));
    }
    let reply_to = reply_to(state, &body, topic)?;
    let ignore_hashtag = body.get("ignoreHashtag") == Some(&Value::Bool(true));
    Ok(Post {
        id: 0,
        topic,
        reply_to,
        ignore_hashtag,
        mentions: words::mentions(&message),
        hashtags: if ignore_hashtag { Vec::new() } else { words::hashtags(&message) },
        message,
    })
}

/// The topic to read, or the status of a refusal.
pub fn question(state: &mut State<Post>, request: &Request) -> Result<u64, u16> {
    if request.target.contains(Typetalk::TOKEN) || request.target.contains("typetalkToken") {
        state.problem("the token is in the URL, where logs and errors would show it");
    }
    match request.header("x-typetalk-token") {
        Some(Typetalk::TOKEN) => {}
        Some(Typetalk::POST_ONLY_TOKEN) => return Err(403),
        Some(_) => return Err(401),
        None => {
            state.problem("X-Typetalk-Token is None");
            return Err(401);
        }
    }
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let count = query.strip_prefix("count=").map(str::parse::<u32>);
    if !request.body.is_empty() || !(query.is_empty() || matches!(count, Some(Ok(1..=200)))) {
        state.problem(format!("GET {}: a body, or a query that is not `count=1` to `200`", request.target));
        return Err(400);
    }
    match path.strip_prefix("/api/v1/topics/").map(str::parse) {
        Some(Ok(topic @ (Typetalk::TOPIC | Typetalk::REMINDER_TOPIC))) => Ok(topic),
        Some(Ok(_)) => Err(404),
        _ => {
            state.problem(format!("nothing is served at {path:?}"));
            Err(404)
        }
    }
}

fn topic(target: &str) -> Result<u64, Refused> {
    let id = target.strip_prefix("/api/v1/topics/").and_then(|id| id.parse().ok());
    match id {
        Some(topic @ (Typetalk::TOPIC | Typetalk::REMINDER_TOPIC)) => Ok(topic),
        _ => refused(404, format!("no topic at {target:?}")),
    }
}

fn object(request: &Request) -> Result<Map<String, Value>, Refused> {
    if !request.is_json() {
        let kind = request.header("content-type");
        return refused(400, format!("Content-Type {kind:?}, not JSON in UTF-8"));
    }
    match serde_json::from_slice(&request.body) {
        Ok(Value::Object(body)) => Ok(body),
        Ok(other) => refused(400, format!("the body is not an object: {other}")),
        Err(error) => refused(400, format!("the body is not JSON: {error}")),
    }
}

fn reply_to(state: &State<Post>, body: &Map<String, Value>, topic: u64) -> Result<Option<u64>, Refused> {
    let id = match body.get("replyTo") {
        None | Some(Value::Null) => return Ok(None),
        Some(id) => id.as_u64(),
    };
    let known = |post: &Post| Some(post.id) == id && post.topic == topic;
    if state.messages().any(known) {
        return Ok(id);
    }
    refused(400, format!("a reply to {id:?}, which was never posted to topic {topic}"))
}

/// Notes fields that Typetalk would ignore or misread.
fn note_fields(state: &mut State<Post>, body: &Map<String, Value>) {
    for (key, value) in body {
        let harm = match key.as_str() {
            "message" | "replyTo" => continue,
            "showLinkMeta" | "ignoreHashtag" if value.is_boolean() => continue,
            "fileKeys" if five(value, Value::is_string) => continue,
            "talkIds" if five(value, Value::is_u64) => continue,
            "attachments" if five(value, |file| file["fileUrl"].is_string()) => continue,
            "showLinkMeta" | "ignoreHashtag" => "is not a boolean",
            "fileKeys" | "talkIds" | "attachments" => "is not a list of at most five",
            _ => "is not a field of this call",
        };
        state.problem(format!("{key}: {value} {harm}"));
    }
}

fn five(value: &Value, is_item: impl Fn(&Value) -> bool) -> bool {
    value.as_array().is_some_and(|list| list.len() <= 5 && list.iter().all(is_item))
}

fn refused<T>(status: u16, why: impl Into<String>) -> Result<T, Refused> {
    let why = why.into();
    Err(Refused { status, why })
}
