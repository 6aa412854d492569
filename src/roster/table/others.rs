//! The tabs of runbooks and of holidays.

use super::cells::{Entry, Sheet};
use super::date::{self, Day, Point, Written};
use super::dates;
use super::heading::{Kind, bare, kind};
use super::members::{is_filled, unused};
use super::{Grid, month, words};
use crate::domain::calendar::CompanyHolidays;
use crate::domain::rotation::{Finding, Problem};
use crate::domain::runbook::{Pattern, Runbook};
use crate::domain::text::Link;
use chrono::NaiveDate;

/// Whether a year or a weekday stands in most rows with a day, or a year above them: then the rows are not another year's.
pub(super) fn says_which_year(grid: &Grid) -> bool {
    let sheet = Sheet::new(grid);
    let read = |row: usize, column: usize| date::read(sheet.entry(row, column));
    let mut headings = sheet.filled_rows().flat_map(|row| sheet.filled_columns(row).map(move |column| (row, column)));
    let is_days = |row: usize, column: usize| {
        kind(&sheet.text(row, column)) == Kind::Date
            && (row + 1..sheet.rows.len()).any(|row| read(row, column).is_some())
    };
    let of_days = headings.find(|(row, column)| is_days(*row, *column)).map(|(_, column)| column);
    let day = |row: usize| {
        let mut columns = sheet.filled_columns(row).filter(|column| of_days.is_none_or(|days| *column == days));
        columns.find_map(|column| read(row, column)).map(|written| (row, written.first))
    };
    let days: Vec<_> = sheet.filled_rows().filter_map(day).collect();
    // 金 is a surname too: a column of weekdays holds nothing else.
    let is_weekday = |row: usize, column: usize| matches!(sheet.entry(row, column), Entry::Text(text) if date::weekday(text).is_some());
    let is_weekdays =
        |column: usize| days.iter().all(|(row, _)| sheet.entry(*row, column).is_blank() || is_weekday(*row, column));
    let is_sure = |(row, point): &&(usize, Point)| {
        point.weekday.is_some()
            || matches!(point.day, Day::On(_) | Day::Three(_))
            || sheet.filled_columns(*row).any(|column| is_weekday(*row, column) && is_weekdays(column))
    };
    let sure = days.iter().filter(is_sure).count();
    // A note below the days, or a remark, may speak of any year.
    let is_above = |row: usize| days.first().is_none_or(|(first, _)| row < *first);
    let is_remark = |row: usize| {
        let mut texts = sheet.filled_columns(row).map(|column| sheet.text(row, column));
        texts.any(|text| text.starts_with(['※', '*', '注']))
    };
    let has_year = month::marks(&sheet).iter().any(|mark| mark.month.year.is_some() && is_above(mark.row))
        || month::periods(&sheet).iter().any(|(row, _)| is_above(*row) && !is_remark(*row));
    has_year || sure * 2 > days.len()
}

/// Reads the runbooks.
pub(super) fn runbooks(sheet: &Sheet, findings: &mut Vec<Finding>) -> Vec<Runbook> {
    let names: [&[&str]; 4] =
        [words::RUNBOOK_PATTERN, words::RUNBOOK_MEANING, words::RUNBOOK_WORKAROUND, words::RUNBOOK_LINK];
    let ([pattern, meaning, workaround, link], first) = columns(sheet, names, findings);
    let mut runbooks = Vec::new();
    for row in first..sheet.rows.len() {
        let text = |column: Option<usize>| column.and_then(|column| sheet.line(row, column));
        let Some(pattern) = pattern.and_then(|column| Pattern::parse(&sheet.text(row, column))) else {
            continue;
        };
        let address = text(link);
        let parsed = address.as_ref().and_then(|address| Link::parse(address.as_str()));
        if let (Some(address), None, Some(column)) = (address, &parsed, link) {
            findings.push(sheet.finding(row, column, Problem::NotALink(address)));
        }
        runbooks.push(Runbook { pattern, meaning: text(meaning), workaround: text(workaround), link: parsed });
    }
    runbooks
}

