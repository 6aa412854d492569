//! What DynamoDB charges for writes, by its own rules:
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>.
//!
//! A unit for each KiB of the larger of the item before and after, and a unit for a condition that did not hold; in a
//! transaction twice as much. The same once more for the index of states, when the item was in it or is now, and for the index
//! of fingerprints, when what that has of it changes; its keys there never change here.

use serde_json::{Map, Value};
use std::collections::BTreeMap;
use toban::store::Partition;

/// An item: its size in bytes, whether it is in the index of states, and what the index of fingerprints has of it.
type Row = (usize, bool, Option<Map<String, Value>>);

#[derive(Debug, Default)]
pub struct Units {
    rows: BTreeMap<String, Row>,
    written: usize,
}

impl Units {
    /// Adds a request that puts one item or several, and whether it was done.
    pub fn note(&mut self, request: &[u8], is_done: bool) {
        let request: Value = serde_json::from_slice(request).expect("requests are JSON");
        match request["TransactItems"].as_array() {
            Some(items) => items.iter().for_each(|item| self.put(&item["Put"]["Item"], 2, is_done)),
            None => self.put(&request["Item"], 1, is_done),
        }
    }

    fn put(&mut self, item: &Value, times: usize, is_done: bool) {
        let key = format!("{}|{}", item["pk"], item["sk"]);
        let after = (attributes(item), item["gsi_pk"].is_object(), by_fingerprint(item));
        let before = self.rows.get(&key).cloned().unwrap_or_default();
        let units = before.0.max(after.0).div_ceil(1024);
        self.written += units * times;
        if is_done {
            self.written += if before.1 || after.1 { units } else { 0 };
            // What is not in it changes nothing there; the first of its changes moves it if it was reopened.
            let sizes = [&before.2, &after.2].map(|seen| seen.clone().map_or(0, |seen| attributes(&seen.into())));
            self.written += if before.2 == after.2 { 0 } else { sizes.into_iter().max().unwrap_or(0).div_ceil(1024) };
            self.rows.insert(key, after);
        }
    }

    /// The units since the last call of this.
    pub fn take(&mut self) -> usize {
        std::mem::take(&mut self.written)
    }
}

/// What the index of fingerprints has of an item, if it is in it.
fn by_fingerprint(item: &Value) -> Option<Map<String, Value>> {
    let keys = ["pk", "sk", "fingerprint", "opened_at"];
    let is_in_it = |name: &String| keys.contains(&&**name) || Partition::EARLIER.contains(&&**name);
    let item = item.as_object().filter(|item| item.contains_key("fingerprint"))?;
    Some(item.iter().filter(|(name, _)| is_in_it(name)).map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// The bytes of names and values together.
fn attributes(item: &Value) -> usize {
    let item = item.as_object().expect("an item is an object");
    item.iter().map(|(name, value)| name.len() + size(value)).sum()
}

/// The bytes of a value. A number counts as its text, which is more than DynamoDB charges.
fn size(value: &Value) -> usize {
    let (kind, value) = value.as_object().and_then(|value| value.iter().next()).expect("a value with its type");
    match kind.as_str() {
        "S" | "N" => value.as_str().expect("text").len(),
        "BOOL" => 1,
        "M" => 3 + attributes(value),
        other => panic!("the ledger has no {other} yet"),
    }
}
