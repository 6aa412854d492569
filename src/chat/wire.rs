//! One HTTP exchange with a chat, and what its ending means.

use super::ChatError;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{RequestBuilder, StatusCode};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// No chat's answer is longer than this; more is not read.
const LONGEST_ANSWER: usize = 64 * 1024;

/// What a chat answered.
pub(super) struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
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

    /// The body's first line, for errors that are said in plain text.
    pub fn word(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        text.lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()).take(80).collect()
    }
}

/// Sends a request and reads the whole answer. Whatever happens after the request may have reached the chat is
/// [`ChatError::Lost`]. Errors never hold the URL, which may be a secret.
pub(super) async fn exchange(request: RequestBuilder, deadline: Instant) -> Result<Reply, ChatError> {
    let lost = |why: &str| ChatError::Lost { why: why.into() };
    let exchange = async {
        let mut response = request.send().await.map_err(|error| match error.is_connect() || error.is_builder() {
            true => ChatError::Unavailable { retry_after: None, why: cause(&error) },
            false => ChatError::Lost { why: cause(&error) },
        })?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= LONGEST_ANSWER => body.extend_from_slice(&chunk),
                Ok(Some(_)) => return Err(lost("the answer is too long to be the chat's")),
                Ok(None) => return Ok(Reply { status, headers, body }),
                Err(error) => return Err(ChatError::Lost { why: cause(&error) }),
            }
        }
    };
    timeout_at(deadline, exchange).await.unwrap_or_else(|_| Err(lost("no answer in time")))
}

/// The innermost cause of an error, without any URL.
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
