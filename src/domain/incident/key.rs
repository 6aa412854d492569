//! By what a repeat of a message is recognised.

use std::fmt;

/// The name of an event by which a repeat is recognised: the sender's own id, a digest of the body, or a key of ours.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventKey(pub String);

/// What a key of ours is about, which is what it begins with. A sender's own id that begins with one of these would stand
/// for a message of ours and keep it back, so no such id becomes a key as it is. (Keys of the other sources begin with their
/// names: `Origin::key`.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnKey {
    /// A reminder of a day.
    Reminder,
    /// What the watchdog has found.
    Watchdog,
    /// What a webhook has told of an incident, so that the watchdog does not tell it again.
    Webhook,
    /// That PagerDuty has turned a webhook off.
    WebhookOff,
    /// A delivery of PagerDuty's that could not be read.
    Delivery,
}

impl OwnKey {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Reminder, Self::Watchdog, Self::Webhook, Self::WebhookOff, Self::Delivery];

    fn name(self) -> &'static str {
        match self {
            Self::Reminder => "reminder",
            Self::Watchdog => "watchdog",
            Self::Webhook => "webhook",
            Self::WebhookOff => "webhook-off",
            Self::Delivery => "delivery",
        }
    }
}

impl EventKey {
    /// A key of ours.
    pub fn own(about: OwnKey, rest: impl fmt::Display) -> Self {
        Self(format!("{}:{rest}", about.name()))
    }

    /// Whether an id begins as a key of ours does.
    pub fn is_reserved(id: &str) -> bool {
        OwnKey::ALL.into_iter().any(|own| id.strip_prefix(own.name()).is_some_and(|rest| rest.starts_with(':')))
    }
}

impl fmt::Display for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
