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
use super::{LIMIT, Reading, copy};
use crate::domain::unreadable::Unreadable;
use crate::ledger::{Ledger, RotationCopy};
use chrono::{DateTime, TimeDelta, Utc};
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
    copy: SyncMutex<Option<Reading>>,
    /// When the last read failed. Locked while Google is asked.
    asking: Mutex<Option<DateTime<Utc>>>,
}

impl Cache {
    pub fn new(sheet: Sheet) -> Self {
        Self { sheet, copy: SyncMutex::new(None), asking: Mutex::new(None) }
    }

    /// The sheet or a copy, by the rules above. Returns by `limit`; a read that takes longer is dropped.
    pub async fn read(&self, ledger: &Ledger, limit: Instant, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
        if let Some(fresh) = self.copy().filter(|copy| is_fresh(copy.read_at, now)) {
            return Ok(fresh);
        }
        let found = match timeout_at(limit, self.asking.lock()).await {
            Ok(mut failed_at) => match self.copy() {
                // Another reader has read it while we waited.
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
        found.or_else(|why| self.copy().ok_or(why))
    }

    /// Starts with the ledger's copy, if it can be read.
    pub fn begin_with(&self, copy: &RotationCopy) {
        if let Some(tabs) = copy::from_json(&copy.tabs) {
            self.keep(&tabs, copy.read_at);
        }
    }

    /// Whether the last read failed; `false` while Google is being asked.
    pub fn has_failed(&self) -> bool {
        self.asking.try_lock().is_ok_and(|failed_at| failed_at.is_some())
    }

    /// The sheet as it is now, never a copy.
    pub async fn read_through(&self, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
        let tabs = timeout_at(Instant::now() + LIMIT, self.sheet.read()).await.map_err(|_| Unreadable::NoAnswer)??;
        Ok(Reading { workbook: Arc::new(workbook(&tabs)), read_at: now })
    }

    /// What another instance has read, or the sheet. Returns by `limit`.
    async fn ask(&self, ledger: &Ledger, limit: Instant, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
        if let Some(reading) = self.from_others(ledger, limit, now).await {
            return Ok(reading);
        }
        let why = match timeout_at(limit, self.sheet.read()).await {
            Ok(Ok(tabs)) => {
                let copy = RotationCopy { tabs: copy::to_json(&tabs, now), read_at: now };
                // If this fails, the next instance asks Google itself.
                timeout_at(limit, ledger.keep_rotation(copy, now)).await.ok();
                return Ok(self.keep(&tabs, now));
            }
            Ok(Err(why)) => why,
            Err(_) => Unreadable::NoAnswer,
        };
        tracing::warn!(rotation_unreadable = why.name(), "the sheet cannot be read. `toban check` says what to do");
        Err(why)
    }

    /// What another instance has read or is reading; `None` if the caller has to ask Google itself.
    async fn from_others(&self, ledger: &Ledger, limit: Instant, now: DateTime<Utc>) -> Option<Reading> {
        let copy = self.shared(ledger, limit).await?;
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
                let copy = self.shared(ledger, limit).await;
                if let Some(fresh) = copy.filter(|copy| is_fresh(copy.read_at, now)) {
                    return fresh;
                }
            }
        };
        // By then the other instance has crashed, or Google is slow.
        timeout_at(limit.checked_sub(OWN_READ)?, delivered).await.ok()
    }

    /// The ledger's copy, or our own if that is newer; `None` if the ledger has none that can be read.
    async fn shared(&self, ledger: &Ledger, limit: Instant) -> Option<Reading> {
        let shared = timeout_at(limit, ledger.rotation()).await.ok().flatten()?;
        match self.copy() {
            Some(own) if own.read_at >= shared.read_at => Some(own),
            _ => Some(self.keep(&copy::from_json(&shared.tabs)?, shared.read_at)),
        }
    }

    fn keep(&self, tabs: &Tabs, read_at: DateTime<Utc>) -> Reading {
        let reading = Reading { workbook: Arc::new(workbook(tabs)), read_at };
        *self.copy.lock().unwrap_or_else(PoisonError::into_inner) = Some(reading.clone());
        reading
    }

    fn copy(&self) -> Option<Reading> {
        self.copy.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn is_fresh(read_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - read_at < FRESH
}
