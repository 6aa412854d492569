//! The relay in a world that a seed decides: real intake, queue's client, dispatcher, ledger and roster in one thread, under
//! a clock that stands still while anything has to be done. In one world of eight the queue and the rows are those of
//! `toban serve`, in SQLite.
//!
//! `cargo test --test sim` runs some thousand worlds. `SIM_SECONDS=600 cargo test --test sim` goes on with new ones.
//! `SIM_SEED=4711 cargo test --test sim` runs one, and tells how it breaks a promise, if it does. With `SIM_FIRST=2 SIM_STEP=8`
//! people press in nearly all of them. With `SIM_SEEDS=300` it ends after so many worlds, or with the first that fails.

mod account;
mod actions;
mod alarms;
mod calendar;
mod changes;
mod chats;
mod check;
mod events;
mod fifo;
mod functions;
mod message;
mod pagerduty;
mod people;
mod presses;
mod pressing;
mod process;
mod reminding;
mod sending;
mod sheet;
mod shifts;
mod state;
mod stores;
mod storms;
mod story;
mod table;
mod team;
mod ticking;
mod troubles;
mod watching;
mod weather;
mod world;
mod written;
mod year;

use alarms::Alarms;
use check::Verdict;
use functions::Front;
use presses::Pressing;
use sending::Sending;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use team::Builder;
use toban::net::http::Client;
use tokio::task::{JoinHandle, LocalSet, spawn_local};
use watching::Watch;
use world::{Told, World};

/// So many deliveries, in at least so many worlds, make a run.
const DELIVERIES: u64 = 100_000;
const SEEDS: u64 = 1_000;
/// When nothing fails any more, everything is done after this.
const BOUND: Duration = Duration::from_secs(100 * 60);

/// Runs the world of a seed to its end.
fn run(seed: u64, told: Told, http: &Client) -> Verdict {
    let (world, alarms) = run_to_the_end(|| World::by_chance(seed, told), http);
    check::verdict(&world, &alarms)
}

/// Runs a world to its end.
fn run_to_the_end(world: impl FnOnce() -> Arc<World>, http: &Client) -> (Arc<World>, Alarms) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.expect("a runtime");
    let alarms = Alarms::default();
    let world = tracing::subscriber::with_default(alarms.clone(), || {
        LocalSet::new().block_on(&runtime, async {
            let world = world();
            let builder = Rc::new(Builder::new(&world, http.clone()));
            let front = Front::new(&world, &builder);
            let sending = Rc::new(Sending { world: world.clone(), front });
            sending::send_all(&sending);
            let mut pollers = Vec::new();
            for (lane, number) in functions::pollers(&world) {
                pollers.push(spawn_local(functions::poll(world.clone(), builder.clone(), lane, number)));
            }
            let deleting = world.clone();
            spawn_local(async move {
                while !deleting.is_calm() {
                    let pause = deleting.chance(|rng| rng.u64(30..1_200));
                    tokio::time::sleep(Duration::from_secs(pause)).await;
                    if !deleting.is_calm() {
                        let channel = deleting.chance(|rng| rng.usize(..2));
                        deleting.channels[channel].delete_one(&deleting);
                    }
                }
            });
            if world.pressing.is_some() {
                spawn_local(pressing::press_all(sending.clone(), builder.clone()));
            }
            if world.watch.is_some() {
                spawn_local(watching::watch_all(world.clone(), builder.clone()));
            }
            reminding::remind_all(&world, &builder);
            let end = world.weather.lasts.max(world.story.ends()) + BOUND;
            let is_pressed = || world.pressing.as_ref().is_none_or(Pressing::is_over);
            let is_watched = || world.watch.as_ref().is_none_or(Watch::is_over);
            let is_sent = || world.story.is_sent() && world.queued().is_empty();
            let is_done = || world.is_calm() && is_pressed() && is_watched() && is_sent();
            while !is_done() && world.elapsed() < end {
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
            assert!(!pollers.iter().any(JoinHandle::is_finished), "a worker has panicked");
            // What was sent before may still be accepted.
            tokio::time::sleep(Duration::from_secs(30)).await;
            world
        })
    });
    (world, alarms)
}

/// What all worlds together have seen.
#[derive(Debug, Default)]
struct Totals {
    seeds: u64,
    deliveries: u64,
    counts: BTreeMap<&'static str, u64>,
    failed: Vec<u64>,
}

impl Totals {
    fn add(&mut self, seed: u64, verdict: &Verdict) {
        self.seeds += 1;
        self.deliveries += verdict.deliveries;
        for (what, count) in &verdict.counts {
            *self.counts.entry(what).or_default() += count;
        }
        if !verdict.violations.is_empty() {
            self.failed.push(seed);
        }
    }
}

/// Runs worlds on all cores, until there are enough and the time is over, or until some have failed.
fn run_many(first: u64, seconds: u64) -> Totals {
    let (next, step) = (AtomicU64::new(first), variable("SIM_STEP").unwrap_or(1));
    let most = variable("SIM_SEEDS");
    let is_enough = AtomicBool::new(false);
    let totals = Mutex::new(Totals::default());
    let end = Instant::now() + Duration::from_secs(seconds);
    let worker = || {
        let http = toban::net::http::client().expect("a client");
        while !is_enough.load(Ordering::Relaxed) {
            let seed = next.fetch_add(step, Ordering::Relaxed);
            let verdict = catch_unwind(AssertUnwindSafe(|| run(seed, Told::No, &http)));
            let mut totals = totals.lock().expect("no panic before");
            match verdict {
                Ok(verdict) => totals.add(seed, &verdict),
                Err(_) => totals.failed.push(seed),
            }
            let is_whole = totals.seeds >= SEEDS && totals.deliveries >= DELIVERIES && Instant::now() >= end;
            let is_over = most.is_some_and(|most| totals.seeds >= most || !totals.failed.is_empty());
            if is_whole || is_over || totals.failed.len() >= 5 {
                is_enough.store(true, Ordering::Relaxed);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(worker);
        }
    });
    totals.into_inner().expect("no panic before")
}

