//! Rows without a date. Where it is known which cells are merged, the date of a merged cell has been filled in, and a row
//! without one is nobody's. Otherwise a row may go on with the date above, if that is how the table is kept.

use super::super::dates::Dated;
use super::Reader;
use crate::domain::holidays;
use crate::domain::rotation::{Finding, Problem};
use chrono::{Datelike as _, NaiveDate, Weekday};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What becomes of the rows without a date.
#[derive(Default)]
pub struct Undated<'d> {
    /// Rows that go on with the date above.
    pub continued: BTreeMap<usize, &'d Dated>,
    /// The people of all others.
    pub findings: Vec<Finding>,
}

/// Finds out for each row without a date whether it belongs to the date above.
pub fn rows<'d>(reader: &Reader, dated: &'d [Dated]) -> Undated<'d> {
    let (sheet, block) = (reader.sheet, reader.block);
    let is_undated = |row: usize| sheet.entry(row, block.date).is_blank();
    let ends = dated.iter().skip(1).map(|next| next.row).chain([block.rows.end]);
    let first = dated.first().map_or(block.rows.end, |first| first.row);
    let rows =
        |range: Range<usize>| range.filter(|row| is_undated(*row) && reader.has_somebody(*row)).collect::<Vec<_>>();
    let groups: Vec<_> = dated.iter().zip(ends).map(|(dated, end)| (dated, rows(dated.row + 1..end))).collect();
    let with_rows = groups.iter().filter(|(_, rows)| !rows.is_empty()).count();
    if with_rows == 0 && rows(block.rows.start..first).is_empty() {
        return Undated::default();
    }
    let is_habit = with_rows * 2 >= groups.len() && !sheet.has_merges;
    let most = groups.iter().map(|(_, rows)| rows.len()).max().unwrap_or_default();
    let have_most = groups.iter().filter(|(_, rows)| rows.len() == most).count();
    let week = Week::of(dated);
    let mut found = Undated::default();
    let mut tell = |rows: &[usize]| {
        for row in rows {
            let Some(column) = reader.somebody(*row) else { continue };
            found.findings.push(sheet.finding(*row, column, Problem::PersonWithoutDate(sheet.shown(*row, column))));
        }
    };
    tell(&rows(block.rows.start..first));
    for (position, (dated, rows)) in groups.iter().enumerate() {
        let is_next = |(offset, row): (usize, &usize)| *row == dated.row + 1 + offset && reader.names_only_people(*row);
        let is_whole = rows.iter().enumerate().all(is_next);
        let next = groups.get(position + 1).map(|(next, _)| *next);
        let is_gap = next.is_some_and(|next| week.is_missing_between(dated, next));
        let is_alone_with_most = rows.len() == most && have_most == 1;
        if is_habit && is_whole && !is_gap && !is_alone_with_most {
            found.continued.extend(rows.iter().map(|row| (*row, *dated)));
        } else {
            tell(rows);
        }
    }
    found
}

impl Reader<'_> {
    /// Whether every on-call cell of the row that is filled names people, and nothing else.
    fn names_only_people(&self, row: usize) -> bool {
        let mut texts =
            self.block.on_call.iter().map(|column| self.sheet.text(row, *column)).filter(|text| !text.is_empty());
        texts.all(|text| {
            self.names.are_members(&text) || (!self.names.are_known() && !self.names.people(&text).is_empty())
        })
    }
}

/// The days that a table has rows for.
struct Week {
    weekdays: BTreeSet<u8>,
    has_holidays: bool,
}

impl Week {
    fn of(dated: &[Dated]) -> Self {
        let days = || dated.iter().flat_map(|dated| [dated.first, dated.last]);
        let monday_to_friday = 0..5;
        let weekdays = days().map(|day| day.weekday().num_days_from_monday() as u8).chain(monday_to_friday).collect();
        Self { weekdays, has_holidays: days().any(is_weekday_off) }
    }

    /// Whether there is no row for a day that the table should have one for.
    fn is_missing_between(&self, one: &Dated, next: &Dated) -> bool {
        let (from, to) = if one.last < next.first { (one.last, next.first) } else { (next.last, one.first) };
        from.iter_days().skip(1).take_while(|day| *day < to).any(|day| {
            let is_usual = self.weekdays.contains(&(day.weekday().num_days_from_monday() as u8));
            is_usual && (self.has_holidays || holidays::japan(day).is_none())
        })
    }
}

/// A national holiday that is no Saturday or Sunday anyway.
fn is_weekday_off(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && holidays::japan(day).is_some()
}
