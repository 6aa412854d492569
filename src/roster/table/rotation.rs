//! The rotation's tab, step by step.

use super::block::{self, Block, Layout, Title};
use super::cells::Sheet;
use super::dates::{self, Context};
use super::days::{self, Table};
use super::people::Names;
use super::{Grid, changes, month, refuse, turns, weeks};
use crate::domain::calendar::BusinessHours;
use crate::domain::member::Members;
use crate::domain::rotation::{Finding, Problem, Rotation};
use crate::domain::text::Foreign;
use chrono::NaiveDate;

/// Reads who is on call, and what cannot be read.
pub(super) fn read(
    grid: &Grid,
    members: Option<&Members>,
    findings: &mut Vec<Finding>,
    hours: BusinessHours,
    today: NaiveDate,
) -> Rotation {
    let names = Names::new(members);
    let upright = Sheet::new(grid);
    let layout = block::layout(&upright, &names);
    let (sheet, layout) = turned(upright, layout, &names);
    let mut rotation = Rotation { tab: sheet.tab(), ..Rotation::default() };
    if layout.blocks.is_empty() {
        // A title that keeps the only table from being read costs somebody their call, whatever it says.
        let title = layout.titles.first().map(|(row, column, _)| Title::NotInForce.finding(&sheet, *row, *column));
        let why = title.unwrap_or_else(|| refuse::whole(&sheet, &layout));
        findings.push(why.clone());
        rotation.refused = Some(why).filter(|why| why.problem != Problem::EmptyTab);
        return rotation;
    }
    if !layout.above.is_empty() {
        // What cannot be read there may contradict what can be read below.
        let above = |(row, column): &(usize, usize)| {
            sheet.finding(*row, *column, Problem::AboveHeader(sheet.shown(*row, *column)))
        };
        findings.extend(layout.above.iter().map(above));
        rotation.refused = layout.above.first().map(above);
        return rotation;
    }
    for (row, column) in &layout.without_people {
        findings.push(sheet.finding(*row, *column, Problem::NoOnCallColumn));
    }
    findings.extend(layout.titles.iter().map(|(row, column, title)| title.finding(&sheet, *row, *column)));
    let weak = layout.weak.iter();
    findings.extend(
        weak.map(|(row, column)| sheet.finding(*row, *column, Problem::UnreadColumn(sheet.line(*row, *column)))),
    );
    let marks = month::marks(&sheet);
    let periods = month::periods(&sheet);
    let context = Context { today, hours, marks: &marks, periods: &periods, tab: month::alone(&grid.tab) };
    let mut doubtful = Vec::new();
    let mut tables = Vec::new();
    let aside = layout.aside.iter().map(|block| (block, true));
    for (block, is_aside) in layout.blocks.iter().map(|block| (block, false)).chain(aside) {
        findings.extend(unread(&sheet, block, &names));
        let mut days = dates::read(&sheet, block, &context);
        let lengths = weeks::extend(&sheet, block, &names, &mut days.dated);
        let heading = block.header.unwrap_or(block.rows.start);
        findings.extend(lengths.told.map(|problem| sheet.finding(heading, block.date, problem)));
        for dated in days.dated.extract_if(.., |dated| lengths.unclear.contains(&dated.row)) {
            let problem = Problem::NotASpan(sheet.shown(dated.row, block.date));
            days.faults.push((dated.row, sheet.finding(dated.row, block.date, problem), Some(dated.first)));
        }
        let refused = not_by_day(&sheet, block, days.timed, hours);
        let read = turns::read(&sheet, block, &names, &days, hours);
        match refused.or(read.refused) {
            Some(why) => {
                findings.push(why.clone());
                rotation.refused.get_or_insert(why);
            }
            None => {
                findings.extend(read.findings);
                doubtful.extend(read.doubtful);
                tables.push(Table { block, turns: read.turns, is_aside });
            }
        }
    }
    let found = days::assemble(&sheet, tables);
    findings.extend(found.findings);
    if let Some(why) = found.contradiction {
        findings.push(why.clone());
        rotation.refused.get_or_insert(why);
    }
    rotation.shifts = found.shifts;
    for (date, finding) in doubtful {
        if let Some(at) = finding.at {
            rotation.shifts.entry(date).or_insert_with(|| vec![days::unsure(at, finding.problem)]);
        }
    }
    for (day, finding) in changes::found(&sheet, &layout, today) {
        if let (Some(shift), Some(at)) = (rotation.shifts.get_mut(&day), finding.at.clone()) {
            *shift = vec![days::unsure(at, finding.problem.clone())];
            findings.push(finding);
        }
    }
    rotation
}

/// A tab of which nobody can tell the year.
pub(super) fn of_which_year(grid: &Grid) -> Option<Finding> {
    let tab = Foreign::line(&grid.tab)?;
    Some(Sheet::new(grid).finding(0, 0, Problem::NotInForce(tab)))
}

/// A table that lies down is turned: dates in a row, and roles in the first column.
fn turned<'g>(upright: Sheet<'g>, layout: Layout, names: &Names) -> (Sheet<'g>, Layout) {
    if !layout.blocks.is_empty() || !refuse::lies_down(&upright) {
        return (upright, layout);
    }
    let turned = upright.turned();
    let found = block::layout(&turned, names);
    let has_header = found.blocks.iter().any(|block| block.header.is_some());
    if has_header { (turned, found) } else { (upright, layout) }
}

/// Why a table is not read: who is on call by it depends on more than the day.
fn not_by_day(sheet: &Sheet, block: &Block, timed: Option<usize>, hours: BusinessHours) -> Option<Finding> {
    let header = block.header.unwrap_or(block.rows.start);
    if let Some(half) = block.half.first() {
        return Some(sheet.finding(header, *half, Problem::HalfDay(sheet.shown(header, *half))));
    }
    let night = block.night.first().map(|column| (header, *column)).or(timed.map(|row| (row, block.date)));
    let (row, column) = night.filter(|_| turns::is_late(hours))?;
    Some(sheet.finding(row, column, Problem::NightHours(sheet.shown(row, column))))
}

/// Columns that are not read though people stand in them.
fn unread(sheet: &Sheet, block: &Block, names: &Names) -> Vec<Finding> {
    let Some(header) = block.header else { return Vec::new() };
    let at = |column, problem| sheet.finding(header, column, problem);
    let title = |column| sheet.line(header, column);
    let mut findings: Vec<_> =
        block.night.iter().map(|column| at(*column, Problem::NightColumn(title(*column)))).collect();
    for column in block.others.iter().chain(&block.unnamed) {
        let count = block::count(sheet, block.rows.clone(), *column, Some(names));
        if count.people > 0 && count.is_mostly(count.people) {
            findings.push(at(*column, Problem::UnreadColumn(title(*column))));
        }
    }
    findings
}
