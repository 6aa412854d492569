//! What the four Lambda functions have in common: how one starts, answers events, and renews its secrets.

use crate::net::logging;
use crate::setup::config::{Faults, Reach, Role};
use crate::setup::renewal::{Lookup, Renewal};
use crate::setup::wiring::{Base, environment, warn_of_misnamed_settings};
use chrono::{DateTime, Utc};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::process::ExitCode;
use std::time::Duration;
use tokio::time::Instant;

/// What a function builds at its start, and again once its secrets have changed.
#[derive(Debug)]
pub struct Function<T> {
    pub built: T,
    /// The time to act at, in a rehearsal.
    pub clock: Option<DateTime<Utc>>,
}

/// What is to be done after an event. When something failed, its secret may have been fixed meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    Nothing,
    /// Read the secrets again, for the next event.
    Renew,
    /// The same, and answer this event again with what has changed.
    RenewAndRepeat,
}

impl Then {
    /// For senders that repeat by themselves what failed.
    pub fn renew_if(has_failed: bool) -> Self {
        if has_failed { Self::Renew } else { Self::Nothing }
    }
}

impl<T> Function<T> {
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.unwrap_or_else(Utc::now)
    }
}

/// Builds a function and answers events until Lambda ends the process. If it cannot start, an error line says why, with
/// every fault in it. `begin` runs while the secrets of the role are read; `patience` is the most that reading them again may take; `clock` is the
/// real one.
pub async fn run<T, E: DeserializeOwned, A: Serialize>(
    role: Role,
    begin: impl AsyncFnOnce(&Base),
    build: impl AsyncFn(&Base, Lookup<'_>) -> Result<Function<T>, Faults>,
    answer: impl AsyncFn(&Function<T>, &mut LambdaEvent<E>) -> (Result<A, Error>, Then),
    patience: Duration,
    clock: fn() -> DateTime<Utc>,
) -> ExitCode {
    logging::to_json(environment("RUST_LOG").as_deref());
    warn_of_misnamed_settings();
    match serve(role, begin, build, answer, patience, clock).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve<T, E: DeserializeOwned, A: Serialize>(
    role: Role,
    begin: impl AsyncFnOnce(&Base),
    build: impl AsyncFn(&Base, Lookup<'_>) -> Result<Function<T>, Faults>,
    answer: impl AsyncFn(&Function<T>, &mut LambdaEvent<E>) -> (Result<A, Error>, Then),
    patience: Duration,
    clock: fn() -> DateTime<Utc>,
) -> Result<(), Error> {
    let (base, parameters) = Base::new(Reach::Live, role, clock())?;
    let build = async |lookup: Lookup<'_>| build(&base, lookup).await;
    let renewal = Renewal::start(environment, parameters.into(), begin(&base), build, clock()).await?;
    let respond = async |mut event: LambdaEvent<E>| {
        let function = renewal.current().await;
        let (answered, then) = answer(&function, &mut event).await;
        if then != Then::Nothing
            && let Some(renewed) = renewal.renewed(Instant::now() + patience, function.now()).await
            && then == Then::RenewAndRepeat
        {
            return answer(&renewed, &mut event).await.0;
        }
        answered
    };
    // Boxed, because the runtime hands its future from layer to layer, each time byte by byte.
    lambda_runtime::run(service_fn(|event| Box::pin(respond(event)))).await
}
