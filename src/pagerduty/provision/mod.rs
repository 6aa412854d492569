//! Setting PagerDuty up: what a team wants, what is there, and the steps from one to the other.

pub mod apply;
mod compare;
pub mod current;
pub mod desired;
pub mod plan;
mod values;
pub mod words;
