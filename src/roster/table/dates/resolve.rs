//! From what is written to days.

use super::super::block::Block;
use super::super::cells::{Entry, Sheet};
use super::super::date::{self, Day, Point, Written};
use super::super::month::{self, Mark, Month, Period};
use super::order::{Orders, nearest};
use super::{Context, Dated, End, Raw, divides};
use crate::domain::calendar::BusinessHours;
use crate::domain::rotation::Problem;
use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use std::collections::BTreeMap;

/// The longest span that is believed.
const LONGEST: i64 = 62;

/// A row's days, and what is to be said of them.
pub struct Found {
    pub dated: Dated,
    /// The year is written.
    pub has_year: bool,
    /// Whether the weekday is the date's; `None` when none is written.
    pub fits: Option<bool>,
    /// The cell of the last day, when that cannot be read.
    pub end_fault: Option<(usize, Problem)>,
}

/// What the columns for month and year say, filled down.
#[derive(Debug, Clone, Copy, Default)]
struct Columns {
    month: Option<u32>,
    year: Option<i32>,
    /// Where that month is written.
    month_row: usize,
}

/// What all rows of a table are read by.
pub struct Resolver<'a> {
    sheet: &'a Sheet<'a>,
    block: &'a Block,
    context: &'a Context<'a>,
    orders: Orders,
    /// Month and year of the columns for them, by row.
    columns: BTreeMap<usize, Columns>,
}

impl<'a> Resolver<'a> {
    pub fn new(sheet: &'a Sheet<'a>, block: &'a Block, context: &'a Context<'a>, orders: Orders) -> Self {
        let mut columns = BTreeMap::new();
        if block.month.is_some() || block.year.is_some() {
            let mut found = Columns::default();
            for row in block.rows.clone() {
                let month = block.month.and_then(|column| month_in(sheet.entry(row, column)));
                let year = block.year.and_then(|column| year_in(sheet.entry(row, column)));
                // The same month in every row is one month; a row that names it again begins none.
                if month.is_some() && month != found.month {
                    found.month_row = row;
                }
                found.month = month.or(found.month);
                found.year = year.or(found.year);
                columns.insert(row, found);
            }
        }
        Self { sheet, block, context, orders, columns }
    }

    /// The days of a row; otherwise the column of the cell that is wrong.
    pub fn row(&self, raw: &Raw, hours: BusinessHours) -> Result<Found, (usize, Problem)> {
        let column = self.block.date;
        let text = || self.sheet.shown(raw.row, column);
        let (first, has_year) = self.day(&raw.written.first, raw.row).map_err(|problem| (column, problem))?;
        let written_end = match (&raw.end, raw.written.last) {
            (End::Point(end), _) => Some((*end, self.block.end.unwrap_or(column))),
            (End::NoColumn | End::Missing, Some(last)) => Some((last, column)),
            (End::NoColumn | End::Missing, None) => None,
        };
        let mut found = Found {
            dated: Dated {
                row: raw.row,
                first,
                last: first,
                is_span: written_end.is_some() || matches!(raw.end, End::Missing),
                is_week: raw.written.is_week,
                handovers: Vec::new(),
                timed: Vec::new(),
            },
            has_year,
            fits: fits(&raw.written.first, first, raw),
            end_fault: None,
        };
        let Some((end, end_column)) = written_end else {
            if let (End::Missing, Some(end)) = (&raw.end, self.block.end) {
                let shown = self.sheet.line(raw.row, end).unwrap_or_else(text);
                found.end_fault = Some((end, Problem::NotASpan(shown)));
            }
            return match raw.written.first.time.filter(|time| starts_late(*time, hours)) {
                Some(_) => Err((column, Problem::Handover(text()))),
                None => Ok(found),
            };
        };
        let last = last_day(&end, first, &self.orders);
        let shown = || self.sheet.shown(raw.row, end_column);
        let last = last.filter(|last| (0..LONGEST).contains(&(*last - first).num_days()));
        let last = last.ok_or_else(|| (end_column, Problem::NotASpan(shown())))?;
        if end.weekday.is_some_and(|weekday| weekday != last.weekday()) {
            found.fits = Some(false);
        }
        found.dated.last = last;
        if raw.written.first.time.is_some() || end.time.is_some() {
            let start = first.and_time(raw.written.first.time.unwrap_or(NaiveTime::MIN));
            let over = end.time.map_or(last.and_time(NaiveTime::MIN) + TimeDelta::days(1), |time| last.and_time(time));
            if over <= start {
                return Err((end_column, Problem::NotASpan(shown())));
            }
            found.dated.handovers = handovers(start, over, hours);
            found.dated.timed.extend(raw.written.first.time.map(|_| first).into_iter().chain(end.time.map(|_| last)));
            (found.dated.first, found.dated.last) = noons(start, over);
        }
        Ok(found)
    }

