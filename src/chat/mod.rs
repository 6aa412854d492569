//! Messages out: each chat writes a [`Message`] in its own markup, within its own limits, and posts it.
//!
//! What a chat is stands in one [`ChatKind`] in its own file, with the requests it is sent and what its answers mean.
//! A chat is told whom to mention and never asked: foreign text cannot ping or tag anybody, because each chat defuses
//! it while writing.

pub mod asking;
pub mod console;
pub mod delivery;
mod error;
mod formatting;
mod kind;
mod links;
pub mod pace;
mod pressed;
pub mod recorder;
pub mod slack;
pub mod typetalk;
mod wire;
mod writing;

pub use error::{ChatError, Form};
pub use kind::{Access, ChannelVariables, ChatKind, Threads, Variable, Variables};

use crate::domain::member::{Members, Platform};
use crate::domain::message::{Button, Line, Message, Span};
use crate::domain::press::Offered;
use asking::Fact;
use pace::Pace;
use recorder::{Recorder, Recording, Sending};
use slack::{SlackBot, SlackWebhook};
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;
use typetalk::Typetalk;
use wire::Posted;

/// Every kind that can be configured, in the order in which they are first and second.
pub const KINDS: [&ChatKind; 4] = [&slack::BOT, &slack::WEBHOOK, &typetalk::KIND, &slack::BACKUP_WEBHOOK];

/// The settings that are secrets of chats.
pub fn secrets() -> impl Iterator<Item = &'static str> {
    KINDS.into_iter().filter_map(|kind| Some(kind.variables?.secret.name))
}

/// What posts to a chat's API.
#[derive(Debug, Clone)]
enum Client {
    SlackBot(SlackBot),
    SlackWebhook(SlackWebhook),
    Typetalk(Typetalk),
    Console,
}

/// A message in a chat's own markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    pub text: String,
    /// Where the text says what happened, in bytes; `None` without a headline.
    pub verb: Option<Range<usize>>,
    /// How the incident stands, for a first message that is kept up to date.
    pub status: Option<String>,
    /// Whether it pings anybody.
    pub pings: bool,
    /// Whether it is for everybody, so that a thread must not hide it. Who posts it says so.
    pub is_for_all: bool,
    /// What can be pressed below it.
    pub buttons: Vec<Button>,
}

impl Rendered {
    /// Whether the channel shows it even if it is in a thread, where a chat can do that.
    pub fn is_in_channel(&self) -> bool {
        self.pings || self.is_for_all
    }
}

/// The chat's own id of a message that it has accepted; empty if it does not tell one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostId(pub String);

/// A channel of Slack (`C0123456789`, or its name), a topic of Typetalk (`4711`); empty for a webhook, which has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelId(pub String);

impl fmt::Display for ChannelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One channel of one chat: where messages go.
#[derive(Debug, Clone)]
pub struct Chat {
    kind: &'static ChatKind,
    client: Client,
    channel: ChannelId,
    /// Who is told when the rotation has no answer; `None` for nobody.
    fallback: Option<String>,
    recorder: Option<Recorder>,
    /// Of this channel, for all that post to it.
    pace: Arc<Pace>,
    /// The channel's id, as the chat called it last, where it is configured by its name.
    known_as: Arc<Mutex<Option<ChannelId>>>,
    /// What can be pressed below first messages; `None` if nothing can.
    offered: Option<Offered>,
}

impl Chat {
    /// Nothing is asked of the chat yet.
    pub fn new(kind: &'static ChatKind, access: Access, channel: ChannelId, fallback: Option<String>) -> Self {
        Self {
            kind,
            client: (kind.connect)(access),
            channel,
            fallback,
            recorder: None,
            pace: Arc::default(),
            known_as: Arc::default(),
            offered: None,
        }
    }

    /// The same chat, with something to press below the first messages of incidents, if it can show that.
    #[must_use]
    pub fn with_buttons(self, offered: Offered) -> Self {
        Self { offered: self.kind.has_buttons.then_some(offered), ..self }
    }

    /// The terminal.
    pub fn console() -> Self {
        let fallback = Some("@fallback".to_owned());
        Self {
            kind: &console::KIND,
            client: Client::Console,
            channel: ChannelId(String::new()),
            fallback,
            recorder: None,
            pace: Arc::default(),
            known_as: Arc::default(),
            offered: None,
        }
    }

    /// The same chat in another channel.
    #[must_use]
    pub fn in_channel(&self, channel: ChannelId) -> Self {
        Self { channel, pace: Arc::default(), known_as: Arc::default(), ..self.clone() }
    }

