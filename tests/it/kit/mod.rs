//! Fakes of AWS Lambda, the chats and the other services, on loopback, for tests of the real binaries.
//!
//! - [`Function`] starts a binary as Lambda would and hands it events; [`events`] builds complete ones.
//! - [`Slack`] and [`Typetalk`] answer as the real services do and accept nothing that those would misread. A test
//!   fails if a fake noted a problem, a message was left unread, or a scripted [`Fault`] was not played.
//! - [`Press`] and [`Command`] are what Slack sends when somebody uses a button or a command; [`Private`] is an answer to it.
//! - [`mattermost`] reads a text as Mattermost would: its webhooks accept what Slack's do, so [`Slack`] is used for both.
//! - [`Google`] is a spreadsheet and its token endpoint; [`GoogleFault`]s are scripted for each.
//! - [`PagerDuty`] is an account behind its REST API.
//! - [`Fifo`] is a queue that takes messages.
//! - [`Rows`] is a table for a ledger; it can fail.
//!
//! The kit shares no code with the product, so that the two do not make the same mistake. Everything that could wait for
//! ever is limited to [`LIMIT`]; only the poller of queues sleeps.

#[cfg(feature = "aws-tests")]
pub mod aws;
pub mod dressing;
pub mod events;
mod faults;
mod fifo;
mod function;
mod google;
pub mod http;
mod log;
mod mailbox;
pub mod mattermost;
mod pace;
mod pagerduty;
mod rows;
mod runtime_api;
mod selftest;
mod slack;
mod typetalk;

use std::time::Duration;

pub use faults::Fault;
pub use fifo::Fifo;
pub use function::{Function, InitError};
pub use google::{Google, GoogleFault, serial};
pub use log::Log;
pub use mailbox::Mailbox;
pub use pace::Pace;
pub use pagerduty::{Account, PagerDuty, PagerDutyFault, secret};
pub use rows::Rows;
pub use runtime_api::Invocation;
pub use slack::{Command, Message, Press, Private, Slack, Via, Workspace, signed, ssl_check};
pub use typetalk::{Post, Typetalk};

/// How long anything may take before the kit calls it stuck. Generous: a busy machine is not a failure.
pub const LIMIT: Duration = Duration::from_secs(60);
