//! What toban decides and says, as pure functions.
//!
//! Nothing here does I/O, reads a clock, is async or can be serialized, so nothing here can fail: a sheet that cannot be
//! read arrives as [`rotation::Coverage::Unknown`], and the time is always the last argument.

pub mod answer;
pub mod calendar;
pub mod command;
pub mod daily_check;
pub mod destination;
pub mod few;
pub mod finding;
pub mod fingerprint;
pub mod history;
pub mod holidays;
pub mod incident;
pub mod lint;
pub mod member;
pub mod message;
pub mod notices;
pub mod policy;
pub mod press;
pub mod reference;
pub mod reminder;
pub mod rotation;
pub mod runbook;
pub mod seen;
pub mod service_level;
pub mod text;
pub mod unreadable;
pub mod watch;
pub mod workbook;
