//! PagerDuty's side: the account as it is and as it should be.
//!
//! ```text
//! a TOML file ─▶ wish ─┐
//!                      ├─▶ plan (pure) ─▶ printed, or applied step by step
//! the account ─▶ survey┘
//! ```
//!
//! - [`api`]: the REST API, as far as it is used. <https://developer.pagerduty.com/api-reference/>
//! - [`state`]: what is in an account.
//! - [`wish`]: what somebody wants to be in it.
//! - [`survey`]: what is there of that.
//! - [`plan`]: what would be created, changed or left alone, in order, and why; [`words`] says it.
//! - [`apply`]: one step of a plan.
//! - [`health`]: whether an alert would get through: pure, without a wish.
//!
//! Nothing is ever deleted, and no user is ever changed.

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
pub use error::AccountError;
pub use holidays::DayOff;
