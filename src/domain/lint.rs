//! What a person should mend in the workbook before it matters.

use crate::domain::calendar::{Calendar, Day};
use crate::domain::member::{Platform, normalized};
use crate::domain::rotation::{Coverage, Finding, Problem, Shift};
use crate::domain::workbook::Workbook;
use chrono::{Days, NaiveDate};
use std::collections::BTreeSet;

/// How far ahead is looked.
pub const AHEAD: u64 = 14;

/// A finding, and the day it is about when it is about one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lint {
    /// The day.
    pub date: Option<NaiveDate>,
    /// What is wrong.
    pub finding: Finding,
}

/// Everything that is wrong from `from` on, two weeks ahead, and what had to be passed over while reading. Names have
/// to be known on every one of the platforms.
pub fn lint(workbook: &Workbook, platforms: &[Platform], calendar: &Calendar, from: NaiveDate) -> Vec<Lint> {
    let mut found: Vec<_> =
        workbook.findings.iter().map(|finding| Lint { date: None, finding: finding.clone() }).collect();
    let rotation = &workbook.rotation;
    let last = rotation.shifts.keys().next_back().copied();
    for date in from.iter_days().take(AHEAD as usize).take_while(|date| last.is_some_and(|last| *date <= last)) {
        let shift = rotation.shifts.get(&date);
        let problems = match calendar.day(date) {
            Day::Working => working_day(workbook, platforms, date, shift),
            Day::NationalHoliday(name) => holiday(shift, name),
            Day::CompanyHoliday(name) => holiday(shift, &name),
            Day::Weekend => Vec::new(),
        };
        let problems = problems.into_iter().filter(|finding| !is_broken(workbook, finding));
        found.extend(problems.map(|finding| Lint { date: Some(date), finding }));
    }
    // A tab with nothing but a header says so nowhere else.
    let is_said = found.iter().any(|lint| matches!(lint.finding.problem, Problem::EmptyTab | Problem::NoOnCallColumn));
    if last.is_none() && !is_said {
        found.push(Lint { date: None, finding: Finding { at: None, problem: Problem::NoRow(from) } });
    }
    if let Some(last) = last.filter(|last| from.checked_add_days(Days::new(AHEAD - 1)).is_some_and(|end| *last < end)) {
        found.push(Lint { date: None, finding: Finding { at: None, problem: Problem::EndsSoon(last) } });
    }
    found
}

/// Whether nobody knows the name because it goes over several lines, which is said by itself.
fn is_broken(workbook: &Workbook, finding: &Finding) -> bool {
    matches!(finding.problem, Problem::UnknownName(_))
        && workbook
            .findings
            .iter()
            .any(|known| matches!(known.problem, Problem::LineBreak(_)) && known.at == finding.at)
}

/// What is wrong with one working day, for one chat.
pub fn one_day(workbook: &Workbook, platform: Platform, date: NaiveDate) -> Vec<Finding> {
    working_day(workbook, &[platform], date, workbook.rotation.shifts.get(&date))
}

fn working_day(workbook: &Workbook, platforms: &[Platform], date: NaiveDate, shift: Option<&Shift>) -> Vec<Finding> {
    let mut found = Vec::new();
    for platform in platforms {
        let findings = match workbook.coverage(date, *platform) {
            Coverage::OnCall { findings, .. } | Coverage::Gap { findings } => findings,
            Coverage::Unknown { .. } => Vec::new(),
        };
        for finding in findings {
            if !found.contains(&finding) {
                found.push(finding);
            }
        }
    }
    let mut names = BTreeSet::new();
    for cell in shift.into_iter().flatten() {
        let problem = match &cell.name {
            None => Problem::EmptyCell,
            Some(name) if !names.insert(normalized(name.as_str())) => Problem::SamePersonTwice(name.clone()),
            Some(_) => continue,
        };
        let finding = Finding { at: Some(cell.at.clone()), problem };
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
    found
}

fn holiday(shift: Option<&Shift>, name: &str) -> Vec<Finding> {
    let first = shift.into_iter().flatten().find(|cell| cell.name.is_some());
    let problem = Problem::FilledHoliday(name.to_owned());
    first.map(|cell| Finding { at: Some(cell.at.clone()), problem }).into_iter().collect()
}
