//! From settings to the parts that do the work: what every binary builds in the same way.

use crate::domain::destination::Destination;
use crate::ledger::{LEASE, Ledger, RotationCopy};
use crate::net::aws::Aws;
use crate::net::http;
use crate::pagerduty::acting::Actor;
use crate::pagerduty::{Access, Client, Limits};
use crate::queue::sqs::Sqs;
use crate::queue::{Queue, Queues};
use crate::relay::act::Acts;
use crate::relay::deliver::Relay;
use crate::relay::reminder::{History, Reminders};
use crate::relay::shift::Shifts;
use crate::relay::tally::Tally;
use crate::relay::team::Team;
use crate::relay::via::Via;
use crate::relay::watchdog::{Patience, Watchdog};
use crate::roster::{LIMIT, Roster, Source, TeamTime};
use crate::setup::config::{
    Acting, Config, Early, Fault, Faults, LedgerPlace, Misnamed, ParametersPlace, QueuePlace, Reach, Role,
    WatchdogConfig, Watched, misnamed,
};
use crate::setup::parameters::Parameters;
use crate::setup::renewal::Lookup;
use crate::store::Table;
use crate::store::dynamodb::DynamoDb;
use chrono::{DateTime, Utc};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::timeout;

/// Each is spent twice, 110 s in all: Lambda ends a tick after 180 s, and the rest is for the end of a shift, which comes before,
/// for the daily check, which comes after (40 s), and for reading the secrets again.
pub const PATIENCE: Patience = Patience { asking: Duration::from_secs(35), telling: Duration::from_secs(20) };

