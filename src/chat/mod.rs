//! Messages out: each chat writes a [`Message`] in its own markup, within its own limits, and posts it.
//!
//! A chat is told whom to mention and is never asked: what foreign text says cannot ping or tag anybody, because each
//! chat defuses it while writing.

pub mod asking;
pub mod console;
pub mod delivery;
pub mod recorder;
pub mod slack;
pub mod typetalk;
mod wire;
mod writing;

use crate::domain::member::Platform;
use crate::domain::message::{Line, Message, Span};
use console::Console;
use recorder::Recorder;
use slack::{SlackBot, SlackWebhook};
use std::ops::Range;
use std::time::Duration;
use tokio::time::Instant;
use typetalk::Typetalk;
use writing::Markup;

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
    /// The message that it was to follow, or that was to be changed, is not there any more: post it as a new one.
    #[error("the first message is gone: {code}")]
    Gone {
        /// The chat's own code.
        code: String,
    },
    /// It never will be: somebody has to mend something.
    #[error("the chat refuses: {code}")]
    Refused {
        /// The chat's own code.
        code: String,
    },
}

/// A message in a chat's own markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The text.
    pub text: String,
    /// Where in it stands what happened, in bytes; `None` where there is no headline.
    pub verb: Option<Range<usize>>,
    /// How the incident stands, for a first message that is kept up to date.
    pub status: Option<String>,
    /// Whether it pings anybody.
    pub pings: bool,
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
    /// One of the first three, on a page.
    Recorder(Recorder),
}

impl Chat {
    /// Its name in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::SlackBot(_) => "slack",
            Self::SlackWebhook(_) => "slack_webhook",
            Self::Typetalk(_) => "typetalk",
            Self::Console(_) => "console",
            Self::Recorder(recorder) => recorder.name(),
        }
    }

    /// Whose names ping on it.
    pub fn platform(&self) -> Platform {
        match self {
            Self::SlackBot(_) | Self::SlackWebhook(_) => Platform::Slack,
            Self::Typetalk(_) => Platform::Typetalk,
            Self::Console(_) => Platform::Screen,
            Self::Recorder(recorder) => recorder.platform(),
        }
    }

    /// A message as it will be posted.
    pub fn write(&self, message: &Message) -> Rendered {
        self.markup().write(message, self.fallback())
    }

    /// A first message again, with the same text but for the headline, and with how its incident stands now.
    pub fn restate(&self, opening: &Rendered, headline: &Span, status: &Line) -> Rendered {
        self.markup().restate(opening, headline, status)
    }

    fn markup(&self) -> &'static Markup {
        match self {
            Self::SlackBot(_) => &slack::MARKUP,
            Self::SlackWebhook(_) => &slack::WEBHOOK_MARKUP,
            Self::Typetalk(_) => &typetalk::MARKUP,
            Self::Console(_) => &console::MARKUP,
            Self::Recorder(recorder) => recorder.markup(),
        }
    }

    /// Whom to tell when the rotation has no answer.
    fn fallback(&self) -> Option<&str> {
        match self {
            Self::SlackBot(chat) => chat.fallback.as_deref(),
            Self::SlackWebhook(chat) => chat.fallback.as_deref(),
            Self::Typetalk(chat) => chat.fallback.as_deref(),
            Self::Console(_) => Some("@fallback"),
            Self::Recorder(recorder) => recorder.fallback(),
        }
    }

    /// Whether first messages can be changed later, so that they show how their incidents stand.
    pub fn keeps_up_to_date(&self) -> bool {
        match self {
            Self::SlackBot(_) => true,
            Self::SlackWebhook(_) | Self::Typetalk(_) | Self::Console(_) => false,
            Self::Recorder(recorder) => recorder.keeps_up_to_date(),
        }
    }

    /// Posts a message, once: into the thread that another began, or as a first one. `deadline` is when the answer is of
    /// no use any more.
    pub async fn post(
        &self,
        draft: &Rendered,
        thread: Option<&PostId>,
        deadline: Instant,
    ) -> Result<PostId, ChatError> {
        match self {
            Self::SlackBot(chat) => chat.post(draft, thread, deadline).await,
            Self::SlackWebhook(chat) => chat.post(draft, deadline).await,
            Self::Typetalk(chat) => chat.post(draft, thread, deadline).await,
            Self::Console(chat) => chat.post(draft),
            Self::Recorder(recorder) => recorder.post(draft, thread, deadline).await,
        }
    }

    /// Changes a message that was posted before. Nobody is pinged by that.
    pub async fn update(&self, post: &PostId, draft: &Rendered, deadline: Instant) -> Result<(), ChatError> {
        match self {
            Self::SlackBot(chat) => chat.update(post, draft, deadline).await,
            Self::SlackWebhook(_) | Self::Typetalk(_) | Self::Console(_) => Ok(()),
            Self::Recorder(recorder) => recorder.update(post, draft, deadline).await,
        }
    }
}
