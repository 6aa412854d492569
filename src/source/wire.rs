//! Reading JSON leniently, whoever has sent it.
//!
//! A field that is null, missing or of another type than documented is as good as not sent. What an event cannot do without
//! is checked by each source itself.

use super::LARGEST_BODY;
use crate::domain::incident::Illegible;
use crate::domain::text::{Foreign, Link};
use chrono::{DateTime, Utc};
use memchr::memmem;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;

/// A text, copied only if something in it is escaped.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Text<'a> {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn into_inner(self) -> Cow<'a, str> {
        self.0
    }

    /// One line of it. PagerDuty was seen to send the word `null` for nothing.
    pub(super) fn line(&self) -> Option<Foreign> {
        (self.0 != "null").then(|| Foreign::line(&self.0)).flatten()
    }
}

/// A body that is one JSON object, in the shape of `T`, whose fields are all optional.
pub(super) fn object<T: DeserializeOwned>(body: &[u8]) -> Result<T, Illegible> {
    serde_json::from_str(&object_text(body)?).map_err(|_| Illegible::Shape)
}

/// A body without what programs put around it and no reader needs: a UTF-8 byte order mark, as Windows writes before a text,
/// white space, and the zero bytes that a program in C sends along from the end of its text. A signature and a digest are over
/// the body as it came.
pub(super) fn bare(mut body: &[u8]) -> &[u8] {
    const MARK: &[u8] = "\u{FEFF}".as_bytes();
    body = body.trim_ascii_start();
    while let Some(rest) = body.strip_prefix(MARK) {
        body = rest.trim_ascii_start();
    }
    while let [rest @ .., b'\0'] = body.trim_ascii_end() {
        body = rest;
    }
    body.trim_ascii_end()
}

/// The text of a body that may be one JSON object. What is not UTF-8 in it becomes U+FFFD, and so does half a character.
pub(super) fn object_text(body: &[u8]) -> Result<Cow<'_, str>, Illegible> {
    if body.len() > LARGEST_BODY {
        return Err(Illegible::TooLarge);
    }
    whole_text(body).ok_or(Illegible::Shape)
}

/// The same of a body of any length. `None` if it cannot be an object.
pub(super) fn whole_text(body: &[u8]) -> Option<Cow<'_, str>> {
    let body = bare(body);
    // A derived struct would also take an array, by position.
    if !body.starts_with(b"{") {
        return None;
    }
    Some(match str::from_utf8(body) {
        Ok(text) => without_half_characters(text),
        Err(_) => without_half_characters(&String::from_utf8_lossy(body)).into_owned().into(),
    })
}

/// The JSON with every escape of half a surrogate pair replaced by that of U+FFFD: senders that cut a text by UTF-16 units
/// leave one, and a reader that refuses it would lose the whole text.
fn without_half_characters(json: &str) -> Cow<'_, str> {
    let mut escapes = memmem::find_iter(json.as_bytes(), "\\u");
    if !escapes.any(|at| matches!(json.as_bytes().get(at + 2), Some(b'd' | b'D'))) {
        return json.into();
    }
    let unit = |at: usize| {
        let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut whole = String::with_capacity(json.len());
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = json[at..].find('\\') {
        at += found;
        at += match (unit(at), unit(at + 6)) {
            (Some(0xD800..0xDC00), Some(0xDC00..0xE000)) => 12,
            (Some(0xD800..0xE000), _) => {
                whole.push_str(&json[copied..at]);
                whole.push_str("\\ufffd");
                copied = at + 6;
                6
            }
            (Some(_), _) => 6,
            // Another escape: the character after the backslash belongs to it.
            (None, _) => 1 + json[at + 1..].chars().next().map_or(0, char::len_utf8),
        };
    }
    whole.push_str(&json[copied..]);
    whole.into()
}

pub(super) fn line(text: &Option<Text<'_>>) -> Option<Foreign> {
    text.as_ref().and_then(Text::line)
}

