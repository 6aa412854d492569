//! The marks of bold, italic and struck-out text, and which of them could open or close.

use super::{Dialect, is_mark, mark};
use std::ops::Range;

/// One mark, or several of it in a row.
pub(super) struct Run {
    pub mark: usize,
    pub start: usize,
    pub end: usize,
    pub opens: bool,
    pub closes: bool,
    /// It may hold something between two of it.
    pub is_mixed: bool,
}

/// All runs of a text, from left to right.
pub(super) struct Runs<'a> {
    text: &'a str,
    dialect: Dialect,
    at: usize,
    paths: Paths<'a>,
}

impl<'a> Runs<'a> {
    pub fn of(text: &'a str, dialect: Dialect) -> Self {
        // Typetalk has no marks that are known.
        let at = if dialect == Dialect::Typetalk { text.len() } else { 0 };
        Self { text, dialect, at, paths: Paths::of(text) }
    }
}

impl Iterator for Runs<'_> {
    type Item = Run;

    fn next(&mut self) -> Option<Run> {
        let Self { text, dialect, at, .. } = *self;
        let start = at + text[at..].find(is_mark)?;
        let first = text[start..].chars().next()?;
        let mark = mark(first)?;
        let is_same = |c: char| super::mark(c) == Some(mark);
        let end = text[start..].find(|c| !is_same(c)).map_or(text.len(), |length| start + length);
        self.at = end;
        let (before, after) = (text[..start].chars().next_back(), text[end..].chars().next());
        let is_markdown = dialect == Dialect::SlackOrMattermost;
        let are_several = text[start..end].chars().nth(1).is_some();
        // The last of several stands beside a mark, not in a word. In Markdown one star counts there as well, and tildes,
        // of which it wants two, even beside a space.
        let is_within = are_several || (is_markdown && mark == 0);
        let is_anywhere = is_markdown && mark == 2 && are_several;
        let is_apart = |c: Option<char>| is_within || c.is_none_or(|c| !c.is_alphanumeric());
        let is_word = |c: Option<char>| is_anywhere || c.is_some_and(|c| !c.is_whitespace());
        let is_in_path = self.paths.contain(start);
        // To Markdown a full-width one is a character like others, so that the ASCII ones beside it stand before or after a word.
        let is_mixed = is_markdown && !is_in_path && text[start..end].chars().any(|c| c != first);
        let opens = !is_in_path && (is_mixed || (is_apart(before) && is_word(after)));
        let ends_path = !is_in_path || after.is_none_or(char::is_whitespace);
        let closes = ends_path && (is_mixed || (is_apart(after) && is_word(before)));
        Some(Run { mark, start, end, opens, closes, is_mixed })
    }
}

/// The paths of the web addresses in a text, of which each chat makes links before it looks for marks.
pub(super) struct Paths<'a> {
    text: &'a str,
    path: Range<usize>,
}

impl<'a> Paths<'a> {
    pub fn of(text: &'a str) -> Self {
        Self { text, path: 0..0 }
    }

    /// Whether this place is in one. Places are asked for from left to right.
    pub fn contain(&mut self, at: usize) -> bool {
        while self.path.end <= at {
            self.path = self.after(self.path.end);
        }
        self.path.start <= at
    }

    /// The next one; beyond the end of the text if there is none.
    fn after(&self, from: usize) -> Range<usize> {
        const NONE: Range<usize> = usize::MAX - 1..usize::MAX;
        let ends = |c: char| c.is_whitespace() || "<>|\"#@`".contains(c);
        let Some(found) = self.text[from..].find("://") else { return NONE };
        let host = from + found + "://".len();
        let before = &self.text[..host];
        let scheme = before.strip_suffix("http://").or_else(|| before.strip_suffix("https://"));
        let is_link = scheme.is_some_and(|before| !before.ends_with(char::is_alphanumeric))
            && self.text[host..].starts_with(|c: char| c.is_ascii_alphanumeric());
        if !is_link {
            return host..host;
        }
        let end = self.text[host..].find(ends).map_or(self.text.len(), |length| host + length);
        self.text[host..end].find('/').map_or(end..end, |length| host + length..end)
    }
}
