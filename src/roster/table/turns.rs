//! Rows with the people in them: who is on call, from which day to which.

mod beside;
mod cells;
mod undated;

use super::block::{self, Block, Title};
use super::cells::{Entry, Sheet};
use super::date;
use super::dates::{Dated, Days};
use super::heading::{Kind, kind};
use super::month;
use super::people::Names;
use super::words;
use crate::domain::calendar::BusinessHours;
use crate::domain::rotation::{Finding, Problem, Says, ShiftCell};
use beside::Part;
use cells::{Above, Reader};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// A row, or rows of one date, and who is on call by them.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    pub row: usize,
    pub first: NaiveDate,
    pub last: NaiveDate,
    pub cells: Vec<ShiftCell>,
    /// Days of it on which somebody takes over within office hours.
    pub handovers: Vec<NaiveDate>,
    /// Days of it on which a time says when it begins or ends.
    pub timed: Vec<NaiveDate>,
    /// It is in the row below the one before, whose date it has.
    pub is_below: bool,
    /// In what it differs from the row before, of the same date, so that both may not be meant.
    pub apart: Option<Box<ShiftCell>>,
    /// A row of it is apart from another.
    is_unsure: bool,
}

impl Turn {
    fn new(row: usize, first: NaiveDate, last: NaiveDate) -> Self {
        Self {
            row,
            first,
            last,
            cells: Vec::new(),
            handovers: Vec::new(),
            timed: Vec::new(),
            is_below: false,
            apart: None,
            is_unsure: false,
        }
    }

    /// Takes in another row of the same days.
    pub fn add(&mut self, cells: Vec<ShiftCell>, apart: Option<ShiftCell>) {
        match apart {
            Some(cell) => (self.cells, self.is_unsure) = (vec![cell], true),
            None if self.is_unsure => {}
            None => self.cells.extend(cells),
        }
    }
}

/// All rows of a table.
#[derive(Debug, Default)]
pub(super) struct Turns {
    pub turns: Vec<Turn>,
    pub findings: Vec<Finding>,
    /// Days that a row would be for, if its date could be believed.
    pub doubtful: Vec<(NaiveDate, Finding)>,
    /// Why the table is not read at all.
    pub refused: Option<Finding>,
}

/// Reads the people of all rows.
pub(super) fn read(sheet: &Sheet, block: &Block, names: &Names, days: &Days, hours: BusinessHours) -> Turns {
    let reader = Reader::new(sheet, block, names, days.dated.iter().map(|dated| dated.row));
    let dated = |row| days.dated.binary_search_by_key(&row, |dated| dated.row).ok().map(|place| &days.dated[place]);
    let mut all = Turns { findings: days.odd.clone(), ..Turns::default() };
    let undated = undated::rows(&reader, &days.dated);
    for (row, finding, date) in &days.faults {
        if reader.has_somebody(*row) {
            all.findings.push(finding.clone());
            all.doubtful.extend(date.map(|date| (date, finding.clone())));
        }
    }
    all.findings.extend(undated.findings);
    let mut above: Option<Above> = None;
    let mut previous: Option<&Dated> = None;
    for row in block.rows.clone() {
        let Some(dated) = dated(row).or_else(|| undated.continued.get(&row).copied()) else {
            if is_other_header(sheet, block, row) || is_header_of_others(sheet, block, names, row) {
                // What follows is another table, whose header says something else than who is on call.
                let heading = sheet.shown(row, block.date);
                all.findings.push(sheet.finding(row, block.date, Problem::NotADate(heading)));
                break;
            }
            if let Some(finding) = other_title(sheet, block, row) {
                // So is what a title in the midst of the rows says to be something else.
                all.findings.push(finding);
                break;
            }
            if !sheet.is_blank(row) {
                all.findings.extend(reader.not_a_date(row, &days.faults));
            }
            previous = None;
            above = None;
            continue;
        };
        let mut doubt = None;
        match reader.beside.part(row) {
            Part::Whole => {}
            Part::Night if is_late(hours) => {
                all.refused = Some(sheet.finding(row, block.date, Problem::NightHours(sheet.shown(row, block.date))));
                return all;
            }
            Part::Night => {
                above = None;
                continue;
            }
            Part::Half(column) => doubt = Some(sheet.unsure(row, column, Problem::HalfDay)),
            Part::Changed(column) => doubt = Some(sheet.unsure(row, column, Problem::Beside)),
        }
        if let Some(cell) = doubt {
            all.findings.extend(told(&cell));
            let (first, last) = (dated.first, dated.last);
            all.turns.push(Turn { cells: vec![cell], ..Turn::new(row, first, last) });
            above = None;
            previous = None;
            continue;
        }
        let cells = reader.cells(row, above.as_ref().filter(|above| above.precedes(dated)));
        above = reader.repeats(row + 1).then(|| Above { days: (dated.first, dated.last), cells: reader.said(&cells) });
        all.findings.extend(line_breaks(&cells));
        let is_below = previous.is_some_and(|before| (before.first, before.last) == (dated.first, dated.last));
        let is_continued = dated.row != row || sheet.anchor(row, block.date) != row;
        let apart = previous.filter(|_| is_below).and_then(|before| reader.beside.apart(before.row, row));
        previous = Some(dated);
        match all.turns.last_mut().filter(|_| is_below && is_continued) {
            Some(turn) => turn.add(cells, apart),
            None => all.turns.push(Turn {
                cells,
                handovers: dated.handovers.clone(),
                timed: dated.timed.clone(),
                is_below,
                apart: apart.map(Box::new),
                ..Turn::new(row, dated.first, dated.last)
            }),
        }
    }
    all
}

