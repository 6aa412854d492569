//! The queue as SQS documents it, and what is left of it after a crash.

use super::{Counts, Limits, Received, Sqlite};
use crate::queue::{Fifo as _, Hide, Lane, NewMessage, NotHidden, QueueError};
use crate::store::sqlite::State;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt as _;
use rusqlite::Connection;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::time::{Instant, advance, timeout};

/// A queue in memory, under a clock that is wound by hand.
struct World {
    state: State,
    queue: Sqlite,
    seconds: Arc<AtomicI64>,
}

fn at(seconds: i64) -> DateTime<Utc> {
    "2026-11-24T02:02:00Z".parse::<DateTime<Utc>>().expect("an instant") + TimeDelta::seconds(seconds)
}

impl World {
    async fn new() -> Self {
        Self::of(State::in_memory().expect("a database"), Limits::of(Lane::Rest)).await
    }

    async fn of(state: State, limits: Limits) -> Self {
        let seconds = Arc::<AtomicI64>::default();
        let clock = seconds.clone();
        let clock = move || at(clock.load(Ordering::Relaxed));
        let queue = Sqlite::open(state.clone(), Lane::Rest, limits, clock).await.expect("a queue");
        Self { state, queue, seconds }
    }

    /// Another process on the same file, after the first has died.
    async fn again(&self) -> Self {
        Self::of(self.state.clone(), self.queue.limits).await
    }

    async fn pass(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
        advance(Duration::from_secs(seconds.unsigned_abs())).await;
    }

    async fn send(&self, messages: &str) {
        send(&self.queue, messages).await.expect("it is taken");
    }

    /// What is handed over at once: `a1 a2 b1`.
    fn receive(&self) -> Vec<Received> {
        self.queue.receive().now_or_never().unwrap_or_default()
    }

    fn bodies(&self) -> String {
        bodies(&self.receive())
    }

    async fn delete(&self, messages: &[Received]) {
        let receipts: Vec<_> = messages.iter().map(|message| message.receipt.clone()).collect();
        self.queue.delete(&receipts).await;
    }

    async fn hide(&self, messages: &[Received], seconds: i32) -> Vec<NotHidden> {
        let hide = |message: &Received| Hide { receipt: message.receipt.clone(), seconds };
        self.queue.hide(&messages.iter().map(hide).collect::<Vec<_>>()).await.expect("an answer")
    }

    async fn counts(&self) -> Counts {
        self.queue.counts().await.expect("an answer")
    }

    async fn pages(&self, name: &'static str, value: i64) -> i64 {
        let pragma = move |file: &Connection| file.pragma_update_and_check(None, name, value, |row| row.get(0));
        self.state.reading(pragma).await.expect("an answer")
    }
}

/// Sends `a1 b1`, each of the group that its first letter names.
async fn send(queue: &Sqlite, messages: &str) -> Result<(), QueueError> {
    let message = |text: &str| NewMessage { body: text.into(), group: text[..1].into(), deduplication: text.into() };
    queue.send(messages.split_whitespace().map(message).collect()).await
}

fn bodies(messages: &[Received]) -> String {
    messages.iter().map(|message| &*message.body).collect::<Vec<_>>().join(" ")
}

#[tokio::test(start_paused = true)]
async fn a_group_is_in_order_and_waits_for_what_is_in_flight() {
    let world = World::new().await;
    world.send("a1 b1").await;
    world.send("a2 c1").await;
    let first = world.receive();
    assert_eq!(bodies(&first), "a1 a2 b1 c1", "of what waits longest as much as there is, then of the next");
    assert_eq!(first[0].sent_at, Some(at(0)));
    world.send("a3 d1").await;
    let second = world.receive();
    assert_eq!(bodies(&second), "d1");
    world.delete(&first[1..]).await;
    assert_eq!(world.bodies(), "", "a1 is in flight");
    world.delete(&first[..1]).await;
    assert_eq!(world.bodies(), "a3");
    world.pass(299).await;
    assert_eq!(world.bodies(), "");
    world.pass(1).await;
    let again = world.receive();
    assert_eq!(bodies(&again), "a3 d1");
    assert_eq!(again.iter().map(|message| message.receives).collect::<Vec<_>>(), [2, 2]);
    world.delete(&second).await;
    world.delete(&again[..1]).await;
    world.pass(300).await;
    assert_eq!(world.bodies(), "d1", "its first receipt is not good any more");
}

