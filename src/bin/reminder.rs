//! The Lambda function that the schedules call at the beginning and the end of office time, every day.

use chrono::{DateTime, Utc};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::Serialize;
use std::process::ExitCode;
use std::time::Duration;
use toban::config::{Config, Reach};
use toban::reminder::{Reminders, Sent};
use toban::schedule::Event;
use toban::wiring;
use tokio::time::Instant;

/// Nobody waits for the answer, so a chat may take its time; Lambda's own limit is above this.
const LIMIT: Duration = Duration::from_secs(20);

/// For whoever invokes it by hand.
#[derive(Debug, Serialize)]
struct Answer {
    reminder: &'static str,
    decision: &'static str,
}

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
    let clock = config.clock;
    let owner = wiring::owner(environment, std::process::id(), Utc::now());
    let reminders = wiring::reminders(config, &http, owner, Utc::now);
    let reminders = &reminders;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Event>| async move {
        send(reminders, &event.payload, clock.unwrap_or_else(Utc::now)).await
    }))
    .await
}

/// A reminder that no chat took fails the invocation, so that Lambda tries again.
async fn send(reminders: &Reminders, event: &Event, now: DateTime<Utc>) -> Result<Answer, Error> {
    let (reminder, scheduled) = event.wanted(&reminders.office.calendar, now)?;
    match reminders.send(reminder, scheduled, Instant::now() + LIMIT, now).await {
        Sent::NotTaken => Err(format!("no chat has taken the {} reminder", reminder.name()).into()),
        sent => Ok(Answer { reminder: reminder.name(), decision: sent.name() }),
    }
}
