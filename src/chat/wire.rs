//! One HTTP exchange with a chat, and what its ending means.

use super::ChatError;
use crate::net::http::{self, Broken};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{RequestBuilder, StatusCode};
use serde::Deserialize;
use std::time::Duration;
use tokio::time::Instant;

/// No chat's answer is longer than this; more is not read.
const LONGEST_ANSWER: usize = 64 * 1024;

/// What a chat answered.
pub(super) struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Mattermost's errors, <https://developers.mattermost.com/api-documentation/>.
#[derive(Deserialize)]
struct InJson {
    message: String,
}

impl Reply {
    /// How long the chat asks us to wait, in whole seconds.
    pub fn retry_after(&self) -> Option<Duration> {
        self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
    }

    /// The error that a status means whatever the body says: `None` for those that the chat's own rules must judge.
    pub fn unavailable(&self) -> Option<ChatError> {
        let is_late = self.status == StatusCode::TOO_MANY_REQUESTS || self.status == StatusCode::REQUEST_TIMEOUT;
        (is_late || self.status.is_server_error()).then(|| ChatError::Unavailable {
            retry_after: self.retry_after(),
            why: format!("HTTP {}", self.status.as_u16()),
        })
    }

    /// What the body says, for errors that are said in plain text (Slack), or in JSON with a message (Mattermost).
    pub fn word(&self) -> String {
        let text = match serde_json::from_slice::<InJson>(&self.body) {
            Ok(InJson { message }) => message,
            Err(_) => String::from_utf8_lossy(&self.body).into_owned(),
        };
        text.lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()).take(80).collect()
    }
}

/// Sends a request and reads the whole answer. Whatever happens after the request may have reached the chat is
/// [`ChatError::Lost`]. Errors never hold the URL, which may be a secret.
pub(super) async fn exchange(request: RequestBuilder, deadline: Instant) -> Result<Reply, ChatError> {
    exchange_up_to(request, LONGEST_ANSWER, deadline).await
}

/// The same for an answer of no more than `longest` bytes.
pub(super) async fn exchange_up_to(
    request: RequestBuilder,
    longest: usize,
    deadline: Instant,
) -> Result<Reply, ChatError> {
    match http::exchange(request, longest, deadline).await {
        Ok(http::Reply { status, headers, body }) => Ok(Reply { status, headers, body }),
        Err(Broken::NotSent(error)) => Err(ChatError::Unavailable { retry_after: None, why: cause(&error) }),
        Err(Broken::Lost(error)) => Err(ChatError::Lost { why: cause(&error) }),
        Err(Broken::TooLong) => Err(ChatError::Lost { why: "the answer is too long to be the chat's".into() }),
        Err(Broken::TooLate) => Err(ChatError::Lost { why: "no answer in time".into() }),
    }
}

/// The innermost cause of an error.
fn cause(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    match std::ptr::eq(innermost, error as &dyn std::error::Error) {
        true if error.is_timeout() => "no connection in time".into(),
        true => "the request failed".into(),
        false => innermost.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_read_in_the_words_of_slack_and_of_mattermost() {
        let mattermost =
            r#"{"id":"web.incoming_webhook.invalid.app_error","message":"Invalid webhook.","status_code":400}"#;
        for (body, expected) in [
            ("channel_is_archived", "channel_is_archived"),
            ("no_service\n<p>more</p>", "no_service"),
            (mattermost, "Invalid webhook."),
            (r#"{"ok":false}"#, r#"{"ok":false}"#),
            ("\u{7}\u{1b}[31mred", "[31mred"),
            ("", ""),
        ] {
            let reply = Reply { status: StatusCode::BAD_REQUEST, headers: HeaderMap::new(), body: body.into() };
            assert_eq!(reply.word(), expected);
        }
    }
}
