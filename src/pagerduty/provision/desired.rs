//! What a team wants PagerDuty's side to be: a small TOML file, parsed and validated.
//!
//! `docs/pagerduty.example.toml` is one, with every field.

mod file;

use crate::domain::calendar::{BusinessDays, BusinessHours, Calendar, CompanyHolidays, NationalHolidays};
use crate::domain::message::Language;
use chrono::NaiveDate;
use chrono_tz::Tz;
use file::Entries;
pub use file::{DesiredFault, DesiredFaults};
use std::sync::Arc;

/// Every field of the file.
const KEYS: [&str; 17] = [
    "from",
    "service",
    "relay_url",
    "dummy_name",
    "dummy_email",
    "sre_user",
    "sre_schedule",
    "sre_on_holidays",
    "first_response",
    "delay_minutes",
    "time_zone",
    "hours",
    "days",
    "national_holidays",
    "company_holidays",
    "schedule",
    "escalation_policy",
];

/// The file's values.
#[derive(Debug, Clone)]
pub struct Desired {
    /// `from`: the e-mail address of the PagerDuty user in whose name a user is created; PagerDuty requires it.
    pub from: Email,
    /// `service`: the name of the service that developers answer for.
    pub service: String,
    /// `relay_url`: where the relay receives PagerDuty's webhooks.
    pub relay_url: String,
    /// `dummy_name`: the user who holds an alert while developers have it.
    pub dummy_name: String,
    /// `dummy_email`
    pub dummy_email: Email,
    /// `sre_user` or `sre_schedule`
    pub sre: Sre,
    /// `sre_on_holidays`, or the SRE user: who is on call on holidays instead of the dummy.
    pub on_holidays: Email,
    /// `first_response`
    pub first_response: FirstResponse,
    /// `delay_minutes`: how long each level of the escalation policy has.
    pub delay_minutes: u64,
    /// `time_zone`, `hours`, `days`, `national_holidays`, `company_holidays`; a day off of the file has no name.
    pub calendar: Calendar,
    /// `schedule`: the name of the dummy's schedule.
    pub schedule: String,
    /// `escalation_policy`: the name of the service's policy.
    pub policy: String,
}

/// An e-mail address as PagerDuty accepts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// 6 to 100 bytes, one `@` with something on both sides, no white space; otherwise `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let (user, host) = text.split_once('@')?;
        let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '@';
        let is_one = !user.is_empty() && host.contains('.') && text.chars().filter(|c| *c != '@').all(is_plain);
        (is_one && (6..=100).contains(&text.len()) && !host.contains('@')).then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether PagerDuty takes the two for the same address: in any case of letters.
    pub fn is(&self, other: &str) -> bool {
        self.0.to_lowercase() == other.to_lowercase()
    }
}

/// Whom the policy notifies after the developers, or alongside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sre {
    /// By e-mail address.
    User(Email),
    /// Whoever is on call on the schedule of that name.
    Schedule(String),
}

/// When SRE is notified of an alert in working hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstResponse {
    /// At once, as the developers are.
    Alongside,
    /// When nobody has taken it after the delay.
    DevelopersFirst,
}

impl FirstResponse {
    /// As in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Alongside => "alongside",
            Self::DevelopersFirst => "developers-first",
        }
    }

    /// PagerDuty's minimum, in minutes: a level with several targets takes at least three.
    pub fn least_delay(self) -> u64 {
        match self {
            Self::Alongside => 3,
            Self::DevelopersFirst => 1,
        }
    }
}

impl Desired {
    /// Parses a file.
    pub fn parse(text: &str) -> Result<Self, DesiredFaults> {
        let mut file = Entries::read(text, &KEYS);
        let from = email(&mut file, "from", "sre@example.com");
        let service = file.required("service", "Backlog application", name(255));
        let relay_url =
            file.required("relay_url", "https://abc123.execute-api.ap-northeast-1.amazonaws.com/pagerduty", url);
        let dummy_name = file.with_default("dummy_name", "Chat first response", name(100));
        let dummy_email = email(&mut file, "dummy_email", "pagerduty-dummy@example.com");
        let (sre, on_holidays) = sre(&mut file);
        let first_response = file.with_default("first_response", "alongside", |text| match text {
            "alongside" => Ok(FirstResponse::Alongside),
            "developers-first" => Ok(FirstResponse::DevelopersFirst),
            _ => Err("which is not 'alongside' or 'developers-first'".into()),
        });
        let delay_minutes = delay(&mut file, first_response);
        let calendar = calendar(&mut file);
        let schedule = file.with_default("schedule", "toban: developers in working hours", name(255));
        let policy = file.with_default("escalation_policy", "toban: developers, then SRE", name(100));
        if let Some(dummy) = &dummy_email {
            let others = [("from", &from), ("sre_user", &user_of(&sre)), ("sre_on_holidays", &on_holidays)];
            let is_the_dummy = |other: &Option<Email>| other.as_ref().is_some_and(|other| other.is(dummy.as_str()));
            if let Some((key, _)) = others.into_iter().find(|(_, other)| is_the_dummy(other)) {
                let problem = format!("is also the address of {key}, but the dummy must not be a person");
                file.fault("dummy_email", problem, "\"pagerduty-dummy@example.com\"");
            }
        }
        file.done()?;
        let desired = || {
            Some(Self {
                from: from?,
                service: service?,
                relay_url: relay_url?,
                dummy_name: dummy_name?,
                dummy_email: dummy_email?,
                sre: sre?,
                on_holidays: on_holidays?,
                first_response: first_response?,
                delay_minutes: delay_minutes?,
                calendar: calendar?,
                schedule: schedule?,
                policy: policy?,
            })
        };
        Ok(desired().expect("what is missing is a fault, and there is none"))
    }

