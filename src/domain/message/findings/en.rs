//! English.

use super::super::Line;
use super::super::en::day;
use super::{chat, extent, place};
use crate::domain::rotation::{Finding, Problem, Shape};
use crate::domain::text::Foreign;

pub fn finding(finding: &Finding) -> Line {
    let line = place(finding);
    match &finding.problem {
        Problem::Several { first, cells } => {
            problem(line, first).and(format!(" (the first of {} in {})", cells.len(), extent(cells)))
        }
        one => problem(line, one),
    }
}

fn problem(line: Line, problem: &Problem) -> Line {
    let of = |line: Line, text: &Foreign, rest: &'static str| line.and("'").cell(text).and(rest);
    match problem {
        Problem::NoRow(date) => line.and(format!("there is no row for {}", day(*date))),
        Problem::NoRows { first, last, days } => {
            line.and(format!("{days} working days from {} to {} have no row", day(*first), day(*last)))
        }
        Problem::EmptyCell => line.and("is empty"),
        Problem::UnknownName(name) => of(line, name, "' is nobody we know"),
        Problem::NearName(name, near) => of(line, name, "' is nobody we know (did you mean ").cell(near).and("?)"),
        Problem::TwoPeople(name) => of(line, name, "' is more than one member"),
        Problem::Undecided(text) => of(line, text, "' is not decided"),
        Problem::Unclear(text) => of(line, text, "' does not say who is on call"),
        Problem::NothingToRepeat(text) => of(line, text, "' repeats nobody: the row above is not for the day before"),
        Problem::NoHandle(name, platform) => {
            of(line, name, "' has no ").and(chat(*platform, "screen")).and(" id in the members tab")
        }
        Problem::NotAHandle(text, platform) => of(line, text, "' is not a ").and(chat(*platform, "screen")).and(" id"),
        Problem::FormulaError(text) => of(line, text, "' is a formula's error"),
        Problem::NotADate(text) => of(line, text, "' is not a date"),
        Problem::NotASpan(text) => of(line, text, "' does not say until when"),
        Problem::NoMonth(text) => of(line, text, "' has no month"),
        Problem::DateOrder(text) => of(line, text, "': which of the numbers is the month?"),
        Problem::WrongWeekday(text, date) => of(line, text, "' is a ").and(date.format("%A").to_string()),
        Problem::OtherYear(text, date) => of(line, text, "' is a ")
            .and(format!("{} this year, so it is not read: last year's sheet?", date.format("%A"))),
        Problem::LineBreak(text) => {
            of(line, text, "' goes over several lines (a quotation mark \" is probably not closed)")
        }
        Problem::UnreadColumn(Some(title)) => {
            line.and("the column '").cell(title).and("' is not read, though names of the members tab stand in it")
        }
        Problem::UnreadColumn(None) => {
            line.and("a column without a header is not read, though names of the members tab stand in it")
        }
        Problem::NightColumn(Some(title)) => {
            line.and("the column '").cell(title).and("' is for nights or days off and is not read")
        }
        Problem::NightColumn(None) => line.and("the column is for nights or days off and is not read"),
        Problem::NightHours(text) => {
            of(line, text, "': day and night have other people, and office hours reach into the night")
        }
        Problem::HalfDay(text) => of(line, text, "' is a part of the day, so nobody can tell who is on call"),
        Problem::Handover(text) => {
            of(line, text, "' hands over within office hours, so nobody can tell who is on call")
        }
        Problem::UnusedHeading(title) => line.and("the column '").cell(title).and("' is not read"),
        Problem::PersonWithoutDate(name) => of(line, name, "' stands in a row without a date"),
        Problem::AboveHeader(name) => of(line, name, "' stands above the header and is not read"),
        Problem::Beside(text) => of(line, text, "' stands beside it: who is on call?"),
        Problem::LeaveList(title) => of(line, title, "' is who is away, so nobody is on call by it"),
        Problem::NotInForce(title) => {
            of(line, title, "': what is below it may not be who is on call, so it is not read")
        }
        Problem::UnknownDeputy(text) => of(line, text, "': who stands in for whom?"),
        Problem::DateTwice(date) => {
            line.and(format!("{} stands in an earlier row too, with the same people", day(*date)))
        }
        Problem::OtherPeople(date) => {
            line.and(format!("{} stands in another row with other people, so neither is read", day(*date)))
        }
        Problem::SecondTable { title, days, first } => {
            let line = line.and("a second table, ");
            let line = title.iter().fold(line, |line, title| line.cell(title).and(", "));
            line.and(format!(
                "names other people for the same {days} days (from {}), so neither is read",
                first.format("%b %-d")
            ))
        }
        Problem::ReadAsWeeks => line.and("the dates are seven days apart, so each row is read as a week"),
        Problem::UnclearLength => line.and("how many days a row is for is not clear, so only its first is read"),
        Problem::IdTwice(id) => of(line, id, "' is also the id of a member in an earlier row"),
        Problem::NameTwice(name) => of(line, name, "' stands in an earlier row, which counts"),
        Problem::NoOnCallColumn => line.and("no column's header says who is on call"),
        Problem::Refused(shape) => line.and(refused(*shape)),
        Problem::NoTab(range, _) => line.and("there is no tab for '").cell(range).and("'"),
        Problem::EmptyTab => line.and("the tab is empty"),
        Problem::SamePersonTwice(name) => of(line, name, "' stands twice in the same day"),
        Problem::FilledHoliday(name) => {
            line.and(format!("is filled, but it is a holiday ({name}): nobody is mentioned"))
        }
        Problem::EndsSoon(date) => line.and(format!("the rotation ends on {}", day(*date))),
        Problem::NotALink(text) => of(line, text, "' is not an http(s) URL"),
        Problem::Several { first, .. } => self::problem(line, first),
    }
}

fn refused(shape: Shape) -> &'static str {
    match shape {
        Shape::Calendar => "calendar grids are not read: a name may be on call, away or meeting",
        Shape::ShiftTable => {
            "shift tables (people as rows, days as columns) are not read: a mark may be on call, at work or away"
        }
        Shape::Weekdays => "weekdays without dates are not read: which week is meant?",
        Shape::WeekNumbers => "weeks without dates are not read: which week is meant?",
        Shape::NoDates => "there are no dates, so this is not read as a rotation",
        Shape::NoHeader => "there is no header that says which column is on call",
    }
}
