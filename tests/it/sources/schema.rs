//! `docs/events.schema.json` against the reader: what it allows is understood, and each of its words means something.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;
use toban::domain::incident::{EventKind, IncidentEvent};
use toban::source::{Sender, read};

fn schema() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/events.schema.json");
    serde_json::from_slice(&fs::read(path).expect("a schema")).expect("JSON")
}

fn event(body: &Value) -> IncidentEvent {
    let now: DateTime<Utc> = "2026-11-24T02:10:00Z".parse().expect("an instant");
    read(Sender::Events, body.to_string().as_bytes(), now).remove(0)
}

/// As much of JSON Schema 2020-12 as the schema uses. A keyword that is not known here fails the test.
fn is_valid(value: &Value, schema: &Value) -> bool {
    schema.as_object().expect("a schema").iter().all(|(keyword, wanted)| match keyword.as_str() {
        "$schema" | "$id" | "title" | "description" | "examples" | "format" => true,
        "type" => {
            let is = |name: &Value| match name.as_str().expect("a type") {
                "object" => value.is_object(),
                "string" => value.is_string(),
                "integer" => value.is_i64(),
                other => panic!("the type {other}"),
            };
            wanted.as_array().map_or_else(|| is(wanted), |names| names.iter().any(is))
        }
        "enum" => wanted.as_array().expect("a list").contains(value),
        "minLength" => {
            value.as_str().is_none_or(|text| text.chars().count() as u64 >= wanted.as_u64().expect("a number"))
        }
        "required" => {
            wanted.as_array().expect("a list").iter().all(|name| !value[name.as_str().expect("a name")].is_null())
        }
        "properties" => wanted
            .as_object()
            .expect("schemas")
            .iter()
            .all(|(name, schema)| value.get(name).is_none_or(|value| is_valid(value, schema))),
        "additionalProperties" => *wanted == json!(true),
        other => panic!("the keyword {other}"),
    })
}

#[test]
fn what_the_schema_allows_is_understood() {
    let schema = schema();
    let mut seen = Vec::new();
    for example in schema["examples"].as_array().expect("examples") {
        assert!(is_valid(example, &schema), "{example}");
        assert_eq!(event(example).unreadable, None, "{example}");
    }
    for status in schema["properties"]["status"]["enum"].as_array().expect("words") {
        let body = json!({"key": "k", "status": status});
        assert!(is_valid(&body, &schema));
        let kind = event(&body).kind;
        assert!(!matches!(kind, EventKind::Other(_)), "{status} means nothing to the reader");
        seen.push(kind);
    }
    assert!(
        [EventKind::Triggered, EventKind::Acknowledged, EventKind::Resolved].iter().all(|kind| seen.contains(kind))
    );
    for urgency in schema["properties"]["urgency"]["enum"].as_array().expect("words") {
        let body = json!({"key": "k", "status": "triggered", "urgency": urgency});
        assert!(event(&body).incident.urgency.is_some(), "{urgency} means nothing to the reader");
    }
    for at in schema["properties"]["at"]["examples"].as_array().expect("times") {
        let event = event(&json!({"key": "k", "status": "triggered", "at": at}));
        assert_eq!(event.occurred_at.to_rfc3339(), "2026-11-24T02:02:00+00:00", "{at}");
    }
}

#[test]
fn every_property_counts_and_what_is_required_is_needed() {
    let schema = schema();
    let whole = schema["examples"][1].clone();
    let properties: &Map<_, _> = schema["properties"].as_object().expect("schemas");
    assert_eq!(whole.as_object().expect("an object").len(), properties.len(), "the second example has everything");
    for name in properties.keys() {
        let mut without = whole.clone();
        without.as_object_mut().expect("an object").remove(name);
        let is_required = schema["required"].as_array().expect("names").contains(&json!(name));
        assert_eq!(is_valid(&without, &schema), !is_required, "{name}");
        assert_eq!(event(&without).unreadable.is_some(), is_required, "{name}");
        assert_ne!(event(&without), event(&whole), "{name} changes nothing");
    }
}
