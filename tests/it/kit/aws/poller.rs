//! What Lambda does between a FIFO queue and a worker.
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>, with `ReportBatchItemFailures`.

mod answer;
mod report;
mod worker;

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

use super::queue::{Queue, SqsMessage};
pub use report::{Kill, Report};

/// Feeds a queue's messages to workers, as the event source mapping does.
///
/// A batch holds messages of any groups. When the worker answers, those that the answer does not name as failed are
/// deleted; the others stay invisible for what is left of their visibility, or for what the worker has set. When it
/// does not answer, nothing is deleted.
pub struct Poller {
    queue: Queue,
    binary: String,
    env: Vec<(String, String)>,
    options: Options,
}

/// How a [`Poller`] works.
#[derive(Debug, Clone)]
pub struct Options {
    /// The most processes at once, Lambda's maximum concurrency. All of them start at once.
    pub workers: usize,
    /// The most messages in a batch, 10 for a FIFO queue.
    pub batch_size: usize,
    /// How long an invocation may take: the worker is told, and killed when it is over, as Lambda does. Less than the
    /// kit's own limit, or the kit complains first.
    pub time_limit: Duration,
    pub chaos: Option<Chaos>,
}

/// Kills at random moments. The random numbers are reproducible, but not the state at those moments.
#[derive(Debug, Clone, Copy)]
pub struct Chaos {
    pub seed: u64,
    /// How likely it is that an invocation is to be killed. It escapes when it has answered before its moment.
    pub probability: f64,
    /// The moment comes no later than this after the invocation's start, each time being as likely.
    pub within: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { workers: 2, batch_size: 10, time_limit: Duration::from_secs(30), chaos: None }
    }
}

/// How long to wait before an empty queue is polled again.
const PAUSE: Duration = Duration::from_millis(50);

impl Poller {
    /// A poller of this queue, whose workers are this binary with this environment: see
    /// [`Function`](crate::kit::Function).
    pub fn new(queue: &Queue, binary: &str, env: &[(&str, &str)], options: Options) -> Self {
        let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self { queue: queue.clone(), binary: binary.to_owned(), env: env.collect(), options }
    }

    /// Works until the queue has neither visible messages nor any in flight, or until `limit` has passed; batches that
    /// are worked on by then are ended. Each run starts processes of its own.
    ///
    /// Panics if a worker's answer is one that Lambda refuses or that breaks the order of a group.
    pub async fn drain(&self, limit: Duration) -> Report {
        self.drain_while(std::future::ready(()), limit).await.0
    }

    /// As [`Poller::drain`] does, while `feed` sends messages, which it must have done within the limit.
    pub async fn drain_while<T>(&self, feed: impl Future<Output = T>, limit: Duration) -> (Report, T) {
        let started = Instant::now();
        let run = Arc::new(Run {
            queue: self.queue.clone(),
            binary: self.binary.clone(),
            env: self.env.clone(),
            options: self.options.clone(),
            until: started + limit,
            fed: watch::Sender::new(false),
            turn: tokio::sync::Mutex::default(),
            tally: Mutex::default(),
        });
        let mut workers = JoinSet::new();
        for index in 0..self.options.workers {
            workers.spawn(worker::work(run.clone(), index));
        }
        let mut feed = pin!(tokio::time::timeout(limit, feed));
        let fed = loop {
            tokio::select! {
                fed = &mut feed => break fed,
                Some(ended) = workers.join_next() => expect_ended(ended),
            }
        };
        let Ok(fed) = fed else {
            panic!(
                "the messages were not sent within {limit:?}, look at what kept the workers: {}",
                run.tally().report
            );
        };
        run.fed.send_replace(true);
        while let Some(ended) = workers.join_next().await {
            expect_ended(ended);
        }
        let mut tally = std::mem::take(&mut *run.tally());
        tally.report.elapsed = started.elapsed();
        tally.report.left = self.queue.counts().await;
        let Tally { report, problems } = tally;
        assert!(
            problems.is_empty(),
            "look at what the workers answered: {problems:#?}\nand at their logs:\n{}",
            report.logs
        );
        (report, fed)
    }
}

/// A run, as its workers share it.
struct Run {
    queue: Queue,
    binary: String,
    env: Vec<(String, String)>,
    options: Options,
    until: Instant,
    /// Whether all messages have been sent.
    fed: watch::Sender<bool>,
    /// Locked by the worker that polls the queue.
    turn: tokio::sync::Mutex<()>,
    tally: Mutex<Tally>,
}

#[derive(Default)]
struct Tally {
    report: Report,
    problems: Vec<String>,
}

impl Run {
    /// The next batch, or `None` when there is nothing more to do.
    async fn next(&self) -> Option<Vec<SqsMessage>> {
        let _turn = self.turn.lock().await;
        while Instant::now() < self.until {
            // Checked before the queue, so that what is sent afterwards is not missed.
            let fed = *self.fed.borrow();
            let batch = self.queue.receive(self.options.batch_size, 0).await;
            if !batch.is_empty() {
                return Some(batch);
            }
            if fed && self.queue.is_empty().await {
                return None;
            }
            tokio::time::sleep(PAUSE).await;
        }
        None
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A worker that failed the test fails it here, too.
fn expect_ended(ended: Result<(), JoinError>) {
    match ended.map_err(JoinError::into_panic) {
        Ok(()) => {}
        Err(panic) => std::panic::resume_unwind(panic),
    }
}
