//! The Lambda function behind API Gateway or a function URL.

use chrono::Utc;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use std::process::ExitCode;
use toban::config::{Config, Reach};
use toban::courier::Courier;
use toban::gateway::{Event, Response};
use toban::intake::Intake;
use toban::ledger::Ledger;
use toban::relay::Relay;
use toban::roster::{LIMIT, Roster};
use tokio::time::Instant;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    toban::logging::to_json(std::env::var("RUST_LOG").ok().as_deref());
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Error> {
    let http = toban::http::client()?;
    let config = Config::from_lookup(|variable| std::env::var(variable).ok(), &http, Reach::Live)?;
    for warning in &config.warnings {
        tracing::error!(configuration = true, "{warning}. Alerts go out all the same, as well as they can");
    }
    let clock = config.clock;
    let (roster, ledger) = (Roster::open(config.roster, &http, Utc::now), Ledger::memory());
    // Before the first event is asked for, so that the first alert does not wait for it. Without an answer the first
    // alert asks again; nothing is left running.
    roster.read(&ledger, Instant::now() + LIMIT, clock.unwrap_or_else(Utc::now)).await.ok();
    let courier = Courier { outlets: config.outlets, ledger };
    let relay = Relay { office: config.office, roster, courier };
    let intake = Intake { pagerduty: config.pagerduty, relay };
    let intake = &intake;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Event>| async move {
        let now = clock.unwrap_or_else(Utc::now);
        answer(intake, &event.payload, now).await
    }))
    .await
}

async fn answer(intake: &Intake, event: &Event, now: chrono::DateTime<Utc>) -> Result<Response, Error> {
    let request = event.request()?;
    Ok(event.response(&intake.answer(&request, now).await))
}
