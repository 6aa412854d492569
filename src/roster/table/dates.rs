//! Which days rows are for: the order of numbers, the year, the month, and whether weekdays fit.

mod order;
mod resolve;
mod suspect;

use super::block::Block;
use super::cells::{Entry, Sheet};
use super::date::{self, Point, Written};
use super::month::{Mark, Month, Period};
use crate::domain::calendar::BusinessHours;
use crate::domain::rotation::{Finding, Problem};
use chrono::{NaiveDate, NaiveTime, Timelike as _, Weekday};
use order::Orders;
use resolve::Resolver;

/// The days of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dated {
    pub row: usize,
    pub first: NaiveDate,
    pub last: NaiveDate,
    /// Its last day is written.
    pub is_span: bool,
    /// It says that it is a week.
    pub is_week: bool,
    /// Days of it on which somebody takes over within office hours.
    pub handovers: Vec<NaiveDate>,
    /// Days of it on which a time says when it begins or ends.
    pub timed: Vec<NaiveDate>,
}

/// What the date cells of a table say.
#[derive(Debug, Default)]
pub(super) struct Days {
    /// In the order of the rows.
    pub dated: Vec<Dated>,
    /// What is wrong, by row; whether anybody loses their call by it depends on who stands in the row.
    pub faults: Vec<(usize, Finding, Option<NaiveDate>)>,
    /// What is odd, and does not keep a row from counting.
    pub odd: Vec<Finding>,
    /// The first row with a time of day.
    pub timed: Option<usize>,
}

/// What a team's days are read by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    pub today: NaiveDate,
    pub hours: BusinessHours,
    /// Months above days, by row.
    pub marks: &'a [Mark],
    /// What titles say of the years below them, by row.
    pub periods: &'a [(usize, Period)],
    /// The month that is the tab's name.
    pub tab: Option<Month>,
}

/// A row's cells, before a year and an order are known.
struct Raw {
    row: usize,
    written: Written,
    end: End,
    weekday: Option<Weekday>,
}

enum End {
    /// There is no column for it.
    NoColumn,
    Point(Point),
    /// It is empty, or no date.
    Missing,
}

/// Reads the dates of a table.
pub(super) fn read(sheet: &Sheet, block: &Block, context: &Context) -> Days {
    let raw: Vec<_> = block.rows.clone().filter_map(|row| raw(sheet, block, row)).collect();
    let orders = Orders::of(
        raw.iter().flat_map(|raw| {
            let end = if let End::Point(end) = &raw.end { Some(*end) } else { None };
            [Some(raw.written.first), raw.written.last, end].into_iter().flatten()
        }),
        context.today,
    );
    let resolver = Resolver::new(sheet, block, context, orders);
    let is_timed =
        |raw: &&Raw| raw.written.first.time.is_some() || matches!(raw.end, End::Point(Point { time: Some(_), .. }));
    let mut days = Days { timed: raw.iter().find(is_timed).map(|raw| raw.row), ..Days::default() };
    let mut fits = Vec::new();
    for raw in &raw {
        match resolver.row(raw, context.hours) {
            Ok(found) => fits.push((raw, found)),
            Err((column, problem)) => {
                days.faults.push((raw.row, sheet.finding(raw.row, column, problem), None));
            }
        }
    }
    let stale = suspect::stale(fits.iter().map(|(_, found)| found));
    let restarts = suspect::restarts(&resolver, &raw);
    let turned = suspect::turned(sheet, block, &raw);
    let back = suspect::falls_back(block, fits.iter().map(|(raw, found)| (raw.row, found.dated.first)));
    for (raw, found) in fits {
        let text = || sheet.shown(raw.row, block.date);
        let at = |problem| sheet.finding(raw.row, block.date, problem);
        let is_anothers = !found.has_year && (found.fits == Some(false) || stale.without_year);
        if restarts.contains(&raw.row) {
            days.faults.push((raw.row, at(Problem::NoMonth(text())), None));
        } else if turned.contains(&raw.row) {
            days.faults.push((raw.row, at(Problem::DateOrder(text())), None));
        } else if is_anothers || (found.has_year && stale.with_year) || back.contains(&raw.row) {
            days.faults.push((raw.row, at(Problem::OtherYear(text(), found.dated.first)), Some(found.dated.first)));
        } else {
            if found.fits == Some(false) {
                days.odd.push(at(Problem::WrongWeekday(text(), found.dated.first)));
            }
            if let Some((column, problem)) = found.end_fault {
                let is_filled = !sheet.entry(raw.row, column).is_blank();
                let date = is_filled.then_some(found.dated.first);
                days.faults.push((raw.row, sheet.finding(raw.row, column, problem), date));
                // A time stands there, or a word: it may be the night's.
                if is_filled {
                    continue;
                }
            }
            days.dated.push(found.dated);
        }
    }
    days
}

/// The days of a date's cell that stands alone, and whether its weekdays fit.
pub(super) fn plain(written: &Written, today: NaiveDate) -> Option<(NaiveDate, NaiveDate, bool)> {
    resolve::alone(written, today)
}

fn raw(sheet: &Sheet, block: &Block, row: usize) -> Option<Raw> {
    let written = date::read(sheet.entry(row, block.date))?;
    let end = match block.end.map(|end| date::read(sheet.entry(row, end))) {
        None => End::NoColumn,
        Some(None) => End::Missing,
        Some(Some(written)) => End::Point(written.last.unwrap_or(written.first)),
    };
    let weekday = block.weekday.and_then(|column| match sheet.entry(row, column) {
        Entry::Text(text) => date::weekday(text),
        _ => None,
    });
    Some(Raw { row, written, end, weekday })
}

/// Whether a time of the day is well within office hours, so that a change then divides the day.
fn divides(time: NaiveTime, hours: BusinessHours) -> bool {
    const LITTLE: u32 = 60;
    let minute = time.num_seconds_from_midnight() / 60;
    let hours = hours.minutes();
    (u32::from(hours.start) + LITTLE < minute) && (minute + LITTLE < u32::from(hours.end))
}
