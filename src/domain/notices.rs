//! Notices: when each is due, and what it says.
//!
//! They come in office hours only; the daily check, which comes before them, is in [`super::daily_check`].

pub mod exercise;
pub mod turns;
pub mod weekly;

use crate::domain::calendar::Calendar;
use crate::domain::incident::{EventKind, IncidentId};
use chrono::{DateTime, TimeDelta, Utc};

/// As this is asked every ten minutes, a notice has two chances: a tick may be late, or a chat down.
const DUE: TimeDelta = TimeDelta::minutes(20);

/// Something that a chat was told about an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub at: DateTime<Utc>,
    pub incident: IncidentId,
    pub kind: EventKind,
    /// Whether that has mentioned anybody, in a message that counts with it.
    pub has_mentioned: bool,
}

/// Whether what is planned for a time is due now. What falls into the break comes after it, and nothing comes after hours.
pub fn is_due(planned: DateTime<Utc>, calendar: &Calendar, now: DateTime<Utc>) -> bool {
    let at = without_break(planned, calendar);
    at <= now && now - at < DUE && calendar.at(now).is_working
}

/// That time, or the end of the break that it is in.
pub fn without_break(at: DateTime<Utc>, calendar: &Calendar) -> DateTime<Utc> {
    let mut minutes = (0..24 * 60).map(|minute| at + TimeDelta::minutes(minute));
    minutes.find(|at| !calendar.at(*at).is_break).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::{BusinessDays, BusinessHours, CompanyHolidays, NationalHolidays};
    use std::sync::Arc;

    fn at(time: &str) -> DateTime<Utc> {
        format!("2026-11-{time}:00+09:00").parse().expect("an instant")
    }

    #[test]
    fn it_is_due_for_as_long_as_two_ticks_and_in_office_hours() {
        for (hours, pause, planned, now, expected) in [
            ("10:00-17:00", None, "24T16:30", "24T16:29", false),
            ("10:00-17:00", None, "24T16:30", "24T16:30", true),
            ("10:00-17:00", None, "24T16:30", "24T16:49", true),
            ("10:00-17:00", None, "24T16:30", "24T16:50", false),
            ("10:00-17:00", None, "24T16:30", "25T16:30", false),
            // The hours end first.
            ("10:00-17:00", None, "24T16:50", "24T16:59", true),
            ("10:00-17:00", None, "24T16:50", "24T17:00", false),
            // Before and after them, on a Saturday, on a holiday.
            ("10:00-17:00", None, "24T09:00", "24T09:00", false),
            ("10:00-17:00", None, "24T17:00", "24T17:00", false),
            ("10:00-17:00", None, "21T16:30", "21T16:30", false),
            ("10:00-17:00", None, "23T16:30", "23T16:30", false),
            // The break.
            ("10:00-17:00", Some("16:00-16:45"), "24T15:50", "24T15:50", true),
            ("10:00-17:00", Some("16:00-16:45"), "24T15:50", "24T16:00", false),
            ("10:00-17:00", Some("16:00-16:45"), "24T16:30", "24T16:40", false),
            ("10:00-17:00", Some("16:00-16:45"), "24T16:30", "24T16:45", true),
            ("10:00-17:00", Some("16:00-16:45"), "24T16:30", "24T16:59", true),
        ] {
            let hours = BusinessHours::parse(hours).expect("hours");
            let pause = pause.map(|pause| BusinessHours::parse(pause).expect("a break"));
            let calendar = Calendar {
                zone: chrono_tz::Asia::Tokyo,
                hours: pause.map_or(Some(hours), |pause| hours.with_break(pause)).expect("a break inside"),
                days: BusinessDays::parse("Mon-Fri").expect("days"),
                national: NationalHolidays::Japan,
                company: Arc::new(CompanyHolidays::new()),
            };
            assert_eq!(is_due(at(planned), &calendar, at(now)), expected, "{hours} {pause:?} {planned} {now}");
        }
    }
}
