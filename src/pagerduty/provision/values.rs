//! Hours, levels and times as text, in a plan and in its differences.

use crate::domain::message::Language;
use crate::pagerduty::provision::desired::Desired;
use crate::pagerduty::state::{Restriction, Rule, Target, TargetKind};
use chrono::{DateTime, Datelike as _, TimeDelta, Utc};

const IN_ENGLISH: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const IN_JAPANESE: [&str; 7] = ["月", "火", "水", "木", "金", "土", "日"];

/// `1. schedule "toban" and user "SRE", 30 min; 2. user "SRE", 30 min`
pub(super) fn rules(rules: &[Rule], language: Language) -> String {
    let (user, schedule) = match language {
        Language::English => ("user", "schedule"),
        Language::Japanese => ("ユーザー", "スケジュール"),
    };
    let target = |target: &Target| match &target.kind {
        TargetKind::User => format!("{user} {}", target.name),
        TargetKind::Schedule | TargetKind::ShiftSchedule => format!("{schedule} {}", target.name),
        TargetKind::Other(_) => target.name.to_string(),
    };
    let rule = |(nth, rule): (usize, &Rule)| {
        let conjunction = match (language, rule.is_round_robin) {
            (Language::English, true) => " or ",
            (Language::English, false) => " and ",
            (Language::Japanese, true) => " か",
            (Language::Japanese, false) => " と",
        };
        let targets: Vec<_> = rule.targets.iter().map(target).collect();
        let targets = targets.join(conjunction);
        match language {
            Language::English => format!("{nth}. {targets}, {} min", rule.minutes),
            Language::Japanese => format!("{nth}. {targets}、{} 分", rule.minutes),
        }
    };
    match (rules, language) {
        ([], Language::English) => "none".into(),
        ([], Language::Japanese) => "なし".into(),
        (rules, _) => (1..).zip(rules).map(rule).collect::<Vec<_>>().join("; "),
    }
}

/// `Mon-Fri 10:00-17:00`; the restrictions in the order of the week.
pub(super) fn hours(restrictions: &[Restriction], language: Language) -> String {
    let span = |one: &Restriction| {
        let end = one.start.overflowing_add_signed(TimeDelta::seconds(i64::from(one.seconds)));
        let days = end.1 / 86_400;
        let start = one.start.format("%H:%M");
        let end = end.0.format("%H:%M").to_string();
        match (days, end.as_str(), language) {
            (0, end, _) => format!("{start}-{end}"),
            (1, "00:00", _) => format!("{start}-24:00"),
            (1, end, Language::English) => format!("{start}-{end} the next day"),
            (1, end, Language::Japanese) => format!("{start}-翌日 {end}"),
            (days, end, Language::English) => format!("{start}-{end} {days} days later"),
            (days, end, Language::Japanese) => format!("{start}-{days} 日後の {end}"),
        }
    };
    let mut spans: Vec<(String, Vec<u8>)> = Vec::new();
    for one in restrictions {
        let text = span(one);
        match spans.iter_mut().find(|(known, days)| *known == text && !days.is_empty() && one.day.is_some()) {
            Some((_, days)) => days.extend(one.day),
            None => spans.push((text, one.day.into_iter().collect())),
        }
    }
    let spans: Vec<_> = spans.iter().map(|(span, days)| format!("{} {span}", weekdays(days, language))).collect();
    match (&spans[..], language) {
        ([], Language::English) => "always".into(),
        ([], Language::Japanese) => "常に".into(),
        (spans, Language::English) => spans.join(", "),
        (spans, Language::Japanese) => spans.join("、"),
    }
}

/// `Mon-Wed,Fri`; no day is every day.
fn weekdays(days: &[u8], language: Language) -> String {
    let (names, to, and, daily) = match language {
        Language::English => (IN_ENGLISH, "-", ",", "daily"),
        Language::Japanese => (IN_JAPANESE, "〜", "・", "毎日"),
    };
    let name = |day: u8| names.get(usize::from(day).wrapping_sub(1)).copied().unwrap_or("?");
    let mut runs: Vec<(u8, u8)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *day => *last = *day,
            _ => runs.push((*day, *day)),
        }
    }
    let run = |(first, last): &(u8, u8)| match last - first {
        0 => name(*first).to_owned(),
        _ => format!("{}{to}{}", name(*first), name(*last)),
    };
    if runs.is_empty() { daily.into() } else { runs.iter().map(run).collect::<Vec<_>>().join(and) }
}

/// `7 days`
pub(super) fn seconds(seconds: u64, language: Language) -> String {
    let (count, in_english, in_japanese) = match (seconds % 86_400, seconds % 3_600) {
        (0, _) => (seconds / 86_400, "days", "日"),
        (_, 0) => (seconds / 3_600, "h", "時間"),
        _ => (seconds, "s", "秒"),
    };
    let unit = match language {
        Language::English => in_english,
        Language::Japanese => in_japanese,
    };
    format!("{count} {unit}")
}

/// `2026-12-29 Tue 10:00`, in the schedule's time zone.
pub(super) fn moment(time: DateTime<Utc>, desired: &Desired, language: Language) -> String {
    let time = time.with_timezone(&desired.calendar.zone);
    match language {
        Language::English => time.format("%Y-%m-%d %a %H:%M").to_string(),
        Language::Japanese => {
            let day = IN_JAPANESE[time.weekday().num_days_from_monday() as usize];
            format!("{}({day}) {}", time.format("%Y-%m-%d"), time.format("%H:%M"))
        }
    }
}

/// The time of day at which something ends; midnight is the end of the day before.
pub(super) fn end_of_day(end: DateTime<Utc>, desired: &Desired) -> String {
    let end = end.with_timezone(&desired.calendar.zone).format("%H:%M").to_string();
    if end == "00:00" { "24:00".to_owned() } else { end }
}
