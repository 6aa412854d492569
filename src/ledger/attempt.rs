//! One attempt to post an event in a chat, kept for `toban explain`.

use chrono::{DateTime, Utc};

/// What was tried, why the message said what it said, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub at: DateTime<Utc>,
    /// The name of the event's kind.
    pub what: String,
    /// The number of its incident, if that is known.
    pub incident: Option<u64>,
    /// `primary` or `backup`.
    pub outlet: String,
    /// The chat that this outlet was then.
    pub chat: String,
    /// `posted`, or why it was not.
    pub outcome: String,
    /// The decision, in words: the rule, the clock, the calendar, the row and its age.
    pub why: String,
}
