//! The copy of the workbook that the ledger keeps: the tabs as they were read, as JSON.
//!
//! Cells, not people: what reads a copy is the same code that reads the sheet, so the two cannot differ. Of the
//! rotation only the days around now are kept; the other rows are there, but empty, so that cells keep their names. Where
//! the days around now would be read otherwise without the other rows, all are kept.

use super::TeamTime;
use super::table::{Cell, Grid, Merge, Tabs, date, workbook};
use crate::domain::rotation::Rotation;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
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
    /// First row, row after the last, first column, column after the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    merges: Option<Vec<[usize; 4]>>,
}

/// The tabs as JSON. `read` is the rotation that they were read as.
pub fn to_json(tabs: &Tabs, read: &Rotation, team: TeamTime, now: DateTime<Utc>) -> String {
    let days = (now - BEFORE).date_naive()..=(now + AFTER).date_naive();
    let is_far = |row: &[Cell]| row.iter().find_map(date).is_some_and(|date| !days.contains(&date));
    let row = |row: &Vec<Cell>| if is_far(row) { Vec::new() } else { row.clone() };
    let near = Grid { rows: tabs.rotation.rows.iter().map(row).collect(), ..tabs.rotation.clone() };
    let near = Tabs { rotation: near, ..tabs.clone() };
    let around = |rotation: &Rotation| -> Vec<_> {
        rotation.shifts.range(days.clone()).map(|(date, shift)| (*date, shift.clone())).collect()
    };
    let today: NaiveDate = team.today(now);
    let is_the_same = around(&workbook(&near, team.hours, today).rotation) == around(read);
    let kept = if is_the_same { &near } else { tabs };
    let copy = Copy {
        rotation: tab(&kept.rotation),
        members: kept.members.as_ref().map(tab),
        runbooks: kept.runbooks.as_ref().map(tab),
        holidays: kept.holidays.as_ref().map(tab),
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

fn tab(grid: &Grid) -> Tab {
    let value = |cell: &Cell| match cell {
        Cell::Empty => Value::Null,
        Cell::Text(text) => text.as_str().into(),
        Cell::Number(number) => (*number).into(),
    };
    let rows = grid.rows.iter().map(|row| row.iter().map(value).collect()).collect();
    let corners = |merge: &Merge| [merge.rows.start, merge.rows.end, merge.columns.start, merge.columns.end];
    let merges = grid.merges.as_ref().map(|merges| merges.iter().map(corners).collect());
    Tab { tab: grid.tab.to_string(), origin: grid.origin, rows, merges }
}

fn grid(tab: Tab) -> Grid {
    let rows = tab.rows.into_iter().map(|row| row.into_iter().map(Cell::from).collect()).collect();
    let merge = |[top, bottom, left, right]: [usize; 4]| Merge { rows: top..bottom, columns: left..right };
    let merges = tab.merges.map(|merges| merges.into_iter().map(merge).collect());
    Grid { tab: tab.tab.into(), origin: tab.origin, rows, merges }
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
    use crate::domain::calendar::BusinessHours;

    fn team() -> TeamTime {
        TeamTime { zone: chrono_tz::Asia::Tokyo, hours: BusinessHours::parse("10:00-17:00").expect("hours") }
    }

    fn read(tabs: &Tabs, now: DateTime<Utc>) -> crate::domain::workbook::Workbook {
        workbook(tabs, team().hours, team().today(now))
    }

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
            merges: None,
        };
        let rows = vec![vec![text("a"), text("U0SATO0001")]];
        let members = Grid { tab: "members".into(), origin: (1, 1), rows, merges: None };
        let tabs = Tabs { rotation, members: Some(members), ..Tabs::default() };
        let now = "2026-11-24T12:00:00Z".parse().expect("an instant");
        let before = read(&tabs, now);
        let copy = from_json(&to_json(&tabs, &before.rotation, team(), now)).expect("it was just written");
        let after = read(&copy, now);
        assert_eq!((before.members, before.findings), (after.members, after.findings));
        let near: Vec<_> =
            after.rotation.shifts.iter().map(|(date, shift)| (date.to_string(), shift[0].at.row)).collect();
        assert_eq!(near, [("2026-11-17".into(), 5), ("2026-11-24".into(), 6), ("2026-12-29".into(), 8)]);
        for (date, shift) in after.rotation.shifts {
            assert_eq!(before.rotation.shifts.get(&date), Some(&shift));
        }
        assert_eq!(from_json("{\"rotation\":1}"), None);
    }

    #[test]
    fn rows_that_the_days_around_now_depend_on_are_kept() {
        let text = |text: &str| Cell::Text(text.into());
        let day = |serial: f64, name: &str| vec![Cell::Number(serial), text(name)];
        let mut rows = vec![vec![text("日付"), text("担当")], day(46_340.0, "a")];
        rows.extend((46_341..46_360).map(|serial| day(f64::from(serial), "〃")));
        let merges = Some(vec![Merge { rows: 0..1, columns: 1..3 }]);
        let rotation = Grid { tab: "rotation".into(), origin: (1, 1), rows, merges };
        let tabs = Tabs { rotation, ..Tabs::default() };
        let now = "2026-11-24T12:00:00Z".parse().expect("an instant");
        let before = read(&tabs, now);
        assert_eq!(from_json(&to_json(&tabs, &before.rotation, team(), now)), Some(tabs));
    }
}
