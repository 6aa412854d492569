//! The Lambda function behind API Gateway or a function URL.

use chrono::{DateTime, Utc};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use std::process::ExitCode;
use std::time::Duration;
use toban::lambda::gateway::{Event, Response};
use toban::relay::intake::{Answer, Intake, Sink};
use toban::setup::config::{Faults, Front, Reach};
use toban::setup::renewal::{Lookup, Renewal};
use toban::setup::wiring::{self, Base};
use tokio::time::Instant;

/// The most that reading the secrets again may take of a sender's time.
const RENEWAL: Duration = Duration::from_millis(1_500);

/// What answers, and the time that it goes by in a rehearsal.
struct EditableRotation {
    intake: Intake,
    clock: Option<DateTime<Utc>>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    wiring::function(run()).await
}

async fn run() -> Result<(), Error> {
    let (base, parameters) = Base::new(Reach::Live, Utc::now())?;
    let build = async |lookup: Lookup<'_>| editable(&base, lookup).await;
    let meanwhile = async {
        if !Front::is_wanted(wiring::environment) {
            base.begin().await;
        }
    };
    let renewal = &Renewal::start(wiring::environment, parameters, meanwhile, build, Utc::now()).await?;
    // Boxed, because the runtime hands its future from layer to layer, each time byte by byte.
    let answer = |event: LambdaEvent<Event>| Box::pin(answer(renewal, event));
    lambda_runtime::run(service_fn(answer)).await
}

async fn answer<B>(renewal: &Renewal<EditableRotation, B>, event: LambdaEvent<Event>) -> Result<Response, Error>
where
    B: AsyncFn(Lookup<'_>) -> Result<EditableRotation, Faults>,
{
    let request = event.payload.request()?;
    let EditableRotation { intake, clock } = &*renewal.current().await;
    let now = || clock.unwrap_or_else(Utc::now);
    let mut answer = intake.answer(&request, now()).await;
    let is_believed = answer != Answer::NOT_AUTHENTICATED && answer != Answer::UNAUTHORIZED;
    if (answer.status == Answer::UNAVAILABLE || !is_believed)
        && let Some(renewed) = renewal.renewed(Instant::now() + RENEWAL, now()).await
        && !is_believed
    {
        answer = renewed.intake.answer(&request, now()).await;
    }
    Ok(event.payload.response(&answer))
}

async fn editable(base: &Base, lookup: Lookup<'_>) -> Result<EditableRotation, Faults> {
    if let Some(front) = Front::from_lookup(lookup)? {
        let sink = Sink::Queue(base.queue(front.queue), front.destinations);
        return Ok(EditableRotation { intake: Intake { credentials: front.credentials, sink }, clock: front.clock });
    }
    let config = base.config(lookup)?;
    let clock = config.clock;
    let (credentials, relay) = (config.credentials.clone(), base.relay(config));
    relay.warm(clock.unwrap_or_else(Utc::now)).await;
    Ok(EditableRotation { intake: Intake { credentials, sink: Sink::Inline(Box::new(relay)) }, clock })
}
