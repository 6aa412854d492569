//! How a message is written for Slack, and for a webhook that may be Mattermost's.

use crate::chat::writing::{GUARD, Markup, characters};
use crate::domain::member::Handle;
use std::borrow::Cow;

/// Slack splits texts of more than 4,000 characters and refuses sections of more than 3,000; shorter is safe in both, also
/// with a longer headline and a line about how the incident stands.
const LIMIT: usize = 2_900;

pub static MARKUP: Markup = Markup {
    own: ours,
    defuse: shown,
    link: escaped,
    mention,
    guard: GUARD,
    after_quote: "\n",
    limit: LIMIT,
    measure: characters,
};

/// The webhook may be Mattermost's, which reads Markdown: a plain `@all` pings there, a plain `#tag` tags, and a quote goes
/// on until an empty line.
pub static WEBHOOK_MARKUP: Markup = Markup { defuse: shown_anywhere, after_quote: "\n\n", ..MARKUP };

/// The three characters that Slack reads as markup, as
/// <https://docs.slack.dev/messaging/formatting-message-text/#escaping> wants them.
fn escaped(text: &str) -> Cow<'_, str> {
    replaced(text, entity)
}

/// Our own words hold none of the three but the mark of a quote at the beginning of a line, which is meant as markup.
fn ours(text: &str) -> Cow<'_, str> {
    match text {
        "> " => text.into(),
        _ => escaped(text),
    }
}

/// Foreign text for Slack. In a text mentions need `<`, but in a block Slack makes one of a plain `@here` as well
/// (<https://docs.slack.dev/messaging/formatting-message-text/#automatic-parsing>); `verbatim` would keep it from that, and
/// from making links of addresses too. A `#` could pass for an incident's tag in a search, and back-quotes would swallow
/// the rest of the message.
fn shown(text: &str) -> Cow<'_, str> {
    replaced(text, defused)
}

/// Foreign text for a webhook that may be Mattermost's, where `[name](address)` shows a name for an address, and with
/// a `!` before it loads a picture.
fn shown_anywhere(text: &str) -> Cow<'_, str> {
    let shown = shown(text);
    match ["](", "][", "]:"].iter().any(|pair| shown.contains(pair)) {
        true => shown.replace("](", "] (").replace("][", "] [").replace("]:", "] :").into(),
        false => shown,
    }
}

fn defused(c: char) -> Option<&'static str> {
    match c {
        '@' => Some("＠"),
        '#' => Some("＃"),
        '`' => Some("ˋ"),
        _ => entity(c),
    }
}

fn entity(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        _ => None,
    }
}

fn replaced(text: &str, replace: impl Fn(char) -> Option<&'static str>) -> Cow<'_, str> {
    if !text.contains(|c| replace(c).is_some()) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match replace(c) {
            Some(other) => out.push_str(other),
            None => out.push(c),
        }
    }
    out.into()
}

fn mention(handle: &Handle) -> String {
    match handle.as_str().starts_with('S') {
        true => format!("<!subteam^{}>", handle.as_str()),
        false => format!("<@{}>", handle.as_str()),
    }
}
