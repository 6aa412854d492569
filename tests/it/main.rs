//! Features, through the real binaries and real HTTP.

mod kit;

#[cfg(feature = "alertmanager-tests")]
mod alertmanager;
mod answering;
mod answers;
mod bad_weather;
mod byte_order_mark;
mod chat_faults;
mod check;
mod command_line;
mod configuration;
mod conversations;
mod counts;
mod demo;
mod dispatch;
mod documents;
mod drill;
mod event_files;
mod eventbridge;
mod golden;
mod hostile;
mod hostile_titles;
mod layers;
mod leaks;
mod ledger;
#[cfg(feature = "aws-tests")]
mod ledger_table;
mod logged;
mod long_lists;
mod mackerel;
mod notices;
mod parameters;
mod payloads;
#[cfg(feature = "aws-tests")]
mod permissions;
mod provision;
mod reminders;
mod rotas;
mod running;
#[cfg(feature = "sam-tests")]
mod sam;
mod seen;
mod serve;
mod sheet;
#[cfg(feature = "aws-tests")]
mod soak;
mod sources;
mod template;
mod threads;
mod watchdog;