#[tokio::test(start_paused = true)]
async fn a_batch_has_ten_and_what_waits_longest_comes_first() {
    let world = World::new().await;
    world.send("a1 a2 a3 a4 a5 a6 b1 c1").await;
    world.send("a7 b2 c2 c3 c4 c5").await;
    let first = world.receive();
    assert_eq!(bodies(&first), "a1 a2 a3 a4 a5 a6 a7 b1 b2 c1");
    world.send("d1").await;
    assert_eq!(world.bodies(), "d1", "of c something is in flight");
    world.delete(&first[7..]).await;
    world.send("b3").await;
    world.hide(&first[..7], 0).await;
    assert_eq!(world.bodies(), "a1 a2 a3 a4 a5 a6 a7 c2 c3 c4");
    assert_eq!(world.bodies(), "b3");
}

#[tokio::test(start_paused = true)]
async fn a_repeat_within_five_minutes_is_dropped() {
    let world = World::new().await;
    world.send("a1").await;
    world.send("a1 a2").await;
    let both = world.receive();
    assert_eq!(bodies(&both), "a1 a2");
    world.delete(&both).await;
    world.pass(299).await;
    world.send("a1").await;
    assert_eq!(world.bodies(), "", "although it was deleted");
    let restarted = world.again().await;
    restarted.seconds.store(299, Ordering::Relaxed);
    restarted.send("a1").await;
    assert_eq!(restarted.bodies(), "", "although the process is another one");
    world.pass(1).await;
    world.send("a1").await;
    assert_eq!(world.bodies(), "a1");
    // A clock that was wrong for a moment does not make repeats of everything.
    world.seconds.store(90_000, Ordering::Relaxed);
    world.send("b1").await;
    world.seconds.store(400, Ordering::Relaxed);
    world.send("b1").await;
    assert_eq!(world.bodies(), "b1 b1");
}

#[tokio::test(start_paused = true)]
async fn what_is_hidden_comes_when_its_time_is_over() {
    let world = World::new().await;
    world.send("a1 a2").await;
    let both = world.receive();
    assert_eq!(world.hide(&both, 20).await, []);
    assert_eq!(world.counts().await, Counts { waiting: 2, in_flight: 2, oldest: Some(at(0)), dead: 0 });
    let started = Instant::now();
    let again = world.queue.receive().await;
    assert_eq!((bodies(&again), started.elapsed().as_secs()), ("a1 a2".to_owned(), 20));
    let not = world.hide(&both, 20).await;
    assert_eq!(not[1], NotHidden { nth: 1, why: "MessageNotInflight".into() });
    // Whoever waits is woken by what is sent, and by what becomes free.
    let (got, ()) = tokio::join!(world.queue.receive(), world.send("b1"));
    assert_eq!(bodies(&got), "b1");
    world.send("a3").await;
    let (got, ()) = tokio::join!(world.queue.receive(), world.delete(&again));
    assert_eq!(bodies(&got), "a3");
    assert!(timeout(Duration::from_secs(3), world.queue.receive()).await.is_err(), "there is nothing");
}

