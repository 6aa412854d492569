//! What can be wrong with a workbook, and where.

use crate::domain::member::Platform;
use crate::domain::text::{Foreign, Link};
use chrono::NaiveDate;
use std::fmt;
use std::sync::Arc;

/// A tab of the sheet, or the file of a CSV.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Tab {
    /// As people call it.
    pub name: String,
    /// Where it can be opened, if that is known: `https://docs.google.com/spreadsheets/d/…/edit?gid=0#gid=0`.
    pub address: Option<Link>,
}

impl Tab {
    /// A tab that cannot be opened by a link.
    pub fn named(name: &str) -> Arc<Self> {
        Arc::new(Self { name: name.to_owned(), address: None })
    }
}

/// Where a cell is, so that a person can go and correct it: `rotation!B14`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellRef {
    /// Where it stands.
    pub tab: Arc<Tab>,
    /// From 1, as the sheet counts.
    pub row: u32,
    /// From 1; written as letters.
    pub column: u32,
}

impl CellRef {
    /// The cell without its tab: `B14`.
    pub fn name(&self) -> String {
        let (mut letters, mut left) = (Vec::new(), self.column);
        while left > 0 {
            letters.push(b'A' + ((left - 1) % 26) as u8);
            left = (left - 1) / 26;
        }
        letters.reverse();
        format!("{}{}", String::from_utf8_lossy(&letters), self.row)
    }

    /// Where it can be opened.
    pub fn link(&self) -> Option<Link> {
        let address = self.tab.address.as_ref()?;
        Link::parse(&format!("{}&range={}", address.as_str(), self.name()))
    }
}

impl fmt::Display for CellRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}!{}", self.tab.name, self.name())
    }
}

/// Something in the workbook that cannot be used as it stands, with its place. The other rows still count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The cell to look at; `None` when what is wrong is that there is none.
    pub at: Option<CellRef>,
    /// What is wrong there.
    pub problem: Problem,
}

impl Finding {
    /// All cells that it is about.
    pub fn cells(&self) -> Vec<CellRef> {
        match &self.problem {
            Problem::Several { cells, .. } => cells.clone(),
            _ => self.at.iter().cloned().collect(),
        }
    }
}

/// What can be wrong with a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The tab has no row for the day.
    NoRow(NaiveDate),
    /// The tab has no row for so many working days, from the first to the last.
    NoRows {
        /// The first of them.
        first: NaiveDate,
        /// The last of them.
        last: NaiveDate,
        /// How many.
        days: usize,
    },
    /// Nobody is written in the cell.
    EmptyCell,
    /// The name is not in the members tab, or pings nobody on the chat.
    UnknownName(Foreign),
    /// The name is not in the members tab, but one that looks much like it is.
    NearName(Foreign, Foreign),
    /// More than one member has that surname.
    TwoPeople(Foreign),
    /// It is not decided yet: TBD, 未定.
    Undecided(Foreign),
    /// More than one reading is possible: `中村⇔小林`, `伊藤(鈴木)`.
    Unclear(Foreign),
    /// It says "as above", and what it repeats is not the day before.
    NothingToRepeat(Foreign),
    /// The person is in the members tab, but their id on the chat is not.
    NoHandle(Foreign, Platform),
    /// A cell of the members tab holds something that pings nobody on the chat.
    NotAHandle(Foreign, Platform),
    /// The result of a formula that has failed: `#REF!`.
    FormulaError(Foreign),
    /// The date column holds something else.
    NotADate(Foreign),
    /// A span of days that ends before it begins, is too long, or has no end.
    NotASpan(Foreign),
    /// A day without a month, and none is written above it.
    NoMonth(Foreign),
    /// Day and month cannot be told apart.
    DateOrder(Foreign),
    /// The weekday beside it is not that of the date, which counts.
    WrongWeekday(Foreign, NaiveDate),
    /// The weekday beside a date without a year is that of another year, so it does not count.
    OtherYear(Foreign, NaiveDate),
    /// A name, an id or a date goes over several lines.
    LineBreak(Foreign),
    /// The column of that header is not read, though names of members stand in it.
    UnreadColumn(Option<Foreign>),
    /// The column of that header is for the night, and is not read.
    NightColumn(Option<Foreign>),
    /// A column or a row is for the night, and office hours reach into it.
    NightHours(Foreign),
    /// A column or a row is for half a day.
    HalfDay(Foreign),
    /// Somebody takes over in the middle of office hours.
    Handover(Foreign),
    /// The column of that header has something in it and is not read.
    UnusedHeading(Foreign),
    /// A person stands in a row without a date.
    PersonWithoutDate(Foreign),
    /// People stand above the header, where nothing is read.
    AboveHeader(Foreign),
    /// What stands beside those who are on call may change who it is: `取消`, `→田中`, two rows of a day that differ in it.
    Beside(Foreign),
    /// By its title a table is a list of who is away.
    LeaveList(Foreign),
    /// By its title a table is a draft, an old one or something else than who is on call.
    NotInForce(Foreign),
    /// Who stands in is not a known person, or it is not clear for whom.
    UnknownDeputy(Foreign),
    /// The date stands in an earlier row, with the same people.
    DateTwice(NaiveDate),
    /// The date stands in another row, with other people, so nobody is called.
    OtherPeople(NaiveDate),
    /// Another table names other people for the same days, so neither is read.
    SecondTable {
        /// What stands above it.
        title: Option<Foreign>,
        /// How many days.
        days: usize,
        /// The first of them.
        first: NaiveDate,
    },
    /// Rows are a week apart, and each is taken for the whole week.
    ReadAsWeeks,
    /// How many days a row stands for cannot be told.
    UnclearLength,
    /// The name stands in an earlier row, which counts.
    NameTwice(Foreign),
    /// Another member has that id too, so one of them may be mentioned for the other.
    IdTwice(Foreign),
    /// No column's header says who is on call.
    NoOnCallColumn,
    /// A table of a kind that is not read.
    Refused(Shape),
    /// The tab is empty.
    EmptyTab,
    /// There is no tab for that range; whether somebody may lose their call by it.
    NoTab(Foreign, bool),
    /// A link that is no web address.
    NotALink(Foreign),
    /// The same person stands in two cells of a day.
    SamePersonTwice(Foreign),
    /// Somebody stands in the row of a holiday, by its name: nobody will be mentioned.
    FilledHoliday(String),
    /// The rotation ends on that day.
    EndsSoon(NaiveDate),
    /// The same in more than one cell.
    Several {
        /// What is wrong in the first of them.
        first: Box<Problem>,
        /// Where; the first one's cell first.
        cells: Vec<CellRef>,
    },
}

