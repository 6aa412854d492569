//! A year of notices: a thousand incidents, a sheet that is edited on most days, holidays, crashes, and a chat and a sheet that fail.
//! Every tick of the year runs. What is told is compared with what somebody would tell who knows every edit, and is kept as one text.

mod calendar;
mod chat;
mod check;
mod expected;
mod incidents;
mod processes;
mod rows;
mod script;
mod sheet;

use calendar::{CLOSES, OPENS, at, day_of, is_working, next_working, year};
use chat::{Chat, Post};
use check::Check;
use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use processes::Processes;
use script::{Deed, Trouble};
use sheet::Sheet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use toban::domain::reminder::Reminder;
use toban::roster::table::READER;
use toban::store::Put;
use toban::store::condition::Condition;
use toban::store::item::{Item, Value};
use tokio::task::LocalSet;

const SEED: u64 = 2026;

/// Everything outside toban.
#[derive(Debug)]
pub struct Year {
    state: Mutex<State>,
    rows: Arc<rows::Rows>,
}

#[derive(Debug)]
pub struct State {
    pub now: DateTime<Utc>,
    pub sheet: Sheet,
    pub chat: Chat,
}

/// Something that happens at a time.
enum Happens {
    Deed(Deed),
    Event(crate::events::Event),
    Reminder(Reminder),
    Tick,
}

impl Year {
    pub fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().expect("no panic before"))
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.with(|state| state.now)
    }

    /// What was posted since the last call.
    fn posts(&self) -> Vec<Post> {
        self.with(|state| std::mem::take(&mut state.chat.posts))
    }

    fn begins(&self, now: DateTime<Utc>) {
        self.with(|state| state.now = now);
    }

    fn done(&self, deed: Deed) {
        self.with(|State { sheet, chat, .. }| match deed {
            Deed::Write(cells) => {
                for (day, slot, written) in cells {
                    sheet.rows.get_mut(&day).expect("a row")[slot] = written;
                }
            }
            Deed::Paste(rows, oldest) => {
                sheet.rows.extend(rows);
                sheet.rows.retain(|day, _| *day >= oldest);
            }
            Deed::TurnUpsideDown => sheet.is_upside_down = !sheet.is_upside_down,
            Deed::AddOrRemoveRemarks => sheet.has_remarks = !sheet.has_remarks,
            Deed::GoesDown => sheet.is_down = true,
            Deed::ComesUp => sheet.is_down = false,
            Deed::ChatRefuses => chat.is_refusing = true,
            Deed::ChatTakes => chat.is_refusing = false,
            Deed::Upgrade => {}
        });
    }

    /// What is known of the turns was written by the version before this one.
    fn is_upgraded(&self) {
        let row = self.rows.read("turns", "told").expect("it is read all day");
        let older = Value::Number(i128::from(READER) - 1);
        let item: Item = row
            .into_attributes()
            .map(|(name, value)| if name == "reader" { (name, older.clone()) } else { (name, value) })
            .collect();
        self.rows.put(vec![Put { item, condition: Condition::none() }]);
    }
}

/// All that happens, in its order. A tick comes up to half a minute late.
fn timeline(rng: &mut Rng, script: &mut script::Script) -> Vec<(DateTime<Utc>, Happens)> {
    let deeds = std::mem::take(&mut script.deeds).into_iter().map(|(at, deed)| (at, Happens::Deed(deed)));
    let events = incidents::by_chance(rng.fork()).into_iter().map(|(at, event)| (at, Happens::Event(event)));
    let mut all: Vec<_> = deeds.chain(events).collect();
    for day in year() {
        for minute in (0..24 * 60).step_by(10) {
            let late = TimeDelta::milliseconds(rng.i64(0..30_000));
            all.push((at(day, minute) + late, Happens::Tick));
        }
        all.push((at(day, OPENS) + TimeDelta::seconds(40), Happens::Reminder(Reminder::Morning)));
        all.push((at(day, CLOSES) + TimeDelta::seconds(40), Happens::Reminder(Reminder::Evening)));
    }
    all.sort_by_key(|(at, _)| *at);
    all
}