    /// The same chat, with everything that it is sent recorded. The terminal is not recorded.
    #[must_use]
    pub fn recorded(&self, recording: &Arc<Recording>, sending: Sending) -> Self {
        Self { recorder: Some(Recorder { recording: recording.clone(), sending }), ..self.clone() }
    }

    /// What kind of chat it is.
    pub fn kind(&self) -> &'static ChatKind {
        self.kind
    }

    /// Its name in the log.
    pub fn name(&self) -> &'static str {
        self.kind.name
    }

    /// Whose names ping on it.
    pub fn platform(&self) -> Platform {
        self.kind.platform
    }

    /// Whether anybody is told when the rotation has no answer.
    pub fn has_fallback(&self) -> bool {
        self.fallback.is_some()
    }

    /// Whether first messages can be changed later, so that they show how their incidents stand.
    pub fn keeps_up_to_date(&self) -> bool {
        self.kind.has_edits
    }

    /// Whether people can press something below first messages.
    pub fn has_buttons(&self) -> bool {
        self.offered.is_some()
    }

    /// What that is.
    pub fn offered(&self) -> Option<Offered> {
        self.offered
    }

    /// When it may be called again.
    pub fn pace(&self) -> &Pace {
        &self.pace
    }

    /// A message as it will be posted.
    pub fn write(&self, message: &Message) -> Rendered {
        self.kind.markup.write(message, self.fallback.as_deref())
    }

    /// A first message again, with the same text but for the headline, and with how its incident stands now.
    pub fn restate(&self, opening: &Rendered, headline: &Span, status: &Line, buttons: Vec<Button>) -> Rendered {
        Rendered { buttons, ..self.kind.markup.restate(opening, headline, status) }
    }

    /// Posts a message once, into the thread of another one or as a first one. An answer after the deadline is lost.
    pub async fn post(
        &self,
        rendered: &Rendered,
        thread: Option<&PostId>,
        deadline: Instant,
    ) -> Result<PostId, ChatError> {
        let thread = thread.filter(|_| self.kind.threads != Threads::None);
        let call = match &self.client {
            Client::SlackBot(bot) => bot.post(&self.channel, rendered, thread),
            Client::SlackWebhook(webhook) => webhook.post(rendered),
            Client::Typetalk(bot) => bot.post(&self.channel, rendered, thread),
            Client::Console => return console::post(rendered).map(|()| PostId(String::new())),
        };
        let begun = Instant::now();
        let posted = match &self.recorder {
            // Boxed, so that a post that is not recorded has no room for it in its state.
            Some(recorder) => Box::pin(recorder.post(self, call, rendered, thread, deadline)).await,
            None => call.send(deadline).await,
        };
        self.pace.learn(&posted, begun.elapsed(), Instant::now());
        let Posted { id, channel } = posted?;
        if let Some(channel) = channel.filter(|channel| *channel != self.channel) {
            *self.known_as() = Some(channel);
        }
        Ok(id)
    }

    /// No step leaves it half changed.
    fn known_as(&self) -> MutexGuard<'_, Option<ChannelId>> {
        self.known_as.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes a message that was posted before. Nobody is pinged by that. A chat that changes messages only in channels
    /// that it is told by their ids must have accepted a message since this process began; and whoever changes one has just
    /// posted what it is changed for.
    pub async fn update(&self, post: &PostId, rendered: &Rendered, deadline: Instant) -> Result<(), ChatError> {
        let call = match &self.client {
            Client::SlackBot(bot) => {
                let channel = self.known_as().clone();
                bot.update(channel.as_ref().unwrap_or(&self.channel), post, rendered)
            }
            Client::SlackWebhook(_) | Client::Typetalk(_) | Client::Console => return Ok(()),
        };
        match &self.recorder {
            Some(recorder) => Box::pin(recorder.update(call, post, deadline)).await,
            None => call.send(deadline).await.map(|_| ()),
        }
    }

    /// Asks the chat about itself: its token, this channel, the one for reminders, and whom it would have to mention.
    /// Nothing is posted.
    pub async fn ask(&self, reminders: &Self, members: Option<&Members>) -> Vec<Fact> {
        let variables = self.kind.variables.and_then(|variables| variables.channel);
        let channels = variables.map(|of| [(&self.channel, of.alerts.name), (&reminders.channel, of.reminders.name)]);
        let mut channels = channels.map(Vec::from).unwrap_or_default();
        channels.dedup_by_key(|(channel, _)| *channel);
        match &self.client {
            Client::SlackBot(bot) => bot.ask(&channels, members, self.fallback.as_deref()).await,
            Client::Typetalk(bot) => bot.ask(&channels).await,
            Client::SlackWebhook(_) => vec![Fact::CannotBeAsked],
            Client::Console => Vec::new(),
        }
    }
}
