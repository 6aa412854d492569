//! How a message is written for Slack, and for a webhook that may be Mattermost's.

use crate::chat::formatting::{Around, Dialect, ends_dial_code, shown_as_written};
use crate::chat::writing::{GUARD, Markup, characters};
use crate::domain::member::Handle;
use std::borrow::Cow;

/// Slack splits texts of more than 4,000 characters and refuses sections of more than 3,000; shorter is safe in both, also
/// with a longer headline and a line about how the incident stands.
const LIMIT: usize = 2_900;

pub const MARKUP: Markup = Markup {
    own: ours,
    defuse: shown,
    dialect: Some(Dialect::Slack),
    link: escaped,
    linked: |words, link| format!("<{}|{}>", escaped(link), words.replace('|', "｜")),
    named: Some(|link| (format!("<{}|", escaped(link)), " ↗>")),
    mention,
    guard: GUARD,
    guard_in_quote: "",
    after_quote: "\n",
    limit: LIMIT,
    measure: characters,
};

/// The webhook may be Mattermost's, which reads Markdown: a plain `@all` pings there, a plain `#tag` tags, and a quote goes
/// on until an empty line.
pub const WEBHOOK_MARKUP: Markup = Markup {
    defuse: shown_anywhere,
    dialect: Some(Dialect::SlackOrMattermost),
    // Mattermost makes `[label](url)` of it, in which the first `)` ends the URL.
    named: Some(|link| (format!("<{}|", escaped(link).replace('(', "%28").replace(')', "%29")), " ↗>")),
    guard_in_quote: GUARD,
    after_quote: "\n\n",
    ..MARKUP
};

/// Escapes the three characters that Slack reads as markup, as
/// <https://docs.slack.dev/messaging/formatting-message-text/#escaping> asks for.
fn escaped(text: &str) -> Cow<'_, str> {
    replaced(text.into(), |_, c, _| entity(c))
}

/// Of the three, our own words hold only the mark of a quote at the beginning of a line, which is meant as markup.
fn ours(text: &str) -> Cow<'_, str> {
    match text {
        "> " => text.into(),
        _ => escaped(text),
    }
}

/// Foreign text for Slack. In a text mentions need `<`, but in a block Slack turns a plain `@here` into one as well
/// (<https://docs.slack.dev/messaging/formatting-message-text/#automatic-parsing>); `verbatim` would prevent that, but
/// also the links that it makes of URLs. A `#` could pass for an incident's tag in a search, and back-quotes would swallow
/// the rest of the message.
fn shown(text: &str, around: Around) -> Cow<'_, str> {
    let shown = replaced(shown_as_written(text, around, Dialect::Slack), defused);
    if shown.contains('@') { without_names(&shown).into() } else { shown }
}

/// Every `@` as its full-width twin, except in a mail address, which somebody may have to copy.
fn without_names(text: &str) -> String {
    let is_everybody = |name: &str| {
        let is_at_the_start = |word: &str| name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        ["here", "channel", "everyone"].into_iter().any(is_at_the_start)
    };
    let mut out = String::with_capacity(text.len() + 8);
    let mut parts = text.split('@');
    out.extend(parts.next());
    for part in parts {
        let is_address = out.ends_with(|c: char| c.is_ascii_alphanumeric()) && !is_everybody(part);
        out.push(if is_address { '@' } else { '＠' });
        out.push_str(part);
    }
    out
}

/// Foreign text for a webhook that may be Mattermost's, where `[name](url)` shows a name instead of a URL, and with a `!`
/// before it loads a picture.
fn shown_anywhere(text: &str, around: Around) -> Cow<'_, str> {
    let text = shown_as_written(text, around, Dialect::SlackOrMattermost);
    let shown = replaced(text, |before, c, after| if c == '@' { Some("＠") } else { defused(before, c, after) });
    if ["](", "][", "]:"].iter().any(|pair| shown.contains(pair)) {
        return shown.replace("](", "] (").replace("][", "] [").replace("]:", "] :").into();
    }
    shown
}

fn defused(before: &str, c: char, after: &str) -> Option<&'static str> {
    match c {
        '#' if ends_dial_code(before, after) => None,
        '#' => Some("＃"),
        '`' | '｀' => Some("ˋ"),
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

/// `replace` is told what stands before and after a character, too.
fn replaced(text: Cow<'_, str>, replace: impl Fn(&str, char, &str) -> Option<&'static str>) -> Cow<'_, str> {
    let around = |at: usize, c: char| replace(&text[..at], c, &text[at + c.len_utf8()..]);
    if !text.char_indices().any(|(at, c)| around(at, c).is_some()) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        match around(at, c) {
            Some(other) => out.push_str(other),
            None => out.push(c),
        }
    }
    out.into()
}

fn mention(handle: &Handle) -> String {
    let id = handle.as_str();
    if id.starts_with('S') { format!("<!subteam^{id}>") } else { format!("<@{id}>") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_name_pings_nobody_and_an_address_can_be_copied() {
        for (text, expected) in [
            ("disk @here", "disk ＠here"),
            ("@channel, @EVERYONE!", "＠channel, ＠EVERYONE!"),
            ("disk@here x@Channel", "disk＠here x＠Channel"),
            ("<!here> <@U1>", "&lt;!here&gt; &lt;＠U1&gt;"),
            ("toban@example.iam.gserviceaccount.com", "toban@example.iam.gserviceaccount.com"),
            ("当番@例え.jp @@ @", "当番＠例え.jp ＠＠ ＠"),
            ("+1-415-555-1212,,,,1234# ,,1#,,2#", "+1-415-555-1212,,,,1234# ,,1#,,2#"),
            ("#1 1#a 1#障害 1## C# #", "＃1 1＃a 1＃障害 1＃＃ C＃ ＃"),
        ] {
            assert_eq!(shown(text, Around::default()), expected);
        }
        assert_eq!(shown_anywhere("a@example.com @here", Around::default()), "a＠example.com ＠here");
    }
}
