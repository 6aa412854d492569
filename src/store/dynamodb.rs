//! One DynamoDB table: string keys `pk` and `sk`, the indexes `by_state` and `by_fingerprint`, a time to live at `expires_at`.

use super::condition::{Condition, Is, Wanted};
use super::item::{Item, Value};
use super::{Down, Found, Partition, Put, Query, Table, Written};
use crate::net::aws::{calls, cause};
use crate::net::quote;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::query::QueryError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use futures_util::future::BoxFuture;
use std::borrow::Cow;
use std::collections::HashMap;
use std::error::Error;

/// The index of [`Partition::ByState`].
const BY_STATE: &str = "by_state";
/// The index of [`Partition::ByFingerprint`].
const BY_FINGERPRINT: &str = "by_fingerprint";

/// A table.
#[derive(Debug)]
pub struct DynamoDb {
    client: calls::DynamoDb,
    table: String,
}

impl DynamoDb {
    /// Sends nothing yet.
    pub fn new(client: calls::DynamoDb, table: String) -> Self {
        Self { client, table }
    }

    async fn put_one(&self, Put { item, condition }: Put) -> Result<Written, Down> {
        let Expression { text, names, values } = Expression::of(condition);
        let sent = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(attributes(item)))
            .set_condition_expression(text)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match sent {
            Ok(_) => Ok(Written::Done),
            Err(SdkError::ServiceError(error)) => match error.into_err() {
                PutItemError::ConditionalCheckFailedException(refused) => {
                    Ok(Written::Refused(vec![Found::Otherwise(refused.item.map(item_of))]))
                }
                PutItemError::TransactionConflictException(_) => Ok(Written::Refused(vec![Found::Otherwise(None)])),
                other => Err(refused(&other)),
            },
            Err(error) => Err(Down::from(error)),
        }
    }

    async fn put_all(&self, puts: Vec<Put>) -> Result<Written, Down> {
        let write = |Put { item, condition }: Put| {
            let Expression { text, names, values } = Expression::of(condition);
            let put = aws_sdk_dynamodb::types::Put::builder()
                .table_name(&self.table)
                .set_item(Some(attributes(item)))
                .set_condition_expression(text)
                .set_expression_attribute_names(names)
                .set_expression_attribute_values(values)
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
                .build();
            Ok(TransactWriteItem::builder().put(put.map_err(|error| Down::for_now(error.to_string()))?).build())
        };
        let writes: Vec<_> = puts.into_iter().map(write).collect::<Result<_, Down>>()?;
        let sent = self.client.transact_write_items().set_transact_items(Some(writes)).send().await;
        match sent {
            Ok(_) => Ok(Written::Done),
            Err(SdkError::ServiceError(error)) => match error.into_err() {
                TransactWriteItemsError::TransactionCanceledException(cancelled) => {
                    found_in(cancelled.cancellation_reasons.unwrap_or_default())
                }
                other => Err(refused(&other)),
            },
            Err(error) => Err(Down::from(error)),
        }
    }

    async fn get(&self, pk: &str, sk: &str) -> Result<Option<Item>, Down> {
        let request = self.client.get_item().table_name(&self.table).key("pk", text(pk)).key("sk", text(sk));
        Ok(request.consistent_read(true).send().await?.item.map(item_of))
    }

    /// All rows, page by page.
    async fn find(&self, Query { partition, between }: Query) -> Result<Vec<Item>, Down> {
        let query = self.client.query().table_name(&self.table);
        let (query, pk, sk, value, latest) = match partition {
            Partition::Pk(value) => (query.consistent_read(true), "pk", "sk", value, None),
            Partition::ByState(value) => (query.index_name(BY_STATE), "gsi_pk", "gsi_sk", value, None),
            Partition::ByFingerprint { fingerprint, latest } => {
                let query = query.index_name(BY_FINGERPRINT).scan_index_forward(false);
                (query, "fingerprint", "opened_at", fingerprint, i32::try_from(latest).ok())
            }
        };
        let mut query = query.expression_attribute_names("#pk", pk).expression_attribute_values(":pk", text(value));
        query = match between {
            None => query.key_condition_expression("#pk = :pk"),
            Some((from, to)) => query
                .key_condition_expression("#pk = :pk AND #sk BETWEEN :from AND :to")
                .expression_attribute_names("#sk", sk)
                .expression_attribute_values(":from", text(from))
                .expression_attribute_values(":to", text(to)),
        };
        if let Some(latest) = latest {
            // One page: more of them are not asked for.
            let found = query.limit(latest).send().await.map_err(of_a_later_index)?.items.unwrap_or_default();
            return Ok(found.into_iter().map(item_of).collect());
        }
        let mut rows = query.into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(row) = rows.next().await {
            found.push(item_of(row?));
        }
        Ok(found)
    }
}

