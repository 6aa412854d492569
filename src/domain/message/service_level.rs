//! What an alert says of a service level, as a sentence: how fast its budget is spent, and when it is over, what that has cost.

pub(super) mod en;
pub(super) mod ja;

use super::Line;
use super::event::Context;
use super::parts::time;
use crate::domain::incident::{EventKind, IncidentEvent};
use crate::domain::policy::Decision;
use crate::domain::service_level::{Burn, ServiceLevel, Share};
use chrono::TimeDelta;

/// What is said of a service level.
#[derive(Debug)]
pub(super) enum Said<'a> {
    /// How fast its budget is spent, since when, and when it is gone.
    Spends { level: &'a ServiceLevel, since: String },
    /// What share of its budget that has cost, at a burn rate for a time.
    Cost { level: &'a ServiceLevel, share: Share, burn: Burn, took: String },
}

/// The sentence; `None` if there is nothing to say about this event, or if what the alert says of it is not understood.
pub(super) fn sentence(event: &IncidentEvent, decision: &Decision, context: Context<'_>) -> Option<Line> {
    let words = context.language.words();
    let level = event.details.service_level.as_deref()?.as_ref().ok()?;
    // A sender may report the same problem again while it is open, with the time of the report.
    let told_at = context.status.and_then(|status| status.opened_at);
    // What was before a gap in an alarm's data is no part of the cost.
    let began_at = event.incident.created_at.or(told_at);
    if is_spending(&event.kind) {
        let began_at = began_at.into_iter().chain(told_at).min();
        let since = time(began_at.unwrap_or(event.occurred_at), &decision.reason.posted.local);
        return Some((words.service_level)(Said::Spends { level, since }));
    }
    if event.kind != EventKind::Resolved {
        return None;
    }
    let length = event.occurred_at - began_at?;
    let share = level.cost(length).filter(|share| share.hundredths() >= WORTH_SAYING)?;
    Some((words.service_level)(Said::Cost { level, share, burn: level.burn?, took: (words.duration)(length) }))
}

/// Why what the alert says is not understood.
pub(super) fn finding(event: &IncidentEvent, context: Context<'_>) -> Option<Line> {
    let fault = event.details.service_level.as_deref()?.as_ref().err().filter(|_| is_spending(&event.kind))?;
    Some((context.language.words().marker_fault)(fault))
}

/// Less than a tenth of a percent is said of no alert.
const WORTH_SAYING: u32 = 10;

/// Whether the alert is open, and this says how bad it is.
fn is_spending(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Triggered | EventKind::Worsened | EventKind::StateChanged)
}

/// A number of two digits, as people say it; what is at least so much is never more.
pub(super) fn about(burn: Burn) -> String {
    match burn {
        Burn::Measured(rate) => short(rate.hundredths(), Rounding::Nearest),
        Burn::AtLeast(rate) => short(rate.hundredths(), Rounding::Down),
    }
}

/// The percent of a share; never more than it is.
pub(super) fn percent(share: Share) -> String {
    short(share.hundredths(), Rounding::Down)
}

#[derive(Debug, Clone, Copy)]
enum Rounding {
    Nearest,
    Down,
}

/// A number of hundredths: whole from ten on, in tenths below that, in hundredths below a tenth.
fn short(hundredths: u32, rounding: Rounding) -> String {
    let unit = match hundredths {
        ..10 => 1,
        10..1_000 => 10,
        _ => 100,
    };
    let more = match rounding {
        Rounding::Nearest => unit / 2,
        Rounding::Down => 0,
    };
    let number = hundredths.saturating_add(more) / unit * unit;
    match (number / 100, number % 100) {
        (whole, 0) => whole.to_string(),
        (whole, part) if part % 10 == 0 => format!("{whole}.{}", part / 10),
        (whole, part) => format!("{whole}.{part:02}"),
    }
}

/// A time as people say it ahead: days from three on, hours from two on, and minutes, one at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ahead {
    Days(i64),
    Hours(i64),
    Minutes(i64),
}

impl Ahead {
    pub(super) fn of(span: TimeDelta) -> Self {
        const MINUTE: i64 = 60;
        const HOUR: i64 = 60 * MINUTE;
        const DAY: i64 = 24 * HOUR;
        let seconds = span.num_seconds();
        let rounded = |unit: i64| (seconds + unit / 2) / unit;
        if rounded(HOUR) >= 72 {
            return Self::Days(rounded(DAY));
        }
        if rounded(MINUTE) >= 120 {
            return Self::Hours(rounded(HOUR));
        }
        Self::Minutes(rounded(MINUTE).max(1))
    }
}
