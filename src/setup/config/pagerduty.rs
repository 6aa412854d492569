//! PagerDuty's API: where it is, the key to it, the services that are watched, and the company's holidays.

use super::fault::{Bilingual, Fault, Faults, are};
use super::lookup::Settings;
use super::{ParametersPlace, QueuePlace, Reach, chats, cloud, sources, team};
use crate::chat::delivery::Outlets;
use crate::domain::destination::Destination;
use crate::net::http;
use crate::net::secret::Secret;
use crate::pagerduty::Access;
use crate::pagerduty::state::ServiceId;
use crate::relay::team::{Team, TeamSettings};
use crate::roster::{Roster, Source};
use chrono::{DateTime, Utc};
use std::path::PathBuf;

const PAGERDUTY: &str = "https://api.pagerduty.com";
const KEY_EXAMPLE: &str = "u+AbCdEfGhIjKlMnOpQr";
const SERVICES_EXAMPLE: &str = "PABCDEF,PGHIJKL";
const LEDGER_EXAMPLE: &str = "toban-Ledger";
const QUEUE_EXAMPLE: &str = "https://sqs.ap-northeast-1.amazonaws.com/123456789012/toban.fifo";

/// What `toban pagerduty` needs.
#[derive(Debug)]
pub struct PagerDutyConfig {
    /// `PAGERDUTY_BASE_URL`, `PAGERDUTY_API_KEY`
    pub access: Access,
    /// Besides those of the file.
    pub holidays: HolidaysPlace,
    /// Where a new signing secret can be stored.
    pub parameters: Option<ParametersPlace>,
    /// `TOBAN_NOW`: the time to act at, in a rehearsal.
    pub clock: Option<DateTime<Utc>>,
}

