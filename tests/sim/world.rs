//! The world that a seed decides: one clock, one source of chance, services that fail by the weather, and what was seen.

use crate::calendar::Hours;
use crate::chats::Channel;
use crate::fifo::Queue;
use crate::message::Message;
use crate::pagerduty::{Order, Story};
use crate::presses::Pressing;
use crate::process::{self, Waiting};
use crate::reminding::Reminders;
use crate::sheet::Rota;
use crate::shifts;
use crate::stores::stores;
use crate::team::{Home, Parts};
use crate::troubles::Troubles;
use crate::watching::Watch;
use crate::weather::{Fate, Service, Weather};
use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use futures_util::FutureExt as _;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Arguments;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use toban::queue::Lane;
use toban::store::Table;
use toban::store::item::Item;
use tokio::sync::oneshot;
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep};

/// Times at which worlds begin, in Tokyo: hours that begin and end, a day that ends, a holiday, a weekend, an ordinary day.
const BEGINNINGS: [&str; 8] = [
    "2026-11-24T09:48:00+09:00",
    "2026-11-24T16:42:00+09:00",
    "2026-11-24T23:46:00+09:00",
    "2026-11-23T10:30:00+09:00",
    "2026-11-21T11:00:00+09:00",
    "2026-11-25T11:02:00+09:00",
    "2026-11-26T13:30:00+09:00",
    "2026-11-27T16:30:00+09:00",
];

/// For so long after its fault a service may still be spared.
const RECOVERY: Duration = Duration::from_secs(120);

/// The queues, in this order.
const LANES: [Lane; 3] = [Lane::News, Lane::Rest, Lane::Presses];

/// One of these.
pub fn one_of<T: Copy, const N: usize>(rng: &mut Rng, all: [T; N]) -> T {
    all[rng.usize(..N)]
}

/// Whether what happens is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Yes,
    No,
}

/// Everything outside the relay.
#[derive(Debug)]
pub struct World {
    rng: Mutex<Rng>,
    began: Instant,
    epoch: DateTime<Utc>,
    pub weather: Weather,
    counts: Mutex<BTreeMap<&'static str, u64>>,
    /// When the last fault is over.
    well_from: Mutex<Duration>,
    /// The incidents for which a call of the table has failed.
    unsure: Mutex<BTreeSet<String>>,
    /// Kept when a seed is told, not when it is run.
    notes: Option<Mutex<Vec<String>>>,
    pub parts: Parts,
    pub story: Story,
    pub rota: Rota,
    /// People press, in this world.
    pub pressing: Option<Pressing>,
    /// Some webhooks are lost, and somebody watches.
    pub watch: Option<Watch>,
    /// The reminders that were due.
    pub reminders: Reminders,
    /// Of news, of the rest, and of presses, if there are any.
    queues: Vec<Queue>,
    /// The rows of the table, and of its index, which follows.
    pub rows: Arc<dyn Table>,
    pub index: Arc<dyn Table>,
    /// How many writes the table has made.
    pub writes: AtomicU64,
    /// By partition and sort key, which write the index has.
    pub indexed: Mutex<BTreeMap<(String, String), u64>>,
    pub channels: [Channel; 2],
    /// How often a process died or froze with an event in its hands.
    in_hand: Mutex<BTreeMap<String, u32>>,
    pub troubles: Troubles,
}

