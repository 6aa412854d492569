//! The Lambda function that works off the queue.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use chrono::{DateTime, Utc};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use std::process::ExitCode;
use std::time::Duration;
use toban::config::{Config, Reach};
use toban::dispatch::{Dispatcher, Record};
use toban::roster::LIMIT;
use toban::wiring;
use tokio::time::Instant;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    toban::logging::to_json(environment("RUST_LOG").as_deref());
    wiring::exit(run().await)
}

fn environment(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

async fn run() -> Result<(), Error> {
    let http = toban::http::client()?;
    let config = Config::from_lookup(environment, &http, Reach::Live)?;
    wiring::warn(&config);
    let rehearsal = config.clock;
    let clock = move || rehearsal.unwrap_or_else(Utc::now);
    let queue = config.queue.clone().map(|place| wiring::queue(place, &http));
    let owner = wiring::owner(environment, std::process::id(), Utc::now());
    let relay = wiring::relay(config, &http, owner, Utc::now);
    relay.roster.read(&relay.courier.ledger, Instant::now() + LIMIT, clock()).await.ok();
    let dispatcher = &Dispatcher { relay, queue };
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| async move {
        Ok::<_, Error>(work(dispatcher, event, clock).await)
    }))
    .await
}

async fn work(
    dispatcher: &Dispatcher,
    event: LambdaEvent<SqsEvent>,
    clock: impl Fn() -> DateTime<Utc>,
) -> SqsBatchResponse {
    let left = event.context.deadline().duration_since(Utc::now().into()).unwrap_or(Duration::ZERO);
    let records = event.payload.records.into_iter().map(record).collect();
    let failed = dispatcher.work(records, Instant::now() + left, clock).await;
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
