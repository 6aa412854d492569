//! A rate limit such as Slack's: one message a second in each channel, with short bursts.
//! <https://docs.slack.dev/apis/web-api/rate-limits>
//!
//! Its clock ticks with each attempted post, so that no run depends on the machine's speed.

use std::collections::BTreeMap;

use super::faults::Fault;

/// A chat's rate limit. What is posted faster gets 429.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// The size of a burst.
    pub burst: u64,
    /// Ticks for each message after the burst.
    pub ticks: u64,
    /// `Retry-After` of a 429, in seconds.
    pub retry_after: u64,
}

/// A pace, and how far each channel is ahead of it.
pub struct Meter {
    pace: Pace,
    clock: u64,
    /// By channel, the tick up to which it has used its pace.
    due: BTreeMap<String, u64>,
}

impl Meter {
    pub fn new(pace: Pace) -> Self {
        Self { pace, clock: 0, due: BTreeMap::new() }
    }

    /// Counts a post; the fault if it is one too many.
    pub fn count(&mut self, channel: &str) -> Option<Fault> {
        let Pace { burst, ticks, retry_after } = self.pace;
        self.clock += 1;
        let due = self.due.entry(channel.to_owned()).or_insert(self.clock);
        let from = self.clock.max(*due);
        if from - self.clock > ticks * burst.saturating_sub(1) {
            return Some(Fault::TooManyRequests { retry_after: Some(retry_after) });
        }
        *due = from + ticks;
        None
    }
}