impl Table for DynamoDb {
    fn read<'a>(&'a self, pk: &'a str, sk: &'a str) -> BoxFuture<'a, Result<Option<Item>, Down>> {
        Box::pin(self.get(pk, sk))
    }

    fn put(&self, mut puts: Vec<Put>) -> BoxFuture<'_, Result<Written, Down>> {
        match puts.pop() {
            Some(put) if puts.is_empty() => Box::pin(self.put_one(put)),
            last => {
                puts.extend(last);
                Box::pin(self.put_all(puts))
            }
        }
    }

    fn query(&self, query: Query) -> BoxFuture<'_, Result<Vec<Item>, Down>> {
        Box::pin(self.find(query))
    }
}

/// What a transaction that was not made has found; an error if it failed for other reasons than its conditions.
fn found_in(reasons: Vec<CancellationReason>) -> Result<Written, Down> {
    let found = |reason: CancellationReason| match reason.code.as_deref() {
        None | Some("None") => Ok(Found::AsExpected),
        Some("ConditionalCheckFailed") => Ok(Found::Otherwise(reason.item.map(item_of))),
        // It may well work in a moment.
        Some("ThrottlingError" | "ProvisionedThroughputExceeded") => Ok(Found::AsExpected),
        // Somebody is writing that row at this moment.
        Some("TransactionConflict") => Ok(Found::Otherwise(None)),
        Some(code) => Err(Down::for_now(quote::code(code))),
    };
    reasons.into_iter().map(found).collect::<Result<_, _>>().map(Written::Refused)
}

/// A condition in DynamoDB's syntax: attributes are written `#name`, because many names are reserved there, and values
/// `:0`. DynamoDB refuses names and values that are not used, and an empty map.
struct Expression {
    text: Option<String>,
    names: Option<HashMap<String, String>>,
    values: Option<HashMap<String, AttributeValue>>,
}

impl Expression {
    fn of(condition: Condition) -> Self {
        let mut names = HashMap::new();
        let mut values = HashMap::new();
        let mut parts = Vec::new();
        for (number, test) in condition.tests.into_iter().enumerate() {
            let name = format!("#{}", test.name);
            let placeholder = format!(":{number}");
            let mut compare = |sign: &str, value| {
                values.insert(placeholder.clone(), attribute(value));
                format!("{name} {sign} {placeholder}")
            };
            parts.push(match test.is {
                Is::Absent => format!("attribute_not_exists({name})"),
                Is::Present => format!("attribute_exists({name})"),
                Is::Equal(value) => compare("=", value),
                Is::Like(value) => {
                    values.insert(placeholder.clone(), text(kind(&value)));
                    format!("attribute_type({name}, {placeholder})")
                }
                Is::AtLeast(value) => compare(">=", value),
                Is::AtMost(value) => compare("<=", value),
            });
            names.insert(name, test.name.to_owned());
        }
        let all = parts.join(" AND ");
        let text = match condition.wanted {
            Wanted::All => all,
            Wanted::NotAll => format!("NOT ({all})"),
        };
        Self {
            text: (!parts.is_empty()).then_some(text),
            names: (!names.is_empty()).then_some(names),
            values: (!values.is_empty()).then_some(values),
        }
    }
}

