//! The on-call cells of a row.

use super::super::block::Block;
use super::super::cells::{Entry, Sheet};
use super::super::dates::Dated;
use super::super::people::{Names, Read};
use super::super::words;
use super::beside::Beside;
use super::regulars;
use crate::domain::rotation::{Problem, Says, ShiftCell};
use chrono::{Datelike as _, NaiveDate, Weekday};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What reads the rows of a table.
pub struct Reader<'a> {
    pub sheet: &'a Sheet<'a>,
    pub block: &'a Block,
    pub names: &'a Names<'a>,
    /// Columns that are empty in most rows: that one is, is not worth saying.
    sparse: BTreeSet<usize>,
    /// The column of deputies, who are exceptions: where one stands in most rows it is of something else.
    deputy: Option<usize>,
    /// What the other columns say of a row.
    pub beside: Beside<'a>,
    /// Whoever stands in a row with a date, when there is no members tab.
    regulars: BTreeSet<String>,
}

/// The row above, for cells that repeat it.
pub struct Above {
    pub days: (NaiveDate, NaiveDate),
    pub cells: Vec<(usize, Arc<Says>)>,
}

impl Above {
    /// Whether it is for the days right before, a weekend apart at the most. A person would repeat nobody else.
    pub fn precedes(&self, dated: &Dated) -> bool {
        let (first, last) = self.days;
        let (from, to) = if last < dated.first { (last, dated.first) } else { (dated.last, first) };
        let between = from.iter_days().skip(1).take_while(|date| *date < to);
        let is_weekend = |date: NaiveDate| matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        between.take(3).all(is_weekend)
    }
}

impl<'a> Reader<'a> {
    pub fn new(
        sheet: &'a Sheet<'a>,
        block: &'a Block,
        names: &'a Names<'a>,
        dated: impl Iterator<Item = usize> + Clone,
    ) -> Self {
        const FEW: usize = 3;
        let rows = dated.clone().count();
        let filled = |column: usize| dated.clone().filter(|row| !sheet.entry(*row, column).is_blank()).count();
        let sparse =
            block.on_call.iter().copied().filter(|column| block.on_call.len() > 1 && filled(*column) * 2 < rows);
        let people = |column: usize| dated.clone().filter(|row| names.are_members(&sheet.text(*row, column))).count();
        Self {
            sparse: sparse.collect(),
            beside: Beside::new(sheet, block, names, dated.clone()),
            deputy: block.deputy.filter(|column| rows < FEW || people(*column) * 2 <= rows),
            regulars: regulars(sheet, block, names, dated.clone()),
            sheet,
            block,
            names,
        }
    }

    /// Whether a person stands in an on-call cell of the row, or what looks like one.
    pub fn has_somebody(&self, row: usize) -> bool {
        self.somebody(row).is_some()
    }

    /// The first on-call cell of the row in which a person stands.
    pub fn somebody(&self, row: usize) -> Option<usize> {
        let columns = self.block.on_call.iter().chain(self.block.deputy.iter()).copied();
        columns.into_iter().find(|column| {
            let text = self.sheet.text(row, *column);
            let is_regular = || self.names.people(&text).iter().any(|name| self.regulars.contains(name.as_str()));
            // Without a members tab any text may be a name; it is taken for one where a date was meant.
            let is_beside_text = || {
                !self.names.are_known()
                    && !self.names.people(&text).is_empty()
                    && !self.sheet.entry(row, self.block.date).is_blank()
            };
            !text.is_empty()
                && (self.names.is_somebody(&text) || self.is_nearly(&text) || is_regular() || is_beside_text())
        })
    }

    fn is_nearly(&self, text: &str) -> bool {
        let is_near = |problem: &Problem| matches!(problem, Problem::NearName(..) | Problem::TwoPeople(_));
        matches!(self.names.read(text), Read::Says(says) if matches!(&*says, Says::People { problems, .. } if problems.iter().any(is_near)))
    }

    /// What the row's on-call cells say. `above` is the row that a cell may repeat.
    pub fn cells(&self, row: usize, above: Option<&Above>) -> Vec<ShiftCell> {
        let columns = || self.block.on_call.iter().copied();
        let is_filled = columns().any(|column| !self.sheet.entry(row, column).is_blank());
        let is_shown = |column: &usize| match self.sheet.entry(row, *column) {
            Entry::Hidden => false,
            Entry::Empty => !is_filled || !self.sparse.contains(column),
            Entry::Number(_) | Entry::Text(_) | Entry::Error(_) => true,
        };
        let cells: Vec<_> = columns().filter(is_shown).map(|column| self.cell(row, column, above)).collect();
        if let Some(column) = self.beside.somebody(row) {
            return vec![self.sheet.unsure(row, column, Problem::Beside)];
        }
        self.deputy(row, cells.len()).unwrap_or(cells)
    }

    fn cell(&self, row: usize, column: usize, above: Option<&Above>) -> ShiftCell {
        let entry = self.sheet.entry(row, column);
        let text = entry.text();
        let name = self.sheet.line(row, column);
        let says = match (entry, &name) {
            (Entry::Error(_), Some(name)) => Says::unsure(Problem::FormulaError(name.clone())).into(),
            _ => match self.names.read(&text) {
                Read::Says(says) => says,
                Read::Ditto => {
                    let repeated = above.and_then(|above| above.cells.iter().find(|(known, _)| *known == column));
                    let is_said = |says: &&Arc<Says>| match &***says {
                        Says::People { problems, .. } => problems.is_empty(),
                        Says::Nobody => true,
                        Says::Nothing => false,
                    };
                    let nothing = || Says::unsure(Problem::NothingToRepeat(self.sheet.shown(row, column))).into();
                    repeated.map(|(_, says)| says).filter(is_said).cloned().unwrap_or_else(nothing)
                }
            },
        };
        ShiftCell { at: self.sheet.at(row, column), name, says }
    }

    /// Whether a cell of the row repeats the one above.
    pub fn repeats(&self, row: usize) -> bool {
        let is_ditto = |entry: &Entry| matches!(entry, Entry::Text(text) if words::DITTO.contains(&text.as_ref()));
        self.block.on_call.iter().any(|column| is_ditto(self.sheet.entry(row, *column)))
    }

    /// What cells say, for the row below.
    pub fn said(&self, cells: &[ShiftCell]) -> Vec<(usize, Arc<Says>)> {
        let column = |cell: &ShiftCell| {
            self.block.on_call.iter().copied().find(|column| {
                let (first, at) = (self.sheet.at(0, *column), &cell.at);
                if self.sheet.is_turned() { first.row == at.row } else { first.column == at.column }
            })
        };
        cells.iter().filter_map(|cell| Some((column(cell)?, cell.says.clone()))).collect()
    }

    /// Who stands in for the one person of the row.
    fn deputy(&self, row: usize, cells: usize) -> Option<Vec<ShiftCell>> {
        let column = self.deputy?;
        let entry = self.sheet.entry(row, column);
        let text = entry.text();
        if entry.is_blank() || ["-", "ー", "なし", "無し", "無", "none", "×"].contains(&&*text.to_lowercase()) {
            return None;
        }
        let is_known =
            self.names.are_members(&text) || (!self.names.are_known() && !self.names.people(&text).is_empty());
        if !is_known || cells != 1 || self.block.on_call.len() != 1 {
            return Some(vec![self.sheet.unsure(row, column, Problem::UnknownDeputy)]);
        }
        Some(vec![self.cell(row, column, None)])
    }
}
