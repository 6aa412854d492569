//! The week: at most eight lines, and rows to paste below them. It mentions nobody.

pub(super) mod en;
pub(super) mod ja;

use super::duty::week_of;
use super::words::Sentence;
use super::{Language, Line, Message, Notice, OLD_COPY, Span};
use crate::domain::calendar::Calendar;
use crate::domain::member::Platform;
use crate::domain::notices::weekly::{Alert, By, Calls, Report};
use crate::domain::text::Foreign;
use crate::domain::unreadable::Unreadable;
use crate::domain::workbook::Workbook;
use chrono::{DateTime, TimeDelta, Utc};

/// The most open incidents that are named; the rest is a number.
const NAMED: usize = 5;
/// The most rows to paste: a message has its limit.
const ROWS: usize = 25;
/// In characters: titles in a line, titles and services in a row.
const TITLE: usize = 20;
const CELL: usize = 40;
/// What stands around text that is shown as it is written.
const BLOCK: &str = "```";

/// What is said of a week.
pub(super) struct WeeklyWords {
    /// Before this week's people, and before next week's.
    pub this_week: &'static str,
    pub next_week: &'static str,
    /// The rotation cannot be read, before the reason.
    pub unreadable: &'static str,
    /// Given the alerts of this week and of the last one.
    pub alerts: fn(usize, usize) -> String,
    /// After the number of alerts, if the lines below are about the latest ones only.
    pub latest: fn(usize) -> String,
    pub mentions: fn(usize) -> String,
    pub sre_calls: fn(usize) -> String,
    pub escalations: fn(usize) -> String,
    pub closed_by_themselves: fn(usize) -> String,
    pub on_it_after: Sentence,
    /// Before titles, each with its number.
    pub without_runbook: &'static str,
    pub times: fn(usize) -> String,
    /// Before tags, each with its age.
    pub open: fn(usize) -> String,
    pub calls: fn(Calls) -> String,
    /// Above the rows.
    pub paste: fn(usize) -> String,
    /// The names of the columns.
    pub columns: [&'static str; 6],
    /// In the rows: it closed by itself, it is open.
    pub by_itself: &'static str,
    pub still_open: &'static str,
}

/// What the message depends on besides the report.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub language: Language,
    /// The workbook, or why it cannot be read.
    pub workbook: Result<&'a Workbook, &'a Unreadable>,
    /// When it was read; an old copy is pointed out.
    pub read_at: Option<DateTime<Utc>>,
    /// How often people were called, if that is known.
    pub calls: Option<Calls>,
    /// With the company's own holidays.
    pub calendar: &'a Calendar,
    /// The chat, which has its own names for people.
    pub platform: Platform,
    pub notice: Option<Notice>,
}

/// The week in at most eight lines; a line without data is left out. What there is to say about the message itself comes below.
pub fn message(report: &Report, context: Context<'_>, now: DateTime<Utc>) -> Message {
    let words = context.language.words();
    let weekly = words.weekly;
    let mut lines = vec![people(weekly.this_week, &report.week.working_days(context.calendar), context)];
    lines.push(Line::own(counts(report, weekly)));
    if report.closed_by_themselves > 0 {
        lines.push(Line::own((weekly.closed_by_themselves)(report.closed_by_themselves)));
    }
    lines.extend(report.on_it_after.map(|span| Line::own((weekly.on_it_after)(&(words.duration)(span)))));
    if !report.without_runbook.is_empty() {
        let named =
            |(title, count): &(Foreign, usize)| Line::default().foreign(&title.cut(TITLE)).and((weekly.times)(*count));
        let titles = report.without_runbook.iter().map(named).collect();
        lines.push(Line::joined(vec![Line::own(weekly.without_runbook), Line::joined(titles, words.comma)], ""));
    }
    if !report.open.is_empty() {
        let mut open: Vec<_> = report.open.iter().take(NAMED).map(|alert| aged(alert, context, now)).collect();
        if report.open.len() > NAMED {
            open.push(Line::own((words.and_more)(&(report.open.len() - NAMED).to_string())));
        }
        let heading = Line::own((weekly.open)(report.open.len()));
        lines.push(Line::joined(vec![heading, Line::joined(open, words.comma)], ""));
    }
    lines.extend(context.calls.map(|calls| Line::own((weekly.calls)(calls))));
    lines.push(people(weekly.next_week, &report.week.next().working_days(context.calendar), context));
    lines.retain(|line| !line.0.is_empty());
    if let Some(age) = context.read_at.map(|at| now - at).filter(|age| *age > OLD_COPY) {
        lines.push(Line::own((words.old_copy)(&(words.duration)(age))));
    }
    lines.extend(context.notice.map(|notice| Line::own((words.notice)(notice))));
    Message::new(None, lines)
}

