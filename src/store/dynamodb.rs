//! One DynamoDB table: string keys `pk` and `sk`, a time to live at `expires_at`.
//!
//! Nothing is ever scanned. A step that depends on what was there before is a conditional write, so that of any number of
//! processes one wins.
//!
//! Every call ends within a second, answered or not. After a call that DynamoDB did not answer, those of the next five
//! seconds fail at once, so that a caller that makes several waits once.

use super::item::{Condition, Item};
use super::pause::Pause;
use crate::net::aws::cause;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// The most that one call may take, all of its requests together.
const LIMIT: Duration = Duration::from_secs(1);

/// A table.
#[derive(Debug)]
pub struct DynamoDb {
    client: Client,
    table: String,
    pause: Pause,
}

/// The table has not answered, or has refused. Whether a write was made is not known.
#[derive(Debug, thiserror::Error)]
#[error("the table cannot be used: {reason}")]
pub struct Down {
    /// The SDK's or the service's own word; never what is in the table.
    reason: String,
    next: Next,
}

/// What a failed call means for the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// It may well work.
    Try,
    /// It would only wait as long.
    Pause,
}

/// How a conditional write ended.
pub enum Written {
    Done,
    /// The condition did not hold: the row as it is, or `None` if there is none.
    Refused(Option<Item>),
}

impl DynamoDb {
    /// Sends nothing yet.
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table, pause: Pause::default() }
    }

    /// Runs the calls of one step within the time limit, or none of them during a pause. Every call goes through here.
    pub async fn limited<T>(&self, work: impl Future<Output = Result<T, Down>>) -> Result<T, Down> {
        if self.pause.is_on(Instant::now()) {
            return Err(Down::new("it did not answer a moment ago", Next::Try));
        }
        let no_answer = |_| Err(Down::new("no answer within a second", Next::Pause));
        let done = timeout(LIMIT, work).await.unwrap_or_else(no_answer);
        if done.as_ref().is_err_and(|down| down.next == Next::Pause) {
            self.pause.begin(Instant::now());
        }
        done
    }

    /// Replaces a whole row if the condition holds.
    pub async fn put(&self, item: Item, condition: Condition) -> Result<Written, Down> {
        let request = self.client.put_item().table_name(&self.table).set_item(Some(item.into_attributes()));
        let sent = request
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values())
            .set_condition_expression((!condition.text.is_empty()).then_some(condition.text))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let refusal = |error| match error {
            PutItemError::ConditionalCheckFailedException(refused) => Ok(refused.item),
            other => Err(Down::refused(&other)),
        };
        written(sent, refusal)
    }

    /// Deletes a row if the condition holds.
    pub async fn delete(&self, pk: &str, sk: &str, condition: Condition) -> Result<Written, Down> {
        let request = self.client.delete_item().table_name(&self.table).key("pk", text(pk)).key("sk", text(sk));
        let sent = request
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values())
            .condition_expression(condition.text)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let refusal = |error| match error {
            DeleteItemError::ConditionalCheckFailedException(refused) => Ok(refused.item),
            other => Err(Down::refused(&other)),
        };
        written(sent, refusal)
    }

    /// The row as the last write left it.
    pub async fn read(&self, pk: &str, sk: &str) -> Result<Option<Item>, Down> {
        let request = self.client.get_item().table_name(&self.table).key("pk", text(pk)).key("sk", text(sk));
        Ok(request.consistent_read(true).send().await?.item.map(Item::from))
    }

    /// All rows of one partition that match the condition, page by page, in the order of their sort keys.
    pub fn query(&self, condition: Condition) -> impl Future<Output = Result<Vec<Item>, Down>> + use<> {
        pages(self.client.query().table_name(&self.table).consistent_read(true), condition)
    }

    /// The same of an index, which is a moment behind the table.
    pub fn query_index(
        &self,
        index: &str,
        condition: Condition,
    ) -> impl Future<Output = Result<Vec<Item>, Down>> + use<> {
        pages(self.client.query().table_name(&self.table).index_name(index), condition)
    }
}

async fn pages(query: QueryFluentBuilder, condition: Condition) -> Result<Vec<Item>, Down> {
    let mut rows = query
        .set_expression_attribute_names(condition.names())
        .set_expression_attribute_values(condition.values())
        .key_condition_expression(condition.text)
        .into_paginator()
        .items()
        .send();
    let mut found = Vec::new();
    while let Some(row) = rows.next().await {
        found.push(Item::from(row?));
    }
    Ok(found)
}

/// `refusal` returns the row that did not meet the condition, or what another error means.
fn written<T, E: ProvideErrorMetadata + Error + 'static>(
    sent: Result<T, SdkError<E, HttpResponse>>,
    refusal: impl FnOnce(E) -> Result<Option<HashMap<String, AttributeValue>>, Down>,
) -> Result<Written, Down> {
    match sent {
        Ok(_) => Ok(Written::Done),
        Err(SdkError::ServiceError(error)) => Ok(Written::Refused(refusal(error.into_err())?.map(Item::from))),
        Err(error) => Err(Down::from(error)),
    }
}

impl Down {
    /// A step that could not be done although DynamoDB answers: the next call may well work.
    pub fn for_now(reason: &str) -> Self {
        Self::new(reason, Next::Try)
    }

    fn new(reason: impl Into<String>, next: Next) -> Self {
        Self { reason: reason.into(), next }
    }

    /// DynamoDB's message may quote keys, its code does not.
    fn refused(error: &impl ProvideErrorMetadata) -> Self {
        Self::new(error.code().unwrap_or("an error without a code"), Next::Try)
    }
}

impl<E: ProvideErrorMetadata + Error + 'static> From<SdkError<E, HttpResponse>> for Down {
    fn from(error: SdkError<E, HttpResponse>) -> Self {
        let next = match &error {
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => Next::Pause,
            _ => Next::Try,
        };
        Self::new(cause(&error), next)
    }
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.into())
}
