//! The Lambda function that the schedules call at the beginning and the end of office time, every day.

use chrono::{DateTime, Utc};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::Serialize;
use std::process::ExitCode;
use std::time::Duration;
use toban::lambda::schedule::Event;
use toban::relay::reminder::{Reminders, Sent};
use toban::setup::config::{Faults, Reach};
use toban::setup::renewal::{Lookup, Renewal};
use toban::setup::wiring::{self, Base};
use tokio::time::Instant;

/// Nobody waits for the answer, so a chat may take its time; Lambda's own limit is above this.
const LIMIT: Duration = Duration::from_secs(20);
/// The most that reading the secrets again may take.
const RENEWAL: Duration = Duration::from_secs(4);

/// For whoever invokes it by hand.
#[derive(Debug, Serialize)]
struct Answer {
    reminder: &'static str,
    decision: &'static str,
}

/// What reminds, and the time that it goes by in a rehearsal.
struct EditableRotation {
    reminders: Reminders,
    clock: Option<DateTime<Utc>>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    wiring::function(run()).await
}

async fn run() -> Result<(), Error> {
    let (base, parameters) = Base::new(Reach::Live, Utc::now())?;
    let build = async |lookup: Lookup<'_>| {
        let config = base.config(lookup)?;
        let clock = config.clock;
        Ok::<_, Faults>(EditableRotation { reminders: base.reminders(config), clock })
    };
    let renewal = &Renewal::start(wiring::environment, parameters, base.begin(), build, Utc::now()).await?;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Event>| {
        let EditableRotation { reminders, clock } = &*renewal.current().await;
        let now = clock.unwrap_or_else(Utc::now);
        let answer = send(reminders, &event.payload, now).await;
        // What a mended secret puts right is right when Lambda tries again.
        if answer.is_err() || reminders.roster.has_failed() {
            renewal.renewed(Instant::now() + RENEWAL, now).await;
        }
        answer
    }))
    .await
}

/// A reminder that no chat took fails the invocation, so that Lambda tries again.
async fn send(reminders: &Reminders, event: &Event, now: DateTime<Utc>) -> Result<Answer, Error> {
    let (reminder, scheduled) = event.wanted(&reminders.team.calendar, now)?;
    match reminders.send(reminder, scheduled, Instant::now() + LIMIT, now).await {
        Sent::NotTaken => Err(format!("no chat has taken the {} reminder", reminder.name()).into()),
        sent => Ok(Answer { reminder: reminder.name(), decision: sent.name() }),
    }
}
