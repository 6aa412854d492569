//! The Lambda function that works off the queue.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use chrono::Utc;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use std::process::ExitCode;
use std::time::Duration;
use toban::config::{Config, LedgerPlace, Reach};
use toban::dispatch::{Dispatcher, Record};
use toban::roster::LIMIT;
use toban::wiring;
use tokio::time::Instant;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    toban::logging::to_json(environment("RUST_LOG").as_deref());
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn environment(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

async fn run() -> Result<(), Error> {
    let http = toban::http::client()?;
    let config = Config::from_lookup(environment, &http, Reach::Live)?;
    for warning in &config.warnings {
        tracing::error!(configuration = true, "{warning}. Alerts go out all the same, as well as they can");
    }
    if matches!(config.ledger, LedgerPlace::Memory) {
        tracing::warn!("without LEDGER_TABLE a repeat is recognised only by the instance that posted the first");
    }
    let now = config.clock.unwrap_or_else(Utc::now);
    let queue = config.queue.clone().map(|place| wiring::queue(place, &http));
    let owner = wiring::owner(environment, std::process::id(), Utc::now());
    let relay = wiring::relay(config, &http, owner, Utc::now);
    relay.roster.read(&relay.courier.ledger, Instant::now() + LIMIT, now).await.ok();
    let dispatcher = &Dispatcher { relay, queue };
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| async move {
        Ok::<_, Error>(work(dispatcher, event).await)
    }))
    .await
}

async fn work(dispatcher: &Dispatcher, event: LambdaEvent<SqsEvent>) -> SqsBatchResponse {
    let left = event.context.deadline().duration_since(Utc::now().into()).unwrap_or(Duration::ZERO);
    let records = event.payload.records.into_iter().map(record).collect();
    let failed = dispatcher.work(records, Instant::now() + left, Utc::now).await;
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failed.into_iter().map(failure).collect();
    response
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
        times: attribute("ApproximateReceiveCount").and_then(|count| count.parse().ok()).unwrap_or(1),
        id: message.message_id.unwrap_or_default(),
        receipt: message.receipt_handle.unwrap_or_default(),
        body: message.body.unwrap_or_default(),
    }
}
