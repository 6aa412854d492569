//! What waits for a time, every ten minutes: the end of the shift, the watchdog's round, the daily check.

use crate::relay::daily_check::{DailyCheck, DailyChecked, Untold};
use crate::relay::shift::{Shifts, Unsaid};
use crate::relay::watchdog::{Blind, Round, Watchdog};
use chrono::{DateTime, Utc};

/// Everything that is set up of it.
#[derive(Debug, Default)]
pub struct Tick {
    pub shifts: Option<Shifts>,
    pub watchdog: Option<Watchdog>,
    pub daily_check: Option<DailyCheck>,
}

/// What a tick has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ticked {
    /// Incidents of which it is said that they are open at the end of the shift.
    pub open: usize,
    /// `None` if there is no watchdog, or no round is due.
    pub round: Option<Round>,
    /// `None` if there is no daily check, or none is due.
    pub checked: Option<DailyChecked>,
}

/// Why something was not done. The next tick may.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    #[error(transparent)]
    Shift(#[from] Unsaid),
    #[error(transparent)]
    Watchdog(#[from] Blind),
    #[error(transparent)]
    DailyCheck(#[from] Untold),
}

impl Tick {
    /// Does what is due; the daily check last, because nobody waits for it. What fails keeps nothing else from being done.
    pub async fn run(&self, now: DateTime<Utc>) -> Result<Ticked, NotDone> {
        let open = match &self.shifts {
            Some(shifts) => shifts.run(now).await,
            None => Ok(0),
        };
        let round = match &self.watchdog {
            Some(watchdog) => watchdog.round(now).await,
            None => Ok(None),
        };
        let checked = match &self.daily_check {
            Some(daily_check) => daily_check.run(now).await,
            None => Ok(None),
        };
        // What is not the answer is logged here.
        if let (Err(unsaid), Err(_)) = (&open, &round) {
            tracing::error!("{unsaid}");
        }
        if let (Err(untold), true) = (&checked, open.is_err() || round.is_err()) {
            tracing::error!("{untold}");
        }
        let ticked = Ticked { round: round?, open: open?, checked: checked? };
        tracing::info!(open = ticked.open, "the tick is done");
        Ok(ticked)
    }
}
