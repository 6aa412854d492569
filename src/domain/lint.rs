//! What a person should correct in the workbook before it matters.

use crate::domain::calendar::{Calendar, Day};
use crate::domain::member::Platform;
use crate::domain::rotation::{Coverage, Finding, Problem, Says, Shift, ShiftCell};
use crate::domain::workbook::Workbook;
use chrono::{Days, NaiveDate};
use std::collections::BTreeSet;

/// How far ahead is looked.
pub const AHEAD: u64 = 14;
/// The same on more days than this is one finding.
const FEW: usize = 2;

/// A finding, and the day it is about when it is about one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lint {
    /// The day.
    pub date: Option<NaiveDate>,
    /// What is wrong.
    pub finding: Finding,
    /// What is wrong on each day, in their order. Empty for what is wrong with the whole workbook.
    pub days: Vec<OneDay>,
}

/// What is wrong on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneDay {
    pub date: NaiveDate,
    pub finding: Finding,
}

impl Lint {
    fn of_workbook(finding: Finding) -> Self {
        Self { date: None, finding, days: Vec::new() }
    }
}

/// Everything that is wrong from `from` on, two weeks ahead, and what had to be passed over while reading. Names have
/// to be known on every one of the platforms.
pub fn lint(workbook: &Workbook, platforms: &[Platform], calendar: &Calendar, from: NaiveDate) -> Vec<Lint> {
    let mut found: Vec<_> = workbook.findings.iter().cloned().map(Lint::of_workbook).collect();
    let rotation = &workbook.rotation;
    let last = rotation.shifts.keys().next_back().copied();
    let mut daily = Vec::new();
    for date in from.iter_days().take(AHEAD as usize).take_while(|date| last.is_some_and(|last| *date <= last)) {
        let problems = match calendar.day(date) {
            Day::Working => working_day(workbook, platforms, date),
            Day::NationalHoliday(name) => holiday(workbook, date, name),
            Day::CompanyHoliday(name) => holiday(workbook, date, &name),
            Day::Weekend => Vec::new(),
        };
        let problems = problems.into_iter().filter(|finding| !is_told(workbook, finding));
        daily.extend(problems.map(|finding| OneDay { date, finding }));
    }
    found.extend(grouped(&daily));
    // A tab with nothing but a header says so nowhere else.
    if last.is_none() && rotation.refused.is_none() && !found.iter().any(|lint| lint.finding.problem.is_fault()) {
        found.push(Lint::of_workbook(Finding { at: None, problem: Problem::NoRow(from) }));
    }
    if let Some(last) = last.filter(|last| from.checked_add_days(Days::new(AHEAD - 1)).is_some_and(|end| *last < end)) {
        found.push(Lint::of_workbook(Finding { at: None, problem: Problem::EndsSoon(last) }));
    }
    found
}

/// Whether the finding is among those of the whole workbook.
fn is_told(workbook: &Workbook, finding: &Finding) -> bool {
    workbook.findings.iter().any(|known| {
        let is_same = |problem: &Problem| std::mem::discriminant(problem) == std::mem::discriminant(&finding.problem);
        match &known.problem {
            Problem::Several { first, cells } => {
                is_same(first) && finding.at.as_ref().is_some_and(|at| cells.contains(at))
            }
            problem => is_same(problem) && known.at == finding.at,
        }
    })
}

/// What is the same on many days as one finding of the first of them.
fn grouped(daily: &[OneDay]) -> Vec<Lint> {
    let is_no_row = |one: &OneDay| matches!(one.finding.problem, Problem::NoRow(_));
    let without_a_row: Vec<_> = daily.iter().filter(|one| is_no_row(one)).cloned().collect();
    let mut grouped: Vec<Lint> = Vec::new();
    for one in daily {
        if is_no_row(one) && without_a_row.len() > FEW {
            if *one == without_a_row[0] {
                let (first, last) = (one.date, without_a_row[without_a_row.len() - 1].date);
                let problem = Problem::NoRows { first, last, days: without_a_row.len() };
                grouped.push(Lint { date: None, finding: Finding { at: None, problem }, days: without_a_row.clone() });
            }
            continue;
        }
        let alike: Vec<_> = daily.iter().filter(|other| is_alike(other, one)).collect();
        if alike.len() <= FEW {
            grouped.push(Lint { date: Some(one.date), finding: one.finding.clone(), days: vec![one.clone()] });
        } else if alike.first().is_some_and(|first| std::ptr::eq(*first, one)) {
            let days = alike.iter().copied().cloned().collect();
            grouped.push(Lint { date: Some(one.date), finding: several(&alike), days });
        }
    }
    grouped
}

/// Whether two findings are the same of other cells, or of the same cell on other days.
fn is_alike(one: &OneDay, other: &OneDay) -> bool {
    let column = |one: &OneDay| one.finding.at.as_ref().map(|at| at.column);
    one.finding.problem == other.finding.problem
        && one.finding.at.is_some()
        && (one.finding.problem != Problem::EmptyCell || column(one) == column(other))
}

fn several(alike: &[&OneDay]) -> Finding {
    let mut cells: Vec<_> = alike.iter().filter_map(|one| one.finding.at.clone()).collect();
    cells.dedup();
    let finding = alike[0].finding.clone();
    if cells.len() < 2 {
        return finding;
    }
    Finding { at: finding.at, problem: Problem::Several { first: Box::new(finding.problem), cells } }
}

/// What is wrong with one working day, for one chat.
pub fn one_day(workbook: &Workbook, platform: Platform, date: NaiveDate) -> Vec<Finding> {
    working_day(workbook, &[platform], date)
}