impl World {
    pub fn by_chance(seed: u64, told: Told) -> Arc<Self> {
        let mut rng = Rng::with_seed(seed);
        let epoch: DateTime<Utc> = one_of(&mut rng, BEGINNINGS).parse().expect("an instant");
        let home = if seed % 8 == 4 { Home::OneMachine } else { Home::Aws };
        let parts = Parts { home, ..Parts::by_chance(&mut rng) };
        let has_presses = parts.has_queue && (seed % 8 == 2 || seed % 16 == 4);
        // Where people press, every second world has the end of a shift in it.
        let (hours, epoch) = match has_presses {
            true if seed % 32 < 16 => (Hours::default(), shifts::before_the_end(seed)),
            true => (Hours::default(), epoch),
            false => Hours::by_chance(seed, epoch),
        };
        let has_watchdog = parts.has_queue && seed % 8 == 6;
        let parts = Parts { has_presses, has_watchdog, hours, ..parts };
        let order = if has_presses || has_watchdog { Order::AsInLife } else { Order::Any };
        let weather = Weather::by_chance(&mut rng);
        let mut story = Story::by_chance(&mut rng, order, epoch, weather.lasts);
        if has_watchdog {
            story.lose_some(&mut Rng::with_seed(!seed));
        }
        Self::of(rng, epoch, (parts, weather, story), told)
    }

    /// A world of these parts; the rest is by chance.
    pub fn of(
        mut rng: Rng,
        epoch: DateTime<Utc>,
        (parts, weather, story): (Parts, Weather, Story),
        told: Told,
    ) -> Arc<Self> {
        let rota = Rota::by_chance(&mut rng, weather.lasts);
        let by_chance = if rng.u32(..8) == 0 { 6 } else { 1_000 };
        let most_receives = weather.tries.unwrap_or(by_chance);
        let began = Instant::now();
        let lanes = if parts.has_presses { &LANES[..] } else { &LANES[..2] };
        let (queues, rows, index) = stores(parts.home, lanes, most_receives, move || epoch + since(began));
        // Last, so that everything else is drawn as in a world without presses.
        let mut presses = parts.has_presses.then(|| rng.fork());
        let weather = match &mut presses {
            Some(rng) => weather.with_presses(rng),
            None if parts.has_watchdog => weather.with_pagerduty(&mut rng),
            None => weather,
        };
        let watch = parts.has_watchdog.then(|| Watch::by_chance(&mut rng));
        Arc::new(Self {
            rng: Mutex::new(rng),
            began,
            epoch,
            counts: Mutex::default(),
            well_from: Mutex::new(weather.lasts),
            unsure: Mutex::default(),
            weather,
            notes: (told == Told::Yes).then(Mutex::default),
            parts,
            story,
            rota,
            pressing: presses.map(Pressing::new),
            watch,
            reminders: Reminders::default(),
            queues,
            rows,
            index,
            writes: AtomicU64::new(0),
            indexed: Mutex::default(),
            channels: Default::default(),
            in_hand: Mutex::default(),
            troubles: Troubles::default(),
        })
    }

    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// The true time.
    pub fn now(&self) -> DateTime<Utc> {
        self.at(self.elapsed())
    }

    pub fn at(&self, elapsed: Duration) -> DateTime<Utc> {
        self.epoch + TimeDelta::from_std(elapsed).expect("a short time")
    }

    pub fn chance<T>(&self, draw: impl FnOnce(&mut Rng) -> T) -> T {
        draw(&mut self.rng.lock().expect("no panic before"))
    }

    /// Once in so many times.
    pub fn happens(&self, once_in: u32) -> bool {
        once_in > 0 && self.chance(|rng| rng.u32(..once_in)) == 0
    }

    pub fn queue(&self, lane: Lane) -> &Queue {
        let number = LANES.iter().position(|known| *known == lane);
        number.and_then(|number| self.queues.get(number)).expect("a queue of this world")
    }

    /// What is left in the queues.
    pub fn queued(&self) -> Vec<Message> {
        self.queues.iter().flat_map(Queue::left).collect()
    }

    /// Dead letters, of which there is an alarm.
    pub fn dead(&self) -> Vec<Message> {
        self.queues.iter().flat_map(Queue::dead).collect()
    }

    /// Messages that may be overtaken.
    pub fn overtaken(&self) -> Vec<Message> {
        self.queues.iter().flat_map(Queue::overtaken).collect()
    }

