//! The two daily reminders: whether one is due, about which day, and what it lists.

use crate::domain::calendar::{Calendar, Day};
use crate::domain::incident::IncidentId;
use crate::domain::text::{Foreign, Tag};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// A reminder that is later than this says so.
const LATE: TimeDelta = TimeDelta::minutes(5);

/// The daily reminders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reminder {
    /// When business hours begin, to those on call today.
    Morning,
    /// When they end, to those on call on the next working day.
    Evening,
}

impl Reminder {
    /// Its name in events and in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Morning => "morning",
            Self::Evening => "evening",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Morning, Self::Evening].into_iter().find(|reminder| reminder.name() == name)
    }

    /// When it is due on a date, working day or not.
    pub fn due(self, date: NaiveDate, calendar: &Calendar) -> DateTime<Utc> {
        match self {
            Self::Morning => calendar.opening(date),
            Self::Evening => calendar.closing(date),
        }
    }

    /// The one that is due nearer to an instant, for a call that does not say which.
    pub fn by_clock(at: DateTime<Utc>, calendar: &Calendar) -> Self {
        let date = calendar.date(at);
        let distance = |reminder: Self| (at - reminder.due(date, calendar)).abs();
        if distance(Self::Morning) <= distance(Self::Evening) { Self::Morning } else { Self::Evening }
    }
}

/// A reminder that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub reminder: Reminder,
    /// The day on which it is sent.
    pub on: NaiveDate,
    /// The day whose on-call people it mentions.
    pub about: NaiveDate,
    /// The working day before: nobody has seen what was posted after its end.
    pub since: NaiveDate,
    /// When business hours end, `17:00`.
    pub until: String,
    /// Set if it is late enough to say so.
    pub late: Option<TimeDelta>,
}

/// Why no reminder is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotDue {
    /// Nobody works that day.
    DayOff(Day),
    /// The working day is over, or for an evening reminder the next one has begun.
    TooLate,
    /// None within a year.
    NoWorkingDay,
}

impl NotDue {
    /// Its name in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::DayOff(_) => "day_off",
            Self::TooLate => "too_late",
            Self::NoWorkingDay => "no_working_day",
        }
    }
}

/// Whether a reminder that was scheduled for a time is due now.
pub fn plan(
    reminder: Reminder,
    scheduled: DateTime<Utc>,
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Result<Plan, NotDue> {
    let on = calendar.date(scheduled);
    let day = calendar.day(on);
    if day != Day::Working {
        return Err(NotDue::DayOff(day));
    }
    let next = calendar.next_working_day(on).ok_or(NotDue::NoWorkingDay)?;
    let (about, over) = match reminder {
        Reminder::Morning => (on, calendar.closing(on)),
        Reminder::Evening => (next, calendar.opening(next)),
    };
    if now >= over {
        return Err(NotDue::TooLate);
    }
    let since = calendar.last_working_day(on).ok_or(NotDue::NoWorkingDay)?;
    let late = Some(now - scheduled).filter(|late| *late > LATE);
    Ok(Plan { reminder, on, about, since, until: calendar.hours.end(), late })
}

/// How far an incident in a reminder is; `since` is when it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Triggered.
    Open { since: DateTime<Utc> },
    /// Acknowledged.
    Taken { since: DateTime<Utc> },
    /// Resolved.
    Over,
    /// No event has said.
    NotKnown,
}

/// An incident in a reminder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    pub id: IncidentId,
    pub tag: Option<Tag>,
    pub title: Option<Foreign>,
    pub standing: Standing,
}

