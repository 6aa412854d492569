//! Whether an alert was seen before: a line of a first message, and a list for whoever looks back. Nobody is mentioned.

pub(super) mod en;
pub(super) mod ja;

use super::words::{Sentence, Words};
use super::{Label, Language, Line, Span};
use crate::domain::policy::Ignored;
use crate::domain::seen::{Earlier, End, MOST, Seen};
use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use chrono_tz::Tz;

/// What is over so soon each time, and by itself, may need nobody.
const SOON: TimeDelta = TimeDelta::minutes(5);
/// So many have to have ended so before it is said of them.
const ENOUGH: usize = 2;

/// What there is to say about it.
pub(in crate::domain::message) struct SeenWords {
    /// How often within 90 days, this time included.
    pub nth: fn(usize) -> String,
    /// The same, of more than are counted.
    pub often: Sentence,
    /// Before when it was the last time.
    pub last: &'static str,
    /// Between that and what became of it.
    pub then: &'static str,
    pub always_soon: &'static str,
    /// The same of as many as are looked at, given how many.
    pub lately_soon: Sentence,
    /// Around who ended it, and after it how long that took, if that is known.
    pub ended_by: (&'static str, fn(Option<&str>) -> String),
    /// It ended by itself, or nobody has said who did it.
    pub ended: fn(By, Option<&str>) -> String,
    pub not_yet: &'static str,
    pub thread: &'static str,
    pub note: &'static str,
    /// Above the list of earlier ones.
    pub earlier: &'static str,
    /// It could not be asked for them.
    pub earlier_unknown: &'static str,
    /// Below the list: there are more.
    pub and_more: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::domain::message) enum By {
    Itself,
    NotSaid,
}

/// The line for a first message. `None` if it was not seen before. `now` is local.
pub fn line(seen: Seen<'_>, ignored: &Ignored, language: Language, now: &DateTime<Tz>) -> Option<Line> {
    let words = language.words();
    let Seen { earlier, links } = seen;
    let last = earlier.first()?;
    let count = match earlier.len() {
        MOST.. => (words.seen.often)(&MOST.to_string()),
        fewer => (words.seen.nth)(fewer + 1),
    };
    let mut parts = vec![Line::own(format!("🕘 {count}"))];
    if earlier.len() >= ENOUGH && earlier.iter().all(is_soon_over) {
        parts.push(match earlier.len() {
            MOST.. => Line::own((words.seen.lately_soon)(&MOST.to_string())),
            _ => Line::own(words.seen.always_soon),
        });
        return Some(Line::joined(parts, " · "));
    }
    let when = Line::own(format!("{}{}", words.seen.last, date(last.opened_at, now)));
    parts.push(Line::joined(vec![when, ended(last, ignored, words)], words.seen.then));
    if let Some(links) = links {
        parts.push(Line::default().named(Label::Own(words.seen.thread.into()), &links.thread));
        let note = links.note.as_ref();
        parts.extend(note.map(|note| Line::default().named(Label::Own(words.seen.note.into()), note)));
    }
    Some(Line::joined(parts, " · "))
}

/// A line for each earlier one, below a heading; nothing if there are none. `None` if they could not be asked for.
pub fn list(earlier: Option<&[Earlier]>, ignored: &Ignored, language: Language, now: &DateTime<Tz>) -> Vec<Line> {
    let words = language.words();
    let Some(earlier) = earlier else { return vec![Line::own(words.seen.earlier_unknown)] };
    let one = |one: &Earlier| {
        let when = Line::own(format!("{} ", date(one.opened_at, now)));
        let tag = one.tag.clone().map(|tag| Line(vec![Span::Tag(tag), Span::Own(" ".into())]));
        Line::joined([Some(when), tag, Some(ended(one, ignored, words))].into_iter().flatten().collect(), "")
    };
    let heading = (!earlier.is_empty()).then(|| Line::own(words.seen.earlier));
    let more = (earlier.len() >= MOST).then(|| Line::own(words.seen.and_more));
    heading.into_iter().chain(earlier.iter().map(one)).chain(more).collect()
}

fn is_soon_over(earlier: &Earlier) -> bool {
    earlier.end == End::ByItself && earlier.took.is_some_and(|took| took <= SOON)
}

/// What became of it: who has ended it, and how long that took.
fn ended(earlier: &Earlier, ignored: &Ignored, words: &Words) -> Line {
    let took = earlier.took.map(|took| (words.duration)(took));
    let took = took.as_deref();
    match &earlier.end {
        End::NotYet => Line::own(words.seen.not_yet),
        End::ByItself => Line::own((words.seen.ended)(By::Itself, took)),
        End::By(person) if !ignored.contains(person) => {
            let (before, after) = words.seen.ended_by;
            Line::own(before).foreign(&person.name).and(after(took))
        }
        End::By(_) | End::NotSaid => Line::own((words.seen.ended)(By::NotSaid, took)),
    }
}

/// `11/12`, or today the time.
fn date(at: DateTime<Utc>, now: &DateTime<Tz>) -> String {
    let at = at.with_timezone(&now.timezone());
    if at.date_naive() == now.date_naive() {
        return at.format("%H:%M").to_string();
    }
    format!("{}/{}", at.month(), at.day())
}

#[cfg(test)]
mod tests;
