//! Where the tables of a tab are, and which of their columns says what.

mod columns;
mod headerless;

use super::cells::{Entry, Sheet};
use super::date;
use super::heading::{Kind, kind};
use super::people::Names;
pub(super) use columns::count;
use std::ops::Range;

/// A table: its rows and what its columns are. There may be several in a tab, beside and below each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// The header's row; `None` for a table without one.
    pub header: Option<usize>,
    pub rows: Range<usize>,
    pub date: usize,
    /// The last day of a row.
    pub end: Option<usize>,
    pub weekday: Option<usize>,
    pub month: Option<usize>,
    pub year: Option<usize>,
    /// At least one.
    pub on_call: Vec<usize>,
    pub deputy: Option<usize>,
    pub night: Vec<usize>,
    pub half: Vec<usize>,
    /// Columns that are not read and may say that a row is for the night.
    pub others: Vec<usize>,
    /// Columns without a heading that are not read.
    pub unnamed: Vec<usize>,
    pub length: Length,
}

/// How many days a row stands for, as far as the date's heading says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    /// 週, week.
    Week,
    /// 開始, start: until the next.
    Start,
    /// Nothing.
    Unsaid,
}

/// The tables of a tab.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    pub blocks: Vec<Block>,
    /// Date headings of tables in which no column says who is on call.
    pub without_people: Vec<(usize, usize)>,
    /// Rows above the first header in which people stand, by their cell.
    pub above: Vec<(usize, usize)>,
}

/// Finds the tables.
pub(super) fn layout(sheet: &Sheet, names: &Names) -> Layout {
    let headers = headers(sheet);
    let Some(first) = headers.first().copied() else {
        return Layout {
            blocks: headerless::block(sheet, names, 0..sheet.rows.len()).into_iter().collect(),
            ..Layout::default()
        };
    };
    let mut layout = Layout::default();
    match headerless::above(sheet, names, 0..first) {
        Ok(block) => layout.blocks.extend(block),
        Err(cells) => layout.above = cells,
    }
    let ends = headers.iter().skip(1).copied().chain([sheet.rows.len()]);
    for (row, end) in headers.iter().copied().zip(ends).filter(|(row, end)| row + 1 < *end || *end == sheet.rows.len())
    {
        let above = row.checked_sub(1).filter(|above| headers.contains(above));
        for columns in parted(sheet, above.unwrap_or(row), end) {
            columns::read(sheet, names, Header { row, above }, row + 1..end, columns, &mut layout);
        }
    }
    layout
}

/// A header: its row, and the row above when that is the first half of it.
#[derive(Debug, Clone, Copy)]
struct Header {
    row: usize,
    above: Option<usize>,
}

impl Header {
    /// A column's heading.
    fn entry<'s, 'a>(&self, sheet: &'s Sheet<'a>, column: usize) -> &'s Entry<'a> {
        let own = sheet.entry(self.row, column);
        match self.above {
            Some(above) if own.is_blank() => sheet.entry(above, column),
            _ => own,
        }
    }

    fn kind(&self, sheet: &Sheet, column: usize) -> Kind {
        kind_of(self.entry(sheet, column))
    }
}

/// The rows that are headers.
fn headers(sheet: &Sheet) -> Vec<usize> {
    let rows: Vec<_> = sheet.filled_rows().collect();
    let next = rows.iter().skip(1).copied().map(Some).chain([None]);
    rows.iter().copied().zip(next).filter(|(row, next)| is_header(sheet, *row, *next)).map(|(row, _)| row).collect()
}

/// A date's heading and one for people; or one for people, and below a blank heading a date.
fn is_header(sheet: &Sheet, row: usize, next: Option<usize>) -> bool {
    let cells = &sheet.rows[row];
    if cells.iter().any(date::is_date) {
        return false;
    }
    let kinds: Vec<_> = sheet.filled_columns(row).map(|column| kind_of(sheet.entry(row, column))).collect();
    let has = |wanted: &[Kind]| kinds.iter().any(|kind| wanted.contains(kind));
    if has(&[Kind::Date]) && has(&[Kind::OnCall, Kind::Weak, Kind::Night, Kind::Half]) {
        return true;
    }
    has(&[Kind::OnCall])
        && next.is_some_and(|next| {
            sheet
                .filled_columns(next)
                .any(|column| sheet.entry(row, column) == &Entry::Empty && date::is_date(sheet.entry(next, column)))
        })
}

/// What a column is by a heading's cell.
fn kind_of(entry: &Entry) -> Kind {
    match entry {
        Entry::Text(text) => kind(text),
        _ => Kind::Other,
    }
}

/// The columns of a header in runs between columns that are wholly empty.
fn parted(sheet: &Sheet, header: usize, end: usize) -> Vec<Range<usize>> {
    let width = sheet.rows[header..end].iter().map(Vec::len).max().unwrap_or_default();
    let mut is_used = vec![false; width];
    for row in header..end {
        for column in sheet.filled_columns(row) {
            is_used[column] = true;
        }
    }
    let mut runs: Vec<Range<usize>> = Vec::new();
    for column in (0..width).filter(|column| is_used[*column]) {
        match runs.last_mut() {
            Some(run) if run.end == column => run.end = column + 1,
            _ => runs.push(column..column + 1),
        }
    }
    runs
}
