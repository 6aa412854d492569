//! How many messages a second the state file accepts, and how many signed requests `toban serve`, beside a bare loop of write
//! and sync on the same disk; and how much memory 100,000 events take: `cargo bench --bench accepted [-- FOLDER]`.
//!
//! Each round measures all of them, one after the other; what counts is the median of the rounds' own ratios.

mod served;

use chrono::{TimeDelta, Utc};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use toban::domain::destination::Destination;
use toban::domain::incident::EventKey;
use toban::ledger::{Claim, Ended, Ledger, Settlement};
use toban::queue::sqlite::{Limits, Sqlite};
use toban::queue::{Fifo as _, Lane, NewMessage};
use toban::store::sqlite::State;

const ROUNDS: usize = 7;
/// How long each is measured in a round.
const EACH: Duration = Duration::from_millis(700);
/// About as large as a message of a webhook of PagerDuty's.
const BODY: usize = 4_000;
const SENDERS: [usize; 3] = [1, 8, 64];
const EVENTS: usize = 100_000;

#[tokio::main]
async fn main() {
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let folder =
        folder.map_or_else(std::env::temp_dir, PathBuf::from).join(format!("toban-accepted-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let chat = served::chat().await;
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        let bare = bare(&folder.join("bare"));
        let mut of_senders = Vec::new();
        for senders in SENDERS {
            of_senders.push(accepted(&folder.join(format!("{round}-{senders}.db")), senders).await);
        }
        for senders in SENDERS {
            of_senders.push(served::accepted(&folder.join(format!("{round}-{senders}-served")), chat, senders).await);
        }
        rounds.push((bare, of_senders));
    }
    println!("| a second | | of the bare loop |\n|---|---:|---:|");
    println!("| bare loop of write and sync | {:.0} | |", median(rounds.iter().map(|(bare, _)| *bare)));
    let names = SENDERS.map(|senders| format!("messages, {senders} at a time"));
    let names = names.into_iter().chain(SENDERS.map(|senders| format!("requests, {senders} connections")));
    for (nth, name) in names.enumerate() {
        let rate = median(rounds.iter().map(|(_, all)| all[nth]));
        let ratio = median(rounds.iter().map(|(bare, all)| all[nth] / bare));
        println!("| {name} | {rate:.0} | {ratio:.2} |");
    }
    memory(&folder.join("memory.db")).await;
    fs::remove_dir_all(&folder).expect("it is ours");
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn bare(path: &Path) -> f64 {
    let mut file = File::create(path).expect("a file");
    let body = vec![b'x'; BODY];
    let (started, mut count) = (Instant::now(), 0);
    while started.elapsed() < EACH {
        file.write_all(&body).and_then(|()| file.sync_data()).expect("there is room");
        count += 1;
    }
    f64::from(count) / started.elapsed().as_secs_f64()
}

fn message(number: usize) -> NewMessage {
    NewMessage {
        body: "x".repeat(BODY),
        group: format!("any:{:064}", number / 5),
        deduplication: format!("any:{number:064}"),
    }
}

async fn open(path: &Path) -> (State, Sqlite) {
    let state = State::open(path).unwrap_or_else(|error| panic!("{error}"));
    (state.clone(), Sqlite::open(state, Lane::Rest, Limits::of(Lane::Rest), Utc::now).await.expect("a queue"))
}

async fn accepted(path: &Path, senders: usize) -> f64 {
    let (_state, queue) = open(path).await;
    let sender = |nth: usize, until: Instant| {
        let queue = queue.clone();
        async move {
            let mut count = 0;
            while Instant::now() < until {
                queue.send(vec![message(nth * 1_000_000 + count)]).await.expect("it is taken");
                count += 1;
            }
            count
        }
    };
    a_second(senders, sender).await
}

/// How much so many senders get done in a second, at the same time.
pub(crate) async fn a_second<F>(senders: usize, sender: impl Fn(usize, Instant) -> F) -> f64
where
    F: Future<Output = usize> + Send + 'static,
{
    let started = Instant::now();
    let senders: Vec<_> = (0..senders).map(|nth| tokio::spawn(sender(nth, started + EACH))).collect();
    let mut count = 0;
    for sender in senders {
        count += sender.await.expect("no panic");
    }
    count as f64 / started.elapsed().as_secs_f64()
}

/// Sends, claims, settles and deletes 100,000 events.
async fn memory(path: &Path) {
    let (state, queue) = open(path).await;
    let ledger = Ledger::alone(state.clone(), "bench".to_owned(), TimeDelta::seconds(45));
    let started = Instant::now();
    let sending = queue.clone();
    let sender = tokio::spawn(async move {
        for number in (0..EVENTS).step_by(10) {
            // Ten a call, of different groups.
            let messages =
                (number..number + 10).map(|nth| NewMessage { group: format!("any:{}", nth % 500), ..message(nth) });
            sending.send(messages.collect()).await.expect("it is taken");
        }
    });
    let mut done = 0;
    while done < EVENTS {
        let batch = queue.receive().await;
        let work = batch.iter().map(|message| async {
            let key = EventKey(message.id.to_string());
            let Claim::Yours(grant) = ledger.claim(&key, Destination::Any, Utc::now()).await else {
                panic!("it is free")
            };
            ledger.settle(grant, Settlement::of_no_incident("x", Ended::Posted, Vec::new()), None, Utc::now()).await;
            message.receipt.clone()
        });
        let receipts = futures_util::future::join_all(work).await;
        queue.delete(&receipts).await;
        let before = done / 10_000;
        done += batch.len();
        if done / 10_000 > before {
            let waiting = queue.counts().await.expect("an answer").waiting;
            let file = fs::metadata(path).map_or(0, |file| file.len() >> 20);
            println!(
                "{done} events: {} MiB in use, file {file} MiB, {waiting} wait, {:.0} s",
                resident(),
                started.elapsed().as_secs_f64()
            );
        }
    }
    sender.await.expect("no panic");
}

/// The process's resident memory, in MiB.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or_default() >> 10
}
