//! Rotas as teams keep them (`tests/data/sheets`): who is on call by each, and what is said of it.

mod altered;
mod case;
mod garbage;
mod pictures;
mod readings;
mod sources;
mod words;

use case::{Case, Outcome, all, all_in, all_of, hours};
use std::fmt::Write as _;
use toban::net::digest::sha256;
use toban::roster::table::{Merge, READER};

/// What is wrong with an outcome, by what the case expects.
fn wrong(case: &Case, outcome: &Outcome) -> String {
    let mut wrong = String::new();
    let days: Vec<_> = outcome.days.keys().chain(case.expected.days.keys()).collect();
    for day in days.into_iter().collect::<std::collections::BTreeSet<_>>() {
        let (found, expected) = (outcome.days.get(day), case.expected.days.get(day));
        if found != expected {
            writeln!(wrong, "  {day}: {found:?}, not {expected:?}").expect("a string takes it");
        }
    }
    for day in &case.expected.nobody {
        if !outcome.nobody.contains(day) {
            writeln!(wrong, "  {day} is deliberately nobody's").expect("a string takes it");
        }
    }
    for (cell, is_fault) in &case.expected.findings {
        let is_it =
            |found: &(String, bool, String)| found.1 == *is_fault && cell.as_ref().is_none_or(|cell| found.0 == *cell);
        if !outcome.findings.iter().any(is_it) {
            writeln!(wrong, "  there is no finding of {cell:?}, fault: {is_fault}").expect("a string takes it");
        }
    }
    if !wrong.is_empty() {
        for (cell, is_fault, told) in &outcome.findings {
            writeln!(wrong, "  found {} {cell}: {told}", if *is_fault { '✗' } else { '!' }).expect("a string takes it");
        }
    }
    wrong
}

#[test]
fn each_rota_is_read_as_people_read_it() {
    let cases = all();
    assert_eq!(cases.len(), 56);
    check(cases);
}

/// The same of rotas that were made up without looking at the reader (`tests/data/rotas`): two months side by side, a
/// fiscal year, emoji, names within names, morning and afternoon, …
#[test]
fn rotas_that_the_reader_was_not_written_for_are_read_too() {
    let cases = all_in("rotas");
    assert_eq!(cases.len(), 15);
    check(cases);
}

/// More of them, most with something beside the rota or around it that is not to be read.
#[test]
fn rotas_that_are_clear_are_read_whole() {
    let cases = all_of("clear.json");
    assert!(cases.len() > 40, "{}", cases.len());
    check(cases);
}

/// Rotas at the limits of what is read: the shortest that is still a table, a date that is just too far away, one name more or
/// less than half of a column.
#[test]
fn rotas_at_the_limits_are_read_whole() {
    let cases = all_of("limits.json");
    assert!(cases.len() > 40, "{}", cases.len());
    check(cases);
}

