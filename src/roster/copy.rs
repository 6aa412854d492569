//! The copy of the workbook that the ledger keeps: the tabs as they were read, as JSON.
//!
//! It holds cells, not people, so that the code that reads the sheet reads the copy as well. Only the rotation's rows
//! around the current date are filled; the others are kept, but empty, so that cells keep their addresses.

use super::table::{Cell, Grid, Tabs, date};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The rotation's days in a copy, before and after the time of reading.
const BEFORE: TimeDelta = TimeDelta::days(7);
const AFTER: TimeDelta = TimeDelta::days(35);

#[derive(Serialize, Deserialize)]
struct Copy {
    rotation: Tab,
    members: Option<Tab>,
    runbooks: Option<Tab>,
    holidays: Option<Tab>,
}

#[derive(Serialize, Deserialize)]
struct Tab {
    tab: String,
    origin: (u32, u32),
    rows: Vec<Vec<Value>>,
}

pub fn to_json(tabs: &Tabs, now: DateTime<Utc>) -> String {
    let days = (now - BEFORE).date_naive()..=(now + AFTER).date_naive();
    let is_far = |row: &[Cell]| row.iter().find_map(date).is_some_and(|date| !days.contains(&date));
    let copy = Copy {
        rotation: tab(&tabs.rotation, is_far),
        members: tabs.members.as_ref().map(|grid| tab(grid, |_| false)),
        runbooks: tabs.runbooks.as_ref().map(|grid| tab(grid, |_| false)),
        holidays: tabs.holidays.as_ref().map(|grid| tab(grid, |_| false)),
    };
    serde_json::to_string(&copy).expect("strings and numbers are JSON")
}

/// `None` if a version of toban with another format wrote it.
pub fn from_json(json: &str) -> Option<Tabs> {
    let copy: Copy = serde_json::from_str(json).ok()?;
    Some(Tabs {
        rotation: grid(copy.rotation),
        members: copy.members.map(grid),
        runbooks: copy.runbooks.map(grid),
        holidays: copy.holidays.map(grid),
    })
}

fn tab(grid: &Grid, leave_out: impl Fn(&[Cell]) -> bool) -> Tab {
    let value = |cell: &Cell| match cell {
        Cell::Empty => Value::Null,
        Cell::Text(text) => text.as_str().into(),
        Cell::Number(number) => (*number).into(),
    };
    let row = |row: &Vec<Cell>| if leave_out(row) { Vec::new() } else { row.iter().map(value).collect() };
    Tab { tab: grid.tab.to_string(), origin: grid.origin, rows: grid.rows.iter().map(row).collect() }
}

fn grid(tab: Tab) -> Grid {
    let rows = tab.rows.into_iter().map(|row| row.into_iter().map(Cell::from).collect()).collect();
    Grid { tab: tab.tab.into(), origin: tab.origin, rows }
}

impl From<Value> for Cell {
    /// From the format of the Sheets API, which is that of a copy, too.
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Empty,
            Value::String(text) if text.is_empty() => Self::Empty,
            Value::String(text) => Self::Text(text),
            Value::Number(number) => number.as_f64().map_or(Self::Empty, Self::Number),
            other => Self::Text(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::table::workbook;

    #[test]
    fn a_copy_says_the_same_as_the_sheet_about_the_days_around_it() {
        let text = |text: &str| Cell::Text(text.into());
        let day = |serial: f64, name: &str| vec![Cell::Number(serial), text(name), Cell::Empty];
        // 2026-11-24 is 46350.
        let rotation = Grid {
            tab: "rotation".into(),
            origin: (3, 1),
            rows: vec![
                vec![text("日付"), text("担当1"), text("担当2")],
                day(46_300.0, "old"),
                day(46_343.0, "a"),
                day(46_350.0, "b"),
                vec![text("remark")],
                day(46_385.0, "c"),
                day(46_386.0, "far"),
            ],
        };
        let members = Grid { tab: "members".into(), origin: (1, 1), rows: vec![vec![text("a"), text("U0SATO0001")]] };
        let tabs = Tabs { rotation, members: Some(members), ..Tabs::default() };
        let now = "2026-11-24T12:00:00Z".parse().expect("an instant");
        let copy = from_json(&to_json(&tabs, now)).expect("it was just written");
        let before = workbook(&tabs);
        let after = workbook(&copy);
        assert_eq!((before.members, before.findings), (after.members, after.findings));
        let near: Vec<_> =
            after.rotation.shifts.iter().map(|(date, shift)| (date.to_string(), shift[0].at.row)).collect();
        assert_eq!(near, [("2026-11-17".into(), 5), ("2026-11-24".into(), 6), ("2026-12-29".into(), 8)]);
        for (date, shift) in after.rotation.shifts {
            assert_eq!(before.rotation.shifts.get(&date), Some(&shift));
        }
        assert_eq!(from_json("{\"rotation\":1}"), None);
    }
}
