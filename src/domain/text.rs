//! Text from outside, and what is not plain text in a message: tags and links.

use std::borrow::Cow;
use std::fmt;
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfkc_quick};

/// Text from outside: a title, a note, a name. Never empty.
///
/// Control characters, direction marks and invisible characters are removed, because they can make a text look like
/// another. What a chat reads as markup is still in it: each chat escapes its own when it renders the text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Foreign(String);

impl Foreign {
    /// One line: every run of white space becomes one space. `None` if nothing visible is left.
    pub fn line(text: &str) -> Option<Self> {
        let mut line = String::with_capacity(text.len());
        let mut is_apart = false;
        let mut is_visible = false;
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let usual = rest.find(|c| !is_usual(c)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(usual.max(c.len_utf8()));
            rest = after;
            if usual > 0 {
                if std::mem::take(&mut is_apart) && !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
                is_visible = true;
            } else if c.is_whitespace() || c.is_control() {
                is_apart = true;
            } else if !is_invisible(c) {
                if std::mem::take(&mut is_apart) && !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
                is_visible |= !is_blank(c);
            }
        }
        is_visible.then_some(Self(line))
    }

    /// The first 100 lines that are not blank: more than any message shows.
    pub fn lines(text: &str) -> Vec<Self> {
        const MOST: usize = 100;
        text.lines().filter_map(Self::line).take(MOST).collect()
    }

    /// The text, or the first `length` characters of a longer one and `…`.
    #[must_use]
    pub fn cut(&self, length: usize) -> Self {
        match self.0.char_indices().nth(length) {
            Some((end, _)) => Self(format!("{}…", self.0[..end].trim_end())),
            None => self.clone(),
        }
    }

    /// Callers that write it to a chat must escape that chat's markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text for a terminal, which obeys control characters: each but ends of lines and tabs becomes `\u{FFFD}`.
pub fn printable(text: &str) -> Cow<'_, str> {
    let obeyed = |c: char| c.is_control() && c != '\n' && c != '\t';
    if text.contains(obeyed) { text.replace(obeyed, "\u{FFFD}").into() } else { text.into() }
}

/// The text in NFKC, for comparing: full-width letters, half-width kana and the like become the usual ones.
pub fn compatible(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    match is_nfkc_quick(text.chars()) {
        IsNormalized::Yes => text.into(),
        IsNormalized::No | IsNormalized::Maybe => text.nfkc().collect(),
    }
}

/// Characters that most texts consist of, and that are seen as they are: ASCII, kanji and kana without a mark of their own.
pub fn is_usual(c: char) -> bool {
    matches!(c, '!'..='~' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー' | '一'..='\u{9FFF}')
}

/// Characters without a width that can hide or reorder their neighbours. The joiner of emoji is not one of them.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}'
        | '\u{200B}' | '\u{200C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Characters that nobody sees, the joiner of emoji and the selectors of a letter's form among them.
pub fn is_unseen(c: char) -> bool {
    is_invisible(c) || (c != ' ' && is_blank(c))
}

/// Characters that show nothing by themselves, though some change the character before them.
fn is_blank(c: char) -> bool {
    c == ' '
        || matches!(c,
            '\u{200D}' | '\u{2800}' | '\u{180B}'..='\u{180F}' | '\u{FE00}'..='\u{FE0F}' | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D159}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0100}'..='\u{E01EF}')
}

/// A URL that is safe in a message: `http` or `https`, and no character that a chat could read as the end of
/// the link, as markup or as a mention.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Link(String);

