//! Where the workbook is kept, and reading it.

pub mod file;
pub mod sample;
pub mod table;

use crate::domain::workbook::Workbook;
use chrono::{DateTime, Utc};
use file::Files;
use std::sync::Arc;

/// Where the workbook is.
#[derive(Debug, Clone)]
pub enum Roster {
    /// CSV files.
    Files(Files),
    /// The sample that comes with toban, moved so that it covers every day.
    Sample,
}

/// A workbook that was read, now or earlier.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What it says.
    pub workbook: Arc<Workbook>,
    /// When it was read.
    pub read_at: DateTime<Utc>,
}

/// Why the workbook cannot be read. The words are for the people who can mend it, and are shown in the chat.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

impl Roster {
    /// The workbook as it is now.
    pub async fn read(&self, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
        let workbook = match self {
            Self::Files(files) => files.read()?,
            Self::Sample => sample::workbook(now),
        };
        Ok(Reading { workbook: Arc::new(workbook), read_at: now })
    }
}
