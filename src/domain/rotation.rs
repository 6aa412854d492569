//! Taking turns: who is on call on a day, and what is wrong with the table that says so.

pub use crate::domain::finding::{CellRef, Finding, Problem, Shape, Tab};
use crate::domain::member::{Handle, Members, Mentionee, Platform, is_everybody, normalized};
use crate::domain::text::Foreign;
use crate::domain::unreadable::Unreadable;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One cell of a day's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftCell {
    /// Where it is.
    pub at: CellRef,
    /// What is written there; `None` when nothing is.
    pub name: Option<Foreign>,
    /// What that means. Cells with the same words share it.
    pub says: Arc<Says>,
}

/// What an on-call cell means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// Nothing is written there.
    Nothing,
    /// Nobody is on call, and somebody has written so: 休み, なし, `-`.
    Nobody,
    /// Somebody is.
    People {
        /// Each by the name in the members tab, or by the id or name that is written.
        people: Vec<Foreign>,
        /// What else stands in the cell and names nobody.
        problems: Vec<Problem>,
    },
}

impl Says {
    /// Nobody can be sure who is meant.
    pub fn unsure(problem: Problem) -> Self {
        Self::People { people: Vec::new(), problems: vec![problem] }
    }
}

/// One day's row: a cell for every on-call column, empty ones included.
pub type Shift = Vec<ShiftCell>;

/// Who is on call, by day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rotation {
    /// The tab, for findings that have no cell.
    pub tab: Arc<Tab>,
    /// The rows.
    pub shifts: BTreeMap<NaiveDate, Shift>,
    /// Why none of the tab is read, when that is so.
    pub refused: Option<Finding>,
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
    /// The day is marked as deliberately nobody's.
    Nobody {
        /// The day's row, by its first on-call cell.
        row: CellRef,
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
            let no_row = || Finding { at: None, problem: Problem::NoRow(date) };
            return Coverage::Gap { findings: vec![self.refused.clone().unwrap_or_else(no_row)] };
        };
        let Some(first) = shift.first() else {
            return Coverage::Gap { findings: vec![Finding { at: None, problem: Problem::NoOnCallColumn }] };
        };
        let mut people = Vec::<Mentionee>::new();
        let mut findings = Vec::new();
        let mut empty = Vec::new();
        let mut is_nobodys = false;
        for cell in shift {
            let finding = |problem| Finding { at: Some(cell.at.clone()), problem };
            match &*cell.says {
                Says::Nothing => empty.push(finding(Problem::EmptyCell)),
                Says::Nobody => is_nobodys = true,
                Says::People { people: named, problems } => {
                    for name in named {
                        match resolve(name, members, platform) {
                            Ok(person) if people.iter().any(|known| known.handle == person.handle) => {}
                            Ok(person) => people.push(person),
                            Err(problem) => findings.push(finding(problem)),
                        }
                    }
                    findings.extend(problems.iter().cloned().map(finding));
                }
            }
        }
        let row = first.at.clone();
        if !people.is_empty() {
            Coverage::OnCall { people, findings, row }
        } else if is_nobodys && findings.is_empty() {
            Coverage::Nobody { row }
        } else {
            Coverage::Gap { findings: [findings, empty].concat() }
        }
    }
}

/// Whom a name in the rotation means. With a members tab that is a member, or an id of the chat itself; without one the cell must hold
/// what the chat pings.
pub(super) fn resolve(name: &Foreign, members: Option<&Members>, platform: Platform) -> Result<Mentionee, Problem> {
    let unknown = || Problem::UnknownName(name.clone());
    if is_everybody(&normalized(name.as_str())) {
        return Err(unknown());
    }
    if let Some(member) = members.and_then(|members| members.by_name(name.as_str())) {
        return member.on(platform).ok_or_else(|| Problem::NoHandle(name.clone(), platform));
    }
    let handle = match (members, platform) {
        (_, Platform::Slack) => Handle::slack_in_rota(name.as_str()),
        (None, _) => Handle::parse(name.as_str(), platform),
        (Some(_), _) => None,
    };
    handle.map(|handle| Mentionee { name: name.clone(), handle }).ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::member::Member;

    /// A cell that was read as the one name that stands in it.
    fn cell(column: u32, name: &str) -> ShiftCell {
        let name = Foreign::line(name);
        let says = match &name {
            None => Says::Nothing,
            Some(word) if word.as_str() == "-" => Says::Nobody,
            Some(word) => Says::People { people: vec![word.clone()], problems: Vec::new() },
        };
        ShiftCell { at: CellRef { tab: Tab::named("rotation"), row: 14, column }, name, says: Arc::new(says) }
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
        let rotation = Rotation { tab: Tab::named("rotation"), shifts: BTreeMap::from([(date, shift)]), refused: None };
        let (who, what) = match rotation.coverage(date, members, platform) {
            Coverage::OnCall { people, findings, .. } => (people, findings),
            Coverage::Gap { findings } => (Vec::new(), findings),
            Coverage::Nobody { .. } => (Vec::new(), Vec::new()),
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
        check(&["-", ""], all, Platform::Slack, &[], &[]);
        check(&["佐藤", "-"], all, Platform::Slack, &["U0SATO0001"], &[]);
        check(&["山田", "-"], all, Platform::Slack, &[], &["rotation!B14 unknown 山田"]);
        check(&["WATANABE", "<@UABCDEFG>"], None, Platform::Slack, &["UABCDEFG"], &["rotation!B14 unknown WATANABE"]);
    }

    #[test]
    fn a_day_without_a_row_is_a_gap() {
        let date = NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date");
        let findings = vec![Finding { at: None, problem: Problem::NoRow(date) }];
        assert_eq!(Rotation::default().coverage(date, None, Platform::Slack), Coverage::Gap { findings });
    }
}
