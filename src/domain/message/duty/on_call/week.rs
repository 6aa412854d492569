//! Days with the same people, or with the same thing wrong, in one line.

use super::{Said, Words};
use crate::domain::message::Line;
use chrono::NaiveDate;

/// What is said about some days, in the order of the first of them.
#[derive(Default)]
pub(super) struct Week(Vec<Days>);

struct Days {
    kind: Kind,
    what: Line,
    /// In their order.
    dates: Vec<NaiveDate>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    People,
    Warning,
}

impl Week {
    /// A day is later than those that were added before, but for its own warning.
    pub fn add(&mut self, date: NaiveDate, said: Said) {
        if let Some(people) = said.people {
            self.put(Kind::People, date, people);
        }
        if let Some(findings) = said.findings {
            self.put(Kind::Warning, date, findings);
        }
    }

    /// Only what is wrong: the people are named elsewhere.
    pub fn warn(&mut self, date: NaiveDate, findings: Line) {
        self.put(Kind::Warning, date, findings);
    }

    fn put(&mut self, kind: Kind, date: NaiveDate, what: Line) {
        match self.0.iter_mut().find(|days| days.kind == kind && days.what == what) {
            Some(days) => days.dates.push(date),
            None => self.0.push(Days { kind, what, dates: vec![date] }),
        }
    }

    /// A line for each, people and warnings.
    pub fn lines(self, words: &Words) -> impl Iterator<Item = Line> {
        self.0.into_iter().map(|Days { kind, what, dates }| {
            let before = match (kind, &*dates) {
                (Kind::Warning, [date]) => format!("⚠️ {}", (words.day)(*date)),
                (Kind::Warning, dates) => format!("⚠️ {}", (words.duty.days)(&runs(dates))),
                (Kind::People, dates) => (words.duty.days)(&runs(dates)),
            };
            Line::joined(vec![Line::own(before + words.duty.of_days), what], "")
        })
    }
}

/// Days that follow each other, by the first and the last of them.
pub(in crate::domain::message) fn runs(dates: &[NaiveDate]) -> Vec<(NaiveDate, NaiveDate)> {
    let mut runs = Vec::<(NaiveDate, NaiveDate)>::new();
    for date in dates {
        match runs.last_mut() {
            Some((_, last)) if last.succ_opt() == Some(*date) => *last = *date,
            _ => runs.push((*date, *date)),
        }
    }
    runs
}
