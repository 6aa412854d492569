//! What toban decides and says, as pure functions.
//!
//! Nothing in here does I/O, reads a clock, is async or can be serialized, and so nothing in here can fail: a sheet that
//! cannot be read arrives as [`rotation::Coverage::Unknown`], the time arrives as an argument, always the last one.

pub mod calendar;
pub mod holidays;
pub mod incident;
pub mod lint;
pub mod member;
pub mod message;
pub mod policy;
pub mod reminder;
pub mod rotation;
pub mod runbook;
pub mod text;
pub mod unreadable;
pub mod watch;
pub mod workbook;
