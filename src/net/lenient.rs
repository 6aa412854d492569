//! JSON of others, read leniently: one odd field must not cost a team its alert.

use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::fmt;
use std::ops::Deref;

/// A field that holds a value if it can be read as a `T`. Null, missing and of another type are all the same: not sent. A
/// [`List`] is read by itself.
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
        let json = <&RawValue>::deserialize(deserializer)?.get();
        // A list would be read as an object, by position.
        let is_list = json.starts_with('[');
        Ok(Self(if is_list { None } else { serde_json::from_str::<Option<T>>(json).ok().flatten() }))
    }
}

/// So many items of a list are read at most.
const TRIED: usize = 200;

/// The first items of a list that can be read as a `T`, and how many come after them. Anything but a list is an empty one.
///
/// What is not kept is not even read: a body may be nothing but a list.
#[derive(Debug)]
pub struct List<T, const MOST: usize = 10> {
    pub items: Vec<T>,
    /// Whether these could be read is not known.
    pub more: usize,
}

impl<T, const MOST: usize> Default for List<T, MOST> {
    fn default() -> Self {
        Self { items: Vec::new(), more: 0 }
    }
}

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for List<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = <&RawValue>::deserialize(deserializer)?.get();
        Ok(serde_json::from_str::<Beginning<T, MOST>>(json).map(|list| list.0).unwrap_or_default())
    }
}

/// A list that is one.
struct Beginning<T, const MOST: usize>(List<T, MOST>);

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for Beginning<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Beginning(List::default()))
    }
}

impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for Beginning<T, MOST> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self, A::Error> {
        let Self(List { mut items, mut more }) = self;
        // Of a list of anything else not every item is tried.
        for _ in 0..TRIED {
            if items.len() == MOST {
                break;
            }
            let Some(item) = list.next_element::<Lenient<T>>()? else { break };
            items.extend(item.0);
        }
        while list.next_element::<IgnoredAny>()?.is_some() {
            more += 1;
        }
        Ok(Self(List { items, more }))
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
            assert_eq!(fields.many.items.iter().map(|text| &*text.0).collect::<String>(), many, "{value}");
        }
        let fields: Fields<'_> = serde_json::from_str("{}").expect("every field may be missing");
        assert!(fields.one.is_none() && fields.many.items.is_empty());
    }
    #[test]
    fn a_list_is_cut_while_it_is_read() {
        for (json, items, more) in [
            ("[]", vec![], 0),
            ("[1, 2]", vec![1, 2], 0),
            (r#"["x", 1, null, 2, 3]"#, vec![1, 2], 1),
            (r#"[1, 2, 3, "x", {"y": [1e999]}]"#, vec![1, 2], 3),
            ("{}", vec![], 0),
        ] {
            let list: List<u32, 2> = serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"));
            assert_eq!((list.items, list.more), (items, more), "{json}");
        }
    }
}