impl PagerDutyConfig {
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Faults> {
        let mut settings = Settings::new(&lookup);
        let access = access(&mut settings, ("to plan", "計画だけなら"));
        let has_rotation = settings.text("ROTATION_FILE").or_else(|| settings.text("GOOGLE_SHEET_ID")).is_some();
        let holidays = if has_rotation {
            HolidaysPlace::Workbook(sources::roster(&mut settings, Reach::ReadOnly).0)
        } else {
            match settings.text("HOLIDAYS_FILE") {
                Some(file) if sources::is_address(&file) => {
                    let address = settings.url("HOLIDAYS_FILE", &file, sources::CSV_EXAMPLE).map(|_| Secret::new(file));
                    address.map_or(HolidaysPlace::Nowhere, HolidaysPlace::Address)
                }
                Some(file) => HolidaysPlace::File(file.into()),
                None => HolidaysPlace::Nowhere,
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

/// Where the company's holidays are read from.
#[derive(Debug)]
pub enum HolidaysPlace {
    Workbook(Source),
    /// `HOLIDAYS_FILE`, without a rotation.
    File(PathBuf),
    Address(Secret),
    Nowhere,
}

/// The services that are checked in PagerDuty itself: by the watchdog and by `toban check`.
#[derive(Debug, Clone)]
pub struct Watched {
    /// `PAGERDUTY_BASE_URL`, `PAGERDUTY_API_KEY`
    pub access: Access,
    /// `PAGERDUTY_SERVICE_IDS`; at least one.
    pub services: Vec<ServiceId>,
}

impl Watched {
    /// `None` if neither the key nor services are set.
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
    pub watched: Watched,
    pub team: TeamSettings,
    pub roster: Source,
    /// Where it reports that PagerDuty does not deliver.
    pub outlets: Outlets,
    pub reminder_outlets: Outlets,
    /// The queue that the worker serves.
    pub queue: QueuePlace,
    /// The chats for which each event is queued.
    pub destinations: Vec<Destination>,
    /// `TOBAN_NOW`: the time to act at, in a rehearsal.
    pub clock: Option<DateTime<Utc>>,
    /// Faults that leave a chat working.
    pub warnings: Vec<Fault>,
}

impl WatchdogConfig {
    /// Whether there is to be a watchdog. A key alone may be for the command line.
    pub fn is_wanted(lookup: impl Fn(&str) -> Option<String>) -> bool {
        !Settings::new(&lookup).list("PAGERDUTY_SERVICE_IDS").is_empty()
    }

    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>, http: &http::Client) -> Result<Self, Faults> {
        let mut settings = Settings::new(&lookup);
        let watched = watched(&mut settings);
        let team = team::team(&mut settings);
        // It reads no rotation, so the faults of that are for the functions that do.
        let (roster, _) = sources::roster(&mut settings, Reach::Live);
        let (outlets, warnings) = chats::outlets(&mut settings, http);
        let destinations = chats::destinations(&mut settings);
        cloud::ledger(&mut settings, Reach::Live);
        let needed = [("LEDGER_TABLE", LEDGER_EXAMPLE), ("QUEUE_URL", QUEUE_EXAMPLE)];
        let missing: Vec<_> = needed.into_iter().filter(|(variable, _)| settings.text(variable).is_none()).collect();
        if !missing.is_empty() {
            let problem = (
                format!(
                    "{} not set: the watchdog compares PagerDuty with the ledger and queues what is missing",
                    are(&missing)
                ),
                "が設定されていません。番犬は PagerDuty と台帳を比べ、届いていないものをキューに入れます",
            );
            settings.fault_of(missing, problem);
        }
        let queue = cloud::queue(&mut settings, Reach::Live);
        cloud::parameters(&mut settings, Reach::Live);
        let clock = team::clock(&mut settings);
        settings.done()?;
        let (Some(watched), Some(team), Some(outlets), Some(queue)) = (watched, team, outlets, queue) else {
            unreachable!("what is missing without a fault is a fault of this function");
        };
        let reminder_outlets = chats::for_reminders(&outlets, |variable| Settings::new(&lookup).text(variable));
        Ok(Self { watched, team, roster, outlets, reminder_outlets, queue, destinations, clock, warnings })
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
}

/// `PAGERDUTY_SERVICE_IDS`, and the access to them; `None` with a fault.
fn watched(settings: &mut Settings<'_>) -> Option<Watched> {
    let key = settings.text("PAGERDUTY_API_KEY").map(|_| "PAGERDUTY_API_KEY");
    let services = services(settings, key);
    let access = access(settings, ("to read", "読むだけなら"))?;
    Some(Watched { access, services: services? })
}

/// `PAGERDUTY_SERVICE_IDS`; `None` with a fault. `beside` is what is set without them.
pub(super) fn services(settings: &mut Settings<'_>, beside: Option<&str>) -> Option<Vec<ServiceId>> {
    let services = settings.list("PAGERDUTY_SERVICE_IDS");
    let is_id = |id: &&String| id.bytes().all(|b| b.is_ascii_alphanumeric());
    let problem: Bilingual = match (services.iter().find(|id| !is_id(id)), beside) {
        (Some(id), _) => (
            format!("holds '{id}', which is not the id of a service: the end of its URL in PagerDuty"),
            format!("の '{id}' は、サービスの ID (PagerDuty でのサービスの URL の末尾) ではありません"),
        )
            .into(),
        (None, _) if !services.is_empty() => return Some(services.into_iter().map(ServiceId).collect()),
        (None, Some(key)) => (
            format!("is not set, but {key} is: name the services that send webhooks here"),
            format!("が設定されていませんが、{key} は設定されています。ここに Webhook を送るサービスを書いてください"),
        )
            .into(),
        (None, None) => (
            "is not set: name the services that send webhooks here",
            "が設定されていません。ここに Webhook を送るサービスを書いてください",
        )
            .into(),
    };
    settings.fault("PAGERDUTY_SERVICE_IDS", problem, SERVICES_EXAMPLE);
    None
}

/// `PAGERDUTY_API_KEY` and `PAGERDUTY_BASE_URL`; `None` with a fault. `purpose` is "to plan".
fn access(settings: &mut Settings<'_>, purpose: (&str, &str)) -> Option<Access> {
    let key = settings.text("PAGERDUTY_API_KEY").map(Secret::new);
    if key.is_none() {
        let (to_plan, for_plans) = purpose;
        let problem = (
            format!(
                "is not set: create one in PagerDuty (Integrations, API Access Keys); read-only is enough {to_plan}"
            ),
            format!(
                "が設定されていません。PagerDuty (Integrations の API Access Keys) で作ってください。{for_plans}読み取り専用で足ります"
            ),
        );
        settings.fault("PAGERDUTY_API_KEY", problem, KEY_EXAMPLE);
    }
    let base_url = base_url(settings);
    Some(Access { base_url: base_url?, key: key? })
}

/// `PAGERDUTY_BASE_URL`; `None` with a fault.
pub(super) fn base_url(settings: &mut Settings<'_>) -> Option<String> {
    let base_url = settings.text("PAGERDUTY_BASE_URL").unwrap_or_else(|| PAGERDUTY.into());
    settings.url("PAGERDUTY_BASE_URL", &base_url, PAGERDUTY)
}
