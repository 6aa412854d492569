//! The last good copy of the sheet.
//!
//! A copy is fresh for a minute. After that one reader at a time asks Google while the others wait for it or use the
//! copy. If Google does not answer, the copy is used, however old, and Google is not asked again for ten seconds. Without
//! a copy every delivery asks, because an alert that mentions nobody is the worst case.
//!
//! The copy is also kept in the ledger, so that all instances of the function share one read a minute: an instance asks
//! Google only if the ledger's copy is not fresh either and no other instance is asking. Otherwise it waits for the
//! other's copy, and asks Google itself if none arrives in time.

use super::sheet::Sheet;
use super::table::{Tabs, workbook};
use super::{LIMIT, Reading, TeamTime, copy};
use crate::domain::unreadable::Unreadable;
use crate::ledger::{Ledger, RotationCopy};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use std::sync::{Arc, Mutex as SyncMutex, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout_at};

/// A copy younger than this is used instead of the sheet.
const FRESH: TimeDelta = TimeDelta::seconds(60);
/// After a failed read Google is not asked again for this long, if there is a copy.
const PAUSE: TimeDelta = TimeDelta::seconds(10);
/// While another instance asks Google, a copy is used if it was fresh until this long ago.
const MEANWHILE: TimeDelta = TimeDelta::seconds(10);
/// How often to check whether the other instance has read the sheet.
const POLL: Duration = Duration::from_millis(100);
/// The time left for a read of our own, token included, if the other instance has not read it.
const OWN_READ: Duration = Duration::from_millis(700);

/// A sheet and its last good copy.
#[derive(Debug)]
pub struct Cache {
    sheet: Sheet,
    team: TeamTime,
    copy: SyncMutex<Option<Copy>>,
    /// Held by the one who asks Google; when the last try failed.
    asking: Mutex<Option<DateTime<Utc>>>,
}

/// What the sheet said last, and how it was read on which day: a date without a year is another one later.
#[derive(Debug)]
struct Copy {
    tabs: Tabs,
    day: NaiveDate,
    reading: Reading,
}

impl Cache {
    /// A cache with nothing in it.
    pub fn new(sheet: Sheet, team: TeamTime) -> Self {
        Self { sheet, team, copy: SyncMutex::new(None), asking: Mutex::new(None) }
    }

    /// The sheet or a copy, by the rules above. Returns by `limit`; a read that takes longer is dropped.
    pub async fn read(&self, ledger: &Ledger, limit: Instant, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
        if let Some(fresh) = self.copy(now).filter(|copy| is_fresh(copy.read_at, now)) {
            return Ok(fresh);
        }
        let found = match timeout_at(limit, self.asking.lock()).await {
            Ok(mut failed_at) => match self.copy(now) {
                // Somebody has read it while we waited.
                Some(fresh) if is_fresh(fresh.read_at, now) => return Ok(fresh),
                Some(old) if failed_at.is_some_and(|at| now - at < PAUSE) => return Ok(old),
                _ => {
                    let found = self.ask(ledger, limit, now).await;
                    *failed_at = found.as_ref().err().map(|_| now);
                    found
                }
            },
            Err(_) => Err(Unreadable::NoAnswer),
        };
        found.or_else(|why| self.copy(now).ok_or(why))
    }

    /// Starts with the ledger's copy, if it can be read.
    pub fn begin_with(&self, copy: &RotationCopy) {
        if let Some(tabs) = copy::from_json(&copy.tabs) {
            self.keep(tabs, copy.read_at, copy.read_at);
        }
    }

    /// Whether the last read failed; `false` while Google is being asked.
    pub fn has_failed(&self) -> bool {
        self.asking.try_lock().is_ok_and(|failed_at| failed_at.is_some())
    }

    /// The sheet as it is now, never a copy.
    pub async fn read_through(&self, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
        let tabs = timeout_at(Instant::now() + LIMIT, self.sheet.read()).await.map_err(|_| Unreadable::NoAnswer)??;
        let workbook = workbook(&tabs, self.team.hours, self.team.today(now));
        Ok(Reading { workbook: Arc::new(workbook), read_at: now })
    }

    /// What another instance has read, or the sheet. Returns by `limit`.
    async fn ask(&self, ledger: &Ledger, limit: Instant, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
        if let Some(reading) = self.read_elsewhere(ledger, limit, now).await {
            return Ok(reading);
        }
        let why = match timeout_at(limit, self.sheet.read()).await {
            Ok(Ok(tabs)) => {
                let reading = self.keep(tabs.clone(), now, now);
                let tabs = copy::to_json(&tabs, &reading.workbook.rotation, self.team, now);
                let copy = RotationCopy { tabs, read_at: now };
                // If this is not done in time, the next instance asks Google itself.
                timeout_at(limit, ledger.keep_rotation(copy, now)).await.ok();
                return Ok(reading);
            }
            Ok(Err(why)) => why,
            Err(_) => Unreadable::NoAnswer,
        };
        tracing::warn!(rotation_unreadable = why.name(), "the sheet cannot be read. `toban check` says what to do");
        Err(why)
    }

    /// What others have read, or are reading at this moment; `None` when the caller has to ask Google itself.
    async fn read_elsewhere(&self, ledger: &Ledger, limit: Instant, now: DateTime<Utc>) -> Option<Reading> {
        let copy = self.shared(ledger, limit, now).await?;
        if is_fresh(copy.read_at, now) {
            return Some(copy);
        }
        if timeout_at(limit, ledger.may_read_rotation(now)).await != Ok(false) {
            return None;
        }
        if now - copy.read_at < FRESH + MEANWHILE {
            return Some(copy);
        }
        let delivered = async {
            loop {
                sleep(POLL).await;
                let copy = self.shared(ledger, limit, now).await;
                if let Some(fresh) = copy.filter(|copy| is_fresh(copy.read_at, now)) {
                    return fresh;
                }
            }
        };
        // By then the other instance has crashed, or Google is slow.
        timeout_at(limit.checked_sub(OWN_READ)?, delivered).await.ok()
    }

    /// The ledger's copy, or our own if that is newer; `None` when the ledger has none that can be read.
    async fn shared(&self, ledger: &Ledger, limit: Instant, now: DateTime<Utc>) -> Option<Reading> {
        let shared = timeout_at(limit, ledger.rotation()).await.ok().flatten()?;
        match self.copy(now) {
            Some(own) if own.read_at >= shared.read_at => Some(own),
            _ => Some(self.keep(copy::from_json(&shared.tabs)?, shared.read_at, now)),
        }
    }

    fn keep(&self, tabs: Tabs, read_at: DateTime<Utc>, now: DateTime<Utc>) -> Reading {
        let day = self.team.today(now);
        let reading = Reading { workbook: Arc::new(workbook(&tabs, self.team.hours, day)), read_at };
        let copy = Copy { tabs, day, reading: reading.clone() };
        *self.copy.lock().unwrap_or_else(PoisonError::into_inner) = Some(copy);
        reading
    }

    /// What the sheet said last, as it is to be read today.
    fn copy(&self, now: DateTime<Utc>) -> Option<Reading> {
        let mut copy = self.copy.lock().unwrap_or_else(PoisonError::into_inner);
        let copy = copy.as_mut()?;
        let today = self.team.today(now);
        if copy.day != today {
            copy.day = today;
            copy.reading.workbook = Arc::new(workbook(&copy.tabs, self.team.hours, today));
        }
        Some(copy.reading.clone())
    }
}

fn is_fresh(read_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - read_at < FRESH
}