async fn happens(
    year: &Year,
    script: script::Script,
    timeline: Vec<(DateTime<Utc>, Happens)>,
    mut processes: Processes,
) -> Check {
    let mut check = Check::default();
    let mut expected = script.expected;
    let mut last = year.now();
    for (now, what) in timeline {
        // The processes' own clocks go on, too.
        tokio::time::advance((now - last).to_std().unwrap_or(Duration::ZERO)).await;
        last = now;
        year.begins(now);
        year.with(|state| check.looks_at(&state.sheet, now));
        match what {
            Happens::Deed(deed) => {
                if matches!(deed, Deed::Upgrade) {
                    year.is_upgraded();
                }
                year.done(deed);
                year.with(|state| check.looks_at(&state.sheet, now));
            }
            Happens::Event(event) => {
                let status = processes.deliver(&event, now).await;
                if status != 202 {
                    check.finds(now, &format!("{status} for {}", event.key));
                }
                let posts = year.posts();
                check.alert(&posts, event.kind, now);
            }
            Happens::Reminder(reminder) => {
                processes.remind(reminder, now).await;
                let today = day_of(now);
                let about = if reminder == Reminder::Morning { today } else { next_working(today) };
                let posts = year.posts();
                year.with(|state| check.reminder(&posts, about, &state.sheet, now));
            }
            Happens::Tick => {
                let minute = at(day_of(now), calendar::minute_of(now));
                let ticked = match script.troubles.get(&minute) {
                    Some(Trouble::Crash(awaits)) => processes.tick(Some(*awaits), now).await.into_iter().collect(),
                    Some(Trouble::Twice) => processes.tick_twice(now).await.into(),
                    None => processes.tick(None, now).await.into_iter().collect::<Vec<_>>(),
                };
                let posts = year.posts();
                year.with(|State { sheet, chat, .. }| {
                    check.tick(&posts, &mut expected, sheet, now);
                    for failed in ticked.iter().filter_map(|ticked| ticked.as_ref().err()) {
                        if !chat.is_refusing {
                            check.finds(now, &failed.to_string());
                        }
                    }
                });
            }
        }
    }
    check.ends(&expected);
    check
}

#[test]
fn a_year_of_notices() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let (check, scenes) = LocalSet::new().block_on(&runtime.expect("a runtime"), async {
        let mut rng = Rng::with_seed(SEED);
        let mut script = script::by_chance(rng.fork());
        let scenes = std::mem::take(&mut script.scenes);
        let timeline = timeline(&mut rng, &mut script);
        let sheet = Sheet { rows: script.begins_with.clone(), ..Sheet::default() };
        let now = at(year().next().expect("a day"), 0);
        let state = Mutex::new(State { now, sheet, chat: Chat::default() });
        let world = Arc::new(Year { state, rows: Arc::default() });
        let processes = Processes::new(&world, rng.fork());
        (happens(&world, script, timeline, processes).await, scenes)
    });
    let working = year().filter(|day| is_working(*day)).count();
    crate::say(&format!("a year with {working} working days: {:?}\n  {scenes:?}", check.counts));
    assert!(
        check.wrong.is_empty(),
        "{} wrong:\n{}",
        check.wrong.len(),
        check.wrong[..check.wrong.len().min(12)].join("\n")
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/year.ja.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &check.told).expect("a writable file");
    }
    let golden = std::fs::read_to_string(&path).expect("tests/data/year.ja.txt; BLESS=1 writes it");
    let differs = golden.lines().zip(check.told.lines()).position(|(one, other)| one != other);
    assert!(
        golden == check.told,
        "tests/data/year.ja.txt:{:?} differs; BLESS=1 writes it",
        differs.map(|line| line + 1)
    );
}