/// The incidents that a reminder lists.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct News {
    /// Posted since the end of the last working day, and nobody was mentioned in any message about it; oldest first.
    pub unmentioned: Vec<Carried>,
    /// Not resolved, oldest first.
    pub open: Vec<Carried>,
    /// Something is missing, because it could not be read.
    pub has_gaps: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::{BusinessDays, BusinessHours, CompanyHolidays, NationalHolidays};
    use std::sync::Arc;

    fn calendar() -> Calendar {
        let off = ["2026-12-29", "2026-12-30", "2026-12-31"];
        let off = off.map(|date| (date.parse().expect("a date"), "年末休業".to_owned()));
        Calendar {
            zone: chrono_tz::Asia::Tokyo,
            hours: BusinessHours::parse("10:00-17:00").expect("hours"),
            days: BusinessDays::parse("Mon-Fri").expect("days"),
            national: NationalHolidays::Japan,
            company: Arc::new(CompanyHolidays::from(off)),
        }
    }

    /// What is due: about which day, since which, and how many minutes late.
    fn due(reminder: Reminder, scheduled: &str, now: &str) -> String {
        let instant = |text: &str| text.parse().expect("an instant");
        match plan(reminder, instant(scheduled), &calendar(), instant(now)) {
            Ok(plan) => {
                let late = plan.late.map(|late| format!(" late {}", late.num_minutes())).unwrap_or_default();
                format!("about {} since {}{late}", plan.about, plan.since)
            }
            Err(why) => why.name().to_owned(),
        }
    }

    #[test]
    fn days_off_are_skipped_all_year() {
        for (date, morning, evening) in [
            ("2026-11-20", "about 2026-11-20 since 2026-11-19", "about 2026-11-24 since 2026-11-19"),
            ("2026-11-21", "day_off", "day_off"),
            ("2026-11-22", "day_off", "day_off"),
            ("2026-11-23", "day_off", "day_off"),
            ("2026-11-24", "about 2026-11-24 since 2026-11-20", "about 2026-11-25 since 2026-11-20"),
            // Golden Week
            ("2026-04-28", "about 2026-04-28 since 2026-04-27", "about 2026-04-30 since 2026-04-27"),
            ("2026-04-29", "day_off", "day_off"),
            ("2026-05-01", "about 2026-05-01 since 2026-04-30", "about 2026-05-07 since 2026-04-30"),
            ("2026-05-06", "day_off", "day_off"),
            ("2026-05-07", "about 2026-05-07 since 2026-05-01", "about 2026-05-08 since 2026-05-01"),
            // Silver Week, with a day that is off only because its neighbours are
            ("2026-09-18", "about 2026-09-18 since 2026-09-17", "about 2026-09-24 since 2026-09-17"),
            ("2026-09-22", "day_off", "day_off"),
            // New Year, with days that only the company has off
            ("2026-12-28", "about 2026-12-28 since 2026-12-25", "about 2027-01-04 since 2026-12-25"),
            ("2026-12-29", "day_off", "day_off"),
            ("2027-01-01", "day_off", "day_off"),
            ("2027-01-04", "about 2027-01-04 since 2026-12-28", "about 2027-01-05 since 2026-12-28"),
        ] {
            let at = |time: &str| format!("{date}T{time}:00+09:00");
            assert_eq!(due(Reminder::Morning, &at("10:00"), &at("10:00")), morning, "{date}");
            assert_eq!(due(Reminder::Evening, &at("17:00"), &at("17:00")), evening, "{date}");
        }
    }

    #[test]
    fn a_late_reminder_says_so_or_is_not_sent() {
        for (reminder, scheduled, now, expected) in [
            (Reminder::Morning, "10:00", "2026-11-20T10:05:00+09:00", "about 2026-11-20 since 2026-11-19"),
            (Reminder::Morning, "10:00", "2026-11-20T10:05:01+09:00", "about 2026-11-20 since 2026-11-19 late 5"),
            (Reminder::Morning, "10:00", "2026-11-20T16:59:59+09:00", "about 2026-11-20 since 2026-11-19 late 419"),
            (Reminder::Morning, "10:00", "2026-11-20T17:00:00+09:00", "too_late"),
            (Reminder::Morning, "10:00", "2026-11-24T10:00:00+09:00", "too_late"),
            (Reminder::Evening, "17:00", "2026-11-20T18:00:00+09:00", "about 2026-11-24 since 2026-11-19 late 60"),
            (Reminder::Evening, "17:00", "2026-11-24T09:59:59+09:00", "about 2026-11-24 since 2026-11-19 late 5339"),
            (Reminder::Evening, "17:00", "2026-11-24T10:00:00+09:00", "too_late"),
            (Reminder::Morning, "10:00", "2026-11-20T09:59:58+09:00", "about 2026-11-20 since 2026-11-19"),
        ] {
            assert_eq!(due(reminder, &format!("2026-11-20T{scheduled}:00+09:00"), now), expected, "{now}");
        }
    }

    #[test]
    fn without_a_name_the_nearer_reminder_is_meant() {
        for (at, expected) in [
            ("2026-11-24T09:55:00+09:00", Reminder::Morning),
            ("2026-11-24T10:20:00+09:00", Reminder::Morning),
            ("2026-11-24T13:29:00+09:00", Reminder::Morning),
            ("2026-11-24T13:31:00+09:00", Reminder::Evening),
            ("2026-11-24T17:00:00+09:00", Reminder::Evening),
            ("2026-11-24T23:00:00+09:00", Reminder::Evening),
        ] {
            assert_eq!(Reminder::by_clock(at.parse().expect("an instant"), &calendar()), expected, "{at}");
        }
    }
}
