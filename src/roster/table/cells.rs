//! Cells as people see them: full-width and half-width alike, nothing invisible, merged cells filled.

use super::{Cell, Grid, Merge};
use crate::domain::rotation::{CellRef, Finding, Problem, Says, ShiftCell, Tab};
use crate::domain::text::{Foreign, compatible, is_unseen, is_usual};
use std::borrow::Cow;
use std::sync::Arc;

/// What a cell shows.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Entry<'a> {
    /// Nothing.
    Empty,
    /// Nothing of its own: it lies beside the first cell of a merged one.
    Hidden,
    /// A number; dates are numbers too.
    Number(f64),
    /// Text. Line breaks are kept.
    Text(Cow<'a, str>),
    /// A formula that has failed.
    Error(Cow<'a, str>),
}

impl Entry<'_> {
    pub fn is_blank(&self) -> bool {
        matches!(self, Self::Empty | Self::Hidden)
    }

    /// What people see.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty | Self::Hidden => Cow::default(),
            Self::Number(number) => number.to_string().into(),
            Self::Text(text) | Self::Error(text) => text.as_ref().into(),
        }
    }
}

/// A tab, cleaned. Rows are ragged: a missing cell is an empty one.
#[derive(Debug, Clone)]
pub(super) struct Sheet<'a> {
    pub rows: Vec<Vec<Entry<'a>>>,
    /// Whether cells are merged, and it is known which: then a row without a date has none.
    pub has_merges: bool,
    grid: &'a Grid,
    tab: Arc<Tab>,
    merges: Vec<Merge>,
    /// Rows and columns have changed places.
    is_turned: bool,
    /// For a cell that was filled from a merged cell's first row: that row. Sorted.
    filled: Vec<((usize, usize), usize)>,
}

impl<'a> Sheet<'a> {
    pub fn new(grid: &'a Grid) -> Self {
        let rows = grid.rows.iter().map(|row| row.iter().map(entry).collect()).collect();
        let merges = grid.merges.clone().unwrap_or_default();
        let mut sheet = Self {
            rows,
            has_merges: grid.merges.as_ref().is_some_and(|merges| !merges.is_empty()),
            grid,
            tab: Arc::new(Tab { name: tab_name(&grid.tab), address: grid.address.clone() }),
            merges,
            is_turned: false,
            filled: Vec::new(),
        };
        sheet.fill();
        sheet
    }

    /// The same with rows as columns. Cells keep their names.
    pub fn turned(&self) -> Self {
        let grid = self.grid;
        let height = grid.rows.iter().map(Vec::len).max().unwrap_or_default();
        let cell = |row: usize, column: usize| grid.rows[column].get(row).map_or(Entry::Empty, entry);
        let turn = |merge: &Merge| Merge { rows: merge.columns.clone(), columns: merge.rows.clone() };
        let mut sheet = Self {
            rows: (0..height).map(|row| (0..grid.rows.len()).map(|column| cell(row, column)).collect()).collect(),
            merges: self.merges.iter().map(turn).collect(),
            is_turned: !self.is_turned,
            filled: Vec::new(),
            ..self.clone()
        };
        sheet.fill();
        sheet
    }

    /// A merged cell holds its value in the first of its cells only; the ones below get it too. Where another of its cells
    /// holds something, values and merged cells are of two moments, and nothing is known of merged cells.
    fn fill(&mut self) {
        if !self.merges.iter().all(|merge| self.holds_one(merge)) {
            self.has_merges = false;
            self.merges.clear();
        }
        for merge in std::mem::take(&mut self.merges) {
            let (first, column) = (merge.rows.start, merge.columns.start);
            let value = self.entry(first, column).clone();
            let rows = merge.rows.start..merge.rows.end.min(self.rows.len());
            for row in rows {
                for beside in merge.columns.clone() {
                    let Some(place) = self.place(row, beside, !value.is_blank()) else { break };
                    if beside > column {
                        *place = Entry::Hidden;
                    } else if row > first && !value.is_blank() {
                        *place = value.clone();
                        self.filled.push(((row, column), first));
                    }
                }
            }
            self.merges.push(merge);
        }
        self.filled.sort_unstable();
    }

    fn holds_one(&self, merge: &Merge) -> bool {
        let first = (merge.rows.start, merge.columns.start);
        let rows = merge.rows.start..merge.rows.end.min(self.rows.len());
        let is_filled = |row: usize, column: usize| (row, column) != first && !self.entry(row, column).is_blank();
        rows.into_iter().all(|row| {
            let columns = merge.columns.start..merge.columns.end.min(self.rows[row].len());
            !columns.into_iter().any(|column| is_filled(row, column))
        })
    }

