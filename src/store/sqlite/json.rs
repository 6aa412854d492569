//! Rows as JSON that people can read: texts, whole numbers, true and false, and objects of texts.

use crate::store::item::{Item, Value};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt::{self, Formatter};
use std::marker::PhantomData;

pub(super) fn to_text(item: &Item) -> String {
    struct Attributes<'a>(&'a Item);
    impl Serialize for Attributes<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_map(self.0.attributes().map(|(name, value)| (name, Written(value))))
        }
    }
    serde_json::to_string(&Attributes(item)).expect("texts and numbers are JSON")
}

/// Returns `None` for what is no object. A value of a kind that no row of ours has is odd.
pub(super) fn from_text(text: &str) -> Option<Item> {
    let Pairs(attributes) = serde_json::from_str::<Pairs<&RawValue>>(text).ok()?;
    Some(attributes.into_iter().map(|(name, value)| (Cow::Owned(name), read(value.get()))).collect())
}

struct Written<'a>(&'a Value);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Text(text) => serializer.serialize_str(text),
            Value::Number(number) => serializer.serialize_i128(*number),
            Value::Flag(flag) => serializer.serialize_bool(*flag),
            Value::Texts(texts) => serializer.collect_map(texts.iter().map(|(name, text)| (name, text))),
            Value::Odd => serializer.serialize_unit(),
        }
    }
}

fn read(json: &str) -> Value {
    let value = match json.as_bytes().first() {
        Some(b'"') => serde_json::from_str(json).ok().map(Value::Text),
        Some(b't' | b'f') => serde_json::from_str(json).ok().map(Value::Flag),
        Some(b'{') => serde_json::from_str(json).ok().map(|Pairs(texts)| Value::Texts(texts)),
        _ => json.parse().ok().map(Value::Number),
    };
    value.unwrap_or(Value::Odd)
}

/// An object, in its order.
struct Pairs<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Of<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Of<T> {
            type Value = Pairs<T>;

            fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<T>, A::Error> {
                let mut pairs = Vec::with_capacity(24);
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Of(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<String>().prop_map(Value::Text),
            any::<i128>().prop_map(Value::Number),
            any::<bool>().prop_map(Value::Flag),
            prop::collection::vec((any::<String>(), any::<String>()), 0..4).prop_map(Value::Texts),
            Just(Value::Odd),
        ]
    }

    proptest! {
        #[test]
        fn an_item_comes_out_as_it_went_in(attributes in prop::collection::vec((any::<String>(), value()), 0..8)) {
            let item: Item = attributes.iter().map(|(name, value)| (Cow::Owned(name.clone()), value.clone())).collect();
            let read = from_text(&to_text(&item)).expect("an object");
            let found: Vec<_> = read.attributes().map(|(name, value)| (name.to_owned(), value.clone())).collect();
            prop_assert_eq!(found, attributes);
        }
    }

    #[test]
    fn what_was_changed_by_hand_is_odd_at_most() {
        let item = from_text(r#" {"a": 1.5, "b": null, "c": [1], "d": {"e": 2}, "f": 7, "g": "\u0000\n当"} "#);
        let item = item.expect("an object");
        let found: Vec<_> = item.attributes().map(|(_, value)| value.clone()).collect();
        let text = Value::Text("\0\n当".into());
        assert_eq!(found, [Value::Odd, Value::Odd, Value::Odd, Value::Odd, Value::Number(7), text]);
        for text in ["", "[]", "{\"a\":", "7"] {
            assert!(from_text(text).is_none(), "{text}");
        }
    }
}
