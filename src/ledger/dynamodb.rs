//! The ledger in one DynamoDB table, shared by every instance of every function.
//!
//! | rows | `pk` | `sk` | kept |
//! |---|---|---|---|
//! | claims | `claim#<event key>` | the place | 7 days |
//! | incidents | `incident#<id>` | `state` | 90 days after the last change |
//! | tags of what is over | `tag<#tag>` | `incident` | 90 days |
//! | history | `day#<UTC date>` | `<time>#<event key>` | 90 days |
//! | the rotation | `rotation` | `copy`, `reading` | 90 days, 1 day |
//! | the watchdog's beginning | `watchdog` | `since` | a hundred years |
//!
//! Open incidents are also in the index `by_state`, under `gsi_pk` = `open`, by the time at which they began. Nothing is
//! ever scanned. A step that depends on what was there before is a conditional write, so that of any number of workers
//! one wins.
//!
//! Every call ends within a second, answered or not, and the caller goes on without the ledger: an alert is never kept
//! back for it. After a call that DynamoDB did not answer, those of the next five seconds fail at once, so that one
//! delivery, which makes several, waits once.

mod attempts;
mod claims;
mod history;
mod incidents;
mod items;
mod pause;
mod rotation;
mod tags;
mod watch;

use crate::net::aws::cause;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use items::{Condition, Item};
use pause::Pause;
use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// What a caller waits for one call, all of its requests together.
const LIMIT: Duration = Duration::from_secs(1);
/// Open incidents, the oldest first.
const BY_STATE: &str = "by_state";

/// Claims, incidents, history and the rotation, in DynamoDB.
#[derive(Debug)]
pub struct DynamoDb {
    client: Client,
    table: String,
    /// Whose the claims of this process are.
    owner: String,
    /// Numbers the writes that must have one winner, so that one of ours is recognised when its answer was lost.
    writes: AtomicU64,
    pause: Pause,
}

/// The ledger has not answered, or has refused; whether a write was made is not known. Whoever meets this posts anyway.
#[derive(Debug, thiserror::Error)]
#[error("the ledger cannot be used: {reason}")]
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
    /// It would wait for nothing.
    Pause,
}

/// What became of a conditional write.
enum Written {
    /// It was made.
    Done,
    /// The condition did not hold: the row as it is, `None` when there is none.
    Refused(Option<Item>),
}

impl DynamoDb {
    /// Nothing is asked yet. `owner` must differ between any two processes, or one could end the other's claims.
    pub fn new(client: Client, table: impl Into<String>, owner: impl Into<String>) -> Self {
        let (table, owner) = (table.into(), owner.into());
        Self { client, table, owner, writes: AtomicU64::new(0), pause: Pause::default() }
    }

    /// Every public call goes through here once.
    async fn limited<T>(&self, work: impl Future<Output = Result<T, Down>>) -> Result<T, Down> {
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

    /// A name that no other write has.
    fn next_write(&self) -> String {
        format!("{}#{}", self.owner, self.writes.fetch_add(1, Ordering::Relaxed))
    }

    /// Replaces a whole row if the condition holds.
    async fn put(&self, item: Item, condition: Condition) -> Result<Written, Down> {
        let request = self.client.put_item().table_name(&self.table).set_item(Some(item.into_attributes()));
        let sent = request
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values())
            .set_condition_expression((!condition.text.is_empty()).then_some(condition.text))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match sent {
            Ok(_) => Ok(Written::Done),
            Err(SdkError::ServiceError(error)) => match error.into_err() {
                PutItemError::ConditionalCheckFailedException(refused) => {
                    Ok(Written::Refused(refused.item.map(Item::from)))
                }
                other => Err(Down::refused(&other)),
            },
            Err(error) => Err(Down::from(error)),
        }
    }

    /// Deletes a row if the condition holds.
    async fn delete(&self, pk: &str, sk: &str, condition: Condition) -> Result<Written, Down> {
        let request = self.client.delete_item().table_name(&self.table).key("pk", text(pk)).key("sk", text(sk));
        let sent = request
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values())
            .condition_expression(condition.text)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match sent {
            Ok(_) => Ok(Written::Done),
            Err(SdkError::ServiceError(error)) => match error.into_err() {
                DeleteItemError::ConditionalCheckFailedException(refused) => {
                    Ok(Written::Refused(refused.item.map(Item::from)))
                }
                other => Err(Down::refused(&other)),
            },
            Err(error) => Err(Down::from(error)),
        }
    }

    /// The row as the last write left it.
    async fn read(&self, pk: &str, sk: &str) -> Result<Option<Item>, Down> {
        let request = self.client.get_item().table_name(&self.table).key("pk", text(pk)).key("sk", text(sk));
        Ok(request.consistent_read(true).send().await?.item.map(Item::from))
    }

    /// All rows of one partition that the condition names, page by page, in the order of their sort keys.
    fn query(&self, condition: Condition) -> impl Future<Output = Result<Vec<Item>, Down>> + use<> {
        pages(self.client.query().table_name(&self.table).consistent_read(true), condition)
    }

    /// The same of the index, which is a moment behind the table.
    fn query_index(&self, index: &str, condition: Condition) -> impl Future<Output = Result<Vec<Item>, Down>> + use<> {
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

impl Down {
    fn new(reason: impl Into<String>, next: Next) -> Self {
        Self { reason: reason.into(), next }
    }

    /// DynamoDB has answered, and not as hoped. Its message may quote keys, its code does not.
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

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}
