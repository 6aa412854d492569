//! Where the workbook is kept, and reading it.

pub mod cache;
mod copy;
pub mod editable;
pub mod file;
pub mod sample;
pub mod sheet;
pub mod table;
pub mod token;

use crate::domain::text::Foreign;
use crate::domain::unreadable::Unreadable;
use crate::domain::workbook::Workbook;
use crate::ledger::{Ledger, RotationCopy};
use cache::Cache;
use chrono::{DateTime, Utc};
use editable::EditableRotation;
use file::Files;
use sheet::{Access, Sheet};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// The most that reading the workbook may take of a delivery's time, access token included.
pub const LIMIT: Duration = Duration::from_millis(1_500);

/// Where the workbook is, by the settings.
#[derive(Debug, Clone)]
pub enum Source {
    /// CSV files.
    Files(Files),
    /// The sample that comes with toban.
    Sample,
    /// A Google Sheet.
    Sheet(Box<Access>),
    /// Nowhere: a setting is missing or wrong. Alerts go out all the same, to the fallback.
    Misconfigured(Foreign),
}

/// The workbook's home, open for reading.
#[derive(Debug)]
pub enum Roster {
    /// CSV files.
    Files(Files),
    /// The sample that comes with toban, moved so that it covers every day.
    Sample,
    /// A Google Sheet, cached.
    Sheet(Box<Cache>),
    /// Nowhere.
    Nowhere(Unreadable),
    /// One of these, on a page where it can be changed.
    EditableRotation(Arc<EditableRotation>),
}

/// A workbook that was read, now or earlier.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What it says.
    pub workbook: Arc<Workbook>,
    /// When it was read.
    pub read_at: DateTime<Utc>,
}

impl Roster {
    /// Opens it; nothing is read yet. What cannot be opened cannot be read, and says so then.
    /// `clock` is the real one, for what Google is told of the time.
    pub fn open(source: Source, http: &reqwest::Client, clock: fn() -> DateTime<Utc>) -> Self {
        match source {
            Source::Files(files) => Self::Files(files),
            Source::Sample => Self::Sample,
            Source::Misconfigured(fault) => Self::Nowhere(Unreadable::Misconfigured(fault)),
            Source::Sheet(access) => match Sheet::open(*access, http, clock) {
                Ok(sheet) => Self::Sheet(Box::new(Cache::new(sheet))),
                Err(why) => Self::Nowhere(why),
            },
        }
    }

    /// The workbook as it is now, or the last good copy of it. Ends within [`LIMIT`] and by `deadline`.
    pub async fn read(&self, ledger: &Ledger, deadline: Instant, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
        let workbook = match self {
            Self::Files(files) => files.read()?,
            Self::Sample => sample::workbook(now),
            Self::Nowhere(why) => return Err(why.clone()),
            Self::Sheet(cache) => return cache.read(ledger, deadline.min(Instant::now() + LIMIT), now).await,
            Self::EditableRotation(editable) => return editable.read(ledger, deadline, now).await,
        };
        Ok(Reading { workbook: Arc::new(workbook), read_at: now })
    }

    /// Takes the ledger's copy, read before there was a roster.
    pub fn begin_with(&self, copy: Option<RotationCopy>) {
        if let (Self::Sheet(cache), Some(copy)) = (self, copy) {
            cache.begin_with(&copy);
        }
    }

    /// Whether the last try to read it has failed.
    pub fn has_failed(&self) -> bool {
        match self {
            Self::Sheet(cache) => cache.has_failed(),
            Self::Nowhere(_) => true,
            Self::Files(_) | Self::Sample | Self::EditableRotation(_) => false,
        }
    }

    /// The workbook itself, without any copy, for people who want to know whether it can be read.
    pub async fn read_through(&self, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
        match self {
            Self::Sheet(cache) => cache.read_through(now).await,
            Self::Files(_) | Self::Sample | Self::Nowhere(_) | Self::EditableRotation(_) => {
                self.read(&Ledger::memory(), Instant::now() + LIMIT, now).await
            }
        }
    }
}
