//! Setting PagerDuty up: what a team wants, what is there, and the steps from one to the other.
//!
//! ```text
//! a TOML file ─▶ Desired ─┐
//!                         ├─▶ Plan (pure) ─▶ printed, or applied step by step
//! PagerDuty ────▶ Current ┘
//! ```

pub mod apply;
mod compare;
pub mod current;
pub mod desired;
pub mod plan;
mod problem;
mod values;
pub mod words;
