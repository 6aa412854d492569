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
    let zone = settings.parsed("TIME_ZONE", "Asia/Tokyo", ("an IANA time zone", "IANA のタイムゾーン"), |text| {
        text.parse().ok()
    });
    let hours = hours(settings);
    let days =
        settings.parsed("BUSINESS_DAYS", "Mon-Fri", ("days of the week in English", "英語の曜日"), BusinessDays::parse);
    let national =
        settings.parsed("NATIONAL_HOLIDAYS", "jp", ("'jp' or 'none'", "'jp' か 'none'"), |text| match text {
            "jp" => Some(NationalHolidays::Japan),
            "none" => Some(NationalHolidays::None),
            _ => None,
        });
    let language = language(settings);
    let mention_on = settings.parsed(
        "MENTION_ON",
        MENTION_ON,
        ("a list of event kinds (or 'none')", "イベントの種類の一覧 (または 'none')"),
        kinds,
    );
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
    let expected = [Language::English, Language::Japanese].map(|language| BusinessHours::expected(&text, language));
    let hours = settings.parsed("BUSINESS_HOURS", HOURS, expected.into(), BusinessHours::parse);
    let Some(text) = settings.text("BUSINESS_BREAK") else { return hours };
    let Some(pause) = BusinessHours::parse(&text) else {
        let problem = (
            format!("is '{text}', which is not a span within BUSINESS_HOURS"),
            format!("の値 '{text}' は、BUSINESS_HOURS の中の時間帯ではありません"),
        );
        settings.fault("BUSINESS_BREAK", problem, BREAK_EXAMPLE);
        return None;
    };
    let hours = hours?;
    let with_break = hours.with_break(pause);
    if with_break.is_none() {
        let problem = (
            format!("is '{text}', which has to begin and end within BUSINESS_HOURS ({hours})"),
            format!("の値 '{text}' は、BUSINESS_HOURS ({hours}) の中で始まって終わる必要があります"),
        );
        settings.fault("BUSINESS_BREAK", problem, BREAK_EXAMPLE);
    }
    with_break
}

/// `MESSAGE_LANGUAGE`
pub(super) fn language(settings: &mut Settings<'_>) -> Option<Language> {
    settings.parsed("MESSAGE_LANGUAGE", "ja", ("'ja' or 'en'", "'ja' か 'en'"), |text| match text {
        "ja" => Some(Language::Japanese),
        "en" => Some(Language::English),
        _ => None,
    })
}

/// The same where a fault in it is reported already.
pub(super) fn language_of_messages(settings: &Settings<'_>) -> Language {
    match settings.text("MESSAGE_LANGUAGE").as_deref() {
        Some("en") => Language::English,
        _ => Language::Japanese,
    }
}

fn kinds(text: &str) -> Option<BTreeSet<EventKind>> {
    match text {
        "none" => Some(BTreeSet::new()),
        _ => text.split(',').map(|name| EventKind::from_name(name.trim()).filter(|kind| !kind.is_ours())).collect(),
    }
}

/// `TOBAN_NOW`, for rehearsals. It and `TOBAN_LEASE` are refused while anything outside this machine could be reached.
pub(super) fn clock(settings: &mut Settings<'_>) -> Option<DateTime<Utc>> {
    let text = settings.text("TOBAN_NOW");
    let now = text.as_deref().map(DateTime::parse_from_rfc3339);
    if let (Some(Err(_)), Some(text)) = (&now, &text) {
        let problem = (
            format!("is '{text}', which is not an RFC 3339 time"),
            format!("の値 '{text}' は、RFC 3339 の時刻ではありません"),
        );
        settings.fault("TOBAN_NOW", problem, NOW_EXAMPLE);
    }
    let now = now.and_then(Result::ok);
    let lease = settings.text("TOBAN_LEASE").map(|_| ("TOBAN_LEASE", "5"));
    let rehearsal: Vec<_> = lease.into_iter().chain(now.map(|_| ("TOBAN_NOW", NOW_EXAMPLE))).collect();
    if let (false, Some(remote)) = (rehearsal.is_empty(), settings.remote()) {
        let (is, needs) = if rehearsal.len() == 1 { ("is", "needs") } else { ("are", "need") };
        let problem = (
            format!("{is} for rehearsals and {needs} every API on this machine, but {remote} is not"),
            format!("は予行用で、すべての API がこのマシンにある必要がありますが、{remote} は外を指しています"),
        );
        settings.fault_of(rehearsal, problem);
    }
    now.map(|now| now.to_utc())
}
