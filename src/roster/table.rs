//! Cells to [`Workbook`], whether they come from a sheet or from a CSV.
//!
//! Rows are ragged: a missing cell is an empty cell. What cannot be used is a finding with its cell, and the other rows
//! still count.

mod dates;

use crate::domain::calendar::CompanyHolidays;
use crate::domain::member::{Handle, Member, Members, Platform, normalized};
use crate::domain::rotation::{CellRef, Finding, Problem, Rotation, ShiftCell};
use crate::domain::runbook::{Pattern, Runbook};
use crate::domain::text::{Foreign, Link};
use crate::domain::workbook::Workbook;
pub use dates::date;
use dates::dated_row;
use std::borrow::Cow;
use std::collections::BTreeSet;
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

impl Cell {
    /// The cell as people see it. A name of digits only arrives as a number.
    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::default(),
            Self::Text(text) => text.trim().into(),
            Self::Number(number) => number.to_string().into(),
        }
    }

    fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::Number(_) => false,
        }
    }

    /// Whether it goes over several lines, as the rest of a CSV does after a quotation mark that is not closed.
    fn is_broken(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim().contains(['\n', '\r']))
    }
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
}

/// The tabs of a workbook.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tabs {
    /// date · on-call · on-call · note
    pub rotation: Grid,
    /// name · slack · typetalk · pagerduty
    pub members: Option<Grid>,
    /// pattern · meaning · workaround · link
    pub runbooks: Option<Grid>,
    /// date · name
    pub holidays: Option<Grid>,
}

/// Reads all tabs.
pub fn workbook(tabs: &Tabs) -> Workbook {
    let (mut findings, mut of_members) = (Vec::new(), Vec::new());
    let members = tabs.members.as_ref().map(|grid| members(grid, &mut of_members));
    let rotation = rotation(&tabs.rotation, members.as_ref(), &mut findings);
    findings.append(&mut of_members);
    Workbook {
        rotation,
        members,
        runbooks: tabs.runbooks.as_ref().map(|grid| runbooks(grid, &mut findings)).unwrap_or_default(),
        holidays: Arc::new(tabs.holidays.as_ref().map(|grid| holidays(grid, &mut findings)).unwrap_or_default()),
        findings,
    }
}

impl Grid {
    fn at(&self, row: usize, column: usize) -> CellRef {
        CellRef { tab: self.tab.clone(), row: self.origin.0 + row as u32, column: self.origin.1 + column as u32 }
    }

    fn text(&self, row: usize, column: usize) -> Cow<'_, str> {
        self.rows[row].get(column).map(Cell::text).unwrap_or_default()
    }

    fn line(&self, row: usize, column: Option<usize>) -> Option<Foreign> {
        Foreign::line(&self.text(row, column?))
    }

    fn is_broken(&self, row: usize, column: usize) -> bool {
        self.rows[row].get(column).is_some_and(Cell::is_broken)
    }

    /// Rows with something in them, from `first` on.
    fn filled(&self, first: usize) -> impl Iterator<Item = usize> {
        (first..self.rows.len()).filter(|row| self.rows[*row].iter().any(|cell| !cell.is_blank()))
    }

    /// Where each of the named columns is, and the first row of data. A first row that holds one of the names is
    /// a header; without a header the columns are in the order of the names.
    fn columns<const N: usize>(&self, names: [&[&str]; N]) -> ([Option<usize>; N], usize) {
        let header: Vec<_> =
            self.rows.first().into_iter().flatten().map(|cell| normalized(&cell.text()).to_lowercase()).collect();
        let found = names.map(|aliases| header.iter().position(|title| aliases.contains(&title.as_str())));
        if found.iter().all(Option::is_none) {
            return (std::array::from_fn(Some), 0);
        }
        (found, 1)
    }
}

fn rotation(grid: &Grid, members: Option<&Members>, findings: &mut Vec<Finding>) -> Rotation {
    let names: BTreeSet<_> = members.iter().flat_map(|members| &members.0).map(|member| member.name.as_str()).collect();
    let mut rotation = Rotation { tab: grid.tab.clone(), ..Rotation::default() };
    let Some(first) = grid.filled(0).next() else {
        findings.push(Finding { at: Some(grid.at(0, 0)), problem: Problem::EmptyTab });
        return rotation;
    };
    let header: Vec<_> = grid.rows[first].iter().map(|cell| normalized(&cell.text()).to_lowercase()).collect();
    let on_call: Vec<_> = (0..header.len())
        .filter(|column| {
            ["担当", "on-call", "oncall", "on call"].iter().any(|title| header[*column].starts_with(title))
        })
        .collect();
    let dated = header.iter().position(|title| ["日付", "date"].contains(&title.as_str()));
    let is_header = !on_call.is_empty() || dated.is_some();
    let date_column = dated.unwrap_or(0);
    let on_call = match (on_call.is_empty(), is_header) {
        (false, _) => on_call,
        (true, false) => vec![date_column + 1, date_column + 2],
        (true, true) => {
            findings.push(Finding { at: Some(grid.at(first, date_column)), problem: Problem::NoOnCallColumn });
            Vec::new()
        }
    };
    for row in grid.filled(first + usize::from(is_header)) {
        let Some(date) = dated_row(grid, row, date_column, findings) else {
            continue;
        };
        if rotation.shifts.contains_key(&date) {
            findings.push(Finding { at: Some(grid.at(row, date_column)), problem: Problem::DateTwice(date) });
            continue;
        }
        let shift: Vec<_> = on_call
            .iter()
            .map(|column| ShiftCell { at: grid.at(row, *column), name: grid.line(row, Some(*column)) })
            .collect();
        for (cell, column) in shift.iter().zip(&on_call) {
            match &cell.name {
                Some(name) if grid.is_broken(row, *column) && !names.contains(&*normalized(name.as_str())) => {
                    findings.push(Finding { at: Some(cell.at.clone()), problem: Problem::LineBreak(name.clone()) });
                }
                _ => {}
            }
        }
        rotation.shifts.insert(date, shift);
    }
    if is_header && !on_call.is_empty() {
        let read = [&[date_column], on_call.as_slice()].concat();
        findings.extend(unread(grid, first, &read, &names));
    }
    rotation
}