impl Link {
    /// `None` if it is not a plain URL.
    ///
    /// `@` becomes `%40`, which is the same URL, so that no chat finds a mention in it.
    pub fn parse(text: &str) -> Option<Self> {
        const LONGEST: usize = 1_000;
        let text = text.trim();
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        let is_plain =
            |c: char| !c.is_whitespace() && !c.is_control() && !is_invisible(c) && !"<>|\"'`\\^{}*".contains(c);
        let text = text.replace('@', "%40");
        if text.len() > LONGEST || !host.starts_with(|c: char| c.is_alphanumeric()) || !text.chars().all(is_plain) {
            return None;
        }
        Some(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// In every message of an incident, so that they can be found: `#PD4812`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag(String);

impl Tag {
    /// By PagerDuty's incident number.
    pub fn pagerduty(number: u64) -> Self {
        Self(format!("#PD{number}"))
    }

    /// The tag of another source's incident: two capital letters of the source, and the end of the id, for where ids are
    /// given one after the other, that is where they differ. `None` for an id that is not letters and digits.
    pub fn of(letters: &str, id: &str) -> Option<Self> {
        const LENGTH: usize = 6;
        let is_plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let are_letters = letters.len() == 2 && letters.bytes().all(|byte| byte.is_ascii_uppercase());
        (is_plain && are_letters).then(|| Self(format!("#{letters}{}", &id[id.len().saturating_sub(LENGTH)..])))
    }

    /// The tag that somebody wrote, with or without its `#`: `#PD4812`, or with one of the other sources' letters
    /// `MK9qT4xZ`.
    pub fn parse(text: &str, letters: &[&str]) -> Option<Self> {
        let bare = text.trim().trim_start_matches(['#', '＃']);
        let (kind, rest) = bare.split_at_checked(2)?;
        match &*kind.to_ascii_uppercase() {
            "PD" => rest.parse().ok().filter(|_| rest.starts_with(|c: char| c.is_ascii_digit())).map(Self::pagerduty),
            kind if letters.contains(&kind) => Self::of(kind, rest).filter(|tag| tag.0.len() == bare.len() + 1),
            _ => None,
        }
    }

    /// The tag, with its `#`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_one_visible_line() {
        for (text, expected) in [
            ("HTTP 5xx", Some("HTTP 5xx")),
            ("  a \r\n\t b\u{0007}c  ", Some("a b c")),
            ("a\u{200B}b \u{202E}c\u{FEFF}", Some("ab c")),
            ("\u{200B}\u{2060} \n", None),
            ("", None),
            ("👩\u{200D}💻", Some("👩\u{200D}💻")),
            ("x \u{200B} y", Some("x y")),
        ] {
            assert_eq!(Foreign::line(text).as_ref().map(Foreign::as_str), expected, "{text:?}");
        }
        let note = Foreign::lines("one\n\n \u{200B}\r\ntwo\n");
        assert_eq!(note.iter().map(Foreign::as_str).collect::<Vec<_>>(), ["one", "two"]);
    }

    #[test]
    fn a_long_text_is_cut_after_a_character() {
        for (text, expected) in
            [("佐藤健太", "佐藤健太"), ("佐藤健太郎", "佐藤健太…"), ("佐藤 健太郎", "佐藤 健…"), ("abc def", "abc…")]
        {
            assert_eq!(Foreign::line(text).expect("it is not empty").cut(4).as_str(), expected);
        }
    }

    #[test]
    fn a_tag_is_the_end_of_an_id() {
        for (id, expected) in
            [("2bj6TgCZ8Xy", Some("#MKgCZ8Xy")), ("aB3", Some("#MKaB3")), ("", None), ("a b", None), ("障害", None)]
        {
            assert_eq!(Tag::of("MK", id).as_ref().map(Tag::as_str), expected, "{id}");
        }
        for letters in ["", "M", "MKX", "mk", "Mk", "M1", "障"] {
            assert_eq!(Tag::of(letters, "aB3"), None, "{letters}");
        }
    }

    #[test]
    fn a_terminal_gets_no_control_characters_but_ends_of_lines_and_tabs() {
        for (text, expected) in [
            ("a\tb\nc", "a\tb\nc"),
            ("a\u{1B}[31m\tb\r\n", "a\u{FFFD}[31m\tb\u{FFFD}\n"),
            ("障害\u{7}\u{9B}", "障害\u{FFFD}\u{FFFD}"),
        ] {
            assert_eq!(printable(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_tag_is_read_as_people_write_it() {
        for (text, expected) in [
            ("#PD4812", Some("#PD4812")),
            (" pd4812 ", Some("#PD4812")),
            ("＃PD4812", Some("#PD4812")),
            ("#MKgCZ8Xy", Some("#MKgCZ8Xy")),
            ("mkgCZ8Xy", Some("#MKgCZ8Xy")),
            ("#EV0A1B2C", Some("#EV0A1B2C")),
            ("#MK2bj6TgCZ8Xy", None),
            ("#PD+1", None),
            ("#PD", None),
            ("#MK", None),
            ("#XX1", None),
            ("障害", None),
            ("", None),
        ] {
            assert_eq!(Tag::parse(text, &["MK", "EV"]).as_ref().map(Tag::as_str), expected, "{text}");
        }
    }

    #[test]
    fn a_link_is_a_plain_web_address() {
        for (text, expected) in [
            ("https://example.pagerduty.com/incidents/Q2", Some("https://example.pagerduty.com/incidents/Q2")),
            (" http://a/b?c=d&e=f#g ", Some("http://a/b?c=d&e=f#g")),
            ("https://u:p@evil.example/@all", Some("https://u:p%40evil.example/%40all")),
            ("https://例え.jp/障害", Some("https://例え.jp/障害")),
            ("javascript:alert(1)", None),
            ("https://", None),
            ("https:// a", None),
            ("https://a b", None),
            ("https://a\u{7}b", None),
            ("https://a|b", None),
            ("https://a>b", None),
            ("https://a\u{202E}b", None),
            ("//a/b", None),
            ("", None),
        ] {
            assert_eq!(Link::parse(text).as_ref().map(Link::as_str), expected, "{text:?}");
        }
        assert_eq!(Link::parse(&format!("https://a/{}", "x".repeat(1_000))), None);
    }
}
