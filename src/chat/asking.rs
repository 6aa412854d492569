//! Asking a chat about itself, for `toban check`: nothing is posted, and there is time to wait when it throttles.

use super::wire::exchange;
use super::{ChannelId, ChatError};
use crate::domain::text::Foreign;
use crate::net::http::{Client, Reply};
use crate::net::retry::again_after;
use reqwest::{RequestBuilder, StatusCode};
use std::time::Duration;
use tokio::time::Instant;

/// The most that one answer may take.
const ANSWER: Duration = Duration::from_secs(10);

/// A list of all user groups of a large workspace takes a tenth of this.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// A chat that asks us to wait for longer is not waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How long to wait after a 429 that does not say.
const DEFAULT_WAIT: Duration = Duration::from_secs(1);

/// A call that is throttled again and again is given up.
const TRIES: usize = 3;

/// What a chat has said about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// The token is valid, in the workspace of that name.
    Workspace(Option<Foreign>),
    Channel(AskedChannel, ChannelState),
    /// The setting is a channel's name, and the channel of that name has this id, if there is one.
    NamedChannel(AskedChannel, Option<ChannelId>),
    Topic(AskedChannel, ChannelState),
    /// Somebody whom a mention does not reach.
    Unreachable(Mentioned, Why),
    /// So many people, and so many groups, can be mentioned.
    People(usize),
    Groups(usize),
    /// The token may not be used to look.
    MissingScope(Scope),
    /// There is no answer, so nothing more was asked.
    NoAnswer(Unanswered),
    /// It is a webhook.
    CannotBeAsked,
}

/// A channel or topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedChannel {
    /// As the chat calls it, if it knows it.
    pub name: Option<Foreign>,
    pub id: ChannelId,
    /// The setting that names it.
    pub variable: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelState {
    Good,
    /// Nobody can post there any more.
    Archived,
    WithoutBot,
    /// It does not exist, or the token does not see it.
    NotFound,
}

/// Somebody whom the chat has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mentioned {
    /// `U…`, `W…` or `S…`
    pub id: String,
    /// Their name in the members tab; `None` for those that the fallback names.
    pub member: Option<Foreign>,
}

/// Why a mention reaches nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    NoSuchPerson,
    Deactivated,
    Bot,
    NoSuchGroup,
    GroupDisabled,
}

/// What a token may be allowed to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Channels,
    Users,
    Groups,
    Topics,
}

/// Why a chat has not answered a question, by what is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    #[error("the token lacks a scope")]
    MissingScope,
    #[error("the token is not valid: {code}")]
    BadToken {
        /// The chat's own.
        code: String,
    },
    /// It does not exist, or the token may not see it.
    #[error("not found: {code}")]
    NotFound {
        /// The chat's own.
        code: String,
    },
    /// Not now.
    #[error("the chat cannot be asked at the moment: {why}")]
    Unavailable {
        why: String,
        /// How long the chat asked us to wait, if it throttles.
        wait: Option<Duration>,
    },
    #[error("the chat refuses: {code}")]
    Refused {
        /// The chat's own.
        code: String,
    },
}

/// Asks, and again while the chat throttles and the wait is short. What is returned is not a server's error.
pub(super) async fn ask(http: &Client, request: impl Fn() -> RequestBuilder) -> Result<Reply, Unanswered> {
    let mut again = 1..TRIES;
    let wait = |error: &Unanswered| match error {
        Unanswered::Unavailable { wait: Some(wait), .. } if *wait <= LONGEST_WAIT => again.next().map(|_| *wait),
        _ => None,
    };
    again_after(wait, || ask_once(http, request())).await
}

async fn ask_once(http: &Client, request: RequestBuilder) -> Result<Reply, Unanswered> {
    let reply = match exchange(http, request, LONGEST_ANSWER, Instant::now() + ANSWER).await {
        Ok(reply) => reply,
        Err(ChatError::Unavailable { why, .. } | ChatError::Unclear { why } | ChatError::Lost { why }) => {
            return Err(Unanswered::Unavailable { why, wait: None });
        }
        Err(ChatError::Gone { code } | ChatError::Form { code, .. } | ChatError::Refused { code }) => {
            return Err(Unanswered::Refused { code });
        }
    };
    if reply.status == StatusCode::TOO_MANY_REQUESTS {
        let wait = reply.retry_after().unwrap_or(DEFAULT_WAIT);
        let why = format!("HTTP 429, Retry-After: {}", wait.as_secs());
        return Err(Unanswered::Unavailable { why, wait: Some(wait) });
    }
    if reply.status.is_server_error() {
        return Err(Unanswered::Unavailable { why: format!("HTTP {}", reply.status.as_u16()), wait: None });
    }
    Ok(reply)
}
