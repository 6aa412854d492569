//! In English.

use super::{Ahead, Said, about, percent};
use crate::domain::message::Line;
use crate::domain::service_level::{Burn, Key, MarkerFault, ServiceLevel, Share};
use chrono::TimeDelta;

pub fn sentence(said: Said<'_>) -> Line {
    let (level, text) = match &said {
        Said::Spends { level, since } => (level, spends(level, since)),
        Said::Cost { level, share, burn, took } => (level, cost(level, *share, *burn, took)),
    };
    Line::own("📉 ").foreign(&level.name).and(text)
}

fn spends(level: &ServiceLevel, since: &str) -> String {
    let promise = format!(" ({}% over {})", level.objective, span(level.window.length()));
    let Some(burn) = level.burn else {
        return format!(
            "{promise}: this alert is about its budget (since {since}), and does not say how fast that is spent.{}",
            left(level)
        );
    };
    let lookback = level.lookback.map(|lookback| format!(" in the last {}", last(lookback))).unwrap_or_default();
    let at_least = match burn {
        Burn::Measured(_) => "",
        Burn::AtLeast(_) => "at least ",
    };
    let burn = about(burn);
    format!("{promise}: failing {at_least}{burn}× as fast as allowed{lookback} (since {since}).{}", gone(level))
}

/// How much of the budget is left, if that is known.
fn left(level: &ServiceLevel) -> String {
    match level.budget_left {
        Some(Share::NONE) => format!(" The budget of {} is used up.", span(level.window.length())),
        Some(share) => format!(" {}% of the budget is left.", percent(share)),
        None => String::new(),
    }
}

fn gone(level: &ServiceLevel) -> String {
    let Some(gone_in) = level.gone_in() else { return left(level) };
    let counted =
        |count: i64, unit: &str| if count == 1 { format!("{count} {unit}") } else { format!("{count} {unit}s") };
    let ahead = match Ahead::of(gone_in) {
        Ahead::Days(days) => counted(days, "day"),
        Ahead::Hours(hours) => counted(hours, "hour"),
        Ahead::Minutes(minutes) => counted(minutes, "minute"),
    };
    let within = match level.burn {
        Some(Burn::AtLeast(_)) => "within about",
        Some(Burn::Measured(_)) | None => "in about",
    };
    match level.budget_left {
        Some(Share::NONE) => left(level),
        Some(share) => {
            format!(" At this rate the {}% of the budget that is left is gone {within} {ahead}.", percent(share))
        }
        None => format!(" At this rate even a full budget is gone {within} {ahead} (what is left is unknown)."),
    }
}

fn cost(level: &ServiceLevel, share: Share, burn: Burn, took: &str) -> String {
    let window = span(level.window.length());
    let share = match share {
        Share::WHOLE => "the whole".to_owned(),
        share => format!("at least {}%", percent(share)),
    };
    format!(": {took} at {}× the allowed rate would be {share} of the budget of {window}.", about(burn))
}

fn span(span: TimeDelta) -> String {
    match (span.num_minutes(), span.num_hours()) {
        (1, _) => "1 minute".to_owned(),
        (minutes, hours) if minutes % 60 != 0 || hours == 0 => format!("{minutes} minutes"),
        (_, 1) => "1 hour".to_owned(),
        (_, hours) if hours % 24 != 0 || hours == 24 => format!("{hours} hours"),
        (_, hours) => format!("{} days", hours / 24),
    }
}

/// In the last hour, the last 5 minutes.
fn last(lookback: TimeDelta) -> String {
    let span = span(lookback);
    span.strip_prefix("1 ").map(str::to_owned).unwrap_or(span)
}

pub fn fault(fault: &MarkerFault) -> Line {
    let line = Line::own("⚠️ The toban-slo line cannot be read: ");
    match fault {
        MarkerFault::Several => line.and("there are several that differ; keep one."),
        MarkerFault::NoColon => line.and("a colon (:) is missing after toban-slo."),
        MarkerFault::NoPair(word) => {
            line.and("\"").foreign(word).and("\" is not key=value; a name with spaces needs quotation marks.")
        }
        MarkerFault::UnknownKey(key) => {
            line.and("\"").foreign(key).and(format!("\" is not a key; the keys are {}.", keys()))
        }
        MarkerFault::Again(key) => line.and(format!("{} is there twice.", key.name())),
        MarkerFault::Missing(key) => line.and(format!("{} is missing. {}", key.name(), expected(*key))),
        MarkerFault::Value(key, value) => {
            line.and(format!("{} cannot be \"", key.name())).foreign(value).and(format!("\". {}", expected(*key)))
        }
        MarkerFault::Unclosed => line.and("a quotation mark does not end."),
        MarkerFault::NoBurnRate { value, most } => line.and("\"").foreign(value).and(format!(
            "\", the alert's value or burn, cannot be a burn rate of this objective (over 0, up to {most})."
        )),
    }
}

fn keys() -> String {
    Key::ALL.map(Key::name).join(", ")
}

fn expected(key: Key) -> &'static str {
    match key {
        Key::Name => "Write it as in name=checkout.",
        Key::Objective => "Write percent over 1 and under 100, as in objective=99.9.",
        Key::Window => "Write window=30d or window=12h, up to 366d.",
        Key::Burn => "Write a number of 1 or more, as in burn=14.4.",
        Key::BudgetLeft => "Write percent up to 100 with its sign, as in budget_left=12%.",
    }
}
