//! The rota of a year in its sheet: who is on call, and how it looks there.

use super::Year;
use super::calendar::{COMPANY, date};
use crate::sheet::{name, slack_id};
use chrono::NaiveDate;
use futures_util::future::BoxFuture;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use toban::domain::text::Link;
use toban::domain::unreadable::Unreadable;
use toban::roster::origin::Origin;
use toban::roster::table::{Cell, Grid, Tabs};

/// How many people share the rota.
pub const PEOPLE: u32 = 8;
const PAGE: &str = "https://docs.google.com/spreadsheets/d/1year/edit?gid=0#gid=0";

/// What somebody has written in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Written {
    Person(u32),
    /// A person, spelled otherwise.
    Spelled(u32),
    /// Somebody whom nobody knows.
    Stranger,
    Nothing,
}

impl Written {
    pub fn person(self) -> Option<u32> {
        match self {
            Self::Person(person) | Self::Spelled(person) => Some(person),
            Self::Stranger | Self::Nothing => None,
        }
    }

    fn text(self) -> String {
        match self {
            Self::Person(person) => name(person),
            Self::Spelled(person) => format!("@{}　", name(person)),
            Self::Stranger => "高梨".into(),
            Self::Nothing => String::new(),
        }
    }
}

/// The sheet as it is now.
#[derive(Debug, Default)]
pub struct Sheet {
    pub rows: BTreeMap<NaiveDate, [Written; 2]>,
    /// The newest row first.
    pub is_upside_down: bool,
    /// A column with remarks before those with people.
    pub has_remarks: bool,
    /// Google does not answer.
    pub is_down: bool,
}

impl Sheet {
    pub fn people(&self, day: NaiveDate) -> Vec<u32> {
        self.rows.get(&day).into_iter().flatten().filter_map(|written| written.person()).collect()
    }

    /// The cells of some days in which somebody should be and nobody is.
    pub fn wrong(&self, days: impl Iterator<Item = NaiveDate>) -> BTreeSet<(NaiveDate, usize)> {
        let is_wrong = |written: &Written| written.person().is_none();
        let of = |day: NaiveDate| {
            let cells = self.rows.get(&day).into_iter().flatten().enumerate();
            cells.filter(|(_, written)| is_wrong(written)).map(move |(slot, _)| (day, slot)).collect::<Vec<_>>()
        };
        days.flat_map(of).collect()
    }

    /// Where a day's cell is, as people say it.
    pub fn cell(&self, day: NaiveDate, slot: usize) -> String {
        let position = self.rows.keys().position(|other| *other == day).expect("it has a row");
        let row = if self.is_upside_down { self.rows.len() - position } else { position + 1 };
        let letter = ["B", "C", "D"][slot + usize::from(self.has_remarks)];
        format!("{letter}{}", row + 1)
    }

    fn tabs(&self) -> Tabs {
        let text = |text: &str| if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) };
        let row = |texts: &[&str]| texts.iter().map(|one| text(one)).collect::<Vec<_>>();
        let serial = |day: NaiveDate| {
            let days = (day - date("1899-12-30")).num_days();
            Cell::Number(f64::from(i32::try_from(days).expect("not so late")))
        };
        let with_remark = |mut cells: Vec<Cell>, remark: &str| {
            if self.has_remarks {
                cells.insert(1, text(remark));
            }
            cells
        };
        let of_day = |(day, cells): (&NaiveDate, &[Written; 2])| {
            let [first, second] = cells.map(|written| text(&written.text()));
            with_remark(vec![serial(*day), first, second], "")
        };
        let mut rows: Vec<_> = self.rows.iter().map(of_day).collect();
        if self.is_upside_down {
            rows.reverse();
        }
        rows.insert(0, with_remark(row(&["日付", "担当1", "担当2"]), "備考"));
        let grid = |tab: &str, rows| Grid {
            tab: tab.into(),
            origin: (1, 1),
            rows,
            address: Link::parse(PAGE),
            merges: Some(Vec::new()),
        };
        let mut members = vec![row(&["名前", "slack"])];
        members.extend((0..PEOPLE).map(|person| row(&[&name(person), &slack_id(person)])));
        let mut holidays = vec![row(&["日付", "名前"])];
        holidays.extend(COMPANY.iter().map(|(day, name)| vec![serial(date(day)), text(name)]));
        Tabs {
            rotation: grid("当番表", rows),
            members: Some(grid("メンバー", members)),
            holidays: Some(grid("休日", holidays)),
            ..Tabs::default()
        }
    }
}

/// The sheet as a process reads it.
#[derive(Debug)]
pub struct Client(pub Arc<Year>);

impl Origin for Client {
    fn read(&self, _: NaiveDate) -> BoxFuture<'_, Result<Tabs, Unreadable>> {
        Box::pin(async {
            tokio::task::yield_now().await;
            let read = self.0.with(|state| (!state.sheet.is_down).then(|| state.sheet.tabs()));
            tokio::task::yield_now().await;
            read.ok_or(Unreadable::Unavailable(503))
        })
    }

    fn prepare(&self) -> BoxFuture<'_, ()> {
        Box::pin(tokio::task::yield_now())
    }

    fn silence(&self) -> Unreadable {
        Unreadable::NoAnswer
    }
}
