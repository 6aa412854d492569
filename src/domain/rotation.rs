//! Taking turns: who is on call on a day, and what is wrong with the table that says so.

use crate::domain::member::{Handle, Members, Mentionee, Platform, is_everybody, normalized};
use crate::domain::text::Foreign;
use crate::domain::unreadable::Unreadable;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Where a cell is, so that a person can go and mend it: `rotation!B14`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellRef {
    /// The tab, or the file of a CSV.
    pub tab: Arc<str>,
    /// From 1, as the sheet counts.
    pub row: u32,
    /// From 1; written as letters.
    pub column: u32,
}

impl fmt::Display for CellRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut letters, mut left) = (Vec::new(), self.column);
        while left > 0 {
            letters.push(b'A' + ((left - 1) % 26) as u8);
            left = (left - 1) / 26;
        }
        letters.reverse();
        write!(f, "{}!{}{}", self.tab, String::from_utf8_lossy(&letters), self.row)
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

/// What can be wrong with a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The tab has no row for the day.
    NoRow(NaiveDate),
    /// Nobody is written in the cell.
    EmptyCell,
    /// The name is not in the members tab, or pings nobody on the chat.
    UnknownName(Foreign),
    /// The person is in the members tab, but their id on the chat is not.
    NoHandle(Foreign, Platform),
    /// A cell of the members tab holds something that pings nobody on the chat.
    NotAHandle(Foreign, Platform),
    /// The date column holds something else.
    NotADate(Foreign),
    /// The weekday in the brackets is not that of the date, which counts.
    WrongWeekday(Foreign, NaiveDate),
    /// A name, an id or a date goes over several lines.
    LineBreak(Foreign),
    /// The column of that header is not read, though names of members stand in it.
    UnreadColumn(Option<Foreign>),
    /// The date stands in an earlier row, which counts.
    DateTwice(NaiveDate),
    /// The name stands in an earlier row, which counts.
    NameTwice(Foreign),
    /// There is no column whose header starts with 担当 or on-call.
    NoOnCallColumn,
    /// The tab is empty.
    EmptyTab,
    /// A link that is no web address.
    NotALink(Foreign),
    /// The same person stands in two cells of a day.
    SamePersonTwice(Foreign),
    /// Somebody stands in the row of a holiday, by its name: nobody will be mentioned.
    FilledHoliday(String),
    /// The rotation ends on that day.
    EndsSoon(NaiveDate),
}

impl Problem {
    /// Whether somebody who should be mentioned may not be; anything else is only odd.
    pub fn is_fault(&self) -> bool {
        match self {
            Self::NoRow(_)
            | Self::EmptyCell
            | Self::UnknownName(_)
            | Self::NoHandle(..)
            | Self::NotAHandle(..)
            | Self::NotADate(_)
            | Self::LineBreak(_)
            | Self::NoOnCallColumn
            | Self::EmptyTab
            | Self::EndsSoon(_) => true,
            Self::DateTwice(_)
            | Self::NameTwice(_)
            | Self::WrongWeekday(..)
            | Self::UnreadColumn(_)
            | Self::NotALink(_)
            | Self::SamePersonTwice(_)
            | Self::FilledHoliday(_) => false,
        }
    }
}

/// One cell of a day's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftCell {
    /// Where it is.
    pub at: CellRef,
    /// What is written there; `None` when nothing is.
    pub name: Option<Foreign>,
}

/// One day's row: a cell for every on-call column, empty ones included.
pub type Shift = Vec<ShiftCell>;

/// Who is on call, by day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rotation {
    /// The tab, for findings that have no cell.
    pub tab: Arc<str>,
    /// The rows.
    pub shifts: BTreeMap<NaiveDate, Shift>,
}

/// What the rotation says about a day, for one chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coverage {
    /// At least one cell names somebody whom this chat can ping.
    OnCall {
        /// Those, each once, in the order of the columns.
        people: Vec<Mentionee>,
        /// The cells that are filled and name nobody.
        findings: Vec<Finding>,
        /// The day's row, by its first on-call cell.
        row: CellRef,
    },
    /// The rotation was read, and nobody can be pinged: why, cell by cell. Never empty.
    Gap {
        /// What is wrong.
        findings: Vec<Finding>,
    },
    /// The rotation could not be read and there is no copy.
    Unknown {
        /// Why.
        why: Unreadable,
    },
}

impl Rotation {
    /// Who is on call on that date.
    pub fn coverage(&self, date: NaiveDate, members: Option<&Members>, platform: Platform) -> Coverage {
        let Some(shift) = self.shifts.get(&date) else {
            return Coverage::Gap { findings: vec![Finding { at: None, problem: Problem::NoRow(date) }] };
        };
        let (mut people, mut findings) = (Vec::<Mentionee>::new(), Vec::new());
        let mut empty = Vec::new();
        for cell in shift {
            let Some(name) = &cell.name else {
                empty.push(Finding { at: Some(cell.at.clone()), problem: Problem::EmptyCell });
                continue;
            };
            match resolve(name, members, platform) {
                Ok(person) if people.iter().any(|known| known.handle == person.handle) => {}
                Ok(person) => people.push(person),
                Err(problem) => findings.push(Finding { at: Some(cell.at.clone()), problem }),
            }
        }
        match shift.first() {
            Some(first) if !people.is_empty() => Coverage::OnCall { people, findings, row: first.at.clone() },
            Some(_) => Coverage::Gap { findings: [findings, empty].concat() },
            None => Coverage::Gap { findings: vec![Finding { at: None, problem: Problem::NoOnCallColumn }] },
        }
    }
}

