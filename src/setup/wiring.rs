//! From settings to the things that work: what every binary builds in the same way.

use crate::ledger::{Ledger, RotationCopy};
use crate::net::aws::Aws;
use crate::pagerduty::{Access, Client, Limits};
use crate::queue::Queue;
use crate::relay::deliver::Relay;
use crate::relay::notifier::Notifier;
use crate::relay::reminder::{History, Reminders};
use crate::relay::watchdog::{Patience, Watchdog};
use crate::roster::{LIMIT, Roster, Source};
use crate::setup::config::{
    Config, Early, Fault, Faults, LedgerPlace, ParametersPlace, QueuePlace, Reach, WatchdogConfig, Watched,
};
use crate::setup::parameters::Parameters;
use crate::setup::renewal::Lookup;
use chrono::{DateTime, Utc};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::timeout;

/// Twice the two are 110 s: Lambda ends a round after 120 s, and what is left is for reading the secrets again.
pub const PATIENCE: Patience = Patience { asking: Duration::from_secs(35), telling: Duration::from_secs(20) };

/// A variable of the environment.
pub fn environment(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

/// A function from its start to its end. Why it could not start is an error line, with every fault in it.
pub async fn function(run: impl Future<Output = Result<(), lambda_runtime::Error>>) -> ExitCode {
    crate::net::logging::to_json(environment("RUST_LOG").as_deref());
    match run.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// What is there before the secrets are, and stays when they change.
#[derive(Debug)]
pub struct Base {
    http: reqwest::Client,
    ledger: Arc<Ledger>,
    /// The ledger's copy of the rotation, for the first roster.
    copy: Mutex<Option<RotationCopy>>,
}

impl Base {
    /// Builds it, and finds the store of secrets, if there is one. Nothing is asked of anybody yet. `now` is the real
    /// time.
    pub fn new(reach: Reach, now: DateTime<Utc>) -> Result<(Self, Option<Parameters>), reqwest::Error> {
        let http = crate::net::http::client()?;
        let Early { parameters, ledger } = Early::from_lookup(environment, reach);
        let parameters =
            parameters.map(|ParametersPlace { path, aws }| Parameters::new(Aws::new(aws, http.clone()).ssm(), path));
        let ledger = match ledger {
            LedgerPlace::Memory => Ledger::memory(),
            LedgerPlace::Table { name, lease, aws } => {
                Ledger::table(Aws::new(aws, http.clone()).dynamodb(), name, owner(now), lease)
            }
        };
        Ok((Self { http, ledger: Arc::new(ledger), copy: Mutex::new(None) }, parameters))
    }

    /// What can be asked for while the secrets are being read: the ledger's copy of the rotation. When it is fresh,
    /// Google is not asked at the start at all.
    pub async fn begin(&self) {
        let copy = timeout(LIMIT, self.ledger.rotation()).await.ok().flatten();
        *self.copy.lock().unwrap_or_else(PoisonError::into_inner) = copy;
    }

    /// The ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Everything from settings.
    pub fn settings(&self, lookup: Lookup<'_>, reach: Reach) -> Result<Config, Faults> {
        Config::from_lookup(lookup, &self.http, reach)
    }

    /// The same for a function, which tells its log what is odd in them.
    pub fn config(&self, lookup: Lookup<'_>) -> Result<Config, Faults> {
        self.settings(lookup, Reach::Live).inspect(warn_of)
    }

    /// A client of PagerDuty, for commands that somebody waits for.
    pub fn pagerduty(&self, access: Access) -> Client {
        let limits = Limits { answer: Duration::from_secs(20), wait: Duration::from_secs(90) };
        Client::new(self.http.clone(), access, limits)
    }

    /// The watchdog, and the time that it goes by in a rehearsal.
    pub fn watchdog(&self, lookup: Lookup<'_>) -> Result<(Watchdog, Option<DateTime<Utc>>), Faults> {
        let config = WatchdogConfig::from_lookup(lookup, &self.http)?;
        config.warnings.iter().for_each(warn);
        let WatchdogConfig { watched: Watched { access, services }, team, outlets, queue, destinations, .. } = config;
        // There is another round in ten minutes.
        let limits = Limits { answer: Duration::from_secs(10), wait: Duration::from_secs(15) };
        let watchdog = Watchdog {
            account: Client::new(self.http.clone(), access, limits),
            services,
            queue: self.queue(queue),
            destinations,
            notifier: Notifier { outlets, ledger: self.ledger.clone() },
            team,
            patience: PATIENCE,
        };
        Ok((watchdog, config.clock))
    }

    /// The store of secrets.
    pub fn parameters(&self, place: ParametersPlace) -> Parameters {
        Parameters::new(Aws::new(place.aws, self.http.clone()).ssm(), place.path)
    }

    /// The queue.
    pub fn queue(&self, place: QueuePlace) -> Queue {
        Queue::new(Aws::new(place.aws, self.http.clone()).sqs(), place.url)
    }

    /// The whole relay.
    pub fn relay(&self, config: Config) -> Relay {
        let notifier = Notifier { outlets: config.outlets, ledger: self.ledger.clone() };
        let has_watchdog = config.has_watchdog;
        Relay { team: config.team, roster: self.roster(config.roster), notifier, has_watchdog }
    }

    /// The reminders.
    pub fn reminders(&self, config: Config) -> Reminders {
        // The memory of a process that has just started knows nothing of last night.
        let history = match config.ledger {
            LedgerPlace::Memory => History::Unknown,
            LedgerPlace::Table { .. } => History::Known,
        };
        Reminders {
            team: config.team,
            roster: self.roster(config.roster),
            notifier: Notifier { outlets: config.reminder_outlets, ledger: self.ledger.clone() },
            history,
            manual: config.manual,
            checklist: config.checklist,
        }
    }

    /// The rotation.
    pub fn roster(&self, source: Source) -> Roster {
        let roster = Roster::open(source, &self.http, Utc::now);
        roster.begin_with(self.copy.lock().unwrap_or_else(PoisonError::into_inner).take());
        roster
    }
}

/// Says what is wrong with the settings and does not keep a function from starting.
fn warn_of(config: &Config) {
    config.warnings.iter().for_each(warn);
    if matches!(config.ledger, LedgerPlace::Memory) {
        tracing::warn!("without LEDGER_TABLE a repeat is recognised only by the instance that posted the first");
    }
}

fn warn(fault: &Fault) {
    tracing::error!(configuration = true, "{fault}. Messages go out all the same, as well as they can");
}

/// A name for this process, different from any other's: the function's log stream, the process, the time.
fn owner(now: DateTime<Utc>) -> String {
    let stream = environment("AWS_LAMBDA_LOG_STREAM_NAME").unwrap_or_default();
    format!("{stream}:{}:{}", std::process::id(), now.timestamp_nanos_opt().unwrap_or_default())
}
