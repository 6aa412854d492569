//! Changes that are written down elsewhere than in the rows that they change: ※11/26は鈴木さんに変更, or a list of swaps.

use super::block::{Block, Layout};
use super::cells::{Entry, Sheet};
use super::date;
use super::dates;
use super::words;
use crate::domain::rotation::{Finding, Problem};
use chrono::NaiveDate;
use std::ops::Range;

/// The days that are spoken of, and where.
pub(super) fn found(sheet: &Sheet, layout: &Layout, today: NaiveDate) -> Vec<(NaiveDate, Finding)> {
    let mut found = Vec::new();
    let mut tell = |row: usize, column: usize, day: NaiveDate| {
        found.push((day, sheet.finding(row, column, Problem::Beside(sheet.shown(row, column)))));
    };
    for (rows, column) in &layout.changes {
        for row in rows.clone() {
            let written = date::read(sheet.entry(row, *column));
            if let Some((first, last, _)) = written.and_then(|written| dates::plain(&written, today)) {
                first.iter_days().take_while(|day| *day <= last).for_each(|day| tell(row, *column, day));
            }
        }
    }
    let mut blocks: Vec<_> = layout.blocks.iter().map(|block| (block.rows.clone(), columns(block))).collect();
    blocks.sort_by_key(|(rows, _)| std::cmp::Reverse(rows.start));
    let mut around: Vec<(Range<usize>, Vec<usize>)> = Vec::new();
    for (row, cells) in sheet.rows.iter().enumerate() {
        around.retain(|(rows, _)| rows.contains(&row));
        while let Some(block) = blocks.pop_if(|(rows, _)| rows.start <= row) {
            around.push(block);
        }
        let is_read = |column: usize| around.iter().any(|(_, columns)| columns.contains(&column));
        for (column, entry) in cells.iter().enumerate() {
            if let Entry::Text(text) = entry
                && !is_read(column)
                && date::read(entry).is_none()
            {
                days_of(text, today).into_iter().for_each(|day| tell(row, column, day));
            }
        }
    }
    found
}

/// The columns of a table, where changes are looked for row by row.
fn columns(block: &Block) -> Vec<usize> {
    let some = [&block.on_call, &block.others, &block.unnamed, &block.notes, &block.change];
    some.into_iter().flatten().copied().chain(block.deputy).chain(block.weekday).collect()
}

/// The days in a text that speaks of a change.
fn days_of(text: &str, today: NaiveDate) -> Vec<NaiveDate> {
    const LONGEST: usize = 300;
    if text.len() > LONGEST || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    let lower = text.to_lowercase();
    let is_change =
        words::ROW_CHANGES.iter().chain(&["休", "代わ", "instead", "covers"]).any(|word| lower.contains(word));
    if !is_change {
        return Vec::new();
    }
    let starts = text.char_indices().filter(|(at, c)| {
        c.is_ascii_digit() && !text[..*at].ends_with(|before: char| before.is_ascii_digit() || "/-.".contains(before))
    });
    starts.filter_map(|(at, _)| day_at(&text[at..], today)).collect()
}

/// The day with which a text begins: `11/26`, `11月26日`, `2026/11/26`.
fn day_at(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || "/月日年".contains(c))).unwrap_or(text.len());
    let written = date::read(&Entry::Text(text[..end].into()))?;
    dates::plain(&written, today).map(|(first, ..)| first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_may_speak_of_a_day() {
        let today = "2026-11-26".parse().expect("a date");
        for (text, expected) in [
            ("※11/26は鈴木さんに変更になりました", &["2026-11-26"][..]),
            ("12/1 渡辺さん休み→佐藤、12月2日も交代", &["2026-12-01", "2026-12-02"]),
            ("※2026/11/30 は交代", &["2026-11-30"]),
            ("11/26 is a holiday", &[]),
            ("交代は前日までに", &[]),
            ("最終更新 11/20", &[]),
        ] {
            let days: Vec<_> = days_of(text, today).iter().map(ToString::to_string).collect();
            assert_eq!(days, expected, "{text}");
        }
    }
}
