//! PagerDuty's side: where its API is, with which key, and where the company's holidays are.

use super::lookup::{Faults, Settings};
use super::{Fault, ParametersPlace, QueuePlace, Reach, chats, cloud, sources, team};
use crate::chat::delivery::{Destination, Outlets};
use crate::net::secret::Secret;
use crate::pagerduty::Access;
use crate::pagerduty::state::ServiceId;
use crate::relay::team::Team;
use crate::roster::Source;
use chrono::{DateTime, Utc};
use std::path::PathBuf;

const PAGERDUTY: &str = "https://api.pagerduty.com";
const KEY_EXAMPLE: &str = "u+AbCdEfGhIjKlMnOpQr";
const SERVICES_EXAMPLE: &str = "PABCDEF,PGHIJKL";
const LEDGER_EXAMPLE: &str = "toban-Ledger";
const QUEUE_EXAMPLE: &str = "https://sqs.ap-northeast-1.amazonaws.com/123456789012/toban.fifo";

/// What `toban pagerduty` needs.
#[derive(Debug)]
pub struct AccountConfig {
    /// `PAGERDUTY_BASE_URL`, `PAGERDUTY_API_KEY`
    pub access: Access,
    /// Where the company's holidays are, if anywhere but in the file.
    pub holidays: HolidaysPlace,
    /// Where secrets are.
    pub parameters: Option<ParametersPlace>,
    /// The time to act at, in a rehearsal.
    pub clock: Option<DateTime<Utc>>,
}

/// Where the company's holidays are.
#[derive(Debug)]
pub enum HolidaysPlace {
    /// With the rotation.
    Workbook(Source),
    /// `HOLIDAYS_FILE` alone.
    File(PathBuf),
    /// Nowhere.
    Nowhere,
}

/// The services whose incidents are looked at in PagerDuty itself: by the watchdog and by `toban check`.
#[derive(Debug)]
pub struct Watched {
    /// `PAGERDUTY_BASE_URL`, `PAGERDUTY_API_KEY`
    pub access: Access,
    /// `PAGERDUTY_SERVICE_IDS`; at least one.
    pub services: Vec<ServiceId>,
}

impl Watched {
    /// `None` when neither key nor services are set.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, Faults> {
        let mut settings = Settings::new(&lookup);
        if settings.text("PAGERDUTY_API_KEY").is_none() && settings.list("PAGERDUTY_SERVICE_IDS").is_empty() {
            return Ok(None);
        }
        let watched = watched(&mut settings);
        settings.done()?;
        Ok(watched)
    }
}

/// What the watchdog needs.
#[derive(Debug)]
pub struct WatchdogConfig {
    /// What it looks at.
    pub watched: Watched,
    /// How the team wants it.
    pub team: Team,
    /// Where it says that PagerDuty does not deliver.
    pub outlets: Outlets,
    /// The queue that the worker serves.
    pub queue: QueuePlace,
    /// For which chats each event is queued.
    pub destinations: Vec<Destination>,
    /// The time to act at, in a rehearsal.
    pub clock: Option<DateTime<Utc>>,
    /// Faults that leave a chat working.
    pub warnings: Vec<Fault>,
}

impl WatchdogConfig {
    /// Everything from settings.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>, http: &reqwest::Client) -> Result<Self, Faults> {
        let mut settings = Settings::new(&lookup);
        let watched = watched(&mut settings);
        let team = team::team(&mut settings);
        let (outlets, warnings) = chats::outlets(&mut settings, http);
        let destinations = chats::destinations(&mut settings);
        cloud::ledger(&mut settings, Reach::Live);
        let queue = cloud::queue(&mut settings, Reach::Live);
        for (variable, example) in [("LEDGER_TABLE", LEDGER_EXAMPLE), ("QUEUE_URL", QUEUE_EXAMPLE)] {
            if settings.text(variable).is_none() {
                let problem = "is not set: the watchdog compares PagerDuty with the ledger and puts into the queue what is missing";
                settings.fault(variable, problem, example);
            }
        }
        cloud::parameters(&mut settings, Reach::Live);
        let clock = team::clock(&mut settings);
        settings.done()?;
        let (Some(watched), Some(team), Some(outlets), Some(queue)) = (watched, team, outlets, queue) else {
            unreachable!("what is missing without a fault is a fault of this function");
        };
        Ok(Self { watched, team, outlets, queue, destinations, clock, warnings })
    }
}

/// `PAGERDUTY_SERVICE_IDS`, and how to read them. `None` with a fault.
fn watched(settings: &mut Settings<'_>) -> Option<Watched> {
    let services = settings.list("PAGERDUTY_SERVICE_IDS");
    let is_id = |id: &String| id.bytes().all(|b| b.is_ascii_alphanumeric());
    match services.iter().find(|id| !is_id(id)) {
        Some(id) => {
            let problem = format!("holds '{id}', which is not the id of a service: the end of its URL in PagerDuty");
            settings.fault("PAGERDUTY_SERVICE_IDS", problem, SERVICES_EXAMPLE);
        }
        None if services.is_empty() => {
            let problem = match settings.text("PAGERDUTY_API_KEY") {
                Some(_) => "is not set, but PAGERDUTY_API_KEY is: name the services that send webhooks here",
                None => "is not set: name the services that send webhooks here",
            };
            settings.fault("PAGERDUTY_SERVICE_IDS", problem, SERVICES_EXAMPLE);
        }
        None => {}
    }
    let access = access(settings, "to read")?;
    Some(Watched { access, services: services.into_iter().map(ServiceId).collect() })
}

/// `PAGERDUTY_API_KEY` and `PAGERDUTY_BASE_URL`. `None` with a fault.
fn access(settings: &mut Settings<'_>, what_for: &str) -> Option<Access> {
    let key = settings.text("PAGERDUTY_API_KEY").map(Secret::new);
    if key.is_none() {
        let problem = format!(
            "is not set: make one in PagerDuty (Integrations, API Access Keys); read-only is enough {what_for}"
        );
        settings.fault("PAGERDUTY_API_KEY", problem, KEY_EXAMPLE);
    }
    let base_url = settings.text("PAGERDUTY_BASE_URL").unwrap_or_else(|| PAGERDUTY.into());
    let base_url = settings.url("PAGERDUTY_BASE_URL", &base_url, PAGERDUTY);
    Some(Access { base_url: base_url?, key: key? })
}

impl AccountConfig {
    /// Everything from settings.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Faults> {
        let mut settings = Settings::new(&lookup);
        let access = access(&mut settings, "to plan");
        let holidays = match settings.text("ROTATION_FILE").or_else(|| settings.text("GOOGLE_SHEET_ID")) {
            Some(_) => HolidaysPlace::Workbook(sources::roster(&mut settings, Reach::ReadOnly).0),
            None => {
                settings.text("HOLIDAYS_FILE").map_or(HolidaysPlace::Nowhere, |file| HolidaysPlace::File(file.into()))
            }
        };
        let parameters = cloud::parameters(&mut settings, Reach::ReadOnly);
        let clock = team::clock(&mut settings);
        settings.done()?;
        let Some(access) = access else {
            unreachable!("what is missing is a fault, and there is none");
        };
        Ok(Self { access, holidays, parameters, clock })
    }
}
