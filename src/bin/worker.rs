//! The Lambda function that works through the queue.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use chrono::{DateTime, Utc};
use lambda_runtime::{Error, LambdaEvent};
use std::process::ExitCode;
use std::time::Duration;
use toban::relay::dispatch::{Dispatcher, Record};
use toban::relay::via::Via;
use toban::setup::config::{Faults, Role};
use toban::setup::function::{self, Function, Then};
use toban::setup::renewal::Lookup;
use toban::setup::wiring::Base;
use tokio::time::Instant;

/// The most that reading the secrets again may take.
const RENEWAL: Duration = Duration::from_millis(1_500);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    function::run(Role::Worker, Base::begin, build, work, RENEWAL, Utc::now).await
}

async fn build(base: &Base, lookup: Lookup<'_>) -> Result<Function<Dispatcher>, Faults> {
    let config = base.config(lookup)?;
    if config.wants_chats_named(lookup) {
        tracing::error!(
            configuration = true,
            "CHAT_NAMES (ChatNames) is not set, so that each of the two chats waits for the other: name both, as in slack,backup"
        );
    }
    let queues = config.queue.clone().map(|place| base.queues(place));
    let has_news = queues.as_ref().is_some_and(|queues| queues.news.is_some());
    let via = if has_news { Via::TwoQueues } else { Via::Queue };
    let dispatcher = Dispatcher { relay: base.relay(&config, via), queues, acts: base.acts(&config) };
    let function = Function { built: dispatcher, clock: config.clock };
    function.built.relay.warm(function.now()).await.ok();
    Ok(function)
}

async fn work(
    function: &Function<Dispatcher>,
    event: &mut LambdaEvent<SqsEvent>,
) -> (Result<SqsBatchResponse, Error>, Then) {
    let left = event.context.deadline().duration_since(Utc::now().into()).unwrap_or(Duration::ZERO);
    let records = std::mem::take(&mut event.payload.records).into_iter().map(record).collect();
    let failed = function.built.work(records, Instant::now() + left, || function.now()).await;
    // What failed comes again; a refused token or an unreadable sheet may have been fixed by then.
    let then = Then::renew_if(!failed.is_empty() || function.built.relay.team.roster.has_failed());
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failed.into_iter().map(failure).collect();
    (Ok(response), then)
}

fn failure(id: String) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = id;
    failure
}

fn record(message: SqsMessage) -> Record {
    let attribute = |name: &str| message.attributes.get(name).cloned();
    Record {
        group: attribute("MessageGroupId").unwrap_or_default(),
        queue: message.event_source_arn.unwrap_or_default(),
        sent_at: attribute("SentTimestamp").and_then(|at| DateTime::from_timestamp_millis(at.parse().ok()?)),
        // Without it nobody knows what was done before.
        receives: attribute("ApproximateReceiveCount").and_then(|count| count.parse().ok()).unwrap_or(u32::MAX),
        id: message.message_id.unwrap_or_default(),
        receipt: message.receipt_handle.unwrap_or_default(),
        body: message.body.unwrap_or_default(),
    }
}
