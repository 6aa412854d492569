//! What can go wrong with a call of the REST API.
//!
//! <https://developer.pagerduty.com/docs/errors>

use crate::domain::text::Foreign;
use crate::net::quote;
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

/// PagerDuty gives no further pages: offset and limit together may not be more.
pub(super) const LIST_LIMIT: usize = 10_000;

/// PagerDuty's number for what others have changed since it was asked for.
pub const CHANGED_MEANWHILE: u64 = 1005;

/// A failed call, by what the caller does about it. `message` is in PagerDuty's words. Never holds the key or an e-mail
/// address of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PagerDutyError {
    /// 401: the key is wrong, or it belongs to an account in another region.
    #[error(
        "PagerDuty at {base_url} does not know the key ({message}). Check PAGERDUTY_API_KEY; an account in the EU needs \
         PAGERDUTY_BASE_URL=https://api.eu.pagerduty.com"
    )]
    KeyUnknown { base_url: String, message: String },
    /// 403: the key is right, but it may not do this.
    #[error(
        "PagerDuty does not let this key do that ({message}). A read-only key is enough to plan; to apply, \
         PAGERDUTY_API_KEY has to be a key with full access"
    )]
    KeyNotEnough { message: String },
    /// PagerDuty will never accept this request. Nothing was done.
    #[error("PagerDuty refused it: {message}")]
    Invalid {
        /// PagerDuty's own code, such as 2001.
        code: Option<u64>,
        message: String,
    },
    #[error("PagerDuty at {base_url} has nothing at {path} (PAGERDUTY_BASE_URL is the host alone)")]
    NotFound { base_url: String, path: String },
    /// Nothing was done; a later try may succeed.
    #[error("PagerDuty cannot be asked at the moment: {why}")]
    Unavailable {
        why: String,
        /// How long PagerDuty asks us to wait.
        retry_after: Option<Duration>,
    },
    /// No answer, or an unusable one.
    #[error("PagerDuty gave no usable answer ({why}), so whether it was done is not known")]
    Lost { why: String },
    /// The answer is not PagerDuty's, or not as documented.
    #[error("PagerDuty's answer at {path} is not what its documentation says: {why}")]
    Unexpected { path: String, why: String },
    #[error("PagerDuty lists no more than {LIST_LIMIT} at {path}")]
    TooMany { path: String },
}

#[derive(Deserialize, Default)]
struct Refusal {
    error: Option<RefusalError>,
}

#[derive(Deserialize)]
struct RefusalError {
    code: Option<u64>,
    message: Option<String>,
    errors: Option<Value>,
}

impl PagerDutyError {
    /// The error for an answer with that status.
    pub(super) fn refused(status: StatusCode, body: &[u8], base_url: &str, path: &str) -> Self {
        let Refusal { error } = serde_json::from_slice(body).unwrap_or_default();
        let code = error.as_ref().and_then(|error| error.code);
        let message = message(status, error);
        let base_url = base_url.to_owned();
        match status.as_u16() {
            401 => Self::KeyUnknown { base_url, message },
            403 => Self::KeyNotEnough { message },
            404 => Self::NotFound { base_url, path: path.to_owned() },
            408 | 500.. => Self::Lost { why: message },
            // By its documentation the number says it, too.
            409 => Self::Invalid { code: code.or(Some(CHANGED_MEANWHILE)), message },
            _ => Self::Invalid { code, message },
        }
    }

    /// The error for an answer that cannot be parsed.
    pub(super) fn unexpected(path: &str, error: &serde_json::Error) -> Self {
        Self::Unexpected { path: path.to_owned(), why: quote::json(error) }
    }
}

/// `HTTP 400: Invalid Input Provided: Name has already been taken`
fn message(status: StatusCode, error: Option<RefusalError>) -> String {
    let (message, errors) = error.map_or((None, None), |error| (error.message, error.errors));
    let details = match errors {
        Some(Value::Array(errors)) => errors.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "),
        Some(Value::String(error)) => error,
        Some(Value::Object(fields)) => fields.iter().filter_map(of_field).collect::<Vec<_>>().join("; "),
        _ => String::new(),
    };
    let parts = [Some(format!("HTTP {}", status.as_u16())), message, Some(details).filter(|text| !text.is_empty())];
    line(&quote::sentence(&parts.into_iter().flatten().collect::<Vec<_>>().join(": ")))
}

/// What is wrong with one field, as the newer calls say it: `event.name: is too long, is taken`.
fn of_field((field, errors): (&String, &Value)) -> Option<String> {
    let errors = match errors {
        Value::Array(errors) => errors.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        Value::String(error) => error.clone(),
        _ => return None,
    };
    Some(format!("{field}: {errors}")).filter(|_| !errors.is_empty())
}

/// One line of text, short and without control characters that a terminal would obey.
pub(super) fn line(text: &str) -> String {
    const LONGEST: usize = 300;
    let line = Foreign::line(text).map(|line| line.as_str().to_owned()).unwrap_or_default();
    line.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pagerduty_says_is_one_line_whatever_the_form_of_its_errors() {
        for (errors, expected) in [
            ("null", "HTTP 400: Invalid Input Provided"),
            (r#""Name is taken""#, "HTTP 400: Invalid Input Provided: Name is taken"),
            (
                r#"["Name is taken", 1, "Time zone is empty"]"#,
                "HTTP 400: Invalid Input Provided: Name is taken; Time zone is empty",
            ),
            (
                r#"{"event.name": ["is too long", "is taken"], "rotation.events": ["overlap"]}"#,
                "HTTP 400: Invalid Input Provided: event.name: is too long, is taken; rotation.events: overlap",
            ),
            (
                r#"{"schedule.name": "is taken", "x": [], "y": 1}"#,
                "HTTP 400: Invalid Input Provided: schedule.name: is taken",
            ),
            (
                r#"{"schedule.name": ["is\nta\u001b[31mken"]}"#,
                "HTTP 400: Invalid Input Provided: schedule.name: is ta [31mken",
            ),
            ("{}", "HTTP 400: Invalid Input Provided"),
            ("7", "HTTP 400: Invalid Input Provided"),
        ] {
            let body =
                format!(r#"{{"error": {{"code": 2001, "message": "Invalid Input Provided", "errors": {errors}}}}}"#);
            let error =
                PagerDutyError::refused(StatusCode::BAD_REQUEST, body.as_bytes(), "https://api", "/v3/schedules");
            assert_eq!(error, PagerDutyError::Invalid { code: Some(2001), message: expected.to_owned() }, "{errors}");
        }
    }
}
