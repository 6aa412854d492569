//! What waits for a time, every ten minutes: the end of the shift, the watchdog's round, and what `NOTICES` names.

use crate::relay::notices::{NotNoticed, Noticed, Notices};
use crate::relay::shift::{Shifts, Unsaid};
use crate::relay::watchdog::{Blind, Round, Watchdog};
use chrono::{DateTime, Utc};

/// Everything that is set up of it.
#[derive(Debug, Default)]
pub struct Tick {
    pub shifts: Option<Shifts>,
    pub watchdog: Option<Watchdog>,
    pub notices: Notices,
}

/// What a tick has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ticked {
    /// Incidents of which it is said that they are open at the end of the shift.
    pub open: usize,
    /// `None` if there is no watchdog, or no round is due.
    pub round: Option<Round>,
    pub noticed: Noticed,
}

/// Why something was not done. The next tick may.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    #[error(transparent)]
    Shift(#[from] Unsaid),
    #[error(transparent)]
    Watchdog(#[from] Blind),
    #[error(transparent)]
    Notice(#[from] NotNoticed),
}

impl Tick {
    /// Does what is due; the notices last, because nobody waits for them. What fails keeps nothing else from being done.
    pub async fn run(&self, now: DateTime<Utc>) -> Result<Ticked, NotDone> {
        let mut failed = Vec::<NotDone>::new();
        let mut ticked = Ticked::default();
        if let Some(shifts) = &self.shifts {
            ticked.open = shifts.run(now).await.unwrap_or_else(|unsaid| {
                failed.push(unsaid.into());
                0
            });
        }
        if let Some(watchdog) = &self.watchdog {
            ticked.round = watchdog.round(now).await.unwrap_or_else(|blind| {
                failed.push(blind.into());
                None
            });
        }
        let (noticed, unsent) = self.notices.run(now).await;
        ticked.noticed = noticed;
        failed.extend(unsent.into_iter().map(NotDone::from));
        // The first is the answer, which its caller logs.
        let mut failed = failed.into_iter();
        if let Some(first) = failed.next() {
            failed.for_each(|other| tracing::error!("{other}"));
            return Err(first);
        }
        tracing::info!(open = ticked.open, "the tick is done");
        Ok(ticked)
    }
}
