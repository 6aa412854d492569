//! Dates as people and Sheets write them.

use super::super::cells::{Entry, cleaned};
use super::*;

fn point(point: &Point) -> String {
    let day = match point.day {
        Day::On(date) => date.to_string(),
        Day::InMonth(month, day) => format!("{month}/{day}"),
        Day::Pair(one, other) => format!("{one}?{other}"),
        Day::Three([one, two, three]) => format!("{one}?{two}?{three}"),
        Day::Only(day) => format!("day {day}"),
    };
    let weekday = point.weekday.map(|weekday| format!(" {weekday}")).unwrap_or_default();
    let time = point.time.map(|time| time.format(" %H:%M").to_string()).unwrap_or_default();
    format!("{day}{weekday}{time}")
}

#[track_caller]
fn check(entry: &Entry, expected: &str) {
    let found = read(entry).map_or(String::new(), |written| {
        let last = written.last.map(|last| format!(" to {}", point(&last))).unwrap_or_default();
        let week = if written.is_week { " week" } else { "" };
        format!("{}{last}{week}", point(&written.first))
    });
    assert_eq!(found, expected, "{entry:?}");
}

#[test]
fn serial_numbers_are_dates_and_small_ones_days() {
    for (number, expected) in [
        (46_350.0, "2026-11-24"),
        (46_350.75, "2026-11-24 18:00"),
        (46_350.000_000_1, "2026-11-24"),
        (36_526.0, "2000-01-01"),
        (26.0, "day 26"),
        (32.0, ""),
        (11.26, ""),
        (-1.0, ""),
        (9_999.0, ""),
        (20_000.0, ""),
        (1e300, ""),
        (f64::NAN, ""),
    ] {
        check(&Entry::Number(number), expected);
    }
    check(&Entry::Empty, "");
    check(&Entry::Error("#N/A".into()), "");
}

#[test]
fn texts_are_dates_in_many_forms() {
    for (text, expected) in [
        ("46350", "2026-11-24"),
        ("2026-11-24", "2026-11-24"),
        ("2026/1/5", "2026-01-05"),
        ("2026.11.24", "2026-11-24"),
        ("2026年11月24日", "2026-11-24"),
        ("2026年 1月 5日(月)", "2026-01-05 Mon"),
        ("26年11月24日", "2026-11-24"),
        ("２０２６／１１／２４（火）", "2026-11-24 Tue"),
        (" 2026-11-24 [Tue] ", "2026-11-24 Tue"),
        ("2026-11-24 (水・祝)", "2026-11-24 Wed"),
        ("2026/11/24(祝)", "2026-11-24"),
        ("2026/11/24 ()", "2026-11-24"),
        ("2026/11/24 0:00", "2026-11-24"),
        ("2026-11-23 09:00", "2026-11-23 09:00"),
        ("2026-11-23T18:00:00", "2026-11-23 18:00"),
        ("2026-11-23 6:00 PM", "2026-11-23 18:00"),
        ("2026/11/24(火) 9:00", "2026-11-24 Tue 09:00"),
        ("令和8年11月26日", "2026-11-26"),
        ("令和元年5月1日", "2019-05-01"),
        ("R8.11.26", "2026-11-26"),
        ("R8/11/26(木)", "2026-11-26 Thu"),
        ("11/26", "11?26"),
        ("11-26", "11?26"),
        ("11/26(木)", "11?26 Thu"),
        ("11/26 木", "11?26 Thu"),
        ("木 11/26", "11?26 Thu"),
        ("11/1日", "11?1"),
        ("11月26日", "11/26"),
        ("11月1日日曜日", "11/1 Sun"),
        ("11月26日（木）", "11/26 Thu"),
        ("Nov 26", "11/26"),
        ("Nov. 26", "11/26"),
        ("Thu, Nov 26", "11/26 Thu"),
        ("November 26th, 2026", "2026-11-26"),
        ("Nov 26 2026", "2026-11-26"),
        ("26-Nov", "11/26"),
        ("26-Nov-2026", "2026-11-26"),
        ("26-Nov-26", "2026-11-26"),
        ("26 November", "11/26"),
        ("26th of Nov", "11/26"),
        ("26日", "day 26"),
        ("26日(木)", "day 26 Thu"),
        ("26", "day 26"),
        ("26/11/2026", "26?11?2026"),
        ("11/26/2026", "11?26?2026"),
        ("26/11/24", "26?11?24"),
        ("2026-W48", "2026-11-23 week"),
        ("2026W48", "2026-11-23 week"),
    ] {
        check(&Entry::Text(cleaned(text)), expected);
    }
}

#[test]
fn spans_and_weeks_have_marks() {
    for (text, expected) in [
        ("11/23(月)〜11/29(日)", "11?23 Mon to 11?29 Sun"),
        ("11/23～11/29", "11?23 to 11?29"),
        ("11/9-11/13", "11?9 to 11?13"),
        ("11/23-27", "11?23 to day 27"),
        ("11/23 - 27日", "11?23 to day 27"),
        ("11月23日から11月27日まで", "11/23 to 11/27"),
        ("Jul 1-7", "7/1 to day 7"),
        ("Nov 23 – Nov 29", "11/23 to 11/29"),
        ("Nov 23 to Nov 29", "11/23 to 11/29"),
        ("2026-11-23 - 2026-11-29", "2026-11-23 to 2026-11-29"),
        ("2026/11/23〜29", "2026-11-23 to day 29"),
        ("26-Nov - 2-Dec", "11/26 to 12/2"),
        ("11/23週", "11?23 week"),
        ("10/26の週", "10?26 week"),
        ("11/23〜", "11?23 week"),
        ("Week of Nov 23", "11/23 week"),
        ("W/C 23 Nov", "11/23 week"),
    ] {
        check(&Entry::Text(cleaned(text)), expected);
    }
}

#[test]
fn anything_else_is_no_date() {
    for text in [
        "2026-02-30",
        "2026-11",
        "2026-11-24(火",
        "2026-11-24 x",
        "-2026-11-24",
        "2026-+1-24",
        "1999-12-31",
        "火曜日",
        "99999999999-11-24",
        "Nov-26",
        "13/32",
        "合計",
        "11/26(26)",
        "3年目",
        "11/26-",
        "11月",
        "2026年11月",
        "32日",
        "2026-11-23T18:00:00Z",
        "11/26 9:00-18:00",
        "03-0000-0000",
        "1.5",
        "W48",
        "11/23 or 11/24",
        "第1週",
        "Week 1",
    ] {
        check(&Entry::Text(cleaned(text)), "");
    }
}