/// Working hours that reach into the night, so that whoever has the night may be meant.
pub(super) fn is_late(hours: BusinessHours) -> bool {
    const EARLIEST: u16 = 7 * 60;
    const LATEST: u16 = 20 * 60;
    hours.minutes().start < EARLIEST || hours.minutes().end > LATEST
}

/// What is wrong with a cell because of which nobody can be sure of a row.
fn told(cell: &ShiftCell) -> Option<Finding> {
    let Says::People { problems, .. } = &*cell.says else { return None };
    Some(Finding { at: Some(cell.at.clone()), problem: problems.first()?.clone() })
}

/// A quotation mark that is not closed concerns the rows after it too, so it is told whichever day is asked for.
fn line_breaks(cells: &[ShiftCell]) -> Vec<Finding> {
    let broken = |cell: &ShiftCell| {
        let Says::People { problems, .. } = &*cell.says else { return None };
        let problem = problems.iter().find(|problem| matches!(problem, Problem::LineBreak(_)))?;
        Some(Finding { at: Some(cell.at.clone()), problem: problem.clone() })
    };
    cells.iter().filter_map(broken).collect()
}

/// Whether a date's heading stands in the row, or that of a day on which something was written, and another beside it.
fn is_other_header(sheet: &Sheet, block: &Block, row: usize) -> bool {
    let Entry::Text(text) = sheet.entry(row, block.date) else { return false };
    let is_apart = row.checked_sub(1).is_some_and(|above| sheet.is_blank(above));
    let is_of_days = kind(text) == Kind::Date || (is_apart && text.ends_with(['日', '時']));
    let is_heading =
        |column| matches!(sheet.entry(row, column), Entry::Text(_)) && date::read(sheet.entry(row, column)).is_none();
    (is_of_days || month::is_stamp(text))
        && sheet.filled_columns(row).count() > 1
        && sheet.filled_columns(row).all(is_heading)
}

/// Whether a word for people stands where a person should, beside a text where the day should: 点検日 and 実施者.
fn is_header_of_others(sheet: &Sheet, block: &Block, names: &Names, row: usize) -> bool {
    let Entry::Text(title) = sheet.entry(row, block.date) else { return false };
    let is_heading = |column: &usize| {
        let text = sheet.text(row, *column).to_lowercase();
        let is_of_people = words::OTHERS_ENDS.iter().any(|word| text.ends_with(word)) && !text.ends_with("業者");
        is_of_people && !names.is_somebody(&text)
    };
    !date::is_date(sheet.entry(row, block.date))
        && month::within(title).is_none()
        && block.on_call.iter().any(is_heading)
        && has_days_below(sheet, block, row)
}

/// A title between the rows, by which what follows is something else.
fn other_title(sheet: &Sheet, block: &Block, row: usize) -> Option<Finding> {
    let mut columns = sheet.filled_columns(row);
    let (column, None) = (columns.next()?, columns.next()) else { return None };
    let Entry::Text(text) = sheet.entry(row, column) else { return None };
    const LONGEST: usize = 40;
    let is_sentence =
        ["。", "です", "ます", "した", "せん", "ください", "下さい"].iter().any(|end| text.ends_with(end));
    let is_title = text.len() <= LONGEST || (text.chars().count() <= LONGEST && !is_sentence);
    let is_short = is_title && !text.starts_with(['※', '*', '(', '注']);
    let is_apart = row.checked_sub(1).is_some_and(|above| sheet.is_blank(above));
    let is_other = (is_apart && is_short && column <= block.date && !block::is_only_rotas(text)) || block::is_log(text);
    let of_something_else = || is_other.then_some(Title::NotInForce);
    let title = block::meant(text).or_else(of_something_else)?;
    has_days_below(sheet, block, row).then(|| title.finding(sheet, row, column))
}

fn has_days_below(sheet: &Sheet, block: &Block, row: usize) -> bool {
    (row + 1..block.rows.end).any(|below| date::is_date(sheet.entry(below, block.date)))
}

impl Reader<'_> {
    /// What is wrong with a date cell that is filled and no date. Without a person in the row it is a remark.
    fn not_a_date(&self, row: usize, faults: &[(usize, Finding, Option<NaiveDate>)]) -> Option<Finding> {
        let column = self.block.date;
        let text = || self.sheet.shown(row, column);
        let is_told = faults.iter().any(|(known, ..)| *known == row);
        let problem = match self.sheet.entry(row, column) {
            _ if is_told => return None,
            Entry::Error(_) => Problem::FormulaError(text()),
            entry if entry.is_blank() || !self.has_somebody(row) => return None,
            Entry::Text(written) if written.contains('\n') => Problem::LineBreak(text()),
            _ => Problem::NotADate(text()),
        };
        Some(self.sheet.finding(row, column, problem))
    }
}

/// Who stands in rows, for a table without a members tab.
fn regulars(sheet: &Sheet, block: &Block, names: &Names, rows: impl Iterator<Item = usize>) -> BTreeSet<String> {
    let mut regulars = BTreeSet::new();
    if names.are_known() {
        return regulars;
    }
    for row in rows {
        for column in &block.on_call {
            regulars.extend(names.people(&sheet.text(row, *column)).into_iter().map(|name| name.as_str().to_owned()));
        }
    }
    regulars
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_before_seven_or_after_eight_are_not_by_day_alone() {
        for (hours, expected) in [
            ("10:00-17:00", false),
            ("07:00-20:00", false),
            ("06:30-17:00", true),
            ("10:00-20:30", true),
            ("00:00-24:00", true),
        ] {
            assert_eq!(is_late(BusinessHours::parse(hours).expect("hours")), expected, "{hours}");
        }
    }
}
