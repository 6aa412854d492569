//! The function that two schedules call every day, at ten and at five.

use crate::calendar::date;
use crate::process::{Ended, Process};
use crate::team::Builder;
use crate::world::World;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use toban::domain::incident::{EventKey, OwnKey};
use toban::domain::reminder::Reminder;
use toban::relay::reminder::Sent;
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep};

/// The function's own limit, and Lambda's.
const LIMIT: Duration = Duration::from_secs(20);
const LAMBDAS_LIMIT: Duration = Duration::from_secs(30);
/// Lambda tries again after these.
const PAUSES: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(120)];

/// A reminder that was due.
#[derive(Debug, Clone)]
pub struct Due {
    pub reminder: Reminder,
    pub on: NaiveDate,
    /// When it was called first.
    pub at: Duration,
    /// It says that a chat has it.
    pub is_sent: bool,
    /// It says that there is nobody to remind.
    pub is_not_due: bool,
}

impl Due {
    /// What toban knows it by.
    pub fn key(&self) -> String {
        key(self.reminder, self.on)
    }
}

/// All of them in a world.
#[derive(Debug, Default)]
pub struct Reminders(Mutex<Vec<Due>>);

impl Reminders {
    fn begin(&self, due: Due) {
        self.0.lock().expect("no panic before").push(due);
    }

    /// What it says of itself.
    fn end(&self, key: &str, end: impl Fn(&mut Due)) {
        let mut all = self.0.lock().expect("no panic before");
        all.iter_mut().filter(|due| due.key() == key).for_each(end);
    }

    pub fn due(&self) -> Vec<Due> {
        self.0.lock().expect("no panic before").clone()
    }
}

pub fn key(reminder: Reminder, on: NaiveDate) -> String {
    EventKey::own(OwnKey::Reminder, format_args!("{}:{on}", reminder.name())).0
}

fn at(date: NaiveDate, reminder: Reminder) -> DateTime<Utc> {
    let hour = if reminder == Reminder::Morning { 10 } else { 17 };
    let time = NaiveTime::from_hms_opt(hour, 0, 0).expect("a time");
    let local = date.and_time(time).and_local_timezone(FixedOffset::east_opt(9 * 3_600).expect("a zone"));
    local.single().expect("an instant").to_utc()
}

/// Calls it when it is due, now and then twice at once, and again when it has failed.
pub fn remind_all(world: &Arc<World>, builder: &Rc<Builder>) {
    let today = date(world.now());
    for day in [today, today + TimeDelta::days(1)] {
        for reminder in [Reminder::Morning, Reminder::Evening] {
            let (world, builder) = (world.clone(), builder.clone());
            spawn_local(async move {
                let Ok(away) = (at(day, reminder) - world.now()).to_std() else { return };
                sleep(away).await;
                // Whatever is over by then has nobody to remind.
                if world.story.is_sent() && world.is_calm() && world.queued().is_empty() {
                    return;
                }
                let late = world.chance(|rng| Duration::from_millis(rng.u64(0..50_000)));
                sleep(late).await;
                let at = world.elapsed();
                world.reminders.begin(Due { reminder, on: day, at, is_sent: false, is_not_due: false });
                for number in 0..if world.happens(6) { 2 } else { 1 } {
                    spawn_local(insist(world.clone(), builder.clone(), (reminder, day), number));
                }
            });
        }
    }
}

async fn insist(world: Arc<World>, builder: Rc<Builder>, (reminder, day): (Reminder, NaiveDate), number: u32) {
    for (nth, pause) in PAUSES.into_iter().chain([Duration::ZERO]).enumerate() {
        if send(&world, &builder, (reminder, day), format!("{} {number}.{nth}", reminder.name())).await {
            return;
        }
        sleep(pause).await;
    }
}

/// One call: whether it is done.
async fn send(world: &Arc<World>, builder: &Builder, (reminder, day): (Reminder, NaiveDate), name: String) -> bool {
    let process = Process::start(world, name);
    *process.events.lock().expect("no panic before") = vec![key(reminder, day)];
    let work = async {
        let reminders = builder.reminders(&process).await;
        reminders.send(reminder, at(day, reminder), Instant::now() + LIMIT, process.now(world)).await
    };
    let ended = process.run(world, LAMBDAS_LIMIT, work).await;
    world.note(format_args!("{} of {day} says {ended:?}", reminder.name()));
    let key = key(reminder, day);
    match ended {
        Ended::Done(Sent::NotTaken) | Ended::Crashed => return false,
        Ended::Done(Sent::NotDue(_)) => world.reminders.end(&key, |due| due.is_not_due = true),
        Ended::Done(Sent::Posted | Sent::Repeat) => world.reminders.end(&key, |due| due.is_sent = true),
    }
    true
}
