//! Each rota with one thing altered, some fifty ways: it may lose people, or gain a finding, but nobody else is called.

use super::case::{Case, Outcome, all};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use toban::domain::member::Members;
use toban::domain::rotation::{Problem, Says};
use toban::roster::table::{Cell, Grid, said};

/// Each way is tried at so many places, or at all if there are fewer.
const PLACES: usize = 5;

/// A slip of the hand, or of a program that writes the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The date of a row is gone.
    DeleteDate,
    BlankCell,
    /// A cell and one of another column change places.
    SwapCells,
    InsertBlankRow,
    InsertRemark,
    DeleteRow,
    DuplicateRow,
    /// The same row again, far from the first.
    RepeatRow,
    MisspellName,
    ChangeWeekday,
    DropHeader,
    DeleteColumn,
}

const WAYS: [Way; 12] = [
    Way::DeleteDate,
    Way::BlankCell,
    Way::SwapCells,
    Way::InsertBlankRow,
    Way::InsertRemark,
    Way::DeleteRow,
    Way::DuplicateRow,
    Way::RepeatRow,
    Way::MisspellName,
    Way::ChangeWeekday,
    Way::DropHeader,
    Way::DeleteColumn,
];

/// A case, a way or any, and the row and column in which what is altered is what the rota says: nobody who reads the
/// altered rota could know better. As the sheet counts them; 0 for any.
const MEANT: &[(&str, Option<Way>, u32, u32, &str)] = &[
    (
        "24-merged-dates",
        Some(Way::RepeatRow),
        0,
        0,
        "a row without a date below another date is one more person of that",
    ),
    (
        "40-conflicting-duplicate",
        None,
        5,
        0,
        "one of two rows that contradict each other: without it the other is sure",
    ),
    ("40-conflicting-duplicate", None, 14, 0, "the other of the two"),
    ("62-range-plus-exception", None, 3, 0, "one of two rows that contradict each other"),
    ("62-range-plus-exception", None, 8, 0, "the other of the two"),
    ("44-day-and-night", None, 1, 0, "without the header nothing says that the second name is the night's"),
    ("46-shift-column-csv", None, 0, 3, "the column that tells day from night"),
    ("47-deputy-column", None, 0, 7, "the column of deputies: whoever stands in it has the day"),
    ("51-start-end-phones", None, 1, 7, "the heading that says who is not on call but a manager"),
    ("51-start-end-phones", None, 0, 2, "the last days: without them a row lasts until the next"),
    ("52-start-end-md", None, 0, 2, "the last days: without them a week has its weekend"),
];

/// The same numbers on every machine.
pub(super) struct Dice(u64);

impl Dice {
    /// Of which each name has its own.
    pub(super) fn of(name: &str) -> Self {
        Self(name.bytes().fold(7_919, |number, byte| number.wrapping_mul(31).wrapping_add(byte.into())))
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % limit.max(1) as u64).expect("it is small")
    }
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
    }
}

/// Where the way can be gone: rows and columns from 0.
fn places(case: &Case, way: Way) -> Vec<(usize, usize)> {
    let rows = &case.tabs.rotation.rows;
    let cells = || rows.iter().enumerate().flat_map(|(row, cells)| (0..cells.len()).map(move |column| (row, column)));
    let filled = |row: usize, column: usize| rows[row].get(column).is_some_and(|cell| *cell != Cell::Empty);
    let header = header(&case.tabs.rotation);
    match way {
        Way::DeleteDate => cells().filter(|(row, column)| is_date(&rows[*row][*column])).collect(),
        Way::BlankCell | Way::SwapCells => cells().filter(|(row, column)| filled(*row, *column)).collect(),
        Way::InsertBlankRow | Way::InsertRemark | Way::DeleteRow | Way::DuplicateRow | Way::RepeatRow => {
            (0..rows.len()).map(|row| (row, 0)).collect()
        }
        Way::MisspellName => {
            cells().filter(|(row, column)| case.is_name(&text(&rows[*row][*column])) && Some(*row) != header).collect()
        }
        Way::ChangeWeekday => cells().filter(|(row, column)| weekday(&text(&rows[*row][*column])).is_some()).collect(),
        Way::DropHeader => header.map(|row| (row, 0)).into_iter().collect(),
        Way::DeleteColumn => {
            (0..rows.iter().map(Vec::len).max().unwrap_or_default()).map(|column| (0, column)).collect()
        }
    }
}

/// The first row with more than one text and no number.
fn header(grid: &Grid) -> Option<usize> {
    grid.rows.iter().position(|row| {
        let texts = row.iter().filter(|cell| matches!(cell, Cell::Text(_))).count();
        texts > 1 && !row.iter().any(is_date)
    })
}

fn is_date(cell: &Cell) -> bool {
    match cell {
        Cell::Number(number) => (40_000.0..60_000.0).contains(number) || (1.0..=31.0).contains(number),
        Cell::Text(text) => {
            text.chars().next().is_some_and(|c| c.is_ascii_digit() || "０１２３４５６７８９".contains(c))
                || ["Nov ", "Dec "].iter().any(|month| text.starts_with(month))
        }
        Cell::Empty => false,
    }
}

const WEEKDAYS: [char; 7] = ['月', '火', '水', '木', '金', '土', '日'];

/// The place of a weekday's letter in a text.
fn weekday(text: &str) -> Option<usize> {
    let is_alone = text.chars().count() == 1;
    let inner = |position: usize| text[..position].ends_with(['(', '（']);
    text.char_indices()
        .find(|(position, c)| WEEKDAYS.contains(c) && (is_alone || inner(*position)))
        .map(|(position, _)| position)
}

