//! The Lambda function that a schedule calls every ten minutes: it looks in PagerDuty for what no webhook has told.

use chrono::{DateTime, Utc};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::Serialize;
use serde_json::Value;
use std::process::ExitCode;
use std::time::Duration;
use toban::relay::watchdog::Watchdog;
use toban::setup::config::Reach;
use toban::setup::renewal::{Lookup, Renewal};
use toban::setup::wiring::{self, Base};
use tokio::time::Instant;

/// The most that reading the secrets again may take.
const RENEWAL: Duration = Duration::from_secs(4);

/// For whoever invokes it by hand.
#[derive(Debug, Serialize)]
struct Answer {
    is_due: bool,
    listed: usize,
    missed: usize,
    silenced: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    wiring::function(run()).await
}

async fn run() -> Result<(), Error> {
    let (base, parameters) = Base::new(Reach::Live, Utc::now())?;
    let build = async |lookup: Lookup<'_>| base.watchdog(lookup);
    let renewal = &Renewal::start(wiring::environment, parameters, async {}, build, Utc::now()).await?;
    lambda_runtime::run(service_fn(async |_: LambdaEvent<Value>| {
        let (watchdog, clock) = &*renewal.current().await;
        let now = clock.unwrap_or_else(Utc::now);
        let answer = look(watchdog, now).await;
        // What a mended key puts right is right in the next round.
        if answer.is_err() {
            renewal.renewed(Instant::now() + RENEWAL, now).await;
        }
        answer
    }))
    .await
}

/// A round that saw nothing fails the invocation, so that an alarm counts it.
async fn look(watchdog: &Watchdog, now: DateTime<Utc>) -> Result<Answer, Error> {
    let round = watchdog.round(now).await.inspect_err(|blind| tracing::error!("{blind}"))?;
    let is_due = round.is_some();
    let round = round.unwrap_or_default();
    Ok(Answer { is_due, listed: round.listed, missed: round.missed, silenced: round.silenced })
}
