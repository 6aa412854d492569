//! SQS.
//!
//! A message has at most 1 MiB, of which the largest body takes a third
//! (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>).

use super::{Fifo, Hide, NewMessage, QueueError};
use crate::net::aws::cause;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::ChangeMessageVisibilityBatchRequestEntry;
use futures_util::future::BoxFuture;

/// A FIFO queue of SQS.
#[derive(Debug)]
pub struct Sqs {
    client: Client,
    url: String,
}

impl Sqs {
    /// Sends nothing yet.
    pub fn new(client: Client, url: String) -> Self {
        Self { client, url }
    }
}

impl Fifo for Sqs {
    fn send(&self, NewMessage { body, group, deduplication }: NewMessage) -> BoxFuture<'_, Result<(), QueueError>> {
        let send = self.client.send_message().queue_url(&self.url).message_body(body);
        let send = send.message_group_id(group).message_deduplication_id(deduplication);
        Box::pin(async { send.send().await.map(|_| ()).map_err(|error| QueueError(cause(&error))) })
    }

    fn hide<'a>(&'a self, hides: &'a [Hide]) -> BoxFuture<'a, Result<(), QueueError>> {
        Box::pin(async {
            let mut change = self.client.change_message_visibility_batch().queue_url(&self.url);
            for (number, Hide { receipt, seconds }) in hides.iter().enumerate() {
                let entry = ChangeMessageVisibilityBatchRequestEntry::builder().id(number.to_string());
                let entry = entry.receipt_handle(receipt).visibility_timeout(*seconds).build();
                change = change.entries(entry.map_err(|error| QueueError(error.to_string()))?);
            }
            change.send().await.map(|_| ()).map_err(|error| QueueError(cause(&error)))
        })
    }
}
