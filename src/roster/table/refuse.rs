//! Tables that say who is on call in a way only people can read. Each is refused whole, with one finding.

use super::block::Layout;
use super::cells::{Entry, Sheet};
use super::date::{self, Day};
use super::heading::{Kind, kind};
use crate::domain::rotation::{Finding, Problem, Shape};

/// A row with so many weekdays or dates lies down.
const MANY: usize = 5;

/// Why a tab without a table that can be read is not read.
pub(super) fn whole(sheet: &Sheet, layout: &Layout) -> Finding {
    let Some(first) = sheet.filled_rows().next() else {
        return Finding { at: Some(sheet.at(0, 0)), problem: Problem::EmptyTab };
    };
    let shape = |(row, column): (usize, usize), shape| sheet.finding(row, column, Problem::Refused(shape));
    if let Some(cell) = lying(sheet, is_day) {
        return shape(cell, Shape::ShiftTable);
    }
    if let Some((row, column)) = lying(sheet, is_weekday) {
        let numbers =
            |row: usize| sheet.filled_columns(row).filter(|column| is_number(sheet.entry(row, *column))).count();
        if (row + 1..sheet.rows.len()).any(|below| numbers(below) >= MANY) {
            return shape((row, column), Shape::Calendar);
        }
        return shape((row, column), Shape::ShiftTable);
    }
    if let Some((row, column)) = layout.without_people.first() {
        return sheet.finding(*row, *column, Problem::NoOnCallColumn);
    }
    let dated = sheet.filled_rows().find_map(|row| Some((row, dates(sheet, row)?)));
    if let Some((row, column)) = dated {
        let heading = (0..row).rev().find(|above| heads_dates(sheet, *above, column));
        return match heading {
            Some(heading) => sheet.finding(heading, column, Problem::NoOnCallColumn),
            None => shape((row, column), Shape::NoHeader),
        };
    }
    let start = sheet.filled_columns(first).next().unwrap_or_default();
    if let Some(cell) = cell(sheet, is_week_number) {
        return shape(cell, Shape::WeekNumbers);
    }
    match cell(sheet, |entry| is_weekday(entry) || matches!(entry, Entry::Text(text) if kind(text) == Kind::Weekday)) {
        Some(cell) => shape(cell, Shape::Weekdays),
        None => shape((first, start), Shape::NoDates),
    }
}

/// Whether rows and columns should change places before a header is looked for.
pub(super) fn lies_down(sheet: &Sheet) -> bool {
    lying(sheet, date::is_date).is_some()
}

/// The first such cell of a row with many of them.
fn lying(sheet: &Sheet, is_it: impl Fn(&Entry) -> bool) -> Option<(usize, usize)> {
    sheet.filled_rows().find_map(|row| {
        let mut cells = sheet.filled_columns(row).filter(|column| is_it(sheet.entry(row, *column)));
        let first = cells.next()?;
        (cells.count() + 1 >= MANY).then_some((row, first))
    })
}

fn cell(sheet: &Sheet, is_it: impl Fn(&Entry) -> bool) -> Option<(usize, usize)> {
    sheet.filled_rows().find_map(|row| {
        sheet.filled_columns(row).find(|column| is_it(sheet.entry(row, *column))).map(|column| (row, column))
    })
}

/// The first date of a row.
fn dates(sheet: &Sheet, row: usize) -> Option<usize> {
    sheet.filled_columns(row).find(|column| date::is_date(sheet.entry(row, *column)))
}

fn heads_dates(sheet: &Sheet, row: usize, column: usize) -> bool {
    matches!(sheet.entry(row, column), Entry::Text(text) if kind(text) == Kind::Date)
}

/// A date, or in a row of many the number of a day.
fn is_day(entry: &Entry) -> bool {
    date::is_date(entry)
}

fn is_number(entry: &Entry) -> bool {
    date::read(entry).is_some_and(|written| matches!(written.first.day, Day::Only(_)))
}

fn is_weekday(entry: &Entry) -> bool {
    matches!(entry, Entry::Text(text) if date::weekday(text).is_some())
}

/// `Week 1`, `第1週`, `W48`.
fn is_week_number(entry: &Entry) -> bool {
    let Entry::Text(text) = entry else { return false };
    let lower = text.to_lowercase();
    let inner = lower.strip_prefix('第').and_then(|rest| rest.strip_suffix('週'));
    let number = inner.or_else(|| lower.strip_prefix("week")).or_else(|| lower.strip_prefix('w'));
    number.map(str::trim).is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}
