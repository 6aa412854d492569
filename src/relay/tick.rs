//! What waits for a time, every ten minutes: the watchdog's round.

use crate::relay::watchdog::{Blind, Round, Watchdog};
use chrono::{DateTime, Utc};

/// Everything that is set up of it.
#[derive(Debug, Default)]
pub struct Tick {
    pub watchdog: Option<Watchdog>,
}

impl Tick {
    /// What was due: the watchdog's round. `None` if there is no watchdog, or no round is due.
    pub async fn run(&self, now: DateTime<Utc>) -> Result<Option<Round>, Blind> {
        match &self.watchdog {
            Some(watchdog) => watchdog.round(now).await,
            None => Ok(None),
        }
    }
}
