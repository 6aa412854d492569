//! The Lambda function that a schedule calls every ten minutes, for what waits for a time: it asks PagerDuty for what no webhook
//! has reported, if `PAGERDUTY_SERVICE_IDS` says where, and says what is open when a shift ends, if people answer from the chat
//! (`PRESSES_QUEUE_URL`).

use chrono::Utc;
use lambda_runtime::{Error, LambdaEvent};
use serde::Serialize;
use serde_json::Value;
use std::process::ExitCode;
use std::time::Duration;
use toban::relay::tick::{Tick, Ticked};
use toban::setup::config::{Config, Faults, Role, WatchdogConfig};
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
    /// Incidents of which it is said that they are open at the end of the shift.
    open: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let role = match (Config::takes_presses(environment), WatchdogConfig::is_wanted(environment)) {
        (true, _) => Role::AnsweringTick,
        (false, true) => Role::Tick,
        (false, false) => Role::IdleTick,
    };
    function::run(role, async |_: &Base| {}, build, answer, RENEWAL, Utc::now).await
}

async fn build(base: &Base, lookup: Lookup<'_>) -> Result<Function<Tick>, Faults> {
    let mut function = Function { built: Tick::default(), clock: None };
    if WatchdogConfig::is_wanted(environment) {
        let (watchdog, clock) = base.watchdog(lookup)?;
        (function.built.watchdog, function.clock) = (Some(watchdog), clock);
    }
    if Config::takes_presses(environment) {
        let config = base.config(lookup)?;
        function.clock = config.clock;
        function.built.shifts = config.queue.clone().and_then(|place| base.shifts(&config, base.queues(place)));
    }
    Ok(function)
}

/// A tick that did not do everything fails the invocation, so that an alarm counts it.
async fn answer(function: &Function<Tick>, _: &mut LambdaEvent<Value>) -> (Result<Answer, Error>, Then) {
    let ticked = function.built.run(function.now()).await.inspect_err(|error| tracing::error!("{error}"));
    let answer = ticked.map(|Ticked { open, round }| {
        let is_due = round.is_some();
        let round = round.unwrap_or_default();
        Answer { is_due, listed: round.listed, missed: round.missed, silenced: round.silenced, open }
    });
    let then = Then::renew_if(answer.is_err());
    (answer.map_err(Error::from), then)
}