/// Past the test harness, which shows only what failing tests print.
fn say(text: &str) {
    std::io::stderr().write_all(format!("{text}\n").as_bytes()).expect("stderr takes everything");
}

/// What happened in a world that broke a promise, in ten lines about the first incident in question. `None` if it broke none.
fn tell(seed: u64) -> Option<String> {
    let again = format!("Again: SIM_SEED={seed} cargo test --test sim");
    let http = toban::net::http::client().expect("a client");
    let Ok(verdict) = catch_unwind(AssertUnwindSafe(|| run(seed, Told::Yes, &http))) else {
        return Some(format!("seed {seed} panics\n{again}"));
    };
    if let Ok(about) = std::env::var("SIM_ABOUT") {
        verdict.notes.iter().filter(|line| line.contains(&about)).for_each(|line| say(line));
    }
    let first = verdict.violations.first()?;
    let incident = first.event.split_inclusive('/').next().unwrap_or_default();
    let of_it: Vec<_> = verdict.notes.iter().filter(|line| line.contains(incident)).collect();
    let is_of_it = |line: &&String| {
        let is_of_a_process = |line: &str| line.contains("crashes") || line.contains("frozen");
        let process = line.split_whitespace().skip(1).take(2).collect::<Vec<_>>().join(" ");
        line.contains(incident) || (is_of_a_process(line) && of_it.iter().any(|line| line.contains(&process)))
    };
    let lines: Vec<_> = verdict.notes.iter().filter(is_of_it).map(String::as_str).collect();
    // The first and the last of them say most: how it came, and what became of it.
    let of_event = |line: &&str| line.contains(&first.event) && !line.contains("update");
    let at = lines.iter().rposition(&of_event).map_or(lines.len(), |last| last + 1);
    let begun = lines.iter().position(of_event).unwrap_or_default();
    let shown: BTreeSet<_> = (begun..at).take(4).chain(at.saturating_sub(6)..at).collect();
    let lines: Vec<_> = shown.into_iter().filter_map(|number| lines.get(number).copied()).collect();
    let all: Vec<_> = verdict.violations.iter().take(5).map(|one| format!("{} {}", one.event, one.what)).collect();
    Some(format!("seed {seed}:\n{}\n{}\n{again}", all.join("\n"), lines.join("\n")))
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number, not '{text}'")))
}

#[track_caller]
fn holds(seed: u64) {
    if let Some(told) = tell(seed) {
        panic!("{told}");
    }
}

#[test]
fn promises_hold_in_every_world() {
    if let Some(seed) = variable("SIM_SEED") {
        holds(seed);
        return say(&format!("seed {seed} breaks no promise"));
    }
    let seconds = variable("SIM_SECONDS").unwrap_or_default();
    // A longer run looks for new worlds.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
    let first = if seconds == 0 { 0 } else { now * 10_000 };
    let first = variable("SIM_FIRST").unwrap_or(first);
    let started = Instant::now();
    let totals = run_many(first, seconds);
    let counts: Vec<_> = totals.counts.iter().map(|(what, count)| format!("{count} × {what}")).collect();
    say(&format!(
        "{} deliveries in {} worlds from seed {first}, {} s:\n  {}",
        totals.deliveries,
        totals.seeds,
        started.elapsed().as_secs(),
        counts.join("\n  ")
    ));
    let told: Vec<_> = totals.failed.iter().filter_map(|seed| tell(*seed)).collect();
    assert!(told.is_empty(), "{}", told.join("\n\n"));
    assert!(totals.failed.is_empty(), "{:?} fail, and not when they are told", totals.failed);
}

#[test]
fn a_seed_replays_exactly() {
    let http = toban::net::http::client().expect("a client");
    for seed in 0..20 {
        let [one, other] = [Told::Yes, Told::No].map(|told| run(seed, told, &http));
        assert_eq!(one.counts, other.counts, "whether it is told changes nothing");
        assert_eq!(one.violations, other.violations);
        if seed < 4 {
            assert_eq!(one.notes, run(seed, Told::Yes, &http).notes);
        }
    }
}

// Worlds that once broke a promise. Another draw of chance anywhere makes other worlds of the same seeds: then take the fix
// out, and name a seed that finds that.

#[test]
fn seed_201_what_happened_in_hours_and_is_told_at_night_calls_nobody() {
    holds(201);
}

#[test]
fn seed_7_a_chat_that_refuses_mentions_gets_everything() {
    holds(7);
}

#[test]
fn seed_17_a_chat_that_refuses_threads_gets_everything() {
    holds(17);
}

#[test]
fn seed_22_a_chat_that_refuses_the_layout_gets_everything() {
    holds(22);
}

#[test]
fn seed_355_a_clock_that_is_ahead_leaves_time_for_the_first_chat() {
    holds(355);
}

// The same where people press.

#[test]
fn seed_36_what_may_be_recorded_is_told_when_the_table_answers_again() {
    holds(36);
}

#[test]
fn seed_578_a_process_that_was_frozen_says_nothing_of_what_another_has_done() {
    holds(578);
}

#[test]
fn seed_786_a_note_that_the_next_process_writes_is_our_own() {
    holds(786);
}
