//! Why Google does not give the values, in its own words and codes.

use super::super::token::{cause, words};
use super::range::{Wanted, shown};
use crate::domain::text::Foreign;
use crate::domain::unreadable::Unreadable;
use crate::net::quote;
use google_sheets4::Error;
use serde_json::Value;

/// Why a call for these ranges failed. `account` is the address that the sheet has to be shared with.
pub fn explain(error: Error, wanted: &[Wanted], account: &Foreign) -> Unreadable {
    match error {
        Error::BadRequest(body) => refused(&body, wanted, account),
        Error::Failure(response) if response.status().is_server_error() => {
            Unreadable::Unavailable(response.status().as_u16())
        }
        Error::Failure(response) if response.status() == 429 => Unreadable::Quota,
        Error::HttpError(error) => Unreadable::NoConnection(cause(&error)),
        Error::Io(error) => Unreadable::NoConnection(cause(&error)),
        // The text of a decoding error is the whole body, with people's names and ids: it must not be logged.
        _ => Unreadable::NotGoogle,
    }
}

/// The range whose tab is not there, or has no such cells.
pub fn missing_range(error: &Error) -> Option<String> {
    let Error::BadRequest(body) = error else { return None };
    let message = body["error"]["message"].as_str()?;
    let unparsed = message.split_once(UNPARSED).map(|(_, range)| range);
    // Range ('rb'!AB:AD) exceeds grid limits. Max rows: 1000, max columns: 26
    let beyond = || message.split_once(") exceeds grid limits").and_then(|(range, _)| range.split_once("Range ("));
    let range = unparsed.or_else(|| beyond().map(|(_, range)| range))?;
    Some(range.trim().to_owned())
}

const UNPARSED: &str = "Unable to parse range:";

/// An error in Google's own shape: `{"error": {"code", "message", "status"}}`, whatever the HTTP status was.
fn refused(body: &Value, wanted: &[Wanted], account: &Foreign) -> Unreadable {
    let error = &body["error"];
    let message = error["message"].as_str().unwrap_or_default();
    let said = || Unreadable::Refused(words(&quote::sentence(message)));
    match (error["code"].as_u64(), error["status"].as_str()) {
        (Some(429), _) => Unreadable::Quota,
        (Some(code @ 500..=599), _) => Unreadable::Unavailable(code as u16),
        (Some(404), _) => Unreadable::NotFound,
        (Some(403), _) => forbidden(error, message, account),
        (Some(400), Some("FAILED_PRECONDITION")) => Unreadable::NotASpreadsheet,
        (Some(400), _) => match message.split_once(UNPARSED) {
            Some((_, range)) if wanted.iter().any(|wanted| wanted.is(range.trim())) => {
                Unreadable::NoSuchTab(words(&shown(range)))
            }
            _ => said(),
        },
        (Some(_), _) => said(),
        (None, _) => Unreadable::NotGoogle,
    }
}

/// A 403 has one of many causes: the machine's reason in its details, or in the older list of errors, says which.
fn forbidden(error: &Value, message: &str, account: &Foreign) -> Unreadable {
    let of = |list: &str| error[list].as_array().into_iter().flatten().filter_map(|one| one["reason"].as_str());
    let reasons: Vec<_> = of("details").chain(of("errors")).collect();
    let has = |wanted: &[&str]| reasons.iter().any(|reason| wanted.contains(reason));
    if has(&["SERVICE_DISABLED", "accessNotConfigured"])
        || message.contains("has not been used")
        || message.contains("is disabled")
    {
        Unreadable::ApiDisabled
    } else if has(&["RATE_LIMIT_EXCEEDED", "rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"]) {
        Unreadable::Quota
    } else if has(&["ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions"])
        || message.contains("insufficient authentication scopes")
    {
        Unreadable::Scope
    } else if has(&["SECURITY_POLICY_VIOLATED", "vpcServiceControls"]) || message.contains("organization's policy") {
        Unreadable::Policy
    } else {
        Unreadable::NotShared(account.clone())
    }
}
