//! Typetalk, true to its API as it was when the service ended on 2025-12-01.
//!
//! <https://developer.nulab.com/docs/typetalk/api/1/post-message>

mod ask;

use super::formatting::{Around, Dialect, ends_dial_code, shown_as_written};
use super::kind::{Access, ChannelVariables, ChatKind, Threads, Variable, Variables};
use super::wire::{Call, Posted};
use super::writing::{GUARD, Markup, plain, utf16_units};
use super::{ChannelId, ChatError, Client, PostId, Rendered};
use crate::domain::member::{Handle, Platform};
use crate::domain::text::Link;
use crate::net::http::Reply;
use crate::net::quote;
use reqwest::header::WWW_AUTHENTICATE;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

pub const KIND: ChatKind = ChatKind {
    name: "typetalk",
    title: "Typetalk",
    platform: Platform::Typetalk,
    markup: Markup {
        own: plain,
        defuse: shown,
        dialect: Some(Dialect::Typetalk),
        link: without_tag,
        linked: |words, link| format!("{words} ({})", without_tag(link)),
        named: None,
        mention: |handle: &Handle| format!("@{}", handle.as_str()),
        guard: GUARD,
        guard_in_quote: "",
        after_quote: "\n",
        // "4000 characters"; which kind is not documented, UTF-16 units are the safest reading.
        limit: 4_000,
        measure: utf16_units,
    },
    threads: Threads::ByNumber,
    has_edits: false,
    has_buttons: false,
    variables: Some(Variables {
        choice: Some("typetalk"),
        secret: Variable { name: "TYPETALK_TOKEN", example: "the bot's token" },
        channel: Some(ChannelVariables {
            alerts: Variable { name: "TYPETALK_TOPIC_ID", example: "4711" },
            reminders: Variable { name: "TYPETALK_REMINDER_TOPIC_ID", example: "4712" },
            is_number: true,
        }),
        base_url: Some(Variable { name: "TYPETALK_BASE_URL", example: "https://typetalk.com" }),
        fallback: Variable { name: "FALLBACK_MENTION_TYPETALK", example: "@all" },
        pings: |word| word.strip_prefix('@').is_some_and(|name| name == "all" || Handle::typetalk(name).is_some()),
    }),
    connect: |access| Client::Typetalk(Typetalk(access)),
};

/// By a bot's token, which is sent as a header, never in the URL. The base URL is the host alone.
#[derive(Debug, Clone)]
pub(super) struct Typetalk(Access);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PostMessage<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<u64>,
    show_link_meta: bool,
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
    pub fn post(&self, topic: &ChannelId, rendered: &Rendered, thread: Option<&PostId>) -> Call {
        let Self(Access { http, base_url, secret }) = self;
        let reply_to = thread.and_then(|post| post.0.parse().ok());
        let request = http.post(format!("{base_url}/api/v1/topics/{topic}")).header(TOKEN, secret.expose());
        let body = PostMessage { message: &rendered.text, reply_to, show_link_meta: false };
        Call::new(http, request, &body, if reply_to.is_some() { judged_reply } else { judged })
    }
}

impl Typetalk {
    /// Where a post of the topic opens.
    pub fn link(&self, topic: &ChannelId, post: &PostId) -> Option<Link> {
        let Self(Access { base_url, .. }) = self;
        Link::parse(&format!("{base_url}/topics/{topic}/posts/{}", post.0))
    }
}

const TOKEN: &str = "X-Typetalk-Token";

fn judged(reply: &Reply) -> Result<Posted, ChatError> {
    if !reply.status.is_success() {
        return Err(ChatError::Refused { code: code(reply) });
    }
    match serde_json::from_slice::<Answer>(&reply.body) {
        Ok(answer) => Ok(Posted::as_number(answer.post.id)),
        Err(_) => Err(ChatError::Unclear { why: "the answer is not Typetalk's".into() }),
    }
}

/// What Typetalk says of a reply to a post that was deleted is not documented. If it was not that, the post is refused
/// again when it is posted as a first one.
fn judged_reply(reply: &Reply) -> Result<Posted, ChatError> {
    match reply.status.as_u16() {
        400 | 404 => Err(ChatError::Gone { code: code(reply) }),
        _ => judged(reply),
    }
}

/// Typetalk says what is wrong in `WWW-Authenticate` alone: `Bearer error="invalid_token", error_description="…"`. The
/// description is left out: it is a sentence, which may quote anything.
fn code(reply: &Reply) -> String {
    let header = reply.headers.get(WWW_AUTHENTICATE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let code = header.split_once("error=\"").and_then(|(_, rest)| rest.split('"').next());
    match code {
        Some(code) => format!("{} {}", reply.status.as_u16(), quote::code(code)),
        None => format!("http_{}", reply.status.as_u16()),
    }
}

/// A link to what it would be without the part after `#`, which would be a tag.
fn without_tag(link: &str) -> Cow<'_, str> {
    link.split('#').next().unwrap_or_default().into()
}

/// Foreign text: no `@` that could mention, no `#` that could tag, no back-quotes that could open a code block, no emoji. No
/// escape is documented, so the full-width twins are shown.
fn shown(text: &str, around: Around) -> Cow<'_, str> {
    let shown = shown_as_written(text, around, Dialect::Typetalk);
    if !shown.contains(['@', '#', '`']) {
        return shown;
    }
    let twin = |(at, c): (usize, char)| match c {
        '#' if ends_dial_code(&shown[..at], &shown[at + 1..]) => c,
        '#' => '＃',
        '@' => '＠',
        '`' => 'ˋ',
        other => other,
    };
    shown.char_indices().map(twin).collect()
}
