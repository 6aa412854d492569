//! Shapes that both versions share, and reading them leniently.
//!
//! A field that is null, missing or of another type than documented is as good as not sent: one odd field must not cost
//! a team its alert. What an event cannot do without is checked by each version itself.

use crate::domain::incident::{IncidentNumber, Person, State, Urgency};
use crate::domain::text::{Foreign, Link};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A value if it is of the type, `None` if it is anything else.
pub(super) fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str::<Option<T>>(raw.get()).ok().flatten())
}

/// The JSON with every escape of half a surrogate pair replaced by that of U+FFFD: senders that cut a text by UTF-16
/// units leave one, and a reader that refuses it would lose the whole text.
pub(super) fn without_half_characters(json: &str) -> Cow<'_, str> {
    if !json.contains("\\ud") && !json.contains("\\uD") {
        return json.into();
    }
    let unit = |at: usize| {
        let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let (mut whole, mut copied, mut at) = (String::with_capacity(json.len()), 0, 0);
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
            // Another escape: the character after the stroke belongs to it.
            (None, _) => 1 + json[at + 1..].chars().next().map_or(0, char::len_utf8),
        };
    }
    whole.push_str(&json[copied..]);
    whole.into()
}

/// A text.
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

pub(super) fn line(text: &Option<Text<'_>>) -> Option<Foreign> {
    text.as_ref().and_then(Text::line)
}

/// A list; what in it is of another type is left out.
#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
pub(super) struct List<T>(#[serde(deserialize_with = "elements")] pub(super) Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

fn elements<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let raw = Vec::<&RawValue>::deserialize(deserializer)?;
    Ok(raw.iter().filter_map(|raw| serde_json::from_str(raw.get()).ok()).collect())
}

/// PagerDuty's reference to one of its objects: a user, a service, a policy, a priority.
#[derive(Deserialize, Default)]
pub(super) struct Ref<'a> {
    #[serde(borrow, default, deserialize_with = "lenient")]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    pub(super) summary: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    pub(super) name: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    pub(super) html_url: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "lenient", rename = "type")]
    pub(super) type_: Option<Text<'a>>,
}

impl Ref<'_> {
    /// What people call it. References have a summary, full objects a name as well, which may differ.
    pub(super) fn label(&self) -> Option<Foreign> {
        line(&self.summary).or_else(|| line(&self.name))
    }

    /// It as a person. Without a name the id is shown; without either it is nobody.
    pub(super) fn person(&self) -> Option<Person> {
        let name = self.label().or_else(|| line(&self.id))?;
        Some(Person { id: self.id.as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default(), name })
    }
}

pub(super) fn label(reference: &Option<Ref<'_>>) -> Option<Foreign> {
    reference.as_ref().and_then(Ref::label)
}

pub(super) fn people<'a, 'b: 'a>(references: impl IntoIterator<Item = &'a Ref<'b>>) -> Vec<Person> {
    references.into_iter().filter_map(Ref::person).collect()
}

pub(super) fn link(url: &Option<Text<'_>>) -> Option<Link> {
    url.as_ref().and_then(|url| Link::parse(url.as_str()))
}

/// How far an incident is.
pub(super) fn state(text: &Option<Text<'_>>) -> Option<State> {
    match text.as_ref()?.as_str() {
        "triggered" => Some(State::Triggered),
        "acknowledged" => Some(State::Acknowledged),
        "resolved" => Some(State::Resolved),
        _ => None,
    }
}

pub(super) fn urgency(text: &Option<Text<'_>>) -> Option<Urgency> {
    match text.as_ref()?.as_str() {
        "high" => Some(Urgency::High),
        "low" => Some(Urgency::Low),
        _ => None,
    }
}

/// The incident's number, also when it comes as text.
pub(super) fn number(value: &Option<Value>) -> Option<IncidentNumber> {
    match value.as_ref()? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
    .map(IncidentNumber)
}

/// A time with any offset. A time that cannot be read is now: it is wanted for ordering and lateness only.
pub(super) fn time(text: &Option<Text<'_>>, now: DateTime<Utc>) -> DateTime<Utc> {
    text.as_ref().and_then(|text| DateTime::parse_from_rfc3339(text.as_str()).ok()).map_or(now, |time| time.to_utc())
}

/// The value of a custom field as people would write it.
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
