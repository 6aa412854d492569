//! The page's one or two chats, and the recordings of what is sent to them.

use crate::chat::delivery::Outlets;
use crate::chat::recorder::{Recording, Sending};
use crate::chat::{Access, ChannelId, Chat, ChatKind, slack, typetalk};
use crate::domain::press::Offered;
use crate::net::http;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Where the demo posts alerts: the Slack channel and the Typetalk topic.
pub const ALERTS: (&str, &str) = ("#app-monitoring", "4711");
/// Where the demo posts reminders.
pub const REMINDERS: (&str, &str) = ("#on-call", "4712");

/// The demo's Slack.
const SLACK: &str = "https://slack.com/api";

/// What the backup chat is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It gets every message.
    Mirror,
    /// It gets what could not be posted to the first chat.
    Failover,
}

/// Who is mentioned in the demo when the rotation has no answer.
#[derive(Debug, Clone)]
pub struct Fallbacks {
    pub slack: Option<String>,
    pub typetalk: Option<String>,
}

impl Fallbacks {
    /// What they are called, by the id that stands in messages. Of Slack only the sample's group has a name here.
    fn names(&self) -> Vec<(String, String)> {
        let words = self.typetalk.iter().flat_map(|text| text.split_whitespace());
        let names = words.filter_map(|word| word.strip_prefix('@')).map(|name| (name.to_owned(), name.to_owned()));
        names.chain([(super::SRE_GROUP.to_owned(), "sre".to_owned())]).collect()
    }
}

/// One or two chats, whose messages are recorded.
#[derive(Debug)]
pub struct DemoChats {
    pub primary: Arc<Recording>,
    pub backup: Arc<Recording>,
    /// What the fallbacks are called in messages, by the id that stands there.
    pub fallback_names: Vec<(String, String)>,
    alerts: Outlets,
    reminders: Outlets,
}

impl DemoChats {
    /// Slack, with Typetalk as its backup. Nothing is posted to either; what Slack is asked goes through `http`.
    pub fn rehearsed(fallbacks: &Fallbacks, http: &http::Client) -> Self {
        let chat = |kind: &'static ChatKind, channel: &str, fallback: &Option<String>| {
            let access = Access { base_url: SLACK.to_owned(), ..Access::none(http.clone()) };
            Chat::new(kind, access, ChannelId(channel.to_owned()), fallback.clone())
        };
        let outlets = |(channel, topic): (&str, &str)| {
            let slack = chat(&slack::BOT, channel, &fallbacks.slack);
            Outlets::Mirror(slack, chat(&typetalk::KIND, topic, &fallbacks.typetalk))
        };
        let alerts = outlets(ALERTS).map(|chat| chat.clone().with_buttons(Offered { call_sre: true, resolve: true }));
        let fallback_names = fallbacks.names();
        Self { fallback_names, ..Self::recorded(&alerts, &outlets(REMINDERS), Sending::Nowhere) }
    }

    /// The configured chats.
    pub fn live(alerts: &Outlets, reminders: &Outlets, fallbacks: &Fallbacks) -> Self {
        let fallback_names = fallbacks.names();
        Self { fallback_names, ..Self::recorded(alerts, reminders, Sending::Real) }
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
        Self { primary, backup, fallback_names: Vec::new(), alerts, reminders }
    }

    /// What the backup is for at the moment. Returns `None` if there is no backup.
    pub fn mode(&self) -> Option<Mode> {
        match self.alerts {
            Outlets::One(_) => None,
            Outlets::Mirror(..) => Some(Mode::Mirror),
            Outlets::Failover(..) => Some(Mode::Failover),
        }
    }

    /// Changes what the backup is for. Does nothing if there is none.
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

    pub fn alerts(&self) -> Outlets {
        self.alerts.clone()
    }

    pub fn reminders(&self) -> Outlets {
        self.reminders.clone()
    }

    /// Each chat with its role and its recording.
    pub fn chats(&self) -> Vec<(&'static str, &Chat, &Arc<Recording>)> {
        match &self.alerts {
            Outlets::One(chat) => vec![("primary", chat, &self.primary)],
            Outlets::Mirror(one, other) | Outlets::Failover(one, other) => {
                vec![("primary", one, &self.primary), ("backup", other, &self.backup)]
            }
        }
    }
}
