//! The message about changed turns: who has come and who has gone, by day. It mentions those, and not whoever is on call with
//! them.

pub(super) mod en;
pub(super) mod ja;

use super::duty::runs;
use super::{Addressee, Label, Language, Line, Message, Notice, Span, Words};
use crate::domain::finding::CellRef;
use crate::domain::incident::Person;
use crate::domain::member::{Mentionee, Platform};
use crate::domain::notices::turns::{Change, Filled, Swap, Turn};
use crate::domain::rotation::Says;
use crate::domain::workbook::Workbook;
use chrono::NaiveDate;

/// The most changes that have a line; the rest is a number of days.
const LISTED: usize = 5;

/// The wording of a language. A pair is the text before and after a part.
pub(super) struct TurnWords {
    /// After the days.
    pub on_call: &'static str,
    /// Between who has gone and who has come.
    pub becomes: &'static str,
    /// Instead of names: nobody's is there, and it is deliberately nobody's day.
    pub nobody: (&'static str, &'static str),
    /// Around those who are on call as well.
    pub with: (&'static str, &'static str),
    /// After those who were added to others.
    pub added: &'static str,
    /// After those who were taken away from others, and around those who are left.
    pub removed: (&'static str, &'static str),
    /// Before the cell of the one change there is.
    pub unexpected: &'static str,
    /// Below several, each of which has its cell.
    pub unexpected_any: &'static str,
    /// Given for how many days more.
    pub more: fn(usize) -> String,
    pub filled: fn(&Filled) -> String,
    /// Before the sheet, and what it is called.
    pub sheet: (&'static str, &'static str),
}

/// What changed, for one chat. The workbook is the one after the change.
pub fn message(
    change: &Change,
    workbook: &Workbook,
    platform: Platform,
    notice: Option<Notice>,
    language: Language,
) -> Message {
    let words = language.words();
    let listed = &change.swaps[..change.swaps.len().min(LISTED)];
    let mut lines: Vec<_> = match listed {
        [swap] => vec![of_swap(swap, words, words.turns.unexpected, workbook)],
        swaps => swaps.iter().map(|swap| of_swap(swap, words, " · ", workbook)).collect(),
    };
    let more: usize = change.swaps.iter().skip(LISTED).map(|swap| swap.dates.len()).sum();
    if more > 0 {
        lines.push(Line::own((words.turns.more)(more)));
    }
    if listed.len() > 1 {
        lines.push(Line::own(words.turns.unexpected_any));
    }
    lines.extend(change.filled.iter().map(|filled| {
        let (before, name) = words.turns.sheet;
        let line = Line::own((words.turns.filled)(filled));
        match &workbook.rotation.tab.address {
            Some(link) => line.and(before).named(Label::Own(name.into()), link),
            None => line,
        }
    }));
    lines.extend(notice.map(|notice| Line::own((words.notice)(notice))));
    let people = mentioned(change, workbook, platform);
    let to = (!people.is_empty() && notice != Some(Notice::QuietRepeat)).then_some(Addressee::People(people));
    Message::new(to, lines)
}

/// Those who came and those who went, as far as that chat can call them, each once.
pub fn mentioned(change: &Change, workbook: &Workbook, platform: Platform) -> Vec<Mentionee> {
    let mut all: Vec<Mentionee> = Vec::new();
    for one in change.people().into_iter().filter_map(|person| workbook.mentionee(person, platform)) {
        if all.iter().all(|known| known.handle != one.handle) {
            all.push(one);
        }
    }
    all
}

/// `🔄 12/2(水) の当番: 佐藤 → 高橋 (相方 鈴木)`, and its cell.
fn of_swap(swap: &Swap, words: &Words, before_cell: &'static str, workbook: &Workbook) -> Line {
    let Swap { dates, went, came, was, is } = swap;
    let turns = words.turns;
    let days = match dates.as_slice() {
        [date] => (words.day)(*date),
        dates => (words.duty.days)(&runs(dates)),
    };
    let stayed = swap.stayed();
    let line = Line::own(format!("🔄 {days}{}", turns.on_call));
    let names = |people: &[Person]| names(&people.iter().collect::<Vec<_>>(), words);
    let line = match (went.is_empty(), came.is_empty(), stayed.is_empty()) {
        (true, _, false) => joined(line, [names(came), Line::own(turns.added), with(&stayed, turns.with, words)]),
        (_, true, false) => {
            let (removed, left) = (turns.removed.0, ("", turns.removed.1));
            joined(line, [names(went), Line::own(removed), with(&stayed, left, words)])
        }
        _ => {
            let side = |people: &[Person], turn: &Option<Turn>| match (people, turn) {
                ([], Some(Turn::Nobodys)) => Line::own(turns.nobody.1),
                ([], _) => Line::own(turns.nobody.0),
                (people, _) => names(people),
            };
            joined(line, [side(went, was), Line::own(turns.becomes), side(came, is), with(&stayed, turns.with, words)])
        }
    };
    match (cell(swap, dates[0], workbook), &workbook.rotation.tab.address) {
        (Some(at), _) => {
            let mut line = line.and(before_cell);
            line.0.push(Span::Cell(at.name(), at.link()));
            line
        }
        (None, Some(link)) => line.and(before_cell).named(Label::Own(turns.sheet.1.into()), link),
        (None, None) => line,
    }
}

fn names(people: &[&Person], words: &Words) -> Line {
    Line::joined(people.iter().map(|person| Line::default().cell(&person.name)).collect(), words.duty.and)
}

fn with(people: &[&Person], (before, after): (&'static str, &'static str), words: &Words) -> Line {
    if people.is_empty() {
        return Line::default();
    }
    joined(Line::own(before), [names(people, words), Line::own(after)])
}

fn joined(line: Line, more: impl IntoIterator<Item = Line>) -> Line {
    Line::joined(std::iter::once(line).chain(more).collect(), "")
}

/// Where it stands: the cell of the first who came, or else the first of the row; `None` without a row.
fn cell(swap: &Swap, date: NaiveDate, workbook: &Workbook) -> Option<CellRef> {
    let shift = workbook.rotation.shifts.get(&date)?;
    let names = |says: &Says| match (says, swap.came.first()) {
        (Says::People { people, .. }, Some(came)) => people.contains(&came.name),
        _ => false,
    };
    let of_who_came = shift.iter().find(|cell| names(&cell.says));
    of_who_came.or(shift.first()).map(|cell| cell.at.clone())
}