/// A variable of the environment.
pub fn environment(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

/// The variables of the environment that nobody reads and that resemble a setting.
pub fn misnamed_settings() -> Vec<Misnamed> {
    let set = std::env::vars_os().filter(|(_, value)| !value.is_empty());
    let names: Vec<_> = set.filter_map(|(name, _)| name.into_string().ok()).collect();
    misnamed(names.iter().map(String::as_str))
}

/// Logs them, which a process does once, at its start.
pub fn warn_of_misnamed_settings() {
    for found in misnamed_settings() {
        tracing::error!(configuration = true, "{found}");
    }
}

/// What is built before the secrets are read, and stays when they change.
#[derive(Debug)]
pub struct Base {
    http: http::Client,
    ledger: Arc<Ledger>,
    history: History,
    /// The ledger's copy of the rotation, once it was asked for, for the first roster.
    copy: Mutex<Option<Option<RotationCopy>>>,
    tally: Tally,
}

impl Base {
    /// Builds it, and finds the Parameter Store, if there is one. Sends nothing yet. `now` is the real time.
    pub fn new(reach: Reach, role: Role, now: DateTime<Utc>) -> Result<(Self, Option<Parameters>), reqwest::Error> {
        let http = http::client()?;
        let Early { parameters, ledger } = Early::from_lookup(environment, reach);
        let parameters = parameters.filter(|_| !role.secrets().is_empty()).map(|place| stored(place, role, &http));
        let (ledger, history) = match ledger {
            // A process that has just started remembers nothing of last night.
            LedgerPlace::Memory => (Ledger::memory(), History::Unknown),
            LedgerPlace::Table { name, lease, aws } => {
                let table = DynamoDb::new(Aws::new(aws, http.clone()).dynamodb(), name);
                (Ledger::new(table, owner(now), lease), History::Known)
            }
        };
        Ok((
            Self { http, ledger: Arc::new(ledger), history, copy: Mutex::new(None), tally: Tally::default() },
            parameters,
        ))
    }

    /// The same with the rows of this table.
    #[must_use]
    pub fn reading(self, table: impl Table + 'static, now: DateTime<Utc>) -> Self {
        let ledger = Arc::new(Ledger::new(table, owner(now), LEASE));
        Self { ledger, history: History::Known, ..self }
    }

    /// Whether its ledger knows what other processes have posted.
    pub fn knows_history(&self) -> bool {
        self.history == History::Known
    }

    /// On a table that this process alone has, and counting. `now` is the real time.
    pub fn alone(http: http::Client, table: impl Table + 'static, now: DateTime<Utc>) -> Self {
        let ledger = Arc::new(Ledger::alone(table, owner(now), LEASE));
        Self { http, ledger, history: History::Known, copy: Mutex::new(None), tally: Tally::counting() }
    }

    /// Reads the ledger's copy of the rotation, which needs no secret. If it is fresh, the start does not ask Google.
    pub async fn begin(&self) {
        let copy = timeout(LIMIT, self.ledger.rotation()).await.ok();
        *self.copy.lock().unwrap_or_else(PoisonError::into_inner) = copy;
    }

    pub fn http(&self) -> &http::Client {
        &self.http
    }

    /// How what its relays did has ended.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    pub(super) fn shared_ledger(&self) -> Arc<Ledger> {
        self.ledger.clone()
    }

    pub fn settings(&self, lookup: Lookup<'_>, reach: Reach) -> Result<Config, Faults> {
        Config::from_lookup(lookup, &self.http, reach)
    }

    /// The same for a function, which logs the warnings.
    pub fn config(&self, lookup: Lookup<'_>) -> Result<Config, Faults> {
        self.settings(lookup, Reach::Live).inspect(warn_of)
    }

    /// A client of PagerDuty, for commands that somebody waits for.
    pub fn pagerduty(&self, access: Access) -> Client {
        let limits = Limits { answer: Duration::from_secs(20), wait: Duration::from_secs(90) };
        Client::new(self.http.clone(), access, limits)
    }

    /// The watchdog, and the time to act at in a rehearsal.
    pub fn watchdog(&self, lookup: Lookup<'_>) -> Result<(Watchdog, Option<DateTime<Utc>>), Faults> {
        let config = WatchdogConfig::from_lookup(lookup, &self.http)?;
        config.warnings.iter().for_each(warn);
        let team = config.open_team(&self.http, Utc::now);
        let WatchdogConfig { watched, queue, destinations, clock, .. } = config;
        Ok((self.watching(team, watched, self.queues(queue), destinations), clock))
    }

    /// The watchdog over these services, which puts what is missing into these queues.
    pub fn watching(
        &self,
        team: Team,
        Watched { access, services }: Watched,
        queues: Queues,
        destinations: Vec<Destination>,
    ) -> Watchdog {
        let account = self.account(access);
        let ledger = self.ledger.clone();
        Watchdog { team, ledger, account, services, queues, destinations, patience: PATIENCE }
    }

    /// A client of PagerDuty for what is asked again by itself: the watchdog's next round is in ten minutes.
    pub(super) fn account(&self, access: Access) -> Client {
        let limits = Limits { answer: Duration::from_secs(10), wait: Duration::from_secs(15) };
        Client::new(self.http.clone(), access, limits)
    }

    pub fn parameters(&self, place: ParametersPlace) -> Parameters {
        stored(place, Role::CommandLine, &self.http)
    }

    pub fn queues(&self, QueuePlace { url, news, presses, aws }: QueuePlace) -> Queues {
        let client = Aws::new(aws, self.http.clone()).sqs();
        let queue = |url: String| {
            let name = url.rsplit('/').next().unwrap_or_default().to_owned();
            Queue::new(&name, Sqs::new(client.clone(), url))
        };
        Queues { news: news.map(queue), presses: presses.map(queue), rest: queue(url) }
    }

    pub fn relay(&self, config: &Config, via: Via) -> Relay {
        Relay { team: self.team(config), ledger: self.ledger.clone(), via, tally: self.tally.clone() }
    }

    /// What does what people press.
    pub fn acts(&self, config: &Config) -> Acts {
        let resolvers = config.acting.as_ref().map(|acting| acting.resolvers.clone()).unwrap_or_default();
        Acts { actor: config.acting.clone().map(|acting| self.actor(acting)), resolvers }
    }

    /// What says what is open when a shift ends, if people can answer. `queues` are those of the worker.
    pub fn shifts(&self, config: &Config, queues: Queues) -> Option<Shifts> {
        config.outlets.with_buttons()?;
        let actor = config.acting.clone().map(|acting| self.actor(acting));
        Some(Shifts { team: self.team(config), ledger: self.ledger.clone(), queues, actor })
    }

    pub fn actor(&self, Acting { access, email, services, sre, .. }: Acting) -> Actor {
        // Somebody waits, and nothing is lost with a note.
        let limits = Limits { answer: Duration::from_secs(4), wait: Duration::from_secs(2) };
        let client = Client::new(self.http.clone(), access, limits);
        Actor { client, email, services, sre, user: Arc::default() }
    }

    pub fn reminders(&self, config: Config) -> Reminders {
        Reminders {
            team: self.team(&config),
            ledger: self.ledger.clone(),
            history: self.history,
            manual: config.manual,
            checklist: config.checklist,
        }
    }

    /// The team of the settings. Its rotation begins with the ledger's copy, if that was read.
    pub fn team(&self, config: &Config) -> Team {
        let team = config.open_team(&self.http, Utc::now);
        if let Some(copy) = self.copy.lock().unwrap_or_else(PoisonError::into_inner).take() {
            team.roster.begin_with(copy.as_ref(), config.clock.unwrap_or_else(Utc::now));
        }
        team
    }

    pub fn roster(&self, source: Source, team: TeamTime) -> Roster {
        Roster::open(source, team, &self.http, Utc::now)
    }
}

fn stored(place: ParametersPlace, role: Role, http: &http::Client) -> Parameters {
    Parameters::new(Aws::new(place.aws, http.clone()).ssm(), place.path, role.secrets())
}

/// Logs what is wrong with the settings but does not keep a function from starting.
fn warn_of(config: &Config) {
    config.warnings.iter().for_each(warn);
    if matches!(config.ledger, LedgerPlace::Memory) {
        tracing::warn!("without LEDGER_TABLE a repeat is recognised only by the instance that posted the original");
    }
}

fn warn(fault: &Fault) {
    tracing::error!(configuration = true, "{fault}. Messages go out regardless, as well as they can");
}

/// A name for this process, different from any other's: the function's log stream, the process, the time.
fn owner(now: DateTime<Utc>) -> String {
    let stream = environment("AWS_LAMBDA_LOG_STREAM_NAME").unwrap_or_default();
    format!("{stream}:{}:{}", std::process::id(), now.timestamp_nanos_opt().unwrap_or_default())
}
