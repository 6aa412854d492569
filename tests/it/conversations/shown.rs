//! Texts as a person sees them: control sequences as names, entities as characters, links and tags marked.

use crate::kit::mattermost;
use crate::running::data;
use std::fs;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    Plain,
    Mention,
    /// A URL, or a tag that leads to all messages with it.
    Link,
}

/// A part of a line with one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub ink: Ink,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub is_quote: bool,
    pub parts: Vec<Part>,
}

impl Line {
    pub fn plain(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect()
    }
}

/// Name and Slack id of everybody in the members tab.
fn members() -> Vec<(String, String)> {
    let text = fs::read_to_string(data("rotation/members.csv")).expect("a readable file");
    let cells = text.lines().skip(1).filter_map(|line| line.split_once(','));
    cells.map(|(name, rest)| (name.to_owned(), rest.split(',').next().unwrap_or_default().to_owned())).collect()
}

/// The name that Slack shows for a control sequence that pings.
pub fn name(control_sequence: &str) -> String {
    let id = control_sequence.trim_matches(['<', '>', '@']);
    let member = members().into_iter().find(|(_, slack)| slack == id);
    member.map_or_else(|| control_sequence.to_owned(), |(name, _)| format!("@{name}"))
}

/// What is shown of a link that has a label.
fn labelled(inside: &str) -> Option<String> {
    let (link, label) = inside.split_once('|')?;
    link.starts_with("http").then(|| mattermost::unescaped(label))
}

/// A text of Slack's kind `mrkdwn`.
pub fn slack(text: &str) -> Vec<Line> {
    let line = |line: &str| {
        let (is_quote, mut rest) = match line.strip_prefix('>') {
            Some(quote) => (true, quote.trim_start()),
            None => (false, line),
        };
        let mut parts = Vec::new();
        while let Some((before, found)) = rest.split_once('<') {
            let (inside, after) = found.split_once('>').expect("the fake noted a `<` that is not closed");
            parts.extend(links(&mattermost::unescaped(before), |_| false));
            parts.push(match labelled(inside) {
                Some(label) => Part { ink: Ink::Link, text: label },
                None => Part { ink: Ink::Mention, text: name(&format!("<{inside}>")) },
            });
            rest = after;
        }
        parts.extend(links(&mattermost::unescaped(rest), |_| false));
        Line { is_quote, parts }
    };
    text.split('\n').map(line).collect()
}

/// A text of Mattermost's. Slack's ids mean nothing there, so they stay as they are.
pub fn on_mattermost(text: &str) -> Vec<Line> {
    let lines = text.split('\n').zip(mattermost::quoted(text.split('\n')));
    let line = |(line, is_quote): (&str, bool)| {
        let line = line.strip_prefix('>').map_or(line, str::trim_start);
        let text = |text: &str| links(&mattermost::unescaped(text), |word| word.starts_with('#'));
        let mut parts = Vec::new();
        let mut rest = line;
        while let Some((before, found)) = rest.split_once("<http") {
            let (inside, after) = found.split_once('>').expect("a link is closed");
            let label = labelled(&format!("http{inside}")).expect("no bare address between the two");
            parts.extend(text(before).into_iter().chain([Part { ink: Ink::Link, text: label }]));
            rest = after;
        }
        parts.extend(text(rest));
        Line { is_quote, parts }
    };
    lines.map(line).collect()
}

/// A text of Typetalk's. Whether it knows quotes is not documented.
pub fn on_typetalk(text: &str) -> Vec<Line> {
    let line = |line: &str| {
        let mut parts = links(line, |word| word.starts_with('#'));
        if line.starts_with('@') {
            let names = line.split_inclusive(' ').flat_map(|name| {
                let (ink, text) = (Ink::Mention, name.trim_end().to_owned());
                let space = Part { ink: Ink::Plain, text: name[text.len()..].to_owned() };
                [Part { ink, text }, space]
            });
            parts = names.filter(|part| !part.text.is_empty()).collect();
        }
        Line { is_quote: false, parts }
    };
    text.split('\n').map(line).collect()
}

/// The parts of a line, with URLs and other words that are links.
fn links(line: &str, is_link: impl Fn(&str) -> bool) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for piece in line.split_inclusive(' ') {
        let word = piece.trim_end();
        let is_url = word.starts_with("https://") || word.starts_with("http://");
        let ink = if is_url || is_link(word) { Ink::Link } else { Ink::Plain };
        let mut push = |ink, text: &str| match parts.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.ink == ink => last.text.push_str(text),
            _ => parts.push(Part { ink, text: text.to_owned() }),
        };
        push(ink, word);
        push(Ink::Plain, &piece[word.len()..]);
    }
    parts
}
