//! The two chats of the page, and the recordings of what they are sent.

use crate::chat::delivery::Outlets;
use crate::chat::recorder::{Recording, Sending};
use crate::chat::{Access, ChannelId, Chat, ChatKind, slack, typetalk};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Where a rehearsal posts alerts: the channel of Slack, and the topic of Typetalk.
pub const ALERTS: (&str, &str) = ("#app-monitoring", "4711");
/// The same for reminders.
pub const REMINDERS: (&str, &str) = ("#on-call", "4712");

/// What the backup is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It gets everything.
    Mirror,
    /// It gets what the first chat did not take.
    Failover,
}

/// Who is told in a rehearsal when the rotation has no answer.
#[derive(Debug, Clone)]
pub struct Fallbacks {
    pub slack: Option<String>,
    pub typetalk: Option<String>,
}

/// Two chats, or one.
#[derive(Debug)]
pub struct DemoChats {
    pub primary: Arc<Recording>,
    pub backup: Arc<Recording>,
    alerts: Outlets,
    reminders: Outlets,
}

impl DemoChats {
    /// Slack, and Typetalk as its backup; nothing is sent to either.
    pub fn rehearsed(fallbacks: &Fallbacks, http: &reqwest::Client) -> Self {
        let chat = |kind: &'static ChatKind, channel: &str, fallback: &Option<String>| {
            Chat::new(kind, Access::none(http.clone()), ChannelId(channel.to_owned()), fallback.clone())
        };
        let outlets = |(channel, topic): (&str, &str)| {
            let slack = chat(&slack::BOT, channel, &fallbacks.slack);
            Outlets::Mirror(slack, chat(&typetalk::KIND, topic, &fallbacks.typetalk))
        };
        Self::recorded(&outlets(ALERTS), &outlets(REMINDERS), Sending::Nowhere)
    }

    /// The configured chats.
    pub fn live(alerts: &Outlets, reminders: &Outlets) -> Self {
        Self::recorded(alerts, reminders, Sending::Real)
    }

    fn recorded(alerts: &Outlets, reminders: &Outlets, sending: Sending) -> Self {
        let primary = Arc::<Recording>::default();
        let backup = Arc::<Recording>::default();
        let recorded = |outlets: &Outlets| {
            let first = |chat: &Chat| chat.recorded(&primary, sending);
            let second = |chat: &Chat| chat.recorded(&backup, sending);
            match outlets {
                Outlets::One(chat) => Outlets::One(first(chat)),
                Outlets::Mirror(one, other) => Outlets::Mirror(first(one), second(other)),
                Outlets::Failover(one, other) => Outlets::Failover(first(one), second(other)),
            }
        };
        let alerts = recorded(alerts);
        let reminders = recorded(reminders);
        Self { primary, backup, alerts, reminders }
    }

    /// What the backup is for at the moment. Returns `None` if there is no backup.
    pub fn mode(&self) -> Option<Mode> {
        match self.alerts {
            Outlets::One(_) => None,
            Outlets::Mirror(..) => Some(Mode::Mirror),
            Outlets::Failover(..) => Some(Mode::Failover),
        }
    }

    /// Gives the backup another purpose.
    pub fn set_mode(&mut self, mode: Mode) {
        for outlets in [&mut self.alerts, &mut self.reminders] {
            let (Outlets::Mirror(one, other) | Outlets::Failover(one, other)) = outlets.clone() else {
                continue;
            };
            *outlets = match mode {
                Mode::Mirror => Outlets::Mirror(one, other),
                Mode::Failover => Outlets::Failover(one, other),
            };
        }
    }

    /// Where alerts go.
    pub fn alerts(&self) -> Outlets {
        self.alerts.clone()
    }

    /// Where reminders go.
    pub fn reminders(&self) -> Outlets {
        self.reminders.clone()
    }

    /// The chats with their recordings, each with its place.
    pub fn chats(&self) -> Vec<(&'static str, &Chat, &Arc<Recording>)> {
        match &self.alerts {
            Outlets::One(chat) => vec![("primary", chat, &self.primary)],
            Outlets::Mirror(one, other) | Outlets::Failover(one, other) => {
                vec![("primary", one, &self.primary), ("backup", other, &self.backup)]
            }
        }
    }
}
