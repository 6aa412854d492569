//! JSON of others, read leniently: one odd field must not cost a team its alert.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::ops::Deref;

/// A field that holds a value if it can be read as a `T`. Null, missing and of another type are all the same: not sent.
///
/// It reads text of JSON only, and so cannot stand in a struct that is flattened into another one.
#[derive(Debug)]
pub struct Lenient<T>(Option<T>);

impl<T> Default for Lenient<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Deref for Lenient<T> {
    type Target = Option<T>;

    fn deref(&self) -> &Option<T> {
        &self.0
    }
}

impl<T> From<Lenient<T>> for Option<T> {
    fn from(field: Lenient<T>) -> Self {
        field.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        Ok(Self(serde_json::from_str::<Option<T>>(raw.get()).ok().flatten()))
    }
}

/// A list without the items that cannot be read as a `T`. Anything but a list is an empty one.
#[derive(Debug)]
pub struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let items = Lenient::<Vec<Lenient<T>>>::deserialize(deserializer)?.0.unwrap_or_default();
        Ok(Self(items.into_iter().filter_map(|item| item.0).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    #[test]
    fn a_field_of_another_type_is_as_good_as_not_sent() {
        #[derive(Deserialize)]
        struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

        #[derive(Deserialize, Default)]
        #[serde(default)]
        struct Fields<'a> {
            #[serde(borrow)]
            one: Lenient<Text<'a>>,
            many: List<Text<'a>>,
        }
        for (value, one, many) in [
            (r#""x""#, Some("x"), ""),
            (r#""\u306e\n""#, Some("の\n"), ""),
            (r#"["a", 1, null, ["b"], {"c": "d"}, "\u0065"]"#, None, "ae"),
            (r#"{"x": {"y": ["z"]}}"#, None, ""),
            ("null", None, ""),
            ("true", None, ""),
            ("-1", None, ""),
            ("1.5", None, ""),
            ("1e999", None, ""),
            ("18446744073709551615", None, ""),
        ] {
            let json = format!(r#"{{"one": {value}, "many": {value}}}"#);
            let fields: Fields<'_> = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{value}: {error}"));
            assert_eq!(fields.one.as_ref().map(|text| &*text.0), one, "{value}");
            assert_eq!(fields.many.0.iter().map(|text| &*text.0).collect::<String>(), many, "{value}");
        }
        let fields: Fields<'_> = serde_json::from_str("{}").expect("every field may be missing");
        assert!(fields.one.is_none() && fields.many.0.is_empty());
    }
}
