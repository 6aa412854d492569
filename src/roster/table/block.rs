//! Where the tables of a tab are, and which of their columns says what.

mod columns;
mod header;
mod headerless;
mod title;

use super::cells::Sheet;
use super::people::Names;
pub(super) use columns::count;
use header::Header;
use std::ops::Range;
pub(super) use title::{Title, meant};

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
    /// Only a heading such as 氏名 says who is on call.
    pub is_weak: bool,
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
    /// Titles of tables that are not read because of them.
    pub titles: Vec<(usize, usize, Title)>,
    /// Headings such as 氏名 of tables that are not read, as another says who is on call.
    pub weak: Vec<(usize, usize)>,
}

/// Finds the tables.
pub(super) fn layout(sheet: &Sheet, names: &Names) -> Layout {
    let headers = header::rows(sheet);
    let mut layout = Layout::default();
    match headers.first() {
        None => layout.blocks.extend(headerless::block(sheet, names, 0..sheet.rows.len())),
        Some(first) => match headerless::above(sheet, names, 0..*first) {
            Ok(block) => layout.blocks.extend(block),
            Err(cells) => layout.above = cells,
        },
    }
    let ends = headers.iter().skip(1).copied().chain([sheet.rows.len()]);
    for (row, end) in headers.iter().copied().zip(ends).filter(|(row, end)| row + 1 < *end || *end == sheet.rows.len())
    {
        let header = Header::new(sheet, names, row, &headers);
        for columns in parted(sheet, header.first(), end) {
            columns::read(sheet, names, &header, row + 1..end, columns, &mut layout);
        }
    }
    if layout.blocks.iter().any(|block| !block.is_weak) {
        // A list of names and dates beside a rota, or below it, is one of something else: of who is away.
        let weak = layout.blocks.extract_if(.., |block| block.is_weak);
        layout.weak = weak.filter_map(|block| Some((block.header?, block.on_call[0]))).collect();
    }
    for block in std::mem::take(&mut layout.blocks) {
        match title::of(sheet, &block) {
            Some(title) => layout.titles.push(title),
            None => layout.blocks.push(block),
        }
    }
    layout
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
