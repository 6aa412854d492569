//! Where a workbook is kept that has to be asked for over a network.

use super::table::Tabs;
use crate::domain::unreadable::Unreadable;
use chrono::NaiveDate;
use futures_util::future::BoxFuture;
use std::fmt::Debug;

/// A Google Sheet, or CSV files at addresses.
pub trait Origin: Debug + Send + Sync {
    /// The tabs that `today` needs. Without a time limit: drop the future to end it.
    fn read(&self, today: NaiveDate) -> BoxFuture<'_, Result<Tabs, Unreadable>>;

    /// Gets ready what a read needs first, beside what is asked elsewhere. What fails here fails again in the read, and is
    /// told then.
    fn prepare(&self) -> BoxFuture<'_, ()>;

    /// There was no answer in time.
    fn silence(&self) -> Unreadable;
}