/// Reads the company's days off. A row may be for several days.
pub(super) fn holidays(sheet: &Sheet, findings: &mut Vec<Finding>, today: NaiveDate) -> CompanyHolidays {
    let header = sheet.filled_rows().next().filter(|row| {
        let is_date = |column: usize| date::is_date(sheet.entry(*row, column));
        let is_known = |column: usize| {
            let text = sheet.text(*row, column);
            kind(&text) == Kind::Date || words::HOLIDAY_NAME.contains(&bare(&text).as_ref())
        };
        !sheet.filled_columns(*row).any(is_date) && sheet.filled_columns(*row).any(is_known)
    });
    let of = |wanted: Kind| {
        header.and_then(|row| sheet.filled_columns(row).find(|column| kind(&sheet.text(row, *column)) == wanted))
    };
    let is_name = |row: usize, column: usize| words::HOLIDAY_NAME.contains(&bare(&sheet.text(row, column)).as_ref());
    let named = |row: usize| sheet.filled_columns(row).find(|column| is_name(row, *column));
    let date = of(Kind::Date).unwrap_or(0);
    let end = of(Kind::End);
    let name = header.map_or(Some(1), named);
    if let Some(header) = header {
        let is_usual = |column: usize| matches!(kind(&sheet.text(header, column)), Kind::Note | Kind::Weekday);
        let read = |column: usize| column == date || Some(column) == end || Some(column) == name || is_usual(column);
        let unread =
            sheet.filled_columns(header).filter(|column| !read(*column) && is_filled(sheet, header + 1, *column));
        findings.extend(unread.filter_map(|column| unused(sheet, header, column)));
    }
    let mut holidays = CompanyHolidays::new();
    for row in header.map_or(0, |header| header + 1)..sheet.rows.len() {
        let Some(written) = date::read(sheet.entry(row, date)) else {
            findings.extend(not_a_date(sheet, row, date));
            continue;
        };
        let last = end.and_then(|column| date::read(sheet.entry(row, column)));
        let written = Written { last: written.last.or(last.map(|last| last.first)), ..written };
        let Some((first, last, fits)) = dates::plain(&written, today) else {
            findings.extend(not_a_date(sheet, row, date));
            continue;
        };
        if !fits {
            findings.push(sheet.finding(row, date, Problem::WrongWeekday(sheet.shown(row, date), first)));
        }
        let title = name.and_then(|column| sheet.line(row, column));
        for day in first.iter_days().take_while(|day| *day <= last) {
            holidays
                .entry(day)
                .or_insert_with(|| title.as_ref().map(|title| title.as_str().to_owned()).unwrap_or_default());
        }
    }
    holidays
}

fn not_a_date(sheet: &Sheet, row: usize, column: usize) -> Option<Finding> {
    let text = sheet.line(row, column)?;
    let problem = match sheet.entry(row, column) {
        Entry::Error(_) => Problem::FormulaError(text),
        Entry::Text(written) if written.contains('\n') => Problem::LineBreak(text),
        _ => Problem::NotADate(text),
    };
    Some(sheet.finding(row, column, problem))
}

/// Where each of the named columns is, and the first row of data. A first row that holds one of the names is a header;
/// without a header the columns are in the order of the names.
fn columns<const N: usize>(
    sheet: &Sheet,
    names: [&[&str]; N],
    findings: &mut Vec<Finding>,
) -> ([Option<usize>; N], usize) {
    let headed = sheet.filled_rows().next().map(|row| {
        let headings: Vec<_> =
            sheet.filled_columns(row).map(|column| (column, bare(&sheet.text(row, column)).into_owned())).collect();
        let found = names.map(|words| {
            headings.iter().find(|(_, heading)| words.contains(&heading.as_str())).map(|(column, _)| *column)
        });
        (row, headings, found)
    });
    let Some((header, headings, found)) = headed.filter(|(_, _, found)| found.iter().any(Option::is_some)) else {
        return (std::array::from_fn(Some), 0);
    };
    for (column, heading) in headings {
        let is_note = kind(&heading) == Kind::Note;
        if !found.contains(&Some(column)) && !is_note && is_filled(sheet, header + 1, column) {
            findings.extend(unused(sheet, header, column));
        }
    }
    (found, header + 1)
}
