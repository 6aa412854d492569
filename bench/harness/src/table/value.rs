//! Attribute values: which DynamoDB takes, and how it compares them.

use serde_json::{Map, Value};
use std::cmp::Ordering;

/// Attributes by name, each as in DynamoDB's JSON: `{"S": "text"}`.
pub type Row = Map<String, Value>;

/// A value's one type and what it holds. `None` if it is not a value.
pub fn parts(value: &Value) -> Option<(&str, &Value)> {
    let fields = value.as_object().filter(|fields| fields.len() == 1)?;
    fields.iter().next().map(|(kind, inner)| (kind.as_str(), inner))
}

/// Why DynamoDB would not take the value.
pub fn check(value: &Value) -> Result<(), String> {
    let Some((kind, inner)) = parts(value) else {
        return Err(format!("not an attribute value with one type: {value}"));
    };
    let is_right = match kind {
        "S" | "B" => inner.is_string(),
        "N" => number(inner).is_some(),
        "BOOL" => inner.is_boolean(),
        "NULL" => *inner == true,
        "SS" | "BS" => inner.as_array().is_some_and(|all| !all.is_empty() && all.iter().all(Value::is_string)),
        "NS" => inner.as_array().is_some_and(|all| !all.is_empty() && all.iter().all(|one| number(one).is_some())),
        "L" => return inner.as_array().ok_or("L is not a list")?.iter().try_for_each(check),
        "M" => return inner.as_object().ok_or("M is not a map")?.values().try_for_each(check),
        _ => return Err(format!("{kind} is not a type")),
    };
    if is_right { Ok(()) } else { Err(format!("not a value of type {kind}: {inner}")) }
}

pub fn text(value: &Value) -> Option<&str> {
    value.get("S")?.as_str()
}

/// Whether two values are equal.
pub fn same(one: &Value, other: &Value) -> bool {
    one == other || compare(one, other) == Some(Ordering::Equal)
}

/// The order of two values of one type that has an order. Numbers count to 15 digits here.
pub fn compare(one: &Value, other: &Value) -> Option<Ordering> {
    match (parts(one)?, parts(other)?) {
        (("S", a), ("S", b)) | (("B", a), ("B", b)) => Some(a.as_str()?.cmp(b.as_str()?)),
        (("N", a), ("N", b)) => number(a)?.partial_cmp(&number(b)?),
        _ => None,
    }
}

/// Numbers travel as text.
fn number(inner: &Value) -> Option<f64> {
    inner.as_str()?.parse().ok().filter(|number: &f64| number.is_finite())
}
