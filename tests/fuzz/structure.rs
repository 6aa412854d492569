//! Changes of a body that leave it JSON.

use crate::corpus::Corpus;
use crate::mutate::size;
use crate::texts::{self, KEYS};
use fastrand::Rng;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::mem;

/// Values are written and dropped by recursion; bytes go deeper.
const DEEPEST: usize = 100;
/// The most bytes that a list grows by.
const LARGEST: u32 = 256 * 1024;

/// The body with some parts of it changed. `None` if it is not JSON.
pub fn changed(rng: &mut Rng, body: &[u8], corpus: &Corpus) -> Option<Vec<u8>> {
    let mut value: Value = serde_json::from_slice(body).ok()?;
    for _ in 0..rng.usize(..5) {
        // Lists are rare, and are what makes code slow.
        let lists = if rng.bool() { count(&value, Value::is_array) } else { 0 };
        let is_meant = if lists > 0 { Value::is_array } else { |_: &Value| true };
        let mut chosen = rng.usize(..count(&value, is_meant));
        at(&mut value, is_meant, &mut chosen, &mut |part| change(rng, part, corpus));
    }
    if rng.u32(..4) == 0 {
        spoil(&mut value, &texts::mark(rng));
    }
    let json = texts::with_raw(&value.to_string());
    let json = if rng.u32(..20) == 0 { with_a_key_twice(rng, &json) } else { json };
    Some(json.into_bytes())
}

/// For each list that the bodies have, by where it is, a body in which it has many small items.
pub fn long_lists(corpus: &Corpus) -> BTreeMap<String, Vec<u8>> {
    const LENGTH: usize = 1_000;
    let mut long = BTreeMap::new();
    for body in corpus.all() {
        let Ok(value) = serde_json::from_slice::<Value>(body) else { continue };
        let mut places = Vec::new();
        places_of_lists(&value, "", &mut places);
        for (number, place) in places.into_iter().enumerate() {
            long.entry(place).or_insert_with(|| {
                let mut value = value.clone();
                at(&mut value, Value::is_array, &mut { number }, &mut |list| {
                    *list = (0..LENGTH).map(|number| json!({"id": format!("P{number}"), "name": "x"})).collect();
                });
                value.to_string().into_bytes()
            });
        }
    }
    long
}

/// Where the lists are, in the order in which they are counted.
fn places_of_lists(value: &Value, place: &str, places: &mut Vec<String>) {
    match value {
        Value::Array(values) => {
            places.push(place.to_owned());
            values.iter().for_each(|value| places_of_lists(value, place, places));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| places_of_lists(value, &format!("{place}.{name}"), places));
        }
        _ => {}
    }
}

fn children(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Array(values) => values.iter_mut().collect(),
        Value::Object(fields) => fields.values_mut().collect(),
        _ => Vec::new(),
    }
}

/// Which values are meant.
type Meant = fn(&Value) -> bool;

/// How many of them there are in a value, itself included.
fn count(value: &Value, is_meant: Meant) -> usize {
    usize::from(is_meant(value))
        + match value {
            Value::Array(values) => values.iter().map(|value| count(value, is_meant)).sum(),
            Value::Object(fields) => fields.values().map(|value| count(value, is_meant)).sum::<usize>(),
            _ => 0,
        }
}

/// Changes one of them, by its number.
fn at(value: &mut Value, is_meant: Meant, number: &mut usize, change: &mut dyn FnMut(&mut Value)) -> bool {
    if is_meant(value) {
        if *number == 0 {
            change(value);
            return true;
        }
        *number -= 1;
    }
    children(value).into_iter().any(|child| at(child, is_meant, number, change))
}

