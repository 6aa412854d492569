//! Secrets that are mended while a function runs.
//!
//! A function is built of its settings. When something fails that a mended secret may put right, the parameters are
//! read again, once a minute at most; when they have changed, the function is built anew, without a deployment.

use crate::setup::config::Faults;
use crate::setup::parameters::{LIMIT, NotRead, Parameters, Secrets};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// Secrets that were read more recently are taken to be what they are now.
const RECENT: TimeDelta = TimeDelta::seconds(60);

/// The settings: a variable's value, from wherever it comes.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What was built of the settings, with what is needed to build it again.
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

/// It could not be built.
#[derive(Debug, thiserror::Error)]
pub enum NotBuilt {
    /// For want of secrets.
    #[error(transparent)]
    NotRead(#[from] NotRead),
    /// The settings are wrong.
    #[error(transparent)]
    Faults(#[from] Faults),
}

/// The variables of the environment, and where one is not set or empty the parameter of its name.
pub fn with_secrets(environment: impl Fn(&str) -> Option<String>, secrets: Secrets) -> impl Fn(&str) -> Option<String> {
    move |variable| {
        let own = environment(variable).filter(|value| !value.trim().is_empty());
        own.or_else(|| secrets.value(variable).map(|secret| secret.expose().to_owned()))
    }
}

impl<T, B: AsyncFn(Lookup<'_>) -> Result<T, Faults>> Renewal<T, B> {
    /// Reads the parameters, if there are any, while `meanwhile` is done; then builds.
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
            let variables = secrets.variables().collect::<Vec<_>>().join(", ");
            match variables.is_empty() {
                true => tracing::warn!("there is no parameter under PARAMETERS_PATH"),
                false => tracing::info!(variables, "the parameters were read"),
            }
        }
        let product = build(&with_secrets(environment, secrets.clone())).await?;
        let built = Built { product: Arc::new(product), secrets, asked_at: now };
        Ok(Self { environment, parameters, build, built: Mutex::new(built) })
    }

    /// What there is now.
    pub async fn current(&self) -> Arc<T> {
        self.built.lock().await.product.clone()
    }

    /// After a failure: reads the parameters again, if the last time is a minute ago. `None` when that changes nothing.
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
                tracing::error!(configuration = true, "{error}. What was read before goes on being used");
                return None;
            }
        };
        let product = (self.build)(&with_secrets(self.environment, secrets.clone())).await;
        match product {
            Ok(product) => {
                tracing::info!("the parameters have changed; from now on they are used");
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
