//! Settings as a value: read once, checked as a whole, and every fault reported at once.
//!
//! Each binary reads only what it uses. docs/settings.md is the reference for users; a test compares the two.

mod acting;
mod chats;
mod cloud;
mod fault;
mod lookup;
mod mackerel;
mod misnamed;
mod names;
mod notices;
mod pagerduty;
#[cfg(feature = "serve")]
mod serve;
mod sources;
mod team;

pub use acting::Acting;
pub use fault::{Bilingual, Fault, Faults};
pub use pagerduty::{HolidaysPlace, PagerDutyConfig, WatchdogConfig, Watched};

use crate::chat::Chat;
use crate::chat::delivery::Outlets;
use crate::domain::destination::Destination;
use crate::domain::text::Link;
use crate::net::aws::Environment;
use crate::net::http;
use crate::relay::team::{Team, TeamSettings};
use crate::roster::{Roster, Source};
use crate::source::Credentials;
use chrono::{DateTime, TimeDelta, Utc};
use lookup::Settings;
pub use lookup::{Role, secrets};
pub use mackerel::MackerelConfig;
pub use misnamed::{Misnamed, misnamed};
pub use names::names;
pub use notices::NoticeKind;
#[cfg(feature = "serve")]
pub use serve::{STATE, ServeConfig};
use std::collections::BTreeSet;

/// The demo's signing secret and token, if none are configured. Everybody knows them.
pub const DEMO_SECRET: &str = "toban-demo-secret";
pub const DEMO_TOKEN: &str = "toban-demo-token";

/// What the webhook without a queue needs, the worker and the reminders.
#[derive(Debug)]
pub struct Config {
    pub team: TeamSettings,
    /// Accepted credentials, per route.
    pub credentials: Credentials,
    /// Where messages about incidents go.
    pub outlets: Outlets,
    /// Where reminders go: the same chats, in the channels for them.
    pub reminder_outlets: Outlets,
    /// `MANUAL_URL`, in the reminders.
    pub manual: Option<Link>,
    /// `CHECKLIST_URL`, in the reminders.
    pub checklist: Option<Link>,
    /// Where the rotation is.
    pub roster: Source,
    pub ledger: LedgerPlace,
    /// The queues that the worker serves.
    pub queue: Option<QueuePlace>,
    /// Who does in PagerDuty what people press; `None` for nobody.
    pub acting: Option<Acting>,
    /// `NOTICES`: what is sent besides.
    pub notices: BTreeSet<NoticeKind>,
    /// The time to act at, in a rehearsal.
    pub clock: Option<DateTime<Utc>>,
    /// Faults that leave a chat working, with the other one or the rotation missing: they are logged and should be fixed,
    /// but an alert that mentions nobody is better than none.
    pub warnings: Vec<Fault>,
}

/// Where the ledger is kept.
#[derive(Debug, Clone)]
pub enum LedgerPlace {
    /// In the process: repeats, threads and once-a-day are recognised within it, and no further.
    Memory,
    /// In DynamoDB.
    Table {
        /// `LEDGER_TABLE`
        name: String,
        /// How long a claim is honoured.
        lease: TimeDelta,
        aws: Environment,
    },
}

/// The queues that the worker serves.
#[derive(Debug, Clone)]
pub struct QueuePlace {
    /// `QUEUE_URL`
    pub url: String,
    /// `NEWS_QUEUE_URL`: where beginnings of incidents go instead.
    pub news: Option<String>,
    /// `PRESSES_QUEUE_URL`: what people press. Without it they can press nothing.
    pub presses: Option<String>,
    pub aws: Environment,
}

/// Where the secrets are.
#[derive(Debug, Clone)]
pub struct ParametersPlace {
    /// `PARAMETERS_PATH`, without a slash at its end.
    pub path: String,
    pub aws: Environment,
}

/// What is known before the secrets are. Its faults are reported later, together with all others.
#[derive(Debug)]
pub struct Early {
    /// Where the secrets are, if not in the environment.
    pub parameters: Option<ParametersPlace>,
    pub ledger: LedgerPlace,
}

/// What the webhook needs if it only queues events: no chat's token, no rotation.
#[derive(Debug)]
pub struct Front {
    /// Accepted credentials, per route.
    pub credentials: Credentials,
    pub queue: QueuePlace,
    /// For which destinations each event is queued.
    pub destinations: Vec<Destination>,
    /// The time to act at, in a rehearsal.
    pub clock: Option<DateTime<Utc>>,
}

