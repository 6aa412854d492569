//! The last good copy of the workbook.
//!
//! A copy is fresh for a minute. After that one reader at a time asks Google while the others wait for it or use the
//! copy. If Google does not answer, the copy is used, however old, and Google is not asked again for ten seconds. Without
//! a copy every delivery asks, because an alert that mentions nobody is the worst case.
//!
//! The copy is also kept in the ledger, so that all instances of the function share one read a minute: an instance asks
//! Google only if the ledger's copy is not fresh either and no other instance is asking. Otherwise it waits for the
//! other's copy, and asks Google itself if none arrives in time. What was read is shared once the message is posted. What
//! another version of the reader has read counts only while Google does not answer. Clocks of other processes may be wrong:
//! nothing is younger than now.

use super::origin::Origin;
use super::table::{READER, workbook};
use super::{LIMIT, Reading, TeamTime, copy, to_copy};
use crate::domain::unreadable::Unreadable;
use crate::ledger::{Ledger, RotationCopy};
use chrono::{DateTime, TimeDelta, Utc};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
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
/// A rota that was there so lately and is empty now is being written anew.
const REWRITING: TimeDelta = TimeDelta::minutes(10);
/// How often to check whether the other instance has read the sheet.
const POLL: Duration = Duration::from_millis(100);
/// The time left for a read of our own, token included, if the other instance has not read it.
const OWN_READ: Duration = Duration::from_millis(700);

/// A sheet and its last good copy.
#[derive(Debug)]
pub struct Cache {
    origin: Box<dyn Origin>,
    team: TeamTime,
    copy: SyncMutex<Option<Copy>>,
    /// What was read and is not in the ledger yet.
    unshared: SyncMutex<Option<Reading>>,
    /// Whether the ledger's copy is known, because it was read when the process started.
    is_begun: AtomicBool,
    /// Held by the one who asks Google; when the last try failed.
    asking: Mutex<Option<DateTime<Utc>>>,
}

/// What was read last, here or elsewhere.
#[derive(Debug, Clone)]
struct Copy {
    reading: Reading,
    /// The version of the reader.
    reader: u32,
}

impl Copy {
    /// Whether it says what the sheet says now.
    fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        self.reader == READER && now - self.reading.read_at < FRESH
    }
}

impl Cache {
    /// A cache with nothing in it.
    pub fn new(origin: impl Origin + 'static, team: TeamTime) -> Self {
        Self {
            origin: Box::new(origin),
            team,
            copy: SyncMutex::default(),
            unshared: SyncMutex::default(),
            is_begun: AtomicBool::new(false),
            asking: Mutex::new(None),
        }
    }

    /// The sheet or a copy, by the rules above. Returns by `limit`; a read that takes longer is dropped.
    pub async fn read(&self, ledger: &Ledger, limit: Instant, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
        if let Some(fresh) = self.copy().filter(|copy| copy.is_fresh(now)) {
            return Ok(fresh.reading);
        }
        let found = match timeout_at(limit, self.asking.lock()).await {
            Ok(mut failed_at) => match self.copy() {
                // Somebody has read it while we waited.
                Some(fresh) if fresh.is_fresh(now) => return Ok(fresh.reading),
                Some(old) if failed_at.is_some_and(|at| now - at < PAUSE) => return Ok(old.reading),
                _ => {
                    let found = self.ask(ledger, limit, now).await;
                    *failed_at = found.as_ref().err().map(|_| now);
                    found
                }
            },
            Err(_) => Err(self.origin.silence()),
        };
        found.or_else(|why| self.copy().map(|copy| copy.reading).ok_or(why))
    }

    /// Starts with the ledger's copy, or with the knowledge that it has none.
    pub fn begin_with(&self, copy: Option<&RotationCopy>, now: DateTime<Utc>) {
        self.is_begun.store(true, Ordering::Relaxed);
        if let Some(copy) = copy.and_then(|copy| known(copy, now)) {
            self.keep(copy);
        }
    }

