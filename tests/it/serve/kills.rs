//! `kill -9` under load, again and again: nothing is lost, nothing comes twice without a mark, and each incident is in order.

use super::process::{Serving, State};
use super::tags;
use crate::kit::{Message, Slack};
use crate::running::{Settings, changed};
use chrono::{SecondsFormat, Utc};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// So many times it is killed.
const KILLS: u64 = 200;
const SENDERS: u64 = 4;
/// Each of them is told in this order.
const STORY: [(&str, &str); 3] = [("triggered", "発生"), ("acknowledged", "が対応開始"), ("resolved", "が解決")];
/// What is posted a second time says so.
const REPEAT: &str = "🔁";

fn body(kind: &str, number: u64) -> Vec<u8> {
    changed(&format!("v3/incident.{kind}.json"), |body| {
        body["event"]["id"] = format!("{kind} {number}").into();
        body["event"]["occurred_at"] = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true).into();
        let data = &mut body["event"]["data"];
        data["id"] = format!("QTEST{number:09}").into();
        data["number"] = number.into();
    })
}

/// What senders and killer have in common.
#[derive(Default)]
struct Load {
    /// Where it listens now; 0 while it is down.
    port: AtomicU16,
    is_over: AtomicBool,
    /// The incidents of which everything was accepted.
    accepted: Mutex<Vec<u64>>,
    /// When the first was accepted that is not known to be posted.
    tries: AtomicU16,
}

/// One incident after the other, each event again until it is taken, as PagerDuty does.
async fn send(load: Arc<Load>, nth: u64) {
    let mut number = nth;
    while !load.is_over.load(Ordering::Relaxed) {
        for (kind, _) in STORY {
            let body = body(kind, number);
            loop {
                let port = load.port.load(Ordering::Relaxed);
                if port > 0 && super::process::signed_to(port, &body).await == 202 {
                    break;
                }
                load.tries.fetch_add(1, Ordering::Relaxed);
                sleep(Duration::from_millis(5)).await;
            }
        }
        load.accepted.lock().expect("no panic before").push(number);
        number += SENDERS;
    }
}

/// The events that a message tells, by incident and place in the story.
fn told(message: &Message) -> Vec<(u64, usize)> {
    let numbers = tags(&message.text).into_iter().filter_map(|tag| tag.strip_prefix("#PD")?.parse().ok());
    let numbers: Vec<u64> = numbers.collect();
    if numbers.len() > 1 {
        return numbers.into_iter().map(|number| (number, 0)).collect();
    }
    let Some(number) = numbers.first() else { return Vec::new() };
    let told = |(nth, (_, words)): (usize, &(&str, &str))| message.text.contains(words).then_some((*number, nth));
    let all: Vec<_> = STORY.iter().enumerate().filter_map(told).collect();
    // A digest of one.
    if all.is_empty() { vec![(*number, 0)] } else { all }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_and_nothing_comes_twice_without_a_mark() {
    let slack = Slack::start().await;
    let state = State::new("kills");
    let settings = Settings::at("").slack(&slack).with("ROTATION_FILE", "").with("GOOGLE_SHEET_ID", "");
    let load = Arc::<Load>::default();
    let senders: Vec<_> = (1..=SENDERS).map(|nth| tokio::spawn(send(load.clone(), nth))).collect();
    let mut chance = fastrand::Rng::with_seed(28);
    let mut messages = Vec::new();
    let mut longest = Duration::ZERO;
    let mut last = Instant::now();
    let mut look = |messages: &mut Vec<Message>| {
        let new = slack.take();
        if !new.is_empty() {
            longest = longest.max(last.elapsed());
            last = Instant::now();
        }
        messages.extend(new);
    };
    for _ in 0..KILLS {
        let serving = Serving::start(&settings, &state).await;
        load.port.store(serving.port, Ordering::Relaxed);
        sleep(Duration::from_millis(chance.u64(1..120))).await;
        load.port.store(0, Ordering::Relaxed);
        serving.kill().await;
        look(&mut messages);
    }
    let serving = Serving::start(&settings, &state).await;
    load.port.store(serving.port, Ordering::Relaxed);
    load.is_over.store(true, Ordering::Relaxed);
    for sender in senders {
        sender.await.expect("it ends");
    }
    let accepted = load.accepted.lock().expect("no panic before").clone();
    let begun = Instant::now();
    let seen = loop {
        look(&mut messages);
        let mut seen = BTreeMap::<(u64, usize), Vec<(usize, bool)>>::new();
        for (place, message) in messages.iter().enumerate() {
            for event in told(message) {
                seen.entry(event).or_default().push((place, message.text.contains(REPEAT)));
            }
        }
        let all = accepted.iter().flat_map(|number| (0..STORY.len()).map(|nth| (*number, nth)));
        if all.clone().all(|event| seen.contains_key(&event)) {
            break seen;
        }
        let missing: Vec<_> = all.filter(|event| !seen.contains_key(event)).collect();
        assert!(begun.elapsed() < crate::kit::LIMIT * 4, "{missing:?}\n{}", serving.logs());
        sleep(Duration::from_millis(20)).await;
    };
    let (events, posts) = (accepted.len() * STORY.len(), messages.len());
    let marked = messages.iter().filter(|message| message.text.contains(REPEAT)).count();
    let tries = load.tries.load(Ordering::Relaxed);
    println!(
        "{KILLS} kills: {events} events, {posts} posts, {marked} marked, {tries} refused; longest pause {longest:?}"
    );
    let twice: Vec<_> =
        seen.iter().filter(|(_, posts)| posts.iter().filter(|(_, is_marked)| !is_marked).count() > 1).collect();
    assert!(twice.is_empty(), "twice without a mark: {twice:?}");
    for number in &accepted {
        let firsts: Vec<_> = (0..STORY.len()).map(|nth| seen[&(*number, nth)][0].0).collect();
        assert!(firsts.is_sorted(), "#PD{number} is told out of order: {firsts:?}");
    }
    assert!(events > 300, "{events} events are no load");
    assert_eq!(serving.terminated().await, Some(0));
    slack.take_edits();
    slack.take();
}