/// What the command line may reach: nothing but the terminal, unless asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The configured chats.
    Live,
    /// The configured rotation is read, but nothing is posted; chats need not be configured.
    ReadOnly,
    /// Only this machine: chats need not be configured, and the rotation may be the sample.
    Local,
}

impl Config {
    /// `lookup` is the environment, or whatever stands for it; empty means not set.
    pub fn from_lookup(
        lookup: impl Fn(&str) -> Option<String>,
        http: &http::Client,
        reach: Reach,
    ) -> Result<Self, Faults> {
        let mut settings = Settings::new(&lookup);
        let team = team::team(&mut settings);
        let credentials = sources::credentials(&mut settings);
        let (outlets, mut warnings) = match reach {
            Reach::Live => chats::outlets(&mut settings, http),
            Reach::Local | Reach::ReadOnly => (Some(Outlets::One(Chat::console())), Vec::new()),
        };
        let manual = settings.link("MANUAL_URL");
        let checklist = settings.link("CHECKLIST_URL");
        let (roster, faults) = sources::roster(&mut settings, reach);
        warnings.extend(faults);
        let (notices, faults) = notices::notices(&settings);
        warnings.extend(faults);
        let ledger = cloud::ledger(&mut settings, reach);
        let queue = cloud::queue(&mut settings, reach);
        cloud::parameters(&mut settings, reach);
        let clock = team::clock(&mut settings);
        settings.done()?;
        let (Some(team), Some(outlets), Some(ledger)) = (team, outlets, ledger) else {
            unreachable!("what is missing without a fault is a fault of this function");
        };
        let reminder_outlets = chats::for_reminders(&outlets, |variable| Settings::new(&lookup).text(variable));
        let takes_presses = queue.as_ref().is_some_and(|queue| queue.presses.is_some());
        let config = Self {
            team,
            credentials,
            outlets,
            reminder_outlets,
            manual,
            checklist,
            roster,
            ledger,
            queue,
            acting: None,
            notices,
            clock,
            warnings,
        };
        let ledger = config.ledger.clone();
        Ok(if takes_presses {
            config.with_buttons(&lookup, Some(&ledger))
        } else {
            config.warned_of_acting(&lookup, reach)
        })
    }

    /// The team, with its rotation open and nothing read yet. `clock` is the real one.
    pub fn open_team(&self, http: &http::Client, clock: fn() -> DateTime<Utc>) -> Team {
        Team {
            settings: self.team.clone(),
            roster: Roster::open(self.roster.clone(), (&self.team.calendar).into(), http, clock),
            alerts: self.outlets.clone(),
            reminders: self.reminder_outlets.clone(),
        }
    }

    /// Whether people can press something.
    pub fn takes_presses(lookup: impl Fn(&str) -> Option<String>) -> bool {
        Settings::new(&lookup).text("PRESSES_QUEUE_URL").is_some()
    }

    /// Whether `NOTICES` names anything that is sent.
    pub fn sends_notices(lookup: impl Fn(&str) -> Option<String>) -> bool {
        !notices::notices(&Settings::new(&lookup)).0.is_empty()
    }

    /// Whether the chats should be named in `CHAT_NAMES`: two are mirrored, and functions that may not read their secrets would
    /// queue for any of them, so that each waits for the other.
    pub fn wants_chats_named(&self, lookup: impl Fn(&str) -> Option<String>) -> bool {
        let destinations = chats::destinations(&mut Settings::new(&lookup));
        matches!(self.outlets, Outlets::Mirror(..)) && destinations == [Destination::Any]
    }

    /// Whether any chat is configured, correctly or not.
    pub fn names_a_chat(lookup: impl Fn(&str) -> Option<String>) -> bool {
        chats::is_any_named(&Settings::new(&lookup))
    }
}

/// What keeps the ledger's table from being used, if it is set.
pub fn check_ledger(lookup: impl Fn(&str) -> Option<String>) -> Result<(), Faults> {
    let mut settings = Settings::new(&lookup);
    cloud::ledger(&mut settings, Reach::Live);
    settings.done()
}

/// For which destinations events are queued, as far as these settings name the chats.
pub fn destinations(lookup: impl Fn(&str) -> Option<String>) -> Vec<Destination> {
    chats::destinations(&mut Settings::new(&lookup))
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
    /// Whether the webhook only queues events. Without `QUEUE_URL` it is the whole relay.
    pub fn is_wanted(lookup: impl Fn(&str) -> Option<String>) -> bool {
        Settings::new(&lookup).text("QUEUE_URL").is_some()
    }

    /// Returns `None` if it is not wanted.
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
