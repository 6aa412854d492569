//! Rows of one table, behind four verbs: put if, delete if, read, query.
//!
//! What is in a row is the callers' business; here is only how it is written and found, and what a call that fails means.

pub mod dynamodb;
pub mod item;
mod pause;