    /// The day of a point, and whether its year is written.
    fn day(&self, point: &Point, row: usize) -> Result<(NaiveDate, bool), Problem> {
        let text = || self.sheet.shown(row, self.block.date);
        let of_month = |month, day| {
            let year = self.year(month, row);
            let date = match year {
                Some(year) => date::day_of(year, month, day),
                None => nearest(month, day, self.context.today),
            };
            if let (Some(date), None) = (date, year)
                && self.period(row).is_some_and(|period| !(period.first..=period.last).contains(&date))
            {
                return Err(Problem::OtherYear(text(), date));
            }
            date.map(|date| (date, year.is_some())).ok_or_else(|| Problem::NotADate(text()))
        };
        match point.day {
            Day::On(date) => Ok((date, true)),
            Day::InMonth(month, day) => of_month(month, day),
            Day::Pair(one, other) => {
                let (month, day) = self.orders.pair(one, other).ok_or_else(|| Problem::DateOrder(text()))?;
                of_month(month, day)
            }
            Day::Three(numbers) => {
                self.orders.three(numbers).map(|date| (date, true)).ok_or_else(|| Problem::DateOrder(text()))
            }
            Day::Only(day) => {
                let month = self.month(row).filter(|_| !self.is_contradicted(row));
                let month = month.ok_or_else(|| Problem::NoMonth(text()))?;
                of_month(month, day)
            }
        }
    }

    /// The month of a day that has none: of the month's column, of the nearest mark above, of the tab's name.
    fn month(&self, row: usize) -> Option<u32> {
        if self.block.month.is_some() {
            return self.columns.get(&row)?.month;
        }
        self.mark(row).or(self.context.tab).map(|mark| mark.month)
    }

    /// Whether the tab's name says another month than what stands above.
    fn is_contradicted(&self, row: usize) -> bool {
        let (mark, tab) = (self.mark(row), self.context.tab);
        self.block.month.is_none() && mark.zip(tab).is_some_and(|(mark, tab)| mark.month != tab.month)
    }

    /// The year, where a column for it or a title with this month says it.
    fn year(&self, month: u32, row: usize) -> Option<i32> {
        let of_column = self.columns.get(&row).and_then(|columns| columns.year);
        let titles = [self.mark(row), self.context.tab].into_iter().flatten();
        of_column.or_else(|| titles.filter(|mark| mark.month == month).find_map(|mark| mark.year))
    }

    /// What the title above says of the years.
    fn period(&self, row: usize) -> Option<Period> {
        let after = self.context.periods.partition_point(|(title, _)| *title < row);
        self.context.periods[..after].last().map(|(_, period)| *period)
    }

    /// Where the month of a row is written.
    pub fn month_row(&self, row: usize) -> usize {
        match self.columns.get(&row) {
            Some(columns) if self.block.month.is_some() => columns.month_row,
            _ => self.mark_above(row).map_or(0, |(mark, _)| mark),
        }
    }

    fn mark(&self, row: usize) -> Option<Month> {
        self.mark_above(row).map(|(_, month)| month)
    }