    /// Keeps what was read since the last call in the ledger, for the other instances.
    pub async fn share(&self, ledger: &Ledger, now: DateTime<Utc>) {
        let unshared = self.unshared.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Reading { workbook, read_at }) = unshared {
            ledger.keep_rotation(to_copy(&workbook, read_at), now).await;
        }
    }

    /// When the copy in use was read.
    pub fn read_at(&self) -> Option<DateTime<Utc>> {
        Some(self.copy()?.reading.read_at)
    }

    /// Whether the last read failed; `false` while Google is being asked.
    pub fn has_failed(&self) -> bool {
        self.asking.try_lock().is_ok_and(|failed_at| failed_at.is_some())
    }

    /// The sheet as it is now, never a copy.
    pub async fn read_through(&self, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
        let reading = timeout_at(Instant::now() + LIMIT, self.read_origin(now)).await;
        reading.map_err(|_| self.origin.silence())?.map(|(reading, _)| reading)
    }

    /// The same, and all of it.
    pub async fn read_whole(&self, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
        match timeout_at(Instant::now() + LIMIT, self.read_origin(now)).await {
            Ok(Ok((reading, false))) => Ok(reading),
            Ok(Err(why)) => Err(why),
            Ok(Ok((_, true))) | Err(_) => Err(self.origin.silence()),
        }
    }

    async fn read_origin(&self, now: DateTime<Utc>) -> Result<(Reading, bool), Unreadable> {
        let today = self.team.today(now);
        let tabs = self.origin.read(today).await?;
        let workbook = Arc::new(workbook(&tabs, self.team.hours, today));
        Ok((Reading { workbook, read_at: now }, tabs.is_partial))
    }

    /// The copy that is better than what was read just now: while a part could not be had, and while a rota that was there
    /// some minutes ago is empty, because something is writing it anew.
    fn better(&self, read: &Reading, is_partial: bool, now: DateTime<Utc>) -> Option<Reading> {
        let is_gone = read.workbook.rotation.shifts.is_empty();
        let copy = self.copy().filter(|copy| copy.reader == READER)?.reading;
        let had = !copy.workbook.rotation.shifts.is_empty() && now - copy.read_at < REWRITING;
        (had && (is_partial || is_gone)).then_some(copy)
    }

    /// What another instance has read, or the sheet. Returns by `limit`.
    async fn ask(&self, ledger: &Ledger, limit: Instant, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
        let mut elsewhere = pin!(self.read_elsewhere(ledger, limit, now));
        let mut prepared = self.origin.prepare();
        let (read, is_prepared) = tokio::select! {
            biased;
            read = &mut elsewhere => (read, false),
            () = &mut prepared => (elsewhere.await, true),
        };
        if let Some(reading) = read {
            return Ok(reading);
        }
        let read = async {
            if !is_prepared {
                prepared.await;
            }
            self.read_origin(now).await
        };
        let why = match timeout_at(limit, read).await {
            Ok(Ok((reading, is_partial))) => {
                if let Some(copy) = self.better(&reading, is_partial, now) {
                    tracing::warn!(is_partial, "the sheet is not whole at the moment; the last copy of it is used");
                    return Ok(copy);
                }
                self.keep(Copy { reading: reading.clone(), reader: READER });
                *self.unshared.lock().unwrap_or_else(PoisonError::into_inner) = Some(reading.clone());
                return Ok(reading);
            }
            Ok(Err(why)) => why,
            Err(_) => self.origin.silence(),
        };
        tracing::warn!(rotation_unreadable = why.name(), "the sheet cannot be read. `toban check` says what to do");
        Err(why)
    }

    /// What others have read, or are reading at this moment; `None` when the caller has to ask Google itself.
    async fn read_elsewhere(&self, ledger: &Ledger, limit: Instant, now: DateTime<Utc>) -> Option<Reading> {
        let copy = if self.is_begun.swap(false, Ordering::Relaxed) {
            self.copy()?
        } else {
            self.shared(ledger, limit, now).await?
        };
        if copy.reader != READER {
            return None;
        }
        if copy.is_fresh(now) {
            return Some(copy.reading);
        }
        if timeout_at(limit, ledger.may_read_rotation(now)).await != Ok(false) {
            return None;
        }
        if now - copy.reading.read_at < FRESH + MEANWHILE {
            return Some(copy.reading);
        }
        let delivered = async {
            loop {
                sleep(POLL).await;
                let copy = self.shared(ledger, limit, now).await;
                if let Some(fresh) = copy.filter(|copy| copy.is_fresh(now)) {
                    return fresh.reading;
                }
            }
        };
        // By then the other instance has crashed, or Google is slow.
        timeout_at(limit.checked_sub(OWN_READ)?, delivered).await.ok()
    }

    /// The ledger's copy, or our own if that is newer; `None` when the ledger has none that can be read.
    async fn shared(&self, ledger: &Ledger, limit: Instant, now: DateTime<Utc>) -> Option<Copy> {
        let shared = known(&timeout_at(limit, ledger.rotation()).await.ok().flatten()?, now)?;
        match self.copy() {
            Some(own) if own.reader == READER && own.reading.read_at >= shared.reading.read_at => Some(own),
            _ => Some(self.keep(shared)),
        }
    }

    fn keep(&self, copy: Copy) -> Copy {
        *self.copy.lock().unwrap_or_else(PoisonError::into_inner) = Some(copy.clone());
        copy
    }

    fn copy(&self) -> Option<Copy> {
        self.copy.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A copy of the ledger's. If its clock was ahead, nobody knows how old it is: then it is not fresh.
fn known(copy: &RotationCopy, now: DateTime<Utc>) -> Option<Copy> {
    let copy::Copy { reader, workbook } = copy::from_json(&copy.reading)?;
    let ahead = copy.read_at - now;
    let read_at = if ahead > FRESH { now - FRESH } else { copy.read_at.min(now) };
    Some(Copy { reading: Reading { workbook: Arc::new(workbook), read_at }, reader })
}

#[cfg(test)]
mod tests;