fn working_day(workbook: &Workbook, platforms: &[Platform], date: NaiveDate) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut is_nobodys = false;
    for platform in platforms {
        let findings = match workbook.coverage(date, *platform) {
            Coverage::OnCall { findings, .. } | Coverage::Gap { findings } => findings,
            Coverage::Nobody { .. } => {
                is_nobodys = true;
                Vec::new()
            }
            Coverage::Unknown { .. } => Vec::new(),
        };
        for finding in findings {
            if !found.contains(&finding) {
                found.push(finding);
            }
        }
    }
    let cells = workbook.rotation.shifts.get(&date).into_iter().flatten();
    for finding in cells_of(cells).into_iter().filter(|_| !is_nobodys) {
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
    found
}

/// Empty cells, and people who stand in more than one.
fn cells_of<'a>(cells: impl Iterator<Item = &'a ShiftCell>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut names = BTreeSet::new();
    for cell in cells {
        let finding = |problem| Finding { at: Some(cell.at.clone()), problem };
        match &*cell.says {
            Says::Nothing => found.push(finding(Problem::EmptyCell)),
            Says::Nobody => {}
            Says::People { people, .. } => {
                let again = people.iter().find(|name| !names.insert(*name));
                found.extend(again.map(|name| finding(Problem::SamePersonTwice(name.clone()))));
            }
        }
    }
    found
}

/// Somebody in the row of a holiday. Who has the week has its holidays too, and that is not worth saying.
fn holiday(workbook: &Workbook, date: NaiveDate, name: &str) -> Vec<Finding> {
    let shifts = &workbook.rotation.shifts;
    let first = |shift: &Shift| shift.first().map(|cell| cell.at.clone());
    let Some(shift) = shifts.get(&date) else { return Vec::new() };
    let around = [date.pred_opt(), date.succ_opt()].into_iter().flatten().filter_map(|day| shifts.get(&day));
    if around.into_iter().any(|other| first(other) == first(shift)) {
        return Vec::new();
    }
    let is_filled = |cell: &&ShiftCell| matches!(&*cell.says, Says::People { people, .. } if !people.is_empty());
    let problem = Problem::FilledHoliday(name.to_owned());
    shift.iter().find(is_filled).map(|cell| Finding { at: Some(cell.at.clone()), problem }).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::finding::Tab;
    use crate::domain::rotation::CellRef;
    use crate::domain::text::Foreign;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).expect("a date")
    }

    fn on(date: u32, at: Option<(u32, u32)>, problem: Problem) -> OneDay {
        let at = at.map(|(row, column)| CellRef { tab: Tab::named("rotation"), row, column });
        OneDay { date: day(date), finding: Finding { at, problem } }
    }

    fn each(days: &[OneDay]) -> Vec<Lint> {
        let lint = |one: &OneDay| Lint { date: Some(one.date), finding: one.finding.clone(), days: vec![one.clone()] };
        days.iter().map(lint).collect()
    }

    #[test]
    fn the_same_on_two_days_is_said_of_each_and_on_more_days_once() {
        let without_a_row =
            |days: &[u32]| days.iter().map(|one| on(*one, None, Problem::NoRow(day(*one)))).collect::<Vec<_>>();
        let two = without_a_row(&[24, 25]);
        assert_eq!(grouped(&two), each(&two));
        let three = without_a_row(&[24, 25, 26]);
        let finding = Finding { at: None, problem: Problem::NoRows { first: day(24), last: day(26), days: 3 } };
        assert_eq!(grouped(&three), [Lint { date: None, finding, days: three }]);

        let empty = |of, row, column| on(of, Some((row, column)), Problem::EmptyCell);
        let two = vec![empty(24, 2, 2), empty(25, 3, 2)];
        assert_eq!(grouped(&two), each(&two));
        // A cell may be that of several days.
        let cells = vec![empty(24, 2, 2), empty(25, 2, 2), empty(26, 3, 2)];
        let at = |row| CellRef { tab: Tab::named("rotation"), row, column: 2 };
        let several = Problem::Several { first: Box::new(Problem::EmptyCell), cells: vec![at(2), at(3)] };
        let OneDay { date, finding } = on(24, Some((2, 2)), several);
        assert_eq!(grouped(&cells), [Lint { date: Some(date), finding, days: cells }]);
        // In other columns they are other people's.
        let apart = vec![empty(24, 2, 2), empty(24, 2, 3), empty(25, 3, 2), empty(25, 3, 3)];
        assert_eq!(grouped(&apart), each(&apart));
    }

    #[test]
    fn only_the_same_of_the_same_cell_has_been_told_already() {
        let name = |name| Foreign::line(name).expect("a name");
        let at = |row| CellRef { tab: Tab::named("rotation"), row, column: 2 };
        let finding = |row, problem| Finding { at: Some(at(row)), problem };
        let unknown = |text| Problem::UnknownName(name(text));
        let several = Problem::Several { first: Box::new(unknown("山田")), cells: vec![at(5), at(7)] };
        let workbook = Workbook {
            findings: vec![finding(2, Problem::Undecided(name("未定"))), finding(5, several)],
            ..Workbook::default()
        };
        for (row, problem, expected) in [
            (2, Problem::Undecided(name("未定")), true),
            (2, unknown("山田"), false),
            (3, Problem::Undecided(name("未定")), false),
            (5, unknown("山田"), true),
            (7, unknown("山田"), true),
            (6, unknown("山田"), false),
            (7, Problem::Undecided(name("未定")), false),
        ] {
            let finding = finding(row, problem);
            assert_eq!(is_told(&workbook, &finding), expected, "{finding:?}");
        }
    }
}
