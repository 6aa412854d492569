//! Asking a chat about itself, for `toban check`: nothing is posted, and there is time to wait when it throttles.

use super::ChatError;
use super::wire::{Reply, exchange_up_to};
use reqwest::{RequestBuilder, StatusCode};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The most that one answer may take.
const ANSWER: Duration = Duration::from_secs(10);

/// A list of all user groups of a large workspace takes a tenth of this.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// A chat that asks us to wait for longer is not waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How long is waited after a 429 that says nothing about it.
const UNTOLD_WAIT: Duration = Duration::from_secs(1);

/// A call that is throttled again and again is given up.
const TRIES: usize = 3;

/// Why a chat has not told what it was asked, by what is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// The token may not ask that: it lacks a scope.
    #[error("the token lacks a scope")]
    MissingScope,
    /// The token is not valid.
    #[error("the token is not valid: {code}")]
    BadToken {
        /// The chat's own code.
        code: String,
    },
    /// There is no such thing, or none that the token may see.
    #[error("not found: {code}")]
    NotFound {
        /// The chat's own code.
        code: String,
    },
    /// Not now.
    #[error("the chat cannot be asked at the moment: {why}")]
    Unavailable {
        /// What it said, or what happened.
        why: String,
    },
    /// Anything else.
    #[error("the chat refuses: {code}")]
    Refused {
        /// The chat's own code.
        code: String,
    },
}

/// Asks, again where the chat throttles and says that it will not for long. An answer is a status that is none of an
/// outage.
pub(super) async fn ask(request: impl Fn() -> RequestBuilder) -> Result<Reply, Unanswered> {
    for last_try in (0..TRIES).map(|nth| nth + 1 == TRIES) {
        let reply = match exchange_up_to(request(), LONGEST_ANSWER, Instant::now() + ANSWER).await {
            Ok(reply) => reply,
            Err(ChatError::Unavailable { why, .. } | ChatError::Lost { why }) => {
                return Err(Unanswered::Unavailable { why });
            }
            Err(ChatError::Gone { code } | ChatError::Refused { code }) => return Err(Unanswered::Refused { code }),
        };
        if reply.status != StatusCode::TOO_MANY_REQUESTS {
            return match reply.status.is_server_error() {
                true => Err(Unanswered::Unavailable { why: format!("HTTP {}", reply.status.as_u16()) }),
                false => Ok(reply),
            };
        }
        let pause = reply.retry_after().unwrap_or(UNTOLD_WAIT);
        if last_try || pause > LONGEST_WAIT {
            return Err(Unanswered::Unavailable { why: format!("HTTP 429, Retry-After: {}", pause.as_secs()) });
        }
        sleep(pause).await;
    }
    unreachable!("the last try returns")
}

/// A code of the chat's in one short line that a terminal does not obey.
pub(super) fn code(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(80).collect()
}
