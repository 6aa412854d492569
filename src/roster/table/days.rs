//! From the rows of all tables to days: a day in several rows, and tables that contradict each other.

use super::block::Block;
use super::cells::Sheet;
use super::date;
use super::turns::Turn;
use crate::domain::holidays;
use crate::domain::rotation::{CellRef, Finding, Problem, Rotation, Says, Shift, ShiftCell};
use crate::domain::text::Foreign;
use chrono::{Datelike as _, Days, NaiveDate, Weekday};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// A table, and its rows.
pub(super) struct Table<'a> {
    pub block: &'a Block,
    pub turns: Vec<Turn>,
    /// It raises doubts about days of the others, and has none of its own.
    pub is_aside: bool,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    day: NaiveDate,
    table: usize,
    turn: usize,
}

/// Puts the rows together.
pub(super) fn assemble(sheet: &Sheet, mut tables: Vec<Table>) -> Found {
    for table in &mut tables {
        join(&mut table.turns);
    }
    let mut places = places(&tables);
    without_titles(sheet, &tables, &mut places);
    let mut found = Found::default();
    let (second, refused) = contradiction(sheet, &tables, &places);
    found.contradiction = second.or_else(|| two_in_one(sheet, &tables, &places));
    if found.contradiction.is_some() && refused.is_empty() {
        return found;
    }
    places.retain(|place| !refused.contains(&place.table));
    if tables.iter().any(|table| table.is_aside) {
        let sure: BTreeSet<_> =
            places.iter().filter(|place| !tables[place.table].is_aside).map(|place| place.day).collect();
        places.retain(|place| sure.contains(&place.day));
    }
    let handovers = handovers(&tables);
    let mut repeated = BTreeSet::new();
    let mut shifts = Vec::with_capacity(places.len());
    for places in places.chunk_by(|one, next| one.day == next.day) {
        let (first, others) = (places[0], &places[1..]);
        let over = handovers.get(&first.day).map(Vec::as_slice).unwrap_or_default();
        if let Some(doubt) = doubt(sheet, &tables, places, over) {
            shifts.push((first.day, vec![doubt]));
        } else {
            let turn = &mut tables[first.table].turns[first.turn];
            // Most rows are for one day, and of no use after it.
            let is_over = turn.first == turn.last && others.is_empty();
            let cells = if is_over { std::mem::take(&mut turn.cells) } else { turn.cells.clone() };
            shifts.push((first.day, cells));
        }
        for other in others.iter().filter(|other| are_same(&tables, first, **other)) {
            if repeated.insert((other.table, other.turn)) {
                let at = date_of(sheet, &tables, *other);
                found.findings.push(Finding { at: Some(at), problem: Problem::DateTwice(first.day) });
            }
        }
    }
    found.shifts = shifts.into_iter().collect();
    found
}

/// Every day of every row, in order.
fn places(tables: &[Table]) -> Vec<Place> {
    let mut places = Vec::new();
    for (table, rows) in tables.iter().enumerate() {
        for (turn, row) in rows.turns.iter().enumerate() {
            let is_for = |day: &NaiveDate| {
                let is_off = matches!(day.weekday(), Weekday::Sat | Weekday::Sun) || holidays::japan(*day).is_some();
                !rows.block.is_for_weekdays || !is_off
            };
            let days = row.first.iter_days().take_while(|day| *day <= row.last).filter(is_for);
            places.extend(days.map(|day| Place { day, table, turn }));
        }
    }
    places.sort_unstable();
    places
}

