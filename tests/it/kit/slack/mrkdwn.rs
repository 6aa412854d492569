//! What Slack reads into a text: who it pings, and what it would misread.
//!
//! <https://docs.slack.dev/messaging/formatting-message-text/>: `<…>` is a control sequence, and `&`, `<`, `>` that
//! mean themselves are written `&amp;`, `&lt;`, `&gt;`.

use crate::kit::dressing;

/// A text as Slack reads it.
#[derive(Debug, Default)]
pub struct Reading {
    /// The control sequences that ping somebody, in order.
    pub mentions: Vec<String>,
    /// What Slack would misread.
    pub problems: Vec<String>,
}

/// Reads one text of kind `mrkdwn`.
pub fn read(text: &str) -> Reading {
    let mut reading = Reading::default();
    reading.problems.extend(dressing::slack(text).into_iter().map(|dressed| format!("dressed, {dressed}")));
    let mut at = 0;
    while let Some(found) = text[at..].find(['<', '>', '&']) {
        let start = at + found;
        let rest = &text[start..];
        at = start + 1;
        match rest.as_bytes()[0] {
            b'<' => match closed(rest) {
                Some(inside) => {
                    at = start + inside.len() + 2;
                    reading.control_sequence(inside);
                }
                None => reading.problem("a `<` that should be `&lt;`", rest),
            },
            b'>' if !opens_a_quote(&text[..start]) => {
                reading.problem("a `>` that should be `&gt;`", rest);
            }
            b'&' if !is_entity(rest) => reading.problem("an `&` that should be `&amp;`", rest),
            _ => {}
        }
    }
    reading
}

/// Reads a text of a block that is not `verbatim`: Slack turns a plain `@here` and the like into pings, and names of
/// channels into links. <https://docs.slack.dev/messaging/formatting-message-text/#automatic-parsing>
pub fn read_with_plain_names(text: &str) -> Reading {
    let mut reading = read(text);
    for name in ["here", "channel", "everyone"] {
        reading.mentions.extend(text.match_indices(&format!("@{name}")).map(|_| format!("<!{name}>")));
    }
    reading
}

impl Reading {
    pub fn append(&mut self, mut other: Self) {
        self.mentions.append(&mut other.mentions);
        self.problems.append(&mut other.problems);
    }

    fn control_sequence(&mut self, inside: &str) {
        let (target, label) = match inside.split_once('|') {
            Some((target, label)) => (target, Some(label)),
            None => (inside, None),
        };
        if label == Some("") {
            self.problem("an empty label", inside);
        }
        for (at, _) in inside.match_indices('&') {
            if !is_entity(&inside[at..]) {
                self.problem("an `&` that should be `&amp;`", &inside[at..]);
            }
        }
        if pings(target) {
            self.mentions.push(format!("<{inside}>"));
        } else if !is_link(target) {
            let what = "a control sequence that is neither a mention nor an https link";
            self.problem(what, &format!("<{inside}>"));
        }
    }

    fn problem(&mut self, what: &str, rest: &str) {
        let context: String = rest.chars().take(40).collect();
        self.problems.push(format!("{what}, at {context:?}"));
    }
}

/// What stands between this `<` and its `>` on the same line.
fn closed(rest: &str) -> Option<&str> {
    let inside = &rest[1..];
    let end = inside.find(['<', '>', '\n'])?;
    inside[end..].starts_with('>').then(|| &inside[..end])
}

/// `>` opens a quote at the start of a line; `>>>` does, too.
fn opens_a_quote(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default();
    matches!(line, "" | ">" | ">>")
}

fn is_entity(rest: &str) -> bool {
    ["&amp;", "&lt;", "&gt;"].iter().any(|entity| rest.starts_with(entity))
}

fn pings(target: &str) -> bool {
    let id = match target {
        "!here" | "!channel" | "!everyone" => return true,
        _ if target.starts_with(['@', '!']) => target
            .strip_prefix("!subteam^")
            .filter(|id| id.starts_with('S'))
            .or_else(|| target.strip_prefix('@').filter(|id| id.starts_with(['U', 'W']))),
        _ => None,
    };
    id.is_some_and(|id| id.len() > 1 && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()))
}

fn is_link(target: &str) -> bool {
    target.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
}
