//! The rota in its sheet, as people edit it, and as it is when something breaks it.

use crate::people::others_in_the_tab;
use crate::weather::Service;
use crate::world::{World, one_of};
use chrono::{Datelike as _, NaiveDate, TimeDelta};
use fastrand::Rng;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use std::time::Duration;
use toban::domain::unreadable::Unreadable;
use toban::roster::origin::Origin;
use toban::roster::table::{Cell, Grid, Tabs};

/// How many people share the rota.
pub const PEOPLE: u32 = 6;
/// So many days before and after today are in the sheet.
const DAYS: i64 = 2;

/// The sheet's versions, one after the other.
#[derive(Debug)]
pub struct Rota {
    /// When it became what it is.
    versions: Vec<(Duration, Version)>,
}

/// What the sheet says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// A whole rota, moved by so many people.
    Whole(u32),
    Empty,
    /// Nothing that anybody could read.
    Garbage,
    /// Today's cells hold names that nobody has.
    Strangers,
}

impl Version {
    /// Who is on call.
    pub fn pair(self, date: NaiveDate) -> Option<[u32; 2]> {
        let Self::Whole(shift) = self else { return None };
        let first = (date.ordinal() + shift) % PEOPLE;
        Some([first, (first + 1) % PEOPLE])
    }
}

pub fn slack_id(person: u32) -> String {
    format!("U0PERSON{person}")
}

pub fn typetalk_name(person: u32) -> String {
    format!("person{person}")
}

pub fn pagerduty_id(person: u32) -> String {
    format!("PPERS0{person}")
}

pub fn name(person: u32) -> String {
    ["佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤", "吉田"][person as usize].to_owned()
}

impl Rota {
    /// The last edit is made some time before the weather ends, and what it leaves is whole.
    pub fn by_chance(rng: &mut Rng, lasts: Duration) -> Self {
        let mut versions = vec![(Duration::ZERO, Version::Whole(0))];
        let mut at = Duration::ZERO;
        for shift in 1.. {
            at += Duration::from_secs(rng.u64(30..900));
            if at + Duration::from_secs(300) > lasts {
                break;
            }
            let other = one_of(rng, [Version::Empty, Version::Garbage, Version::Strangers]);
            versions.push((at, if rng.u32(..3) == 0 { other } else { Version::Whole(shift) }));
        }
        if !matches!(versions.last(), Some((_, Version::Whole(_)))) {
            versions.push((lasts.saturating_sub(Duration::from_secs(280)), Version::Whole(99)));
        }
        Self { versions }
    }

    /// What it said at any time of a span.
    pub fn between(&self, from: Duration, to: Duration) -> Vec<Version> {
        let ends = self.versions.iter().skip(1).map(|(at, _)| *at).chain([Duration::MAX]);
        let spans = self.versions.iter().zip(ends);
        spans.filter(|((begin, _), end)| *begin <= to && *end > from).map(|((_, version), _)| *version).collect()
    }
}

fn tabs(version: Version, today: NaiveDate, others: impl Iterator<Item = u32>) -> Tabs {
    let text = |text: &str| if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) };
    let row = |texts: &[&str]| texts.iter().map(|one| text(one)).collect::<Vec<_>>();
    let serial = |day: NaiveDate| {
        let first = NaiveDate::from_ymd_opt(1899, 12, 30).expect("a date");
        Cell::Number(f64::from(i32::try_from((day - first).num_days()).expect("not so late")))
    };
    let mut rows = match version {
        Version::Empty => Vec::new(),
        Version::Garbage => vec![row(&["#REF!", "", "#REF!"]), row(&["", "Loading...", "x"])],
        Version::Whole(_) | Version::Strangers => vec![row(&["日付", "担当1", "担当2"])],
    };
    if rows.len() == 1 {
        for away in -DAYS..=DAYS {
            let day = today + TimeDelta::days(away);
            let names = version.pair(day).map(|pair| pair.map(name));
            let names = names.unwrap_or_else(|| ["だれか".to_owned(), "未定さん".to_owned()]);
            rows.push(vec![serial(day), text(&names[0]), text(&names[1])]);
        }
    }
    let grid = |tab: &str, rows| Grid { tab: tab.into(), origin: (1, 1), rows, address: None, merges: None };
    let mut members = vec![row(&["名前", "slack", "typetalk", "pagerduty"])];
    for person in (0..PEOPLE).chain(others) {
        members.push(row(&[&name(person), &slack_id(person), &typetalk_name(person), &pagerduty_id(person)]));
    }
    Tabs { rotation: grid("当番表", rows), members: Some(grid("メンバー", members)), ..Tabs::default() }
}

/// The sheet as a process reads it.
#[derive(Debug)]
pub struct Client(pub Arc<World>);

impl Origin for Client {
    fn read(&self, today: NaiveDate) -> BoxFuture<'_, Result<Tabs, Unreadable>> {
        Box::pin(async move {
            let read = move |world: &World, _| {
                let now = world.elapsed();
                let version = *world.rota.between(now, now).first().expect("there always is one");
                let others = world.pressing.iter().flat_map(|_| others_in_the_tab());
                tabs(version, today, others)
            };
            self.0.call(Service::Sheet, "read the sheet", read).await.map_err(|_| Unreadable::Unavailable(503))
        })
    }

    fn prepare(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            self.0.call(Service::Sheet, "get a token", |_, _| ()).await.ok();
        })
    }

    fn silence(&self) -> Unreadable {
        Unreadable::NoAnswer
    }
}
