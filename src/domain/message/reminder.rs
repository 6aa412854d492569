//! The messages of the two daily reminders.

use super::{Addressee, Language, Line, Message, Notice, OLD_COPY, Span, Words};
use crate::domain::calendar::Moment;
use crate::domain::reminder::{Carried, News, Plan, Reminder, Standing};
use crate::domain::rotation::{Coverage, Finding};
use crate::domain::text::Link;
use chrono::{DateTime, TimeDelta, Utc};

/// The most incidents that are listed; the rest is a number.
const LISTED: usize = 20;

/// What the message of a reminder depends on besides its plan.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub language: Language,
    /// On the day that the reminder is about.
    pub coverage: &'a Coverage,
    /// About the row of that day.
    pub findings: &'a [Finding],
    /// `None` if there is no ledger to ask.
    pub news: Option<&'a News>,
    pub rotation_read_at: Option<DateTime<Utc>>,
    /// `MANUAL_URL`
    pub manual: Option<&'a Link>,
    /// `CHECKLIST_URL`
    pub checklist: Option<&'a Link>,
    /// Why this chat gets the reminder, or gets it again.
    pub notice: Option<Notice>,
}

/// The message of a reminder. `now` is the time of posting.
pub fn message(plan: &Plan, context: Context<'_>, now: DateTime<Utc>) -> Message {
    let words = context.language.words();
    let to = match context.coverage {
        Coverage::OnCall { people, .. } => Some(Addressee::People(people.clone())),
        Coverage::Nobody { .. } => None,
        Coverage::Gap { .. } | Coverage::Unknown { .. } => Some(Addressee::Fallback),
    };
    let day = (words.day)(plan.about);
    let (morning_for_nobody, evening_for_nobody) = words.nobody_yet;
    let mut lines = vec![Line::own(match (plan.reminder, &to) {
        (_, None) => (words.nobodys)(&day),
        (Reminder::Morning, Some(Addressee::People(_))) => (words.morning)(&day, &plan.until),
        (Reminder::Evening, Some(Addressee::People(_))) => (words.evening)(&day),
        (Reminder::Morning, Some(Addressee::Fallback)) => morning_for_nobody(&day),
        (Reminder::Evening, Some(Addressee::Fallback)) => evening_for_nobody(&day),
    })];
    lines.extend(warnings(context, &day));
    if let Some(late) = plan.late {
        lines.push(Line::own((words.reminder_late)(&(words.duration)(late))));
    }
    if plan.reminder == Reminder::Evening {
        lines.extend(context.manual.map(|link| Line::own(words.manual).link(link)));
        lines.extend(context.checklist.map(|link| Line::own(words.checklist).link(link)));
    }
    if let Some(news) = context.news {
        if plan.reminder == Reminder::Morning {
            lines.extend(list(
                &(words.unmentioned)(&(words.day)(plan.since), &plan.until),
                &news.unmentioned,
                words,
                now,
            ));
        }
        let known: Vec<_> = match plan.reminder {
            Reminder::Morning => news.unmentioned.iter().map(|carried| &carried.id).collect(),
            Reminder::Evening => Vec::new(),
        };
        let open: Vec<_> = news.open.iter().filter(|carried| !known.contains(&&carried.id)).cloned().collect();
        let (all_open, other_open) = words.still_open;
        let heading = if open.len() == news.open.len() { all_open } else { other_open };
        lines.extend(list(&heading(&open.len().to_string()), &open, words, now));
        if news.has_gaps {
            lines.push(Line::own(words.news_unreadable));
        }
    }
    if let Some(age) = context.rotation_read_at.map(|at| now - at).filter(|age| *age > OLD_COPY) {
        lines.push(Line::own((words.old_copy)(&(words.duration)(age))));
    }
    lines.extend(context.notice.map(|notice| Line::own((words.notice)(notice))));
    let to = to.filter(|_| context.notice != Some(Notice::QuietRepeat));
    Message::new(to, lines)
}

/// Why a reminder mentions whom it mentions, in one sentence.
pub fn explanation(
    plan: &Plan,
    coverage: &Coverage,
    rotation_read_at: Option<DateTime<Utc>>,
    posted: &Moment,
    language: Language,
) -> Line {
    let words = language.words();
    let mut parts = vec![(words.reminded)(plan, coverage, &(words.day)(plan.about)), (words.moment)(posted)];
    if let Coverage::OnCall { row, .. } | Coverage::Nobody { row } = coverage {
        parts.push((words.row)(&row.to_string()));
        let age = rotation_read_at.map(|read_at| posted.local.with_timezone(&Utc) - read_at);
        parts.extend(age.map(|age| (words.copy_age)(&(words.duration)(age))));
    }
    Line::own(parts.join(" · "))
}

/// Why not everybody who should be on call that day is mentioned.
fn warnings(context: Context<'_>, day: &str) -> Vec<Line> {
    let words = context.language.words();
    let findings = |findings: &[Finding]| Line::joined(findings.iter().map(words.finding).collect(), words.comma);
    match context.coverage {
        Coverage::Gap { findings: all } => {
            vec![Line::joined(vec![Line::own((words.nobody_on)(day)), findings(all)], "")]
        }
        Coverage::Unknown { why } => {
            vec![Line::joined(vec![Line::own(words.rotation_unreadable), (words.workbook)(why)], "")]
        }
        Coverage::OnCall { .. } if !context.findings.is_empty() => {
            vec![Line::joined(vec![Line::own("⚠️ "), findings(context.findings)], "")]
        }
        Coverage::OnCall { .. } | Coverage::Nobody { .. } => Vec::new(),
    }
}

/// A heading and a line for each incident; nothing if there is none.
fn list(heading: &str, all: &[Carried], words: &Words, now: DateTime<Utc>) -> Vec<Line> {
    if all.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![Line::own(heading.to_owned())];
    lines.extend(all.iter().take(LISTED).map(|carried| one(carried, words, now)));
    if all.len() > LISTED {
        lines.push(Line::own((words.and_more)(&(all.len() - LISTED).to_string())));
    }
    lines
}

fn one(carried: &Carried, words: &Words, now: DateTime<Utc>) -> Line {
    let mut line = Line::own("• ");
    if let Some(tag) = &carried.tag {
        line.0.push(Span::Tag(tag.clone()));
        line = line.and(" ");
    }
    line = match &carried.title {
        Some(title) => line.foreign(title),
        None => line.and(words.untitled),
    };
    let age = |from: DateTime<Utc>| (words.duration)((now - from).max(TimeDelta::zero()));
    let (open_for, taken_for) = words.open_for;
    line.and(match carried.standing {
        Standing::Open { since } => open_for(&age(since)),
        Standing::Taken { since } => taken_for(&age(since)),
        Standing::Over => words.over.to_owned(),
        Standing::NotKnown => String::new(),
    })
}
