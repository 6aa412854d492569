//! Parts that several messages share.

use super::Line;
use super::words::Words;
use crate::domain::few::Few;
use crate::domain::incident::Person;
use crate::domain::policy::Ignored;
use chrono::{DateTime, Datelike as _, Utc};
use chrono_tz::Tz;

/// Names, without placeholder users; `None` if nobody is left.
pub(super) fn names(people: &Few<Person>, ignored: &Ignored, words: &Words) -> Option<Line> {
    let mut real: Vec<_> = ignored.real(&people.first).map(|person| Line::default().foreign(&person.name)).collect();
    if people.more > 0 {
        real.push(Line::own((words.more_people)(&people.more.to_string())));
    }
    (!real.is_empty()).then(|| Line::joined(real, words.comma))
}

/// `11/24 11:02`.
pub(super) fn day_and_time(local: &DateTime<Tz>) -> String {
    format!("{}/{} {}", local.month(), local.day(), local.format("%H:%M"))
}

/// A local time, with the date unless it is today's.
pub(super) fn time(at: DateTime<Utc>, now: &DateTime<Tz>) -> String {
    let at = at.with_timezone(&now.timezone());
    if at.date_naive() == now.date_naive() { at.format("%H:%M").to_string() } else { day_and_time(&at) }
}
