//! Typetalk, true to its API as it was when the service ended on 2025-12-01.
//!
//! <https://developer.nulab.com/docs/typetalk/api/1/post-message>

pub mod ask;

use super::wire::{Reply, exchange};
use super::writing::{GUARD, Markup, plain, utf16_units};
use super::{ChatError, PostId, Rendered};
use crate::domain::member::Handle;
use crate::net::secret::Secret;
use reqwest::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;
use tokio::time::Instant;

/// The number of a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TopicId(pub u64);

impl fmt::Display for TopicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// "4000 characters"; which kind is not documented, UTF-16 units are the safest reading.
const LIMIT: usize = 4_000;

pub(super) static MARKUP: Markup = Markup {
    own: plain,
    defuse: shown,
    link: |link| link.split('#').next().unwrap_or_default().into(),
    mention: |handle: &Handle| format!("@{}", handle.as_str()),
    guard: GUARD,
    after_quote: "\n",
    limit: LIMIT,
    measure: utf16_units,
};

/// A topic, by a bot's token.
#[derive(Debug, Clone)]
pub struct Typetalk {
    /// The process's client.
    pub http: reqwest::Client,
    /// The host alone.
    pub base_url: String,
    /// The bot's token; sent as a header, never in the URL.
    pub token: Secret,
    /// Where to post.
    pub topic: TopicId,
    /// Whom to tell when the rotation has no answer, `@all`; `None` for nobody.
    pub fallback: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PostMessage<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<u64>,
    show_link_meta: bool,
}

impl<'a> PostMessage<'a> {
    fn of(draft: &'a Rendered, thread: Option<&PostId>) -> Self {
        let reply_to = thread.and_then(|post| post.0.parse().ok());
        Self { message: &draft.text, reply_to, show_link_meta: false }
    }
}

/// What Typetalk is sent.
pub(super) fn request(draft: &Rendered, thread: Option<&PostId>) -> Value {
    serde_json::to_value(PostMessage::of(draft, thread)).expect("strings, numbers and a bool are JSON")
}

#[derive(Deserialize)]
struct Answer {
    post: Post,
}

#[derive(Deserialize)]
struct Post {
    id: u64,
}

impl Typetalk {
    /// Posts to the topic, as a reply where there is something to reply to. Our tag is meant to be parsed as one, so
    /// hashtags are not switched off; foreign text holds none any more.
    pub async fn post(
        &self,
        draft: &Rendered,
        thread: Option<&PostId>,
        deadline: Instant,
    ) -> Result<PostId, ChatError> {
        let body = PostMessage::of(draft, thread);
        let request = self
            .http
            .post(format!("{}/api/v1/topics/{}", self.base_url, self.topic))
            .header("X-Typetalk-Token", self.token.expose())
            .header(CONTENT_TYPE, "application/json")
            .body(serde_json::to_vec(&body).expect("strings, numbers and a bool are JSON"));
        let reply = exchange(request, deadline).await?;
        if let Some(error) = reply.unavailable() {
            return Err(error);
        }
        // What Typetalk says of a reply to a post that was deleted is not documented. If it was not that, the post is
        // refused again without it.
        if let (Some(_), 400 | 404) = (body.reply_to, reply.status.as_u16()) {
            return Err(ChatError::Gone { code: code(&reply) });
        }
        if !reply.status.is_success() {
            return Err(ChatError::Refused { code: code(&reply) });
        }
        match serde_json::from_slice::<Answer>(&reply.body) {
            Ok(answer) => Ok(PostId(answer.post.id.to_string())),
            Err(_) => Err(ChatError::Lost { why: "the answer is not Typetalk's".into() }),
        }
    }
}

/// Typetalk says what is wrong in `WWW-Authenticate` alone: `Bearer error="invalid_token", error_description="…"`.
fn code(reply: &Reply) -> String {
    let header = reply.headers.get(WWW_AUTHENTICATE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let field = |name: &str| {
        let (_, rest) = header.split_once(&format!("{name}=\""))?;
        rest.split('"').next()
    };
    let words: Vec<_> = [field("error"), field("error_description")].into_iter().flatten().collect();
    match words.is_empty() {
        true => format!("http_{}", reply.status.as_u16()),
        false => format!("{} {}", reply.status.as_u16(), words.join(": ")),
    }
}

/// Foreign text: no `@` that could mention, no `#` that could tag, no back-quotes that could open a code block. No escape
/// is documented, so the full-width twins are shown.
fn shown(text: &str) -> Cow<'_, str> {
    match text.contains(['@', '#', '`']) {
        true => text.replace('@', "＠").replace('#', "＃").replace('`', "ˋ").into(),
        false => text.into(),
    }
}
