//! What stands beside the people of a row: that it is for the night, that it was cancelled, that two rows of a day are for
//! two things.

mod headings;

use super::super::block::Block;
use super::super::cells::{Entry, Sheet};
use super::super::heading::{Kind, bare, is_place, kind};
use super::super::people::Names;
use super::super::words;
use crate::domain::rotation::{Problem, ShiftCell};
use headings::{Headings, TICKS};
use std::collections::{BTreeMap, BTreeSet};

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

/// The columns that are neither of dates nor of people on call.
pub struct Beside<'a> {
    sheet: &'a Sheet<'a>,
    block: &'a Block,
    names: &'a Names<'a>,
    /// Columns without a heading in which a name is an exception.
    unnamed: Vec<usize>,
    /// Columns that may say what a row is for.
    parting: Vec<usize>,
    headings: Headings,
    /// Columns that say オンコール or 主 in some rows: in the others somebody does something else.
    roles: Vec<usize>,
}

impl<'a> Beside<'a> {
    pub fn new(
        sheet: &'a Sheet<'a>,
        block: &'a Block,
        names: &'a Names<'a>,
        dated: impl Iterator<Item = usize> + Clone,
    ) -> Self {
        let filled = |column: usize| dated.clone().filter(|row| !sheet.entry(*row, column).is_blank()).count();
        let people = |column: usize| dated.clone().filter(|row| names.are_members(&sheet.text(*row, column))).count();
        let unnamed = block.unnamed.iter().copied().filter(|column| people(*column) * 2 <= filled(*column));
        let is_of_a_person = |column: usize| belongs_to_people(sheet, block, column, dated.clone());
        let labels = block.others.iter().chain(&block.end).copied();
        let parting = labels.filter(|column| !is_of_a_person(*column));
        let is_role =
            |row: usize, column| matches!(sheet.entry(row, column), Entry::Text(text) if kind(text) == Kind::OnCall);
        let has_roles = |column: &usize| dated.clone().any(|row| is_role(row, *column));
        Self {
            unnamed: unnamed.collect(),
            parting: parting.collect(),
            headings: Headings::of(sheet, block),
            roles: block.others.iter().copied().filter(has_roles).collect(),
            sheet,
            block,
            names,
        }
    }

    /// The column without a heading in which a person stands as an exception.
    pub fn somebody(&self, row: usize) -> Option<usize> {
        self.unnamed.iter().copied().find(|column| self.names.is_somebody(&self.sheet.text(row, *column)))
    }

    /// For which part of the day the row is, by the cells that are neither on-call nor notes.
    pub fn part(&self, row: usize) -> Part {
        if let Some(column) = self.changed_by(row) {
            return Part::Changed(column);
        }
        for column in self.block.others.iter().chain(&self.block.unnamed).chain(&self.block.change) {
            let entry = self.sheet.entry(row, *column);
            if matches!(entry, Entry::Number(_)) && self.headings.is_against(*column, row, &entry.text()) {
                return Part::Changed(*column);
            }
            let Entry::Text(text) = entry else { continue };
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
            if self.is_change(text, row, *column) {
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
    fn is_change(&self, text: &str, row: usize, column: usize) -> bool {
        let lower = text.to_lowercase();
        let is_of_people = || {
            words::OF_PEOPLE.iter().any(|word| lower.contains(word))
                || lower.starts_with(['→', '⇒'])
                || lower.ends_with(['→', '⇒'])
        };
        let is_about_people = || !self.headings.work.contains(&column) || self.names.are_in(text) || is_of_people();
        let is_change = |word: &str| {
            // リリース中止 is about the release; 中止 and 中止(体調不良) may not be.
            let is_whole = || lower.starts_with(word);
            lower.contains(word) && (is_about_people() || is_whole() || !words::WORK_CHANGES.contains(&word))
        };
        let is_marked =
            words::ROW_CHANGES.iter().any(|word| is_change(word)) && !is_today(&lower) && lower != "振替休日";
        let is_other_role =
            self.roles.contains(&column) && kind(text) != Kind::OnCall && !DAYS_OFF.contains(&lower.as_str());
        let is_no = NOTHING.contains(&lower.as_str());
        is_marked
            || is_other_role
            || self.headings.is_against(column, row, &lower)
            || (is_no && !self.headings.may_be_none(column, &lower))
            || words::ROW_CHANGE.contains(&lower.as_str())
            || (self.unnamed.contains(&column) && self.names.are_in(text))
    }

    /// In which cell two rows of a date differ, so that they may be for two things.
    pub fn apart(&self, one: usize, other: usize) -> Option<ShiftCell> {
        let differs = |column: &usize| {
            let (one, other) = (self.sheet.entry(one, *column), self.sheet.entry(other, *column));
            let is_order = |entry: &Entry| self.headings.orders.contains(column) && matches!(entry, Entry::Number(_));
            one != other && [one, other].into_iter().all(|entry| self.is_label(entry) && !is_order(entry))
        };
        self.parting
            .iter()
            .copied()
            .find(|column| differs(column))
            .map(|column| self.sheet.unsure(other, column, Problem::Beside))
    }

    /// Whether a cell may say what its row is for: not a place among those on call, and no name.
    fn is_label(&self, entry: &Entry) -> bool {
        match entry {
            Entry::Text(text) => !is_place(text) && !self.names.are_members(text),
            Entry::Number(_) => true,
            _ => false,
        }
    }
}

/// What says in a cell of its own that there is nothing, or that it is not so.
const NOTHING: [&str; 5] = ["なし", "no", "×", "✕", "✖"];

/// What stands beside 平日 in the rows of other days.
const DAYS_OFF: [&str; 8] = ["休日", "祝日", "祝", "土日", "土日祝", "土曜", "日曜", "土日・祝"];

/// →今週: where the reader is.
fn is_today(lower: &str) -> bool {
    let bare = lower.trim_matches(|c: char| "→⇒←⇐ ".contains(c));
    ["今週", "今日", "本日", "今ここ", "当番中", "today", "this week", "now", "here", "current"].contains(&bare)
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
