//! The Lambda function behind API Gateway or a function URL.

use chrono::{DateTime, Utc};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use std::process::ExitCode;
use toban::config::{Config, Front, Reach};
use toban::gateway::{Event, Response};
use toban::intake::{Intake, Sink};
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
    let (intake, clock) = match Front::from_lookup(environment)? {
        Some(front) => {
            let sink = Sink::Queue(wiring::queue(front.queue, &http), front.addresses);
            (Intake { pagerduty: front.pagerduty, sink }, front.clock)
        }
        None => inline(&http).await?,
    };
    let intake = &intake;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Event>| async move {
        answer(intake, &event.payload, clock.unwrap_or_else(Utc::now)).await
    }))
    .await
}

/// The whole relay in this function, for want of a queue.
async fn inline(http: &reqwest::Client) -> Result<(Intake, Option<DateTime<Utc>>), Error> {
    let config = Config::from_lookup(environment, http, Reach::Live)?;
    wiring::warn(&config);
    let (clock, pagerduty) = (config.clock, config.pagerduty.clone());
    let now = clock.unwrap_or_else(Utc::now);
    let owner = wiring::owner(environment, std::process::id(), Utc::now());
    let relay = wiring::relay(config, http, owner, Utc::now);
    // Before the first event is asked for, so that the first alert does not wait for it. Without an answer the first
    // alert asks again; nothing is left running.
    relay.roster.read(&relay.courier.ledger, Instant::now() + LIMIT, now).await.ok();
    Ok((Intake { pagerduty, sink: Sink::Inline(Box::new(relay)) }, clock))
}

async fn answer(intake: &Intake, event: &Event, now: DateTime<Utc>) -> Result<Response, Error> {
    let request = event.request()?;
    Ok(event.response(&intake.answer(&request, now).await))
}
