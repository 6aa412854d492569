//! Why somebody was mentioned, or nobody, in each message about an incident.

use super::{DutyWords, Words};
use crate::domain::answer::{IncidentPast, Past, Told};
use crate::domain::command::Subject;
use crate::domain::message::parts::time;
use crate::domain::message::{Language, Line, Span};
use crate::domain::text::Foreign;
use chrono::DateTime;
use chrono_tz::Tz;

/// The most messages that are listed, the first ones: they are asked about. The rest is a number.
const LISTED: usize = 10;
/// What is shown of an id, of a title, of an outcome and of a reason, in characters.
const ID: usize = 30;
const TITLE: usize = 60;
const OUTCOME: usize = 80;
const REASON: usize = 300;

/// What was told about the incident that is asked about. `now` is local, and so are the times.
pub fn why(subject: &Subject, past: &Past, language: Language, now: &DateTime<Tz>) -> Vec<Line> {
    let words = language.words();
    match past {
        Past::Known(past) => known(subject, past, words, now),
        Past::NotKnown => vec![named(subject).and(words.duty.not_known)],
        Past::NoAnswer => vec![Line::own(words.duty.past_unreadable)],
    }
}

fn known(subject: &Subject, past: &IncidentPast, words: &Words, now: &DateTime<Tz>) -> Vec<Line> {
    let heading = match &past.tag {
        Some(tag) => Line(vec![Span::Tag(tag.clone())]),
        None => named(subject),
    };
    let mut lines = vec![match &past.title {
        Some(title) => heading.and(" ").foreign(&title.cut(TITLE)),
        None => heading,
    }];
    if past.told.is_empty() {
        lines.push(Line::own(words.duty.nothing_told));
    }
    for told in past.told.iter().take(LISTED) {
        lines.push(told_line(told, words, now));
        lines.extend(told.why.as_ref().map(|why| Line::own(" → ").foreign(&why.cut(REASON))));
    }
    if past.told.len() > LISTED {
        lines.push(Line::own((words.and_more)(&(past.told.len() - LISTED).to_string())));
    }
    if past.has_gaps {
        lines.push(Line::own(words.duty.days_left_out));
    }
    lines
}

/// `11:02 🔥 発生 · Slack · 投稿済み`
fn told_line(told: &Told, words: &Words, now: &DateTime<Tz>) -> Line {
    let DutyWords { posted, .. } = words.duty;
    let (icon, verb) = (words.kind)(&told.what);
    let line = Line::own(format!("{} {icon} {verb} · ", time(told.at, now))).foreign(&told.chat).and(" · ");
    if told.outcome.as_str() == Told::POSTED { line.and(*posted) } else { line.foreign(&told.outcome.cut(OUTCOME)) }
}

/// The incident that is asked about, as it was written.
pub(in crate::domain::message) fn named(subject: &Subject) -> Line {
    match subject {
        Subject::Tag(tag) => Line(vec![Span::Tag(tag.clone())]),
        Subject::Id(id) => Foreign::line(&id.0).map(|id| Line::default().foreign(&id.cut(ID))).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
