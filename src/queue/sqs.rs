//! SQS.
//!
//! A message has at most 1 MiB, of which the largest body takes a third, and so have the ten of a call together
//! (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>).

use super::{Fifo, Hide, NewMessage, NotHidden, QueueError};
use crate::net::aws::{calls, cause};
use crate::net::quote;
use aws_sdk_sqs::types::{ChangeMessageVisibilityBatchRequestEntry, SendMessageBatchRequestEntry};
use futures_util::future::BoxFuture;

/// A FIFO queue of SQS.
#[derive(Debug)]
pub struct Sqs {
    client: calls::Sqs,
    url: String,
}

impl Sqs {
    /// Sends nothing yet.
    pub fn new(client: calls::Sqs, url: String) -> Self {
        Self { client, url }
    }
}

impl Fifo for Sqs {
    fn send(&self, messages: Vec<NewMessage>) -> BoxFuture<'_, Result<(), QueueError>> {
        Box::pin(async {
            let mut send = self.client.send_message_batch().queue_url(&self.url);
            for (number, NewMessage { body, group, deduplication }) in messages.into_iter().enumerate() {
                let entry = SendMessageBatchRequestEntry::builder().id(number.to_string()).message_body(body);
                let entry = entry.message_group_id(group).message_deduplication_id(deduplication).build();
                send = send.entries(entry.map_err(|error| QueueError(error.to_string()))?);
            }
            let sent = send.send().await.map_err(|error| QueueError(cause(&error)))?;
            match sent.failed().first() {
                None => Ok(()),
                Some(failed) => Err(QueueError(format!("it has not taken a message ({})", quote::code(failed.code())))),
            }
        })
    }

    fn hide<'a>(&'a self, hides: &'a [Hide]) -> BoxFuture<'a, Result<Vec<NotHidden>, QueueError>> {
        Box::pin(async {
            let mut change = self.client.change_message_visibility_batch().queue_url(&self.url);
            for (number, Hide { receipt, seconds }) in hides.iter().enumerate() {
                let entry = ChangeMessageVisibilityBatchRequestEntry::builder().id(number.to_string());
                let entry = entry.receipt_handle(receipt).visibility_timeout(*seconds).build();
                change = change.entries(entry.map_err(|error| QueueError(error.to_string()))?);
            }
            let changed = change.send().await.map_err(|error| QueueError(cause(&error)))?;
            let failed = changed.failed().iter();
            let left = failed.map(|failed| {
                Some(NotHidden { nth: failed.id().parse().ok()?, why: quote::code(failed.code()).to_owned() })
            });
            Ok(left.flatten().collect())
        })
    }
}
