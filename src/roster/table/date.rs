//! What is written in a date's cell, as it stands: which year is meant, and which number is the month, is for [`super::dates`]
//! to say.

mod scan;
mod weekday;

use super::cells::Entry;
use chrono::{Datelike as _, NaiveDate, NaiveTime, Timelike as _, Weekday};
use scan::Scan;
pub(super) use scan::month_of;
pub(super) use weekday::weekday;

/// A date's cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    pub first: Point,
    /// The end of a span.
    pub last: Option<Point>,
    /// It says that it is a week: `11/23週`, `11/23〜`, `Week of Nov 23`, `2026-W48`.
    pub is_week: bool,
}

/// A day as it is written, perhaps with a weekday and a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Point {
    pub day: Day,
    pub weekday: Option<Weekday>,
    pub time: Option<NaiveTime>,
}

/// What of a date is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    /// All of it.
    On(NaiveDate),
    /// `11月26日`, `Nov 26`.
    InMonth(u32, u32),
    /// `11/26`: two numbers, of which one is the month.
    Pair(u32, u32),
    /// `26/11/2026`, `26/11/24`: three numbers, of which one is the year.
    Three([u32; 3]),
    /// `26`, `26日`.
    Only(u32),
}

impl From<Day> for Point {
    fn from(day: Day) -> Self {
        Self { day, weekday: None, time: None }
    }
}

/// The years in which a date is one.
pub(super) fn day_of(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day).filter(|_| (2000..2200).contains(&year))
}

/// The date that is written in a cell; `None` when there is none.
pub(super) fn read(entry: &Entry) -> Option<Written> {
    match entry {
        Entry::Empty | Entry::Hidden | Entry::Error(_) => None,
        Entry::Number(number) => serial(*number).map(single),
        Entry::Text(text) => {
            const LONGEST: usize = 80;
            let text = text.as_ref();
            if text.len() > LONGEST || !text.bytes().any(|byte| byte.is_ascii_digit()) {
                return None;
            }
            written(text)
        }
    }
}

/// Whether a cell holds more of a date than the number of a day.
pub(super) fn is_date(entry: &Entry) -> bool {
    read(entry).is_some_and(|written| written.is_full())
}

impl Written {
    /// Whether it is more than the number of a day.
    pub fn is_full(&self) -> bool {
        !matches!(self.first.day, Day::Only(_))
    }
}

fn single(first: Point) -> Written {
    Written { first, last: None, is_week: false }
}

/// Days since 1899-12-30, and the time of day; or the number of a day of the month.
fn serial(number: f64) -> Option<Point> {
    const SECONDS: f64 = 86_400.0;
    if number.fract() == 0.0 && (1.0..=31.0).contains(&number) {
        return Some(Day::Only(number as u32).into());
    }
    if !(10_000.0..100_000.0).contains(&number) {
        return None;
    }
    // The first day of the year 1 is day 1 there, 1899-12-30 is day 0 here.
    const BEFORE: i32 = 693_594;
    let date = NaiveDate::from_num_days_from_ce_opt(BEFORE + number as i32)?;
    let day = Day::On(Some(date).filter(|date| (2000..2200).contains(&date.year()))?);
    let seconds = (number.fract() * SECONDS).round() as u32;
    let time = NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).filter(|time| time.minute() + time.hour() > 0);
    Some(Point { day, weekday: None, time })
}

fn written(text: &str) -> Option<Written> {
    if let Some(week) = iso_week(text) {
        return Some(Written { first: Day::On(week).into(), last: None, is_week: true });
    }
    if text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return serial(text.parse().ok()?).map(single);
    }
    let mut scan = Scan::new(text);
    let says_week = scan.takes_word(&["week of", "week commencing", "week starting", "w/c", "wc", "週:", "週 "]);
    let first = scan.point()?;
    let is_week = scan.takes(&["週", "の週", "の 週", "~", "〜", "から"]) && scan.is_at_end();
    if is_week || scan.is_at_end() {
        return Some(Written { first, last: None, is_week: is_week || says_week });
    }
    let mut scan = scan.before_last_mark();
    if !scan.takes(&["〜", "~", "から", "–", "—", "−", "‐", "-", "ー"]) && !scan.takes_word(&["to", "until", "through"])
    {
        return None;
    }
    let last = scan.point()?;
    scan.takes(&["まで"]);
    scan.is_at_end().then_some(Written { first, last: Some(last), is_week: false })
}

/// `2026-W48`: its Monday.
fn iso_week(text: &str) -> Option<NaiveDate> {
    let (year, week) = text.split_once(['W', 'w'])?;
    let year = year.trim_end_matches(['-', ' ']);
    let is_number = |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(year, 4) || !is_number(week, 2) {
        return None;
    }
    let monday = NaiveDate::from_isoywd_opt(year.parse().ok()?, week.parse().ok()?, Weekday::Mon)?;
    day_of(monday.year(), monday.month(), monday.day())
}

#[cfg(test)]
mod tests;
