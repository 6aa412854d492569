//! The Lambda function that the schedules call every day, at the beginning and the end of business hours.

use chrono::Utc;
use lambda_runtime::{Error, LambdaEvent};
use serde::Serialize;
use std::process::ExitCode;
use std::time::Duration;
use toban::lambda::schedule::Event;
use toban::relay::reminder::{Reminders, Sent};
use toban::setup::config::{Faults, Role};
use toban::setup::function::{self, Function, Then};
use toban::setup::renewal::Lookup;
use toban::setup::wiring::Base;
use tokio::time::Instant;

/// Nobody waits for the answer, so a chat may take its time; Lambda's own limit is above this.
const LIMIT: Duration = Duration::from_secs(20);
/// The most that reading the secrets again may take.
const RENEWAL: Duration = Duration::from_secs(4);

/// For people who invoke it by hand.
#[derive(Debug, Serialize)]
struct Answer {
    reminder: &'static str,
    decision: &'static str,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    function::run(Role::Reminder, Base::begin, build, answer, RENEWAL, Utc::now).await
}

async fn build(base: &Base, lookup: Lookup<'_>) -> Result<Function<Reminders>, Faults> {
    let config = base.config(lookup)?;
    Ok(Function { clock: config.clock, built: base.reminders(config) })
}

async fn answer(function: &Function<Reminders>, event: &mut LambdaEvent<Event>) -> (Result<Answer, Error>, Then) {
    let answer = send(function, &event.payload).await;
    let then = Then::renew_if(answer.is_err() || function.built.team.roster.has_failed());
    (answer, then)
}

/// A reminder that no chat took fails the invocation, so that Lambda tries again.
async fn send(function: &Function<Reminders>, event: &Event) -> Result<Answer, Error> {
    let reminders = &function.built;
    let now = function.now();
    let (reminder, scheduled) = event.wanted(&reminders.team.settings.calendar, now)?;
    match reminders.send(reminder, scheduled, Instant::now() + LIMIT, now).await {
        Sent::NotTaken => Err(format!("no chat has taken the {} reminder", reminder.name()).into()),
        sent => Ok(Answer { reminder: reminder.name(), decision: sent.name() }),
    }
}
