//! Cells to [`Workbook`], whether they come from a sheet or from a CSV.
//!
//! A tab is read in steps, each in a file of its own: cells as people see them (`cells`), where tables are and what
//! their columns mean (`heading`, `block`), what is written in a date's cell (`date`) and which day that is
//! (`dates`), how long a row lasts (`weeks`), who is meant by a cell (`people`) and by a row (`turns`), and what
//! that makes of a day (`days`). Tables that only people can read are refused (`refuse`).
//!
//! A wrong person is worse than nobody: what a person could not be sure of is a finding, and nobody is called by it.
//! Nothing but the cells, the members, the office hours and the day of today changes what is read.

mod block;
mod cells;
mod changes;
mod date;
mod dates;
mod days;
mod finding;
mod heading;
mod members;
mod month;
mod others;
mod people;
mod refuse;
mod rotation;
mod turns;
mod weeks;
pub mod words;

use crate::domain::calendar::{BusinessHours, CompanyHolidays};
use crate::domain::member::Members;
use crate::domain::rotation::{Finding, Problem, Says};
use crate::domain::text::{Foreign, Link};
use crate::domain::workbook::Workbook;
use cells::Sheet;
use chrono::NaiveDate;
use people::{Names, Read};
use std::ops::Range;
use std::sync::Arc;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text, or something that is shown as such.
    Text(String),
    /// A number. Dates are numbers too: days since 1899-12-30.
    Number(f64),
}

/// Cells that are shown as one, from 0. Its value is in the first of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// Its rows.
    pub rows: Range<usize>,
    /// Its columns.
    pub columns: Range<usize>,
}

/// A tab, or the part of it that was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grid {
    /// The tab's name, for findings.
    pub tab: Arc<str>,
    /// Row and column of the first cell, from 1.
    pub origin: (u32, u32),
    /// The rows, as long as they happen to be.
    pub rows: Vec<Vec<Cell>>,
    /// Where the tab can be opened.
    pub address: Option<Link>,
    /// Which cells are merged; `None` when that is not known, as in a CSV.
    pub merges: Option<Vec<Merge>>,
}

/// The tabs of a workbook.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tabs {
    /// date · on-call · on-call · note
    pub rotation: Grid,
    /// The same for the months before and after, where each has a tab.
    pub neighbours: Vec<Neighbour>,
    /// name · slack · typetalk · pagerduty
    pub members: Option<Grid>,
    /// pattern · meaning · workaround · link
    pub runbooks: Option<Grid>,
    /// date · name
    pub holidays: Option<Grid>,
    /// What should be there and is not.
    pub missing: Vec<Missing>,
    /// Something that may be there could not be had this time.
    pub is_partial: bool,
}

/// Another month's tab.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbour {
    pub grid: Grid,
    /// Nothing in its name says that it is not last year's.
    pub may_be_old: bool,
}

/// A tab that should be there and is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Its range, as it was asked for.
    pub range: Foreign,
    /// Whether somebody may lose their call by it.
    pub costs: bool,
}

/// The version of this reader, for copies of what it has read. It is raised whenever a rota is read otherwise; a test tells.
pub const READER: u32 = 2;

/// Reads all tabs. `hours` is office time and `today` the day in the team's zone.
pub fn workbook(tabs: &Tabs, hours: BusinessHours, today: NaiveDate) -> Workbook {
    let mut findings = Vec::new();
    let mut of_members = Vec::new();
    let members = tabs.members.as_ref().map(|grid| members::read(&Sheet::new(grid), &mut of_members));
    let mut rotation = rotation::read(&tabs.rotation, members.as_ref(), &mut findings, hours, today);
    for neighbour in &tabs.neighbours {
        let mut of_it = Vec::new();
        let other = rotation::read(&neighbour.grid, members.as_ref(), &mut of_it, hours, today);
        if neighbour.may_be_old && !other.shifts.is_empty() && !others::says_which_year(&neighbour.grid) {
            findings.extend(rotation::of_which_year(&neighbour.grid));
            continue;
        }
        findings.append(&mut of_it);
        days::merge(&mut rotation, other);
    }
    let missing = tabs.missing.iter().map(|missing| Problem::NoTab(missing.range.clone(), missing.costs));
    findings.extend(missing.map(|problem| Finding { at: None, problem }));
    findings.append(&mut of_members);
    let runbooks = tabs.runbooks.as_ref().map(|grid| others::runbooks(&Sheet::new(grid), &mut findings));
    let holidays = tabs.holidays.as_ref().map(|grid| others::holidays(&Sheet::new(grid), &mut findings, today));
    Workbook {
        rotation,
        members,
        runbooks: runbooks.unwrap_or_default(),
        holidays: Arc::new(holidays.unwrap_or_default()),
        findings: finding::grouped(findings),
    }
}

/// The company's days off alone.
pub fn holidays(grid: &Grid, today: NaiveDate) -> CompanyHolidays {
    others::holidays(&Sheet::new(grid), &mut Vec::new(), today)
}

/// What an on-call cell with that text means, when nothing stands around it.
pub fn said(text: &str, members: Option<&Members>) -> Says {
    match Names::new(members).read(&cells::cleaned(text)) {
        Read::Says(says) => Arc::unwrap_or_clone(says),
        Read::Ditto => Foreign::line(text).map_or(Says::Nothing, |text| Says::unsure(Problem::NothingToRepeat(text))),
    }
}

/// The date of a cell that holds a whole one.
pub fn date(cell: &Cell) -> Option<NaiveDate> {
    match date::read(&cells::entry(cell))?.first.day {
        date::Day::On(date) => Some(date),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