/// A row with a week or a span and nothing else stands over the rows of its days, as 11/16〜11/20 does: it is no row of them.
fn without_titles(sheet: &Sheet, tables: &[Table], places: &mut Vec<Place>) {
    /// A header may stand between.
    const NEAR: usize = 2;
    let is_title = |place: &Place| {
        let (turn, column) = (turn(tables, *place), tables[place.table].block.date);
        let is_long = |written: date::Written| written.is_week || written.last.is_some();
        turn.cells.iter().all(|cell| *cell.says == Says::Nothing)
            && sheet.filled_columns(turn.row).count() == 1
            && date::read(sheet.entry(turn.row, column)).is_some_and(is_long)
    };
    let is_below = |title: &Turn, last: NaiveDate, other: &Turn| {
        (title.row + 1..=title.row + NEAR).contains(&other.row) && (title.first..=last).contains(&other.first)
    };
    let turns = || tables.iter().flat_map(|table| &table.turns);
    let mut titles: BTreeSet<_> =
        places.iter().filter(|place| is_title(place)).map(|place| (place.table, place.turn)).collect();
    titles.retain(|(table, position)| {
        let title = &tables[*table].turns[*position];
        let written = date::read(sheet.entry(title.row, tables[*table].block.date));
        let is_span = written.is_some_and(|written| written.last.is_some());
        let last = if is_span { title.last } else { title.last.max(title.first + Days::new(6)) };
        turns().any(|other| is_below(title, last, other))
    });
    if !titles.is_empty() {
        places.retain(|place| !titles.contains(&(place.table, place.turn)));
    }
}

/// The rows that begin or end within office hours, by the day on which they do.
fn handovers(tables: &[Table]) -> BTreeMap<NaiveDate, Vec<Place>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (table, rows) in tables.iter().enumerate() {
        for (turn, row) in rows.turns.iter().enumerate() {
            for day in &row.handovers {
                found.entry(*day).or_default().push(Place { day: *day, table, turn });
            }
        }
    }
    found
}

/// Why nobody can be sure of a day, by the cell of the date that raises the doubt. `over` are the rows that begin or end
/// in the midst of it.
fn doubt(sheet: &Sheet, tables: &[Table], places: &[Place], over: &[Place]) -> Option<ShiftCell> {
    let (first, others) = places.split_first()?;
    if let Some(other) = others.iter().find(|other| !are_same(tables, *first, **other)) {
        return Some(unsure(date_of(sheet, tables, *other), Problem::OtherPeople(first.day)));
    }
    let is_own = |place: &Place| places.iter().any(|own| (own.table, own.turn) == (place.table, place.turn));
    // Where the row of the day says a time itself, it begins before the other ends.
    let is_timed = places.iter().any(|place| turn(tables, *place).timed.contains(&first.day));
    let is_others = |place: &Place| place.table == first.table && !are_same(tables, *first, *place);
    let divided = over.iter().find(|place| is_own(place) || (!is_timed && is_others(place)))?;
    let text = sheet.shown(turn(tables, *divided).row, tables[divided.table].block.date);
    Some(unsure(date_of(sheet, tables, *divided), Problem::Handover(text)))
}

fn turn<'t>(tables: &'t [Table], place: Place) -> &'t Turn {
    &tables[place.table].turns[place.turn]
}

fn date_of(sheet: &Sheet, tables: &[Table], place: Place) -> CellRef {
    sheet.at(turn(tables, place).row, tables[place.table].block.date)
}

/// A row for each person: where most dates are kept so, rows of one date that follow each other are one.
fn join(turns: &mut Vec<Turn>) {
    let dates = turns.iter().filter(|turn| !turn.is_below).count();
    let with_several =
        turns.iter().zip(turns.iter().skip(1)).filter(|(turn, next)| !turn.is_below && next.is_below).count();
    const FEW: usize = 2;
    if with_several * 2 <= dates || with_several < FEW {
        return;
    }
    let mut joined: Vec<Turn> = Vec::with_capacity(turns.len());
    for turn in turns.drain(..) {
        match joined.last_mut().filter(|_| turn.is_below) {
            Some(above) => above.add(turn.cells, turn.apart.map(|cell| *cell)),
            None => joined.push(turn),
        }
    }
    *turns = joined;
}

