//! The terminal as a chat: what `toban demo` shows when no real chat is wanted.

use super::writing::{Markup, characters, plain};
use super::{ChatError, PostId, Rendered};
use std::io::Write as _;

pub(super) static MARKUP: Markup = Markup {
    own: plain,
    defuse: plain,
    link: plain,
    mention: |handle| format!("@{}", handle.as_str()),
    guard: "",
    after_quote: "\n",
    limit: 10_000,
    measure: characters,
};

/// What stands above and below a message.
const RULE: &str = "────────────────────────────────────────────────────────────";

/// Standard output.
#[derive(Debug, Clone, Copy)]
pub struct Console;

impl Console {
    /// Prints it.
    pub fn post(&self, draft: &Rendered) -> Result<PostId, ChatError> {
        let text = &draft.text;
        let mut out = std::io::stdout().lock();
        writeln!(out, "\n{RULE}\n{text}\n{RULE}\n")
            .and_then(|()| out.flush())
            .map(|()| PostId(String::new()))
            .map_err(|error| ChatError::Unavailable { retry_after: None, why: error.to_string() })
    }
}