/// Appends a text to every text but those by which a reader knows what it reads.
fn spoil(value: &mut Value, mark: &str) {
    const KEPT: [&str; 8] = ["event", "event_type", "type", "phase", "status", "id", "occurred_at", "at"];
    match value {
        Value::Object(fields) => {
            let others = fields.iter_mut().filter(|(name, _)| !KEPT.contains(&name.as_str()));
            others.for_each(|(_, value)| spoil(value, mark));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| spoil(value, mark)),
        Value::String(text) => text.push_str(mark),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn change(rng: &mut Rng, value: &mut Value, corpus: &Corpus) {
    match (rng.u32(..10), &mut *value) {
        (0, _) => *value = leaf(rng),
        (1, _) => *value = foreign(rng, corpus),
        (2, _) => {
            let depth = rng.usize(1..DEEPEST);
            let is_list = rng.bool();
            let key = KEYS[rng.usize(..KEYS.len())];
            let inner = value.take();
            *value = (0..depth).fold(inner, |inner, _| if is_list { json!([inner]) } else { json!({key: inner}) });
        }
        (3..=5, Value::Array(values)) => repeat(rng, values, corpus),
        (3 | 4, Value::Object(fields)) => rename(rng, fields),
        (5, Value::Object(fields)) => grow(rng, fields),
        (6, Value::Object(fields)) => {
            fields.insert(KEYS[rng.usize(..KEYS.len())].into(), foreign(rng, corpus));
        }
        (3 | 4, Value::String(text)) => text.push_str(&texts::mark(rng)),
        (5, Value::String(text)) => {
            let length = size(rng);
            *text = texts::long(rng, length);
        }
        _ => *value = leaf(rng),
    }
}

/// A value without others in it.
fn leaf(rng: &mut Rng) -> Value {
    match rng.u32(..9) {
        0 => Value::Null,
        1 => rng.bool().into(),
        2 => rng.i64(..).into(),
        3 => rng.u64(..).into(),
        4 => (rng.f64() * 1e12).into(),
        5 => json!([]),
        6 => json!({}),
        _ => texts::any(rng).into(),
    }
}

/// A part of another body.
fn foreign(rng: &mut Rng, corpus: &Corpus) -> Value {
    let Ok(mut other) = serde_json::from_slice::<Value>(corpus.any(rng)) else { return leaf(rng) };
    let mut found = Value::Null;
    let any = |_: &Value| true;
    let mut chosen = rng.usize(..count(&other, any));
    at(&mut other, any, &mut chosen, &mut |part| found = part.take());
    found
}

/// One item again and again, as it is or with little in it, each perhaps with an id of its own.
fn repeat(rng: &mut Rng, values: &mut Vec<Value>, corpus: &Corpus) {
    if rng.u32(..8) == 0 {
        return values.clear();
    }
    let mut item = if values.is_empty() { foreign(rng, corpus) } else { values[rng.usize(..values.len())].clone() };
    if let (Value::Object(fields), true) = (&mut item, rng.bool()) {
        let most = rng.usize(..3);
        fields.retain(|_, value| value.to_string().len() < 40);
        *fields = mem::take(fields).into_iter().take(most).collect();
    }
    let times = (1 << rng.u32(5..=LARGEST.ilog2())) / (item.to_string().len() + 8);
    let has_ids = rng.bool();
    values.extend((0..times).map(|number| {
        let mut item = item.clone();
        if let (Value::Object(fields), true) = (&mut item, has_ids) {
            fields.insert("id".into(), format!("P{number}").into());
        }
        item
    }));
}

fn rename(rng: &mut Rng, fields: &mut Map<String, Value>) {
    let Some(key) = fields.keys().nth(rng.usize(..fields.len().max(1))).cloned() else { return };
    let value = fields[&key].clone();
    if rng.bool() {
        fields.remove(&key);
    }
    if rng.bool() {
        let other = if rng.bool() { KEYS[rng.usize(..KEYS.len())].to_owned() } else { texts::any(rng) };
        fields.insert(other, value);
    }
}

/// Thousands of fields.
fn grow(rng: &mut Rng, fields: &mut Map<String, Value>) {
    let value = leaf(rng);
    let each = value.to_string().len() + 12;
    let times = size(rng) / each;
    fields.extend((0..times).map(|number| (format!("field {number}"), value.clone())));
}

/// The JSON with a field added to an object that may have it already.
fn with_a_key_twice(rng: &mut Rng, json: &str) -> String {
    let begins: Vec<_> = json.match_indices("{\"").map(|(at, _)| at + 1).collect();
    let Some(at) = begins.get(rng.usize(..begins.len().max(1))) else { return json.to_owned() };
    let key = KEYS[rng.usize(..KEYS.len())];
    format!("{}\"{key}\":{},{}", &json[..*at], leaf(rng), &json[*at..])
}
