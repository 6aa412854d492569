//! Who is on call: today, next, in the coming week, and when it is the asker's turn.

mod week;

use super::{DutyWords, Words, together};
use crate::domain::calendar::{Calendar, Day};
use crate::domain::member::{Handle, Mentionee, Platform};
use crate::domain::message::{Language, Line, OLD_COPY, Span};
use crate::domain::rotation::{Coverage, Finding, Problem};
use crate::domain::text::Foreign;
use crate::domain::unreadable::Unreadable;
use crate::domain::workbook::Workbook;
use chrono::{DateTime, NaiveDate, Utc};
use week::Week;
pub(in crate::domain::message) use week::runs;

/// More findings of a day, each with a link, would hide the people.
const MOST: usize = 5;
/// What is shown of a holiday's name, in characters.
const HOLIDAY: usize = 12;

/// What the answer depends on.
#[derive(Debug, Clone, Copy)]
pub struct OnCall<'a> {
    pub language: Language,
    /// The workbook, or why it cannot be read.
    pub workbook: Result<&'a Workbook, &'a Unreadable>,
    /// When it was read; an old copy is pointed out.
    pub read_at: Option<DateTime<Utc>>,
    /// With the company's own holidays.
    pub calendar: &'a Calendar,
    /// The chat in which it is asked, which has its own names for people.
    pub platform: Platform,
    /// Who asks.
    pub asker: Option<&'a Handle>,
}

/// Today's people, or the next ones once hours are over; then the coming week, and the asker's next turn.
pub fn on_call(asked: &OnCall<'_>, now: DateTime<Utc>) -> Vec<Line> {
    let words = asked.language.words();
    let first = First::of(asked.calendar, now);
    let mut lines = vec![heading(first, asked.calendar, words, now)];
    match asked.workbook {
        Err(why) => lines.push(Line::joined(vec![Line::own(words.duty.unreadable), (words.workbook)(why)], "")),
        Ok(workbook) => match &workbook.rotation.refused {
            // It is the same for every day.
            Some(refused) => lines.push(Line::joined(vec![Line::own("⚠️ "), (words.finding)(refused)], "")),
            None => lines.extend(turns(asked, workbook, first, now)),
        },
    }
    if let Some(age) = asked.read_at.map(|at| now - at).filter(|age| *age > OLD_COPY && asked.workbook.is_ok()) {
        lines.push(Line::own((words.old_copy)(&(words.duration)(age))));
    }
    lines
}

/// The day that comes first in the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    Today(NaiveDate),
    /// Hours are over, or nobody works today.
    Next(NaiveDate),
    /// Nobody works within a year.
    Never,
}

impl First {
    fn of(calendar: &Calendar, now: DateTime<Utc>) -> Self {
        let today = calendar.date(now);
        if calendar.day(today) == Day::Working && now < calendar.closing(today) {
            return Self::Today(today);
        }
        calendar.next_working_day(today).map_or(Self::Never, Self::Next)
    }
}

/// `📟 今日 11/26(木) 17:00まで`
fn heading(first: First, calendar: &Calendar, words: &Words, now: DateTime<Utc>) -> Line {
    let duty = words.duty;
    let (from, until) = (calendar.hours.start().format("%H:%M").to_string(), calendar.hours.end());
    match first {
        First::Today(date) if now < calendar.opening(date) => {
            Line::own((duty.today_later)(&(words.day)(date), &from, &until))
        }
        First::Today(date) => {
            let line = Line::own((duty.today)(&(words.day)(date), &until));
            if calendar.at(now).is_break { line.and(duty.on_break) } else { line }
        }
        First::Next(date) => {
            let line = Line::own((duty.next_begins)(&(words.day)(date), &from));
            let holiday = |name: &str| match Foreign::line(name) {
                Some(name) => Line::own(duty.holiday.0).foreign(&name.cut(HOLIDAY)).and(duty.holiday.1),
                None => Line::own(duty.day_off),
            };
            let why = match calendar.day(calendar.date(now)) {
                Day::Working => Line::own(duty.over),
                Day::Weekend => Line::own(duty.day_off),
                Day::NationalHoliday(name) => holiday(name),
                Day::CompanyHoliday(name) => holiday(&name),
            };
            Line::joined(vec![line, why], "")
        }
        First::Never => Line::own(duty.never),
    }
}

