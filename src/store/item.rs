//! Rows, and the conditions on which they are written and found.
//!
//! What is read may have been written by another version of the program, or by hand. So no reader relies on an
//! attribute: one that is missing or malformed is `None`.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

/// The shape of the rows that this version writes, and the only one that it reads.
const VERSION: &str = "1";

/// One row.
pub struct Item(HashMap<String, AttributeValue>);

impl From<HashMap<String, AttributeValue>> for Item {
    fn from(attributes: HashMap<String, AttributeValue>) -> Self {
        Self(attributes)
    }
}

impl Item {
    /// A row that DynamoDB deletes some time after `now` + `keep`.
    pub fn new(pk: impl Into<String>, sk: impl Into<String>, keep: TimeDelta, now: DateTime<Utc>) -> Self {
        let expires_at = now.timestamp().saturating_add(keep.num_seconds());
        Self(HashMap::new())
            .with_text("pk", pk)
            .with_text("sk", sk)
            .with("v", AttributeValue::N(VERSION.into()))
            .with_number("expires_at", expires_at)
    }

    pub fn with_text(self, name: &str, value: impl Into<String>) -> Self {
        self.with(name, AttributeValue::S(value.into()))
    }

    pub fn with_number(self, name: &str, value: impl ToString) -> Self {
        self.with(name, AttributeValue::N(value.to_string()))
    }

    pub fn with_flag(self, name: &str, value: bool) -> Self {
        self.with(name, AttributeValue::Bool(value))
    }

    pub fn with_instant(self, name: &str, value: DateTime<Utc>) -> Self {
        self.with_text(name, written(value))
    }

    pub fn with_texts(self, name: &str, values: &BTreeMap<String, String>) -> Self {
        let values = values.iter().map(|(key, value)| (key.clone(), AttributeValue::S(value.clone())));
        self.with(name, AttributeValue::M(values.collect()))
    }

    fn with(mut self, name: &str, value: AttributeValue) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    pub fn into_attributes(self) -> HashMap<String, AttributeValue> {
        self.0
    }

    /// Whether this version understands the row. It uses nothing of any other.
    pub fn is_known(&self) -> bool {
        matches!(self.get("v"), Some(AttributeValue::N(version)) if version == VERSION)
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_s().ok().map(String::as_str)
    }

    pub fn number<T: FromStr>(&self, name: &str) -> Option<T> {
        self.get(name)?.as_n().ok()?.parse().ok()
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        self.get(name)?.as_bool().ok().copied()
    }

    pub fn instant(&self, name: &str) -> Option<DateTime<Utc>> {
        self.text(name)?.parse().ok()
    }

    /// The texts of a map; values that are not texts are left out.
    pub fn texts(&self, name: &str) -> BTreeMap<String, String> {
        let Some(Ok(values)) = self.get(name).map(AttributeValue::as_m) else {
            return BTreeMap::new();
        };
        let texts = values.iter().filter_map(|(key, value)| Some((key.clone(), value.as_s().ok()?.clone())));
        texts.collect()
    }

    fn get(&self, name: &str) -> Option<&AttributeValue> {
        self.0.get(name)
    }
}

/// A condition in DynamoDB's syntax: attributes are written `#name`, because many names are reserved there, and values
/// `:name`.
pub struct Condition {
    pub(super) text: String,
    values: HashMap<String, AttributeValue>,
}

impl Condition {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), values: HashMap::new() }
    }

    /// Always holds.
    pub fn none() -> Self {
        Self::new("")
    }

    /// The row does not exist.
    pub fn absent() -> Self {
        Self::new("attribute_not_exists(#pk)")
    }

    /// These attributes have not changed since the row was read.
    pub fn unchanged(row: &Item, names: &[&str]) -> Self {
        let mut condition = Self::new("attribute_exists(#pk)");
        for name in names {
            match row.get(name) {
                Some(value) => {
                    condition.text.push_str(&format!(" AND #{name} = :{name}"));
                    condition = condition.with(&format!(":{name}"), value.clone());
                }
                None => condition.text.push_str(&format!(" AND attribute_not_exists(#{name})")),
            }
        }
        condition
    }

    pub fn with_text(self, name: &str, value: impl Into<String>) -> Self {
        self.with(name, AttributeValue::S(value.into()))
    }

    pub fn with_number(self, name: &str, value: impl ToString) -> Self {
        self.with(name, AttributeValue::N(value.to_string()))
    }

    pub fn with_flag(self, name: &str, value: bool) -> Self {
        self.with(name, AttributeValue::Bool(value))
    }

    fn with(mut self, name: &str, value: AttributeValue) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }

    /// The attributes in the text. DynamoDB refuses names that are not used, and an empty map.
    pub fn names(&self) -> Option<HashMap<String, String>> {
        let name = |part: &str| part.split(|c: char| !c.is_alphanumeric() && c != '_').next().map(str::to_owned);
        let names: HashMap<_, _> =
            self.text.split('#').skip(1).filter_map(name).map(|name| (format!("#{name}"), name)).collect();
        (!names.is_empty()).then_some(names)
    }

    pub fn values(&self) -> Option<HashMap<String, AttributeValue>> {
        (!self.values.is_empty()).then(|| self.values.clone())
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
            .with("flag", AttributeValue::Bool(true))
            .with_instant("time", at("2026-11-24T02:02:00.5Z"))
            .with("map", AttributeValue::M(HashMap::from([("n".into(), AttributeValue::N("1".into()))])));

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
        assert_eq!(row.texts("map"), BTreeMap::new());
        assert_eq!(row.texts("text"), BTreeMap::new());
        assert_eq!(row.text("absent"), None);
        for version in [AttributeValue::N("2".into()), AttributeValue::S("1".into()), AttributeValue::Null(true)] {
            assert!(!Item(HashMap::new()).with("v", version).is_known());
        }
        assert!(!Item(HashMap::new()).is_known());
    }

    #[test]
    fn a_condition_names_what_it_uses() {
        let row = Item(HashMap::new()).with_text("state", "claimed");
        let condition = Condition::unchanged(&row, &["state", "lease_until"]);
        assert_eq!(condition.text, "attribute_exists(#pk) AND #state = :state AND attribute_not_exists(#lease_until)");
        let names = ["pk", "state", "lease_until"].map(|name| (format!("#{name}"), name.to_owned()));
        assert_eq!(condition.names(), Some(HashMap::from(names)));
        assert_eq!(condition.values(), Some(HashMap::from([(":state".into(), AttributeValue::S("claimed".into()))])));
        assert_eq!(Condition::absent().values(), None);
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        for (text, bytes, expected) in [("当番", 6, "当番"), ("当番", 5, "当"), ("当番", 2, ""), ("ab", 1_000, "ab")]
        {
            assert_eq!(cut(text, bytes), expected);
        }
    }
}