/// The case with that altered, and the cells that are.
fn altered(case: &Case, way: Way, (row, column): (usize, usize), dice: &mut Dice) -> (Case, Vec<(usize, usize)>) {
    let members = case.members();
    let mut touched = vec![(row, column)];
    let mut case = case.clone();
    let rows = &mut case.tabs.rotation.rows;
    match way {
        Way::DeleteDate | Way::BlankCell => rows[row][column] = Cell::Empty,
        Way::SwapCells => {
            // Two people who change places, or one who gets another's free day, have swapped their turns; two dates too.
            let columns = columns_of_people(rows, members.as_ref());
            let is_turn = |row: usize, column: usize| {
                columns.contains(&column) || says_who(&text(&rows[row][column]), members.as_ref())
            };
            let is_edit = |row_: usize, column_: usize| {
                (is_turn(row, column) && is_turn(row_, column_))
                    || (is_date(&rows[row][column]) && is_date(&rows[row_][column_]))
            };
            let others: Vec<_> = (0..rows.len())
                .flat_map(|row| (0..rows[row].len()).map(move |column| (row, column)))
                .filter(|(row, other)| *other != column && !is_edit(*row, *other))
                .collect();
            if !others.is_empty() {
                let (other_row, other_column) = others[dice.below(others.len())];
                touched.push((other_row, other_column));
                let one = rows[row][column].clone();
                rows[row][column] = std::mem::replace(&mut rows[other_row][other_column], one);
            }
        }
        Way::InsertBlankRow => rows.insert(row, Vec::new()),
        Way::InsertRemark => rows.insert(row, vec![Cell::Text("※ 交代したら書き換えてください".to_owned())]),
        Way::DeleteRow | Way::DropHeader => {
            rows.remove(row);
        }
        Way::DuplicateRow => rows.insert(row, rows[row].clone()),
        Way::RepeatRow => {
            let copy = rows[row].clone();
            let place = dice.below(rows.len());
            rows.insert(place, copy);
        }
        Way::MisspellName => {
            let mut name: Vec<char> = text(&rows[row][column]).chars().collect();
            let last = name.len() - 1;
            name[last] = if name[last].is_ascii() { 'q' } else { '龘' };
            rows[row][column] = Cell::Text(name.into_iter().collect());
        }
        Way::ChangeWeekday => {
            let written = text(&rows[row][column]);
            let place = weekday(&written).expect("there is one");
            let old = written[place..].chars().next().expect("it is there");
            let next =
                WEEKDAYS[(WEEKDAYS.iter().position(|day| *day == old).expect("it is one") + 1 + dice.below(6)) % 7];
            rows[row][column] =
                Cell::Text(format!("{}{next}{}", &written[..place], &written[place + old.len_utf8()..]));
        }
        Way::DeleteColumn => {
            for cells in rows.iter_mut().filter(|cells| cells.len() > column) {
                cells.remove(column);
            }
        }
    }
    (case, touched)
}

/// The columns in which most cells say who is on call.
fn columns_of_people(rows: &[Vec<Cell>], members: Option<&Members>) -> BTreeSet<usize> {
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    let is_mostly_people = |column: &usize| {
        let texts: Vec<_> =
            rows.iter().filter_map(|row| row.get(*column)).map(text).filter(|text| !text.is_empty()).collect();
        texts.iter().filter(|text| says_who(text, members)).count() * 2 > texts.len()
    };
    (0..width).filter(is_mostly_people).collect()
}

/// Whether a cell says who is on call, or that nobody is.
fn says_who(text: &str, members: Option<&Members>) -> bool {
    match said(text, members) {
        Says::People { people, problems } => {
            !people.is_empty() || matches!(problems.as_slice(), [Problem::NothingToRepeat(_)])
        }
        Says::Nobody => true,
        Says::Nothing => false,
    }
}

/// Days on which the altered rota calls somebody whom the rota does not.
fn others(before: &Outcome, after: &Outcome) -> Vec<String> {
    let nobody = BTreeSet::new();
    let is_other = |(day, people): &(&chrono::NaiveDate, &BTreeSet<String>)| {
        !people.is_subset(before.days.get(day).unwrap_or(&nobody))
    };
    after.days.iter().filter(is_other).map(|(day, people)| format!("{day} {people:?}")).collect()
}

fn is_meant(case: &Case, way: Way, (row, column): (usize, usize)) -> bool {
    let is_it = |wanted: u32, place: usize| wanted == 0 || wanted as usize == place + 1;
    MEANT.iter().any(|(name, of, of_row, of_column, _)| {
        *name == case.name && of.is_none_or(|of| of == way) && is_it(*of_row, row) && is_it(*of_column, column)
    })
}

#[test]
fn whatever_is_altered_nobody_else_is_called() {
    let mut failed = String::new();
    let mut tried = 0_usize;
    for case in all() {
        let before = case.read();
        for (way, seed) in WAYS.into_iter().zip(1..) {
            let mut dice = Dice(seed * 7_919 + case.name.len() as u64);
            let mut places = places(&case, way);
            while places.len() > PLACES {
                places.remove(dice.below(places.len()));
            }
            for place in places {
                let (altered, touched) = altered(&case, way, place, &mut dice);
                let is_meant = touched.iter().any(|cell| is_meant(&case, way, *cell));
                tried += 1;
                let others = others(&before, &altered.read());
                if !others.is_empty() && !is_meant {
                    writeln!(failed, "{} {way:?} {touched:?}: {others:?}", case.name).expect("a string takes it");
                }
            }
        }
    }
    assert!(tried > 2_000, "{tried}");
    assert!(failed.is_empty(), "of {tried}:\n{failed}");
}
