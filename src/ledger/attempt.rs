//! One try to post an event in a chat, kept for whoever asks later why somebody was mentioned, or was not.

use chrono::{DateTime, Utc};

/// What was tried, why it said what it said, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// When.
    pub at: DateTime<Utc>,
    /// What happened, by the name of its kind.
    pub what: String,
    /// The number of its incident, if that is known.
    pub incident: Option<u64>,
    /// Which of the two chats it is, `primary` or `backup`, and which one it was then.
    pub place: String,
    /// The chat's name.
    pub chat: String,
    /// `posted`, or why it was not.
    pub outcome: String,
    /// The decision, in words: the rule, the clock, the calendar, the row and its age.
    pub why: String,
}
