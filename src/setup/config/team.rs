//! Hours, rules, language, and the clock of a rehearsal.

use super::lookup::Settings;
use crate::domain::calendar::{BusinessDays, BusinessHours, Calendar, CompanyHolidays, NationalHolidays};
use crate::domain::incident::EventKind;
use crate::domain::message::Language;
use crate::domain::policy::{Ignored, Policy};
use crate::relay::team::TeamSettings;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::sync::Arc;

const NOW_EXAMPLE: &str = "2026-11-24T11:02:00+09:00";
const HOURS: &str = "10:00-17:00";
const BREAK_EXAMPLE: &str = "12:00-13:00";
const MENTION_ON: &str = "triggered,reopened,unacknowledged,escalated,reassigned";

/// Every value has a default.
pub(super) fn team(settings: &mut Settings<'_>) -> Option<TeamSettings> {
    let zone = settings.parsed("TIME_ZONE", "Asia/Tokyo", "an IANA time zone", |text| text.parse().ok());
    let hours = hours(settings);
    let days = settings.parsed("BUSINESS_DAYS", "Mon-Fri", "days of the week in English", BusinessDays::parse);
    let national = settings.parsed("NATIONAL_HOLIDAYS", "jp", "'jp' or 'none'", |text| match text {
        "jp" => Some(NationalHolidays::Japan),
        "none" => Some(NationalHolidays::None),
        _ => None,
    });
    let language = language(settings);
    let mention_on = settings.parsed("MENTION_ON", MENTION_ON, "a list of event kinds (or 'none')", kinds);
    let ignored = settings.list("IGNORED_ASSIGNEES");
    let calendar = Calendar {
        zone: zone?,
        hours: hours?,
        days: days?,
        national: national?,
        company: Arc::new(CompanyHolidays::new()),
    };
    let policy = Policy { mention_on: mention_on?, ignored: Ignored::new(ignored.iter().map(String::as_str)) };
    Some(TeamSettings { calendar, policy, language: language? })
}

/// `BUSINESS_HOURS`, with `BUSINESS_BREAK`.
fn hours(settings: &mut Settings<'_>) -> Option<BusinessHours> {
    let text = settings.text("BUSINESS_HOURS").unwrap_or_default();
    let hours = settings.parsed("BUSINESS_HOURS", HOURS, BusinessHours::expected(&text), BusinessHours::parse);
    let Some(text) = settings.text("BUSINESS_BREAK") else { return hours };
    let Some(pause) = BusinessHours::parse(&text) else {
        let problem = format!("is '{text}', which is not a span within BUSINESS_HOURS");
        settings.fault("BUSINESS_BREAK", problem, BREAK_EXAMPLE);
        return None;
    };
    let hours = hours?;
    let with_break = hours.with_break(pause);
    if with_break.is_none() {
        let problem = format!("is '{text}', which has to begin and end within BUSINESS_HOURS ({hours})");
        settings.fault("BUSINESS_BREAK", problem, BREAK_EXAMPLE);
    }
    with_break
}

/// `MESSAGE_LANGUAGE`
pub(super) fn language(settings: &mut Settings<'_>) -> Option<Language> {
    settings.parsed("MESSAGE_LANGUAGE", "ja", "'ja' or 'en'", |text| match text {
        "ja" => Some(Language::Japanese),
        "en" => Some(Language::English),
        _ => None,
    })
}

fn kinds(text: &str) -> Option<BTreeSet<EventKind>> {
    match text {
        "none" => Some(BTreeSet::new()),
        _ => text.split(',').map(|name| EventKind::from_name(name.trim()).filter(|kind| !kind.is_ours())).collect(),
    }
}

/// `TOBAN_NOW`, for rehearsals. It and `TOBAN_LEASE` are refused while anything outside this machine could be reached.
pub(super) fn clock(settings: &mut Settings<'_>) -> Option<DateTime<Utc>> {
    if settings.text("TOBAN_LEASE").is_some() {
        rehearsal(settings, "TOBAN_LEASE", "5");
    }
    let text = settings.text("TOBAN_NOW")?;
    let Ok(now) = DateTime::parse_from_rfc3339(&text) else {
        settings.fault("TOBAN_NOW", format!("is '{text}', which is not an RFC 3339 time"), NOW_EXAMPLE);
        return None;
    };
    rehearsal(settings, "TOBAN_NOW", NOW_EXAMPLE);
    Some(now.to_utc())
}

fn rehearsal(settings: &mut Settings<'_>, variable: &'static str, example: &'static str) {
    if let Some(remote) = settings.remote() {
        let problem = format!("is for rehearsals and needs every API on this machine, but {remote} is not");
        settings.fault(variable, problem, example);
    }
}
