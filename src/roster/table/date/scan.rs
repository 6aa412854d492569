//! Reading a date from the left to the right.

use super::weekday::{NAMES, leading};
use super::{Day, Point, day_of};
use chrono::{NaiveDate, NaiveTime, Weekday};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// The year before the first of Reiwa.
const REIWA: i32 = 2018;

/// What is left of a text.
#[derive(Debug, Clone, Copy)]
pub struct Scan<'a> {
    rest: &'a str,
    /// What was left before the last mark was taken.
    before: &'a str,
}

/// A number, and how many digits it has.
type Number = (u32, usize);

impl<'a> Scan<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { rest: text, before: text }
    }

    pub fn is_at_end(&self) -> bool {
        self.rest.trim().is_empty()
    }

    /// As it was before the last mark was taken.
    pub fn before_last_mark(self) -> Self {
        Self { rest: self.before, before: self.before }
    }

    /// Takes one of these marks, if it is next.
    pub fn takes(&mut self, marks: &[&str]) -> bool {
        self.before = self.rest;
        let rest = self.rest.trim_start();
        let found = marks.iter().find_map(|mark| rest.strip_prefix(mark));
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    /// Takes one of these words, in upper or lower case, if it is next and a space or digit follows.
    pub fn takes_word(&mut self, words: &[&str]) -> bool {
        let rest = self.rest.trim_start();
        let is_next = |word: &&&str| {
            let head = rest.get(..word.len()).filter(|head| head.eq_ignore_ascii_case(word));
            head.is_some()
                && rest[word.len()..].starts_with(|c: char| c == ' ' || c.is_ascii_digit() || word.ends_with(' '))
        };
        let found = words.iter().find(is_next);
        self.rest = found.map_or(self.rest, |word| &rest[word.len()..]);
        found.is_some()
    }

    /// A date with what may stand around it: a weekday on either side, a time after it.
    pub fn point(&mut self) -> Option<Point> {
        let before = self.weekday();
        let day = self.day()?;
        let after = self.weekday_or_remark()?;
        let time = self.time();
        let last = if after.is_none() { self.weekday_or_remark()? } else { None };
        if !self.rest.is_empty() && self.rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return None;
        }
        Some(Point { day, weekday: before.or(after).or(last), time })
    }

    fn weekday(&mut self) -> Option<Weekday> {
        let rest = self.rest.trim_start();
        if let Some(inner) = rest.strip_prefix(['(', '[']) {
            let (word, after) = inner.split_once([')', ']'])?;
            let day = super::weekday(word)?;
            self.rest = after;
            return Some(day);
        }
        let (day, after) = leading(rest)?;
        // 日 is also a mark after a day, and 月 one after a month.
        self.rest = after.trim_start_matches(['.', ',']);
        Some(day)
    }

    /// What is in brackets after a date is its weekday, or a remark such as 祝. `None` when brackets are not closed.
    fn weekday_or_remark(&mut self) -> Option<Option<Weekday>> {
        let rest = self.rest.trim_start();
        let Some(inner) = rest.strip_prefix(['(', '[']) else {
            // Nov 16, Mon.
            let mut after = Scan { rest: rest.strip_prefix(',').unwrap_or(rest), ..*self };
            let day = after.weekday();
            *self = if day.is_some() { after } else { *self };
            return Some(day);
        };
        let (word, after) = inner.split_once([')', ']'])?;
        let day = super::weekday(word);
        if day.is_none() && !is_holiday(word) {
            return None;
        }
        self.rest = after;
        Some(day)
    }

    fn day(&mut self) -> Option<Day> {
        self.rest = self.rest.trim_start();
        if let Some(rest) = self.rest.strip_prefix("令和").or_else(|| self.rest.strip_prefix(['R', 'r'])) {
            return self.reiwa(rest);
        }
        if let Some((month, rest)) = month(self.rest) {
            return self.month_first(month, rest);
        }
        let (first, rest) = number(self.rest)?;
        if let Some(rest) = rest.strip_prefix('年') {
            return self.year_first(first, rest);
        }
        if let Some(rest) = rest.strip_prefix('月') {
            let (day, rest) = number(rest.trim_start())?;
            self.rest = rest.strip_prefix('日').unwrap_or(rest);
            return valid(Day::InMonth(first.0, day.0));
        }
        if let Some(day) = self.month_second(first, rest) {
            return Some(day);
        }
        self.numbers(first, rest)
    }

    /// `令和8年11月26日`, `R8.11.26`.
    fn reiwa(&mut self, rest: &'a str) -> Option<Day> {
        let (year, rest) = match rest.strip_prefix('元') {
            Some(rest) => ((1, 1), rest),
            None => number(rest)?,
        };
        let (month, rest) = number(rest.strip_prefix(['年', '.', '/', '-'])?)?;
        let (day, rest) = number(rest.strip_prefix(['月', '.', '/', '-'])?)?;
        self.rest = rest.strip_prefix('日').unwrap_or(rest);
        day_of(REIWA.checked_add(i32::try_from(year.0).ok()?)?, month.0, day.0).map(Day::On)
    }

    /// `Nov 26`, `November 26th, 2026`.
    fn month_first(&mut self, month: u32, rest: &'a str) -> Option<Day> {
        let (day, rest) = number(rest.trim_start_matches(['.', ' ']))?;
        self.rest = without_ordinal(rest);
        Some(self.with_year(month, day.0)).filter(is_valid)
    }

    /// `26-Nov`, `26 November 2026`, `26th of November`.
    fn month_second(&mut self, day: Number, rest: &'a str) -> Option<Day> {
        let rest = without_ordinal(rest).trim_start_matches(['-', '.', ' ', '/']);
        let rest = rest.strip_prefix("of ").unwrap_or(rest);
        let (month, rest) = month(rest)?;
        self.rest = rest.strip_prefix('.').unwrap_or(rest);
        Some(self.with_year(month, day.0)).filter(is_valid)
    }

    /// The year that may follow a day and a month in words.
    fn with_year(&mut self, month: u32, day: u32) -> Day {
        let rest = self.rest.trim_start_matches([',', ' ', '-']);
        let found = number(rest).filter(|((_, digits), after)| {
            (*digits == 4 || (*digits == 2 && self.rest.starts_with(['-', ',']) && !after.starts_with('/')))
                && !after.starts_with(':')
        });
        let Some(((year, digits), after)) = found else {
            return Day::InMonth(month, day);
        };
        // `Jul 1-7` is a span, `26-Nov-26` a year; only after a day in front can two digits be one.
        let is_span =
            digits == 2 && self.rest.starts_with('-') && !self.before.starts_with(|c: char| c.is_ascii_digit());
        let year = if digits == 2 { year + 2000 } else { year };
        match i32::try_from(year).ok().and_then(|year| day_of(year, month, day)) {
            Some(date) if !is_span => {
                self.rest = after;
                Day::On(date)
            }
            _ => Day::InMonth(month, day),
        }
    }

    /// `2026年11月26日`.
    fn year_first(&mut self, year: Number, rest: &'a str) -> Option<Day> {
        let (month, rest) = number(rest.trim_start())?;
        let (day, rest) = number(rest.strip_prefix('月')?.trim_start())?;
        self.rest = rest.strip_prefix('日').unwrap_or(rest);
        let year = if year.1 == 2 { year.0 + 2000 } else { year.0 };
        day_of(i32::try_from(year).ok()?, month.0, day.0).map(Day::On)
    }

    /// Numbers with the same mark between them.
    fn numbers(&mut self, first: Number, rest: &'a str) -> Option<Day> {
        self.rest = rest;
        let mark = rest.chars().next().filter(|mark| "/.-".contains(*mark));
        let Some((mark, (second, rest))) = mark.and_then(|mark| Some((mark, number(&rest[1..])?))) else {
            self.rest = without_ordinal(rest.strip_prefix('日').unwrap_or(rest));
            return valid(Day::Only(first.0)).filter(|_| first.1 <= 2);
        };
        self.rest = rest;
        let third = rest.strip_prefix(mark).and_then(number).filter(|(_, after)| !after.starts_with(':'));
        let Some((third, rest)) = third else {
            self.rest = rest.strip_prefix('日').unwrap_or(rest);
            let is_pair = first.1 <= 2 && second.1 <= 2 && mark != '.';
            return valid(Day::Pair(first.0, second.0)).filter(|_| is_pair);
        };
        self.rest = rest;
        match (first.1, third.1) {
            (4, 1..=2) => day_of(i32::try_from(first.0).ok()?, second.0, third.0).map(Day::On),
            (1..=2, 2 | 4) => {
                valid(Day::Three([first.0, second.0, third.0])).filter(|_| third.1 < 4 || third.0 >= 2_000)
            }
            _ => None,
        }
    }

    /// `9:00`, `09:00:00`, `9:00 pm`.
    fn time(&mut self) -> Option<NaiveTime> {
        let rest = self.rest.trim_start();
        let rest = rest.strip_prefix('T').unwrap_or(rest);
        let ((hour, _), after) = number(rest)?;
        let ((minute, _), mut after) = number(after.strip_prefix(':')?)?;
        if let Some(((_, _), rest)) = after.strip_prefix(':').and_then(number) {
            after = rest;
        }
        let half = after.trim_start().get(..2).map(str::to_ascii_lowercase);
        let hour = match half.as_deref() {
            Some("am") => hour % 12,
            Some("pm") => hour % 12 + 12,
            _ => hour,
        };
        if matches!(half.as_deref(), Some("am" | "pm")) {
            after = &after.trim_start()[2..];
        }
        self.rest = after;
        NaiveTime::from_hms_opt(hour, minute, 0).filter(|time| *time != NaiveTime::MIN)
    }
}

