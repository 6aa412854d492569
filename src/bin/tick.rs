//! The Lambda function that a schedule calls every ten minutes, for what waits for a time: it asks PagerDuty for what no webhook
//! has reported, if `PAGERDUTY_SERVICE_IDS` says where, says what is open when a shift ends, if people answer from the chat
//! (`PRESSES_QUEUE_URL`), and sends what `NOTICES` names.

use chrono::Utc;
use lambda_runtime::{Error, LambdaEvent};
use serde::Serialize;
use serde_json::Value;
use std::process::ExitCode;
use std::time::Duration;
use toban::relay::daily_check::DailyChecked;
use toban::relay::notices::Noticed;
use toban::relay::tick::{Tick, Ticked};
use toban::setup::checks::watched;
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
    /// What the daily check has found; not there if none was due.
    #[serde(flatten)]
    checked: Option<Checked>,
    /// Messages of other notices that a chat has taken; not there if there are none.
    #[serde(skip_serializing_if = "is_none")]
    noticed: usize,
}

#[derive(Debug, Serialize)]
struct Checked {
    wrong: usize,
    told: usize,
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let role = if Config::takes_presses(environment) {
        Role::AnsweringTick
    } else if Config::sends_notices(environment) {
        Role::NoticingTick
    } else if WatchdogConfig::is_wanted(environment) {
        Role::Tick
    } else {
        Role::IdleTick
    };
    function::run(role, async |_: &Base| {}, build, answer, RENEWAL, Utc::now).await
}

async fn build(base: &Base, lookup: Lookup<'_>) -> Result<Function<Tick>, Faults> {
    let mut function = Function { built: Tick::default(), clock: None };
    if WatchdogConfig::is_wanted(environment) {
        let (watchdog, clock) = base.watchdog(lookup)?;
        (function.built.watchdog, function.clock) = (Some(watchdog), clock);
    }
    let takes_presses = Config::takes_presses(environment);
    if takes_presses || Config::sends_notices(environment) {
        let config = base.config(lookup)?;
        function.clock = config.clock;
        let queue = config.queue.clone().filter(|_| takes_presses);
        function.built.shifts = queue.and_then(|place| base.shifts(&config, base.queues(place)));
        function.built.notices = base.notices(&config, watched(lookup)?);
    }
    Ok(function)
}

/// A tick that did not do everything fails the invocation, so that an alarm counts it.
async fn answer(function: &Function<Tick>, _: &mut LambdaEvent<Value>) -> (Result<Answer, Error>, Then) {
    let ticked = function.built.run(function.now()).await.inspect_err(|error| tracing::error!("{error}"));
    let answer = ticked.map(|Ticked { open, round, noticed: Noticed { checked, sent } }| {
        let is_due = round.is_some();
        let round = round.unwrap_or_default();
        let checked = checked.map(|DailyChecked { wrong, told }| Checked { wrong, told });
        Answer {
            is_due,
            listed: round.listed,
            missed: round.missed,
            silenced: round.silenced,
            open,
            checked,
            noticed: sent,
        }
    });
    let then = Then::renew_if(answer.is_err());
    (answer.map_err(Error::from), then)
}
