//! Reading the workbook: who is on call, from a Google Sheet or CSV files.

pub mod cache;
mod copy;
pub mod editable;
pub mod file;
pub mod origin;
pub mod pasted;
pub mod sample;
pub mod sheet;
pub mod table;
pub mod token;
pub mod web;

use crate::domain::calendar::{BusinessHours, Calendar};
use crate::domain::text::Foreign;
use crate::domain::unreadable::Unreadable;
use crate::domain::workbook::Workbook;
use crate::ledger::{Ledger, RotationCopy};
use crate::net::http;
use cache::Cache;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use editable::EditableRotation;
use file::{Files, OpenFiles};
use sheet::{Access, Sheet};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use web::{Places, WebFiles};

/// The most time that reading the workbook may take, access token included.
pub const LIMIT: Duration = Duration::from_millis(1_500);

/// Where the workbook is, by the settings.
#[derive(Debug, Clone)]
pub enum Source {
    Files(Files),
    /// The sample that comes with toban.
    Sample,
    Sheet(Box<Access>),
    /// CSV files at addresses.
    Web(Box<Places>),
    /// A setting is missing or wrong. Alerts still go out, to the fallback.
    Misconfigured(Foreign),
}

/// What a sheet is read by beside its cells: the zone in which it is today, and office time.
#[derive(Debug, Clone, Copy)]
pub struct TeamTime {
    pub zone: Tz,
    /// Working hours: where a rota has people for the day and for the night, those of the day are meant.
    pub hours: BusinessHours,
}

impl TeamTime {
    pub fn today(&self, now: DateTime<Utc>) -> NaiveDate {
        now.with_timezone(&self.zone).date_naive()
    }
}

impl From<&Calendar> for TeamTime {
    fn from(calendar: &Calendar) -> Self {
        Self { zone: calendar.zone, hours: calendar.hours }
    }
}

/// A workbook that is open for reading.
#[derive(Debug)]
pub enum Roster {
    Files(Box<OpenFiles>),
    /// Repeated, so that it covers every day.
    Sample,
    /// A sheet, or files at addresses.
    Cached(Box<Cache>),
    Nowhere(Unreadable),
    /// The demo's, with cells that visitors change.
    EditableRotation(Arc<EditableRotation>),
}

/// A workbook that was read, now or earlier.
#[derive(Debug, Clone)]
pub struct Reading {
    pub workbook: Arc<Workbook>,
    pub read_at: DateTime<Utc>,
}

/// A copy for the ledger, of what was read at a time.
pub fn to_copy(workbook: &Workbook, read_at: DateTime<Utc>) -> RotationCopy {
    RotationCopy { reading: copy::to_json(workbook, read_at), read_at }
}

/// What a copy of the ledger's says; `None` if a version of toban with another format wrote it.
pub fn of_copy(copy: &RotationCopy) -> Option<Workbook> {
    copy::from_json(&copy.reading).map(|copy| copy.workbook)
}

impl Roster {
    /// Reads nothing yet. What is wrong with the source is reported by the first read.
    /// `clock` is the real one, for the times in requests to Google.
    pub fn open(source: Source, team: TeamTime, http: &http::Client, clock: fn() -> DateTime<Utc>) -> Self {
        match source {
            Source::Files(files) => Self::Files(Box::new(OpenFiles::new(files, team))),
            Source::Sample => Self::Sample,
            Source::Misconfigured(fault) => Self::Nowhere(Unreadable::Misconfigured(fault)),
            Source::Sheet(access) => match Sheet::open(*access, http, clock) {
                Ok(sheet) => Self::Cached(Box::new(Cache::new(sheet, team))),
                Err(why) => Self::Nowhere(why),
            },
            Source::Web(places) => {
                let files = WebFiles::new(*places, http.clone());
                Self::Cached(Box::new(Cache::new(files, team)))
            }
        }
    }

    /// The workbook as it is now, or its last good copy. Returns within [`LIMIT`] and by `deadline`.
    pub async fn read(&self, ledger: &Ledger, deadline: Instant, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
        let workbook = match self {
            Self::Files(files) => files.read(now)?,
            Self::Sample => Arc::new(sample::workbook(now)),
            Self::Nowhere(why) => return Err(why.clone()),
            Self::Cached(cache) => return cache.read(ledger, deadline.min(Instant::now() + LIMIT), now).await,
            Self::EditableRotation(rotation) => return rotation.read(ledger, deadline, now).await,
        };
        Ok(Reading { workbook, read_at: now })
    }

    /// Starts with the ledger's copy, which is read while the process starts; `None` if there is none.
    pub fn begin_with(&self, copy: Option<&RotationCopy>, now: DateTime<Utc>) {
        if let Self::Cached(cache) = self {
            cache.begin_with(copy, now);
        }
    }

    /// Keeps what was read lately in the ledger, for the other instances. Nobody who is waited for has to wait for this.
    pub async fn share(&self, ledger: &Ledger, now: DateTime<Utc>) {
        if let Self::Cached(cache) = self {
            cache.share(ledger, now).await;
        }
    }

    /// When what is used now was read; `None` if nothing was, or if it is read every time.
    pub fn read_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Cached(cache) => cache.read_at(),
            Self::Nowhere(_) | Self::Files(..) | Self::Sample | Self::EditableRotation(_) => None,
        }
    }

    /// Whether the last read failed.
    pub fn has_failed(&self) -> bool {
        match self {
            Self::Cached(cache) => cache.has_failed(),
            Self::Nowhere(_) => true,
            Self::Files(..) | Self::Sample | Self::EditableRotation(_) => false,
        }
    }

    /// The same for whoever compares it with what was read before: never a copy, and never a part of it.
    pub async fn read_whole(&self, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
        match self {
            Self::Cached(cache) => cache.read_whole(now).await,
            Self::Files(..) | Self::Sample | Self::Nowhere(_) | Self::EditableRotation(_) => {
                self.read_through(now).await
            }
        }
    }

    /// The workbook as it is now, never a copy: for commands that check whether it can be read.
    pub async fn read_through(&self, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
        match self {
            Self::Cached(cache) => cache.read_through(now).await,
            Self::Files(..) | Self::Sample | Self::Nowhere(_) | Self::EditableRotation(_) => {
                self.read(&Ledger::memory(), Instant::now() + LIMIT, now).await
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_says_what_was_read() {
        let now: DateTime<Utc> = "2026-11-24T02:00:00Z".parse().expect("an instant");
        let mut workbook = sample::workbook(now);
        workbook.rotation.shifts.retain(|day, _| *day == now.date_naive());
        let copy = to_copy(&workbook, now);
        assert_eq!((copy.read_at, of_copy(&copy)), (now, Some(workbook)));
        assert_eq!(of_copy(&RotationCopy { reading: "{\"rotation\": 1}".into(), read_at: now }), None);
    }
}
