//! Slack, by bot token and by incoming webhook: two APIs with two different ways to say no.
//!
//! - <https://docs.slack.dev/reference/methods/chat.postMessage>: errors come as `"ok": false` with status 200.
//! - <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>: errors come as a status and a word.

pub mod ask;
mod markup;

pub(super) use markup::{MARKUP, WEBHOOK_MARKUP};

use super::wire::{Reply, exchange};
use super::{ChatError, PostId, Rendered};
use crate::net::secret::Secret;
use reqwest::header::CONTENT_TYPE;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;
use tokio::time::Instant;

const JSON: &str = "application/json; charset=utf-8";

/// The id of a channel, `C0123456789`; Slack takes a name as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelId(pub String);

/// Slack by the Web API, with a bot token that has the scope `chat:write`.
#[derive(Debug, Clone)]
pub struct SlackBot {
    /// The process's client.
    pub http: reqwest::Client,
    /// Where the API is, ending in `/api`.
    pub base_url: String,
    /// `xoxb-…`.
    pub token: Secret,
    /// Where to post.
    pub channel: ChannelId,
    /// Whom to tell when the rotation has no answer; `None` for nobody.
    pub fallback: Option<String>,
}

/// Slack, or Mattermost, by an incoming webhook, which has one channel and returns no id of what it posts.
#[derive(Debug, Clone)]
pub struct SlackWebhook {
    /// The process's client.
    pub http: reqwest::Client,
    /// The whole URL is the secret.
    pub url: Secret,
    /// Whom to tell when the rotation has no answer; `None` for nobody.
    pub fallback: Option<String>,
}

#[derive(Serialize)]
struct PostMessage<'a> {
    channel: &'a str,
    #[serde(flatten)]
    content: Content<'a>,
    unfurl_links: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_ts: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    reply_broadcast: bool,
}

#[derive(Serialize)]
struct Update<'a> {
    channel: &'a str,
    ts: &'a str,
    #[serde(flatten)]
    content: Content<'a>,
}

