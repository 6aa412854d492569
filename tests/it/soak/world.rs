//! A queue, a table, the settings of the functions, and the failures of their chat.

use crate::kit::aws::{Aws, Chance, Chaos, Options, Poller, Queue, Table};
use crate::kit::{Fault, Function};
use crate::running::{Settings, WEBHOOK};
use std::time::{Duration, Instant};

const WORKER: &str = env!("CARGO_BIN_EXE_worker");

pub struct World {
    pub queue: Queue,
    pub table: Table,
    pub settings: Settings,
    /// How long an invocation of the worker may take.
    time_limit: Duration,
}

/// In production a worker has 30 s, a claim is honoured for 45 s, and a message is hidden for 300 s: a worker that finds one
/// free knows that the one before has ended. Here it is 10, 11 and 12 s.
const TIME_LIMIT: u32 = 10;

impl World {
    /// A queue and a table with times that a test can wait for, in the order of those in production.
    pub async fn new(name: &str) -> (Aws, Self) {
        Self::with_times(name, TIME_LIMIT, TIME_LIMIT + 1, TIME_LIMIT + 2).await
    }

    /// With shorter times, for tests in which one worker has ended before another gets its message.
    pub async fn hasty(name: &str) -> (Aws, Self) {
        Self::with_times(name, 30, 4, 5).await
    }

    async fn with_times(name: &str, time_limit: u32, lease: u32, visibility: u32) -> (Aws, Self) {
        let aws = Aws::from_environment().expect("AWS_ENDPOINT_URL is set: run this through tests/aws/moto");
        let queue = aws.create_fifo_queue(name, visibility, 1_000).await;
        let table = aws.create_table(name).await;
        let settings = aws
            .env()
            .iter()
            .fold(Settings::at("2026-11-24T11:00:00+09:00"), |all, (name, value)| all.with(name, value));
        let settings = settings
            .with("TOBAN_NOW", "")
            .with("QUEUE_URL", &queue.url)
            .with("LEDGER_TABLE", &table.name)
            .with("TOBAN_LEASE", &lease.to_string())
            .with("BUSINESS_HOURS", "00:00-24:00")
            .with("BUSINESS_DAYS", "Mon-Sun")
            .with("NATIONAL_HOLIDAYS", "none");
        (aws, Self { queue, table, settings, time_limit: Duration::from_secs(time_limit.into()) })
    }

    pub async fn webhook(&self) -> Function {
        Function::start(WEBHOOK, &self.settings.pairs()).await
    }

    pub fn poller(&self, chaos: Option<Chaos>) -> Poller {
        let options = Options { time_limit: self.time_limit, chaos, ..Options::default() };
        Poller::new(&self.queue, WORKER, &self.settings.pairs(), options)
    }
}

/// A message in doubt is repeated after a minute, and after ten if the repeat is in doubt as well.
const DOUBTS: Duration = Duration::from_secs(45);

/// A fifth of all calls fail, in every way that a chat knows.
pub fn faults(seed: u64) -> impl FnMut() -> Option<Fault> + Send + 'static {
    let mut chance = Chance::seeded(seed);
    let begun = Instant::now();
    move || {
        let drawn = chance.below(2_000);
        // No message is to be in doubt twice, or the test waits for those ten minutes.
        if (350..382).contains(&drawn) && begun.elapsed() > DOUBTS {
            return Some(Fault::ServerError);
        }
        // What hangs is left alone for 15 s, so there is little of it.
        Some(match drawn {
            0..30 => Fault::TooManyRequests { retry_after: Some(0) },
            30..34 => Fault::TooManyRequests { retry_after: None },
            34..250 => Fault::ServerError,
            250..350 => Fault::Html503,
            350..365 => Fault::Reset,
            365..380 => Fault::ResetAfterAccepting,
            380..381 => Fault::Hang,
            381..382 => Fault::HangAfterAccepting,
            _ => return None,
        })
    }
}
