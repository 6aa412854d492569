//! Months that stand above days: `2026年11月 オンコール表`, `【11月】`, the tab's name.

use super::cells::{Entry, Sheet};
use super::date::{self, Day};
use super::heading::{Kind, kind};
use super::words;
use chrono::{Months, NaiveDate};
use std::ops::RangeInclusive;

/// A month, and its year where that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Month {
    pub year: Option<i32>,
    pub month: u32,
}

/// The days that a title says a table is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    pub first: NaiveDate,
    pub last: NaiveDate,
}

/// The titles that say for which years the days below them are, by row.
pub(super) fn periods(sheet: &Sheet) -> Vec<(usize, Period)> {
    let alone = |row: usize| {
        let mut columns = sheet.filled_columns(row);
        columns.next().filter(|_| columns.next().is_none())
    };
    let found = sheet.filled_rows().filter_map(|row| match sheet.entry(row, alone(row)?) {
        Entry::Text(text) => period(text).map(|period| (row, period)),
        _ => None,
    });
    found.collect()
}

/// Where a month stands above days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub row: usize,
    /// From which column on it is meant, where several stand beside each other.
    pub column: Option<usize>,
    pub month: Month,
}

/// The months that stand in cells of their own, by row: `【11月】` anywhere, and titles above a header.
pub(super) fn marks(sheet: &Sheet) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut titles = Vec::new();
    for row in sheet.filled_rows() {
        let mut columns = sheet.filled_columns(row);
        let (Some(first), None) = (columns.next(), columns.next()) else {
            let beside = beside(sheet, row);
            if !beside.is_empty() {
                marks.extend(beside);
                continue;
            }
            if titles.is_empty() {
                continue;
            }
            if has_heading(sheet, row) {
                marks.append(&mut titles);
            } else if sheet.rows[row].iter().any(is_day) {
                titles.clear();
            }
            continue;
        };
        let Entry::Text(text) = sheet.entry(row, first) else { continue };
        if let Some(month) = alone(text) {
            marks.push(Mark { row, column: None, month });
        } else if let Some(month) = within(text) {
            titles.push(Mark { row, column: None, month });
        }
    }
    marks.sort_by_key(|mark| (mark.row, mark.column));
    marks
}

/// Months beside each other, over tables beside each other; nothing where anything else stands in the row.
fn beside(sheet: &Sheet, row: usize) -> Vec<Mark> {
    let mark = |column: usize| match sheet.entry(row, column) {
        Entry::Text(text) => alone(text).map(|month| Mark { row, column: Some(column), month }),
        _ => None,
    };
    sheet.filled_columns(row).map(mark).collect::<Option<_>>().unwrap_or_default()
}

fn has_heading(sheet: &Sheet, row: usize) -> bool {
    sheet.rows[row].iter().any(|entry| matches!(entry, Entry::Text(text) if kind(text) == Kind::Date))
}

/// A day that needs a month or a year.
fn is_day(entry: &Entry) -> bool {
    date::read(entry).is_some_and(|written| !matches!(written.first.day, Day::On(_)))
}

/// A text that is a month and nothing else: `【11月】`, `2026年11月度`, `11月分`, `November 2026`, `2026-11`.
pub(super) fn alone(text: &str) -> Option<Month> {
    let bare = text.trim_matches(|c: char| c.is_whitespace() || "【】[]()〔〕<>「」■◆●□◇○・*=-―─".contains(c));
    let (month, rest) = leading(bare)?;
    matches!(rest.trim(), "" | "度" | "分" | "号").then_some(month)
}

/// The first month in a title.
pub(super) fn within(text: &str) -> Option<Month> {
    const LONGEST: usize = 120;
    if text.len() > LONGEST || is_stamp(text) || text.starts_with(['※', '*', '注']) {
        return None;
    }
    let starts = text.char_indices().filter(|(position, c)| {
        let before = text[..*position].chars().next_back();
        c.is_ascii_digit() && !before.is_some_and(|before| before.is_ascii_digit())
    });
    let found = starts.filter_map(|(position, _)| leading(&text[position..]));
    // A day may follow a month: then it is the date of something else.
    found
        .filter(|(month, rest)| !is_remark(*month, rest))
        .map(|(month, rest)| {
            (month, rest.trim_start_matches(['/', '-', '.']).starts_with(|c: char| c.is_ascii_digit()))
        })
        .find(|(_, is_day)| !is_day)
        .map(|(month, _)| month)
}

/// 12月から担当者が変わります speaks of a month, and is not one's title.
fn is_remark(month: Month, rest: &str) -> bool {
    month.year.is_none() && ["から", "より", "以降", "まで", "中旬", "末"].iter().any(|word| rest.starts_with(word))
}

/// Whether a title says when the sheet was written rather than for when it is.
pub(super) fn is_stamp(text: &str) -> bool {
    let lower = text.to_lowercase();
    words::STAMP.iter().any(|word| lower.contains(word))
}

