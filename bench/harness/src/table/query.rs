//! `Query`: the rows of one partition, of the table or of the index, in the order of their sort keys.

use super::expression::key_condition;
use super::value::{self, Row};
use super::{Table, check_name, invalid};
use crate::aws::{Refusal, only};
use serde_json::{Value, json};

/// The indexes, with their keys. Each holds the rows that have both.
const INDEXES: [(&str, [&str; 2]); 1] = [("by_state", ["gsi_pk", "gsi_sk"])];

impl Table {
    pub fn query(&self, call: &Value) -> Result<Value, Refusal> {
        let known = [
            "TableName",
            "IndexName",
            "KeyConditionExpression",
            "ExpressionAttributeNames",
            "ExpressionAttributeValues",
            "ConsistentRead",
            "ScanIndexForward",
            "Limit",
            "ExclusiveStartKey",
            "ReturnConsumedCapacity",
        ];
        only(call, &known)?;
        check_name(call)?;
        let index = match call.get("IndexName") {
            Some(name) => {
                let found = INDEXES.iter().find(|(index, _)| name == index);
                Some(found.ok_or_else(|| invalid(format!("The table does not have the specified index: {name}")))?)
            }
            None => None,
        };
        let [pk, sk] = index.map_or(["pk", "sk"], |(_, keys)| *keys);
        if index.is_some() && call["ConsistentRead"] == true {
            return Err(invalid("Consistent reads are not supported on global secondary indexes"));
        }
        let condition = key_condition(call)?;
        let range_name = condition.range.as_ref().map_or(sk, |(name, ..)| name);
        if condition.partition.0 != pk || range_name != sk {
            return Err(invalid(format!("Query condition missed key schema element: {pk} and {sk} are the keys")));
        }
        let mut found: Vec<&Row> = self
            .rows
            .values()
            .filter(|row| {
                let Some((partition, sort)) = row.get(pk).zip(row.get(sk)) else { return false };
                let is_within = |(_, from, to): &(String, Value, Value)| {
                    value::compare(from, sort).is_some_and(|order| order.is_le())
                        && value::compare(sort, to).is_some_and(|order| order.is_le())
                };
                value::same(partition, &condition.partition.1) && condition.range.as_ref().is_none_or(is_within)
            })
            .collect();
        found.sort_by(|one, other| value::text(&one[sk]).cmp(&value::text(&other[sk])));
        if call["ScanIndexForward"] == false {
            found.reverse();
        }
        if let Some(start) = call.get("ExclusiveStartKey") {
            let at = found.iter().position(|row| key_of(row, index.is_some()) == *start);
            found.drain(..=at.ok_or_else(|| invalid("The provided starting key is invalid"))?);
        }
        let limit = match call.get("Limit") {
            Some(limit) => {
                limit.as_u64().filter(|limit| *limit > 0).ok_or_else(|| invalid("Limit is at least 1"))? as usize
            }
            None => usize::MAX,
        };
        let mut answer = json!({});
        if found.len() > limit {
            found.truncate(limit);
            answer["LastEvaluatedKey"] = key_of(found[limit - 1], index.is_some());
        }
        answer["Items"] = json!(found);
        answer["Count"] = json!(found.len());
        answer["ScannedCount"] = json!(found.len());
        Ok(answer)
    }
}

/// Where a page ends: the row's key, and its key in the index.
fn key_of(row: &Row, in_index: bool) -> Value {
    let names = if in_index { &["pk", "sk", "gsi_pk", "gsi_sk"][..] } else { &["pk", "sk"] };
    names.iter().map(|name| ((*name).to_owned(), row[*name].clone())).collect()
}