    /// A row of the table.
    pub fn row(&self, pk: &str, sk: &str) -> Option<Item> {
        let read = self.rows.read(pk, sk).now_or_never().expect("memory does not wait");
        read.expect("memory does not fail")
    }

    pub fn is_calm(&self) -> bool {
        self.elapsed() >= self.weather.lasts
    }

    /// Something is not well until then.
    pub fn recovers_after(&self, until: Duration) {
        self.troubles.frozen(self.elapsed());
        let mut well_from = self.well_from.lock().expect("no panic before");
        *well_from = until.max(*well_from);
    }

    /// From when on everything is well, and has been for some time.
    pub fn recovered(&self) -> Duration {
        *self.well_from.lock().expect("no panic before") + RECOVERY
    }

    /// Whether no call of the table has failed that was about this incident.
    pub fn is_sure_of(&self, incident: &str) -> bool {
        !self.unsure.lock().expect("no panic before").contains(incident)
    }

    /// A process that has these events dies or freezes.
    pub fn struck(&self, events: &[String]) {
        let mut in_hand = self.in_hand.lock().expect("no panic before");
        events.iter().for_each(|event| *in_hand.entry(event.clone()).or_default() += 1);
    }

    /// How often that happened to an event.
    pub fn strikes(&self, event: &str) -> u32 {
        self.in_hand.lock().expect("no panic before").get(event).copied().unwrap_or_default()
    }

    pub fn count(&self, what: &'static str) {
        *self.counts.lock().expect("no panic before").entry(what).or_default() += 1;
    }

    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        self.counts.lock().expect("no panic before").clone()
    }

    /// A line of what happens, if it is told.
    pub fn note(&self, line: Arguments<'_>) {
        if let Some(notes) = &self.notes {
            let now = self.now().format("%H:%M:%S%.3f");
            let process = process::current();
            notes.lock().expect("no panic before").push(format!("{now} {process:9} {line}"));
        }
    }

    pub fn notes(&self) -> Vec<String> {
        self.notes.as_ref().map(|notes| notes.lock().expect("no panic before").clone()).unwrap_or_default()
    }

    /// Sends something to a service, which acts and answers whether or not the sender still waits. An error is the name of
    /// the fault.
    pub async fn call<A: Send + 'static>(
        self: &Arc<Self>,
        service: Service,
        what: &str,
        act: impl FnOnce(&Self, Option<&'static str>) -> A + 'static,
    ) -> Result<A, &'static str> {
        let fate = self.chance(|rng| self.weather.fate(service, self.elapsed(), rng));
        let Fate { fault, acts, answers, there, back } = fate;
        if let Some(fault) = fault {
            self.count(fault);
            self.note(format_args!("  {fault}: {what}"));
            self.troubles.failed(service, self.elapsed());
            if service == Service::Table {
                let ids = what.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.starts_with('Q'));
                self.unsure.lock().expect("no panic before").extend(ids.map(str::to_owned));
            }
        }
        let (answer, answered) = oneshot::channel();
        let sent = process::request_sent();
        let waiting = Waiting(sent.clone());
        let world = self.clone();
        spawn_local(async move {
            sleep(there).await;
            let acted = acts.then(|| act(&world, fault));
            if !answers {
                // Nobody ever hears of it.
                std::future::pending::<()>().await;
            }
            sleep(back).await;
            sent.end();
            answer
                .send(match (acted, fault) {
                    (Some(acted), fault) if fault.is_none_or(is_in_the_answer) => Ok(acted),
                    (_, fault) => Err(fault.expect("only a fault keeps a service from acting")),
                })
                .ok();
        });
        let answer = answered.await.expect("the service answers or stays silent");
        drop(waiting);
        answer
    }
}

fn since(began: Instant) -> TimeDelta {
    TimeDelta::from_std(began.elapsed()).expect("a short time")
}

/// Whether a fault is told by the answer itself, rather than instead of it.
fn is_in_the_answer(fault: &'static str) -> bool {
    crate::weather::IN_THE_ANSWER.contains(&fault)
}
