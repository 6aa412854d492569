//! From settings and secrets to the parts that do the work.

pub mod checks;
pub mod config;
pub mod files;
pub mod function;
mod notices;
pub mod parameters;
pub mod renewal;
pub mod wiring;
