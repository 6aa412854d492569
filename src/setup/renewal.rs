//! Secrets that are fixed while a function runs.
//!
//! A function is built from its settings. If something fails that a fixed secret may cure, the parameters are read again,
//! once a minute at most; if they have changed, the function is rebuilt, without a deployment.

use crate::net::quote;
use crate::setup::config::Faults;
use crate::setup::parameters::{LIMIT, NotRead, Parameters, Secrets};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// Secrets that were read more recently are not read again.
const RECENT: TimeDelta = TimeDelta::seconds(60);

/// The settings: a variable's value, from wherever it is.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What was built from the settings, with what is needed to rebuild it.
#[derive(Debug)]
pub struct Renewal<T, B> {
    environment: fn(&str) -> Option<String>,
    parameters: Option<Parameters>,
    build: B,
    built: Mutex<Built<T>>,
}

#[derive(Debug)]
struct Built<T> {
    product: Arc<T>,
    secrets: Secrets,
    asked_at: DateTime<Utc>,
}

/// The function could not be built.
#[derive(Debug, thiserror::Error)]
pub enum NotBuilt {
    #[error(transparent)]
    NotRead(#[from] NotRead),
    #[error(transparent)]
    Faults(#[from] Faults),
}

/// The variables of the environment; if one is not set or empty, the parameter of that name.
pub fn with_secrets(environment: impl Fn(&str) -> Option<String>, secrets: Secrets) -> impl Fn(&str) -> Option<String> {
    move |variable| {
        let own = environment(variable).filter(|value| !value.trim().is_empty());
        own.or_else(|| secrets.value(variable).map(|secret| secret.expose().to_owned()))
    }
}

impl<T, B: AsyncFn(Lookup<'_>) -> Result<T, Faults>> Renewal<T, B> {
    /// Reads the parameters, if there are any, while `meanwhile` runs; then builds.
    pub async fn start(
        environment: fn(&str) -> Option<String>,
        parameters: Option<Parameters>,
        meanwhile: impl Future<Output = ()>,
        build: B,
        now: DateTime<Utc>,
    ) -> Result<Self, NotBuilt> {
        let read = async {
            match &parameters {
                Some(parameters) => parameters.read(Instant::now() + LIMIT).await,
                None => Ok(Secrets::default()),
            }
        };
        let (secrets, ()) = tokio::join!(read, meanwhile);
        let secrets = secrets?;
        if parameters.is_some() {
            let variables = secrets.variables().map(quote::code).collect::<Vec<_>>().join(", ");
            if variables.is_empty() {
                tracing::warn!("none of the parameters under PARAMETERS_PATH is there");
            } else {
                tracing::info!(variables, "the parameters were read");
            }
        }
        let product = build(&with_secrets(environment, secrets.clone())).await?;
        let built = Built { product: Arc::new(product), secrets, asked_at: now };
        Ok(Self { environment, parameters, build, built: Mutex::new(built) })
    }

    pub async fn current(&self) -> Arc<T> {
        self.built.lock().await.product.clone()
    }

    /// Reads the parameters again after a failure, if the last time is a minute ago. Returns `None` if that changes nothing.
    pub async fn renewed(&self, deadline: Instant, now: DateTime<Utc>) -> Option<Arc<T>> {
        let parameters = self.parameters.as_ref()?;
        let mut built = self.built.lock().await;
        if now - built.asked_at < RECENT {
            return None;
        }
        built.asked_at = now;
        let secrets = match parameters.read(deadline).await {
            Ok(secrets) if secrets == built.secrets => return None,
            Ok(secrets) => secrets,
            Err(error) => {
                tracing::error!(configuration = true, "{error}. The parameters that were read before stay in use");
                return None;
            }
        };
        let product = (self.build)(&with_secrets(self.environment, secrets.clone())).await;
        match product {
            Ok(product) => {
                tracing::info!("the parameters have changed and are now in use");
                *built = Built { product: Arc::new(product), secrets, asked_at: now };
                Some(built.product.clone())
            }
            Err(error) => {
                tracing::error!(configuration = true, "the parameters have changed and cannot be used: {error}");
                None
            }
        }
    }
}