/// The columns that are not read though most of what stands in them are names of members, by their header.
fn unread(grid: &Grid, header: usize, read: &[usize], names: &BTreeSet<&str>) -> Vec<Finding> {
    let is_name = |text: &Foreign| names.contains(&*normalized(text.as_str()));
    let width = grid.rows.iter().map(Vec::len).max().unwrap_or_default();
    let mut findings = Vec::new();
    for column in (0..width).filter(|column| !read.contains(column)) {
        let title = normalized(&grid.text(header, column)).to_lowercase();
        if ["備考", "メモ", "note", "memo", "remark", "comment"].iter().any(|word| title.starts_with(word)) {
            continue;
        }
        let cells: Vec<_> = grid.filled(header + 1).filter_map(|row| grid.line(row, Some(column))).collect();
        if cells.iter().filter(|text| is_name(text)).count() * 2 > cells.len() {
            let problem = Problem::UnreadColumn(grid.line(header, Some(column)));
            findings.push(Finding { at: Some(grid.at(header, column)), problem });
        }
    }
    findings
}

fn members(grid: &Grid, findings: &mut Vec<Finding>) -> Members {
    let names: [&[&str]; 4] = [&["name", "名前", "氏名"], &["slack"], &["typetalk"], &["pagerduty"]];
    let ([name, slack, typetalk, pagerduty], first) = grid.columns(names);
    let mut members: Vec<Member> = Vec::new();
    for row in grid.filled(first) {
        let Some(shown) = grid.line(row, name) else {
            continue;
        };
        let mut handle = |column: Option<usize>, platform| {
            let text = grid.line(row, column)?;
            let handle = Handle::parse(text.as_str(), platform);
            if handle.is_none() {
                let problem = match grid.is_broken(row, column?) {
                    true => Problem::LineBreak(text),
                    false => Problem::NotAHandle(text, platform),
                };
                findings.push(Finding { at: Some(grid.at(row, column?)), problem });
            }
            handle
        };
        let member = Member {
            name: normalized(shown.as_str()),
            slack: handle(slack, Platform::Slack),
            typetalk: handle(typetalk, Platform::Typetalk),
            pagerduty: grid.line(row, pagerduty).map(|text| normalized(text.as_str())),
        };
        if let (Some(column), None, None) = (name, &member.slack, &member.typetalk)
            && grid.is_broken(row, column)
        {
            findings.push(Finding { at: Some(grid.at(row, column)), problem: Problem::LineBreak(shown.clone()) });
        }
        match members.iter().any(|known| known.name == member.name) {
            true => findings
                .push(Finding { at: name.map(|column| grid.at(row, column)), problem: Problem::NameTwice(shown) }),
            false => members.push(member),
        }
    }
    Members(members)
}

fn runbooks(grid: &Grid, findings: &mut Vec<Finding>) -> Vec<Runbook> {
    let names: [&[&str]; 4] = [
        &["pattern", "パターン", "アラート"],
        &["meaning", "意味"],
        &["workaround", "手順", "対処"],
        &["link", "リンク"],
    ];
    let ([pattern, meaning, workaround, link], first) = grid.columns(names);
    let mut runbooks = Vec::new();
    for row in grid.filled(first) {
        let Some(pattern) = pattern.and_then(|column| Pattern::parse(&grid.text(row, column))) else {
            continue;
        };
        let address = grid.line(row, link);
        let parsed = address.as_ref().and_then(|address| Link::parse(address.as_str()));
        if let (Some(address), None, Some(column)) = (address, &parsed, link) {
            findings.push(Finding { at: Some(grid.at(row, column)), problem: Problem::NotALink(address) });
        }
        let (meaning, workaround) = (grid.line(row, meaning), grid.line(row, workaround));
        runbooks.push(Runbook { pattern, meaning, workaround, link: parsed });
    }
    runbooks
}

fn holidays(grid: &Grid, findings: &mut Vec<Finding>) -> CompanyHolidays {
    let ([date, name], first) = grid.columns([&["date", "日付"], &["name", "名前", "名称"]]);
    let mut holidays = CompanyHolidays::new();
    for row in grid.filled(first) {
        if let Some(date) = dated_row(grid, row, date.unwrap_or(0), findings) {
            let name = grid.line(row, name).map(|name| name.as_str().to_owned()).unwrap_or_default();
            holidays.entry(date).or_insert(name);
        }
    }
    holidays
}

#[cfg(test)]
mod tests;
