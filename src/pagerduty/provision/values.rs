//! Hours, levels and times as text, in a plan and in its differences.

use crate::pagerduty::provision::desired::Desired;
use crate::pagerduty::state::{Restriction, Rule, Target, TargetKind};
use chrono::{DateTime, TimeDelta, Utc};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// `1. schedule "toban" and user "SRE", 30 min; 2. user "SRE", 30 min`
pub(super) fn rules(rules: &[Rule]) -> String {
    let target = |target: &Target| match &target.kind {
        TargetKind::User => format!("user {}", target.name),
        TargetKind::Schedule | TargetKind::ShiftSchedule => format!("schedule {}", target.name),
        TargetKind::Other(_) => target.name.to_string(),
    };
    let rule = |(nth, rule): (usize, &Rule)| {
        let conjunction = if rule.is_round_robin { " or " } else { " and " };
        let targets: Vec<_> = rule.targets.iter().map(target).collect();
        format!("{nth}. {}, {} min", targets.join(conjunction), rule.minutes)
    };
    match rules {
        [] => "none".into(),
        rules => (1..).zip(rules).map(rule).collect::<Vec<_>>().join("; "),
    }
}

/// `Mon-Fri 10:00-17:00`; the restrictions in the order of the week.
pub(super) fn hours(restrictions: &[Restriction]) -> String {
    let span = |one: &Restriction| {
        let end = one.start.overflowing_add_signed(TimeDelta::seconds(i64::from(one.seconds)));
        let days = end.1 / 86_400;
        let end = end.0.format("%H:%M").to_string();
        match (days, end.as_str()) {
            (0, end) => format!("{}-{end}", one.start.format("%H:%M")),
            (1, "00:00") => format!("{}-24:00", one.start.format("%H:%M")),
            (1, end) => format!("{}-{end} the next day", one.start.format("%H:%M")),
            (days, end) => format!("{}-{end} {days} days later", one.start.format("%H:%M")),
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
    let spans = spans.iter().map(|(span, days)| format!("{} {span}", weekdays(days)));
    if restrictions.is_empty() { "always".into() } else { spans.collect::<Vec<_>>().join(", ") }
}

/// `Mon-Wed,Fri`; no day is every day.
fn weekdays(days: &[u8]) -> String {
    let name = |day: u8| DAYS.get(usize::from(day).wrapping_sub(1)).copied().unwrap_or("?");
    let mut runs: Vec<(u8, u8)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *day => *last = *day,
            _ => runs.push((*day, *day)),
        }
    }
    let run = |(first, last): &(u8, u8)| match last - first {
        0 => name(*first).to_owned(),
        _ => format!("{}-{}", name(*first), name(*last)),
    };
    if runs.is_empty() { "daily".into() } else { runs.iter().map(run).collect::<Vec<_>>().join(",") }
}

/// `7 days`
pub(super) fn seconds(seconds: u64) -> String {
    match (seconds % 86_400, seconds % 3_600) {
        (0, _) => format!("{} days", seconds / 86_400),
        (_, 0) => format!("{} h", seconds / 3_600),
        _ => format!("{seconds} s"),
    }
}

/// In the schedule's time zone.
pub(super) fn moment(time: DateTime<Utc>, desired: &Desired) -> String {
    time.with_timezone(&desired.calendar.zone).format("%Y-%m-%d %a %H:%M").to_string()
}
