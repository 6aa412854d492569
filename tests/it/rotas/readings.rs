//! What is made of each rota when it is cut, blanked, turned, filled with other words, or read on another day: many more sheets
//! than anybody could describe, of which it is kept that they are read as they were. Whether that was right is for the other
//! tests to say.
//!
//! `tests/data/readings.txt` has a digest for each rota, which `BLESS=1 cargo test --test it -- rotas::readings` writes.
//! `READINGS=NAME` prints what is made of the rota of that name, to be compared with what was made of it before.

use super::altered::Dice;
use super::case::{Case, all, all_in, all_of, hours};
use crate::golden;
use crate::running::data;
use std::fmt::Write as _;
use toban::net::digest::sha256;
use toban::roster::table::{Cell, Grid, Merge};

/// What is put into some cells: dates, turns, headings and marks of several kinds.
const WORDS: [&str; 64] = [
    "日付",
    "期間",
    "開始日",
    "終了日",
    "週",
    "曜日",
    "担当",
    "担当者2",
    "代理",
    "夜間",
    "午前",
    "備考",
    "変更",
    "Date",
    "Week",
    "On-call",
    "Secondary",
    "Notes",
    "佐藤",
    "鈴木",
    "田中 太郎",
    "佐藤、鈴木",
    "佐藤/田中",
    "佐藤→鈴木",
    "佐藤(代理: 鈴木)",
    "佐藤 19時まで",
    "~~佐藤~~",
    "〃",
    "同上",
    "休み",
    "なし",
    "-",
    "×",
    "TBD",
    "未定",
    "?",
    "#REF!",
    "@sato",
    "sato@example.com",
    "<@U0SATO0001>",
    "11/26(木)",
    "11/26",
    "12/1",
    "26日",
    "26",
    "31",
    "11/23〜11/29",
    "11/23週",
    "11/30-12/4",
    "26/11/2026",
    "10/12/26",
    "2026-11-26 18:00",
    "Nov 26",
    "W48",
    "2026-W49",
    "【12月】",
    "11月",
    "2026年12月",
    "2026年11月 当番表",
    "夜勤",
    "※ 交代したら書き換えてください",
    "連絡先",
    "2025",
    "0/0/0",
];
/// How many days later a rota is read.
const LATER: [i64; 6] = [-45, -20, -3, 1, 10, 40];
/// The ways in which each of the short rotas of a file is read; others are read in all.
const SOME: usize = 12;
/// Rows and columns that are kept of it, at most.
const FIRST: usize = 9;

