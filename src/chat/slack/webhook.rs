//! Slack, or Mattermost, by an incoming webhook: it has one channel, returns no id of what it posts, and says errors as
//! a status and a word.
//!
//! <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>

use super::markup;
use crate::chat::kind::{Access, ChatKind, Threads, Variable, Variables};
use crate::chat::wire::{Call, Posted, word};
use crate::chat::{ChatError, Client, Form, Rendered};
use crate::net::http::Reply;
use serde::Serialize;

const EXAMPLE: &str = "https://hooks.slack.com/services/T000/B000/XXXX";

pub const WEBHOOK: ChatKind = ChatKind {
    name: "slack_webhook",
    title: "webhook",
    markup: markup::WEBHOOK_MARKUP,
    threads: Threads::None,
    has_edits: false,
    has_buttons: false,
    variables: Some(Variables {
        choice: Some("slack"),
        secret: Variable { name: "SLACK_WEBHOOK_URL", example: EXAMPLE },
        channel: None,
        base_url: None,
        fallback: super::FALLBACK,
        // It may be Mattermost's, where a plain name pings.
        pings: |word| super::pings(word) || (word.len() > 1 && word.starts_with('@')),
    }),
    connect: |access| Client::SlackWebhook(SlackWebhook(access)),
    ..super::BOT
};

/// The same as the second chat, in another workspace.
pub const BACKUP_WEBHOOK: ChatKind = ChatKind {
    variables: match WEBHOOK.variables {
        Some(variables) => {
            let secret = Variable { name: "BACKUP_WEBHOOK_URL", example: EXAMPLE };
            Some(Variables { choice: None, secret, ..variables })
        }
        None => None,
    },
    ..WEBHOOK
};

/// The whole URL is the secret.
#[derive(Debug, Clone)]
pub struct SlackWebhook(Access);

#[derive(Serialize)]
struct Incoming<'a> {
    text: &'a str,
}

impl SlackWebhook {
    pub fn post(&self, rendered: &Rendered) -> Call {
        let Self(Access { http, secret, .. }) = self;
        Call::new(http, http.post(secret.expose()), &Incoming { text: &rendered.text }, judged)
    }
}

fn judged(reply: &Reply) -> Result<Posted, ChatError> {
    match word(reply) {
        // What a workspace answers that lets few people use `@channel` and the like.
        code if code == "action_prohibited" => Err(ChatError::Form { form: Form::Mention, code }),
        word if !reply.status.is_success() => {
            Err(ChatError::Refused { code: format!("{} {word}", reply.status.as_u16()) })
        }
        word if word == "ok" => Ok(Posted::unnamed()),
        _ => Err(ChatError::Unclear { why: "the answer is not `ok`".into() }),
    }
}
