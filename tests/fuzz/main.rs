//! Bodies that no sender sends, through the real code: authenticated and read, decided and worded for every chat, into the
//! queue and back.
//!
//! `cargo test --test fuzz` takes some thousand bodies. `FUZZ_SECONDS=600 cargo test --test fuzz -- --nocapture` goes on with
//! new ones, and holds their times against a bound as well. `FUZZ_SEED=4711 cargo test --test fuzz` takes one, and says what is
//! wrong with it, if anything is.

mod corpus;
mod limits;
mod markup;
mod mutate;
mod panics;
mod presses;
mod queue;
mod smallest;
mod steps;
mod structure;
mod texts;
mod words;

use corpus::Corpus;
use limits::Cost;
use std::io::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use steps::{Done, Path};

/// So many bodies make a run.
const SEEDS: u64 = 800;
/// At least so many of a hundred can be read by somebody, or most of the code is not met.
const READ: u64 = 40;
/// A body that took too long once is given so many more chances.
const CHANCES: usize = 5;

/// Whether times are held against their bound. They are not where a machine may be busy with other tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Times {
    Reported,
    Held,
}

/// What is wrong with a body, or what became of it.
fn run(seed: u64, path: &Path, corpus: &Corpus, times: Times) -> Result<Done, String> {
    let body = mutate::body(seed, corpus);
    let mut done = path.run(seed, &body)?;
    for _ in 0..CHANCES {
        if times == Times::Reported || done.cost.share_of_time() <= 100 {
            return Ok(done);
        }
        let again = path.run(seed, &body)?;
        if again.cost.time < done.cost.time {
            done = again;
        }
    }
    if done.cost.share_of_time() <= 100 {
        return Ok(done);
    }
    Err(format!("{:?} is {}% of the time that it may take", done.cost, done.cost.share_of_time()))
}

/// What was seen of all bodies together.
#[derive(Debug, Default)]
struct Totals {
    bodies: u64,
    bytes: u64,
    events: u64,
    read: u64,
    /// By the share of the bound, with the seed.
    slowest: Option<(u64, Cost)>,
    largest: Option<(u64, Cost)>,
    failed: Vec<u64>,
}

impl Totals {
    fn add(&mut self, seed: u64, done: &Done) {
        let cost = done.cost;
        self.bodies += 1;
        self.bytes += cost.bytes as u64;
        self.events += cost.events as u64;
        self.read += u64::from(done.is_read);
        if self.slowest.is_none_or(|(_, other)| other.share_of_time() < cost.share_of_time()) {
            self.slowest = Some((seed, cost));
        }
        if self.largest.is_none_or(|(_, other)| other.share_of_memory() < cost.share_of_memory()) {
            self.largest = Some((seed, cost));
        }
    }
}

/// Runs bodies on all cores, until there are enough and the time is over, or until some have failed.
fn run_many(first: u64, seconds: u64, corpus: &Corpus) -> Totals {
    let times = if seconds == 0 { Times::Reported } else { Times::Held };
    let next = AtomicU64::new(first);
    let is_enough = AtomicBool::new(false);
    let totals = Mutex::new(Totals::default());
    let end = Instant::now() + Duration::from_secs(seconds);
    let worker = || {
        let path = Path::new();
        while !is_enough.load(Ordering::Relaxed) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + SEEDS && Instant::now() >= end {
                return;
            }
            let done = run(seed, &path, corpus, times);
            let mut totals = totals.lock().expect("no panic before");
            match done {
                Ok(done) => totals.add(seed, &done),
                Err(_) => totals.failed.push(seed),
            }
            if totals.failed.len() >= 5 {
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

/// What is wrong with the body of a seed, and a small one with the same fault. `None` if nothing is.
fn tell(seed: u64, corpus: &Corpus, times: Times) -> Option<String> {
    const SHOWN: usize = 1_000;
    let path = Path::new();
    let why = run(seed, &path, corpus, times).err()?;
    let body = mutate::body(seed, corpus);
    // What does not fail by itself failed by its time, and a smaller one would be quicker.
    let small = match path.run(seed, &body) {
        Ok(_) => body,
        Err(_) => smallest::smallest(&body, |body| path.run(seed, body).is_err()),
    };
    let last = path.run(seed, &small).err().unwrap_or_default();
    let shown = |text: &str| text.chars().take(SHOWN).collect::<String>();
    let small = format!("{} bytes: {}", small.len(), shown(&small.escape_ascii().to_string()));
    let again = format!("Again: FUZZ_SEED={seed} cargo test --test fuzz");
    Some(format!("seed {seed}: {}\n{}\n{small}\n{again}", shown(&why), shown(&last)))
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number, not '{text}'")))
}

#[test]
fn any_body_is_told_and_harms_nothing() {
    let corpus = Corpus::read();
    let seconds = variable("FUZZ_SECONDS").unwrap_or_default();
    if let Some(seed) = variable("FUZZ_SEED") {
        if let Some(told) = tell(seed, &corpus, Times::Held) {
            panic!("{told}");
        }
        return say(&format!("nothing is wrong with the body of seed {seed}"));
    }
    // A longer run looks for new bodies.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
    let first = if seconds == 0 { 0 } else { now * 100_000 };
    let started = Instant::now();
    let totals = run_many(first, seconds, &corpus);
    say(&format!(
        "{} bodies of {} KiB with {} events, from {} of the tests, from seed {first}, {:.1} s",
        totals.bodies,
        totals.bytes / 1024,
        totals.events,
        corpus.len(),
        started.elapsed().as_secs_f64()
    ));
    if let (Some((slow, slowest)), Some((large, largest))) = (totals.slowest, totals.largest) {
        let (time, memory) = (slowest.nanos_per_byte(), largest.allocated_per_byte());
        say(&format!(
            "  slowest: seed {slow}, {time} ns a byte, {}% of the bound: {slowest:?}",
            slowest.share_of_time()
        ));
        say(&format!("  most memory: seed {large}, {memory} a byte, {}%: {largest:?}", largest.share_of_memory()));
    }
    let times = if seconds == 0 { Times::Reported } else { Times::Held };
    let told: Vec<_> = totals.failed.iter().filter_map(|seed| tell(*seed, &corpus, times)).collect();
    assert!(told.is_empty(), "{}", told.join("\n\n"));
    assert!(totals.failed.is_empty(), "{:?} fail, and not when they are told", totals.failed);
    let read = totals.read * 100 / totals.bodies;
    assert!(read >= READ, "only {read}% of the bodies could be read");
}

#[test]
fn a_seed_replays_exactly() {
    let (corpus, path) = (Corpus::read(), Path::new());
    for seed in 0..50 {
        let body = mutate::body(seed, &corpus);
        assert_eq!(body, mutate::body(seed, &Corpus::read()));
        let [one, other] = [(); 2].map(|()| path.run(seed, &body).map(|done| (done.cost.events, done.is_read)));
        assert_eq!(one, other);
    }
}

#[test]
fn a_long_list_costs_no_more_than_its_length() {
    let (corpus, path) = (Corpus::read(), Path::new());
    let lists = structure::long_lists(&corpus);
    assert!(lists.len() >= 20, "only {} lists were found", lists.len());
    let costs = lists.iter().map(|(place, body)| (place, path.run(0, body)));
    let wrong: Vec<_> = costs.filter_map(|(place, ended)| Some(format!("{place}: {}", ended.err()?))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
