//! Who reported an event.

use super::{EventKey, OwnKey};
use std::fmt::Display;

/// Who reported an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// By a webhook.
    PagerDuty,
    /// The watchdog, which found the event by asking PagerDuty.
    Watchdog,
    /// Somebody who has pressed a button in the chat.
    Press,
    /// The clock: a shift ends.
    Shift,
    /// Any other source. Each describes itself in its own file in `src/source/`.
    Other(&'static OtherSource),
}

/// What ids, keys and messages need to know of a source other than PagerDuty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OtherSource {
    /// In keys, in the queue and in the log; the last part of its route.
    pub name: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// The two capital letters that the tags of its incidents begin with. `None` if it has no incidents of its own.
    pub tag: Option<&'static str>,
    /// Whether people can read the rest of a text there that was cut.
    pub has_whole_texts: bool,
    /// Whether it is anything that can post: it has no page to look at, and does not say who did something.
    pub is_a_script: bool,
    /// Whether an incident of it begins once, and nothing is sent about it before.
    pub begins_once: bool,
}

impl Origin {
    /// Its name in keys, in the queue and in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::PagerDuty => "pagerduty",
            Self::Watchdog => "watchdog",
            Self::Press => "press",
            Self::Shift => "shift",
            Self::Other(source) => source.name,
        }
    }

    /// Its name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::PagerDuty | Self::Watchdog | Self::Shift => "PagerDuty",
            Self::Press => "Slack",
            Self::Other(source) => source.label,
        }
    }

    /// See [`OtherSource::has_whole_texts`].
    pub fn has_whole_texts(self) -> bool {
        match self {
            Self::PagerDuty | Self::Watchdog | Self::Press | Self::Shift => true,
            Self::Other(source) => source.has_whole_texts,
        }
    }

    /// See [`OtherSource::is_a_script`].
    pub fn is_a_script(self) -> bool {
        match self {
            Self::PagerDuty | Self::Watchdog | Self::Press | Self::Shift => false,
            Self::Other(source) => source.is_a_script,
        }
    }

    /// See [`OtherSource::begins_once`].
    pub fn begins_once(self) -> bool {
        match self {
            Self::PagerDuty | Self::Watchdog => true,
            // The incident is known.
            Self::Press | Self::Shift => false,
            Self::Other(source) => source.begins_once,
        }
    }

    /// The key of an event that its sender gave no id, by a name that is made here.
    pub fn key(self, name: impl Display) -> EventKey {
        let own = match self {
            Self::PagerDuty => OwnKey::Delivery,
            Self::Watchdog => OwnKey::Watchdog,
            Self::Press => OwnKey::Press,
            Self::Shift => OwnKey::Shift,
            Self::Other(source) => OwnKey::Source(source),
        };
        EventKey::own(own, name)
    }
}
