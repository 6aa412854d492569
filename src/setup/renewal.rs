//! Secrets that are fixed while a function runs.
//!
//! A process is built from its settings. If something fails that a fixed secret may cure, the parameters or files are read again,
//! once a minute at most; if they have changed, it is rebuilt, without a deployment.

use crate::net::quote;
use crate::setup::config::Faults;
use crate::setup::files::{Files, NotReadable};
use crate::setup::parameters::{LIMIT, NotRead, Parameters, Secrets};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// Secrets that were read more recently are not read again.
const RECENT: TimeDelta = TimeDelta::seconds(60);

/// The settings: a variable's value, from wherever it is.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Where secrets are besides the environment.
#[derive(Debug)]
pub enum Place {
    Nowhere,
    Parameters(Parameters),
    Files(Files),
}

impl From<Option<Parameters>> for Place {
    fn from(parameters: Option<Parameters>) -> Self {
        parameters.map_or(Self::Nowhere, Self::Parameters)
    }
}

impl Place {
    async fn read(&self, deadline: Instant) -> Result<Secrets, NotBuilt> {
        match self {
            Self::Nowhere => Ok(Secrets::default()),
            Self::Parameters(parameters) => Ok(parameters.read(deadline).await?),
            Self::Files(files) => Ok(files.read()?),
        }
    }

    /// As a sentence has it.
    fn name(&self) -> &'static str {
        if let Self::Files(_) = self { "the files with secrets" } else { "the parameters" }
    }
}

/// What was built from the settings, with what is needed to rebuild it.
#[derive(Debug)]
pub struct Renewal<T, B> {
    environment: fn(&str) -> Option<String>,
    place: Place,
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
    NotReadable(#[from] NotReadable),
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
    /// Reads the secrets while `meanwhile` runs; then builds.
    pub async fn start(
        environment: fn(&str) -> Option<String>,
        place: Place,
        meanwhile: impl Future<Output = ()>,
        build: B,
        now: DateTime<Utc>,
    ) -> Result<Self, NotBuilt> {
        let (secrets, ()) = tokio::join!(place.read(Instant::now() + LIMIT), meanwhile);
        let secrets = secrets?;
        if let Place::Parameters(_) = place {
            let variables = secrets.variables().map(quote::code).collect::<Vec<_>>().join(", ");
            if variables.is_empty() {
                tracing::warn!("none of the parameters under PARAMETERS_PATH is there");
            } else {
                tracing::info!(variables, "the parameters were read");
            }
        }
        let product = build(&with_secrets(environment, secrets.clone())).await?;
        let built = Built { product: Arc::new(product), secrets, asked_at: now };
        Ok(Self { environment, place, build, built: Mutex::new(built) })
    }

    pub async fn current(&self) -> Arc<T> {
        self.built.lock().await.product.clone()
    }

    /// Reads the secrets again after a failure, if the last time is a minute ago. Returns `None` if that changes nothing.
    pub async fn renewed(&self, deadline: Instant, now: DateTime<Utc>) -> Option<Arc<T>> {
        if let Place::Nowhere = self.place {
            return None;
        }
        let what = self.place.name();
        let mut built = self.built.lock().await;
        // A clock that was put back is waited for by none.
        if (now - built.asked_at).abs() < RECENT {
            return None;
        }
        built.asked_at = now;
        let secrets = match self.place.read(deadline).await {
            Ok(secrets) if secrets == built.secrets => return None,
            Ok(secrets) => secrets,
            Err(error) => {
                tracing::error!(configuration = true, "{error}. What was read before stays in use");
                return None;
            }
        };
        let product = (self.build)(&with_secrets(self.environment, secrets.clone())).await;
        match product {
            Ok(product) => {
                tracing::info!("{what} have changed and are now in use");
                *built = Built { product: Arc::new(product), secrets, asked_at: now };
                Some(built.product.clone())
            }
            Err(error) => {
                tracing::error!(configuration = true, "{what} have changed and cannot be used: {error}");
                None
            }
        }
    }
}
