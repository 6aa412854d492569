//! What happened to one incident, line by line. It mentions nobody.

pub(super) mod en;
pub(super) mod ja;

use super::acts::Act;
use super::duty::named;
use super::parts::names;
use super::words::Words;
use super::{Language, Line, Span, seen};
use crate::domain::command::Subject;
use crate::domain::history::{History, LookedUp, Step, Who};
use crate::domain::incident::{EventKind, Person, State};
use crate::domain::policy::Ignored;
use crate::domain::text::Foreign;
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use chrono_tz::Tz;

/// The most steps that are listed: the first ones, and the last one.
const LISTED: usize = 20;
/// In characters.
const TITLE: usize = 60;

/// What looking back says, besides what is said of an event anyway.
pub(in crate::domain::message) struct HistoryWords {
    /// Below the title.
    pub nothing: &'static str,
    /// Below what happened: it is not over.
    pub still_open: &'static str,
    /// Not all days were looked through.
    pub gaps: &'static str,
    /// Some of it was told by a version that kept less.
    pub less_was_kept: &'static str,
    /// What nobody can find here.
    pub not_here: &'static str,
}

/// What is found of the incident that is asked for. `now` is local, and so are the times.
pub fn history(
    subject: &Subject,
    found: &LookedUp,
    ignored: &Ignored,
    language: Language,
    now: &DateTime<Tz>,
) -> Vec<Line> {
    let words = language.words();
    match found {
        LookedUp::Known { history, earlier } => {
            let mut lines = known(history, ignored, language, now.timezone());
            let earlier = seen::list(earlier.as_deref(), ignored, language, now);
            if !earlier.is_empty() {
                lines.push(Line::default());
            }
            lines.extend(earlier);
            lines
        }
        LookedUp::NotKnown => vec![named(subject).and(words.duty.not_known)],
        LookedUp::NoAnswer => vec![Line::own(words.duty.past_unreadable)],
    }
}

/// The incident's name, what happened, and what is not known of it.
fn known(history: &History, ignored: &Ignored, language: Language, zone: Tz) -> Vec<Line> {
    let words = language.words();
    let mut lines = heading(history);
    lines.extend(what_was_done(history, ignored, language, zone));
    if history.steps.is_empty() {
        lines.push(Line::own(words.history.nothing));
    }
    if matches!(history.state, Some(State::Triggered | State::Acknowledged)) {
        lines.push(Line::own(words.history.still_open));
    }
    if history.has_gaps {
        lines.push(Line::own(words.history.gaps));
    }
    if history.steps.iter().any(|step| step.who == Who::NotKept) {
        lines.push(Line::own(words.history.less_was_kept));
    }
    lines.push(Line::own(words.history.not_here));
    lines
}

/// A line for each thing that happened: when, what, and who did it. The day stands where it begins.
pub fn what_was_done(history: &History, ignored: &Ignored, language: Language, zone: Tz) -> Vec<Line> {
    let words = language.words();
    let steps = &history.steps;
    let left_out = steps.len().saturating_sub(LISTED);
    let mut day = None;
    let mut began_at = None;
    let mut lines = Vec::new();
    for (nth, step) in steps.iter().enumerate() {
        let took = began_at.filter(|_| step.what == EventKind::Resolved).map(|began_at| step.at - began_at);
        if matches!(step.what, EventKind::Triggered | EventKind::Reopened) {
            began_at = Some(step.at);
        }
        let is_last = nth + 1 == steps.len();
        if left_out > 0 && nth + 1 >= LISTED && !is_last {
            if nth + 1 == LISTED {
                lines.push(Line::own((words.and_more)(&left_out.to_string())));
            }
            continue;
        }
        let mut line = Line::own(time(step.at, zone, &mut day)).and(" ");
        line.0.extend(done(step, ignored, words).0);
        lines.push(match took {
            Some(took) => line.and(format!(" ({})", (words.duration)(took))),
            None => line,
        });
    }
    lines
}

/// Tag and title, and below them the service.
fn heading(history: &History) -> Vec<Line> {
    let tag = history.tag.clone().map(|tag| Line(vec![Span::Tag(tag)]));
    let title = history.title.as_ref().map(|title| Line::default().foreign(&title.cut(TITLE)));
    let named: Vec<_> = tag.into_iter().chain(title).collect();
    let service = |service: &Foreign| Line::default().foreign(&service.cut(TITLE));
    let named = (!named.is_empty()).then(|| Line::joined(named, " "));
    named.into_iter().chain(history.service.as_ref().map(service)).collect()
}

/// `11/24 11:02` on the first line of a day, `11:05` below it.
fn time(at: DateTime<Utc>, zone: Tz, day: &mut Option<NaiveDate>) -> String {
    let at = at.with_timezone(&zone);
    let date = at.date_naive();
    let is_same_day = day.replace(date) == Some(date);
    let time = at.format("%H:%M");
    if is_same_day { time.to_string() } else { format!("{}/{} {time}", date.month(), date.day()) }
}

/// Who did what, as it is said in the thread.
fn done(step: &Step, ignored: &Ignored, words: &Words) -> Line {
    let real = |who: &&Person| !ignored.contains(who);
    let (who, is_automatic) = match &step.who {
        Who::Person(person) => (Some(person).filter(real), false),
        Who::Nobody => (None, step.what != EventKind::Triggered && !step.what.happens_by_itself()),
        Who::NotKept => (None, false),
    };
    let is_given = matches!(step.what, EventKind::Escalated | EventKind::Reassigned);
    let act = Act {
        kind: &step.what,
        who: who.map(|person| &person.name),
        to: is_given.then(|| names(&step.to, ignored, words)).flatten(),
        says: false,
        is_automatic,
    };
    let line = Line::own(format!("{} ", (words.kind)(&step.what).0));
    let line = Line(line.0.into_iter().chain((words.did)(act).0).collect());
    match &step.what {
        EventKind::Other(name) => line.and(" (").foreign(name).and(")"),
        _ => line,
    }
}

#[cfg(test)]
mod tests;