#[tokio::test(start_paused = true)]
async fn a_new_process_gets_everything_at_once_and_knows_how_often_it_was_tried() {
    let limits = Limits { visibility: Duration::from_secs(300), receives: 3 };
    let world = World::of(State::in_memory().expect("a database"), limits).await;
    world.send("a1 a2").await;
    for receives in 1..=3 {
        let again = world.again().await;
        let got = again.receive();
        assert_eq!((bodies(&got), got[0].receives), ("a1 a2".to_owned(), receives));
        again.hide(&got, 100).await;
    }
    let last = world.again().await;
    assert_eq!(last.bodies(), "", "they are dead letters");
    last.send("a3").await;
    assert_eq!(last.bodies(), "a3", "and hold nothing up");
    assert_eq!(last.counts().await, Counts { waiting: 1, in_flight: 1, oldest: Some(at(0)), dead: 2 });
    last.pass(14 * 86_400 + 1).await;
    let now = at(last.seconds.load(Ordering::Relaxed));
    last.queue.sweep(now).await.expect("an answer");
    assert_eq!(last.counts().await, Counts { waiting: 0, in_flight: 1, oldest: None, dead: 1 }, "a3 is too old now");
    assert_eq!(last.bodies(), "");
    last.queue.sweep(now + TimeDelta::days(15)).await.expect("an answer");
    assert_eq!(last.counts().await.dead, 0);
    let left = last.state.reading(|file| file.query_row("SELECT count(*) FROM sent", [], |row| row.get::<_, i64>(0)));
    assert_eq!(left.await.expect("an answer"), 0);
}

#[tokio::test(start_paused = true)]
async fn on_a_full_disk_messages_are_refused_and_those_that_wait_go_out_once() {
    let world = World::new().await;
    world.send("a1 a2 b1").await;
    let count = world.state.reading(|file| file.pragma_query_value(None, "page_count", |row| row.get::<_, i64>(0)));
    world.pages("max_page_count", count.await.expect("an answer")).await;
    let large = NewMessage { body: "x".repeat(20_000), group: "c".into(), deduplication: "c1".into() };
    let refused = world.queue.send(vec![large.clone()]).await.expect_err("there is no room");
    assert_eq!(refused.to_string(), "the queue cannot be used: memory: database or disk is full");

    // Not even a count can be written.
    let read_only = |is: bool| world.state.reading(move |file| file.pragma_update(None, "query_only", is));
    read_only(true).await.expect("an answer");
    let got = world.receive();
    assert_eq!(bodies(&got), "a1 a2 b1");
    world.delete(&got[..2]).await;
    world.pass(301).await;
    assert_eq!(world.bodies(), "b1", "a1 and a2 are done");
    let refused = send(&world.queue, "d1").await.expect_err("it cannot be kept");
    assert_eq!(refused.to_string(), "the queue cannot be used: memory: attempt to write a readonly database");

    read_only(false).await.expect("an answer");
    world.pages("max_page_count", 1_000).await;
    world.queue.send(vec![large]).await.expect("there is room again");
    world.queue.sweep(at(301)).await.expect("an answer");
    assert_eq!(world.again().await.receive().len(), 2, "b1 and c1: what was done is deleted");
}

#[tokio::test(start_paused = true)]
async fn a_message_that_was_put_there_by_hand_is_found() {
    let world = World::new().await;
    let by_hand = "INSERT INTO messages (lane, message_group, sent_at, body) VALUES ('rest', 'z', '2026', 'z1')";
    world.state.writing(|file| file.execute(by_hand, [])).await.expect("an answer");
    assert_eq!(world.bodies(), "");
    world.queue.sweep(at(0) - TimeDelta::days(400)).await.expect("an answer");
    assert_eq!(world.bodies(), "z1");
}

/// The sender has hung up: what it has sent is in the file, so it goes out.
#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_has_gone_is_served() {
    let path = std::env::temp_dir().join(format!("toban queue {}.db", std::process::id()));
    let state = State::open(&path).expect("a state");
    let world = World::of(state, Limits::of(Lane::Rest)).await;
    for number in 0..50 {
        let text = format!("{}{number}", char::from(b'a' + number % 20));
        let mut sending = Box::pin(send(&world.queue, &text));
        assert!(futures_util::poll!(&mut sending).is_pending());
        drop(sending);
    }
    let mut got = 0;
    while got < 50 {
        let some = timeout(Duration::from_secs(10), world.queue.receive()).await.expect("all come");
        got += some.len();
        world.delete(&some).await;
    }
    assert_eq!(world.counts().await, Counts::default());
    drop(world);
    for suffix in ["", ".lock"] {
        std::fs::remove_file(format!("{}{suffix}", path.display())).expect("nothing else is left");
    }
}
