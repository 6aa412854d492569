//! How long a row lasts that says only when it begins.

use super::block::{Block, Length};
use super::cells::Sheet;
use super::dates::Dated;
use super::people::{Names, Read};
use crate::domain::holidays;
use crate::domain::rotation::{Problem, Says};
use chrono::{Datelike as _, Days, NaiveDate, Weekday};
use std::collections::BTreeMap;

const WEEK: i64 = 7;

/// How long the rows of a table last.
#[derive(Debug, Default)]
pub(super) struct Lengths {
    /// What is to be said of the table.
    pub told: Option<Problem>,
    /// Rows of which nobody can tell: a day in the midst of the weeks, which may be one day or the rest of the week.
    pub unclear: Vec<usize>,
}

/// Sets each row's last day.
pub(super) fn extend(sheet: &Sheet, block: &Block, names: &Names, dated: &mut [Dated]) -> Lengths {
    let is_open = |dated: &Dated| !dated.is_span;
    let has_spans = block.end.is_some() || dated.iter().any(|dated| dated.is_span);
    let mut starts: Vec<_> = dated.iter().map(|dated| dated.first).collect();
    starts.sort_unstable();
    starts.dedup();
    let missing = without_day(sheet, block, names, dated);
    let gaps = gaps(dated, &missing);
    let (usual, told) = match block.length {
        _ if has_spans => (None, None),
        _ if block.has_lengths => (None, Some(Problem::UnclearLength)),
        Length::Week if usual(&gaps) == Some(2 * WEEK) => (Some(2 * WEEK), None),
        Length::Week => (Some(WEEK), None),
        Length::Start => match usual(&gaps) {
            Some(days) => (Some(days), None),
            None => {
                let is_daily = !gaps.is_empty() && gaps.iter().all(|gap| *gap == 1);
                let is_unclear = gaps.len() > 1 || !missing.is_empty();
                (None, (is_unclear && !is_daily).then_some(Problem::UnclearLength))
            }
        },
        Length::Unsaid if gaps.len() >= 2 && gaps.iter().all(|gap| *gap == WEEK) => {
            (Some(WEEK), Some(Problem::ReadAsWeeks))
        }
        Length::Unsaid => (None, None),
    };
    let next = |first: NaiveDate| starts.get(starts.partition_point(|start| *start <= first)).copied();
    for dated in dated.iter_mut().filter(|dated| is_open(dated)) {
        let days = if dated.is_week { Some(usual.unwrap_or(WEEK)) } else { usual };
        let Some(after) = days.and_then(|days| u64::try_from(days - 1).ok()) else { continue };
        let last = dated.first.checked_add_days(Days::new(after)).unwrap_or(dated.first);
        let before_next = next(dated.first).and_then(|next| next.pred_opt());
        dated.last = before_next.map_or(last, |before| before.min(last));
    }
    let is_weekly = usual.is_some_and(|days| days % WEEK == 0);
    Lengths { told, unclear: if is_weekly { amid(dated) } else { Vec::new() } }
}

/// Rows with somebody in them of which nobody knows the day. Where most dates have several rows, those without a date are
/// of the date above.
fn without_day(sheet: &Sheet, block: &Block, names: &Names, dated: &[Dated]) -> Vec<usize> {
    let is_dated = |row: usize| dated.binary_search_by_key(&row, |dated| dated.row).is_ok();
    let is_nobody = |says: &Says| matches!(says, Says::Nothing | Says::Nobody);
    let is_nobodys = |row: usize, column: usize| match names.read(&sheet.text(row, column)) {
        Read::Says(says) => is_nobody(&says),
        Read::Ditto => true,
    };
    let undated = block.rows.clone().filter(|row| !is_dated(*row));
    let (blank, filled): (Vec<_>, Vec<_>) = undated
        .filter(|row| block.on_call.iter().any(|column| !is_nobodys(*row, *column)))
        .partition(|row| sheet.entry(*row, block.date).is_blank());
    let below = blank.iter().filter(|row| row.checked_sub(1).is_some_and(is_dated)).count();
    if below * 2 > dated.len() { filled } else { [blank, filled].concat() }
}

/// How far apart the starts are that follow each other. Across a row without a day nobody can tell.
fn gaps(dated: &[Dated], missing: &[usize]) -> Vec<i64> {
    let mut starts: Vec<_> = dated.iter().map(|dated| (dated.first, dated.row)).collect();
    starts.sort_unstable();
    let steps = starts.iter().zip(starts.iter().skip(1)).filter(|(one, next)| one.0 < next.0);
    let is_whole = |one: usize, next: usize| !missing.iter().any(|row| (one.min(next)..one.max(next)).contains(row));
    steps.filter(|(one, next)| is_whole(one.1, next.1)).map(|(one, next)| (next.0 - one.0).num_days()).collect()
}

/// Rows that do not begin on the weekday on which most do, nor on the first working day after it.
fn amid(dated: &[Dated]) -> Vec<usize> {
    let is_weekend = |weekday: Weekday| matches!(weekday, Weekday::Sat | Weekday::Sun);
    let is_off = |day: NaiveDate| is_weekend(day.weekday()) || holidays::japan(day).is_some();
    let is_after = |start: NaiveDate, usual: Weekday| {
        let mut days = start.iter_days().rev().skip(1).take_while(|day| day.weekday() != usual);
        let before = start.iter_days().rev().skip(1).find(|day| day.weekday() == usual);
        start.weekday() != usual && days.all(is_off) && before.is_some_and(is_off)
    };
    let count = |weekday: Weekday| {
        let on = dated.iter().filter(|dated| dated.first.weekday() == weekday).count();
        let after = dated.iter().filter(|dated| !is_weekend(weekday) && is_after(dated.first, weekday)).count();
        (on + after, on)
    };
    let week = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
    let Some(((most, _), usual)) =
        week.map(|weekday| (count(weekday), weekday)).into_iter().max_by_key(|(count, _)| *count)
    else {
        return Vec::new();
    };
    if most < 3 && most + 1 < dated.len() {
        return Vec::new();
    }
    let first = dated.iter().map(|dated| dated.first).min();
    let is_amid = |start: NaiveDate| start.weekday() != usual && !is_after(start, usual);
    dated.iter().filter(|dated| Some(dated.first) != first && is_amid(dated.first)).map(|dated| dated.row).collect()
}

/// How far apart more than half of the rows are.
fn usual(gaps: &[i64]) -> Option<i64> {
    let mut counts = BTreeMap::new();
    for gap in gaps {
        *counts.entry(*gap).or_insert(0_usize) += 1;
    }
    let (gap, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (count * 2 > gaps.len()).then_some(gap)
}
