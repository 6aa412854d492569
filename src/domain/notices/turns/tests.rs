//! November and December 2026, with a holiday on Monday the 23rd and one of the company's on the 4th of December.

use super::*;
use crate::domain::calendar::{BusinessDays, BusinessHours, Calendar, CompanyHolidays, NationalHolidays};
use crate::domain::finding::{CellRef, Finding, Tab};
use crate::domain::member::{Member, Platform};
use crate::domain::rotation::{Rotation, ShiftCell};
use chrono::{DateTime, Utc};
use std::sync::Arc;

const READER: u32 = 2;

fn calendar() -> Calendar {
    let span = |text| BusinessHours::parse(text).expect("hours");
    Calendar {
        zone: chrono_tz::Asia::Tokyo,
        hours: span("10:00-17:00").with_break(span("12:00-13:00")).expect("it is inside"),
        days: BusinessDays::parse("Mon-Fri").expect("days"),
        national: NationalHolidays::Japan,
        company: Arc::new(CompanyHolidays::from([(date("2026-12-04"), "創立記念日".to_owned())])),
    }
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn at(time: &str) -> DateTime<Utc> {
    format!("2026-{time}:00+09:00").parse().expect("an instant")
}

fn name(text: &str) -> Foreign {
    Foreign::line(text).expect("a name")
}

/// A cell with one name or several (`佐藤・鈴木`), with nothing, with `休み`, or with something that is not sure (`佐藤?`).
fn cell(row: u32, column: u32, text: &str) -> ShiftCell {
    let says = match text {
        "" => Says::Nothing,
        "休み" => Says::Nobody,
        text if text.ends_with('?') => Says::unsure(Problem::Unclear(name(text))),
        text => Says::People { people: text.split('・').map(name).collect(), problems: Vec::new() },
    };
    ShiftCell {
        at: CellRef { tab: Tab::named("当番表"), row, column },
        name: Foreign::line(text),
        says: Arc::new(says),
    }
}

fn members(rows: &[(&str, &str)]) -> Members {
    let member = |(name, slack): &(&str, &str)| Member {
        name: (*name).to_owned(),
        slack: Handle::slack(slack),
        ..Member::default()
    };
    Members(rows.iter().map(member).collect())
}

fn team() -> Members {
    members(&[("佐藤", "U0SATO0001"), ("鈴木", "U0SUZUKI01"), ("高橋", "U0TAKAHASHI1"), ("田中", "")])
}

/// Rows as `12-02 佐藤,鈴木`.
fn workbook(rows: &[impl AsRef<str>]) -> Workbook {
    let shift = |(row, text): (u32, &str)| {
        let (day, cells) = text.split_once(' ').expect("a day and its cells");
        let cells = (2..).zip(cells.split(',')).map(|(column, text)| cell(row, column, text)).collect();
        (date(&format!("2026-{day}")), cells)
    };
    let shifts = (2..).zip(rows.iter().map(AsRef::as_ref)).map(shift).collect();
    let rotation = Rotation { tab: Tab::named("当番表"), shifts, refused: None };
    Workbook { rotation, members: Some(team()), ..Workbook::default() }
}

/// From the 24th of November on, with a Sunday that never changes.
fn turns(rows: &[impl AsRef<str>]) -> Turns {
    let rows: Vec<_> = ["12-20 佐藤,鈴木"].into_iter().chain(rows.iter().map(AsRef::as_ref)).collect();
    Turns::of(&workbook(&rows), date("2026-11-24")).expect("nothing is unsure")
}

/// So many days from one on, all with the same people.
fn days(first: &str, count: usize, cells: &str) -> Vec<String> {
    let days = date(&format!("2026-{first}")).iter_days().take(count);
    days.map(|day| format!("{} {cells}", day.format("%m-%d"))).collect()
}

/// `12-02 12-03: 佐藤 → 高橋 | 鈴木`, and `+18 12-01 12-28`.
fn shown(change: &Change) -> Vec<String> {
    let names = |people: Vec<&Person>| people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>().join("・");
    let swap = |swap: &Swap| {
        let dates: Vec<_> = swap.dates.iter().map(|date| date.format("%m-%d").to_string()).collect();
        let [went, came] = [&swap.went, &swap.came].map(|people| names(people.iter().collect()));
        format!("{}: {went} → {came} | {}", dates.join(" "), names(swap.stayed()))
    };
    let filled =
        |filled: &Filled| format!("+{} {} {}", filled.days, filled.first.format("%m-%d"), filled.last.format("%m-%d"));
    change.swaps.iter().map(swap).chain(change.filled.iter().map(filled)).collect()
}

#[track_caller]
fn check(before: &Turns, after: &Turns, expected: &[&str]) {
    let change = Change::between(before, after, &calendar(), date("2026-11-24"));
    assert_eq!(shown(&change), expected, "{after:?}");
    assert_eq!(change.is_empty(), expected.is_empty());
}

#[test]
fn who_came_and_who_went_by_day() {
    for (after, expected) in [
        (&["12-02 高橋,鈴木"][..], &["12-02: 佐藤 → 高橋 | 鈴木"][..]),
        (&["12-02 高橋,田中"], &["12-02: 佐藤・鈴木 → 高橋・田中 | "]),
        (&["12-02 佐藤,鈴木,高橋"], &["12-02:  → 高橋 | 佐藤・鈴木"]),
        (&["12-02 佐藤,"], &["12-02: 鈴木 →  | 佐藤"]),
        (&["12-02 ,"], &["12-02: 佐藤・鈴木 →  | "]),
        (&[], &["12-02: 佐藤・鈴木 →  | "]),
        (&["12-02 休み,休み"], &["12-02: 佐藤・鈴木 →  | "]),
        (&["12-02 佐藤,休み"], &["12-02: 鈴木 →  | 佐藤"]),
        // The row was moved to another day.
        (&["12-01 佐藤,鈴木"], &["12-01:  → 佐藤・鈴木 | ", "12-02: 佐藤・鈴木 →  | "]),
        // Another order, another spelling, an id, one cell for both, twice the same.
        (&["12-02 鈴木,佐藤"], &[]),
        (&["12-02  佐藤 ,@鈴木"], &[]),
        (&["12-02 U0SATO0001,鈴木"], &[]),
        (&["12-02 佐藤・鈴木"], &[]),
        (&["12-02 佐藤,鈴木・佐藤"], &[]),
        // A Saturday, and the company's day off.
        (&["12-02 佐藤,鈴木", "11-28 高橋,田中", "12-04 高橋,田中"], &[]),
        (&["12-02 佐藤,鈴木", "12-03 休み,"], &[]),
    ] {
        check(&turns(&["12-02 佐藤,鈴木"]), &turns(after), expected);
    }
    check(&turns(&["12-02 休み,休み"]), &turns(&["12-02 佐藤,鈴木"]), &["12-02:  → 佐藤・鈴木 | "]);
    check(&turns(&["12-02 休み,休み"]), &turns(&[""; 0]), &[]);
}

#[test]
fn ten_working_days_are_looked_at_and_today_is_the_first() {
    check(
        &turns(&days("11-24", 30, "佐藤,鈴木")),
        &turns(&days("11-24", 30, "高橋,鈴木")),
        &["11-24 11-25 11-26 11-27 11-30 12-01 12-02 12-03 12-07 12-08: 佐藤 → 高橋 | 鈴木"],
    );
    check(&turns(&["12-09 佐藤,鈴木"]), &turns(&["12-09 高橋,鈴木"]), &[]);
}

#[test]
fn what_is_the_same_on_several_days_is_one_change() {
    check(
        &turns(&["11-26 佐藤,鈴木", "11-27 佐藤,鈴木", "11-30 高橋,田中", "12-01 佐藤,田中", "12-02 佐藤,鈴木"]),
        &turns(&["11-26 高橋,鈴木", "11-27 鈴木,高橋", "11-30 佐藤,田中", "12-01 高橋,田中", "12-02 高橋,鈴木"]),
        &["11-26 11-27 12-02: 佐藤 → 高橋 | 鈴木", "11-30: 高橋 → 佐藤 | 田中", "12-01: 佐藤 → 高橋 | 田中"],
    );
}

#[test]
fn a_new_rota_is_ten_working_days_that_had_nobody() {
    let november = || days("11-24", 7, "佐藤,鈴木");
    let with = |more: Vec<String>| turns(&[november(), more].concat());
    // From Tuesday on; Friday is the company's day off.
    check(&with(vec![]), &with(days("12-01", 14, "高橋,田中")), &["12-01 12-02 12-03 12-07 12-08:  → 高橋・田中 | "]);
    check(&with(vec![]), &with(days("12-01", 15, "高橋,田中")), &["+10 12-01 12-15"]);
    check(&with(vec![]), &with(days("12-01", 31, "高橋,田中")), &["+22 12-01 12-31"]);
    check(&with(vec![]), &with(days("12-01", 31, "休み,休み")), &[]);
    // Together with a swap.
    let both = [days("11-24", 6, "佐藤,鈴木"), vec!["11-30 佐藤,田中".into()], days("12-01", 31, "高橋,田中")].concat();
    check(&with(vec![]), &turns(&both), &["11-30: 鈴木 → 田中 | 佐藤", "+22 12-01 12-31"]);
    // In a month that is not near at all.
    check(&with(days("12-01", 16, "高橋,田中")), &with(days("12-01", 31, "高橋,田中")), &["+11 12-17 12-31"]);
}

/// The month after the next one may be in a tab that was not read before.
#[test]
fn only_days_that_both_have_looked_at_are_compared() {
    let rows = days("12-01", 31, "高橋,田中");
    let before = Turns::of(&workbook(&["10-30 佐藤,鈴木"]), date("2026-10-30")).expect("nothing is unsure");
    assert_eq!(before.until, date("2026-11-30"));
    let after = turns(&[vec!["11-30 佐藤,鈴木".into()], rows].concat());
    assert_eq!(after.until, date("2026-12-31"));
    check(&before, &after, &["11-30:  → 佐藤・鈴木 | "]);
}

#[test]
fn those_who_came_or_went_are_told_each_once() {
    let change = Change::between(
        &turns(&["12-01 佐藤,鈴木", "12-02 佐藤,鈴木", "12-03 ,田中"]),
        &turns(
            &[
                vec!["12-01 高橋,鈴木".into(), "12-02 佐藤,高橋".into(), "12-03 ,田中".into()],
                days("12-07", 20, "田中,"),
            ]
            .concat(),
        ),
        &calendar(),
        date("2026-11-24"),
    );
    let people: Vec<_> = change.people().iter().map(|person| person.name.as_str()).collect();
    assert_eq!(people, ["佐藤", "高橋", "鈴木"], "{:?}", shown(&change));
}

/// The members tab gives and takes names and ids.
#[test]
fn a_person_stays_the_same_person() {
    let of = |rows: &[(&str, &str)], cells: &str| {
        let workbook = Workbook { members: Some(members(rows)), ..workbook(&[format!("12-02 {cells}")]) };
        Turns::of(&workbook, date("2026-11-24")).expect("nothing is unsure")
    };
    let before = of(&[("佐藤", "U0SATO0001"), ("田中", "")], "佐藤,田中");
    check(&before, &of(&[("佐藤 健", "U0SATO0001"), ("田中", "U0TANAKA01")], "佐藤 健,田中"), &[]);
    check(&before, &of(&[("佐藤", "U0SATO0002"), ("田中", "")], "佐藤,田中"), &[]);
    check(
        &before,
        &of(&[("佐藤", "U0SATO0001"), ("佐藤 愛", "U0SATO0002"), ("田中", "")], "佐藤 愛,田中"),
        &["12-02: 佐藤 → 佐藤 愛 | 田中"],
    );
    // Without a members tab names stand for themselves.
    let bare = |cells: &str| {
        let workbook = Workbook { members: None, ..workbook(&[format!("12-02 {cells}")]) };
        Turns::of(&workbook, date("2026-11-24")).expect("nothing is unsure")
    };
    check(&bare("佐藤,U0TANAKA01"), &bare("<@U0TANAKA01>,佐藤"), &[]);
    check(&bare("佐藤,U0TANAKA01"), &bare("sato,U0TANAKA01"), &["12-02: 佐藤 → sato | U0TANAKA01"]);
}

#[test]
fn what_is_unsure_is_no_reading() {
    let finding = |problem| Finding { at: None, problem };
    let of = |workbook: &Workbook| Turns::of(workbook, date("2026-11-24")).map(|turns| turns.days.len());
    assert_eq!(of(&workbook(&["12-02 佐藤,鈴木", "12-03 ,"])), Some(1));
    for rows in [
        &["12-02 佐藤,高橋?"][..],
        &["12-02 佐藤,だれか"],
        &["12-02 佐藤,鈴木", "12-28 佐藤?,鈴木"],
        // Nothing that is ahead.
        &["11-20 佐藤,鈴木"],
        &["12-02 ,"],
    ] {
        assert_eq!(of(&workbook(rows)), None, "{rows:?}");
    }
    // What is over, or further ahead than anything is compared.
    assert_eq!(of(&workbook(&["11-20 佐藤?,鈴木", "12-02 佐藤,鈴木"])), Some(1));
    for (problem, expected) in [
        (Problem::NotADate(name("来月")), None),
        (Problem::NoTab(name("members!A:D"), true), None),
        (Problem::NoTab(name("runbooks!A:D"), false), Some(1)),
        (Problem::NotALink(name("x")), Some(1)),
        (Problem::NotAHandle(name("sato"), Platform::Slack), Some(1)),
    ] {
        let workbook = Workbook { findings: vec![finding(problem)], ..workbook(&["12-02 佐藤,鈴木"]) };
        assert_eq!(of(&workbook), expected, "{:?}", workbook.findings);
    }
    let mut refused = workbook(&["12-02 佐藤,鈴木"]);
    refused.rotation.refused = Some(finding(Problem::NoOnCallColumn));
    assert_eq!(of(&refused), None);
}

/// What is read at which times, and at which of them a change is told.
#[track_caller]
fn tells(readings: &[(&str, Option<&str>, &[&str])]) {
    let mut known: Option<Memory> = None;
    for (time, row, expected) in readings {
        let now = at(time);
        let calendar = calendar();
        if !observes(&calendar, now) {
            assert!(expected.is_empty(), "{time}");
            continue;
        }
        let Some(row) = row else { continue };
        let rows = ["12-20 佐藤,鈴木", row];
        let read = Turns::of(&workbook(&rows), calendar.date(now)).expect("nothing is unsure");
        let (memory, change) = Memory::next(known, read, READER, &calendar, now);
        assert_eq!(shown(&change.clone().unwrap_or_default()), *expected, "{time}");
        known = Some(if change.is_some() { memory.told() } else { memory });
    }
}

#[test]
fn a_change_is_told_once_ten_minutes_after_the_last_edit() {
    let (before, after, other) = (Some("12-02 佐藤,鈴木"), Some("12-02 高橋,鈴木"), Some("12-02 高橋,田中"));
    let swap = &["12-02: 佐藤 → 高橋 | 鈴木"][..];
    tells(&[
        ("11-24T10:00", before, &[]),
        ("11-24T10:10", after, &[]),
        // Called twice, and by a clock that is a little behind.
        ("11-24T10:11", after, &[]),
        ("11-24T10:19", after, swap),
        ("11-24T10:30", after, &[]),
        // And back.
        ("11-24T10:40", before, &[]),
        ("11-24T10:50", before, &["12-02: 高橋 → 佐藤 | 鈴木"]),
    ]);
    // It goes on.
    tells(&[
        ("11-24T10:00", before, &[]),
        ("11-24T10:10", after, &[]),
        ("11-24T10:20", other, &[]),
        ("11-24T10:30", other, &["12-02: 佐藤・鈴木 → 高橋・田中 | "]),
    ]);
    // Undone in time; made again.
    tells(&[
        ("11-24T10:00", before, &[]),
        ("11-24T10:10", after, &[]),
        ("11-24T10:20", before, &[]),
        ("11-24T10:30", after, &[]),
        ("11-24T10:40", after, swap),
    ]);
    // What was unsure in between is passed over, and so is the lunch break.
    tells(&[
        ("11-24T11:40", before, &[]),
        ("11-24T11:50", None, &[]),
        ("11-24T12:00", after, &[]),
        ("11-24T12:50", after, &[]),
        ("11-24T13:00", after, &[]),
        ("11-24T13:10", after, swap),
    ]);
}

#[test]
fn outside_hours_it_waits_for_the_next_hours() {
    let (before, after) = (Some("12-02 佐藤,鈴木"), Some("12-02 高橋,鈴木"));
    let swap = &["12-02: 佐藤 → 高橋 | 鈴木"][..];
    // At night, over the weekend and a holiday.
    tells(&[
        ("11-20T16:50", before, &[]),
        ("11-20T17:00", after, &[]),
        ("11-21T11:00", after, &[]),
        ("11-23T11:00", after, &[]),
        ("11-24T09:40", after, &[]),
        ("11-24T09:50", after, &[]),
        ("11-24T10:00", after, swap),
    ]);
    // Seen in the last hours, and told in the next.
    tells(&[
        ("11-24T16:40", before, &[]),
        ("11-24T16:50", after, &[]),
        ("11-24T17:00", after, &[]),
        ("11-25T09:50", after, &[]),
        ("11-25T10:00", after, swap),
    ]);
    // What was pending is over; who came for that day is not told any more.
    tells(&[
        ("12-02T16:40", before, &[]),
        ("12-02T16:50", after, &[]),
        ("12-03T09:50", after, &[]),
        ("12-03T10:00", after, &[]),
        ("12-03T10:10", after, &[]),
    ]);
}

/// Days that come into view were read before.
#[test]
fn time_alone_changes_nothing() {
    let rows: Vec<_> = days("11-24", 37, "佐藤,鈴木").into_iter().chain(days("12-09", 1, "高橋,田中")).collect();
    let mut known = None;
    for day in date("2026-11-24").iter_days().take(25) {
        for time in ["09:50", "10:00", "10:10", "16:50"] {
            let now = at(&format!("{}T{time}", day.format("%m-%d")));
            if observes(&calendar(), now) {
                let read = Turns::of(&workbook(&rows), day).expect("nothing is unsure");
                let (memory, change) = Memory::next(known, read, READER, &calendar(), now);
                assert_eq!((change, memory.pending.clone(), memory.seen_on), (None, None, day));
                known = Some(memory);
            }
        }
    }
}

#[test]
fn the_first_reading_is_never_told() {
    let read = |row: &str| turns(&[row]);
    let next = |known: Option<Memory>, row: &str, reader: u32, time: &str| {
        Memory::next(known, read(row), reader, &calendar(), at(time))
    };
    let (before, after) = ("12-02 佐藤,鈴木", "12-02 高橋,鈴木");
    let (first, change) = next(None, before, READER, "11-24T10:00");
    assert_eq!((first.pending.clone(), change), (None, None));
    for (reader, time, waits) in [
        (READER, "11-24T10:10", true),
        // After an upgrade.
        (READER + 1, "11-24T10:10", false),
        // Yesterday, and the day before it.
        (READER, "11-25T10:10", true),
        (READER, "11-26T10:10", false),
    ] {
        let (then, change) = next(Some(first.clone()), after, reader, time);
        assert_eq!(change, None);
        assert_eq!(then.pending.is_some(), waits, "{reader} {time}");
        assert_eq!(then.told == read(after), !waits, "{reader} {time}");
    }
    // An upgrade while a change is pending.
    let (pending, _) = next(Some(first), after, READER, "11-24T10:10");
    let (upgraded, change) = next(Some(pending.clone()), after, READER + 1, "11-24T10:20");
    assert_eq!((upgraded.pending, upgraded.told, change), (None, read(after), None));
    let (_, change) = next(Some(pending), after, READER, "11-24T10:20");
    assert_eq!(shown(&change.expect("it is told")), ["12-02: 佐藤 → 高橋 | 鈴木"]);
}

#[test]
fn what_could_not_be_told_has_two_chances() {
    let next = |known, row: &str, time: &str| Memory::next(known, turns(&[row]), READER, &calendar(), at(time));
    let (before, after) = ("12-02 佐藤,鈴木", "12-02 高橋,鈴木");
    let (first, _) = next(None, before, "11-24T10:00");
    let (second, _) = next(Some(first), after, "11-24T10:10");
    let (third, change) = next(Some(second), after, "11-24T10:20");
    assert!(change.is_some());
    let tried = third.due(at("11-24T10:20"));
    assert_eq!(tried.clone().due(at("11-24T10:30")), tried, "from the first of them on");
    let (again, change) = next(Some(tried.clone()), after, "11-24T10:39");
    assert!(change.is_some() && again == tried);
    for time in ["11-24T10:40", "11-25T10:00"] {
        let (over, change) = next(Some(tried.clone()), after, time);
        assert_eq!((over.pending, over.told == turns(&[after]), change), (None, true, None), "{time}");
    }
    // Another edit is another change.
    let (other, change) = next(Some(tried), "12-02 高橋,田中", "11-24T10:30");
    let pending = other.pending.expect("it waits");
    assert_eq!((pending.since, pending.due_at, change), (at("11-24T10:30"), None, None));
}
