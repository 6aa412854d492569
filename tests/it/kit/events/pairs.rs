//! Headers and parameters: names with values, where a name may come more than once.

use serde_json::{Map, Value, json};

/// Where requests come from: one of PagerDuty's addresses.
pub const SOURCE_IP: &str = "44.242.69.192";

/// The headers that the sender gave, and those that the way through AWS adds.
pub fn arrived(given: &[(&str, &str)], host: &str, body: &[u8], time_epoch_ms: i64) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let mut headers: Vec<_> = given.iter().map(owned).collect();
    let seconds = time_epoch_ms / 1_000;
    let trace = format!("Root=1-{seconds:08x}-1de4d666d4dd26aced652b6c");
    for (name, added) in [
        ("Content-Type", "application/json"),
        ("User-Agent", "PagerDuty-Webhook/V3.0"),
        ("Content-Length", &body.len().to_string()),
        ("Host", host),
        ("X-Amzn-Trace-Id", &trace),
        ("X-Forwarded-For", SOURCE_IP),
        ("X-Forwarded-Port", "443"),
        ("X-Forwarded-Proto", "https"),
    ] {
        if value(&headers, name).is_none() {
            headers.push((name.to_owned(), added.to_owned()));
        }
    }
    headers
}

pub fn value(headers: &[(String, String)], name: &str) -> Option<String> {
    let named = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
    headers.iter().find(named).map(|(_, value)| value.clone())
}

/// The parameters of a query, as they are written: the tests use none that need decoding.
pub fn pairs(query: &str) -> Vec<(String, String)> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// As version 2.0 has it: what comes more than once is one value, with commas.
pub fn joined(pairs: &[(String, String)]) -> Value {
    let groups = grouped(pairs);
    let join = |values: &Value| {
        let values = values.as_array().into_iter().flatten();
        let values: Vec<_> = values.filter_map(Value::as_str).collect();
        Value::from(values.join(","))
    };
    let joined = groups.iter().map(|(name, values)| (name.clone(), join(values)));
    Value::Object(joined.collect())
}

/// As version 1.0 has it: a list for each name.
pub fn grouped(pairs: &[(String, String)]) -> Map<String, Value> {
    let mut groups = Map::new();
    for (name, value) in pairs {
        let group = groups.entry(name).or_insert_with(|| json!([]));
        if let Value::Array(values) = group {
            values.push(value.clone().into());
        }
    }
    groups
}
