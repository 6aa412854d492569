//! Dates that can be read, and that are probably not the ones that were meant.

use super::super::block::Block;
use super::super::cells::{Entry, Sheet};
use super::super::date::Day;
use super::Raw;
use super::resolve::{Found, Resolver};
use chrono::{Datelike as _, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// Whether the weekdays beside the dates are another year's.
#[derive(Debug, Clone, Copy)]
pub struct Stale {
    pub without_year: bool,
    pub with_year: bool,
}

/// Whether half of the weekdays or more do not fit: then the sheet, or its column of weekdays, is another year's.
pub fn stale<'f>(found: impl Iterator<Item = &'f Found> + Clone) -> Stale {
    let is_stale = |has_year: bool, few: usize| {
        let fits: Vec<_> =
            found.clone().filter(|found| found.has_year == has_year).filter_map(|found| found.fits).collect();
        let wrong = fits.iter().filter(|fits| !**fits).count();
        wrong >= few && wrong * 2 >= fits.len()
    };
    Stale { without_year: is_stale(false, 2), with_year: is_stale(true, 3) }
}

/// Rows with the number of a day that begins again below a higher one, without another month above it.
pub fn restarts(resolver: &Resolver, rows: &[Raw]) -> BTreeSet<usize> {
    let mut months: BTreeMap<usize, Vec<(usize, u32)>> = BTreeMap::new();
    for raw in rows {
        if let Day::Only(day) = raw.written.first.day {
            months.entry(resolver.month_row(raw.row)).or_default().push((raw.row, day));
        }
    }
    let mut restarts = BTreeSet::new();
    for days in months.values() {
        let steps = || days.windows(2).map(|pair| (pair[1].0, i64::from(pair[1].1) - i64::from(pair[0].1)));
        let ups = steps().filter(|(_, step)| *step > 0).count();
        let downs = steps().filter(|(_, step)| *step < 0).count();
        let is_back = |step: i64| if ups >= downs { step < 0 } else { step > 0 };
        // 11月度 may begin in October: which days are the other month's, nobody can tell.
        if steps().any(|(_, step)| is_back(step)) {
            restarts.extend(days.iter().map(|(row, _)| *row));
        }
    }
    restarts
}

/// Rows with dates that a program took for another day: where it could, it made a date of `11/12/2026`, and left
/// `13/12/2026` as text; so without the year, where the day is the first number.
pub fn turned(sheet: &Sheet, block: &Block, rows: &[Raw]) -> BTreeSet<usize> {
    const MONTHS: u32 = 12;
    let is_sure = |raw: &Raw| match raw.written.first.day {
        Day::Three(numbers) => Some(numbers[0] > MONTHS || numbers[1] > MONTHS),
        Day::Pair(day, _) => Some(day > MONTHS),
        Day::On(_) | Day::InMonth(..) | Day::Only(_) => None,
    };
    let texts = || rows.iter().filter_map(is_sure);
    if texts().next().is_none() || !texts().all(|is_sure| is_sure) {
        return BTreeSet::new();
    }
    let serials: Vec<_> = rows
        .iter()
        .filter(|raw| matches!(sheet.entry(raw.row, block.date), Entry::Number(_)))
        .filter_map(|raw| if let Day::On(date) = raw.written.first.day { Some((raw.row, date)) } else { None })
        .collect();
    let is_turned = serials.iter().all(|(_, date)| date.day() <= MONTHS);
    serials.into_iter().filter(|_| is_turned).map(|(row, _)| row).collect()
}

/// Rows that go back from the end of a year to its beginning: its column says 2026 beside January 2027.
pub fn falls_back(block: &Block, rows: impl Iterator<Item = (usize, NaiveDate)>) -> BTreeSet<usize> {
    const LATE: u32 = 10;
    const EARLY: u32 = 3;
    let mut found = BTreeSet::new();
    if block.year.is_none() {
        return found;
    }
    let mut back = None;
    let mut before: Option<NaiveDate> = None;
    for (row, date) in rows {
        let falls = before
            .is_some_and(|before| before.year() == date.year() && before.month() >= LATE && date.month() <= EARLY);
        if falls {
            back = Some(date.year());
        } else if back != Some(date.year()) || date.month() >= LATE {
            back = None;
        }
        if back.is_some() {
            found.insert(row);
        }
        before = Some(date);
    }
    found
}
