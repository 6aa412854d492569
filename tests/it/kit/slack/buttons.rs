//! Buttons in a block of type `actions`: <https://docs.slack.dev/reference/block-kit/block-elements/button-element>.

use serde_json::Value;

use super::blocks::{Text, id, list, only, plain_text, text};

/// The buttons of a message, in order: each one's action id, label and value.
pub fn of(blocks: Option<&Value>) -> Vec<(&str, &str, &str)> {
    all(blocks)
        .map(|(_, button)| (str_of(&button["action_id"]), str_of(&button["text"]["text"]), str_of(&button["value"])))
        .collect()
}

/// The buttons of a message as they were sent, in order, each with the place of its block.
pub fn all(blocks: Option<&Value>) -> impl Iterator<Item = (usize, &Value)> {
    let blocks = blocks.and_then(Value::as_array).into_iter().flatten().enumerate();
    let actions = blocks.filter(|(_, block)| block["type"] == "actions");
    actions.flat_map(|(at, block)| block["elements"].as_array().into_iter().flatten().map(move |button| (at, button)))
}

/// The texts in a block of buttons, or why Slack refuses it.
pub fn texts(block: &Value) -> Result<Vec<Text>, String> {
    let buttons = list(block, "elements", 25)?;
    if buttons.is_empty() {
        return Err("actions without elements".into());
    }
    let mut texts = Vec::new();
    let mut ids = Vec::new();
    for button in buttons {
        if button["type"] != "button" {
            return Err(format!("this fake knows no element of type {}", button["type"]));
        }
        only(button, &["type", "text", "action_id", "value", "style", "confirm"])?;
        texts.push(label(&button["text"], 75)?);
        let id = id(button, "action_id", 255)?.ok_or("a button without an action_id")?;
        if ids.contains(&id) {
            return Err(format!("the action_id {id:?} twice in one block"));
        }
        ids.push(id);
        self::id(button, "value", 2_000)?;
        style(button)?;
        if let Some(confirm) = button.get("confirm") {
            texts.append(&mut confirmation(confirm)?);
        }
    }
    Ok(texts)
}

fn confirmation(confirm: &Value) -> Result<Vec<Text>, String> {
    only(confirm, &["title", "text", "confirm", "deny", "style"])?;
    style(confirm)?;
    Ok(vec![
        label(&confirm["title"], 100)?,
        text(&confirm["text"], 300)?,
        label(&confirm["confirm"], 30)?,
        label(&confirm["deny"], 30)?,
    ])
}

fn label(object: &Value, limit: usize) -> Result<Text, String> {
    if str_of(&object["text"]).trim().is_empty() {
        return Err("a button, or what it asks, without a text".into());
    }
    plain_text(object, limit)
}

fn style(object: &Value) -> Result<(), String> {
    match object.get("style") {
        None => Ok(()),
        Some(style) if style == "primary" || style == "danger" => Ok(()),
        Some(other) => Err(format!("the style {other}")),
    }
}

fn str_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
