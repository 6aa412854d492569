//! Where a workbook is kept that has to be asked for over a network.

use super::sheet::Sheet;
use super::table::Tabs;
use super::web::{VARIABLES, WebFiles};
use crate::domain::unreadable::{AddressFault, Unreadable};
use chrono::NaiveDate;

/// A Google Sheet, or CSV files at addresses.
#[derive(Debug)]
pub enum Origin {
    Sheet(Box<Sheet>),
    Web(WebFiles),
}

impl Origin {
    /// The tabs that `today` needs. Without a time limit: drop the future to end it.
    pub async fn read(&self, today: NaiveDate) -> Result<Tabs, Unreadable> {
        match self {
            Self::Sheet(sheet) => sheet.read(today).await,
            Self::Web(files) => files.read().await,
        }
    }

    /// Gets ready what a read needs first, beside what is asked elsewhere. What fails here fails again in the read, and is
    /// told then.
    pub async fn prepare(&self) {
        match self {
            Self::Sheet(sheet) => sheet.prepare().await,
            Self::Web(_) => {}
        }
    }

    /// There was no answer in time.
    pub fn silence(&self) -> Unreadable {
        match self {
            Self::Sheet(_) => Unreadable::NoAnswer,
            Self::Web(_) => Unreadable::Address(VARIABLES[0], AddressFault::NoAnswer),
        }
    }
}
