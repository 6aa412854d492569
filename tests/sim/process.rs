//! A process of toban's: its clock, and its crash at any await.

use crate::world::{World, one_of};
use chrono::{DateTime, TimeDelta, Utc};
use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;
use tokio::time::{Sleep, sleep};

/// A process.
#[derive(Debug)]
pub struct Process {
    pub name: String,
    /// How far its clock is ahead.
    skew: TimeDelta,
    /// Requests that were sent and not answered.
    sent: AtomicU32,
    /// The events that it works on.
    pub events: Mutex<Vec<String>>,
    /// For how long it was frozen, in this invocation.
    frozen_for: Mutex<Duration>,
}

/// How an invocation ended.
#[derive(Debug)]
pub enum Ended<T> {
    Done(T),
    /// Everything of the process is gone.
    Crashed,
}

thread_local! {
    /// Whose future is being polled.
    static CURRENT: RefCell<Option<Arc<Process>>> = const { RefCell::new(None) };
}

/// A request of the current process, until it is answered or given up.
#[derive(Debug)]
pub struct Sent {
    process: Option<Arc<Process>>,
    is_over: AtomicBool,
}

/// The name of the process whose future is being polled; empty outside of them.
pub fn current() -> String {
    CURRENT.with_borrow(|process| process.as_ref().map(|process| process.name.clone()).unwrap_or_default())
}

/// The time by the clock of the process whose future is being polled, and for how long it may have known nothing newer.
pub fn clock(world: &World) -> (DateTime<Utc>, Duration) {
    CURRENT.with_borrow(|process| {
        let process = process.as_ref().expect("only a process sends anything");
        (process.now(world), *process.frozen_for.lock().expect("no panic before"))
    })
}

/// Notes that the current process has sent a request.
pub fn request_sent() -> Arc<Sent> {
    let process = CURRENT.with_borrow(Clone::clone);
    if let Some(process) = &process {
        process.sent.fetch_add(1, Ordering::Relaxed);
    }
    Arc::new(Sent { process, is_over: AtomicBool::new(false) })
}

impl Sent {
    pub fn end(&self) {
        if let (Some(process), false) = (&self.process, self.is_over.swap(true, Ordering::Relaxed)) {
            process.sent.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// Gives a request up when it is dropped.
#[derive(Debug)]
pub struct Waiting(pub Arc<Sent>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Process {
    /// Clocks are up to 30 s apart.
    pub fn start(world: &World, name: String) -> Arc<Self> {
        let skew = TimeDelta::milliseconds(world.chance(|rng| rng.i64(-15_000..15_000)));
        let (events, frozen_for) = Default::default();
        Arc::new(Self { name, skew, sent: AtomicU32::new(0), events, frozen_for })
    }

    pub fn now(&self, world: &World) -> DateTime<Utc> {
        world.now() + self.skew
    }

    fn strike(&self, world: &World) {
        world.struck(&self.events.lock().expect("no panic before"));
    }

    /// Runs an invocation. Perhaps it crashes at one of its awaits, or is frozen at one where every request is answered;
    /// after `limit` it is killed.
    pub async fn run<T>(self: &Arc<Self>, world: &World, limit: Duration, work: impl Future<Output = T>) -> Ended<T> {
        let strikes = |once_in| !world.is_calm() && world.happens(once_in);
        let await_number = || {
            world.chance(|rng| {
                let most = one_of(rng, [8, 40, 120]);
                rng.u32(1..most)
            })
        };
        let crash_at = strikes(world.weather.crash_once_in).then(await_number);
        let mut freeze_at = strikes(world.weather.freeze_once_in).then(await_number);
        let mut awaits = 0;
        *self.frozen_for.lock().expect("no panic before") = Duration::ZERO;
        let mut work = pin!(work);
        let mut end = pin!(sleep(limit));
        let mut frozen: Option<Pin<Box<Sleep>>> = None;
        poll_fn(|context| {
            if freeze_at.is_some_and(|at| awaits >= at) && self.sent.load(Ordering::Relaxed) == 0 {
                freeze_at = None;
                world.count("freeze");
                self.strike(world);
                let length = Duration::from_millis(world.chance(|rng| rng.u64(1_000..400_000)));
                world.note(format_args!("{} is frozen for {} s", self.name, length.as_secs()));
                *self.frozen_for.lock().expect("no panic before") = length;
                let later = end.deadline() + length;
                end.as_mut().reset(later);
                world.recovers_after(world.elapsed() + length);
                frozen = Some(Box::pin(sleep(length)));
            }
            if let Some(thaw) = &mut frozen {
                if thaw.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                frozen = None;
            }
            if end.as_mut().poll(context).is_ready() {
                world.count("killed at the limit of time");
                self.strike(world);
                world.note(format_args!("{} is killed after its time", self.name));
                return Poll::Ready(Ended::Crashed);
            }
            let before = CURRENT.replace(Some(self.clone()));
            let polled = work.as_mut().poll(context);
            CURRENT.set(before);
            if let Poll::Ready(done) = polled {
                return Poll::Ready(Ended::Done(done));
            }
            awaits += 1;
            if crash_at.is_some_and(|at| awaits >= at) {
                world.count("crash");
                self.strike(world);
                world.note(format_args!("{} crashes", self.name));
                return Poll::Ready(Ended::Crashed);
            }
            Poll::Pending
        })
        .await
    }
}