/// The first table that names other people than an earlier one for two days or more, and all tables that do.
fn contradiction(sheet: &Sheet, tables: &[Table], places: &[Place]) -> (Option<Finding>, BTreeSet<usize>) {
    const FEW: usize = 2;
    if tables.len() < 2 {
        return (None, BTreeSet::new());
    }
    let mut days: BTreeMap<(usize, usize), BTreeSet<NaiveDate>> = BTreeMap::new();
    for places in places.chunk_by(|one, next| one.day == next.day) {
        // Of very many tables it does not matter which two contradict each other.
        const MOST: usize = 20;
        for (position, one) in places.iter().enumerate().take(MOST) {
            let is_aside = |place: &Place| tables[place.table].is_aside;
            let is_other = |other: &&Place| other.table != one.table && !is_aside(one) && !is_aside(other);
            let others = places[position + 1..].iter().filter(is_other);
            for other in others.filter(|other| !are_same(tables, *one, **other)) {
                days.entry((one.table, other.table)).or_default().insert(one.day);
            }
        }
    }
    days.retain(|_, days| days.len() >= FEW);
    let refused = days.keys().flat_map(|(one, other)| [*one, *other]).collect();
    let second = days.iter().next().and_then(|((_, other), days)| {
        let block = tables[*other].block;
        let row = block.header.unwrap_or(block.rows.start);
        let column = block.date.min(block.on_call.first().copied().unwrap_or(block.date));
        let first = *days.first()?;
        Some(sheet.finding(row, column, Problem::SecondTable { title: title(sheet, row), days: days.len(), first }))
    });
    (second, refused)
}

/// A table in which most days have rows with other people is two tables below each other.
fn two_in_one(sheet: &Sheet, tables: &[Table], places: &[Place]) -> Option<Finding> {
    const FEW: usize = 3;
    let days = || places.chunk_by(|one, next| one.day == next.day);
    let other = |places: &[Place]| places[1..].iter().find(|other| !are_same(tables, places[0], **other)).copied();
    let others: Vec<_> = days().filter_map(other).collect();
    let first = *others.first().filter(|_| others.len() >= FEW && others.len() * 2 > days().count())?;
    let problem = Problem::SecondTable { title: None, days: others.len(), first: first.day };
    Some(Finding { at: Some(date_of(sheet, tables, first)), problem })
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
fn are_same(tables: &[Table], one: Place, other: Place) -> bool {
    match (people(&turn(tables, one).cells), people(&turn(tables, other).cells)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// The people of a row; `None` when something in it is unclear, or nothing stands in it.
fn people(cells: &[ShiftCell]) -> Option<BTreeSet<&Foreign>> {
    let mut all = BTreeSet::new();
    let mut is_said = false;
    for cell in cells {
        match &*cell.says {
            Says::Nothing => {}
            Says::Nobody => is_said = true,
            Says::People { people, problems } if problems.is_empty() => all.extend(people),
            Says::People { .. } => return None,
        }
    }
    (is_said || !all.is_empty()).then_some(all)
}

/// Adds another month's days. Where both have a day and name other people, nobody can be sure.
pub(super) fn merge(rotation: &mut Rotation, other: Rotation) {
    for (day, shift) in other.shifts {
        match rotation.shifts.entry(day) {
            Entry::Vacant(place) => {
                place.insert(shift);
            }
            Entry::Occupied(mut place) => {
                let is_empty = |shift: &Shift| shift.iter().all(|cell| *cell.says == Says::Nothing);
                if is_empty(&shift) {
                    continue;
                }
                if is_empty(place.get()) {
                    place.insert(shift);
                    continue;
                }
                let (one, other) = (people(place.get()), people(&shift));
                if one.is_none() || one != other {
                    let at = shift.first().map(|cell| cell.at.clone());
                    place.insert(at.into_iter().map(|at| unsure(at, Problem::OtherPeople(day))).collect());
                }
            }
        }
    }
}

/// A cell because of which nobody can be sure of a day.
pub(super) fn unsure(at: CellRef, problem: Problem) -> ShiftCell {
    ShiftCell { at, name: None, says: Says::unsure(problem).into() }
}