/// The text, which notifications, screen readers and the search use, and for a first message the blocks that are shown
/// in its stead.
#[derive(Serialize)]
struct Content<'a> {
    text: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blocks: Option<[Block<'a>; 2]>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block<'a> {
    Section { text: Mrkdwn<'a> },
    Context { elements: [Mrkdwn<'a>; 1] },
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "mrkdwn")]
struct Mrkdwn<'a> {
    text: &'a str,
}

impl<'a> Content<'a> {
    /// A first message: what was said, and below it how the incident stands.
    fn opening(draft: &'a Rendered) -> Self {
        let Some(status) = &draft.status else {
            return Self::plain(draft);
        };
        let blocks = [
            Block::Section { text: Mrkdwn { text: &draft.text } },
            Block::Context { elements: [Mrkdwn { text: status }] },
        ];
        Self { text: format!("{}\n{status}", draft.text).into(), blocks: Some(blocks) }
    }

    fn plain(draft: &'a Rendered) -> Self {
        Self { text: draft.text.as_str().into(), blocks: None }
    }
}

impl<'a> PostMessage<'a> {
    fn of(channel: &'a ChannelId, draft: &'a Rendered, thread: Option<&'a PostId>) -> Self {
        let content = if thread.is_none() { Content::opening(draft) } else { Content::plain(draft) };
        Self {
            channel: &channel.0,
            content,
            unfurl_links: false,
            thread_ts: thread.map(|post| post.0.as_str()),
            reply_broadcast: thread.is_some() && draft.pings,
        }
    }
}

impl<'a> Update<'a> {
    fn of(channel: &'a ChannelId, post: &'a PostId, draft: &'a Rendered) -> Self {
        Self { channel: &channel.0, ts: &post.0, content: Content::opening(draft) }
    }
}

/// What `chat.postMessage` is sent.
pub(super) fn request(channel: &ChannelId, draft: &Rendered, thread: Option<&PostId>) -> Value {
    serde_json::to_value(PostMessage::of(channel, draft, thread)).expect("strings and bools are JSON")
}

/// What `chat.update` is sent.
pub(super) fn update_request(channel: &ChannelId, post: &PostId, draft: &Rendered) -> Value {
    serde_json::to_value(Update::of(channel, post, draft)).expect("strings are JSON")
}

/// What an incoming webhook is sent.
pub(super) fn webhook_request(draft: &Rendered) -> Value {
    serde_json::to_value(Incoming { text: &draft.text }).expect("a string is JSON")
}

#[derive(Serialize)]
struct Incoming<'a> {
    text: &'a str,
}

#[derive(Deserialize)]
struct Answer {
    ok: bool,
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    ts: Option<String>,
}

impl SlackBot {
    /// `chat.postMessage`, as a first message or as a reply; a reply that pings is shown in the channel as well. The
    /// post's id is its `ts`.
    pub async fn post(
        &self,
        draft: &Rendered,
        thread: Option<&PostId>,
        deadline: Instant,
    ) -> Result<PostId, ChatError> {
        self.call("chat.postMessage", &PostMessage::of(&self.channel, draft, thread), deadline).await
    }

    /// `chat.update` of a first message.
    pub async fn update(&self, post: &PostId, draft: &Rendered, deadline: Instant) -> Result<(), ChatError> {
        self.call("chat.update", &Update::of(&self.channel, post, draft), deadline).await.map(|_| ())
    }

    async fn call(&self, method: &str, body: &impl Serialize, deadline: Instant) -> Result<PostId, ChatError> {
        let request = self
            .http
            .post(format!("{}/{method}", self.base_url))
            .bearer_auth(self.token.expose())
            .header(CONTENT_TYPE, JSON)
            .body(serde_json::to_vec(body).expect("strings and bools are JSON"));
        let reply = exchange(request, deadline).await?;
        if let Some(error) = reply.unavailable() {
            return Err(error);
        }
        judged(&reply)
    }
}

/// What an answer of the Web API means.
fn judged(reply: &Reply) -> Result<PostId, ChatError> {
    let Ok(answer) = serde_json::from_slice::<Answer>(&reply.body) else {
        return Err(match reply.status.is_success() {
            true => ChatError::Lost { why: "the answer is not Slack's".into() },
            false => ChatError::Refused { code: format!("http_{}", reply.status.as_u16()) },
        });
    };
    if answer.ok {
        return Ok(PostId(answer.ts.unwrap_or_default()));
    }
    let code = answer.error.unwrap_or_else(|| "no_error_code".into());
    Err(match code.as_str() {
        "ratelimited" | "rate_limited" | "service_unavailable" | "request_timeout" => {
            ChatError::Unavailable { retry_after: reply.retry_after(), why: code }
        }
        // By Slack's words "some aspect of the operation succeeded": it may have been posted.
        "internal_error" | "fatal_error" => ChatError::Lost { why: code },
        "thread_not_found" | "message_not_found" | "cannot_reply_to_message" => ChatError::Gone { code },
        _ => ChatError::Refused { code },
    })
}

impl SlackWebhook {
    /// Posts to the webhook's channel.
    pub async fn post(&self, draft: &Rendered, deadline: Instant) -> Result<PostId, ChatError> {
        let request = self
            .http
            .post(self.url.expose())
            .header(CONTENT_TYPE, JSON)
            .body(serde_json::to_vec(&Incoming { text: &draft.text }).expect("a string is JSON"));
        let reply = exchange(request, deadline).await?;
        if let Some(error) = reply.unavailable() {
            return Err(error);
        }
        match reply.status.is_success() {
            true if reply.word() == "ok" => Ok(PostId(String::new())),
            true => Err(ChatError::Lost { why: "the answer is not `ok`".into() }),
            false => Err(ChatError::Refused { code: format!("{} {}", reply.status.as_u16(), reply.word()) }),
        }
    }
}
