//! PagerDuty's side: what its REST API says, whether alerts get through, and setting it up.
//!
//! - [`api`]: the calls of the REST API that are used, on one [`Client`]. <https://developer.pagerduty.com/api-reference/>
//! - [`acting`]: what is done to an incident for people in the chat.
//! - [`state`]: what PagerDuty holds: services, schedules, escalation policies, webhooks.
//! - [`health`]: whether an alert would get through. Pure.
//! - [`provision`]: what a team wants, compared with what is there, and the steps from one to the other.
//!
//! Nothing is ever deleted, and no user is ever changed.

pub mod acting;
pub mod api;
mod client;
mod error;
pub mod health;
mod holidays;
pub mod provision;
mod spans;
pub mod state;
mod wire;

pub use client::{Access, Client, Limits};
pub use error::PagerDutyError;
pub use holidays::DayOff;
