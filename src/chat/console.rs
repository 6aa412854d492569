//! The terminal as a chat: where `toban explain` and `toban remind` write, and where a message goes without a real chat.

use super::kind::{ChatKind, Threads};
use super::writing::{Markup, as_it_is, characters, plain};
use super::{ChatError, Client, Rendered};
use crate::domain::member::Platform;
use crate::domain::text::printable;
use std::io::Write as _;

pub const KIND: ChatKind = ChatKind {
    name: "console",
    title: "the terminal",
    platform: Platform::Screen,
    markup: Markup {
        own: plain,
        defuse: as_it_is,
        dialect: None,
        link: plain,
        linked: |words, link| format!("{words} ({link})"),
        named: None,
        mention: |handle| format!("@{}", handle.as_str()),
        guard: "",
        guard_in_quote: "",
        after_quote: "\n",
        limit: 10_000,
        measure: characters,
    },
    threads: Threads::None,
    has_edits: false,
    has_buttons: false,
    variables: None,
    connect: |_| Client::Console,
};

/// What stands above and below a message.
const RULE: &str = "────────────────────────────────────────────────────────────";

/// Prints a message on standard output.
pub fn post(rendered: &Rendered) -> Result<(), ChatError> {
    let text = printable(&rendered.text);
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n{RULE}\n{text}\n{RULE}\n")
        .and_then(|()| out.flush())
        .map_err(|error| ChatError::Unavailable { retry_after: None, why: error.to_string() })
}