/// Whose turn it is on these days; nothing about no day.
fn people(before: &'static str, dates: &[chrono::NaiveDate], context: Context<'_>) -> Line {
    let words = context.language.words();
    let days = match context.workbook {
        _ if dates.is_empty() => return Line::default(),
        Ok(workbook) => week_of(dates, workbook, context.platform, words),
        Err(why) => vec![Line::joined(vec![Line::own(words.weekly.unreadable), (words.workbook)(why)], "")],
    };
    Line::joined(vec![Line::own(before), Line::joined(days, " · ")], "")
}

fn counts(report: &Report, weekly: &WeeklyWords) -> String {
    let mut counts = (weekly.alerts)(report.alerts, report.alerts_before);
    for (count, say) in [
        (report.mentions, weekly.mentions),
        (report.sre_calls, weekly.sre_calls),
        (report.escalations, weekly.escalations),
    ] {
        if count > 0 {
            counts.push_str(&say(count));
        }
    }
    if report.rows.len() < report.incidents {
        counts.push_str(&(weekly.latest)(report.rows.len()));
    }
    counts
}

/// `#PD4830 (2日)`
fn aged(alert: &Alert, context: Context<'_>, now: DateTime<Utc>) -> Line {
    let words = context.language.words();
    let name = match (&alert.tag, &alert.title) {
        (Some(tag), _) => Line(vec![Span::Tag(tag.clone())]),
        (None, Some(title)) => Line::default().foreign(&title.cut(TITLE)),
        (None, None) => Line::own(words.untitled),
    };
    name.and(format!(" ({})", (words.duration)((now - alert.began_at).max(TimeDelta::zero()))))
}

/// The week's alerts as rows to paste into a sheet: a tab between two columns. `None` if there is none.
pub fn rows(report: &Report, language: Language, calendar: &Calendar) -> Option<Message> {
    let words = language.words();
    let weekly = words.weekly;
    let left_out = report.rows.len().saturating_sub(ROWS);
    let shown = &report.rows[left_out..];
    if shown.is_empty() {
        return None;
    }
    let mut lines = vec![Line::own((weekly.paste)(shown.len())), Line::own(BLOCK)];
    lines.push(Line::own(weekly.columns.join("\t")));
    lines.extend(shown.iter().map(|alert| row(alert, words.untitled, weekly, calendar)));
    lines.push(Line::own(BLOCK));
    let left_out = left_out + report.incidents.saturating_sub(report.rows.len());
    if left_out > 0 {
        lines.push(Line::own((words.and_more)(&left_out.to_string())));
    }
    Some(Message::new(None, lines))
}

/// When it began, tag, service, title, who has closed it, and after how many minutes.
fn row(alert: &Alert, untitled: &'static str, weekly: &WeeklyWords, calendar: &Calendar) -> Line {
    let began_at = alert.began_at.with_timezone(&calendar.zone);
    let mut line = Line::own(began_at.format("%Y-%m-%d %H:%M\t").to_string());
    if let Some(tag) = &alert.tag {
        line.0.push(Span::Tag(tag.clone()));
    }
    line = cell(line.and("\t"), alert.service.as_ref(), "");
    line = cell(line.and("\t"), alert.title.as_ref(), untitled);
    match &alert.over {
        None => line.and("\t").and(weekly.still_open).and("\t"),
        Some(over) => {
            let line = match &over.by {
                By::Itself => line.and("\t").and(weekly.by_itself),
                By::Somebody(name) => cell(line.and("\t"), Some(name), ""),
                By::NotSaid => line.and("\t"),
            };
            line.and(format!("\t{}", (over.at - alert.began_at).num_minutes().max(0)))
        }
    }
}

/// Text from outside as one cell. What a sheet would take for a formula begins with an apostrophe, which it hides.
fn cell(line: Line, text: Option<&Foreign>, otherwise: &'static str) -> Line {
    let Some(text) = text else { return line.and(otherwise) };
    let is_formula = text.as_str().starts_with(['=', '+', '-', '@']);
    let line = if is_formula { line.and("'") } else { line };
    line.foreign(&text.cut(CELL))
}