/// Tables that say who is on call in a way that only people can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A row of weekdays, and numbers below it.
    Calendar,
    /// People as rows, days as columns, and marks.
    ShiftTable,
    /// Weekdays without dates.
    Weekdays,
    /// Weeks that have a number but no date.
    WeekNumbers,
    /// No dates at all.
    NoDates,
    /// Dates, but no header that says what stands beside them.
    NoHeader,
}

impl Problem {
    /// Whether somebody who should be mentioned may not be; anything else is only odd.
    pub fn is_fault(&self) -> bool {
        match self {
            Self::NoRow(_)
            | Self::NoRows { .. }
            | Self::EmptyCell
            | Self::UnknownName(_)
            | Self::NearName(..)
            | Self::TwoPeople(_)
            | Self::Undecided(_)
            | Self::Unclear(_)
            | Self::NothingToRepeat(_)
            | Self::NoHandle(..)
            | Self::NotAHandle(..)
            | Self::FormulaError(_)
            | Self::NotADate(_)
            | Self::NotASpan(_)
            | Self::NoMonth(_)
            | Self::DateOrder(_)
            | Self::OtherYear(..)
            | Self::LineBreak(_)
            | Self::NightHours(_)
            | Self::HalfDay(_)
            | Self::Handover(_)
            | Self::PersonWithoutDate(_)
            | Self::AboveHeader(_)
            | Self::Beside(_)
            | Self::NotInForce(_)
            | Self::UnknownDeputy(_)
            | Self::OtherPeople(_)
            | Self::SecondTable { .. }
            | Self::UnclearLength
            | Self::NoOnCallColumn
            | Self::Refused(_)
            | Self::EmptyTab
            | Self::EndsSoon(_) => true,
            Self::DateTwice(_)
            | Self::NameTwice(_)
            | Self::IdTwice(_)
            | Self::WrongWeekday(..)
            | Self::UnreadColumn(_)
            | Self::NightColumn(_)
            | Self::UnusedHeading(_)
            | Self::LeaveList(_)
            | Self::ReadAsWeeks
            | Self::NotALink(_)
            | Self::SamePersonTwice(_)
            | Self::FilledHoliday(_) => false,
            Self::NoTab(_, costs) => *costs,
            Self::Several { first, .. } => first.is_fault(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_the_sheet_names_them() {
        for (column, letters) in [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (53, "BA"), (702, "ZZ"), (703, "AAA")] {
            let at = CellRef { tab: Tab::named("t"), row: 3, column };
            assert_eq!((at.to_string(), at.link()), (format!("t!{letters}3"), None));
        }
        let address = Link::parse("https://docs.google.com/spreadsheets/d/1x/edit?gid=7#gid=7");
        let at = CellRef { tab: Tab { name: "t".into(), address }.into(), row: 14, column: 2 };
        let link = "https://docs.google.com/spreadsheets/d/1x/edit?gid=7#gid=7&range=B14";
        assert_eq!(at.link().as_ref().map(Link::as_str), Some(link));
    }
}
