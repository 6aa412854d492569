//! What each kind of event, each state of a sender's and each rule is called.

pub(super) mod en;
pub(super) mod ja;
