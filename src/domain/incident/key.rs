//! By what a repeat of a message is recognised.

use super::OtherSource;
use std::fmt;

/// The name of an event by which a repeat is recognised: the sender's own id, a digest of the body, or a key of ours.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventKey(pub String);

/// What a key of ours is about, which is what it begins with. A sender's own id that begins with one of these would stand
/// for a message of ours and suppress it, so no such id becomes a key as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnKey {
    /// A reminder of a day.
    Reminder,
    /// An event that the watchdog found.
    Watchdog,
    /// An event that a webhook reported, so that the watchdog does not report it again.
    Webhook,
    /// PagerDuty turned a webhook off.
    WebhookOff,
    /// A delivery of PagerDuty's that could not be read.
    Delivery,
    /// What somebody has pressed in the chat.
    Press,
    /// The end of a shift, for an incident that is open.
    Shift,
    /// The daily check of a day.
    DailyCheck,
    /// The week's notice.
    Weekly,
    /// A change of who is on call.
    Turns,
    /// An exercise.
    Exercise,
    /// An event of a source that gives its events no ids.
    Source(&'static OtherSource),
}

impl OwnKey {
    /// All but the sources'.
    pub const ALL: [Self; 11] = [
        Self::Reminder,
        Self::Watchdog,
        Self::Webhook,
        Self::WebhookOff,
        Self::Delivery,
        Self::Press,
        Self::Shift,
        Self::DailyCheck,
        Self::Weekly,
        Self::Turns,
        Self::Exercise,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Reminder => "reminder",
            Self::Watchdog => "watchdog",
            Self::Webhook => "webhook",
            Self::WebhookOff => "webhook-off",
            Self::Delivery => "delivery",
            Self::Press => "press",
            Self::Shift => "shift",
            Self::DailyCheck => "daily-check",
            Self::Weekly => "weekly",
            Self::Turns => "turns",
            Self::Exercise => "exercise",
            Self::Source(source) => source.name,
        }
    }

    /// Whether an id begins as such a key does.
    pub fn begins(self, id: &str) -> bool {
        id.strip_prefix(self.name()).is_some_and(|rest| rest.starts_with(':'))
    }
}

impl EventKey {
    /// A key of ours.
    pub fn own(about: OwnKey, rest: impl fmt::Display) -> Self {
        Self(format!("{}:{rest}", about.name()))
    }
}

impl fmt::Display for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