    fn mark_above(&self, row: usize) -> Option<(usize, Month)> {
        let after = self.context.marks.partition_point(|mark| mark.row < row);
        let above = &self.context.marks[..after];
        let nearest = above.last()?.row;
        let left = self.block.on_call.iter().copied().chain([self.block.date]).min()?;
        let is_over = |mark: &&Mark| mark.row == nearest && mark.column.is_none_or(|column| column <= left);
        above.iter().rev().find(is_over).map(|mark| (mark.row, mark.month))
    }
}

fn month_in(entry: &Entry) -> Option<u32> {
    match entry {
        Entry::Number(number) => (1..=12).find(|month| f64::from(*month) == *number),
        Entry::Text(text) => month::alone(text)
            .map(|found| found.month)
            .or_else(|| text.parse().ok().filter(|month| (1..=12).contains(month))),
        _ => None,
    }
}

fn year_in(entry: &Entry) -> Option<i32> {
    let text = entry.text();
    text.strip_suffix('年').unwrap_or(&text).parse().ok().filter(|year| (2000..2200).contains(year))
}

/// The days of a cell that stands alone.
pub fn alone(written: &Written, today: NaiveDate) -> Option<(NaiveDate, NaiveDate, bool)> {
    let points = [Some(written.first), written.last].into_iter().flatten();
    let orders = Orders::of(points, today);
    let first = match written.first.day {
        Day::On(date) => date,
        Day::InMonth(month, day) => nearest(month, day, today)?,
        Day::Pair(one, other) => orders.pair(one, other).and_then(|(month, day)| nearest(month, day, today))?,
        Day::Three(numbers) => orders.three(numbers)?,
        Day::Only(_) => return None,
    };
    let last = match written.last {
        None => first,
        Some(last) => {
            last_day(&last, first, &orders).filter(|last| (0..LONGEST).contains(&(*last - first).num_days()))?
        }
    };
    let fits = |point: &Point, date: NaiveDate| point.weekday.is_none_or(|weekday| weekday == date.weekday());
    Some((first, last, fits(&written.first, first) && written.last.is_none_or(|point| fits(&point, last))))
}

/// A last day: what is not written of it follows from the first.
fn last_day(end: &Point, first: NaiveDate, orders: &Orders) -> Option<NaiveDate> {
    let after = |month, day| {
        let mut years = first.year()..=first.year() + 1;
        years.find_map(|year| date::day_of(year, month, day).filter(|date| *date >= first))
    };
    match end.day {
        Day::On(date) => Some(date),
        Day::InMonth(month, day) => after(month, day),
        Day::Pair(one, other) => orders.pair(one, other).and_then(|(month, day)| after(month, day)),
        Day::Three(numbers) => orders.three(numbers),
        Day::Only(day) => date::day_of(first.year(), first.month(), day),
    }
}

/// Whether the weekday that is written, in the cell or in its column, is that of the date.
fn fits(point: &Point, date: NaiveDate, raw: &Raw) -> Option<bool> {
    let written: Vec<_> = [point.weekday, raw.weekday].into_iter().flatten().collect();
    (!written.is_empty()).then(|| written.iter().all(|weekday| *weekday == date.weekday()))
}

/// A start so late that the day itself is somebody else's.
fn starts_late(time: NaiveTime, hours: BusinessHours) -> bool {
    const LITTLE: TimeDelta = TimeDelta::minutes(60);
    let (latest, wrapped) = hours.start().overflowing_add_signed(LITTLE);
    wrapped == 0 && time > latest
}

/// The days whose noon lies between two moments; the last before the first when there is none.
fn noons(start: NaiveDateTime, over: NaiveDateTime) -> (NaiveDate, NaiveDate) {
    const NOON: TimeDelta = TimeDelta::hours(12);
    let first = (start + TimeDelta::days(1) - NOON - TimeDelta::seconds(1)).date();
    let last = (over - NOON - TimeDelta::seconds(1)).date();
    (first, last)
}

/// The days on which a row begins or ends well within office hours.
fn handovers(start: NaiveDateTime, over: NaiveDateTime, hours: BusinessHours) -> Vec<NaiveDate> {
    [start, over].into_iter().filter(|moment| divides(moment.time(), hours)).map(|moment| moment.date()).collect()
}
