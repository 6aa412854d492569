//! When the team is at work.

use crate::domain::holidays;
use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Timelike as _, Utc, Weekday};
use chrono_tz::Tz;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Team time of one day, half-open: from the first minute to before the last. The end may be `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BusinessHours {
    start: u16,
    end: u16,
}

impl BusinessHours {
    /// From and to as minutes since midnight, `0 <= from < to <= 1440`; anything else is `None`.
    pub fn from_minutes(from: u16, to: u16) -> Option<Self> {
        (from < to && to <= 24 * 60).then_some(Self { start: from, end: to })
    }

    /// `10:00-17:00`.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        Self::from_minutes(minutes(from)?, minutes(to)?)
    }

    /// Whether a local time is in office time.
    pub fn contains(self, time: NaiveTime) -> bool {
        let minute = (time.num_seconds_from_midnight() / 60) as u16;
        (self.start..self.end).contains(&minute)
    }

    /// Minutes since midnight, half-open.
    pub fn minutes(self) -> std::ops::Range<u16> {
        self.start..self.end
    }

    /// The start on the clock.
    pub fn start(self) -> NaiveTime {
        NaiveTime::MIN + TimeDelta::minutes(i64::from(self.start))
    }

    /// The end, `17:00`.
    pub fn end(self) -> String {
        clock(self.end)
    }
}

impl std::fmt::Display for BusinessHours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", clock(self.start), clock(self.end))
    }
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let is_number = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !is_number(hour) || minute.len() != 2 || !is_number(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (minute < 60 && hour * 60 + minute <= 24 * 60).then_some(hour * 60 + minute)
}

/// The days of the week that are worked, `Mon-Fri`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BusinessDays([bool; 7]);

impl BusinessDays {
    /// `Mon-Fri`, `Sun-Thu`, `Mon,Wed,Fri` or a mixture; English names of three letters or more.
    pub fn parse(text: &str) -> Option<Self> {
        let mut days = [false; 7];
        for part in text.split(',') {
            let (from, to) = part.split_once('-').unwrap_or((part, part));
            let (from, to): (Weekday, Weekday) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
            let mut day = from;
            loop {
                days[day.num_days_from_monday() as usize] = true;
                if day == to {
                    break;
                }
                day = day.succ();
            }
        }
        Some(Self(days))
    }

    /// The days, Monday first.
    pub fn weekdays(self) -> impl Iterator<Item = Weekday> {
        let week = std::iter::successors(Some(Weekday::Mon), |day| Some(day.succ())).take(7);
        week.filter(move |day| self.contains(*day))
    }

    fn contains(self, day: Weekday) -> bool {
        self.0[day.num_days_from_monday() as usize]
    }
}

/// Which country's holidays are days off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NationalHolidays {
    /// Japan's.
    Japan,
    /// None.
    None,
}

/// Days off that the company has on top, by date, from the holidays tab.
pub type CompanyHolidays = BTreeMap<NaiveDate, String>;

/// What kind of day it is, and if it is off, why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Day {
    /// People work.
    Working,
    /// Not a day of the working week.
    Weekend,
    /// A national holiday, by its name.
    NationalHoliday(&'static str),
    /// A day of the holidays tab, by its name there.
    CompanyHoliday(String),
}

/// An instant as people on site see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// On the wall clock.
    pub local: DateTime<Tz>,
    /// What kind of day it is.
    pub day: Day,
    /// Whether it is in working hours: a working day, and office time.
    pub is_working: bool,
}

/// Zone, office time, working week and holidays. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// The zone in which hours and days are meant.
    pub zone: Tz,
    /// Team time.
    pub hours: BusinessHours,
    /// The working week.
    pub days: BusinessDays,
    /// The country whose holidays count.
    pub national: NationalHolidays,
    /// The company's own holidays.
    pub company: Arc<CompanyHolidays>,
}

impl Calendar {
    /// The same calendar with the company's holidays as the workbook has them.
    #[must_use]
    pub fn with_company_holidays(&self, company: Arc<CompanyHolidays>) -> Self {
        Self { company, ..self.clone() }
    }

    /// What an instant is on site.
    pub fn at(&self, instant: DateTime<Utc>) -> Moment {
        let local = instant.with_timezone(&self.zone);
        let day = self.day(local.date_naive());
        let is_working = day == Day::Working && self.hours.contains(local.time());
        Moment { local, day, is_working }
    }

    /// The date on site.
    pub fn date(&self, instant: DateTime<Utc>) -> NaiveDate {
        instant.with_timezone(&self.zone).date_naive()
    }

    /// What kind of day a date is.
    pub fn day(&self, date: NaiveDate) -> Day {
        if !self.days.contains(date.weekday()) {
            return Day::Weekend;
        }
        if let Some(name) = self.company.get(&date) {
            return Day::CompanyHoliday(name.clone());
        }
        match self.national {
            NationalHolidays::Japan => holidays::japan(date).map_or(Day::Working, Day::NationalHoliday),
            NationalHolidays::None => Day::Working,
        }
    }

    /// When office time begins on a date, working day or not.
    pub fn opening(&self, date: NaiveDate) -> DateTime<Utc> {
        self.instant(date, self.hours.start)
    }

    /// When office time ends on a date, working day or not.
    pub fn closing(&self, date: NaiveDate) -> DateTime<Utc> {
        self.instant(date, self.hours.end)
    }

    /// A local time as an instant. A time that summer time leaves out is the first one after it.
    fn instant(&self, date: NaiveDate, minute: u16) -> DateTime<Utc> {
        let midnight = date.and_time(NaiveTime::MIN);
        let wanted = midnight + TimeDelta::minutes(i64::from(minute));
        let later =
            (0..=3).find_map(|hours| self.zone.from_local_datetime(&(wanted + TimeDelta::hours(hours))).earliest());
        later.map_or(midnight.and_utc(), |local| local.to_utc())
    }

    /// The first working day after a date; `None` when there is none within a year.
    pub fn next_working_day(&self, date: NaiveDate) -> Option<NaiveDate> {
        date.iter_days().skip(1).take(366).find(|day| self.day(*day) == Day::Working)
    }

    /// The last working day before a date; `None` when there is none within a year.
    pub fn last_working_day(&self, date: NaiveDate) -> Option<NaiveDate> {
        std::iter::successors(date.pred_opt(), NaiveDate::pred_opt).take(366).find(|day| self.day(*day) == Day::Working)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(zone: &str) -> Calendar {
        Calendar {
            zone: zone.parse().expect("a zone"),
            hours: BusinessHours::parse("10:00-17:00").expect("hours"),
            days: BusinessDays::parse("Mon-Fri").expect("days"),
            national: NationalHolidays::Japan,
            company: Arc::new(CompanyHolidays::from([(date("2026-12-29"), "年末休み".into())])),
        }
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn hours_are_half_open_on_working_days() {
        for (zone, instant, expected) in [
            ("Asia/Tokyo", "2026-11-24T09:59:59+09:00", false),
            ("Asia/Tokyo", "2026-11-24T10:00:00+09:00", true),
            ("Asia/Tokyo", "2026-11-24T16:59:59.999+09:00", true),
            ("Asia/Tokyo", "2026-11-24T17:00:00+09:00", false),
            ("Asia/Tokyo", "2026-11-23T11:00:00+09:00", false),
            ("Asia/Tokyo", "2026-11-22T11:00:00+09:00", false),
            ("Asia/Tokyo", "2026-12-29T11:00:00+09:00", false),
            // Summer time ends in New York on 2026-11-01: 10:00 is 14:00 UTC before it and 15:00 UTC after it.
            ("America/New_York", "2026-10-30T14:00:00Z", true),
            ("America/New_York", "2026-10-30T13:59:59Z", false),
            ("America/New_York", "2026-11-02T14:59:59Z", false),
            ("America/New_York", "2026-11-02T15:00:00Z", true),
            ("Europe/London", "2026-03-27T10:00:00Z", true),
            ("Europe/London", "2026-03-30T09:00:00Z", true),
            ("Europe/London", "2026-03-30T16:00:00Z", false),
        ] {
            let now = instant.parse::<DateTime<Utc>>().expect("an instant");
            assert_eq!(calendar(zone).at(now).is_working, expected, "{zone} {instant}");
        }
    }

    #[test]
    fn the_next_working_day_skips_days_off() {
        for (from, next, last) in [
            ("2026-11-20", "2026-11-24", "2026-11-19"),
            ("2026-11-24", "2026-11-25", "2026-11-20"),
            ("2026-09-18", "2026-09-24", "2026-09-17"),
            ("2026-05-01", "2026-05-07", "2026-04-30"),
            ("2026-12-28", "2026-12-30", "2026-12-25"),
            ("2026-12-31", "2027-01-04", "2026-12-30"),
        ] {
            let calendar = calendar("Asia/Tokyo");
            assert_eq!(calendar.next_working_day(date(from)), Some(date(next)), "after {from}");
            assert_eq!(calendar.last_working_day(date(from)), Some(date(last)), "before {from}");
        }
        let never = Calendar { days: BusinessDays([false; 7]), ..calendar("Asia/Tokyo") };
        assert_eq!(never.next_working_day(date("2026-11-20")), None);
    }

    #[test]
    fn hours_and_days_are_read_from_settings() {
        for (text, expected) in [
            ("10:00-17:00", Some("10:00-17:00")),
            ("9:30 - 24:00", Some("09:30-24:00")),
            ("00:00-24:00", Some("00:00-24:00")),
            ("17:00-10:00", None),
            ("10:00-10:00", None),
            ("10:00-24:01", None),
            ("10-17", None),
            ("10:00", None),
            ("+1:00-17:00", None),
            ("10:00-17:60", None),
        ] {
            assert_eq!(BusinessHours::parse(text).map(|hours| hours.to_string()).as_deref(), expected, "{text}");
        }
        for (text, expected) in [
            ("Mon-Fri", Some([true, true, true, true, true, false, false])),
            ("mon, wed,Fri", Some([true, false, true, false, true, false, false])),
            ("Sat-Mon", Some([true, false, false, false, false, true, true])),
            ("Mon-Sun", Some([true; 7])),
            ("weekdays", None),
            ("", None),
        ] {
            assert_eq!(BusinessDays::parse(text), expected.map(BusinessDays), "{text}");
        }
    }
}
