//! The line in an alert's text that says what was promised:
//! `toban-slo: name=checkout objective=99.9 window=30d burn=14.4 budget_left=12%`.
//!
//! It is read strictly, because a sentence that is wrong is worse than none: nothing is guessed, and what is not understood is said.
//! Only the width of letters, the case of keys and the shape of quotation marks do not matter, as in the other texts that people type.

use super::{BurnRate, Objective, Share, Window, quoted};
use crate::domain::text::{Foreign, compatible};

const BEGINNING: &str = "toban-slo";

/// What a marker line says by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marker {
    pub name: Foreign,
    pub objective: Objective,
    pub window: Window,
    /// The threshold of the alert.
    pub burn: Option<BurnRate>,
    pub budget_left: Option<Share>,
}

/// What a marker line can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    Name,
    Objective,
    Window,
    Burn,
    BudgetLeft,
}

impl Key {
    pub const ALL: [Self; 5] = [Self::Name, Self::Objective, Self::Window, Self::Burn, Self::BudgetLeft];

    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Objective => "objective",
            Self::Window => "window",
            Self::Burn => "burn",
            Self::BudgetLeft => "budget_left",
        }
    }
}

/// What is wrong with a marker line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarkerFault {
    /// The text has several that differ, and they may be about different promises.
    Several,
    /// There is no colon after its first word.
    NoColon,
    /// A word that is not a key with its value: a name with a space in it needs quotation marks.
    NoPair(Foreign),
    UnknownKey(Foreign),
    /// A key that was there before.
    Again(Key),
    /// What cannot be left out.
    Missing(Key),
    /// A value that is not understood.
    Value(Key, Foreign),
    /// A quotation mark that does not end.
    Unclosed,
    /// A number that cannot be a burn rate, and the highest that is possible with this objective.
    NoBurnRate {
        value: Foreign,
        most: BurnRate,
    },
}

/// What the marker among these lines says. It is taken out of them; what stands before it in its line stays.
pub(super) fn take_from(lines: &mut Vec<Foreign>) -> Option<Result<Marker, MarkerFault>> {
    let mut found = Vec::new();
    lines.retain_mut(|line| {
        let Some((before, marker)) = split(line) else { return true };
        found.push(marker);
        match before {
            Some(before) => *line = before,
            None => return false,
        }
        true
    });
    // Each alert of a group may bring the same.
    found.dedup();
    match found.as_slice() {
        [] => None,
        [marker] => Some(parse(marker)),
        _ => Some(Err(MarkerFault::Several)),
    }
}

/// What stands before a marker in a line, and what comes after its first word, in usual letters.
fn split(line: &Foreign) -> Option<(Option<Foreign>, String)> {
    let usual = compatible(line.as_str());
    let words = usual.as_bytes().windows(BEGINNING.len()).enumerate();
    let mut found = words.filter(|(_, word)| word.eq_ignore_ascii_case(BEGINNING.as_bytes()));
    let (at, _) = found.find(|(at, _)| {
        let (before, after) = (&usual[..*at], usual[at + BEGINNING.len()..].trim_start());
        // In the middle of a line it may be talked about.
        let is_named = before.trim().is_empty() && after.contains('=');
        let is_whole = !before.ends_with(|c: char| c.is_ascii_alphanumeric() || "-_/.".contains(c));
        is_whole && (after.starts_with(':') || is_named)
    })?;
    let before = Foreign::line(&usual[..at]).filter(|before| says_something(before.as_str()));
    // Editors make typographic quotation marks of plain ones.
    Some((before, usual[at + BEGINNING.len()..].trim().replace(['“', '”'], "\"")))
}

/// The name of the field that has the marker says nothing without it, and neither does the mark of a list.
fn says_something(before: &str) -> bool {
    before.contains(char::is_alphanumeric) && (before.contains(' ') || !before.ends_with(':'))
}

fn parse(marker: &str) -> Result<Marker, MarkerFault> {
    let mut rest = marker.strip_prefix(':').ok_or(MarkerFault::NoColon)?.trim_start();
    let (mut name, mut objective, mut window, mut burn, mut budget_left) = (None, None, None, None, None);
    while !rest.is_empty() {
        let (key, value, after) = pair(rest)?;
        rest = after.trim_start();
        let wrong =
            || if value.is_empty() { MarkerFault::Missing(key) } else { MarkerFault::Value(key, quoted(value)) };
        match key {
            Key::Name => put(&mut name, key, Foreign::line(value).ok_or_else(wrong)?)?,
            Key::Objective => put(&mut objective, key, Objective::parse(value).ok_or_else(wrong)?)?,
            Key::Window => put(&mut window, key, Window::parse(value).ok_or_else(wrong)?)?,
            Key::Burn => put(&mut burn, key, BurnRate::parse(value).ok_or_else(wrong)?)?,
            Key::BudgetLeft => put(&mut budget_left, key, Share::parse(value).ok_or_else(wrong)?)?,
        }
    }
    const LONGEST: usize = 60;
    Ok(Marker {
        name: name.ok_or(MarkerFault::Missing(Key::Name))?.cut(LONGEST),
        objective: objective.ok_or(MarkerFault::Missing(Key::Objective))?,
        window: window.ok_or(MarkerFault::Missing(Key::Window))?,
        burn,
        budget_left,
    })
}

/// The first pair of a text that is not empty, and what comes after it.
fn pair(text: &str) -> Result<(Key, &str, &str), MarkerFault> {
    let word = text.split(char::is_whitespace).next().unwrap_or_default();
    let (name, value) = word.split_once('=').ok_or_else(|| MarkerFault::NoPair(quoted(word)))?;
    let key = Key::ALL.into_iter().find(|key| key.name().eq_ignore_ascii_case(name));
    let key = key.ok_or_else(|| MarkerFault::UnknownKey(quoted(if name.is_empty() { word } else { name })))?;
    let after = &text[name.len() + 1..];
    match after.strip_prefix('"') {
        Some(after) => after.split_once('"').map(|(value, after)| (key, value, after)).ok_or(MarkerFault::Unclosed),
        None => Ok((key, value, &after[value.len()..])),
    }
}

fn put<T>(place: &mut Option<T>, key: Key, value: T) -> Result<(), MarkerFault> {
    match place.replace(value) {
        Some(_) => Err(MarkerFault::Again(key)),
        None => Ok(()),
    }
}
