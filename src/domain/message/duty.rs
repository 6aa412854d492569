//! The answers of `/toban`, on a phone's width. They mention nobody.

pub(super) mod en;
mod help;
pub(super) mod ja;
mod on_call;
mod open;
mod why;

pub use help::help;
pub(super) use on_call::runs;
pub(super) use on_call::week_of;
pub use on_call::{OnCall, on_call};
pub use open::open;
pub(super) use why::named;
pub use why::why;

use super::words::{Sentence, Words};
use super::{Language, Line};
use crate::domain::answer::OpenIncident;
use crate::domain::text::Foreign;
use chrono::{DateTime, NaiveDate, Utc};

/// Who is on call, and below it what is open; `None` if the ledger does not answer.
pub fn overview(asked: &OnCall<'_>, incidents: Option<&[OpenIncident]>, now: DateTime<Utc>) -> Vec<Line> {
    let local = now.with_timezone(&asked.calendar.zone);
    let mut lines = on_call(asked, now);
    lines.push(Line::default());
    lines.extend(open(incidents, asked.language, &local));
    lines
}

/// What the answers say. A pair is the text before and after a part.
pub(super) struct DutyWords {
    /// Between the names of those who are on call together.
    pub and: &'static str,
    /// The first line, given the day and the end of hours.
    pub today: fn(&str, &str) -> String,
    /// The same before hours begin, given the day and both ends.
    pub today_later: fn(&str, &str, &str) -> String,
    /// After the first line, in the break.
    pub on_break: &'static str,
    /// The first line once today is over or is a day off, given the next working day and when its hours begin.
    pub next_begins: fn(&str, &str) -> String,
    /// After that line: hours are over.
    pub over: &'static str,
    /// After that line: nobody works today.
    pub day_off: &'static str,
    /// After that line, around the name of a holiday.
    pub holiday: (&'static str, &'static str),
    /// The first line if nobody works within a year.
    pub never: &'static str,
    /// Before the people of the next working day.
    pub next: Sentence,
    /// Days of the coming week, as the first and the last of each run.
    pub days: fn(&[(NaiveDate, NaiveDate)]) -> String,
    /// After one day or more, before what there is to say about them.
    pub of_days: &'static str,
    pub empty: &'static str,
    pub no_row: &'static str,
    /// The day is marked as deliberately nobody's.
    pub nobodys: &'static str,
    /// Before the reason.
    pub unreadable: &'static str,
    /// Around the asker's next day on call.
    pub yours: (&'static str, &'static str),
    /// The asker is on call today, and not again as far as the rotation goes.
    pub yours_today: &'static str,
    /// Around the day on which the asker is on call after today.
    pub yours_then: (&'static str, &'static str),
    /// Above the open incidents, given their number.
    pub open: Sentence,
    pub none_open: &'static str,
    /// The ledger does not answer.
    pub open_unreadable: &'static str,
    /// After one who works on it, and after several.
    pub is_on_it: (&'static str, &'static str),
    pub nobody_on_it: &'static str,
    /// Before those who are asked to work on it and have not begun.
    pub assigned: &'static str,
    /// A message was accepted by the chat.
    pub posted: &'static str,
    /// An incident of which nothing is known, after its tag or id.
    pub not_known: &'static str,
    pub nothing_told: &'static str,
    /// Below what was told: not all days were looked through.
    pub days_left_out: &'static str,
    pub past_unreadable: &'static str,
    /// What can be asked.
    pub help: [&'static str; 5],
    /// Around a word that is none of them.
    pub unknown_word: (&'static str, &'static str),
    /// Around what names no incident.
    pub unknown_incident: (&'static str, &'static str),
    pub which_incident: &'static str,
}

/// Names, each cut; after the tenth their number.
fn together<'a>(names: impl ExactSizeIterator<Item = &'a Foreign>, more: usize, words: &Words) -> Line {
    const MOST: usize = 10;
    let more = more + names.len().saturating_sub(MOST);
    let mut parts: Vec<_> = names.take(MOST).map(|name| Line::default().cell(name)).collect();
    if more > 0 {
        parts.push(Line::own((words.more_people)(&more.to_string())));
    }
    Line::joined(parts, words.duty.and)
}
