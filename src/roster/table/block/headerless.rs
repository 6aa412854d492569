//! A table without a header: dates, and beside them people.

use super::super::cells::{Entry, Sheet};
use super::super::date;
use super::super::people::{Names, Read};
use super::columns::{Count, count};
use super::{Block, Length};
use crate::domain::rotation::Says;
use std::ops::Range;

/// The most columns of people that are read without a heading.
const MOST: usize = 2;

/// The table, if dates are in one column, people beside it, and nothing but titles above.
pub fn block(sheet: &Sheet, names: &Names, rows: Range<usize>) -> Option<Block> {
    let width = sheet.rows[rows.clone()].iter().map(Vec::len).max().unwrap_or_default();
    let dates = |column: usize| rows.clone().filter(|row| date::is_date(sheet.entry(*row, column))).count();
    let most = (0..width).map(dates).max().filter(|most| *most > 0)?;
    // Of a first and a last day the first stands first.
    let date = (0..width).find(|column| dates(*column) * 2 > most)?;
    let filled = rows.clone().filter(|row| !sheet.entry(*row, date).is_blank()).count();
    let first = rows.clone().find(|row| date::is_date(sheet.entry(*row, date)))?;
    if dates(date) * 2 <= filled || (rows.start..first).any(|row| sheet.filled_columns(row).count() > 1) {
        return None;
    }
    let rows = first..rows.end;
    // What stands beyond an empty column is a table of its own.
    let is_used = |column: usize| rows.clone().any(|row| !sheet.entry(row, column).is_blank());
    let width = (date + 1..width).find(|column| !is_used(*column)).unwrap_or(width);
    let start = (0..date).rev().find(|column| !is_used(*column)).map_or(0, |column| column + 1);
    let counts: Vec<_> = (date + 1..width).map(|column| (column, count(sheet, rows.clone(), column, None))).collect();
    let weekday =
        counts.iter().find(|(_, count)| count.filled > 0 && count.is_mostly(count.weekdays)).map(|(column, _)| *column);
    let is_end = |count: &Count| count.is_mostly(count.dates) && count.dates * 2 > dates(date);
    let end = counts.iter().find(|(_, count)| is_end(count)).map(|(column, _)| *column);
    let is_other = |column: usize| Some(column) != weekday && Some(column) != end;
    let may_be = |column: usize| is_other(column) && is_people(sheet, names, rows.clone(), column);
    let on_call: Vec<_> = (date + 1..width).filter(|column| may_be(*column)).take(MOST).collect();
    let others: Vec<_> =
        (start..width).filter(|column| *column != date && is_other(*column) && !on_call.contains(column)).collect();
    // Who stands in for whom, or who has the night, only a heading can say.
    let is_somebody = |row: usize, column: usize| names.is_somebody(&sheet.text(row, column));
    let has_others = names.are_known() && rows.clone().any(|row| others.iter().any(|column| is_somebody(row, *column)));
    if on_call.is_empty() || has_others {
        return None;
    }
    Some(Block {
        header: None,
        rows,
        date,
        end,
        weekday,
        month: None,
        year: None,
        on_call,
        deputy: None,
        night: Vec::new(),
        half: Vec::new(),
        others,
        unnamed: Vec::new(),
        length: Length::Unsaid,
        is_weak: false,
        change: Vec::new(),
        notes: Vec::new(),
        group: None,
        has_lengths: false,
        is_for_weekdays: false,
    })
}

/// The same for what stands above the first header: a table has two rows or more, or it is the day of a change. Where
/// people stand beside days that cannot be read, these.
pub fn above(sheet: &Sheet, names: &Names, rows: Range<usize>) -> Result<Option<Block>, Vec<(usize, usize)>> {
    const FEW: usize = 2;
    let is_day =
        |entry: &Entry| date::is_date(entry) || matches!(entry, Entry::Text(text) if date::weekday(text).is_some());
    let has_day = |row: &usize| sheet.rows[*row].iter().any(is_day);
    let somebody = |row: usize| {
        let column = sheet.filled_columns(row).find(|column| names.is_somebody(&sheet.text(row, *column)));
        column.map(|column| (row, column))
    };
    let people: Vec<_> = rows.clone().filter(has_day).filter_map(somebody).collect();
    if people.len() < FEW {
        return Ok(None);
    }
    block(sheet, names, rows).map(Some).ok_or(people)
}

/// Whether most of what stands in a column is people, or says that there is nobody. Without a members tab every text
/// may be a name.
fn is_people(sheet: &Sheet, names: &Names, rows: Range<usize>, column: usize) -> bool {
    let texts: Vec<_> = rows.map(|row| sheet.text(row, column)).filter(|text| !text.is_empty()).collect();
    let is_one = |text: &str| match names.read(text) {
        Read::Says(says) => match &*says {
            Says::People { people, .. } => !people.is_empty(),
            Says::Nobody => true,
            Says::Nothing => false,
        },
        Read::Ditto => true,
    };
    let ones = texts.iter().filter(|text| is_one(text)).count();
    let people = texts.iter().filter(|text| !names.people(text).is_empty()).count();
    ones * 2 > texts.len() && people > 0
}
