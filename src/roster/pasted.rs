//! A rotation as a spreadsheet puts it on the clipboard, for the demo.

use super::TeamTime;
use super::table::{Cell, Grid, Tabs, workbook};
use crate::domain::member::{Handle, Member, Members, normalized};
use crate::domain::rotation::{Rotation, Says};
use crate::domain::workbook::Workbook;
use crate::net::digest::sha256;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

// Limits, so that reading takes some seconds at most, whatever is pasted.
/// The rotation, in bytes: a year and more.
const LARGEST: usize = 64 * 1024;
/// The members, in bytes: some hundreds of them.
const LARGEST_MEMBERS: usize = 16 * 1024;
/// Cells of either, empty ones included: a whole new sheet has 26,000.
const MOST_CELLS: usize = 40_000;
/// A cell, in bytes.
const LONGEST_CELL: usize = 2_000;

/// Its tabs, and how they were read last.
#[derive(Debug)]
pub struct Pasted {
    tabs: Tabs,
    team: TeamTime,
    last: Mutex<Option<(NaiveDate, Arc<Workbook>)>>,
}

/// Why a text is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotCells {
    Empty,
    /// No two cells stand side by side.
    NoTab,
    TooLarge,
}

impl Pasted {
    /// Reads nothing yet. Where `members` is blank, there is no members tab.
    pub fn new(rotation: &str, members: &str, team: TeamTime) -> Result<Self, NotCells> {
        if rotation.trim().is_empty() {
            return Err(NotCells::Empty);
        }
        if !rotation.contains('\t') {
            return Err(NotCells::NoTab);
        }
        let rotation = grid("rotation", rotation, LARGEST)?;
        let members = if members.trim().is_empty() { None } else { Some(grid("members", members, LARGEST_MEMBERS)?) };
        Ok(Self { tabs: Tabs { rotation, members, ..Tabs::default() }, team, last: Mutex::new(None) })
    }

    /// Without a members tab, names stand for themselves.
    pub fn has_members(&self) -> bool {
        self.tabs.members.is_some()
    }

    /// The workbook. It is read once a day: a date without a year is another one on another day.
    pub fn read(&self, now: DateTime<Utc>) -> Arc<Workbook> {
        let day = self.team.today(now);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((read_on, workbook)) if *read_on == day => workbook.clone(),
            _ => {
                let workbook = Arc::new(workbook(&self.tabs, self.team.hours, day));
                *last = Some((day, workbook.clone()));
                workbook
            }
        }
    }
}

/// Members that the demo's chats can mention, one for each name of a rotation. A name has the same made-up ids each time.
pub fn stand_ins(rotation: &Rotation) -> Members {
    let mut members = BTreeMap::new();
    for cell in rotation.shifts.values().flatten() {
        let Says::People { people, .. } = &*cell.says else { continue };
        for person in people {
            members.entry(normalized(person.as_str())).or_insert_with_key(|name| {
                let digest = &sha256(name.as_bytes())[..12];
                let made_up = || Handle::slack(&format!("U0{}", digest.to_uppercase()));
                Member {
                    name: name.clone(),
                    slack: Handle::slack_in_rota(person.as_str()).or_else(made_up),
                    typetalk: Handle::typetalk(&format!("pasted-{digest}")),
                    pagerduty: None,
                }
            });
        }
    }
    Members(members.into_values().collect())
}

fn grid(tab: &str, text: &str, largest: usize) -> Result<Grid, NotCells> {
    if text.len() > largest {
        return Err(NotCells::TooLarge);
    }
    let rows = rows(text);
    let is_long = |cell: &Cell| matches!(cell, Cell::Text(text) if text.len() > LONGEST_CELL);
    if rows.iter().map(Vec::len).sum::<usize>() > MOST_CELLS || rows.iter().flatten().any(is_long) {
        return Err(NotCells::TooLarge);
    }
    Ok(Grid { tab: tab.into(), origin: (1, 1), rows, ..Grid::default() })
}

