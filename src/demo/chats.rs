//! The two chats of the page, and the scenes on which their posts are shown.

use crate::chat::Chat;
use crate::chat::delivery::Outlets;
use crate::chat::recorder::{Behind, Recorder, Recording};
use crate::chat::slack::ChannelId;
use crate::chat::typetalk::TopicId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Where a rehearsal posts: what it is called on the page, and what the chat calls it.
pub const ALERTS: (&str, u64) = ("#app-monitoring", 4711);
/// The same for reminders.
pub const REMINDERS: (&str, u64) = ("#on-call", 4712);

/// What the backup is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It gets everything.
    Mirror,
    /// It gets what the first chat did not take.
    Failover,
}

/// Whom a rehearsal tells when the rotation has no answer.
#[derive(Debug, Clone)]
pub struct Fallbacks {
    /// On Slack.
    pub slack: Option<String>,
    /// On Typetalk.
    pub typetalk: Option<String>,
}

/// Two chats, or one.
#[derive(Debug)]
pub struct DemoChats {
    /// What the first chat shows.
    pub primary: Arc<Recording>,
    /// What the second chat shows.
    pub backup: Arc<Recording>,
    alerts: Outlets,
    reminders: Outlets,
}

impl DemoChats {
    /// Slack, with Typetalk beside it, and nobody behind either.
    pub fn rehearsed(fallbacks: &Fallbacks) -> Self {
        let (primary, backup) = (Arc::<Recording>::default(), Arc::<Recording>::default());
        let outlets = |(channel, topic): (&str, u64)| {
            let slack = Behind::LikeSlack { channel: ChannelId(channel.to_owned()), fallback: fallbacks.slack.clone() };
            let typetalk = Behind::LikeTypetalk { topic: TopicId(topic), fallback: fallbacks.typetalk.clone() };
            Outlets::Mirror(
                Chat::Recorder(Recorder { behind: slack, recording: primary.clone() }),
                Chat::Recorder(Recorder { behind: typetalk, recording: backup.clone() }),
            )
        };
        let (alerts, reminders) = (outlets(ALERTS), outlets(REMINDERS));
        Self { primary, backup, alerts, reminders }
    }

    /// The configured chats, with their posts shown as well.
    pub fn live(alerts: &Outlets, reminders: &Outlets) -> Self {
        let (primary, backup) = (Arc::<Recording>::default(), Arc::<Recording>::default());
        let shown = |chat: &Chat, recording: &Arc<Recording>| {
            Recorder::before(chat, recording.clone()).map_or(chat.clone(), Chat::Recorder)
        };
        let all_shown = |outlets: &Outlets| match outlets {
            Outlets::One(chat) => Outlets::One(shown(chat, &primary)),
            Outlets::Mirror(one, other) => Outlets::Mirror(shown(one, &primary), shown(other, &backup)),
            Outlets::Failover(one, other) => Outlets::Failover(shown(one, &primary), shown(other, &backup)),
        };
        let (alerts, reminders) = (all_shown(alerts), all_shown(reminders));
        Self { primary, backup, alerts, reminders }
    }

    /// What the backup is for at the moment; `None` when there is none.
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
            *outlets = match (&*outlets, mode) {
                (Outlets::One(chat), _) => Outlets::One(chat.clone()),
                (Outlets::Mirror(one, other) | Outlets::Failover(one, other), Mode::Mirror) => {
                    Outlets::Mirror(one.clone(), other.clone())
                }
                (Outlets::Mirror(one, other) | Outlets::Failover(one, other), Mode::Failover) => {
                    Outlets::Failover(one.clone(), other.clone())
                }
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

    /// The chats with their scenes, by place.
    pub fn chats(&self) -> Vec<(&'static str, &Chat, &Arc<Recording>)> {
        match &self.alerts {
            Outlets::One(chat) => vec![("primary", chat, &self.primary)],
            Outlets::Mirror(one, other) | Outlets::Failover(one, other) => {
                vec![("primary", one, &self.primary), ("backup", other, &self.backup)]
            }
        }
    }
}
