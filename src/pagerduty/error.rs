//! What can go wrong with a call of the REST API.
//!
//! <https://developer.pagerduty.com/docs/errors>

use crate::domain::text::Foreign;
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

/// PagerDuty gives no further pages: offset and limit together may not be more.
pub(super) const MOST_LISTED: usize = 10_000;

/// What is wrong, by what the caller does about it. Never holds the key or an e-mail address of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// 401: the key is wrong, or it is the key of an account in another region.
    #[error(
        "PagerDuty at {base_url} does not know the key ({said}). Look at PAGERDUTY_API_KEY; an account in the EU needs \
         PAGERDUTY_BASE_URL=https://api.eu.pagerduty.com"
    )]
    KeyUnknown {
        /// Where it was asked.
        base_url: String,
        /// In PagerDuty's words.
        said: String,
    },
    /// 403: the key is good, but not for this.
    #[error(
        "PagerDuty does not let this key do that ({said}). A read-only key is enough to plan; to apply, \
         PAGERDUTY_API_KEY has to be a key with full access"
    )]
    KeyNotEnough {
        /// In PagerDuty's words.
        said: String,
    },
    /// The request is wrong, whenever it is sent. Nothing was done.
    #[error("PagerDuty refused it: {said}")]
    Invalid {
        /// PagerDuty's own code, such as 2001.
        code: Option<u64>,
        /// In PagerDuty's words, its details included.
        said: String,
    },
    /// Nothing is there.
    #[error("PagerDuty at {base_url} has nothing at {path} (PAGERDUTY_BASE_URL is the host alone)")]
    NotFound {
        /// Where it was asked.
        base_url: String,
        /// What was asked for.
        path: String,
    },
    /// Not now. Nothing was done.
    #[error("PagerDuty cannot be asked at the moment: {why}")]
    Unavailable {
        /// In its words or the connection's.
        why: String,
        /// How long it asks us to wait.
        retry_after: Option<Duration>,
    },
    /// The answer is missing or of no use: whether it was done is not known.
    #[error("PagerDuty gave no answer of use ({why}), so whether it was done is not known")]
    Lost {
        /// What happened.
        why: String,
    },
    /// An answer that is not PagerDuty's, or not as documented.
    #[error("PagerDuty's answer at {path} is not what its documentation says: {why}")]
    Unexpected {
        /// What was asked for.
        path: String,
        /// What is odd.
        why: String,
    },
    /// More than PagerDuty gives out.
    #[error("PagerDuty lists no more than {MOST_LISTED} at {path}")]
    TooMany {
        /// What was asked for.
        path: String,
    },
}

#[derive(Deserialize, Default)]
struct Refusal {
    #[serde(default)]
    error: Option<RefusalError>,
}

#[derive(Deserialize)]
struct RefusalError {
    #[serde(default)]
    code: Option<u64>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    errors: Option<Value>,
}

impl AccountError {
    /// What PagerDuty's refusal means.
    pub(super) fn refused(status: StatusCode, body: &[u8], base_url: &str, path: &str) -> Self {
        let Refusal { error } = serde_json::from_slice(body).unwrap_or_default();
        let code = error.as_ref().and_then(|error| error.code);
        let said = said(status, error);
        let base_url = base_url.to_owned();
        match status.as_u16() {
            401 => Self::KeyUnknown { base_url, said },
            403 => Self::KeyNotEnough { said },
            404 => Self::NotFound { base_url, path: path.to_owned() },
            408 | 500.. => Self::Lost { why: said },
            _ => Self::Invalid { code, said },
        }
    }

    /// What an answer means that cannot be read.
    pub(super) fn unexpected(path: &str, error: &serde_json::Error) -> Self {
        // What is missing, or where it is odd; not what it holds.
        let text = error.to_string();
        let why = match text.starts_with("missing field") {
            true => text,
            false => format!("{:?} at line {}, column {}", error.classify(), error.line(), error.column()),
        };
        Self::Unexpected { path: path.to_owned(), why }
    }
}

/// `HTTP 400: Invalid Input Provided: Name has already been taken`
fn said(status: StatusCode, error: Option<RefusalError>) -> String {
    let (message, errors) = error.map_or((None, None), |error| (error.message, error.errors));
    let details = match errors {
        Some(Value::Array(errors)) => errors.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(error)) => vec![error],
        _ => Vec::new(),
    };
    let details = (!details.is_empty()).then(|| details.join("; "));
    let words = [Some(format!("HTTP {}", status.as_u16())), message, details];
    let text = words.into_iter().flatten().collect::<Vec<_>>().join(": ");
    line(&text)
}

/// One line of text, short and with nothing in it that a terminal would obey.
pub(super) fn line(text: &str) -> String {
    const LONGEST: usize = 300;
    let line = Foreign::line(text).map(|line| line.as_str().to_owned()).unwrap_or_default();
    line.chars().take(LONGEST).collect()
}