fn rows(text: &str) -> Vec<Vec<Cell>> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut rest = text.strip_suffix('\n').unwrap_or(&text);
    let mut rows = vec![Vec::new()];
    loop {
        let (cell, after) = first_cell(rest);
        if let Some(row) = rows.last_mut() {
            row.push(if cell.is_empty() { Cell::Empty } else { Cell::Text(cell) });
        }
        let Some(end) = after.chars().next() else { return rows };
        if end == '\n' {
            rows.push(Vec::new());
        }
        rest = &after[end.len_utf8()..];
    }
}

/// The text of the first cell, and what follows it: nothing, or a tab or a line break and the rest.
///
/// A cell with a line break is in quotation marks, and those in it are doubled. No cell holds a tab, so a quotation mark that
/// is not closed before the next one is text: `"` alone means "as above".
fn first_cell(text: &str) -> (String, &str) {
    let up_to_tab = &text[..text.find('\t').unwrap_or(text.len())];
    if let Some(quoted) = up_to_tab.strip_prefix('"') {
        let mut from = 0;
        while let Some(mark) = quoted[from..].find('"').map(|found| from + found) {
            let after = &quoted[mark + 1..];
            if after.is_empty() || after.starts_with('\n') {
                return (quoted[..mark].replace("\"\"", "\""), &text[mark + 2..]);
            }
            if !after.starts_with('"') {
                break;
            }
            from = mark + 2;
        }
    }
    let end = up_to_tab.find('\n').unwrap_or(up_to_tab.len());
    (text[..end].to_owned(), &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::BusinessHours;
    use crate::domain::member::Platform;
    use crate::domain::rotation::Coverage;

    #[track_caller]
    fn check(text: &str, expected: &[&[&str]]) {
        let shown = |cell: &Cell| match cell {
            Cell::Text(text) => text.clone(),
            Cell::Empty => String::new(),
            Cell::Number(number) => number.to_string(),
        };
        let rows: Vec<Vec<_>> = rows(text).iter().map(|row| row.iter().map(shown).collect()).collect();
        assert_eq!(rows, expected, "{text:?}");
    }

    #[test]
    fn cells_are_those_that_were_copied() {
        check("日付\t担当\r\n11/24\t佐藤, 鈴木\r\n", &[&["日付", "担当"], &["11/24", "佐藤, 鈴木"]]);
        check("a\t\"b\nc\"\td\ne\t\"f\r\ng\"", &[&["a", "b\nc", "d"], &["e", "f\ng"]]);
        check("a\t\"\nb\"\n\t\nc", &[&["a", "\nb"], &["", ""], &["c"]]);
        check("\"say \"\"a\"\"\nb\"\tc", &[&["say \"a\"\nb", "c"]]);
        check("a\n\n\nb\tc\n\n", &[&["a"], &[""], &[""], &["b", "c"], &[""]]);
        // A quotation mark alone means "as above", and one that is not closed begins a text.
        check("11/24\t佐藤\n11/25\t\"\n11/26\t\"\n", &[&["11/24", "佐藤"], &["11/25", "\""], &["11/26", "\""]]);
        check("11/24\t\"\t鈴木\n11/25\t\"", &[&["11/24", "\"", "鈴木"], &["11/25", "\""]]);
        check("\"\"\"\"\t\"\"", &[&["\"", ""]]);
        check("\"a\" b\t\"c\nd\te", &[&["\"a\" b", "\"c"], &["d", "e"]]);
        check("\"", &[&["\""]]);
        check("", &[&[""]]);
    }

    fn team() -> TeamTime {
        TeamTime { zone: chrono_tz::Asia::Tokyo, hours: BusinessHours::parse("10:00-17:00").expect("hours") }
    }

    #[test]
    fn what_is_no_table_is_not_taken() {
        let refused = |rotation: &str, members: &str| Pasted::new(rotation, members, team()).err();
        assert_eq!(refused(" \n\t\n", ""), Some(NotCells::Empty));
        assert_eq!(refused("2026/11/24,佐藤\n", ""), Some(NotCells::NoTab));
        assert_eq!(refused(&"a\tb\n".repeat(LARGEST / 4), ""), None);
        assert_eq!(refused(&"a\tb\n".repeat(LARGEST / 4 + 1), ""), Some(NotCells::TooLarge));
        assert_eq!(refused(&"\t".repeat(MOST_CELLS - 1).replacen('\t', "a\t", 1), ""), None);
        assert_eq!(refused(&"\t".repeat(MOST_CELLS).replacen('\t', "a\t", 1), ""), Some(NotCells::TooLarge));
        assert_eq!(refused("a\tb", &"a\n".repeat(LARGEST_MEMBERS / 2 + 1)), Some(NotCells::TooLarge));
        assert_eq!(refused(&format!("a\t{}", "b".repeat(LONGEST_CELL + 1)), ""), Some(NotCells::TooLarge));
        assert_eq!(refused("a\tb", "name\n佐藤"), None);
    }

    #[test]
    fn without_members_there_is_no_members_tab() {
        let has_members = |members: &str| Pasted::new("a\tb", members, team()).map(|pasted| pasted.has_members());
        assert_eq!([has_members("name\n佐藤"), has_members(" \n")], [Ok(true), Ok(false)]);
    }

    #[test]
    fn a_table_is_read_once_a_day() {
        let pasted = Pasted::new("日付\t担当\n2026/11/24\t佐藤\n", "", team()).expect("a table");
        let [morning, evening, tomorrow] = ["2026-11-24T00:00:00Z", "2026-11-24T14:59:59Z", "2026-11-24T15:00:00Z"]
            .map(|now| pasted.read(now.parse().expect("an instant")));
        assert!(Arc::ptr_eq(&morning, &evening));
        assert!(!Arc::ptr_eq(&evening, &tomorrow));
    }

    #[test]
    fn dates_without_a_year_are_those_of_the_day() {
        let pasted = Pasted::new("日付\t担当\n12/31\t佐藤\n1/4\t鈴木\n", "", team()).expect("a table");
        let days = |now: &str| {
            let workbook = pasted.read(now.parse().expect("an instant"));
            workbook.rotation.shifts.keys().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(days("2026-12-20T00:00:00Z"), ["2026-12-31", "2027-01-04"]);
        assert_eq!(days("2027-12-20T00:00:00Z"), ["2027-12-31", "2028-01-04"]);
    }

    #[test]
    fn names_without_a_members_tab_can_be_mentioned_in_the_demo() {
        let table = "日付\t担当\n2026/11/24\t佐藤・U0SUZUKI01\n2026/11/25\t@佐藤\n2026/11/26\there\n";
        let pasted = Pasted::new(table, "", team()).expect("a table");
        let mut workbook = Workbook::clone(&pasted.read("2026-11-24T02:00:00Z".parse().expect("an instant")));
        workbook.members = Some(stand_ins(&workbook.rotation));
        let who = |date: &str, platform| match workbook.coverage(date.parse().expect("a date"), platform) {
            Coverage::OnCall { people, .. } => people.iter().map(|person| person.handle.as_str().to_owned()).collect(),
            _ => Vec::new(),
        };
        assert_eq!(who("2026-11-24", Platform::Slack), ["U037585D0DA573", "U0SUZUKI01"]);
        assert_eq!(who("2026-11-25", Platform::Slack), ["U037585D0DA573"]);
        assert_eq!(who("2026-11-25", Platform::Typetalk), ["pasted-37585d0da573"]);
        assert_eq!(who("2026-11-26", Platform::Slack), Vec::<String>::new(), "it would ping a channel");
    }
}
