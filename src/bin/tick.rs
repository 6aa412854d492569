//! The Lambda function that a schedule calls every ten minutes, for what waits for a time: it asks PagerDuty for what no webhook
//! has reported, if `PAGERDUTY_SERVICE_IDS` says where.

use chrono::Utc;
use lambda_runtime::{Error, LambdaEvent};
use serde::Serialize;
use serde_json::Value;
use std::process::ExitCode;
use std::time::Duration;
use toban::relay::tick::Tick;
use toban::setup::config::{Faults, Role, WatchdogConfig};
use toban::setup::function::{self, Function, Then};
use toban::setup::renewal::Lookup;
use toban::setup::wiring::{Base, environment};

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
    let role = if WatchdogConfig::is_wanted(environment) { Role::Tick } else { Role::IdleTick };
    function::run(role, async |_: &Base| {}, build, answer, RENEWAL, Utc::now).await
}

async fn build(base: &Base, lookup: Lookup<'_>) -> Result<Function<Tick>, Faults> {
    if !WatchdogConfig::is_wanted(environment) {
        return Ok(Function { built: Tick::default(), clock: None });
    }
    let (watchdog, clock) = base.watchdog(lookup)?;
    Ok(Function { built: Tick { watchdog: Some(watchdog) }, clock })
}

/// A round that saw nothing fails the invocation, so that an alarm counts it.
async fn answer(function: &Function<Tick>, _: &mut LambdaEvent<Value>) -> (Result<Answer, Error>, Then) {
    let round = function.built.run(function.now()).await.inspect_err(|blind| tracing::error!("{blind}"));
    let answer = round.map(|round| {
        let is_due = round.is_some();
        let round = round.unwrap_or_default();
        Answer { is_due, listed: round.listed, missed: round.missed, silenced: round.silenced }
    });
    let then = Then::renew_if(answer.is_err());
    (answer.map_err(Error::from), then)
}