fn attributes(item: Item) -> HashMap<String, AttributeValue> {
    item.into_attributes().map(|(name, value)| (name.into_owned(), attribute(value))).collect()
}

fn attribute(value: Value) -> AttributeValue {
    match value {
        Value::Text(text) => AttributeValue::S(text),
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::Flag(flag) => AttributeValue::Bool(flag),
        Value::Texts(texts) => {
            AttributeValue::M(texts.into_iter().map(|(key, text)| (key, AttributeValue::S(text))).collect())
        }
        Value::Odd => AttributeValue::Null(true),
    }
}

/// DynamoDB's name for the kind of a value.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Text(_) => "S",
        Value::Number(_) => "N",
        Value::Flag(_) => "BOOL",
        Value::Texts(_) => "M",
        Value::Odd => "NULL",
    }
}

fn item_of(attributes: HashMap<String, AttributeValue>) -> Item {
    attributes.into_iter().map(|(name, value)| (Cow::Owned(name), value_of(value))).collect()
}

fn value_of(attribute: AttributeValue) -> Value {
    match attribute {
        AttributeValue::S(text) => Value::Text(text),
        AttributeValue::N(number) => number.parse().map_or(Value::Odd, Value::Number),
        AttributeValue::Bool(flag) => Value::Flag(flag),
        AttributeValue::M(values) => {
            let text = |(key, value)| if let AttributeValue::S(text) = value { Some((key, text)) } else { None };
            Value::Texts(values.into_iter().filter_map(text).collect())
        }
        _ => Value::Odd,
    }
}

/// DynamoDB's message may quote keys, its code does not.
fn refused(error: &impl ProvideErrorMetadata) -> Down {
    Down::for_now(error.code().map_or("an error without a code", quote::code))
}

impl<E: ProvideErrorMetadata + Error + 'static> From<SdkError<E, HttpResponse>> for Down {
    fn from(error: SdkError<E, HttpResponse>) -> Self {
        match &error {
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => Self::for_some_time(cause(&error)),
            _ => Self::for_now(cause(&error)),
        }
    }
}

/// A table from before the index has none until it is deployed again, and refuses what asks for it.
fn of_a_later_index(error: SdkError<QueryError, HttpResponse>) -> Down {
    match error.code() {
        Some(code @ ("ValidationException" | "ResourceNotFoundException")) => Down::for_now(format!(
            "it has no index {BY_FINGERPRINT} yet ({code}); `sam deploy` of this version makes it"
        )),
        _ => error.into(),
    }
}

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta};

    #[test]
    fn a_condition_names_what_it_uses() {
        let row = Item::new("a", "b", TimeDelta::days(1), DateTime::UNIX_EPOCH).with_text("state", "claimed");
        let unchanged = Expression::of(Condition::unchanged(&row, &["state", "lease_until"]));
        let expected = "attribute_exists(#pk) AND #state = :1 AND attribute_not_exists(#lease_until)";
        assert_eq!(unchanged.text.as_deref(), Some(expected));
        let names = ["pk", "state", "lease_until"].map(|name| (format!("#{name}"), name.to_owned()));
        assert_eq!(unchanged.names, Some(HashMap::from(names)));
        assert_eq!(unchanged.values, Some(HashMap::from([(":1".into(), AttributeValue::S("claimed".into()))])));
        let unless = Expression::of(Condition::unless_between("n", Value::Number(1), Value::Number(2)));
        assert_eq!(unless.text.as_deref(), Some("NOT (#v = :0 AND attribute_type(#n, :1) AND #n >= :2 AND #n <= :3)"));
        let none = Expression::of(Condition::none());
        assert_eq!((none.text, none.names, none.values), (None, None, None));
    }
}
