//! A message field by field, and what is wrong with it.

use serde_json::{Map, Value};

use super::judge::{Refused, either, refused};
use super::mrkdwn::Reading;
use super::{Message, Via, blocks, buttons, mrkdwn};
use crate::kit::mailbox::State;

pub const POST_FIELDS: &[&str] = &[
    "channel",
    "text",
    "blocks",
    "thread_ts",
    "reply_broadcast",
    "unfurl_links",
    "unfurl_media",
    "mrkdwn",
    "metadata",
    "link_names",
    "parse",
];
pub const UPDATE_FIELDS: &[&str] = &["channel", "ts", "text", "blocks"];
pub const WEBHOOK_FIELDS: &[&str] = &["text", "blocks", "thread_ts", "unfurl_links", "unfurl_media", "mrkdwn"];
const FLAGS: &[&str] = &["reply_broadcast", "unfurl_links", "unfurl_media", "mrkdwn", "link_names"];

/// Characters of a text. Slack takes up to 40,000, but splits or folds long ones, so they are not read as one message.
const TEXT: usize = 4_000;

/// Text, blocks, and whom they ping.
pub fn content(
    state: &mut State<Message>,
    body: &Map<String, Value>,
    via: Via,
) -> Result<(String, Option<Value>, Vec<String>), Refused> {
    let text = string(body, "text", via)?.unwrap_or_default();
    let characters = text.chars().count();
    if text.trim().is_empty() {
        return refused(either(via, "no_text", "invalid_payload"), "the text is empty");
    }
    if characters > 40_000 {
        let why = format!("{characters} characters of text, Slack takes 40,000");
        return refused(either(via, "msg_too_long", "invalid_payload"), why);
    }
    if characters > TEXT {
        state.problem(format!("{characters} characters of text, over {TEXT}"));
    }
    let Reading { mentions, problems } = mrkdwn::read(&text);
    note_all(state, "text", problems);
    let Some(blocks) = body.get("blocks") else {
        return Ok((text, None, mentions));
    };
    match blocks::read(blocks) {
        Ok(read) => {
            note_all(state, "blocks", read.problems);
            if via == Via::Webhook && buttons::all(Some(blocks)).next().is_some() {
                state.problem("buttons in a webhook's message, from which nobody could take them again");
            }
            if sorted(&mentions) != sorted(&read.mentions) {
                state.problem(format!(
                    "the text mentions {mentions:?} but the blocks {:?}: phones show the one, the channel the other",
                    read.mentions,
                ));
            }
            Ok((text, Some(blocks.clone()), read.mentions))
        }
        Err(why) => refused(either(via, "invalid_blocks", "invalid_payload"), why),
    }
}

/// Notes fields that Slack would ignore or misread, or that would do harm.
pub fn note_fields(state: &mut State<Message>, body: &Map<String, Value>, known: &[&str]) {
    for (key, value) in body {
        let harm = match key.as_str() {
            key if !known.contains(&key) => "is not a field of this call",
            "link_names" if *value == true => "would turn plain names into pings",
            "parse" if value != "none" => "would turn plain names into pings",
            "metadata" if !value.is_object() => "is not an object",
            key if FLAGS.contains(&key) && !value.is_boolean() => "is not a boolean",
            _ => continue,
        };
        state.problem(format!("{key}: {value} {harm}"));
    }
}

fn note_all(state: &mut State<Message>, place: &str, problems: Vec<String>) {
    for problem in problems {
        state.problem(format!("{place}: {problem}"));
    }
}

pub fn string(body: &Map<String, Value>, key: &str, via: Via) -> Result<Option<String>, Refused> {
    match body.get(key) {
        None => Ok(None),
        Some(Value::String(value)) => Ok(Some(value.clone())),
        Some(other) => {
            refused(either(via, "invalid_arguments", "invalid_payload"), format!("{key} is not a string: {other}"))
        }
    }
}

fn sorted(mentions: &[String]) -> Vec<&String> {
    let mut mentions: Vec<_> = mentions.iter().collect();
    mentions.sort();
    mentions.dedup();
    mentions
}
