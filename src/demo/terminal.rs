//! Prints the posts on the terminal, for users who do not have the page open.

use super::chats::DemoChats;
use crate::chat::recorder::Recorded;
use crate::chat::{Rendered, console};
use std::collections::BTreeMap;

/// Prints the posts that are not among the first `printed` of their chat, and returns the new counts. A post that both
/// chats have is printed once.
pub fn print(demo_chats: &DemoChats, printed: [u64; 2], names: &BTreeMap<String, String>) -> [u64; 2] {
    let is_new = |shown: &&Recorded, place: usize| shown.nth > printed[place];
    let (primary, backup) = (demo_chats.primary.posts(), demo_chats.backup.posts());
    let mut new: Vec<_> = primary.iter().filter(|shown| is_new(shown, 0)).collect();
    if new.is_empty() {
        new = backup.iter().filter(|shown| is_new(shown, 1)).collect();
    }
    for shown in new {
        let text = read_aloud(text(shown), names);
        // A delivery does not fail because of the terminal.
        console::post(&Rendered {
            text,
            verb: None,
            status: None,
            pings: shown.pings,
            is_for_all: false,
            buttons: Vec::new(),
        })
        .ok();
    }
    [demo_chats.primary.posted(), demo_chats.backup.posted()]
}

/// The text of a message, without the line with the incident's status.
fn text(shown: &Recorded) -> &str {
    let request = &shown.request;
    let section = request.pointer("/blocks/0/text/text").or_else(|| request.get("text"));
    section.or_else(|| request.get("message")).and_then(|text| text.as_str()).unwrap_or_default()
}

/// Replaces ids with names, and unescapes the three characters that Slack escapes.
fn read_aloud(text: &str, names: &BTreeMap<String, String>) -> String {
    let mut out = text.to_owned();
    for (id, name) in names {
        for mention in [format!("<@{id}>"), format!("<!subteam^{id}>")] {
            out = out.replace(&mention, &format!("@{name}"));
        }
    }
    out = with_addresses(&out);
    out.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// The links by label, of which a terminal can show the label only, as `label address`.
fn with_addresses(text: &str) -> String {
    let mut parts = text.split("<http");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('>').and_then(|(link, rest)| Some((link.split_once('|')?, rest))) {
            Some(((address, label), rest)) => {
                let label = label.trim_end_matches(" ↗");
                out.extend([label, " http", address, rest]);
            }
            None => out.extend(["<http", part]),
        }
    }
    out
}
