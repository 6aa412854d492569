//! Changed turns: what has changed between two readings of the rotation, and when it is told.

mod change;
mod memory;

pub use change::{Change, Filled, Swap};
pub use memory::{Memory, Pending, observes};

use crate::domain::finding::Problem;
use crate::domain::incident::Person;
use crate::domain::member::{Handle, Members, name_key};
use crate::domain::rotation::{Says, Shift};
use crate::domain::text::Foreign;
use crate::domain::workbook::Workbook;
use chrono::{Datelike as _, Months, NaiveDate};
use std::collections::BTreeMap;

/// Who is on call on a day, as somebody has written it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// At least one, each once, in the order of the columns.
    People(Vec<Person>),
    /// Nobody, on purpose.
    Nobodys,
}

impl Turn {
    pub fn people(&self) -> &[Person] {
        match self {
            Self::People(people) => people,
            Self::Nobodys => &[],
        }
    }
}

/// Who is on call, by day: everything that a reading says for sure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turns {
    /// Days with nobody's name are not there.
    pub days: BTreeMap<NaiveDate, Turn>,
    /// The last day that was looked at.
    pub until: NaiveDate,
}

impl Turns {
    /// What a workbook says from a day on; `None` where a reader could not be sure of something, or where nothing is left.
    ///
    /// It ends with the next month: of a sheet with a tab for each month no more is read.
    pub fn of(workbook: &Workbook, today: NaiveDate) -> Option<Self> {
        let is_unsure = |problem: &Problem| problem.is_fault() && !is_of_a_handle(problem);
        let mut findings = workbook.findings.iter().chain(&workbook.rotation.refused);
        if findings.any(|finding| is_unsure(&finding.problem)) {
            return None;
        }
        let until = last_of_next_month(today);
        let mut days = BTreeMap::new();
        for (date, shift) in workbook.rotation.shifts.range(today..=until) {
            if let Some(turn) = turn(shift, workbook.members.as_ref())? {
                days.insert(*date, turn);
            }
        }
        (!days.is_empty()).then_some(Self { days, until })
    }
}

/// How a chat calls somebody says nothing about who is on call.
fn is_of_a_handle(problem: &Problem) -> bool {
    match problem {
        Problem::NotAHandle(..) | Problem::NoHandle(..) => true,
        Problem::Several { first, .. } => is_of_a_handle(first),
        _ => false,
    }
}

fn last_of_next_month(today: NaiveDate) -> NaiveDate {
    let first = today.with_day(1).and_then(|first| first.checked_add_months(Months::new(2)));
    first.and_then(|first| first.pred_opt()).unwrap_or(NaiveDate::MAX)
}

/// Who is on call by a row; `Some(None)` if nobody is, and `None` if a cell of it could not be read for sure.
fn turn(shift: &Shift, members: Option<&Members>) -> Option<Option<Turn>> {
    let mut people: Vec<Person> = Vec::new();
    let mut is_nobodys = false;
    shift.first()?;
    for cell in shift {
        match &*cell.says {
            Says::Nothing => {}
            Says::Nobody => is_nobodys = true,
            Says::People { problems, .. } if problems.iter().any(Problem::is_fault) => return None,
            Says::People { people: named, .. } => {
                for name in named {
                    let person = person(name, members)?;
                    if !people.iter().any(|known| is_same(known, &person)) {
                        people.push(person);
                    }
                }
            }
        }
    }
    Some(match (people.is_empty(), is_nobodys) {
        (false, _) => Some(Turn::People(people)),
        (true, true) => Some(Turn::Nobodys),
        (true, false) => None,
    })
}

/// Whom a cell means, with an id that stays when the name is written otherwise. `None` if the members tab does not know them.
fn person(name: &Foreign, members: Option<&Members>) -> Option<Person> {
    let written = Handle::slack_in_rota(name.as_str());
    let Some(members) = members else {
        return Some(Person { id: id(written), name: name.clone() });
    };
    let by_id = || members.by_slack(written.as_ref()?.as_str());
    match members.by_name(name.as_str()).or_else(by_id) {
        Some(member) => Some(Person {
            id: id(member.slack.clone().or_else(|| member.typetalk.clone())),
            name: Foreign::line(&member.name)?,
        }),
        None => written.map(|handle| Person { id: handle.as_str().to_owned(), name: name.clone() }),
    }
}

fn id(handle: Option<Handle>) -> String {
    handle.map(|handle| handle.as_str().to_owned()).unwrap_or_default()
}

/// Whether two readings mean the same person: one may have been given an id, or another name, since.
fn is_same(one: &Person, other: &Person) -> bool {
    let has_same_id = !one.id.is_empty() && one.id == other.id;
    has_same_id || name_key(one.name.as_str()) == name_key(other.name.as_str())
}

#[cfg(test)]
mod tests;
