//! How people name an incident to a job or to `/toban`: they type what they see in the chat, or paste it.
//!
//! A wrong incident is worse than none. A number or an id by itself counts only if it is all that was entered; a tag or the
//! page of an incident counts anywhere, and text that names two of them names none.

mod page;

use crate::domain::incident::{Incident, IncidentId};
use crate::domain::text::{Tag, is_unseen};
use page::{by_id, by_number, is_pagerduty};

/// Longer text is not a name.
const LONGEST: usize = 1_000;
/// What people write in front of a number or an id.
const LABELS: [&str; 7] = ["pagerduty", "incident", "インシデント", "number", "番号", "no", "id"];
/// Between letters and a number: `PD-4812`, `PD: 4812`.
const BETWEEN: [char; 12] = ['-', '‐', '‑', '–', '—', '−', '_', ':', '.', '=', '#', ' '];
/// After a number they make it a count, a time or a date.
const COUNTED: &str = "件時分秒日月年名人回台個番%";

/// The incident that is meant: by its number (`4812`, `#4812`, `incident 4812`), its tag (`#PD4812`, `PD-4812`, `#MKgCZ8Xy`),
/// its page at PagerDuty or Mackerel, or PagerDuty's id, in full width or half, in quotation marks, or followed by a remark.
/// Returns `None` for anything else. `letters` are those that the tags of sources other than PagerDuty begin with.
pub fn incident(text: &str, letters: &[&str]) -> Option<Incident> {
    if text.len() > LONGEST {
        return None;
    }
    let text: String = text.chars().filter(|c| !is_unseen(*c)).map(half_width).collect();
    let text = page::without_links(&text);
    let is_apart = |c: char| c.is_whitespace() || "<>|()[]{}\"'`,、。「」『』“”‘’".contains(c);
    let words = text.split(is_apart).filter(|word| !word.is_empty());
    let (addresses, words): (Vec<_>, Vec<_>) = words.partition(|word| word.contains('/'));
    let words = words.join(" ");
    let pages = only(addresses.iter().filter_map(|address| page::incident(address)).collect());
    let tags = only(tags(&words, letters));
    match (pages, tags) {
        (Named::One(page), Named::None) => Some(*page),
        // As in a message of ours: the tag, and below it the page.
        (Named::One(page), Named::One(tag)) => is_same(&page, &tag).then_some(*page),
        (Named::None, Named::One(tag)) => Some(*tag),
        (Named::None, Named::None) if addresses.is_empty() => by_itself(&words, letters),
        _ => None,
    }
}

/// How many different incidents are named.
enum Named {
    None,
    One(Box<Incident>),
    Several,
}

fn only(mut named: Vec<Incident>) -> Named {
    let Some(last) = named.pop() else { return Named::None };
    if named.iter().all(|other| *other == last) { Named::One(Box::new(last)) } else { Named::Several }
}

/// Whether a page and a tag may be the same incident's. PagerDuty's pages do not show the number.
fn is_same(page: &Incident, tag: &Incident) -> bool {
    page.tag().map_or(tag.number.is_some(), |own| Some(own) == tag.tag())
}

fn half_width(c: char) -> char {
    if ('！'..='～').contains(&c) { char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c) } else { c }
}

/// The tags in a text: PagerDuty's with or without `#`, the others' with it, because `MKdocs` is a word.
fn tags(text: &str, letters: &[&str]) -> Vec<Incident> {
    let mut found = Vec::new();
    let mut before = None;
    for (at, c) in text.char_indices() {
        let begins = before.is_none_or(|before: char| !before.is_ascii_alphanumeric() && !"_-.#".contains(before));
        before = Some(c);
        if begins && (c == '#' || c.eq_ignore_ascii_case(&'p')) {
            found.extend(tag(&text[at..], letters));
        }
    }
    found
}

/// The tag with which a text begins.
fn tag(text: &str, letters: &[&str]) -> Option<Incident> {
    let bare = text.trim_start_matches('#');
    let (kind, rest) = bare.split_at_checked(2)?;
    if kind.eq_ignore_ascii_case("PD") {
        let (number, after) = leading_number(rest.trim_start_matches(BETWEEN))?;
        return by_number(number).filter(|_| is_end(after));
    }
    let end = bare.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(bare.len());
    let is_whole = bare.len() < text.len() && is_end(&bare[end..]);
    Some(&bare[..end]).filter(|_| is_whole).and_then(|text| other_tag(text, letters))
}

/// What was entered is a number, an id or a tag and nothing else, but for a label in front of it.
fn by_itself(words: &str, letters: &[&str]) -> Option<Incident> {
    let text = words.trim_matches(|c: char| c.is_whitespace() || ".:;!?*~_".contains(c));
    let bare = without_labels(text);
    if let Some((number, after)) = leading_number(bare) {
        // `#4812 の対応`
        let is_marked = bare.len() < text.len();
        let is_whole = after.is_empty() || (is_marked && after.trim_start().starts_with('の'));
        return if is_whole { by_number(number) } else { None };
    }
    if is_pagerduty(bare) && bare.contains(|c: char| c.is_ascii_digit()) {
        return Some(by_id(IncidentId(bare.to_owned())));
    }
    // Without its `#` it is a tag only if it looks like the end of an id, and not like a word.
    const LENGTH: usize = 8;
    let end = bare.get(2..).filter(|_| bare.len() == LENGTH)?;
    let has = |is: fn(&char) -> bool| end.chars().any(|c| is(&c));
    let is_mixed = has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase);
    if is_mixed || has(char::is_ascii_digit) { other_tag(bare, letters) } else { None }
}

fn without_labels(text: &str) -> &str {
    let mut text = text.trim_start_matches(BETWEEN);
    while let Some(label) = LABELS.iter().find(|label| {
        text.get(..label.len()).is_some_and(|start| start.eq_ignore_ascii_case(label))
            && !text[label.len()..].starts_with(|c: char| c.is_ascii_alphabetic())
    }) {
        text = text[label.len()..].trim_start_matches(BETWEEN);
    }
    text
}

fn leading_number(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// Whether a number or a tag ends where this follows: `2026-11-24`, `4812.5`, `3 件` and `12:30` are other numbers.
fn is_end(after: &str) -> bool {
    let mut next = after.chars();
    match next.next() {
        None => true,
        Some(c) if c.is_ascii_alphanumeric() || c == '_' || COUNTED.contains(c) => false,
        Some(' ') => next.next().is_none_or(|c| !COUNTED.contains(c)),
        Some(c) => !c.is_ascii() || next.next().is_none_or(|c| !c.is_ascii_alphanumeric()),
    }
}

fn other_tag(text: &str, letters: &[&str]) -> Option<Incident> {
    let tag = Tag::parse(text, letters).filter(|tag| !tag.as_str().starts_with("#PD"))?;
    Some(Incident { named: Some(tag), ..Incident::default() })
}

#[cfg(test)]
mod tests;
