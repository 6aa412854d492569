//! Where the tables of a tab are, and which of their columns says what.

mod columns;
mod header;
mod headerless;
mod title;

use super::cells::Sheet;
use super::people::Names;
pub(super) use columns::count;
use header::Header;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
pub(super) use title::{Title, is_log, is_only_rotas, meant};

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
    /// Columns about changes: a person in them makes a row doubtful.
    pub change: Vec<usize>,
    pub night: Vec<usize>,
    pub half: Vec<usize>,
    /// Columns that are not read and may say that a row is for the night.
    pub others: Vec<usize>,
    /// Columns of notes.
    pub notes: Vec<usize>,
    /// Columns without a heading that are not read.
    pub unnamed: Vec<usize>,
    pub length: Length,
    /// Only a heading such as 氏名 says who is on call.
    pub is_weak: bool,
    /// What stands over its on-call columns and does not say that they are: a team's name, another duty's.
    pub group: Option<String>,
    /// A column says for how many days each row is, which is not read.
    pub has_lengths: bool,
    /// Its rows are for Monday to Friday, however long they last.
    pub is_for_weekdays: bool,
}

impl Block {
    /// The first column of people.
    fn people(&self) -> usize {
        self.on_call.iter().chain(&self.half).next().copied().unwrap_or(self.date)
    }
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
    /// Tables under a title of their own that says neither that they are a rota nor that they are not: where they name
    /// others than a rota does, nobody can be sure.
    pub aside: Vec<Block>,
    /// Rows and dates of lists of changes.
    pub changes: Vec<(Range<usize>, usize)>,
    /// Titles of tables that are not read because of them.
    pub titles: Vec<(usize, usize, Title)>,
    /// Headings such as 氏名 of tables that are not read, as another says who is on call.
    pub weak: Vec<(usize, usize)>,
}

/// Finds the tables.
pub(super) fn layout(sheet: &Sheet, names: &Names) -> Layout {
    let headers = header::rows(sheet, names);
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
        layout.weak = weak.filter_map(|block| Some((block.header?, block.people()))).collect();
    }
    other_duties(&mut layout);
    let mut first: Option<(Option<usize>, bool)> = None;
    for mut block in std::mem::take(&mut layout.blocks) {
        let found = title::of(sheet, &block);
        block.is_for_weekdays |= found.is_for_weekdays;
        // Below a rota another table may be one of something else, unless all have such titles.
        let (header, is_titled) = *first.get_or_insert((block.header, found.own.is_some()));
        let other = found.own.filter(|_| header != block.header && !is_titled);
        match (found.against, other) {
            (Some(title), _) => layout.titles.push(title),
            (None, Some((row, column))) => {
                layout.titles.push((row, column, Title::NotInForce));
                layout.aside.push(block);
            }
            (None, None) => layout.blocks.push(block),
        }
    }
    layout
}

/// Of tables beside each other, below オンコール and 朝会司会, the second is not one of people on call.
fn other_duties(layout: &mut Layout) {
    let mut groups: BTreeMap<usize, BTreeSet<Option<String>>> = BTreeMap::new();
    for block in &layout.blocks {
        if let Some(row) = block.header {
            groups.entry(row).or_default().insert(block.group.clone());
        }
    }
    groups.retain(|_, groups| groups.len() > 1);
    let is_other = |block: &mut Block| {
        let groups = block.header.and_then(|row| groups.get(&row));
        groups.is_some_and(|groups| block.group.is_some() || !groups.contains(&None))
    };
    let others = layout.blocks.extract_if(.., is_other);
    let title = |block: Block| Some((block.header?, block.people(), Title::NotInForce));
    layout.titles.extend(others.filter_map(title));
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