/// Whom a cell means. With a members tab that is a member, or an id of the chat itself; without one the cell must hold
/// what the chat pings.
fn resolve(name: &Foreign, members: Option<&Members>, platform: Platform) -> Result<Mentionee, Problem> {
    let unknown = || Problem::UnknownName(name.clone());
    if is_everybody(&normalized(name.as_str())) {
        return Err(unknown());
    }
    if let Some(member) = members.and_then(|members| members.by_name(name.as_str())) {
        return member.on(platform).ok_or_else(|| Problem::NoHandle(name.clone(), platform));
    }
    let handle = match (members, platform) {
        (_, Platform::Slack) | (None, _) => Handle::parse(name.as_str(), platform),
        (Some(_), _) => None,
    };
    handle.map(|handle| Mentionee { name: name.clone(), handle }).ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::member::Member;

    fn cell(column: u32, name: &str) -> ShiftCell {
        ShiftCell { at: CellRef { tab: "rotation".into(), row: 14, column }, name: Foreign::line(name) }
    }

    fn members() -> Members {
        let member = |name: &str, slack: &str, typetalk: &str| Member {
            name: name.into(),
            slack: Handle::slack(slack),
            typetalk: Handle::typetalk(typetalk),
            pagerduty: None,
        };
        Members(vec![
            member("佐藤", "U0SATO0001", "sato"),
            member("鈴木", "U0SUZUKI01", "suzuki"),
            member("田中", "", "tanaka"),
        ])
    }

    /// Who is pinged, then what is found.
    #[track_caller]
    fn check(names: &[&str], members: Option<&Members>, platform: Platform, people: &[&str], findings: &[&str]) {
        let date = NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date");
        let shift = names.iter().zip(2..).map(|(name, column)| cell(column, name)).collect();
        let rotation = Rotation { tab: "rotation".into(), shifts: BTreeMap::from([(date, shift)]) };
        let (who, what) = match rotation.coverage(date, members, platform) {
            Coverage::OnCall { people, findings, .. } => (people, findings),
            Coverage::Gap { findings } => (Vec::new(), findings),
            Coverage::Unknown { why } => panic!("{why:?}"),
        };
        assert_eq!(who.iter().map(|person| person.handle.as_str()).collect::<Vec<_>>(), people);
        let what: Vec<_> = what
            .iter()
            .map(|finding| {
                let at = finding.at.as_ref().map(ToString::to_string).unwrap_or_default();
                match &finding.problem {
                    Problem::EmptyCell => format!("{at} empty"),
                    Problem::UnknownName(name) => format!("{at} unknown {name}"),
                    Problem::NoHandle(name, platform) => format!("{at} {name} not on {platform:?}"),
                    other => format!("{at} {other:?}"),
                }
            })
            .collect();
        assert_eq!(what, findings);
    }

    #[test]
    fn cells_become_people_or_findings() {
        let members = members();
        let all = Some(&members);
        check(&["佐藤", "鈴木"], all, Platform::Slack, &["U0SATO0001", "U0SUZUKI01"], &[]);
        check(&[" @佐藤 ", "U0OTHER001"], all, Platform::Slack, &["U0SATO0001", "U0OTHER001"], &[]);
        check(&["佐藤", "佐藤"], all, Platform::Typetalk, &["sato"], &[]);
        check(&["佐藤", ""], all, Platform::Slack, &["U0SATO0001"], &[]);
        check(&["佐藤", "yamada(dev"], all, Platform::Slack, &["U0SATO0001"], &["rotation!C14 unknown yamada(dev"]);
        check(&["田中", ""], all, Platform::Slack, &[], &["rotation!B14 田中 not on Slack", "rotation!C14 empty"]);
        check(
            &["sato", "all"],
            all,
            Platform::Typetalk,
            &[],
            &["rotation!B14 unknown sato", "rotation!C14 unknown all"],
        );
        check(&["sato", "@suzuki"], None, Platform::Typetalk, &["sato", "suzuki"], &[]);
        check(&["@sato", "U0SUZUKI01"], None, Platform::Slack, &["U0SUZUKI01"], &["rotation!B14 unknown @sato"]);
        check(
            &["here", "everyone"],
            None,
            Platform::Screen,
            &[],
            &["rotation!B14 unknown here", "rotation!C14 unknown everyone"],
        );
        check(&["", ""], None, Platform::Slack, &[], &["rotation!B14 empty", "rotation!C14 empty"]);
    }

    #[test]
    fn a_day_without_a_row_is_a_gap() {
        let date = NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date");
        let findings = vec![Finding { at: None, problem: Problem::NoRow(date) }];
        assert_eq!(Rotation::default().coverage(date, None, Platform::Slack), Coverage::Gap { findings });
    }

    #[test]
    fn cells_are_named_as_the_sheet_names_them() {
        for (column, letters) in [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (53, "BA"), (702, "ZZ"), (703, "AAA")] {
            let at = CellRef { tab: "t".into(), row: 3, column };
            assert_eq!(at.to_string(), format!("t!{letters}3"));
        }
    }
}
