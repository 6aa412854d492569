//! The clock of the page: the real time, or stopped at a chosen time.

use crate::domain::calendar::{Calendar, Day};
use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Utc, Weekday};
use serde::Deserialize;

/// How many days ahead to search.
const A_YEAR: usize = 366;

/// A clock that can be stopped and moved.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    real: fn() -> DateTime<Utc>,
    stood_at_first: Option<DateTime<Utc>>,
    stands_at: Option<DateTime<Utc>>,
}

/// Times that have a button: each gives a different answer to "who is mentioned?".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Worth {
    /// 11:00 on a working Tuesday: within business hours.
    Tuesday,
    /// 16:59 on a working Friday: the last minute of the week.
    Friday,
    /// 11:00 on a weekday that is a holiday.
    Holiday,
}

impl Clock {
    /// A clock that is stopped at `stands_at`, or shows the real time.
    pub fn new(real: fn() -> DateTime<Utc>, stands_at: Option<DateTime<Utc>>) -> Self {
        Self { real, stood_at_first: stands_at, stands_at }
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.stands_at.unwrap_or_else(self.real)
    }

    /// Whether it is stopped.
    pub fn stands(&self) -> bool {
        self.stands_at.is_some()
    }

    /// Stops it at a time. `None`: it shows the real time again.
    pub fn put(&mut self, at: Option<DateTime<Utc>>) {
        self.stands_at = at;
    }

    /// Resets it to how it was at the start: the real time, or stopped at `TOBAN_NOW`.
    pub fn put_back(&mut self) {
        self.stands_at = self.stood_at_first;
    }

    /// Whether it is as it was at the start.
    pub fn is_back(&self) -> bool {
        self.stands_at == self.stood_at_first
    }

    /// Moves it forward from the time that it shows, and stops it there.
    pub fn forward(&mut self, by: TimeDelta) {
        self.stands_at = self.now().checked_add_signed(by).or(self.stands_at);
    }
}

/// Parses a local date and time from a browser's input field: `2026-11-24T11:02`, with or without seconds.
pub fn local(text: &str, calendar: &Calendar) -> Option<DateTime<Utc>> {
    let formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
    let local = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())?;
    // Outside these years, arithmetic with dates could overflow.
    (2000..2100).contains(&local.year()).then(|| instant(local, calendar)).flatten()
}

/// The first such time, searched from the day of `now`. Returns `None` if there is none within a year.
pub fn worth(which: Worth, calendar: &Calendar, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let is_it = |date: NaiveDate| match which {
        Worth::Tuesday => date.weekday() == Weekday::Tue && calendar.day(date) == Day::Working,
        Worth::Friday => date.weekday() == Weekday::Fri && calendar.day(date) == Day::Working,
        Worth::Holiday => matches!(calendar.day(date), Day::NationalHoliday(_) | Day::CompanyHoliday(_)),
    };
    let date = calendar.date(now).iter_days().take(A_YEAR).find(|date| is_it(*date))?;
    let (hour, minute) = if which == Worth::Friday { (16, 59) } else { (11, 0) };
    on(date, hour, minute, calendar)
}

/// A time of day on a date, in the calendar's time zone.
pub fn on(date: NaiveDate, hour: u32, minute: u32, calendar: &Calendar) -> Option<DateTime<Utc>> {
    instant(date.and_time(NaiveTime::from_hms_opt(hour, minute, 0)?), calendar)
}

fn instant(local: NaiveDateTime, calendar: &Calendar) -> Option<DateTime<Utc>> {
    calendar.zone.from_local_datetime(&local).earliest().map(|local| local.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::{BusinessDays, BusinessHours, CompanyHolidays, NationalHolidays};
    use std::sync::Arc;

    fn calendar() -> Calendar {
        let off = CompanyHolidays::from([("2026-12-29".parse().expect("a date"), "年末休業".to_owned())]);
        Calendar {
            zone: chrono_tz::Asia::Tokyo,
            hours: BusinessHours::parse("10:00-17:00").expect("hours"),
            days: BusinessDays::parse("Mon-Fri").expect("days"),
            national: NationalHolidays::Japan,
            company: Arc::new(off),
        }
    }

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn the_buttons_lead_to_the_next_such_day() {
        for (which, now, expected) in [
            (Worth::Tuesday, "2026-11-24T20:00:00+09:00", "2026-11-24T11:00:00+09:00"),
            (Worth::Tuesday, "2026-11-25T00:00:00+09:00", "2026-12-01T11:00:00+09:00"),
            // A Tuesday that is a national or company holiday does not count.
            (Worth::Tuesday, "2026-11-02T11:00:00+09:00", "2026-11-10T11:00:00+09:00"),
            (Worth::Tuesday, "2026-12-28T11:00:00+09:00", "2027-01-05T11:00:00+09:00"),
            (Worth::Friday, "2026-11-21T11:00:00+09:00", "2026-11-27T16:59:00+09:00"),
            (Worth::Holiday, "2026-11-20T11:00:00+09:00", "2026-11-23T11:00:00+09:00"),
            (Worth::Holiday, "2026-11-24T11:00:00+09:00", "2026-12-29T11:00:00+09:00"),
        ] {
            assert_eq!(worth(which, &calendar(), instant(now)), Some(instant(expected)), "{which:?} {now}");
        }
    }

    #[test]
    fn a_field_holds_a_local_time_or_nothing() {
        let expected = Some(instant("2026-11-24T11:02:00+09:00"));
        for (text, expected) in [
            ("2026-11-24T11:02", expected),
            ("2026-11-24T11:02:00", expected),
            ("2026-11-24", None),
            ("2026-13-24T11:02", None),
            ("9999-11-24T11:02", None),
            ("", None),
        ] {
            assert_eq!(local(text, &calendar()), expected, "{text}");
        }
    }

    #[test]
    fn a_clock_that_was_moved_stands_until_it_is_let_go() {
        let real = || instant("2026-11-22T03:00:00Z");
        let mut clock = Clock::new(real, None);
        assert_eq!((clock.now(), clock.stands()), (real(), false));
        clock.forward(TimeDelta::minutes(30));
        assert_eq!((clock.now(), clock.stands()), (instant("2026-11-22T03:30:00Z"), true));
        clock.forward(TimeDelta::MAX);
        assert_eq!(clock.now(), instant("2026-11-22T03:30:00Z"), "there is no such time");
        clock.put(None);
        assert_eq!((clock.now(), clock.stands()), (real(), false));
    }

    #[test]
    fn a_clock_is_put_back_to_how_it_began() {
        let real = || instant("2026-11-22T03:00:00Z");
        let elsewhere = instant("2026-11-24T02:02:00Z");
        for began in [None, Some(instant("2026-11-20T00:50:00Z"))] {
            let mut clock = Clock::new(real, began);
            assert!(clock.is_back());
            clock.put(Some(elsewhere));
            assert!(!clock.is_back());
            clock.put_back();
            assert_eq!((clock.now(), clock.stands()), (began.unwrap_or_else(real), began.is_some()));
            assert!(clock.is_back());
        }
    }
}