    /// A cell to write to. A row is made longer only where there is something to write.
    fn place(&mut self, row: usize, column: usize, is_needed: bool) -> Option<&mut Entry<'a>> {
        const WIDEST: usize = 1_000;
        let cells = self.rows.get_mut(row)?;
        if cells.len() <= column && is_needed && column < WIDEST {
            cells.resize(column + 1, Entry::Empty);
        }
        cells.get_mut(column)
    }

    /// Where it stands.
    pub fn tab(&self) -> Arc<Tab> {
        self.tab.clone()
    }

    pub fn entry(&self, row: usize, column: usize) -> &Entry<'a> {
        self.rows.get(row).and_then(|row| row.get(column)).unwrap_or(&Entry::Empty)
    }

    /// The first row of the merged cell that this one belongs to; its own row if it is none.
    pub fn anchor(&self, row: usize, column: usize) -> usize {
        let found = self.filled.binary_search_by_key(&(row, column), |(place, _)| *place);
        found.map_or(row, |position| self.filled[position].1)
    }

    pub fn text(&self, row: usize, column: usize) -> Cow<'_, str> {
        self.entry(row, column).text()
    }

    /// The cell as it is written, in one line.
    pub fn line(&self, row: usize, column: usize) -> Option<Foreign> {
        let first = self.anchor(row, column);
        let (down, right) = if self.is_turned { (column, first) } else { (first, column) };
        match self.grid.rows.get(down).and_then(|row| row.get(right))? {
            Cell::Empty => None,
            Cell::Text(text) => Foreign::line(text),
            Cell::Number(number) => Foreign::line(&number.to_string()),
        }
    }

    /// The cell's text where it is known to have one.
    pub fn shown(&self, row: usize, column: usize) -> Foreign {
        self.line(row, column).unwrap_or_else(|| Foreign::line("?").expect("it is not empty"))
    }

    pub fn at(&self, row: usize, column: usize) -> CellRef {
        let (down, right) = if self.is_turned { (column, row) } else { (row, column) };
        let (first_row, first_column) = self.grid.origin;
        let place = |first: u32, more: usize| first.saturating_add(u32::try_from(more).unwrap_or(u32::MAX));
        CellRef { tab: self.tab.clone(), row: place(first_row, down), column: place(first_column, right) }
    }

    pub fn finding(&self, row: usize, column: usize, problem: Problem) -> Finding {
        Finding { at: Some(self.at(row, column)), problem }
    }

    /// Nobody can be sure of a row because of that cell.
    pub fn unsure(&self, row: usize, column: usize, problem: fn(Foreign) -> Problem) -> ShiftCell {
        let text = self.shown(row, column);
        let says = Says::unsure(problem(text.clone())).into();
        ShiftCell { at: self.at(row, column), name: Some(text), says }
    }

    pub fn is_blank(&self, row: usize) -> bool {
        self.rows.get(row).is_none_or(|row| row.iter().all(Entry::is_blank))
    }

    /// Rows with something in them.
    pub fn filled_rows(&self) -> impl Iterator<Item = usize> {
        (0..self.rows.len()).filter(|row| !self.is_blank(*row))
    }

    /// The columns of a row in which something is.
    pub fn filled_columns(&self, row: usize) -> impl Iterator<Item = usize> {
        let cells = self.rows.get(row).map(Vec::as_slice).unwrap_or_default();
        cells.iter().enumerate().filter(|(_, entry)| !entry.is_blank()).map(|(column, _)| column)
    }

    pub fn is_turned(&self) -> bool {
        self.is_turned
    }
}

/// A tab's name in one line.
fn tab_name(tab: &str) -> String {
    Foreign::line(tab).map_or_else(|| "?".to_owned(), |tab| tab.as_str().to_owned())
}

pub(super) fn entry(cell: &Cell) -> Entry<'_> {
    match cell {
        Cell::Empty => Entry::Empty,
        Cell::Number(number) => Entry::Number(*number),
        Cell::Text(text) => match cleaned(text) {
            text if text.is_empty() => Entry::Empty,
            text if is_error(&text) => Entry::Error(text),
            text => Entry::Text(text),
        },
    }
}

/// The names of errors that Google Sheets and Excel show in a formula's place.
fn is_error(text: &str) -> bool {
    const ERRORS: [&str; 10] =
        ["#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#ERROR!", "#SPILL!", "#CALC!"];
    text.starts_with('#') && ERRORS.contains(&text)
}

/// NFKC, nothing invisible, every run of spaces one space, no space at a line's end. Line breaks are kept.
pub(super) fn cleaned(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if is_clean(text) {
        return text.into();
    }
    let is_plain = |c: char| c == '\n' || !(c.is_whitespace() || c.is_control() || is_unseen(c));
    let compatible = compatible(text);
    if compatible.chars().all(is_plain) {
        return compatible;
    }
    let compatible = compatible.replace("\r\n", "\n").replace('\r', "\n");
    let line = |line: &str| -> String {
        let seen: String = line.chars().filter(|c| c.is_whitespace() || !(c.is_control() || is_unseen(*c))).collect();
        seen.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let lines: Vec<_> = compatible.split('\n').map(line).filter(|line| !line.is_empty()).collect();
    lines.join("\n").into()
}

/// Whether a text is of usual characters in one line, with one space between words at the most: most cells are.
fn is_clean(text: &str) -> bool {
    let mut is_apart = false;
    text.chars().all(|c| {
        let was_apart = std::mem::replace(&mut is_apart, c == ' ');
        is_usual(c) || (is_apart && !was_apart)
    })
}

#[cfg(test)]
mod tests;