/// A rota in many ways: a name for each, and the rota.
fn ways(case: &Case) -> Vec<(String, Case)> {
    let mut dice = Dice::of(&case.name);
    let rows = case.tabs.rotation.rows.len();
    let width = case.tabs.rotation.rows.iter().map(Vec::len).max().unwrap_or_default();
    let mut all = Vec::new();
    let mut add = |name: String, change: &mut dyn FnMut(&mut Grid)| {
        let mut case = case.clone();
        change(&mut case.tabs.rotation);
        all.push((name, case));
    };
    for count in 1..=FIRST.min(rows) {
        add(format!("first {count} rows"), &mut |grid| grid.rows.truncate(count));
        if count < rows && count < 5 {
            add(format!("without first {count} rows"), &mut |grid| drop(grid.rows.drain(..count)));
        }
    }
    for column in 0..FIRST.min(width) {
        add(format!("without column {column}"), &mut |grid| {
            grid.rows.iter_mut().filter(|row| row.len() > column).for_each(|row| drop(row.remove(column)));
        });
        add(format!("blank column before {column}"), &mut |grid| {
            grid.rows.iter_mut().filter(|row| row.len() > column).for_each(|row| row.insert(column, Cell::Empty));
        });
    }
    add("turned".to_owned(), &mut |grid| {
        let cell = |row: &Vec<Cell>, column: usize| row.get(column).cloned().unwrap_or(Cell::Empty);
        grid.rows = (0..width).map(|column| grid.rows.iter().map(|row| cell(row, column)).collect()).collect();
    });
    add("reversed".to_owned(), &mut |grid| grid.rows.reverse());
    add("twice".to_owned(), &mut |grid| grid.rows.extend(grid.rows.clone()));
    add("twice, side by side".to_owned(), &mut |grid| {
        for row in &mut grid.rows {
            row.resize(width + 1, Cell::Empty);
            row.extend_from_within(..width);
        }
    });
    for _ in 0..8 {
        let (row, column) = (dice.below(rows), dice.below(width));
        add(format!("blank {row}, {column}"), &mut |grid| put(grid, (row, column), Cell::Empty));
        add(format!("repeat row {row}"), &mut |grid| grid.rows.insert(row, grid.rows[row].clone()));
        add(format!("blank row {row}"), &mut |grid| grid.rows.insert(row, Vec::new()));
        let (down, right) = (1 + dice.below(3), 1 + dice.below(2));
        let merge = Merge { rows: row..row + down, columns: column..column + right };
        add(format!("merged {merge:?}"), &mut |grid| grid.merges = Some(vec![merge.clone()]));
    }
    for _ in 0..24 {
        let (row, column, word) = (dice.below(rows), dice.below(width), WORDS[dice.below(WORDS.len())]);
        add(format!("{word} in {row}, {column}"), &mut |grid| put(grid, (row, column), Cell::Text(word.to_owned())));
    }
    for _ in 0..6 {
        let (row, column, number) = (dice.below(rows), dice.below(width), 46_330 + dice.below(40));
        let number = u32::try_from(number).expect("it is small");
        add(format!("{number} in {row}, {column}"), &mut |grid| put(grid, (row, column), Cell::Number(number.into())));
    }
    for column in 0..FIRST.min(width) {
        let word = WORDS[dice.below(WORDS.len())];
        add(format!("{word} in column {column}"), &mut |grid| {
            (1..rows).for_each(|row| put(grid, (row, column), Cell::Text(word.to_owned())));
        });
    }
    all.extend(LATER.map(|days| (format!("{days} days later"), case.later(days))));
    let mut strangers = case.clone();
    strangers.tabs.members = None;
    all.push(("without members".to_owned(), strangers));
    all
}

fn put(grid: &mut Grid, (row, column): (usize, usize), cell: Cell) {
    let row = &mut grid.rows[row];
    if row.len() <= column {
        row.resize(column + 1, Cell::Empty);
    }
    row[column] = cell;
}

/// What is made of it in each way.
fn readings(case: &Case, most: usize) -> String {
    let mut read = format!("{:?}\n", case.read());
    let (mut ways, mut dice) = (ways(case), Dice::of(&case.name));
    while ways.len() > most {
        ways.swap_remove(dice.below(ways.len()));
    }
    for (name, changed) in ways {
        writeln!(read, "{name}: {:?}", changed.read()).expect("a string takes it");
    }
    let outcome = case.read_with(hours("00:00-24:00"));
    writeln!(read, "at all hours: {outcome:?}").expect("a string takes it");
    read
}

#[test]
fn whatever_is_done_to_a_rota_is_read_as_it_was() {
    let wanted = std::env::var("READINGS").unwrap_or_default();
    let (mut written, mut tried) = (String::new(), 0);
    let sheets = [all(), all_in("rotas")].into_iter().flatten().map(|case| (case, usize::MAX));
    let short = ["clear.json", "limits.json", "doubtful.json"].into_iter().flat_map(all_of).map(|case| (case, SOME));
    for (case, most) in sheets.chain(short) {
        let read = readings(&case, most);
        tried += read.lines().count();
        if case.name == wanted {
            println!("{read}");
        }
        let (name, digest) = (case.name.replace(' ', "-"), &sha256(read.as_bytes())[..16]);
        writeln!(written, "{name} {digest}").expect("a string takes it");
    }
    assert!(tried > 5_000, "{tried}");
    golden::check(&data("readings.txt"), &written);
}
