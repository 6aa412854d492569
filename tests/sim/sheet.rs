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
const DAYS: i64 = 5;
/// For so long what is blank is taken for one that is being written, less what clocks differ and copies are old.
const REWRITING: Duration = Duration::from_secs(13 * 60);
/// A name that nobody has.
const STRANGER: &str = "だれか";

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
    /// The cells hold names that nobody has.
    Strangers,
    /// One of the cells does.
    Half(u32),
    /// Who wrote them was not sure.
    Unsure,
    /// The days are marked as nobody's.
    Off,
}

/// What somebody understands who reads the cells of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// These people, and a cell that has to be quoted.
    People(Vec<u32>, &'static str),
    /// Nobody, on purpose.
    Nobodys,
    NobodyKnown,
}

impl Version {
    /// Nobody can read anything in it.
    fn is_blank(self) -> bool {
        matches!(self, Self::Empty | Self::Garbage)
    }

    /// Who is on call.
    pub fn says(self, date: NaiveDate) -> Says {
        let first = |shift: u32| (date.ordinal() + shift) % PEOPLE;
        match self {
            Self::Whole(shift) => Says::People(vec![first(shift), (first(shift) + 1) % PEOPLE], ""),
            Self::Half(shift) => Says::People(vec![first(shift)], STRANGER),
            Self::Off => Says::Nobodys,
            Self::Empty | Self::Garbage | Self::Strangers | Self::Unsure => Says::NobodyKnown,
        }
    }

    /// The cells of a day.
    fn cells(self, date: NaiveDate) -> [String; 2] {
        match (self, self.says(date)) {
            (_, Says::People(people, _)) => [0, 1].map(|nth| people.get(nth).map_or(STRANGER.into(), |one| name(*one))),
            (_, Says::Nobodys) => ["なし".into(), "-".into()],
            (Self::Unsure, _) => [name(0) + "?", format!("{} or {}", name(1), name(2))],
            (_, Says::NobodyKnown) => [STRANGER.into(), "未定さん".into()],
        }
    }
}

pub fn slack_id(person: u32) -> String {
    format!("U0PERSON{person}")
}

pub fn typetalk_name(person: u32) -> String {
    format!("person{person}")
}

pub fn pagerduty_id(person: u32) -> &'static str {
    [
        "PPERS00", "PPERS01", "PPERS02", "PPERS03", "PPERS04", "PPERS05", "PPERS06", "PPERS07", "PPERS08", "PPERS09",
        "PPERS10",
    ][person as usize]
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
            let other = match one_of(rng, [0, 1, 2]) {
                0 => [Version::Empty, Version::Off][shift as usize % 2],
                1 => [Version::Garbage, Version::Half(shift)][shift as usize % 2],
                _ => [Version::Strangers, Version::Unsure][shift as usize % 2],
            };
            versions.push((at, if rng.u32(..3) == 0 { other } else { Version::Whole(shift) }));
        }
        if !matches!(versions.last(), Some((_, Version::Whole(_)))) {
            versions.push((lasts.saturating_sub(Duration::from_secs(280)), Version::Whole(99)));
        }
        Self { versions }
    }

    fn at(&self, at: Duration) -> Version {
        self.versions.iter().rfind(|(begin, _)| *begin <= at).expect("there always is one").1
    }

    /// What it said at any time of a span; and if that is nothing, what it said before somebody began to write it anew.
    pub fn between(&self, from: Duration, to: Duration) -> Vec<Version> {
        let ends = self.versions.iter().skip(1).map(|(at, _)| *at).chain([Duration::MAX]);
        let spans: Vec<_> = self.versions.iter().zip(ends).collect();
        let said = |from: Duration| {
            let then = spans.iter().filter(move |((begin, _), end)| *begin <= to && *end > from);
            then.map(|((_, version), _)| *version).collect::<Vec<_>>()
        };
        let all = said(from);
        if all.iter().any(|version| version.is_blank()) { said(from.min(to.saturating_sub(REWRITING))) } else { all }
    }
}

fn tabs(version: Version, today: NaiveDate, day_off: Option<NaiveDate>, others: impl Iterator<Item = u32>) -> Tabs {
    let text = |text: &str| if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) };
    let row = |texts: &[&str]| texts.iter().map(|one| text(one)).collect::<Vec<_>>();
    let serial = |day: NaiveDate| {
        let first = NaiveDate::from_ymd_opt(1899, 12, 30).expect("a date");
        Cell::Number(f64::from(i32::try_from((day - first).num_days()).expect("not so late")))
    };
    let mut rows = match version {
        Version::Empty => Vec::new(),
        Version::Garbage => vec![row(&["#REF!", "", "#REF!"]), row(&["", "Loading...", "x"])],
        _ => vec![row(&["日付", "担当1", "担当2"])],
    };
    if rows.len() == 1 {
        for away in -DAYS..=DAYS {
            let day = today + TimeDelta::days(away);
            let cells = version.cells(day);
            rows.push(vec![serial(day), text(&cells[0]), text(&cells[1])]);
        }
    }
    let grid = |tab: &str, rows| Grid { tab: tab.into(), origin: (1, 1), rows, address: None, merges: None };
    let mut members = vec![row(&["名前", "slack", "typetalk", "pagerduty"])];
    for person in (0..PEOPLE).chain(others) {
        members.push(row(&[&name(person), &slack_id(person), &typetalk_name(person), pagerduty_id(person)]));
    }
    let holiday = |date: NaiveDate| grid("休日", vec![row(&["日付", "名前"]), vec![serial(date), text("創立記念日")]]);
    Tabs {
        rotation: grid("当番表", rows),
        members: Some(grid("メンバー", members)),
        holidays: day_off.map(holiday),
        ..Tabs::default()
    }
}

/// The sheet as a process reads it.
#[derive(Debug)]
pub struct Client(pub Arc<World>);

impl Origin for Client {
    fn read(&self, today: NaiveDate) -> BoxFuture<'_, Result<Tabs, Unreadable>> {
        Box::pin(async move {
            let read = move |world: &World, _| {
                let now = world.elapsed();
                let version = world.rota.at(now);
                let others = world.pressing.iter().flat_map(|_| others_in_the_tab());
                tabs(version, today, world.parts.hours.day_off, others)
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
