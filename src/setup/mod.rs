//! From settings and secrets to the things that work.

pub mod config;
pub mod parameters;
pub mod renewal;
pub mod wiring;