    /// With the company's days off that are kept elsewhere; of a day in both the other name counts.
    pub fn with_days_off(mut self, elsewhere: &CompanyHolidays) -> Self {
        let days = Arc::make_mut(&mut self.calendar.company);
        days.extend(elsewhere.iter().map(|(date, name)| (*date, name.clone())));
        self
    }
}

fn user_of(sre: &Option<Sre>) -> Option<Email> {
    match sre {
        Some(Sre::User(email)) => Some(email.clone()),
        Some(Sre::Schedule(_)) | None => None,
    }
}

fn email(file: &mut Entries<'_>, key: &'static str, example: &'static str) -> Option<Email> {
    file.required(key, example, an_email)
}

fn an_email(text: &str) -> Result<Email, String> {
    Email::parse(text).ok_or_else(|| "is not an e-mail address".into())
}

/// A name of at most that many characters.
fn name(longest: usize) -> impl Fn(&str) -> Result<String, String> {
    move |text| match text.trim() {
        "" => Err("is empty".into()),
        name if name.chars().count() > longest => Err(format!("is longer than {longest} characters")),
        name => Ok(name.to_owned()),
    }
}

/// The relay's route for PagerDuty, over `https`: webhooks say what is wrong with a company's systems.
fn url(text: &str) -> Result<String, String> {
    let url = reqwest::Url::parse(text).map_err(|_| "which is not a URL".to_owned())?;
    if url.scheme() != "https" || !url.has_host() {
        return Err("which is not an https:// URL".into());
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err("has more than a host and a path".into());
    }
    if !url.path().trim_end_matches('/').ends_with("/pagerduty") {
        return Err("which does not end in /pagerduty, the relay's route for PagerDuty".into());
    }
    Ok(text.trim_end_matches('/').to_owned())
}

fn sre(file: &mut Entries<'_>) -> (Option<Sre>, Option<Email>) {
    const USER: &str = "sre@example.com";
    let user = file.optional("sre_user", USER, an_email);
    let schedule = file.optional("sre_schedule", "SRE primary", name(255));
    let on_holidays = file.optional("sre_on_holidays", USER, an_email);
    match (file.has("sre_user"), file.has("sre_schedule")) {
        (true, false) => (user.clone().map(Sre::User), on_holidays.or(user)),
        (false, true) if file.has("sre_on_holidays") => (schedule.map(Sre::Schedule), on_holidays),
        (false, true) => {
            let problem = "is not set, but sre_schedule requires it: an override of the dummy's schedule names a user";
            file.fault("sre_on_holidays", problem, "\"sre@example.com\"");
            (None, None)
        }
        (true, true) => {
            file.fault("sre_schedule", "is set, and so is sre_user: remove one of them", "");
            (None, None)
        }
        (false, false) => {
            file.fault("sre_user", "is not set (nor sre_schedule)", "\"sre@example.com\"");
            (None, None)
        }
    }
}

fn delay(file: &mut Entries<'_>, first_response: Option<FirstResponse>) -> Option<u64> {
    const MOST: u64 = 24 * 60;
    let least = first_response.map_or(1, FirstResponse::least_delay);
    let why = match first_response {
        Some(FirstResponse::Alongside) => " (PagerDuty's minimum for a level of two)",
        _ => "",
    };
    file.number("delay_minutes", 30, |minutes| {
        let fault = || format!("which is not a number of minutes from {least}{why} to {MOST}");
        (least..=MOST).contains(&minutes).then_some(minutes).ok_or_else(fault)
    })
}

fn calendar(file: &mut Entries<'_>) -> Option<Calendar> {
    let zone = file.with_default("time_zone", "Asia/Tokyo", |text| {
        text.parse::<Tz>().map_err(|_| "which is not an IANA time zone".to_owned())
    });
    let hours = file.with_default("hours", "10:00-17:00", |text| {
        BusinessHours::parse(text)
            .ok_or_else(|| format!("which is not {}", BusinessHours::expected(text, Language::English)))
    });
    let days = file.with_default("days", "Mon-Fri", |text| {
        BusinessDays::parse(text).ok_or_else(|| "which is not days of the week in English".to_owned())
    });
    let national = file.with_default("national_holidays", "jp", |text| match text {
        "jp" => Ok(NationalHolidays::Japan),
        "none" => Ok(NationalHolidays::None),
        _ => Err("which is not 'jp' or 'none'".into()),
    });
    let company: CompanyHolidays = file
        .dates("company_holidays", "[\"2026-12-29\", \"2026-12-30\"]")
        .into_iter()
        .map(|date: NaiveDate| (date, String::new()))
        .collect();
    Some(Calendar { zone: zone?, hours: hours?, days: days?, national: national?, company: Arc::new(company) })
}