/// Rotas that somebody wrote to have a wrong person called: leave lists below and beside the rota, headings over two rows,
/// changes in a column that nobody reads, titles of another year, two duties in one table. Nobody is called whom a careful person would not call, and
/// where somebody is not called who could be, it is told.
#[test]
fn nobody_is_called_by_what_a_careful_person_would_doubt() {
    let mut failed = String::new();
    for case in all_of("doubtful.json") {
        let outcome = case.read();
        let mut wrong = String::new();
        for (day, people) in &outcome.days {
            let expected = case.expected.days.get(day);
            if expected.is_none_or(|expected| !people.is_subset(expected)) {
                writeln!(wrong, "  {day}: {people:?}, not {expected:?}").expect("a string takes it");
            }
        }
        let is_told = outcome.findings.iter().any(|(_, is_fault, _)| *is_fault);
        if !is_told && case.expected.days.iter().any(|(day, people)| outcome.days.get(day) != Some(people)) {
            writeln!(wrong, "  {:?}, and nothing is said of it", outcome.days).expect("a string takes it");
        }
        if !wrong.is_empty() {
            writeln!(failed, "{}\n{wrong}  {:?}", case.name, outcome.findings).expect("a string takes it");
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

/// Rotas in which a wrong person is still called. Whoever mends one moves it to `doubtful.json`, or to `limits.json` if it is read.
#[test]
fn what_is_still_read_wrongly_is_known() {
    let mut mended = String::new();
    for case in all_of("still-wrong.json") {
        let outcome = case.read();
        for (day, who) in &case.expected.wrong {
            if !outcome.days.get(day).is_some_and(|people| people.contains(who)) {
                writeln!(mended, "{}: {who} on {day}, of {outcome:?}", case.name).expect("a string takes it");
            }
        }
    }
    assert!(mended.is_empty(), "they are not called any more:\n{mended}");
}

/// What the reader of that version makes of all rotas here. Instances of two versions run side by side during an upgrade, and
/// each trusts what the other has read only if both have the same version.
const READS: (u32, &str) = (2, "6f80ec0571ab356b");

#[test]
fn the_version_of_the_reader_is_raised_when_it_reads_otherwise() {
    let mut read = String::new();
    let files = ["clear.json", "limits.json", "doubtful.json"].map(all_of);
    let cases = [all(), all_in("rotas")].into_iter().chain(files);
    for case in cases.flatten() {
        let Outcome { days, nobody, findings, .. } = case.read();
        let findings: Vec<_> = findings.into_iter().map(|(cell, is_fault, _)| (cell, is_fault)).collect();
        writeln!(read, "{} {days:?} {nobody:?} {findings:?}", case.name).expect("a string takes it");
    }
    let digest = sha256(read.as_bytes());
    assert_eq!(
        (READER, &digest[..16]),
        READS,
        "if rotas were only added, write the digest here; if any is read otherwise, raise READER in src/roster/table.rs, too"
    );
}

#[track_caller]
fn check(cases: Vec<Case>) {
    let mut failed = String::new();
    for case in cases {
        let wrong = wrong(&case, &case.read());
        if !wrong.is_empty() {
            write!(failed, "{}\n{wrong}", case.name).expect("a string takes it");
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

/// What is told of each, in English, so that a change of it is seen: no flood, and nothing of a rota that is right.
#[test]
fn a_rota_that_is_right_has_no_fault() {
    for case in all().into_iter().filter(|case| case.expected.findings.iter().all(|(_, is_fault)| !is_fault)) {
        let faults: Vec<_> = case.read().findings.into_iter().filter(|(_, is_fault, _)| *is_fault).collect();
        assert_eq!(faults, [], "{}", case.name);
    }
}

#[test]
fn merged_cells_make_names_and_dates_exact() {
    let column = |rows: std::ops::Range<usize>, column: usize| Merge { rows, columns: column..column + 1 };
    let mut case = Case::named("61-merged-names");
    case.tabs.rotation.merges = Some([1, 6, 11, 16].map(|row| column(row..row + 5, 2)).to_vec());
    let outcome = case.read();
    assert_eq!((outcome.days.len(), outcome.findings), (20, vec![]), "each day of four weeks");

    let mut case = Case::named("24-merged-dates");
    let rows = &case.tabs.rotation.rows;
    let starts: Vec<_> = (1..rows.len()).filter(|row| rows[*row][0] != toban::roster::table::Cell::Empty).collect();
    let ends = starts.iter().skip(1).copied().chain([rows.len()]);
    case.tabs.rotation.merges = Some(starts.iter().copied().zip(ends).map(|(row, end)| column(row..end, 0)).collect());
    assert_eq!(wrong(&case, &case.read()), "");
    // A date that was deleted is not a merged one, whatever the rows around it look like.
    case.tabs.rotation.rows[5][0] = toban::roster::table::Cell::Empty;
    case.tabs.rotation.merges.as_mut().expect("they are known").retain(|merge| merge.rows.start != 5);
    let outcome = case.read();
    let day = "2026-11-18".parse().expect("a date");
    assert_eq!(outcome.days.get(&day), None);
    assert!(outcome.findings.iter().any(|(cell, is_fault, _)| cell == "C6" && *is_fault), "{:?}", outcome.findings);
}

/// At night another person may be meant than by day, so a table that knows both is refused where hours reach into it.
#[test]
fn a_table_of_day_and_night_is_refused_where_hours_are_long() {
    for name in ["44-day-and-night", "46-shift-column-csv", "63-handover-times-csv"] {
        let case = Case::named(name);
        let outcome = case.read_with(hours("00:00-24:00"));
        assert_eq!(outcome.days.len(), 0, "{name}");
        assert!(outcome.findings.iter().any(|(_, is_fault, _)| *is_fault), "{name}");
    }
}