/// The years that a title without a month is for, or the months between two: what lies beyond is another year's.
fn period(text: &str) -> Option<Period> {
    const LONGEST: usize = 120;
    const YEARS: RangeInclusive<i32> = 2000..=2199;
    if text.len() > LONGEST || is_stamp(text) {
        return None;
    }
    let mut found: Vec<(i32, Option<u32>)> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (number, after) = digits(&rest[start..]);
        let before = rest[..start].trim_end();
        let year = match number.len() {
            4 => number.parse().ok().filter(|year| YEARS.contains(year)),
            1 | 2 if before.ends_with("令和") => number.parse().ok().map(|year: i32| year + 2018),
            2 if before.ends_with("FY") => number.parse().ok().map(|year: i32| year + 2000),
            _ => None,
        };
        rest = after;
        // 2026年1月〜3月: the second month is of the same year.
        if let (None, Some((before, Some(_))), Some(month)) = (year, found.last().copied(), number.parse().ok())
            && rest.starts_with('月')
            && (1..=12).contains(&month)
        {
            found.push((before, Some(month)));
        }
        if let Some(year) = year {
            let (month, after) = digits(after.trim_start_matches(['年', '/', '-', '.', ' ']));
            let month = month.parse().ok().filter(|month| (1..=12).contains(month));
            // A whole date is no period.
            if month.is_some() && !digits(after.trim_start_matches(['月', '/', '-', '.'])).0.is_empty() {
                return None;
            }
            if month.is_some() {
                rest = after;
            }
            found.push((year, month));
        }
    }
    let is_fiscal = ["期", "FY", "fiscal"].iter().any(|word| text.contains(word));
    let day = |year: i32, month: u32| NaiveDate::from_ymd_opt(year, month, 1);
    let end = |year: i32, month: u32| day(year, month)?.checked_add_months(Months::new(1))?.pred_opt();
    let (first, last) = match found.as_slice() {
        // Since 2025 it may go on.
        [(_, None)] if text.contains("年から") => return None,
        [(year, None)] if text.contains("年度") => (day(*year, 4), end(year + 1, 3)),
        [(year, None)] if is_fiscal => (day(year - 1, 7), end(year + 1, 6)),
        [(year, None)] => (day(*year, 1), end(*year, 12)),
        [(year, month), (other, last)] => (day(*year, month.unwrap_or(1)), end(*other, last.unwrap_or(12))),
        _ => return None,
    };
    Some(Period { first: first?, last: last? })
}

/// The month with which a text begins, and what follows it.
fn leading(text: &str) -> Option<(Month, &str)> {
    let (digits, rest) = digits(text);
    match digits.len() {
        0 => named(text),
        1..=2 => Some((month(None, digits)?, rest.strip_prefix('月')?)),
        4 => {
            let after = rest.trim_start_matches(['年', '/', '-', '.', ' ']);
            let (number, end) = self::digits(after);
            let is_parted = after.len() < rest.len();
            let found = month(Some(digits), number).filter(|_| is_parted && number.len() <= 2)?;
            Some((found, end.strip_prefix('月').unwrap_or(end)))
        }
        _ => None,
    }
}

/// `November 2026`, `Nov`.
fn named(text: &str) -> Option<(Month, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let found = date::month_of(&text[..end])?;
    let (year, rest) = digits(text[end..].trim_start());
    let year = (year.len() == 4).then_some(year);
    let rest = if year.is_some() { rest } else { &text[end..] };
    Some((Month { year: year.and_then(of_this_time), month: found }, rest))
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

fn month(year: Option<&str>, month: &str) -> Option<Month> {
    let month = month.parse().ok().filter(|month| (1..=12).contains(month))?;
    Some(Month { year: year.and_then(of_this_time), month })
}

fn of_this_time(year: &str) -> Option<i32> {
    year.parse().ok().filter(|year| (2000..2200).contains(year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_may_stand_alone() {
        for (text, expected) in [
            ("【11月】", Some((None, 11))),
            ("11月", Some((None, 11))),
            ("■ 12月分", Some((None, 12))),
            ("2026年11月", Some((Some(2026), 11))),
            ("2026年1月度", Some((Some(2026), 1))),
            ("2026-11", Some((Some(2026), 11))),
            ("2026/11", Some((Some(2026), 11))),
            ("November 2026", Some((Some(2026), 11))),
            ("Nov", Some((None, 11))),
            ("11月の当番", None),
            ("13月", None),
            ("11", None),
            ("2026", None),
            ("rotation", None),
            ("2026年11月26日", None),
        ] {
            let expected = expected.map(|(year, month)| Month { year, month });
            assert_eq!(alone(text), expected, "{text}");
        }
    }

    #[test]
    fn a_title_may_say_for_which_years_it_is() {
        for (text, expected) in [
            ("2025年 下期 オンコール当番表", Some(("2024-07-01", "2026-06-30"))),
            ("令和8年度 当番", Some(("2026-04-01", "2027-03-31"))),
            ("2026年1月〜3月 当番", Some(("2026-01-01", "2026-03-31"))),
            ("On-call FY26", Some(("2025-07-01", "2027-06-30"))),
            ("オンコール当番表 2025年10月〜2026年3月", Some(("2025-10-01", "2026-03-31"))),
            ("On-call 2026", Some(("2026-01-01", "2026-12-31"))),
            ("最終更新: 2026年", None),
            ("2025年から2名体制です", None),
            ("当番表 (2026/11/26)", None),
            ("11月 当番表", None),
        ] {
            let date = |text: &str| text.parse().expect("a date");
            let expected = expected.map(|(first, last)| Period { first: date(first), last: date(last) });
            assert_eq!(period(text), expected, "{text}");
        }
    }

    #[test]
    fn a_title_may_have_one_in_it() {
        for (text, expected) in [
            ("2026年11月 オンコール当番表", Some((Some(2026), 11))),
            ("当番表 11月", Some((None, 11))),
            ("当番表 (2026年11月26日 更新)", None),
            ("当番表 (2026/11/26)", None),
            ("最終更新: 2026年11月", None),
            ("※12月から担当者が変わります", None),
            ("当番は12月から変わります", None),
            ("オンコール表 第2版", None),
        ] {
            let expected = expected.map(|(year, month)| Month { year, month });
            assert_eq!(within(text), expected, "{text}");
        }
    }
}
