//! Reading JSON leniently, whoever has sent it.
//!
//! A field that is null, missing or of another type than documented is as good as not sent. What an event cannot do without
//! is checked by each source itself.

use super::LARGEST_BODY;
use crate::domain::incident::Illegible;
use crate::domain::text::{Foreign, Link};
use chrono::{DateTime, TimeDelta, Utc};
use memchr::memmem;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::borrow::Cow;

/// A sender's clock may be ahead of ours by so much; a time that is further off is not taken as one.
const AHEAD: TimeDelta = TimeDelta::days(1);
/// A time before this was not meant as one: 2001-09-09, the first of ten digits.
const EARLIEST: i64 = 1_000_000_000;

/// A text, copied only if something in it is escaped.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Text<'_> {
    pub(super) fn as_str(&self) -> &str {
        &self.0
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

/// The text of a body that may be one JSON object. What is not UTF-8 in it becomes U+FFFD, and so does half a character.
pub(super) fn object_text(body: &[u8]) -> Result<Cow<'_, str>, Illegible> {
    if body.len() > LARGEST_BODY {
        return Err(Illegible::TooLarge);
    }
    // A derived struct would also take an array, by position.
    if !body.trim_ascii_start().starts_with(b"{") {
        return Err(Illegible::Shape);
    }
    Ok(match str::from_utf8(body) {
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

/// A time with any offset, or now if it cannot be read: it serves only for ordering and lateness.
pub(super) fn time(text: &Option<Text<'_>>, now: DateTime<Utc>) -> DateTime<Utc> {
    text.as_ref().and_then(|text| DateTime::parse_from_rfc3339(text.as_str()).ok()).map_or(now, |time| time.to_utc())
}

/// What a sender may have written as text or as a number.
pub(super) fn text_of(value: &Option<Value>) -> Option<String> {
    match value.as_ref()? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// One line of what a sender may have written as text or as a number.
pub(super) fn line_of(value: &Option<Value>) -> Option<Foreign> {
    text_of(value).and_then(|text| Foreign::line(&text))
}

pub(super) fn lines_of(value: &Option<Value>) -> Vec<Foreign> {
    text_of(value).map(|text| Foreign::lines(&text)).unwrap_or_default()
}

pub(super) fn link_of(value: &Option<Value>) -> Option<Link> {
    text_of(value).and_then(|text| Link::parse(&text))
}

/// A number, also when it comes as text.
pub(super) fn number_of(value: &Option<Value>) -> Option<f64> {
    text_of(value)?.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A time as seconds or milliseconds since 1970, as a number or as text, or in RFC 3339. Returns `None` if it is not a time,
/// or not one that a sender's clock can show.
pub(super) fn moment(value: &Option<Value>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let text = text_of(value)?;
    let at = match text.parse::<f64>() {
        Ok(number) => {
            let number = number as i64;
            // The year 5138 in seconds is 1973 in milliseconds.
            let in_milliseconds = if number >= 100_000_000_000 { number } else { number.saturating_mul(1_000) };
            DateTime::from_timestamp_millis(in_milliseconds)?
        }
        Err(_) => DateTime::parse_from_rfc3339(&text).ok()?.to_utc(),
    };
    (at.timestamp() >= EARLIEST && at <= now + AHEAD).then_some(at)
}

/// The value of a custom field as people would write it, `-` if it is empty.
pub(super) fn plain(value: &Value) -> Option<Foreign> {
    match value {
        Value::Null => Foreign::line("-"),
        Value::String(text) => Foreign::line(text).or_else(|| Foreign::line("-")),
        Value::Array(values) => {
            let values: Vec<_> = values.iter().filter_map(plain).map(|value| value.as_str().to_owned()).collect();
            Foreign::line(&values.join(", ")).or_else(|| Foreign::line("-"))
        }
        other => Foreign::line(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_come_in_many_forms() {
        let now = "2026-11-24T02:02:01Z".parse().expect("an instant");
        for (value, expected) in [
            (json!(1_795_485_721), Some("2026-11-24T02:02:01Z")),
            (json!(1_795_485_721_693_i64), Some("2026-11-24T02:02:01.693Z")),
            (json!("1795485721"), Some("2026-11-24T02:02:01Z")),
            (json!(" 1795485721693 "), Some("2026-11-24T02:02:01.693Z")),
            (json!(1_795_485_721.25), Some("2026-11-24T02:02:01Z")),
            (json!("2026-11-24T11:02:01+09:00"), Some("2026-11-24T02:02:01Z")),
            (json!("2026-11-24 11:02:01"), None),
            (json!(0), None),
            (json!(-1), None),
            (json!(1e300), None),
            (json!("NaN"), None),
            (json!("9999-12-31T23:59:59Z"), None),
            (json!("$TIMET$"), None),
            (json!([1_795_485_721]), None),
            (Value::Null, None),
        ] {
            let expected = expected.map(|text| text.parse::<DateTime<Utc>>().expect("an instant"));
            assert_eq!(moment(&Some(value.clone()), now), expected, "{value}");
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
