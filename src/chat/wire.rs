//! One request to a chat, and what its ending means.

use super::{ChannelId, ChatError, PostId};
use crate::net::http::{Broken, Client, Reply};
use crate::net::quote;
use reqwest::header::CONTENT_TYPE;
use reqwest::{RequestBuilder, StatusCode};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::Instant;

/// No chat's answer to a post is longer than this, though it may hold the whole message; more is not read.
const LONGEST_ANSWER: usize = 1024 * 1024;
/// How long a chat that throttles wants us to wait if it does not say.
pub(super) const WAIT: Duration = Duration::from_secs(1);

/// What a chat says of a message that it has accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Posted {
    pub id: PostId,
    /// The id of the channel, if the chat tells it: the setting may be a name.
    pub channel: Option<ChannelId>,
}

impl Posted {
    pub fn as_number(id: u64) -> Self {
        Self { id: PostId(id.to_string()), channel: None }
    }

    /// By a chat that does not say what it calls a message.
    pub fn unnamed() -> Self {
        Self { id: PostId(String::new()), channel: None }
    }
}

/// A request that posts or changes a message, before it is sent.
pub(super) struct Call {
    http: Client,
    request: RequestBuilder,
    pub body: Vec<u8>,
    judge: fn(&Reply) -> Result<Posted, ChatError>,
}

impl Call {
    /// `judge` says what an answer means, unless its status alone means that the chat is not available.
    pub fn new(
        http: &Client,
        request: RequestBuilder,
        body: &impl Serialize,
        judge: fn(&Reply) -> Result<Posted, ChatError>,
    ) -> Self {
        let request = request.header(CONTENT_TYPE, "application/json; charset=utf-8");
        let http = http.clone();
        Self { http, request, body: serde_json::to_vec(body).expect("strings, numbers and bools are JSON"), judge }
    }

    /// Sends it, once.
    pub async fn send(self, deadline: Instant) -> Result<Posted, ChatError> {
        let reply = exchange(&self.http, self.request.body(self.body), LONGEST_ANSWER, deadline).await?;
        match by_status(&reply) {
            Some(error) => Err(error),
            None => (self.judge)(&reply),
        }
    }
}

/// Sends a request and reads an answer of no more than `longest` bytes. Whatever goes wrong after the request may have
/// reached the chat is [`ChatError::Lost`], or [`ChatError::Unclear`] if there was an answer. Errors never hold the URL,
/// which may be a secret.
pub(super) async fn exchange(
    http: &Client,
    request: RequestBuilder,
    longest: usize,
    deadline: Instant,
) -> Result<Reply, ChatError> {
    http.exchange(request, longest, deadline).await.map_err(|broken| match broken {
        Broken::NotSent(why) => ChatError::Unavailable { retry_after: None, why },
        Broken::Lost(why) => ChatError::Lost { why },
        Broken::TooLong => ChatError::Unclear { why: "the answer is too long to be the chat's".into() },
        Broken::TooLate => ChatError::Lost { why: "no answer in time".into() },
        Broken::NotBegun => {
            ChatError::Unavailable { retry_after: None, why: "there was no time left to send it".into() }
        }
    })
}

/// The error that a status means whatever the body says. Returns `None` if the chat's own rules must judge.
fn by_status(reply: &Reply) -> Option<ChatError> {
    let why = format!("HTTP {}", reply.status.as_u16());
    match reply.status {
        StatusCode::TOO_MANY_REQUESTS => {
            Some(ChatError::Unavailable { retry_after: Some(reply.retry_after().unwrap_or(WAIT)), why })
        }
        // What a gateway says that has handed the request over, and does not know what became of it.
        StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => Some(ChatError::Unclear { why }),
        status if status == StatusCode::REQUEST_TIMEOUT || status.is_server_error() => {
            Some(ChatError::Unavailable { retry_after: reply.retry_after(), why })
        }
        _ => None,
    }
}

/// Mattermost's errors, <https://developers.mattermost.com/api-documentation/>.
#[derive(Deserialize)]
struct InJson {
    id: String,
}

/// What a webhook's answer says: a word (Slack), or JSON with the error's id (Mattermost). Whatever else it is may quote the
/// message, or the address, which is a secret.
pub(super) fn word(reply: &Reply) -> String {
    let text = match serde_json::from_slice::<InJson>(&reply.body) {
        Ok(InJson { id }) => id,
        Err(_) => String::from_utf8_lossy(&reply.body).into_owned(),
    };
    quote::code(text.trim_end()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderMap;

    #[test]
    fn a_refusal_is_read_in_the_words_of_slack_and_of_mattermost() {
        let mattermost =
            r#"{"id":"web.incoming_webhook.invalid.app_error","message":"Invalid webhook.","status_code":400}"#;
        for (body, expected) in [
            ("channel_is_archived", "channel_is_archived"),
            ("no_service\n", "no_service"),
            ("no_service\n<p>more</p>", quote::NO_CODE),
            (mattermost, "web.incoming_webhook.invalid.app_error"),
            (r#"{"ok":false}"#, quote::NO_CODE),
            ("\u{7}\u{1b}[31mred", quote::NO_CODE),
            ("", quote::NO_REASON),
            (" \n", quote::NO_REASON),
        ] {
            let reply = Reply { status: StatusCode::BAD_REQUEST, headers: HeaderMap::new(), body: body.into() };
            assert_eq!(word(&reply), expected);
        }
    }
}
