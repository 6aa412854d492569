//! The fake DynamoDB: one table with the ledger's keys and index, kept in memory, and the calls that a ledger needs.

mod expression;
mod query;
mod transaction;
mod value;

use crate::aws::{Refusal, only};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use value::Row;

pub const NAME: &str = "bench-ledger";

/// `pk` and `sk`.
type Key = (String, String);

#[derive(Default)]
pub struct Table {
    rows: BTreeMap<Key, Row>,
    /// Transactions that were made, by their tokens.
    transactions: BTreeMap<String, Value>,
}

impl Table {
    pub fn answer(&mut self, operation: &str, call: &Value) -> Result<Value, Refusal> {
        match operation {
            "GetItem" => self.get(call),
            "PutItem" => self.put(call),
            "DeleteItem" => self.delete(call),
            "Query" => self.query(call),
            "TransactWriteItems" => self.transact(call),
            _ => Err(Refusal::new("UnknownOperationException", "not an operation of this fake")),
        }
    }

    fn get(&self, call: &Value) -> Result<Value, Refusal> {
        only(call, &["TableName", "Key", "ConsistentRead", "ReturnConsumedCapacity"])?;
        check_name(call)?;
        let row = self.rows.get(&wanted_key(call)?);
        Ok(row.map_or_else(|| json!({}), |row| json!({"Item": row})))
    }

    fn put(&mut self, call: &Value) -> Result<Value, Refusal> {
        only(call, &[&CONDITIONAL[..], &["TableName", "Item", "ReturnValues"]].concat())?;
        let (key, row) = new_row(call)?;
        self.check_condition(call, &key)?;
        let old = self.rows.insert(key, row);
        old_values(call, old)
    }

    fn delete(&mut self, call: &Value) -> Result<Value, Refusal> {
        only(call, &[&CONDITIONAL[..], &["TableName", "Key", "ReturnValues"]].concat())?;
        check_name(call)?;
        let key = wanted_key(call)?;
        self.check_condition(call, &key)?;
        let old = self.rows.remove(&key);
        old_values(call, old)
    }

    fn check_condition(&self, call: &Value, key: &Key) -> Result<(), Refusal> {
        let row = self.rows.get(key);
        if expression::holds(call, row)? {
            return Ok(());
        }
        let fields = shown(call, row)?.map_or_else(|| json!({}), |row| json!({"Item": row}));
        Err(Refusal::ordinary("ConditionalCheckFailedException", FAILED, fields))
    }
}

/// The parameters of a write with a condition.
const CONDITIONAL: [&str; 5] = [
    "ConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "ReturnValuesOnConditionCheckFailure",
    "ReturnConsumedCapacity",
];
const FAILED: &str = "The conditional request failed";

fn invalid(why: impl Into<String>) -> Refusal {
    Refusal::new("ValidationException", why)
}

fn check_name(call: &Value) -> Result<(), Refusal> {
    match call["TableName"].as_str() {
        Some(NAME) => Ok(()),
        _ => Err(Refusal::new("ResourceNotFoundException", format!("there is no table {}", call["TableName"]))),
    }
}

/// The row that a write puts, under its key.
fn new_row(call: &Value) -> Result<(Key, Row), Refusal> {
    check_name(call)?;
    let row = call["Item"].as_object().ok_or_else(|| invalid("Item is missing"))?;
    for (name, held) in row {
        value::check(held).map_err(|why| invalid(format!("{name}: {why}")))?;
    }
    for name in ["gsi_pk", "gsi_sk"] {
        if row.get(name).is_some_and(|held| value::text(held).is_none_or(str::is_empty)) {
            return Err(invalid(format!("a key of an index must be a text that is not empty: {name}")));
        }
    }
    Ok((key(row)?, row.clone()))
}

/// The key in `Key`, which holds nothing else.
fn wanted_key(call: &Value) -> Result<Key, Refusal> {
    let row = call["Key"].as_object().ok_or_else(|| invalid("Key is missing"))?;
    if row.len() != 2 {
        return Err(invalid("The provided key element does not match the schema"));
    }
    key(row)
}

fn key(row: &Row) -> Result<Key, Refusal> {
    let part = |name: &str| {
        let text = row.get(name).and_then(value::text).filter(|text| !text.is_empty() && text.len() <= 1_024);
        text.map(str::to_owned).ok_or_else(|| invalid(format!("the key {name} must be a text of 1 to 1024 bytes")))
    };
    Ok((part("pk")?, part("sk")?))
}

/// The row as a failed condition shows it, if the call asks for it.
fn shown<'a>(call: &Value, row: Option<&'a Row>) -> Result<Option<&'a Row>, Refusal> {
    match call.get("ReturnValuesOnConditionCheckFailure").map(Value::as_str) {
        None | Some(Some("NONE")) => Ok(None),
        Some(Some("ALL_OLD")) => Ok(row),
        Some(_) => Err(invalid("ReturnValuesOnConditionCheckFailure is NONE or ALL_OLD")),
    }
}

fn old_values(call: &Value, old: Option<Row>) -> Result<Value, Refusal> {
    match (call.get("ReturnValues").map(Value::as_str), old) {
        (None | Some(Some("NONE")), _) | (Some(Some("ALL_OLD")), None) => Ok(json!({})),
        (Some(Some("ALL_OLD")), Some(old)) => Ok(json!({"Attributes": old})),
        (Some(_), _) => Err(invalid("ReturnValues is NONE or ALL_OLD")),
    }
}

#[cfg(test)]
mod tests;
