//! What people do to the sheet in a year, what goes wrong, and what has to be told of it.

mod scenes;

use super::calendar::{CLOSES, OPENS, day_of, is_in_the_rota, is_working, minute_of, next_working, year};
use super::expected::Expected;
use super::sheet::{PEOPLE, Written};
use chrono::{DateTime, Datelike as _, Months, NaiveDate, TimeDelta, Utc, Weekday};
use fastrand::Rng;
use std::collections::BTreeMap;

pub type Rows = BTreeMap<NaiveDate, [Written; 2]>;

/// Something that is done at a time.
#[derive(Debug, Clone)]
pub enum Deed {
    /// Cells are written.
    Write(Vec<(NaiveDate, usize, Written)>),
    /// A month is pasted in, and what is older than this one is deleted.
    Paste(Rows, NaiveDate),
    TurnUpsideDown,
    AddOrRemoveRemarks,
    /// Google is down until then.
    GoesDown,
    ComesUp,
    /// Another version of toban has written what it knows.
    Upgrade,
    /// The channel takes nothing until then.
    ChatRefuses,
    ChatTakes,
}

/// What happens at one tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The process dies at that await.
    Crash(u32),
    /// It is called twice at once.
    Twice,
}

#[derive(Debug)]
pub struct Script {
    pub begins_with: Rows,
    /// In their order.
    pub deeds: Vec<(DateTime<Utc>, Deed)>,
    pub expected: Vec<Expected>,
    /// By the minute of the tick.
    pub troubles: BTreeMap<DateTime<Utc>, Trouble>,
    /// How often each kind of scene is in it.
    pub scenes: BTreeMap<&'static str, usize>,
}

/// The tick that tells what is edited at a time; it was seen ten minutes before.
pub fn told_at(edited: DateTime<Utc>) -> DateTime<Utc> {
    let ticks = |from: DateTime<Utc>| {
        let first = (from.timestamp() + 599).div_euclid(600);
        (first..).map(|tick| DateTime::from_timestamp(tick * 600, 0).expect("a time"))
    };
    let within =
        |tick: &DateTime<Utc>, opens: i64| is_working(day_of(*tick)) && (opens..CLOSES).contains(&minute_of(*tick));
    let seen = ticks(edited).find(|tick| within(tick, OPENS - 10)).expect("there is a tomorrow");
    ticks(seen + TimeDelta::minutes(10)).find(|tick| within(tick, OPENS)).expect("there is a tomorrow")
}

/// The month's rows: a pair for each week.
pub fn month(of: NaiveDate) -> Rows {
    let days = of.with_day(1).expect("a day").iter_days().take_while(|day| day.month() == of.month());
    let pair = |day: NaiveDate| {
        let week =
            u32::try_from(day.week(Weekday::Mon).first_day().num_days_from_ce() / 7).expect("it is after Christ");
        [week % PEOPLE, (week + 3) % PEOPLE].map(Written::Person)
    };
    days.filter(|day| is_in_the_rota(*day)).map(|day| (day, pair(day))).collect()
}

/// Writes it, day by day.
struct Writer {
    rng: Rng,
    rows: Rows,
    script: Script,
    /// The sheet is left alone before.
    free_from: NaiveDate,
}

pub fn by_chance(rng: Rng) -> Script {
    let first = year().next().expect("a day");
    let begins_with: Rows = month(first).into_iter().chain(month(first + Months::new(1))).collect();
    let script = Script {
        begins_with: begins_with.clone(),
        deeds: Vec::new(),
        expected: Vec::new(),
        troubles: BTreeMap::new(),
        scenes: BTreeMap::new(),
    };
    let mut writer = Writer { rng, rows: begins_with, script, free_from: next_working(first) };
    for day in year().filter(|day| is_working(*day)) {
        if day < writer.free_from {
            continue;
        }
        let last = *writer.rows.keys().next_back().expect("a row");
        let scene = if last.month() == day.month() && day.day() >= 8 {
            writer.paste(day);
            "a month is pasted in"
        } else {
            writer.scene(day)
        };
        *writer.script.scenes.entry(scene).or_default() += 1;
    }
    let mut script = writer.script;
    script.deeds.sort_by_key(|(at, _)| *at);
    script
}
