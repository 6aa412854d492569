//! From the rows of all tables to days: a day in several rows, and tables that contradict each other.

use super::block::Block;
use super::cells::Sheet;
use super::turns::Turn;
use crate::domain::rotation::{CellRef, Finding, Problem, Says, Shift, ShiftCell};
use crate::domain::text::Foreign;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// A table, and its rows.
pub(super) struct Table<'a> {
    pub block: &'a Block,
    pub turns: Vec<Turn>,
}

/// Who is on call, by day, and what is wrong.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub shifts: BTreeMap<NaiveDate, Shift>,
    pub findings: Vec<Finding>,
    /// Two tables name other people for the same days.
    pub contradiction: Option<Finding>,
}

/// A row that is for a day: its table, and its place in it.
type Place = (usize, usize);

/// Puts the rows together.
pub(super) fn assemble(sheet: &Sheet, mut tables: Vec<Table>) -> Found {
    for table in &mut tables {
        join(&mut table.turns);
    }
    let mut places: BTreeMap<NaiveDate, Vec<Place>> = BTreeMap::new();
    for (number, table) in tables.iter().enumerate() {
        for (position, turn) in table.turns.iter().enumerate() {
            for day in turn.first.iter_days().take_while(|day| *day <= turn.last) {
                places.entry(day).or_default().push((number, position));
            }
        }
    }
    let turn = |(number, position): Place| &tables[number].turns[position];
    let mut found = Found::default();
    let (second, refused) = contradiction(sheet, &tables, &places);
    found.contradiction = second.or_else(|| two_in_one(sheet, &tables, &places));
    if found.contradiction.is_some() && refused.is_empty() {
        return found;
    }
    let mut repeated = BTreeSet::new();
    for (day, mut places) in places {
        places.retain(|(number, _)| !refused.contains(number));
        let Some((first, others)) = places.split_first() else { continue };
        let one = turn(*first);
        let other = others.iter().copied().find(|other| !are_same(one, turn(*other)));
        let doubt = other.map(|place| (place, Problem::OtherPeople(day))).or_else(|| {
            let divided = places.iter().copied().find(|place| turn(*place).handovers.contains(&day))?;
            Some((divided, Problem::Handover(sheet.shown(turn(divided).row, tables[divided.0].block.date))))
        });
        let shift = match doubt {
            Some((place, problem)) => vec![doubtful(sheet, tables[place.0].block, turn(place).row, problem)],
            None => one.cells.clone(),
        };
        found.shifts.insert(day, shift);
        for other in others.iter().filter(|other| are_same(one, turn(**other)) && repeated.insert(**other)) {
            let at = sheet.at(turn(*other).row, tables[other.0].block.date);
            found.findings.push(Finding { at: Some(at), problem: Problem::DateTwice(day) });
        }
    }
    found
}

/// A row for each person: where most dates are kept so, rows of one date that follow each other are one.
fn join(turns: &mut Vec<Turn>) {
    let dates = turns.iter().filter(|turn| !turn.is_below).count();
    let with_several =
        turns.iter().zip(turns.iter().skip(1)).filter(|(turn, next)| !turn.is_below && next.is_below).count();
    const FEW: usize = 2;
    if with_several * 2 < dates || with_several < FEW {
        return;
    }
    let mut joined: Vec<Turn> = Vec::with_capacity(turns.len());
    for turn in turns.drain(..) {
        match joined.last_mut().filter(|_| turn.is_below) {
            Some(above) => above.cells.extend(turn.cells),
            None => joined.push(turn),
        }
    }
    *turns = joined;
}

/// The first table that names other people than an earlier one for two days or more, and all tables that do.
fn contradiction(
    sheet: &Sheet,
    tables: &[Table],
    places: &BTreeMap<NaiveDate, Vec<Place>>,
) -> (Option<Finding>, BTreeSet<usize>) {
    const FEW: usize = 2;
    if tables.len() < 2 {
        return (None, BTreeSet::new());
    }
    let mut days: BTreeMap<(usize, usize), Vec<NaiveDate>> = BTreeMap::new();
    for (day, places) in places {
        for (position, one) in places.iter().enumerate() {
            let others = places[position + 1..].iter().filter(|other| other.0 != one.0);
            for other in others {
                if !are_same(&tables[one.0].turns[one.1], &tables[other.0].turns[other.1]) {
                    let known = days.entry((one.0, other.0)).or_default();
                    if known.last() != Some(day) {
                        known.push(*day);
                    }
                }
            }
        }
    }
    days.retain(|_, days| days.len() >= FEW);
    let refused = days.keys().flat_map(|(one, other)| [*one, *other]).collect();
    let second = days.iter().next().map(|((_, other), days)| {
        let block = tables[*other].block;
        let row = block.header.unwrap_or(block.rows.start);
        let column = block.date.min(block.on_call.first().copied().unwrap_or(block.date));
        sheet.finding(row, column, Problem::SecondTable { title: title(sheet, row), days: days.len(), first: days[0] })
    });
    (second, refused)
}

/// A table in which most days have rows with other people is two tables below each other.
fn two_in_one(sheet: &Sheet, tables: &[Table], places: &BTreeMap<NaiveDate, Vec<Place>>) -> Option<Finding> {
    const FEW: usize = 3;
    let turn = |(number, position): &Place| &tables[*number].turns[*position];
    let other =
        |places: &[Place]| places.iter().skip(1).find(|other| !are_same(turn(&places[0]), turn(other))).copied();
    let others: Vec<_> = places.iter().filter_map(|(day, places)| Some((*day, other(places)?))).collect();
    let (first, place) = others.first().filter(|_| others.len() >= FEW && others.len() * 2 > places.len())?;
    let row = turn(place).row;
    let problem = Problem::SecondTable { title: None, days: others.len(), first: *first };
    Some(sheet.finding(row, tables[place.0].block.date, problem))
}

/// What stands alone above a table.
fn title(sheet: &Sheet, header: usize) -> Option<Foreign> {
    let above = header.checked_sub(1)?;
    let mut columns = sheet.filled_columns(above);
    let column = columns.next()?;
    let text = sheet.text(above, column);
    Foreign::line(text.trim_start_matches(['■', '◆', '●', '□', '◇', '○', '#', ' ']))
        .filter(|_| columns.next().is_none())
}

/// Whether two rows name the same people, and nothing else.
fn are_same(one: &Turn, other: &Turn) -> bool {
    match (people(&one.cells), people(&other.cells)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// The people of a row; `None` when something in it is unclear, or nothing stands in it.
fn people(cells: &[ShiftCell]) -> Option<BTreeSet<&Foreign>> {
    let mut all = BTreeSet::new();
    let mut is_said = false;
    for cell in cells {
        match &cell.says {
            Says::Nothing => {}
            Says::Nobody => is_said = true,
            Says::People { people, problems } if problems.is_empty() => all.extend(people),
            Says::People { .. } => return None,
        }
    }
    (is_said || !all.is_empty()).then_some(all)
}

/// A day of which nobody can be sure, by the cell of its date.
fn doubtful(sheet: &Sheet, block: &Block, row: usize, problem: Problem) -> ShiftCell {
    unsure(sheet.at(row, block.date), problem)
}

/// A cell because of which nobody can be sure of a day.
pub(super) fn unsure(at: CellRef, problem: Problem) -> ShiftCell {
    ShiftCell { at, name: None, says: Says::unsure(problem) }
}
