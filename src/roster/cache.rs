//! The last good copy of the sheet.
//!
//! A copy is fresh for a minute. After that one reader at a time asks Google, the others wait for it or go on with the
//! copy; when Google has no answer the copy is used, however old, and Google is left alone for ten seconds. Without any
//! copy every delivery tries, because an alert without its people is the worst case.
//!
//! The copy is also kept in the ledger, so that many instances of the function share one read a minute: an instance
//! asks Google only when the ledger's copy is not fresh either and nobody else is asking. Who finds another asking waits
//! for what that one reads, and asks by itself when nothing comes in time.

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

/// A copy younger than this is as good as the sheet.
const FRESH: TimeDelta = TimeDelta::seconds(60);
/// After a failed read with a copy at hand, Google is left alone for this long.
const PAUSE: TimeDelta = TimeDelta::seconds(10);
/// While another instance asks Google, a copy that was fresh this short a time ago is good enough to go on with.
const MEANWHILE: TimeDelta = TimeDelta::seconds(10);
/// How often is looked whether the other has read it.
const POLL: Duration = Duration::from_millis(100);
/// What a read of our own needs, token included, when the other has not delivered.
const OWN_READ: Duration = Duration::from_millis(700);

/// A sheet, and what it said last.
#[derive(Debug)]
pub struct Cache {
    sheet: Sheet,
    copy: SyncMutex<Option<Reading>>,
    /// Held by the one who asks Google; when the last try failed.
    asking: Mutex<Option<DateTime<Utc>>>,
}

impl Cache {
    /// A cache with nothing in it.
    pub fn new(sheet: Sheet) -> Self {
        Self { sheet, copy: SyncMutex::new(None), asking: Mutex::new(None) }
    }

    /// The sheet, by the rules above. Ends by `limit`; a read that takes longer is dropped, not left running.
    pub async fn read(&self, ledger: &Ledger, limit: Instant, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
        if let Some(fresh) = self.copy().filter(|copy| is_fresh(copy.read_at, now)) {
            return Ok(fresh);
        }
        let found = match timeout_at(limit, self.asking.lock()).await {
            Ok(mut failed_at) => match self.copy() {
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
        found.or_else(|why| self.copy().ok_or(why))
    }

    /// Takes a copy of the ledger's, if it can be read.
    pub fn begin_with(&self, copy: &RotationCopy) {
        if let Some(tabs) = copy::from_json(&copy.tabs) {
            self.keep(&tabs, copy.read_at);
        }
    }

    /// Whether Google was asked last in vain. While it is being asked, it has not failed.
    pub fn has_failed(&self) -> bool {
        self.asking.try_lock().is_ok_and(|failed_at| failed_at.is_some())
    }

    /// The sheet itself, without any copy, as `toban check` wants it.
    pub async fn read_through(&self, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
        let tabs = timeout_at(Instant::now() + LIMIT, self.sheet.read()).await.map_err(|_| Unreadable::NoAnswer)??;
        Ok(Reading { workbook: Arc::new(workbook(&tabs)), read_at: now })
    }

    /// What others have read, or Google. Ends by `limit`.
    async fn ask(&self, ledger: &Ledger, limit: Instant, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
        if let Some(reading) = self.of_others(ledger, limit, now).await {
            return Ok(reading);
        }
        let why = match timeout_at(limit, self.sheet.read()).await {
            Ok(Ok(tabs)) => {
                let copy = RotationCopy { tabs: copy::to_json(&tabs, now), read_at: now };
                // If this is not done in time, the next instance asks Google itself.
                timeout_at(limit, ledger.keep_rotation(copy, now)).await.ok();
                return Ok(self.keep(&tabs, now));
            }
            Ok(Err(why)) => why,
            Err(_) => Unreadable::NoAnswer,
        };
        tracing::warn!(rotation_unreadable = why.name(), "the sheet cannot be read. `toban check` says what to do");
        Err(why)
    }

    /// What others have read, or are reading at this moment; `None` when the caller has to ask Google itself.
    async fn of_others(&self, ledger: &Ledger, limit: Instant, now: DateTime<Utc>) -> Option<Reading> {
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
        // By then the other has died, or meets a Google as slow as it may be.
        timeout_at(limit.checked_sub(OWN_READ)?, delivered).await.ok()
    }

    /// The ledger's copy, or our own if that is newer; `None` when the ledger has none that can be read.
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
