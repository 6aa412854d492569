//! Block Kit as far as a message needs it. Slack refuses the whole message for one block that is not right.
//!
//! Limits: <https://docs.slack.dev/reference/block-kit/blocks/>; the one on all blocks together is not documented, but
//! others have hit it (slackapi/bolt-js#2509).

use serde_json::Value;

use super::buttons;
use super::mrkdwn::{self, Reading};

/// Characters of all texts of a message's blocks together.
const ALL_TEXTS: usize = 13_200;

/// Reads the blocks of a message, or says why Slack refuses them.
pub fn read(blocks: &Value) -> Result<Reading, String> {
    let blocks = blocks.as_array().ok_or("blocks are not an array")?;
    if blocks.len() > 50 {
        return Err(format!("{} blocks, Slack takes 50", blocks.len()));
    }
    let mut reading = Reading::default();
    let mut characters = 0;
    let mut ids = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        if let Some(id) = id(block, "block_id", 255)? {
            if ids.contains(&id) {
                return Err(format!("block {at}: the block_id {id:?} again"));
            }
            ids.push(id);
        }
        for text in texts(block).map_err(|why| format!("block {at}: {why}"))? {
            characters += text.characters;
            reading.append(text.reading);
        }
    }
    if characters > ALL_TEXTS {
        return Err(format!("{characters} characters in all blocks, Slack takes {ALL_TEXTS}"));
    }
    Ok(reading)
}

pub struct Text {
    characters: usize,
    reading: Reading,
}

fn texts(block: &Value) -> Result<Vec<Text>, String> {
    let kind = block["type"].as_str().unwrap_or_default();
    let fields: &[&str] = match kind {
        "section" => &["type", "block_id", "text", "fields"],
        "context" => &["type", "block_id", "elements"],
        "header" => &["type", "block_id", "text"],
        "divider" => &["type", "block_id"],
        "actions" => &["type", "block_id", "elements"],
        _ => return Err(format!("this fake knows no block of type {kind:?}")),
    };
    only(block, fields)?;
    match kind {
        "section" => {
            let mut texts = Vec::new();
            if let Some(object) = block.get("text") {
                texts.push(text(object, 3_000)?);
            }
            for field in list(block, "fields", 10)? {
                texts.push(text(field, 2_000)?);
            }
            if texts.is_empty() {
                return Err("a section with neither text nor fields".into());
            }
            Ok(texts)
        }
        "context" => {
            let elements = list(block, "elements", 10)?;
            if elements.is_empty() {
                return Err("a context with no elements".into());
            }
            elements.iter().map(|element| text(element, 2_000)).collect()
        }
        "header" => Ok(vec![plain_text(&block["text"], 150)?]),
        "actions" => buttons::texts(block),
        _ => Ok(Vec::new()),
    }
}

/// A text that is shown as it is.
pub fn plain_text(object: &Value, limit: usize) -> Result<Text, String> {
    if object["type"] != "plain_text" {
        return Err(format!("a text of type {}, which must be plain_text here", object["type"]));
    }
    text(object, limit)
}

pub fn text(object: &Value, limit: usize) -> Result<Text, String> {
    let kind = object["type"].as_str().unwrap_or_default();
    match kind {
        "mrkdwn" => only(object, &["type", "text", "verbatim"])?,
        "plain_text" => only(object, &["type", "text", "emoji"])?,
        _ => return Err(format!("a text of type {kind:?}")),
    }
    if let Some(flag) = ["emoji", "verbatim"].iter().find(|flag| object.get(**flag).is_some_and(|it| !it.is_boolean()))
    {
        return Err(format!("{flag} is not a boolean"));
    }
    let text = object["text"].as_str().ok_or("a text without text")?;
    let characters = text.chars().count();
    if characters == 0 || characters > limit {
        return Err(format!("{characters} characters, Slack takes 1 to {limit}"));
    }
    let reading = match kind {
        "mrkdwn" if object["verbatim"] == true => mrkdwn::read(text),
        "mrkdwn" => mrkdwn::read_with_plain_names(text),
        // Plain text has no control sequences, so nothing in it pings or is misread.
        _ => Reading::default(),
    };
    Ok(Text { characters, reading })
}

/// A string with at least one character, if it is there.
pub fn id<'a>(object: &'a Value, field: &str, limit: usize) -> Result<Option<&'a str>, String> {
    match object.get(field) {
        None => Ok(None),
        Some(Value::String(id)) if (1..=limit).contains(&id.chars().count()) => Ok(Some(id)),
        Some(other) => Err(format!("{field} is {other}, Slack takes 1 to {limit} characters")),
    }
}

pub fn list<'a>(block: &'a Value, field: &str, limit: usize) -> Result<&'a [Value], String> {
    let Some(value) = block.get(field) else {
        return Ok(&[]);
    };
    let list = value.as_array().ok_or_else(|| format!("{field} is not an array"))?;
    if list.len() > limit {
        return Err(format!("{} {field}, Slack takes {limit}", list.len()));
    }
    Ok(list)
}

pub fn only(object: &Value, known: &[&str]) -> Result<(), String> {
    let object = object.as_object().ok_or("not an object")?;
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(format!("no field {key:?} is known here")),
        None => Ok(()),
    }
}
