//! Fields of one kind of JSON value, of which anything else is passed over.

use crate::domain::text::Foreign;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// A value if it is of the type, `None` if it is anything else.
pub(in crate::source) fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str::<Option<T>>(raw.get()).ok().flatten())
}

/// A text, copied only when something in it is escaped.
#[derive(Deserialize)]
#[serde(transparent)]
pub(in crate::source) struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Text<'_> {
    pub(in crate::source) fn as_str(&self) -> &str {
        &self.0
    }

    /// One line of it. PagerDuty was seen to send the word `null` for nothing.
    pub(in crate::source) fn line(&self) -> Option<Foreign> {
        (self.0 != "null").then(|| Foreign::line(&self.0)).flatten()
    }
}

/// A list; what in it is of another type is left out, and so is what is no list.
pub(in crate::source) struct List<T>(pub(in crate::source) Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyKind(PhantomData))
    }
}

/// A text; `None` for anything else. The same as [`lenient`], in one look at it instead of two; but a number that no `f64`
/// holds (`1e999`) makes the whole body illegible.
pub(in crate::source) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Text<'de>>, D::Error> {
    deserializer.deserialize_any(AnyKind(PhantomData))
}

/// What takes one kind of JSON value and passes over all others.
trait OfKind<'de>: Default {
    fn of_text(_: Cow<'de, str>) -> Self {
        Self::default()
    }

    fn of_list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }
}

impl<'de> OfKind<'de> for Option<Text<'de>> {
    fn of_text(text: Cow<'de, str>) -> Self {
        Some(Text(text))
    }
}

impl<'de, T: Deserialize<'de>> OfKind<'de> for List<T> {
    fn of_list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut all = Self::default();
        while let Some(raw) = list.next_element::<&RawValue>()? {
            all.0.extend(serde_json::from_str(raw.get()));
        }
        Ok(all)
    }
}

struct AnyKind<T>(PhantomData<T>);

impl<'de, T: OfKind<'de>> Visitor<'de> for AnyKind<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<T, E> {
        Ok(T::of_text(text.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok(T::of_text(text.to_owned().into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        T::of_list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(T::default())
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<T, E> {
        Ok(T::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_another_kind_is_as_good_as_not_sent() {
        #[derive(Deserialize, Default)]
        #[serde(default)]
        struct Fields<'a> {
            #[serde(borrow, deserialize_with = "text")]
            one: Option<Text<'a>>,
            #[serde(borrow)]
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
            ("18446744073709551615", None, ""),
        ] {
            let json = format!(r#"{{"one": {value}, "many": {value}}}"#);
            let fields: Fields<'_> = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{value}: {error}"));
            assert_eq!(fields.one.as_ref().map(Text::as_str), one, "{value}");
            assert_eq!(fields.many.0.iter().map(Text::as_str).collect::<String>(), many, "{value}");
        }
    }
}
