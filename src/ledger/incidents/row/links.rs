//! Where an incident's thread opens in a chat, as its row keeps it.

use crate::domain::seen::ThreadLinks;
use crate::domain::text::Link;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Wire {
    home: String,
    thread: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

pub(super) fn to_text(links: &ThreadLinks) -> String {
    let text = |link: &Link| link.as_str().to_owned();
    let ThreadLinks { home, thread, note } = links;
    let wire = Wire { home: home.clone(), thread: text(thread), note: note.as_ref().map(text) };
    serde_json::to_string(&wire).expect("strings are JSON")
}

pub(super) fn from_text(text: &str) -> Option<ThreadLinks> {
    let Wire { home, thread, note } = serde_json::from_str(text).ok()?;
    Some(ThreadLinks { home, thread: Link::parse(&thread)?, note: note.as_deref().and_then(Link::parse) })
}