/// Whose turn it is, day by day, and when it is the asker's.
fn turns(asked: &OnCall<'_>, workbook: &Workbook, first: First, now: DateTime<Utc>) -> Vec<Line> {
    let words = asked.language.words();
    let calendar = asked.calendar;
    let today = calendar.date(now);
    let coverage = |date| workbook.coverage(date, asked.platform);
    let mut lines = Vec::new();
    let mut week = Week::default();
    let (leading, next) = match first {
        First::Today(date) => (Some(date), calendar.next_working_day(date)),
        First::Next(date) => (Some(date), None),
        First::Never => (None, None),
    };
    if let Some(date) = leading {
        let said = said(&coverage(date), words);
        lines.push(said.line());
        if let (Some(_), Some(findings)) = (said.people, said.findings) {
            lines.push(Line::joined(vec![Line::own("⚠️ "), findings], ""));
        }
    }
    if let Some(date) = next {
        let said = said(&coverage(date), words);
        lines.push(Line::joined(vec![Line::own((words.duty.next)(&(words.day)(date))), said.line()], ""));
        if let (Some(_), Some(findings)) = (said.people, said.findings) {
            week.warn(date, findings);
        }
    }
    let shown = [leading, next];
    for date in today.iter_days().skip(1).take(7) {
        if calendar.day(date) == Day::Working && !shown.contains(&Some(date)) {
            week.add(date, said(&coverage(date), words));
        }
    }
    lines.extend(week.lines(words));
    lines.extend(asked.asker.and_then(|asker| own_turn(asker, asked, workbook, first, today)));
    lines
}

/// Whose turn it is on these days, and what is wrong with them: a line for the same on several.
pub(in crate::domain::message) fn week_of(
    dates: &[NaiveDate],
    workbook: &Workbook,
    platform: Platform,
    words: &Words,
) -> Vec<Line> {
    let mut week = Week::default();
    for date in dates {
        week.add(*date, said(&workbook.coverage(*date, platform), words));
    }
    week.lines(words).collect()
}

/// What there is to say about a day.
struct Said {
    /// Who is on call, or that it is deliberately nobody.
    people: Option<Line>,
    /// What is wrong with its row.
    findings: Option<Line>,
}

impl Said {
    /// The people, or why there are none.
    fn line(&self) -> Line {
        match (&self.people, &self.findings) {
            (Some(people), _) => people.clone(),
            (None, Some(findings)) => Line::joined(vec![Line::own("⚠️ "), findings.clone()], ""),
            (None, None) => Line::default(),
        }
    }
}

fn said(coverage: &Coverage, words: &Words) -> Said {
    let wrong = |all: &[Finding]| (!all.is_empty()).then(|| findings(all, words));
    match coverage {
        Coverage::OnCall { people, findings, .. } => Said {
            people: Some(together(people.iter().map(|person| &person.name), 0, words)),
            findings: wrong(findings),
        },
        Coverage::Gap { findings } => Said { people: None, findings: wrong(findings) },
        Coverage::Nobody { .. } => Said { people: Some(Line::own(words.duty.nobodys)), findings: None },
        Coverage::Unknown { why } => Said { people: None, findings: Some((words.workbook)(why)) },
    }
}

/// `空 → B31`: of several empty cells the first, because they are beside each other. What is said at more length names its cell
/// itself.
fn findings(all: &[Finding], words: &Words) -> Line {
    let DutyWords { empty, no_row, .. } = words.duty;
    let (empty_cells, others): (Vec<_>, Vec<_>) = all.iter().partition(|finding| finding.problem == Problem::EmptyCell);
    let mut parts: Vec<_> = others
        .iter()
        .take(MOST)
        .map(|finding| match &finding.problem {
            Problem::NoRow(_) => Line::own(*no_row),
            _ => (words.finding)(finding),
        })
        .collect();
    if others.len() > MOST {
        parts.push(Line::own((words.and_more)(&(others.len() - MOST).to_string())));
    }
    if let Some(first) = empty_cells.first() {
        let mut line = Line::own(*empty);
        if let Some(at) = &first.at {
            line = line.and(" → ");
            line.0.push(Span::Cell(at.name(), at.link()));
        }
        parts.push(line);
    }
    Line::joined(parts, words.comma)
}

/// The asker's next turn, as far as the rotation has rows; `None` if there is none. The date opens the row, where turns are
/// swapped.
fn own_turn(asker: &Handle, asked: &OnCall<'_>, workbook: &Workbook, first: First, today: NaiveDate) -> Option<Line> {
    let words = asked.language.words();
    let duty = words.duty;
    let row_of = |date: NaiveDate| match workbook.coverage(date, asked.platform) {
        Coverage::OnCall { people, row, .. } if has(&people, asker) => Some(row),
        _ => None,
    };
    let is_today = first == First::Today(today) && row_of(today).is_some();
    let later = workbook.rotation.shifts.keys().copied().filter(|date| *date > today);
    let mut working = later.filter(|date| asked.calendar.day(*date) == Day::Working);
    let next = working.find_map(|date| Some(Span::Cell((words.day)(date), row_of(date)?.link())));
    let (before, after) = if is_today { duty.yours_then } else { duty.yours };
    match next {
        Some(day) => Some(Line::joined(vec![Line::own(before), Line(vec![day]), Line::own(after)], "")),
        None if is_today => Some(Line::own(duty.yours_today)),
        None => None,
    }
}

fn has(people: &[Mentionee], asker: &Handle) -> bool {
    people.iter().any(|person| person.handle == *asker)
}

#[cfg(test)]
mod tests;
