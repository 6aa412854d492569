//! Rows, as every store keeps them.
//!
//! What is read may have been written by another version of the program, or by hand. So no reader relies on an
//! attribute: one that is missing or malformed is `None`.

use super::Partition;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use std::borrow::Cow;

/// The shape of the rows that this version writes, and the only one that it reads.
const VERSION: i128 = 1;

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(String),
    /// Wide enough for every whole number that is written.
    Number(i128),
    Flag(bool),
    /// By name. There are few, so a list is smaller than a map.
    Texts(Vec<(String, String)>),
    /// Of a kind that no row of ours has.
    Odd,
}

/// One row: few attributes, so a list is quicker than a map.
#[derive(Debug, Clone, Default)]
pub struct Item(Vec<(Cow<'static, str>, Value)>);

impl FromIterator<(Cow<'static, str>, Value)> for Item {
    fn from_iter<I: IntoIterator<Item = (Cow<'static, str>, Value)>>(attributes: I) -> Self {
        Self(attributes.into_iter().collect())
    }
}

impl Item {
    /// A row that is kept until some time after `now` + `keep`.
    pub fn new(pk: impl Into<String>, sk: impl Into<String>, keep: TimeDelta, now: DateTime<Utc>) -> Self {
        let expires_at = now.timestamp().saturating_add(keep.num_seconds());
        Self(Vec::with_capacity(24))
            .with_text("pk", pk)
            .with_text("sk", sk)
            .with("v", Value::Number(VERSION))
            .with_number("expires_at", expires_at)
    }

    pub fn with_text(self, name: &'static str, value: impl Into<String>) -> Self {
        self.with(name, Value::Text(value.into()))
    }

    pub fn with_number(self, name: &'static str, value: impl Into<i128>) -> Self {
        self.with(name, Value::Number(value.into()))
    }

    pub fn with_flag(self, name: &'static str, value: bool) -> Self {
        self.with(name, Value::Flag(value))
    }

    pub fn with_instant(self, name: &'static str, value: DateTime<Utc>) -> Self {
        self.with_text(name, written(value))
    }

    pub fn with_texts(self, name: &'static str, values: impl IntoIterator<Item = (String, String)>) -> Self {
        self.with(name, Value::Texts(values.into_iter().collect()))
    }

    fn with(mut self, name: &'static str, value: Value) -> Self {
        self.0.push((Cow::Borrowed(name), value));
        self
    }

    pub fn attributes(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    pub fn into_attributes(self) -> impl Iterator<Item = (Cow<'static, str>, Value)> {
        self.0.into_iter()
    }

    /// Whether this version understands the row. It uses nothing of any other.
    pub fn is_known(&self) -> bool {
        self.value("v") == Some(&Value::Number(VERSION))
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        match self.value(name)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn number<T: TryFrom<i128>>(&self, name: &str) -> Option<T> {
        match self.value(name)? {
            Value::Number(number) => T::try_from(*number).ok(),
            _ => None,
        }
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.value(name)? {
            Value::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    pub fn instant(&self, name: &str) -> Option<DateTime<Utc>> {
        self.text(name)?.parse().ok()
    }

    /// The texts of an attribute, by name; none if it has none.
    pub fn texts(&self, name: &str) -> &[(String, String)] {
        match self.value(name) {
            Some(Value::Texts(texts)) => texts,
            _ => &[],
        }
    }

    /// What the index `by_fingerprint` has of it.
    pub(super) fn in_index(&self) -> Self {
        let keys = ["pk", "sk", "fingerprint", "opened_at"];
        let is_in_it =
            |(name, _): &&(Cow<'static, str>, Value)| keys.contains(&&**name) || Partition::EARLIER.contains(&&**name);
        Self(self.0.iter().filter(is_in_it).cloned().collect())
    }

    /// Gives back room for further attributes.
    pub(super) fn shrink(&mut self) {
        self.0.shrink_to_fit();
    }

    pub fn value(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

/// An instant as rows and keys hold it. Between the years 0 and 9999 these texts sort like the times.
pub fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The beginning of a text: at most so many bytes, and no half character.
pub fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn an_attribute_that_is_missing_or_odd_is_none() {
        let row = Item::new("a", "b", TimeDelta::days(1), at("2026-11-24T02:02:00Z"))
            .with_text("text", "one")
            .with_number("number", -5)
            .with_flag("flag", true)
            .with_instant("time", at("2026-11-24T02:02:00.5Z"))
            .with("odd", Value::Odd);

        assert!(row.is_known());
        assert_eq!(row.number("expires_at"), Some(1_795_572_120_i64));
        assert_eq!(row.text("text"), Some("one"));
        assert_eq!(row.number("number"), Some(-5_i64));
        assert_eq!(row.number::<u64>("number"), None);
        assert_eq!(row.number::<u64>("text"), None);
        assert_eq!(row.text("number"), None);
        assert_eq!(row.flag("flag"), Some(true));
        assert_eq!(row.flag("text"), None);
        assert_eq!(row.text("time"), Some("2026-11-24T02:02:00.500Z"));
        assert_eq!(row.instant("time"), Some(at("2026-11-24T02:02:00.500Z")));
        assert_eq!(row.instant("text"), None);
        assert!(row.texts("odd").is_empty());
        assert!(row.texts("text").is_empty());
        assert_eq!(row.text("absent"), None);
        for version in [Value::Number(2), Value::Text("1".into()), Value::Odd] {
            assert!(!Item::default().with("v", version).is_known());
        }
        assert!(!Item::default().is_known());
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        for (text, bytes, expected) in [("当番", 6, "当番"), ("当番", 5, "当"), ("当番", 2, ""), ("ab", 1_000, "ab")]
        {
            assert_eq!(cut(text, bytes), expected);
        }
    }
}
