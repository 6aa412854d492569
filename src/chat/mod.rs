//! Messages out: each chat writes a [`Message`] in its own markup, within its own limits, and posts it.
//!
//! A chat is told whom to mention and is never asked: what foreign text says cannot ping or tag anybody, because each
//! chat defuses it while writing.

pub mod console;
pub mod delivery;
pub mod slack;
pub mod typetalk;
mod wire;
mod writing;

use crate::domain::member::Platform;
use crate::domain::message::Message;
use console::Console;
use slack::{SlackBot, SlackWebhook};
use std::time::Duration;
use tokio::time::Instant;
use typetalk::Typetalk;

/// Why a chat has not accepted a message, by what is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChatError {
    /// It was not accepted and may be later: try again, the backup first.
    #[error("the chat is not available: {why}")]
    Unavailable {
        /// How long the chat asked us to wait.
        retry_after: Option<Duration>,
        /// What it said, or what happened.
        why: String,
    },
    /// It may have been accepted: no answer came. A repeat has to be marked as one.
    #[error("the chat's answer was lost: {why}")]
    Lost {
        /// What happened.
        why: String,
    },
    /// It never will be: somebody has to mend something.
    #[error("the chat refuses: {code}")]
    Refused {
        /// The chat's own code.
        code: String,
    },
}

/// The name by which the chat knows a message that it has accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostId(pub String);

/// Where messages go.
#[derive(Debug, Clone)]
pub enum Chat {
    /// Slack's Web API.
    SlackBot(SlackBot),
    /// An incoming webhook of Slack, or of Mattermost, which takes the same.
    SlackWebhook(SlackWebhook),
    /// Typetalk.
    Typetalk(Typetalk),
    /// The terminal.
    Console(Console),
}

impl Chat {
    /// Its name in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::SlackBot(_) => "slack",
            Self::SlackWebhook(_) => "slack_webhook",
            Self::Typetalk(_) => "typetalk",
            Self::Console(_) => "console",
        }
    }

    /// Whose names ping on it.
    pub fn platform(&self) -> Platform {
        match self {
            Self::SlackBot(_) | Self::SlackWebhook(_) => Platform::Slack,
            Self::Typetalk(_) => Platform::Typetalk,
            Self::Console(_) => Platform::Screen,
        }
    }

    /// The text of a message, as it will be posted.
    pub fn write(&self, message: &Message) -> String {
        match self {
            Self::SlackBot(chat) => chat.write(message),
            Self::SlackWebhook(chat) => chat.write(message),
            Self::Typetalk(chat) => chat.write(message),
            Self::Console(chat) => chat.write(message),
        }
    }

    /// Posts a text, once. `deadline` is when the answer is of no use any more.
    pub async fn post(&self, text: &str, deadline: Instant) -> Result<PostId, ChatError> {
        match self {
            Self::SlackBot(chat) => chat.post(text, deadline).await,
            Self::SlackWebhook(chat) => chat.post(text, deadline).await,
            Self::Typetalk(chat) => chat.post(text, deadline).await,
            Self::Console(chat) => chat.post(text),
        }
    }
}
