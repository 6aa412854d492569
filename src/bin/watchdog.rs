//! The Lambda function that a schedule calls every ten minutes: it asks PagerDuty for what no webhook has reported.

use lambda_runtime::{Error, LambdaEvent};
use serde::Serialize;
use serde_json::Value;
use std::process::ExitCode;
use std::time::Duration;
use toban::relay::watchdog::Watchdog;
use toban::setup::config::{Faults, Role};
use toban::setup::function::{self, Function, Then};
use toban::setup::renewal::Lookup;
use toban::setup::wiring::Base;

/// The most that reading the secrets again may take.
const RENEWAL: Duration = Duration::from_secs(4);

/// For people who invoke it by hand.
#[derive(Debug, Serialize)]
struct Answer {
    is_due: bool,
    listed: usize,
    missed: usize,
    silenced: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    function::run(Role::Watchdog, async |_: &Base| {}, build, answer, RENEWAL).await
}

async fn build(base: &Base, lookup: Lookup<'_>) -> Result<Function<Watchdog>, Faults> {
    let (built, clock) = base.watchdog(lookup)?;
    Ok(Function { built, clock })
}

/// A round that saw nothing fails the invocation, so that an alarm counts it.
async fn answer(function: &Function<Watchdog>, _: &mut LambdaEvent<Value>) -> (Result<Answer, Error>, Then) {
    let round = function.built.round(function.now()).await.inspect_err(|blind| tracing::error!("{blind}"));
    let answer = round.map(|round| {
        let is_due = round.is_some();
        let round = round.unwrap_or_default();
        Answer { is_due, listed: round.listed, missed: round.missed, silenced: round.silenced }
    });
    let then = Then::renew_if(answer.is_err());
    (answer.map_err(Error::from), then)
}
