//! The scene: a queue, a table, the settings of the functions, and what their chat does wrong.

use crate::kit::aws::{Aws, Chance, Options, Poller, Queue, Table};
use crate::kit::{Fault, Function};
use crate::stage::{Settings, WEBHOOK};

const WORKER: &str = env!("CARGO_BIN_EXE_worker");

pub struct Scene {
    pub queue: Queue,
    pub table: Table,
    pub settings: Settings,
}

impl Scene {
    /// A queue and a table with times that a test can wait for: in earnest a claim is honoured for 45 s and a message is
    /// hidden for 60 s. A claim must outlast what comes between it and the post (the first message's update and the
    /// ledger's answers, a second each), or somebody else's later posts would come in between.
    pub async fn new(name: &str, visibility: u32) -> (Aws, Self) {
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
            .with("TOBAN_LEASE", "5")
            .with("BUSINESS_HOURS", "00:00-24:00")
            .with("BUSINESS_DAYS", "Mon-Sun")
            .with("NATIONAL_HOLIDAYS", "none");
        (aws, Self { queue, table, settings })
    }

    pub async fn webhook(&self) -> Function {
        Function::start(WEBHOOK, &self.settings.pairs()).await
    }

    pub fn poller(&self, options: Options) -> Poller {
        Poller::new(&self.queue, WORKER, &self.settings.pairs(), options)
    }
}

/// A fifth of all calls goes wrong, in every way that a chat knows.
pub fn faults(seed: u64) -> impl FnMut() -> Option<Fault> + Send + 'static {
    let mut chance = Chance::seeded(seed);
    move || {
        Some(match chance.below(1_000) {
            0..50 => Fault::TooManyRequests { retry_after: Some(0) },
            50..80 => Fault::TooManyRequests { retry_after: None },
            80..130 => Fault::ServerError,
            130..150 => Fault::Html503,
            150..175 => Fault::Reset,
            175..197 => Fault::ResetAfterAccepting,
            197..198 => Fault::Hang,
            198..199 => Fault::HangAfterAccepting,
            _ => return None,
        })
    }
}