pub(super) fn lines(text: &Option<Text<'_>>) -> Vec<Foreign> {
    text.as_ref().map(|text| Foreign::lines(text.as_str())).unwrap_or_default()
}

pub(super) fn link(url: &Option<Text<'_>>) -> Option<Link> {
    url.as_ref().and_then(|url| Link::parse(url.as_str()))
}

/// The same of a field.
pub(super) fn instant_of(text: &Option<Text<'_>>) -> Option<DateTime<Utc>> {
    instant(text.as_ref()?.as_str())
}

/// A time with any offset, or now if it cannot be read: it serves only for ordering and lateness.
pub(super) fn time(text: &Option<Text<'_>>, now: DateTime<Utc>) -> DateTime<Utc> {
    instant_of(text).unwrap_or(now)
}

/// A time that is written out with its offset: RFC 3339, or as `date` (`+%FT%T%z`, `-R`, `-Ins`, `-Iminutes`) and AWS write it.
/// `None` without an offset, because nobody knows which one is meant.
pub(super) fn instant(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text)) {
        return Some(time.to_utc());
    }
    let text = text.replace(',', ".");
    let formats = ["%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f %#z", "%Y-%m-%dT%H:%M%#z", "%Y-%m-%d %H:%M %#z"];
    formats.into_iter().find_map(|format| DateTime::parse_from_str(&text, format).ok()).map(|time| time.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_marks_space_and_zero_bytes_is_taken_off_a_body() {
        for (body, expected) in [
            ("{}", "{}"),
            ("\u{FEFF}{}", "{}"),
            ("\r\n\u{FEFF} \u{FEFF}\n{}\r\n", "{}"),
            ("{}\0", "{}"),
            ("{}\n\0\0\n", "{}"),
            ("\0{}", "\0{}"),
            ("{}\u{FEFF}", "{}\u{FEFF}"),
            ("{} {}", "{} {}"),
            ("\u{FEFF}key=\u{FEFF}a\0b", "key=\u{FEFF}a\0b"),
            ("\u{FEFF}\0", ""),
            ("", ""),
        ] {
            assert_eq!(bare(body.as_bytes()), expected.as_bytes(), "{body:?}");
        }
    }

    #[test]
    fn a_time_of_pagerduty_may_lack_the_colon_of_its_offset() {
        let now = DateTime::UNIX_EPOCH;
        for (json, expected) in [
            (r#""2026-11-24T11:02:01+0900""#, "2026-11-24T02:02:01Z"),
            (r#""2026-11-24T02:02:01.693+0000""#, "2026-11-24T02:02:01.693Z"),
            (r#""2026-11-24T02:02:01Z""#, "2026-11-24T02:02:01Z"),
            (r#""2026-11-24T02:02:01""#, "1970-01-01T00:00:00Z"),
        ] {
            let expected: DateTime<Utc> = expected.parse().expect("an instant");
            assert_eq!(time(&serde_json::from_str(json).expect("a text"), now), expected, "{json}");
        }
    }

    #[test]
    fn half_a_character_becomes_a_mark_and_whole_ones_stay() {
        for (json, expected) in [
            (r#"{"a": "x"}"#, r#"{"a": "x"}"#),
            (r#""\ud83d\udd25 x""#, r#""\ud83d\udd25 x""#),
            (r#""\uD83D\uDD25""#, r#""\uD83D\uDD25""#),
            (r#""x \ud83d""#, r#""x \ufffd""#),
            (r#""\udd25 x""#, r#""\ufffd x""#),
            (r#""\ud83d\ud83d\udd25""#, r#""\ufffd\ud83d\udd25""#),
            (r#""\\ud83d \"\ud83d""#, r#""\\ud83d \"\ufffd""#),
            (r#""\ud83"#, r#""\ud83"#),
            (r#""\ud83d\"#, r#""\ufffd\"#),
            (r#""\当 \ud83d""#, r#""\当 \ufffd""#),
        ] {
            assert_eq!(without_half_characters(json), expected);
        }
    }
}
