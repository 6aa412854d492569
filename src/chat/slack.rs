//! Slack by bot token, <https://docs.slack.dev/reference/methods/chat.postMessage>: errors come as `"ok": false` with
//! status 200.

mod ask;
mod markup;
mod permalink;
mod private;
mod webhook;

pub(super) use ask::is_id;
pub(super) use permalink::of_reply;
pub(super) use webhook::SlackWebhook;
pub use webhook::{BACKUP_WEBHOOK, WEBHOOK};

use super::kind::{Access, ChannelVariables, ChatKind, Threads, Variable, Variables};
use super::wire::{Call, Posted, WAIT};
use super::{ChannelId, ChatError, Client, Form, PostId, Rendered};
use crate::domain::member::{Handle, Platform};
use crate::domain::message::{Button, Confirm};
use crate::domain::press::Act;
use crate::net::http::Reply;
use crate::net::quote;
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;

pub const BOT: ChatKind = ChatKind {
    name: "slack",
    title: "Slack",
    platform: Platform::Slack,
    markup: markup::MARKUP,
    threads: Threads::ByTimestamp,
    has_edits: true,
    has_buttons: true,
    variables: Some(Variables {
        choice: Some("slack"),
        secret: Variable { name: "SLACK_BOT_TOKEN", example: "xoxb-…" },
        channel: Some(ChannelVariables {
            alerts: Variable { name: "SLACK_CHANNEL", example: "C0123456789" },
            reminders: Variable { name: "SLACK_REMINDER_CHANNEL", example: "C0123456789" },
            is_number: false,
        }),
        base_url: Some(Variable { name: "SLACK_BASE_URL", example: "https://slack.com/api" }),
        fallback: FALLBACK,
        pings,
    }),
    connect: |access| Client::SlackBot(SlackBot(access)),
};

const FALLBACK: Variable = Variable { name: "FALLBACK_MENTION_SLACK", example: "<!subteam^S0123456789>" };

/// On Slack a plain `@name` pings nobody.
fn pings(word: &str) -> bool {
    let is_id = word.starts_with('<') && word.ends_with('>') && Handle::slack(word).is_some();
    is_id || matches!(word, "<!channel>" | "<!here>" | "<!everyone>")
}

/// The Web API, with a bot token that has the scope `chat:write`.
#[derive(Debug, Clone)]
pub(super) struct SlackBot(Access);

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
/// instead of it.
#[derive(Serialize)]
struct Content<'a> {
    text: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "present")]
    blocks: Option<[Option<Block<'a>>; 3]>,
}

/// Those that there are.
fn present<S: Serializer>(blocks: &Option<[Option<Block<'_>>; 3]>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(blocks.iter().flatten().flatten())
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block<'a> {
    Section { text: Mrkdwn<'a> },
    Context { elements: [Mrkdwn<'a>; 1] },
    Actions { elements: Vec<Element<'a>> },
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "button")]
struct Element<'a> {
    text: PlainText<'a>,
    action_id: &'static str,
    value: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    style: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirm: Option<Dialog<'a>>,
}

/// <https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object>
#[derive(Serialize)]
struct Dialog<'a> {
    title: PlainText<'a>,
    text: PlainText<'a>,
    confirm: PlainText<'a>,
    deny: PlainText<'a>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "plain_text")]
struct PlainText<'a> {
    text: &'a str,
}

/// The buttons, if there are any.
fn actions(buttons: &[Button]) -> Option<Block<'_>> {
    (!buttons.is_empty()).then(|| Block::Actions { elements: buttons.iter().map(Element::of).collect() })
}

impl<'a> Element<'a> {
    fn of(button: &'a Button) -> Self {
        Self {
            text: PlainText { text: button.label },
            action_id: button.act.name(),
            value: &button.incident.0,
            style: matches!(button.act, Act::Take | Act::Stay).then_some("primary"),
            confirm: button.confirm.as_ref().map(Dialog::of),
        }
    }
}

impl<'a> Dialog<'a> {
    fn of(Confirm { title, text, yes, no }: &'a Confirm) -> Self {
        let [title, text, confirm, deny] = [title.as_str(), text, yes, no].map(|text| PlainText { text });
        Self { title, text, confirm, deny }
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "mrkdwn")]
struct Mrkdwn<'a> {
    text: &'a str,
}

impl<'a> Content<'a> {
    /// A first message: what was said, and below it how the incident stands.
    fn opening(rendered: &'a Rendered) -> Self {
        let Some(status) = &rendered.status else {
            return Self::plain(rendered);
        };
        let blocks = [
            Some(Block::Section { text: Mrkdwn { text: &rendered.text } }),
            Some(Block::Context { elements: [Mrkdwn { text: status }] }),
            actions(&rendered.buttons),
        ];
        Self { text: format!("{}\n{status}", rendered.text).into(), blocks: Some(blocks) }
    }