fn valid(day: Day) -> Option<Day> {
    is_valid(&day).then_some(day)
}

fn is_valid(day: &Day) -> bool {
    const LEAP: i32 = 2000;
    let is_day = |month, day| NaiveDate::from_ymd_opt(LEAP, month, day).is_some();
    match *day {
        Day::On(_) => true,
        Day::Three([one, two, three]) => is_day(one, two) || is_day(two, one) || is_day(two, three),
        Day::InMonth(month, day) => is_day(month, day),
        Day::Pair(one, other) => is_day(one, other) || is_day(other, one),
        Day::Only(day) => (1..=31).contains(&day),
    }
}

/// A number of up to four digits, and what follows it.
fn number(text: &str) -> Option<(Number, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let value = text[..digits].parse().ok().filter(|_| (1..=4).contains(&digits))?;
    Some(((value, digits), &text[digits..]))
}

fn without_ordinal(text: &str) -> &str {
    let head = text.get(..2).map(str::to_ascii_lowercase);
    if matches!(head.as_deref(), Some("st" | "nd" | "rd" | "th")) { &text[2..] } else { text }
}

/// The month whose English name, or its first letters, a text begins with.
fn month(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    Some((month_of(&text[..end])?, &text[end..]))
}

/// Whether a remark in brackets after a date only says that it is a holiday. 昼, 午後, 中止, 木除く and what else there may be
/// change whose day it is.
fn is_holiday(word: &str) -> bool {
    let word = word.trim().to_lowercase();
    let is_made_of_days = word.chars().all(|c| "月火水木金土日曜祝休振替・, ".contains(c));
    let begins_a_weekday = word.len() > 2 && NAMES.iter().any(|name| name.starts_with(&word));
    is_made_of_days || begins_a_weekday || word.ends_with("の日") || word.ends_with("休日") || word.ends_with("holiday")
}

/// The month of an English name, or of its first three or four letters.
pub fn month_of(name: &str) -> Option<u32> {
    let word = name.to_ascii_lowercase();
    let is_it = |name: &str| name == word || (matches!(word.len(), 3 | 4) && name.starts_with(&word));
    MONTHS.iter().position(|name| is_it(name)).map(|position| position as u32 + 1)
}
