//! When the team is at work.

use crate::domain::holidays;
use crate::domain::message::Language;
use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Timelike as _, Utc, Weekday};
use chrono_tz::Tz;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Working hours of one day, half-open: the end, which may be `24:00`, is no longer in them. There may be a break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BusinessHours {
    start: u16,
    end: u16,
    /// Half-open, and inside.
    pause: Option<(u16, u16)>,
}

impl BusinessHours {
    /// In minutes since midnight. `None` unless `from < to <= 1440`.
    pub fn from_minutes(from: u16, to: u16) -> Option<Self> {
        (from < to && to <= 24 * 60).then_some(Self { start: from, end: to, pause: None })
    }

    /// Reads `10:00-17:00`.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        Self::from_minutes(minutes(from)?, minutes(to)?)
    }

    /// What hours have to be, for whoever has written something else.
    pub fn expected(text: &str, language: Language) -> &'static str {
        let times = text.split_once('-').and_then(|(from, to)| Some((minutes(from)?, minutes(to)?)));
        match (times, language) {
            (Some((from, to)), Language::English) if from > to => {
                "a span of one day (hours over midnight are not supported: set those of one side of it, such as \
                 18:00-24:00, or the whole day, 00:00-24:00)"
            }
            (Some((from, to)), Language::Japanese) if from > to => {
                "1 日の中の時間帯 (0 時をまたぐ時間帯は設定できません。18:00-24:00 のように 0 時の前か後だけにするか、00:00-24:00 で \
                 1 日全体にしてください)"
            }
            (_, Language::English) => "a span of one day (24:00 is a valid end)",
            (_, Language::Japanese) => "1 日の中の時間帯 (終わりは 24:00 まで)",
        }
    }

    /// The same hours with this break. `None` unless there are hours before and after it.
    #[must_use]
    pub fn with_break(self, pause: Self) -> Option<Self> {
        let Self { start, end, .. } = pause;
        (self.start < start && end < self.end).then_some(Self { pause: Some((start, end)), ..self })
    }

    fn contains(self, time: NaiveTime) -> bool {
        (self.start..self.end).contains(&minute(time)) && !self.is_break(time)
    }

    fn is_break(self, time: NaiveTime) -> bool {
        self.pause.is_some_and(|(start, end)| (start..end).contains(&minute(time)))
    }

    /// Minutes since midnight, half-open, from the beginning of the day's work to its end.
    pub fn minutes(self) -> std::ops::Range<u16> {
        self.start..self.end
    }

    pub fn start(self) -> NaiveTime {
        NaiveTime::MIN + TimeDelta::minutes(i64::from(self.start))
    }

    /// As a time, `17:00`; text, because `24:00` is not a [`NaiveTime`].
    pub fn end(self) -> String {
        clock(self.end)
    }
}

impl std::fmt::Display for BusinessHours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.pause {
            None => write!(f, "{}-{}", clock(self.start), clock(self.end)),
            Some((from, to)) => {
                write!(f, "{}-{}, {}-{}", clock(self.start), clock(from), clock(to), clock(self.end))
            }
        }
    }
}

fn minute(time: NaiveTime) -> u16 {
    (time.num_seconds_from_midnight() / 60) as u16
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
    let hour: u16 = hour.parse().ok()?;
    let minute: u16 = minute.parse().ok()?;
    (minute < 60 && hour * 60 + minute <= 24 * 60).then_some(hour * 60 + minute)
}

/// The working days of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BusinessDays([bool; 7]);

impl BusinessDays {
    /// Reads `Mon-Fri`, `Sun-Thu`, `Mon,Wed,Fri` or a mixture; English names of three letters or more.
    pub fn parse(text: &str) -> Option<Self> {
        let mut days = [false; 7];
        for part in text.split(',') {
            let (from, to) = part.split_once('-').unwrap_or((part, part));
            let to: Weekday = to.trim().parse().ok()?;
            let mut day: Weekday = from.trim().parse().ok()?;
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
    Japan,
    None,
}

/// The company's own days off by date, from the holidays tab.
pub type CompanyHolidays = BTreeMap<NaiveDate, String>;

/// Whether a day is worked, and if not, why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Day {
    Working,
    Weekend,
    /// By name.
    NationalHoliday(&'static str),
    /// By its name in the holidays tab.
    CompanyHoliday(String),
}

/// An instant in the team's time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    pub local: DateTime<Tz>,
    pub day: Day,
    /// In business hours on a working day.
    pub is_working: bool,
    /// In the break of a working day.
    pub is_break: bool,
}

/// Time zone, business hours, working week and holidays. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Calendar {
    pub zone: Tz,
    pub hours: BusinessHours,
    pub days: BusinessDays,
    pub national: NationalHolidays,
    pub company: Arc<CompanyHolidays>,
}

impl Calendar {
    /// The same calendar with other company holidays.
    #[must_use]
    pub fn with_company_holidays(&self, company: Arc<CompanyHolidays>) -> Self {
        Self { company, ..self.clone() }
    }

    pub fn at(&self, instant: DateTime<Utc>) -> Moment {
        let local = instant.with_timezone(&self.zone);
        let day = self.day(local.date_naive());
        let is_working = day == Day::Working && self.hours.contains(local.time());
        let is_break = day == Day::Working && self.hours.is_break(local.time());
        Moment { local, day, is_working, is_break }
    }

    /// The date in the team's time zone.
    pub fn date(&self, instant: DateTime<Utc>) -> NaiveDate {
        instant.with_timezone(&self.zone).date_naive()
    }

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

    /// When business hours begin on a date, working day or not.
    pub fn opening(&self, date: NaiveDate) -> DateTime<Utc> {
        self.instant(date, self.hours.start)
    }

    /// When business hours end on a date, working day or not.
    pub fn closing(&self, date: NaiveDate) -> DateTime<Utc> {
        self.instant(date, self.hours.end)
    }

    /// When a date begins.
    pub fn midnight(&self, date: NaiveDate) -> DateTime<Utc> {
        self.instant(date, 0)
    }

    /// A local time as an instant. A time that is skipped when summer time begins becomes the first one after it.
    fn instant(&self, date: NaiveDate, minute: u16) -> DateTime<Utc> {
        let midnight = date.and_time(NaiveTime::MIN);
        let wanted = midnight + TimeDelta::minutes(i64::from(minute));
        let later =
            (0..=3).find_map(|hours| self.zone.from_local_datetime(&(wanted + TimeDelta::hours(hours))).earliest());
        later.map_or(midnight.and_utc(), |local| local.to_utc())
    }

    /// The first working day after a date; `None` if there is none within a year.
    pub fn next_working_day(&self, date: NaiveDate) -> Option<NaiveDate> {
        date.iter_days().skip(1).take(366).find(|day| self.day(*day) == Day::Working)
    }

    /// The last working day before a date; `None` if there is none within a year.
    pub fn last_working_day(&self, date: NaiveDate) -> Option<NaiveDate> {
        std::iter::successors(date.pred_opt(), NaiveDate::pred_opt).take(366).find(|day| self.day(*day) == Day::Working)
    }
}

#[cfg(test)]
mod tests;