    fn plain(rendered: &'a Rendered) -> Self {
        Self { text: rendered.text.as_str().into(), blocks: None }
    }

    /// A message that is not kept up to date, with its buttons if it has any.
    fn with_buttons(rendered: &'a Rendered) -> Self {
        let blocks = actions(&rendered.buttons)
            .map(|actions| [Some(Block::Section { text: Mrkdwn { text: &rendered.text } }), Some(actions), None]);
        Self { blocks, ..Self::plain(rendered) }
    }
}

impl SlackBot {
    /// `chat.postMessage`, as a first message or as a reply; a reply that pings, or is for everybody, is shown in the channel
    /// as well. The post's id is its `ts`.
    pub fn post(&self, channel: &ChannelId, rendered: &Rendered, thread: Option<&PostId>) -> Call {
        let content = if thread.is_none() { Content::opening(rendered) } else { Content::with_buttons(rendered) };
        let body = PostMessage {
            channel: &channel.0,
            content,
            unfurl_links: false,
            thread_ts: thread.map(|post| post.0.as_str()),
            reply_broadcast: thread.is_some() && rendered.is_in_channel(),
        };
        self.call("chat.postMessage", &body)
    }

    /// `chat.update` of a first message. It finds a channel by its id alone, where `chat.postMessage` also takes its name.
    pub fn update(&self, channel: &ChannelId, post: &PostId, rendered: &Rendered) -> Call {
        let body = Update { channel: &channel.0, ts: &post.0, content: Content::opening(rendered) };
        self.call("chat.update", &body)
    }

    fn call(&self, method: &str, body: &impl Serialize) -> Call {
        let Self(Access { http, base_url, secret }) = self;
        let request = http.post(format!("{base_url}/{method}")).bearer_auth(secret.expose());
        Call::new(http, request, body, judged)
    }
}

#[derive(Deserialize)]
struct Answer {
    ok: bool,
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    ts: Option<String>,
    /// The channel's id, also if the message was sent to its name.
    #[serde(default)]
    channel: Option<String>,
}

/// What an answer of the Web API means.
fn judged(reply: &Reply) -> Result<Posted, ChatError> {
    let Ok(answer) = serde_json::from_slice::<Answer>(&reply.body) else {
        return Err(if reply.status.is_success() {
            ChatError::Unclear { why: "the answer is not Slack's".into() }
        } else {
            ChatError::Refused { code: format!("http_{}", reply.status.as_u16()) }
        });
    };
    if answer.ok {
        let channel = answer.channel.filter(|id| !id.is_empty()).map(ChannelId);
        return Ok(Posted { id: PostId(answer.ts.unwrap_or_default()), channel });
    }
    let code = quote::code(answer.error.as_deref().unwrap_or_default().trim()).to_owned();
    Err(match code.as_str() {
        "ratelimited" | "rate_limited" => {
            ChatError::Unavailable { retry_after: Some(reply.retry_after().unwrap_or(WAIT)), why: code }
        }
        "service_unavailable" | "request_timeout" => {
            ChatError::Unavailable { retry_after: reply.retry_after(), why: code }
        }
        // By Slack's words "some aspect of the operation succeeded": it may have been posted.
        "internal_error" | "fatal_error" => ChatError::Unclear { why: code },
        "thread_not_found" | "message_not_found" | "cannot_reply_to_message" => ChatError::Gone { code },
        _ => match form_refused(&code) {
            Some(form) => ChatError::Form { form, code },
            None => ChatError::Refused { code },
        },
    })
}

/// What of a message an error of `chat.postMessage` is about. `restricted_action` is what a workspace answers that lets few
/// people use `@channel` and the like; a bot that may not post at all gets it, too, and again without the mention.
fn form_refused(code: &str) -> Option<Form> {
    match code {
        "restricted_action" => Some(Form::Mention),
        "restricted_action_thread_locked" | "restricted_action_non_threadable_channel" => Some(Form::Thread),
        "invalid_blocks" | "invalid_blocks_format" | "msg_blocks_too_long" => Some(Form::Layout),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::StatusCode;
    use reqwest::header::HeaderMap;

    #[test]
    fn a_refusal_without_a_reason_says_so() {
        for body in [r#"{"ok":false,"error":""}"#, r#"{"ok":false,"error":" "}"#, r#"{"ok":false}"#] {
            let reply = Reply { status: StatusCode::OK, headers: HeaderMap::new(), body: body.into() };
            let error = judged(&reply).expect_err("it is a refusal");
            assert_eq!(error.to_string(), "the chat refuses: no reason given", "{body}");
        }
    }
}
