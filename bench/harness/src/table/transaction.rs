//! `TransactWriteItems`: up to a hundred puts, all or none.

use super::value::Row;
use super::{CONDITIONAL, FAILED, Key, Table, expression, invalid, new_row, shown};
use crate::aws::{Refusal, only};
use serde_json::{Value, json};
use std::collections::BTreeSet;

impl Table {
    pub fn transact(&mut self, call: &Value) -> Result<Value, Refusal> {
        only(call, &["TransactItems", "ClientRequestToken", "ReturnConsumedCapacity"])?;
        let token = match call.get("ClientRequestToken").map(Value::as_str) {
            None => None,
            Some(Some(token)) if (1..=36).contains(&token.len()) => Some(token),
            Some(_) => return Err(invalid("ClientRequestToken is a text of 1 to 36 characters")),
        };
        match token.and_then(|token| self.transactions.get(token)) {
            Some(made) if *made == call["TransactItems"] => return Ok(json!({})),
            Some(_) => {
                let why = "the token was used for another transaction";
                return Err(Refusal::new("IdempotentParameterMismatchException", why));
            }
            None => {}
        }
        let puts = puts(call)?;
        let mut reasons = Vec::new();
        for (put, key, _) in &puts {
            let row = self.rows.get(key);
            if expression::holds(put, row)? {
                reasons.push(json!({"Code": "None"}));
                continue;
            }
            let mut reason = json!({"Code": "ConditionalCheckFailed", "Message": FAILED});
            if let Some(row) = shown(put, row)? {
                reason["Item"] = json!(row);
            }
            reasons.push(reason);
        }
        if reasons.iter().any(|reason| reason["Code"] != "None") {
            let codes: Vec<_> = reasons.iter().filter_map(|reason| reason["Code"].as_str()).collect();
            let why = "Transaction cancelled, please refer cancellation reasons for specific reasons";
            let message = format!("{why} [{}]", codes.join(", "));
            let fields = json!({"Message": message, "CancellationReasons": reasons});
            return Err(Refusal::ordinary("TransactionCanceledException", message, fields));
        }
        self.rows.extend(puts.into_iter().map(|(_, key, row)| (key, row)));
        if let Some(token) = token {
            self.transactions.insert(token.to_owned(), call["TransactItems"].clone());
        }
        Ok(json!({}))
    }
}

/// Each put, with its row under its key.
fn puts(call: &Value) -> Result<Vec<(&Value, Key, Row)>, Refusal> {
    let items = call["TransactItems"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !(1..=100).contains(&items.len()) {
        return Err(invalid("TransactItems has 1 to 100 entries"));
    }
    let mut puts = Vec::new();
    let mut keys = BTreeSet::new();
    for item in items {
        only(item, &["Put"])?;
        let put = &item["Put"];
        only(put, &[&CONDITIONAL[..4], &["TableName", "Item"]].concat())?;
        let (key, row) = new_row(put)?;
        if !keys.insert(key.clone()) {
            return Err(invalid("Transaction request cannot include multiple operations on one item"));
        }
        puts.push((put, key, row));
    }
    Ok(puts)
}
