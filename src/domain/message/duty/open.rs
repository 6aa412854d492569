//! What is open: two lines for each incident.

use super::{DutyWords, Words, together};
use crate::domain::answer::OpenIncident;
use crate::domain::few::Few;
use crate::domain::incident::{Person, State};
use crate::domain::message::parts::time;
use crate::domain::message::{Language, Line, Span};
use crate::domain::text::Foreign;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

/// The most that are listed; the rest is a number.
const LISTED: usize = 10;
/// What a phone shows of a title beside its tag, counted as letters; a character of Japanese is two wide.
const WIDTH: usize = 36;

/// The open incidents, the oldest first; `None` if the ledger does not answer. `now` is local, and so are the times.
pub fn open(incidents: Option<&[OpenIncident]>, language: Language, now: &DateTime<Tz>) -> Vec<Line> {
    let words = language.words();
    let Some(incidents) = incidents else { return vec![Line::own(words.duty.open_unreadable)] };
    if incidents.is_empty() {
        return vec![Line::own(words.duty.none_open)];
    }
    let mut lines = vec![Line::own((words.duty.open)(&incidents.len().to_string()))];
    lines.extend(
        incidents.iter().take(LISTED).flat_map(|incident| [title(incident, words), state(incident, words, now)]),
    );
    if incidents.len() > LISTED {
        lines.push(Line::own((words.and_more)(&(incidents.len() - LISTED).to_string())));
    }
    lines
}

fn title(incident: &OpenIncident, words: &Words) -> Line {
    let mut line = Line::default();
    if let Some(tag) = &incident.tag {
        line.0.push(Span::Tag(tag.clone()));
        line = line.and(" ");
    }
    match &incident.title {
        Some(title) => line.foreign(&fitting(title)),
        None => line.and(words.untitled),
    }
}

/// The beginning of a title that fits.
fn fitting(title: &Foreign) -> Foreign {
    let mut left = WIDTH;
    let fits = |c: &char| {
        let width = if c.is_ascii() { 1 } else { 2 };
        let is_room = width <= left;
        left = left.saturating_sub(width);
        is_room
    };
    title.cut(title.as_str().chars().take_while(fits).count())
}

fn state(incident: &OpenIncident, words: &Words, now: &DateTime<Tz>) -> Line {
    let is_at_work = incident.state == State::Acknowledged;
    let nobody = Few::default();
    let holders = if is_at_work { &incident.holders } else { &nobody };
    let mut parts = vec![
        Line::own((words.duration)(age(now.with_timezone(&Utc) - incident.opened_at))),
        on_it(&incident.takers, holders, words),
    ];
    if !is_at_work && !incident.holders.is_empty() {
        let Few { first, more } = &incident.holders;
        let names = together(first.iter().map(|person| &person.name), *more, words);
        parts.push(Line::joined(vec![Line::own(words.duty.assigned), names], ""));
    }
    // Whether a call that was due has been made is not known here.
    let sre_at = incident.sre_at.filter(|at| at > now);
    parts.extend(sre_at.map(|at| Line::own("SRE ").and(time(at, now))));
    Line::joined(vec![Line::own(" "), Line::joined(parts, " · ")], "")
}

/// Who works on it: by the chat and by PagerDuty, each once.
fn on_it(takers: &Few<Person>, holders: &Few<Person>, words: &Words) -> Line {
    let others = holders.first.iter().filter(|holder| !takers.first.iter().any(|taker| taker.is(holder)));
    let people: Vec<_> = takers.first.iter().chain(others).map(|person| &person.name).collect();
    let more = takers.more + holders.more;
    let DutyWords { is_on_it: (one, several), nobody_on_it, .. } = words.duty;
    let after = match people.len() + more {
        0 => return Line::own(*nobody_on_it),
        1 => *one,
        _ => *several,
    };
    together(people.into_iter(), more, words).and(after)
}

/// In the largest unit alone, a minute at least.
fn age(span: TimeDelta) -> TimeDelta {
    if span.num_days() > 0 {
        TimeDelta::days(span.num_days())
    } else if span.num_hours() > 0 {
        TimeDelta::hours(span.num_hours())
    } else {
        TimeDelta::minutes(span.num_minutes().max(1))
    }
}

#[cfg(test)]
mod tests;
