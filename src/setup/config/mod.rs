//! Settings as a value: read once, checked whole, and every fault told at once.
//!
//! Each binary asks only for what it uses. docs/settings.md is the reference for users; a test holds the two together.

mod chats;
mod cloud;
mod lookup;
mod mackerel;
mod pagerduty;
mod sources;
mod team;

pub use pagerduty::{HolidaysPlace, PagerDutyConfig, WatchdogConfig, Watched};

use crate::chat::Chat;
use crate::chat::console::Console;
use crate::chat::delivery::{Destination, Outlets};
use crate::domain::text::Link;
use crate::net::aws::Environment;
use crate::relay::team::Team;
use crate::roster::Source;
use crate::source::Credentials;
use chrono::{DateTime, TimeDelta, Utc};
use lookup::Settings;
pub use lookup::{Fault, Faults, secrets};
pub use mackerel::MackerelConfig;

/// What the webhook needs.
#[derive(Debug)]
pub struct Config {
    /// How the team wants it.
    pub team: Team,
    /// Who is believed.
    pub credentials: Credentials,
    /// Where messages go.
    pub outlets: Outlets,
    /// Where reminders go: the same chats, in the channels for them.
    pub reminder_outlets: Outlets,
    /// `MANUAL_URL`, in the reminders.
    pub manual: Option<Link>,
    /// `CHECKLIST_URL`, in the reminders.
    pub checklist: Option<Link>,
    /// Where the rotation is.
    pub roster: Source,
    /// Where the ledger is.
    pub ledger: LedgerPlace,
    /// The queue that the worker serves.
    pub queue: Option<QueuePlace>,
    /// The time to act at, in a rehearsal.
    pub clock: Option<DateTime<Utc>>,
    /// Whether a watchdog is configured: `PAGERDUTY_SERVICE_IDS`.
    pub has_watchdog: bool,
    /// Faults that leave a chat working, with the other one or the rotation missing: to be logged and mended, but an
    /// alert without its people is better than none.
    pub warnings: Vec<Fault>,
}

/// Where the ledger is.
#[derive(Debug, Clone)]
pub enum LedgerPlace {
    /// In the process: repeats, threads and once-a-day hold within it, and no further.
    Memory,
    /// A table of DynamoDB.
    Table {
        /// `LEDGER_TABLE`
        name: String,
        /// How long a claim is honoured.
        lease: TimeDelta,
        /// Where AWS is, and who we are there.
        aws: Environment,
    },
}

/// Where the queue is.
#[derive(Debug, Clone)]
pub struct QueuePlace {
    /// `QUEUE_URL`
    pub url: String,
    /// Where AWS is, and who we are there.
    pub aws: Environment,
}

/// Where secrets are.
#[derive(Debug, Clone)]
pub struct ParametersPlace {
    /// `PARAMETERS_PATH`, without a slash at its end.
    pub path: String,
    /// Where AWS is, and who we are there.
    pub aws: Environment,
}

/// What can be known before the secrets are. What is wrong with it is told with everything else that is.
#[derive(Debug)]
pub struct Early {
    /// Where the secrets are, if not in the environment.
    pub parameters: Option<ParametersPlace>,
    /// Where the ledger is.
    pub ledger: LedgerPlace,
}

/// What the webhook needs when it only puts events into the queue: no chat's token, no rotation.
#[derive(Debug)]
pub struct Front {
    /// Who is believed.
    pub credentials: Credentials,
    /// Where events go.
    pub queue: QueuePlace,
    /// For which chats each is queued.
    pub destinations: Vec<Destination>,
    /// The time to act at, in a rehearsal.
    pub clock: Option<DateTime<Utc>>,
}

/// Where `toban demo` and `toban explain` post: nowhere but the terminal, unless asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The configured chats.
    Live,
    /// The configured rotation is read, but nothing is posted anywhere; chats need not be configured.
    ReadOnly,
    /// This machine alone: chats need not be configured, and the rotation may be the sample.
    Local,
}

impl Config {
    /// Everything from settings. `lookup` is the environment, or whatever stands for it; empty means not set.
    pub fn from_lookup(
        lookup: impl Fn(&str) -> Option<String>,
        http: &reqwest::Client,
        reach: Reach,
    ) -> Result<Self, Faults> {
        let mut settings = Settings::new(&lookup);
        let team = team::team(&mut settings);
        let credentials = sources::credentials(&mut settings);
        let (outlets, mut warnings) = match reach {
            Reach::Live => chats::outlets(&mut settings, http),
            Reach::Local | Reach::ReadOnly => (Some(Outlets::One(Chat::Console(Console))), Vec::new()),
        };
        let (manual, checklist) = (settings.link("MANUAL_URL"), settings.link("CHECKLIST_URL"));
        let (roster, faults) = sources::roster(&mut settings, reach);
        warnings.extend(faults);
        let ledger = cloud::ledger(&mut settings, reach);
        let queue = cloud::queue(&mut settings, reach);
        cloud::parameters(&mut settings, reach);
        let clock = team::clock(&mut settings);
        let has_watchdog = !settings.list("PAGERDUTY_SERVICE_IDS").is_empty();
        settings.done()?;
        let (Some(team), Some(outlets), Some(ledger)) = (team, outlets, ledger) else {
            unreachable!("what is missing without a fault is a fault of this function");
        };
        let reminder_outlets = chats::for_reminders(&outlets, |variable| Settings::new(&lookup).text(variable));
        Ok(Self {
            team,
            credentials,
            outlets,
            reminder_outlets,
            manual,
            checklist,
            roster,
            ledger,
            queue,
            clock,
            has_watchdog,
            warnings,
        })
    }

    /// Whether any chat is configured, rightly or wrongly.
    pub fn names_a_chat(lookup: impl Fn(&str) -> Option<String>) -> bool {
        chats::VARIABLES.iter().any(|variable| Settings::new(&lookup).text(variable).is_some())
    }
}

impl Early {
    /// Reads no secret but those that AWS sets.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>, reach: Reach) -> Self {
        let mut settings = Settings::new(&lookup);
        let parameters = cloud::parameters(&mut settings, reach);
        let ledger = cloud::ledger(&mut settings, reach).unwrap_or(LedgerPlace::Memory);
        Self { parameters, ledger }
    }
}

impl Front {
    /// Whether the webhook only puts events into the queue. Without `QUEUE_URL` it is the whole relay.
    pub fn is_wanted(lookup: impl Fn(&str) -> Option<String>) -> bool {
        Settings::new(&lookup).text("QUEUE_URL").is_some()
    }

    /// `None` when it is not wanted.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, Faults> {
        if !Self::is_wanted(&lookup) {
            return Ok(None);
        }
        let mut settings = Settings::new(&lookup);
        let queue = cloud::queue(&mut settings, Reach::Live);
        cloud::parameters(&mut settings, Reach::Live);
        let credentials = sources::credentials(&mut settings);
        let destinations = chats::destinations(&mut settings);
        let clock = team::clock(&mut settings);
        settings.done()?;
        Ok(queue.map(|queue| Self { credentials, queue, destinations, clock }))
    }
}
