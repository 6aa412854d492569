//! The on-call cells of a row.

use super::super::block::Block;
use super::super::cells::{Entry, Sheet};
use super::super::dates::Dated;
use super::super::heading::{Kind, bare, is_place, kind};
use super::super::people::{Names, Read};
use super::super::words;
use super::regulars;
use crate::domain::rotation::{Problem, Says, ShiftCell};
use chrono::{Datelike as _, NaiveDate, Weekday};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What reads the rows of a table.
pub struct Reader<'a> {
    pub sheet: &'a Sheet<'a>,
    pub block: &'a Block,
    pub names: &'a Names<'a>,
    /// Columns that are empty in most rows: that one is, is not worth saying.
    sparse: BTreeSet<usize>,
    /// Columns without a heading in which a name is an exception.
    beside: Vec<usize>,
    /// The column of deputies, who are exceptions: where one stands in most rows it is of something else.
    deputy: Option<usize>,
    /// Columns that may say what a row is for.
    parting: Vec<usize>,
    headings: Headings,
    /// Columns that say オンコール or 主 in some rows: in the others somebody does something else.
    roles: Vec<usize>,
    /// Whoever stands in a row with a date, when there is no members tab.
    regulars: BTreeSet<String>,
}

/// What people put into a cell to say that something is so.
const TICKS: [&str; 12] = ["true", "yes", "y", "1", "x", "○", "〇", "✓", "✔", "☑", "済", "済み"];

/// Columns whose headings say of what stands in them that it speaks for a row, or against it.
#[derive(Debug, Default)]
struct Headings {
    /// 休み, 無効: anything in them is against it.
    away: Vec<usize>,
    /// 有効, confirmed: a no in them is.
    valid: Vec<usize>,
}

impl Headings {
    fn of(sheet: &Sheet, block: &Block) -> Self {
        let Some(header) = block.header else { return Self::default() };
        let has = |column: &usize, list: &[&str]| has_heading(&sheet.text(header, *column), list);
        let columns = |list| block.others.iter().copied().filter(move |column| has(column, list)).collect();
        Self { away: columns(words::AWAY), valid: columns(words::VALID) }
    }

    /// Whether a cell, in lower case, is against its row: a tick under 休み, a no under 確定. Names are looked at apart.
    fn is_against(&self, column: usize, lower: &str) -> bool {
        let is_no = words::NO.contains(&lower);
        let is_tick = TICKS.contains(&lower);
        (self.away.contains(&column) && is_tick) || (self.valid.contains(&column) && is_no)
    }
}

/// Whether a heading has one of these words in it; English ones as words of their own.
fn has_heading(heading: &str, list: &[&str]) -> bool {
    let lower = heading.to_lowercase();
    let is_word = |word: &str| lower.split(|c: char| !c.is_ascii_alphabetic()).any(|part| part == word);
    list.iter().any(|word| if word.is_ascii() { is_word(word) } else { lower.contains(word) })
}

/// Whether what stands in a column belongs to the person of the row, like a telephone number: each has a value of their
/// own. So does a number that counts rows.
fn belongs_to_people(sheet: &Sheet, block: &Block, column: usize, dated: impl Iterator<Item = usize>) -> bool {
    let mut values: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut people: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in dated.filter(|row| !sheet.entry(*row, column).is_blank()) {
        let who: Vec<_> = block.on_call.iter().map(|column| sheet.text(row, *column).into_owned()).collect();
        let (who, value) = (who.join("\n"), sheet.text(row, column).into_owned());
        values.entry(who.clone()).or_default().insert(value.clone());
        people.entry(value).or_default().insert(who);
    }
    let rows: usize = values.values().map(BTreeSet::len).sum();
    let is_one_each =
        values.values().all(|values| values.len() == 1) && people.values().all(|people| people.len() == 1);
    is_one_each || (people.len() == rows && people.len() > values.len())
}

/// Whether a text is a span of hours without noon in it: `18:00-08:00`, `17:00〜翌9:00`.
fn is_over_night(text: &str) -> bool {
    const NOON: u32 = 12 * 60;
    let times: Vec<_> = text
        .split(|c: char| !(c.is_ascii_digit() || c == ':'))
        .filter_map(|part| {
            let (hour, minute) = part.split_once(':')?;
            let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
            (hour <= 36 && minute < 60).then_some(hour * 60 + minute)
        })
        .collect();
    let [start, end] = times.as_slice() else { return false };
    if start < end { *end <= NOON || *start >= NOON + 60 * 4 } else { *start > NOON && *end <= NOON }
}

/// The row above, for cells that repeat it.
pub struct Above {
    pub days: (NaiveDate, NaiveDate),
    pub cells: Vec<(usize, Arc<Says>)>,
}

