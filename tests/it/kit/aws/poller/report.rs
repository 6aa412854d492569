//! The result of a run.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use crate::kit::aws::{Counts, SqsMessage};

/// The counts of a run, printed in one line by `{}`.
#[derive(Debug, Default)]
pub struct Report {
    /// How many messages each batch had. Each batch was one invocation, whatever its result.
    pub batches: Vec<usize>,
    /// The invocations that were cut short, by a [`Chaos`](super::Chaos) or by the end of their time.
    pub kills: Vec<Kill>,
    /// The invocations that ended otherwise without an answer: an error that the worker reported, a crash, or the end
    /// of its time.
    pub errors: Vec<String>,
    /// The answered invocations that lasted longer than the queue's visibility: SQS does not delete such messages.
    pub late: usize,
    /// Messages deleted.
    pub deleted: usize,
    /// Messages that an answer named as failed, each as often as it was.
    pub failed_records: usize,
    /// What is in the queues afterwards.
    pub left: Counts,
    pub elapsed: Duration,
    /// What the workers printed, one process after the other.
    pub logs: String,
}

/// An invocation that was killed before it answered.
#[derive(Debug)]
pub struct Kill {
    /// The worker's batch. How much of it was done is unknown.
    pub batch: Vec<SqsMessage>,
    /// The time from the invocation's start.
    pub after: Duration,
}

impl Report {
    pub fn invocations(&self) -> usize {
        self.batches.len()
    }

    /// Messages in the dead-letter queue.
    pub fn dead_letters(&self) -> u64 {
        self.left.dead
    }

    /// The printed lines that are JSON.
    pub fn log_lines(&self) -> Vec<Value> {
        self.logs.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}

impl Kill {
    /// The ids of the batch's messages.
    pub fn ids(&self) -> Vec<&str> {
        self.batch.iter().map(|message| message.id.as_str()).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, line: &mut fmt::Formatter<'_>) -> fmt::Result {
        let messages: usize = self.batches.iter().sum();
        write!(line, "{} invocations of {messages} messages in {:.1?}: ", self.invocations(), self.elapsed)?;
        write!(line, "{} deleted, {} returned, ", self.deleted, self.failed_records)?;
        write!(line, "{} kills, {} errors, {} late; ", self.kills.len(), self.errors.len(), self.late)?;
        let Counts { visible, in_flight, dead } = self.left;
        write!(line, "left {visible} visible, {in_flight} in flight, {dead} dead")
    }
}
