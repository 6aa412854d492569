//! The copy of the workbook that the ledger keeps: what was read, as JSON.
//!
//! Not cells, but what the reader made of them: so all instances say the same, also while an upgrade is under way. Of the
//! rotation only the days around now are kept.

mod wire;

use super::table::READER;
use crate::domain::workbook::Workbook;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use wire::{TabList, Wire as _};

/// The rotation's days in a copy, before and after the time of reading.
const BEFORE: TimeDelta = TimeDelta::days(7);
const AFTER: TimeDelta = TimeDelta::days(35);

/// What was read, and by which version of the reader.
#[derive(Debug)]
pub struct Copy {
    pub reader: u32,
    pub workbook: Workbook,
}

/// The workbook as JSON.
pub fn to_json(workbook: &Workbook, now: DateTime<Utc>) -> String {
    let days = (now - BEFORE).date_naive()..=(now + AFTER).date_naive();
    let mut near = workbook.clone();
    near.rotation.shifts.retain(|day, _| days.contains(day));
    let mut tabs = TabList::default();
    let workbook = near.to_wire(&mut tabs);
    json!({"reader": READER, "tabs": tabs.to_value(), "workbook": workbook}).to_string()
}

/// `None` if a version of toban with another format wrote it.
pub fn from_json(json: &str) -> Option<Copy> {
    let copy: Value = serde_json::from_str(json).ok()?;
    let tabs = TabList::from_value(&copy["tabs"])?;
    let reader = u32::from_wire(&copy["reader"], &tabs)?;
    Some(Copy { reader, workbook: Workbook::from_wire(&copy["workbook"], &tabs)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::BusinessHours;
    use crate::domain::finding::Tab;
    use crate::domain::rotation::{CellRef, Finding, Problem};
    use crate::domain::text::{Foreign, Link};
    use crate::roster::table::{Cell, Grid, Tabs, workbook};

    fn grid(tab: &str, rows: &[&[&str]]) -> Grid {
        let cell = |text: &&str| match text.parse() {
            Ok(number) => Cell::Number(number),
            Err(_) if text.is_empty() => Cell::Empty,
            Err(_) => Cell::Text((*text).to_owned()),
        };
        let rows = rows.iter().map(|row| row.iter().map(cell).collect()).collect();
        let address = Link::parse("https://docs.google.com/spreadsheets/d/1x/edit?gid=7#gid=7");
        Grid { tab: tab.into(), origin: (3, 1), rows, address, merges: None }
    }

    #[test]
    fn a_copy_says_the_same_as_the_sheet_about_the_days_around_it() {
        // 46350 is 2026-11-24.
        let rotation = grid(
            "rotation",
            &[
                &["日付", "担当1", "担当2", ""],
                &["46300", "old", ""],
                &["46343", "a", "なし"],
                &["46350", "b、未定", "c"],
                &["remark", "a"],
                &["46385", "a", "x", "→b"],
                &["46386", "far"],
            ],
        );
        let tabs = Tabs {
            rotation,
            members: Some(grid("members", &[&["a", "U0SATO0001", "sato", "PSATO01"], &["b", "?"]])),
            runbooks: Some(grid("runbooks", &[&["HTTP*5xx", "broken", "restart", "https://wiki.example.com/x"]])),
            holidays: Some(grid("holidays", &[&["46360", "創立記念日"]])),
            ..Tabs::default()
        };
        let now: DateTime<Utc> = "2026-11-24T12:00:00Z".parse().expect("an instant");
        let before = workbook(&tabs, BusinessHours::parse("10:00-17:00").expect("hours"), now.date_naive());
        assert!(before.findings.len() > 1 && before.runbooks.len() == 1 && before.holidays.len() == 1, "{before:?}");
        let copy = from_json(&to_json(&before, now)).expect("it was just written");
        assert_eq!(copy.reader, READER);
        let mut near = before.clone();
        near.rotation.shifts.retain(|day, _| !["2026-10-05", "2026-12-30"].contains(&day.to_string().as_str()));
        assert_eq!((near.rotation.shifts.len(), copy.workbook), (3, near));
        for other in ["{\"rotation\":1}", "{\"reader\":1,\"workbook\":{}}", "[]", ""] {
            assert!(from_json(other).is_none(), "{other}");
        }
    }

    #[test]
    fn findings_come_back_as_they_were_and_each_tab_is_named_once() {
        let words = |text| Foreign::line(text).expect("words");
        let date = |text: &str| text.parse().expect("a date");
        // Each cell has a tab of its own, with the same name.
        let at = |row, column| Some(CellRef { tab: Tab::named("rotation"), row, column });
        let (first, last) = (date("2026-12-01"), date("2026-12-12"));
        let findings = vec![
            Finding { at: None, problem: Problem::NoTab(words("members!A:D"), true) },
            Finding { at: None, problem: Problem::NoTab(words("runbooks!A:D"), false) },
            Finding { at: at(3, 2), problem: Problem::NoRows { first, last, days: 12 } },
            Finding { at: at(30, 27), problem: Problem::SecondTable { title: None, days: 7, first } },
        ];
        let before = Workbook { findings, ..Workbook::default() };
        let json = to_json(&before, "2026-11-24T12:00:00Z".parse().expect("an instant"));
        assert_eq!(from_json(&json).map(|copy| copy.workbook), Some(before));
        let written: Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(written["tabs"], json!([["", null], ["rotation", null]]));
    }
}
