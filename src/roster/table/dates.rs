//! Dates as people and Sheets write them.

use super::{Cell, Grid};
use crate::domain::rotation::{Finding, Problem};
use crate::domain::text::{Foreign, compatible};
use chrono::{Datelike as _, Days, NaiveDate, Weekday};

/// The date of a row. A row without one says so, unless nothing is in its date cell: then it is a remark. A date with
/// another day's weekday counts, and says so too.
pub(super) fn dated_row(grid: &Grid, row: usize, column: usize, findings: &mut Vec<Finding>) -> Option<NaiveDate> {
    let cell = grid.rows[row].get(column)?;
    let found = read(cell);
    if let Some((date, weekday)) = found
        && weekday.is_none_or(|weekday| weekday == date.weekday())
    {
        return Some(date);
    }
    let text = Foreign::line(&cell.text())?;
    let problem = match found {
        Some((date, _)) => Problem::WrongWeekday(text, date),
        None if cell.is_broken() => Problem::LineBreak(text),
        None => Problem::NotADate(text),
    };
    findings.push(Finding { at: Some(grid.at(row, column)), problem });
    found.map(|(date, _)| date)
}

/// A date: a serial number, or `2026-11-24`, `2026/11/24`, `2026年11月24日`, with or without a weekday in brackets.
pub fn date(cell: &Cell) -> Option<NaiveDate> {
    read(cell).map(|(date, _)| date)
}

fn read(cell: &Cell) -> Option<(NaiveDate, Option<Weekday>)> {
    let years = |date: &NaiveDate| (2000..2200).contains(&date.year());
    match cell {
        Cell::Empty => None,
        Cell::Number(number) if (0.0..200_000.0).contains(number) => NaiveDate::from_ymd_opt(1899, 12, 30)?
            .checked_add_days(Days::new(*number as u64))
            .filter(years)
            .map(|date| (date, None)),
        Cell::Number(_) => None,
        Cell::Text(text) => {
            let text = compatible(text);
            let (text, word) = parts(&text)?;
            let (year, rest) = text.split_once(['-', '/', '年'])?;
            let (month, day) = rest.split_once(['-', '/', '月'])?;
            let day = day.strip_suffix('日').unwrap_or(day);
            let number = |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok()).flatten();
            let date = NaiveDate::from_ymd_opt(i32::try_from(number(year)?).ok()?, number(month)?, number(day)?);
            date.filter(years).map(|date| (date, word.and_then(weekday)))
        }
    }
}

/// `火`, `Tue`, `tuesday`; `None` for anything else.
fn weekday(word: &str) -> Option<Weekday> {
    let letter = ["月", "火", "水", "木", "金", "土", "日"].into_iter().zip(0_u8..).find(|(letter, _)| *letter == word);
    match letter {
        Some((_, day)) => Weekday::try_from(day).ok(),
        None => word.parse().ok(),
    }
}

/// A date and what stands in brackets after it; `None` when the brackets are not closed.
fn parts(text: &str) -> Option<(&str, Option<&str>)> {
    match text.trim().split_once(['(', '[']) {
        Some((date, rest)) => Some((date.trim(), Some(rest.strip_suffix([')', ']'])?.trim()))),
        None => Some((text.trim(), None)),
    }
}