/// For which part of the day a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Whole,
    Night,
    /// Half of it, as that column says.
    Half(usize),
    /// Who has it may have changed, as that column says.
    Changed(usize),
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
        let beside = block.unnamed.iter().copied().filter(|column| people(*column) * 2 <= filled(*column));
        let is_of_a_person = |column: usize| belongs_to_people(sheet, block, column, dated.clone());
        let labels = block.others.iter().chain(&block.end).copied();
        let parting = labels.filter(|column| !is_of_a_person(*column));
        let is_role =
            |row: usize, column| matches!(sheet.entry(row, column), Entry::Text(text) if kind(text) == Kind::OnCall);
        let has_roles = |column: &usize| dated.clone().any(|row| is_role(row, *column));
        Self {
            roles: block.others.iter().copied().filter(has_roles).collect(),
            sparse: sparse.collect(),
            beside: beside.collect(),
            deputy: block.deputy.filter(|column| rows < FEW || people(*column) * 2 <= rows),
            parting: parting.collect(),
            headings: Headings::of(sheet, block),
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

    /// For which part of the day the row is, by the cells that are neither on-call nor notes.
    pub fn part(&self, row: usize) -> Part {
        if let Some(column) = self.changed_by(row) {
            return Part::Changed(column);
        }
        for column in self.block.others.iter().chain(&self.block.unnamed).chain(&self.block.change) {
            let Entry::Text(text) = self.sheet.entry(row, *column) else { continue };
            const LONGEST: usize = 80;
            if text.len() > LONGEST {
                continue;
            }
            let bare = bare(text);
            let is_made_of = |list: &[&str]| {
                let rest = list.iter().find_map(|word| bare.strip_prefix(word))?;
                // 夜間(17:00〜翌9:00), too.
                let is_shift = |rest: &str| {
                    rest.is_empty() || words::SHIFT.contains(&rest) || rest.starts_with(|c: char| c.is_ascii_digit())
                };
                is_shift(rest).then_some(())
            };
            if is_made_of(words::NIGHT_ROW).is_some() || is_over_night(text) {
                return Part::Night;
            }
            if is_made_of(words::HALF).is_some() {
                return Part::Half(*column);
            }
            if self.is_change(text, *column) {
                return Part::Changed(*column);
            }
        }
        Part::Whole
    }

    /// A person in a column about changes, or who is on call in a column of those who are away.
    fn changed_by(&self, row: usize) -> Option<usize> {
        let is_somebody = |column: &&usize| {
            let text = self.sheet.text(row, **column);
            TICKS.contains(&text.to_lowercase().as_str())
                || self.names.is_somebody(&text)
                || (!self.names.are_known() && !self.names.people(&text).is_empty())
        };
        let is_also_on_call = |column: &&usize| {
            let away = self.names.people(&self.sheet.text(row, **column));
            let on_call = |column: &usize| self.names.people(&self.sheet.text(row, *column));
            away.iter().any(|name| self.block.on_call.iter().any(|column| on_call(column).contains(name)))
        };
        let away = || self.headings.away.iter().filter(is_also_on_call);
        self.block.change.iter().find(is_somebody).or_else(|| away().next()).copied()
    }

    /// Whether a cell beside those on call may change who is.
    fn is_change(&self, text: &str, column: usize) -> bool {
        let lower = text.to_lowercase();
        let is_marked = words::ROW_CHANGES.iter().any(|word| lower.contains(word));
        let is_other_role = self.roles.contains(&column) && kind(text) != Kind::OnCall;
        is_marked
            || is_other_role
            || self.headings.is_against(column, &lower)
            || words::ROW_CHANGE.contains(&lower.as_str())
            || (self.beside.contains(&column) && self.names.are_in(text))
    }

    /// In which cell two rows of a date differ, so that they may be for two things.
    pub fn apart(&self, one: usize, other: usize) -> Option<ShiftCell> {
        let differs = |column: &usize| {
            let (one, other) = (self.sheet.entry(one, *column), self.sheet.entry(other, *column));
            one != other && [one, other].into_iter().all(|entry| self.is_label(entry))
        };
        self.parting
            .iter()
            .copied()
            .find(|column| differs(column))
            .map(|column| self.unsure(other, column, Problem::Beside))
    }

    /// Whether a cell may say what its row is for: not a place among those on call, and no name.
    fn is_label(&self, entry: &Entry) -> bool {
        match entry {
            Entry::Text(text) => !is_place(text) && !self.names.are_members(text),
            Entry::Number(_) => true,
            _ => false,
        }
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
        let beside = self.beside.iter().find(|column| self.names.is_somebody(&self.sheet.text(row, **column)));
        if let Some(column) = beside {
            return vec![self.unsure(row, *column, Problem::Beside)];
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
            return Some(vec![self.unsure(row, column, Problem::UnknownDeputy)]);
        }
        Some(vec![self.cell(row, column, None)])
    }

    /// Nobody can be sure of the row because of that cell.
    pub fn unsure(&self, row: usize, column: usize, problem: fn(crate::domain::text::Foreign) -> Problem) -> ShiftCell {
        let text = self.sheet.shown(row, column);
        ShiftCell { at: self.sheet.at(row, column), name: Some(text.clone()), says: Says::unsure(problem(text)).into() }
    }
}
