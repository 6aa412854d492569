//! Features, through the real binaries and real HTTP.

mod kit;

mod account;
mod answers;
mod chat_faults;
mod check;
mod command_line;
mod configuration;
mod conversations;
mod counts;
mod dispatch;
mod documents;
mod event_files;
mod hostile;
mod hostile_titles;
mod layers;
#[cfg(feature = "aws-tests")]
mod ledger_table;
mod mackerel;
mod page;
mod parameters;
mod payloads;
#[cfg(feature = "aws-tests")]
mod permissions;
mod reminders;
#[cfg(feature = "sam-tests")]
mod sam;
mod sheet;
#[cfg(feature = "aws-tests")]
mod soak;
mod sources;
mod stage;
mod template;
mod threads;
mod watchdog;
