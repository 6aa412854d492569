//! A limit on how fast messages are taken, as Slack has one: one a second in each channel, with short bursts.
//! <https://docs.slack.dev/apis/web-api/rate-limits>
//!
//! Its clock is the test's: it ticks with each post that is tried, so that no run depends on how fast the machine is.

use std::collections::BTreeMap;

use super::faults::Fault;

/// How fast a chat takes messages. What comes faster gets 429.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// So many at once.
    pub burst: u64,
    /// Then one in so many ticks.
    pub ticks: u64,
    /// What a 429 says in `Retry-After`, in seconds.
    pub retry_after: u64,
}

/// A pace, and how far each channel is ahead of it.
pub struct Meter {
    pace: Pace,
    clock: u64,
    /// When all that was taken would have been taken at the pace alone.
    due: BTreeMap<String, u64>,
}

impl Meter {
    pub fn new(pace: Pace) -> Self {
        Self { pace, clock: 0, due: BTreeMap::new() }
    }

    /// Counts a post, or says that it is one too many.
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
