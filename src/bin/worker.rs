//! The Lambda function that works off the queue.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use chrono::{DateTime, Utc};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use std::process::ExitCode;
use std::time::Duration;
use toban::relay::dispatch::{Dispatcher, Record};
use toban::setup::config::{Faults, Reach};
use toban::setup::renewal::{Lookup, Renewal};
use toban::setup::wiring::{self, Base};
use tokio::time::Instant;

/// The most that reading the secrets again may take.
const RENEWAL: Duration = Duration::from_millis(1_500);

/// What works, and the time that it goes by in a rehearsal.
struct Bench {
    dispatcher: Dispatcher,
    clock: Option<DateTime<Utc>>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    wiring::function(run()).await
}

async fn run() -> Result<(), Error> {
    let (base, parameters) = Base::new(Reach::Live, Utc::now())?;
    let build = async |lookup: Lookup<'_>| bench(&base, lookup).await;
    let renewal = &Renewal::start(wiring::environment, parameters, base.begin(), build, Utc::now()).await?;
    // Boxed, because the runtime hands its future from layer to layer, each time byte by byte.
    let respond = |event: LambdaEvent<SqsEvent>| Box::pin(respond(renewal, event));
    lambda_runtime::run(service_fn(respond)).await
}

async fn respond<B>(renewal: &Renewal<Bench, B>, event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, Error>
where
    B: AsyncFn(Lookup<'_>) -> Result<Bench, Faults>,
{
    let bench = renewal.current().await;
    let response = work(&bench, event).await;
    // A token that is refused, or a sheet that cannot be read, may have been mended meanwhile; what has failed comes
    // again.
    if !response.batch_item_failures.is_empty() || bench.dispatcher.relay.roster.has_failed() {
        renewal.renewed(Instant::now() + RENEWAL, bench.now()).await;
    }
    Ok(response)
}

async fn bench(base: &Base, lookup: Lookup<'_>) -> Result<Bench, Faults> {
    let config = base.config(lookup)?;
    let (clock, queue) = (config.clock, config.queue.clone());
    let dispatcher = Dispatcher { relay: base.relay(config), queue: queue.map(|place| base.queue(place)) };
    let bench = Bench { dispatcher, clock };
    bench.dispatcher.relay.warm(bench.now()).await;
    Ok(bench)
}

impl Bench {
    fn now(&self) -> DateTime<Utc> {
        self.clock.unwrap_or_else(Utc::now)
    }
}

async fn work(bench: &Bench, event: LambdaEvent<SqsEvent>) -> SqsBatchResponse {
    let left = event.context.deadline().duration_since(Utc::now().into()).unwrap_or(Duration::ZERO);
    let records = event.payload.records.into_iter().map(record).collect();
    let failed = bench.dispatcher.work(records, Instant::now() + left, || bench.now()).await;
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
