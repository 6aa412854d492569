//! Single values in the JSON of others: what may be a text, a number or a truth value, whichever is documented.

use crate::domain::text::{Foreign, Link, compatible};
use crate::net::lenient::List;
use crate::source::wire::instant;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A sender's clock may be ahead of ours by so much; a time that is further off is not taken as one.
const AHEAD: TimeDelta = TimeDelta::days(1);
/// A time before this was not meant as one: 2001-09-09, the first of ten digits.
const EARLIEST: i64 = 1_000_000_000;

/// A value as text. Null, missing, a list and an object are all the same: not sent. A number stays as it was written, so that one
/// that no machine can hold costs nothing else of the body.
///
/// Like [`Lenient`](crate::net::lenient::Lenient) it reads text of JSON only.
#[derive(Debug, Default, Clone)]
pub(super) struct Scalar(Option<String>);

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Self(Some(text))
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = <&RawValue>::deserialize(deserializer)?.get();
        Ok(Self(match json.as_bytes().first() {
            Some(b'{' | b'[') => None,
            _ if json == "null" => None,
            _ => Some(unquoted(json).into_owned()),
        }))
    }
}

/// The text in it if it is one, otherwise the JSON itself.
fn unquoted(json: &str) -> Cow<'_, str> {
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    serde_json::from_str::<Text<'_>>(json).map_or(json.into(), |text| text.0)
}

impl Scalar {
    /// Without the spaces around it. `None` if that leaves nothing.
    pub(super) fn text(&self) -> Option<&str> {
        self.0.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }

    pub(super) fn line(&self) -> Option<Foreign> {
        self.text().and_then(Foreign::line)
    }

    pub(super) fn lines(&self) -> Vec<Foreign> {
        self.text().map(Foreign::lines).unwrap_or_default()
    }

    pub(super) fn link(&self) -> Option<Link> {
        self.text().and_then(Link::parse)
    }

    /// A number, also when it comes as text.
    pub(super) fn number(&self) -> Option<f64> {
        self.text()?.parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// A time as seconds or milliseconds since 1970, as a number or as text, or written out with its offset. Returns `None` if it is not a
    /// time, or not one that a sender's clock can show.
    pub(super) fn moment(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let text = self.text()?;
        let at = match text.parse::<f64>() {
            Ok(number) => {
                let number = number as i64;
                // The year 5138 in seconds is 1973 in milliseconds.
                let in_milliseconds = if number >= 100_000_000_000 { number } else { number.saturating_mul(1_000) };
                DateTime::from_timestamp_millis(in_milliseconds)?
            }
            Err(_) => instant(text)?,
        };
        (at.timestamp() >= EARLIEST && at <= now + AHEAD).then_some(at)
    }
}

/// A word of a sender's own vocabulary for comparing: without case, width, spaces and signs, so that `No Data`, `no_data` and
/// `NODATA` are one.
pub(super) fn comparable(text: &str) -> String {
    // No word of any vocabulary is longer, and what is longer costs nothing.
    const LONGEST: usize = 100;
    let text: String = text.chars().take(LONGEST).collect();
    compatible(&text).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A value as people would write it, `-` if it is empty: of a list the first items, lists within it left out, and how many more
/// there are.
#[derive(Debug)]
pub(super) struct Plain(pub(super) Option<Foreign>);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = <&RawValue>::deserialize(deserializer)?.get();
        let text = match serde_json::from_str::<List<&RawValue>>(json) {
            Ok(List { items, more }) if json.starts_with('[') => {
                let mut items: Vec<_> = items.into_iter().map(|item| shown(item.get())).collect();
                if more > 0 {
                    items.push(format!("… (+{more})").into());
                }
                items.join(", ").into()
            }
            _ => shown(json),
        };
        Ok(Self(Foreign::line(&text).or_else(|| Foreign::line(EMPTY))))
    }
}

/// The text, or the JSON of anything else.
fn shown(json: &str) -> Cow<'_, str> {
    let text = unquoted(json);
    if text.trim().is_empty() || json == "null" { EMPTY.into() } else { text }
}

/// Stands for a value that is empty.
pub(super) const EMPTY: &str = "-";

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
            (json!("2026-11-24T11:02:01+0900"), Some("2026-11-24T02:02:01Z")),
            (json!("2026-11-24T11:02:01.693+09"), Some("2026-11-24T02:02:01.693Z")),
            (json!("2026-11-24T02:02:01.693+0000"), Some("2026-11-24T02:02:01.693Z")),
            (json!("2026-11-24T11:02:01,693000000+09:00"), Some("2026-11-24T02:02:01.693Z")),
            (json!("2026-11-24 11:02:01+0900"), Some("2026-11-24T02:02:01Z")),
            (json!("2026-11-24 11:02:01 +0900"), Some("2026-11-24T02:02:01Z")),
            (json!("2026-11-24T11:02+09:00"), Some("2026-11-24T02:02:00Z")),
            (json!("Tue, 24 Nov 2026 11:02:01 +0900"), Some("2026-11-24T02:02:01Z")),
            (json!("2026-11-24 11:02:01"), None),
            (json!("2026-11-24 11:02:01 JST"), None),
            (json!("2026-11-24"), None),
            (json!(0), None),
            (json!(-1), None),
            (json!(1e300), None),
            (json!("NaN"), None),
            (json!("9999-12-31T23:59:59Z"), None),
            (json!("$TIMET$"), None),
            (json!([1_795_485_721]), None),
            (json!(null), None),
        ] {
            let expected = expected.map(|text| text.parse::<DateTime<Utc>>().expect("an instant"));
            assert_eq!(
                serde_json::from_str::<Scalar>(&value.to_string()).expect("any JSON").moment(now),
                expected,
                "{value}"
            );
        }
    }

    #[test]
    fn a_value_is_text_however_it_is_written() {
        for (json, expected) in [
            ("4812", Some("4812")),
            ("1e999", Some("1e999")),
            ("true", Some("true")),
            (r#"" \u7570\u5e38 ""#, Some("異常")),
            (r#""null""#, Some("null")),
            (r#""""#, None),
            ("null", None),
            (r#"["a"]"#, None),
            (r#"{"a": "b"}"#, None),
        ] {
            let value: Scalar = serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"));
            assert_eq!(value.text(), expected, "{json}");
        }
    }

    #[test]
    fn a_value_is_shown_as_people_write_it() {
        let many = format!("{:?}", (1..=5_000).collect::<Vec<_>>());
        for (json, expected) in [
            (r#""a\nb""#, "a b"),
            (r#""""#, "-"),
            ("null", "-"),
            (r#""null""#, "null"),
            ("1e999", "1e999"),
            ("false", "false"),
            ("[]", "-"),
            (r#"["a", 1, "", [2], "null", {"b": 3}]"#, r#"a, 1, -, null, {"b": 3}"#),
            (&many, "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, … (+4990)"),
            (r#"{"a": "b"}"#, r#"{"a": "b"}"#),
        ] {
            let value: Plain = serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"));
            assert_eq!(value.0.as_ref().map(Foreign::as_str), Some(expected), "{json}");
        }
    }
}
