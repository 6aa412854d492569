//! The Lambda function behind API Gateway or a function URL, and of EventBridge's rules.

use chrono::Utc;
use lambda_runtime::{Error, LambdaEvent};
use std::process::ExitCode;
use std::time::Duration;
use toban::lambda::eventbridge::{Handed, own_account};
use toban::lambda::gateway::{Event, Response};
use toban::relay::intake::{Answer, Intake, Sink};
use toban::relay::via::Via;
use toban::setup::config::{Faults, Front, Role};
use toban::setup::function::{self, Function, Then};
use toban::setup::renewal::Lookup;
use toban::setup::wiring::{Base, environment};

/// The most that reading the secrets again may take of a sender's time.
const RENEWAL: Duration = Duration::from_millis(1_500);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let role = if Front::is_wanted(environment) { Role::Front } else { Role::WholeRelay };
    function::run(role, begin, build, answer, RENEWAL, Utc::now).await
}

/// In front of a queue it needs no rotation.
async fn begin(base: &Base) {
    if !Front::is_wanted(environment) {
        base.begin().await;
    }
}

async fn build(base: &Base, lookup: Lookup<'_>) -> Result<Function<Intake>, Faults> {
    if let Some(Front { credentials, queue, destinations, clock }) = Front::from_lookup(lookup)? {
        let sink = Sink::Queue(base.queues(queue), destinations);
        return Ok(Function { built: Intake { credentials, sink }, clock });
    }
    let config = base.config(lookup)?;
    let relay = base.relay(&config, Via::Request);
    relay.warm(config.clock.unwrap_or_else(Utc::now)).await.ok();
    let intake = Intake { credentials: config.credentials, sink: Sink::Inline(Box::new(relay)) };
    Ok(Function { built: intake, clock: config.clock })
}

async fn answer(function: &Function<Intake>, event: &mut LambdaEvent<Event>) -> (Result<Response, Error>, Then) {
    if let Some(handed) = event.payload.handed() {
        // Boxed, so that a request is not moved about with the room for it.
        return Box::pin(take(function, &handed, own_account(&event.context))).await;
    }
    let request = match event.payload.request() {
        Ok(request) => request,
        Err(error) => return (Err(error.into()), Then::Nothing),
    };
    let answer = function.built.answer(&request, function.now()).await;
    let then =
        if answer.is_refused() { Then::RenewAndRepeat } else { Then::renew_if(answer.status == Answer::UNAVAILABLE) };
    (Ok(event.payload.response(&answer)), then)
}

/// What is not to be trusted is not an error: Lambda would hand it over again, and it would be no better.
async fn take(
    function: &Function<Intake>,
    handed: &Handed<'_>,
    own_account: Option<&str>,
) -> (Result<Response, Error>, Then) {
    let Intake { credentials, .. } = &function.built;
    let trusted = match credentials.eventbridge.check(handed.envelope(), own_account) {
        Ok(trusted) => trusted,
        Err(why) => {
            tracing::warn!(auth_failed = true, route = "EventBridge", "{why}. {}", why.advice());
            return (Ok(Response::None), Then::Nothing);
        }
    };
    match function.built.take(&trusted, function.now()).await {
        Ok(()) => (Ok(Response::None), Then::Nothing),
        Err(error) => (Err(error.into()), Then::Renew),
    }
}
