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

#[cfg(test)]
mod tests {
    use super::super::range::What;
    use super::*;
    use axum::http::Response;
    use serde_json::json;
    use std::io;

    fn explained(error: Error) -> Unreadable {
        let wanted = [Wanted { range: "'当番'!A:Z".into(), what: What::Rotation }];
        explain(error, &wanted, &words("toban@example.iam.gserviceaccount.com"))
    }

    /// An answer that is not in Google's own shape.
    fn page(status: u16) -> Error {
        let response = Response::builder().status(status).body(google_sheets4::common::Body::default());
        Error::Failure(response.expect("a response"))
    }

    #[test]
    fn a_page_instead_of_an_answer_is_known_by_its_status() {
        for (status, expected) in [
            (500, Unreadable::Unavailable(500)),
            (503, Unreadable::Unavailable(503)),
            (429, Unreadable::Quota),
            (400, Unreadable::NotGoogle),
            (404, Unreadable::NotGoogle),
        ] {
            assert_eq!(explained(page(status)), expected, "{status}");
        }
        let reset = Error::Io(io::Error::other("connection reset by peer"));
        assert_eq!(explained(reset), Unreadable::NoConnection(words("connection reset by peer")));
        let decoding = serde_json::from_str::<Value>("<html>").expect_err("it is no JSON");
        assert_eq!(explained(Error::JsonDecodeError("佐藤".into(), decoding)), Unreadable::NotGoogle);
    }

    #[test]
    fn an_error_in_googles_own_shape_is_known_by_its_code() {
        let tab = |range: &str| format!("Unable to parse range: {range}");
        for (code, status, message, expected) in [
            (429, "RESOURCE_EXHAUSTED", "Quota exceeded".to_owned(), Unreadable::Quota),
            (503, "UNAVAILABLE", "The service is down".into(), Unreadable::Unavailable(503)),
            (404, "NOT_FOUND", "Requested entity was not found.".into(), Unreadable::NotFound),
            (400, "FAILED_PRECONDITION", "Not supported".into(), Unreadable::NotASpreadsheet),
            (400, "INVALID_ARGUMENT", tab("'当番'!A:Z"), Unreadable::NoSuchTab(words("当番!A:Z"))),
            (400, "INVALID_ARGUMENT", tab("当番!A:Z"), Unreadable::NoSuchTab(words("当番!A:Z"))),
            (400, "INVALID_ARGUMENT", tab("other!A:Z"), Unreadable::Refused(words(&tab("other!A:Z")))),
            (400, "INVALID_ARGUMENT", "No such field".into(), Unreadable::Refused(words("No such field"))),
            (409, "ABORTED", "Try again".into(), Unreadable::Refused(words("Try again"))),
        ] {
            let body = json!({"error": {"code": code, "status": status, "message": message}});
            assert_eq!(explained(Error::BadRequest(body)), expected, "{code} {message}");
        }
        assert_eq!(explained(Error::BadRequest(json!({"error": "x"}))), Unreadable::NotGoogle);
    }

    /// The machine's reason may be missing, and the words may be others than today.
    #[test]
    fn a_refusal_is_known_by_its_reason_or_by_its_words() {
        let not_shared = Unreadable::NotShared(words("toban@example.iam.gserviceaccount.com"));
        for (reason, message, expected) in [
            ("SERVICE_DISABLED", "x", Unreadable::ApiDisabled),
            ("accessNotConfigured", "x", Unreadable::ApiDisabled),
            ("", "The API has not been used in project 1 before", Unreadable::ApiDisabled),
            ("", "The API is disabled", Unreadable::ApiDisabled),
            ("RATE_LIMIT_EXCEEDED", "x", Unreadable::Quota),
            ("userRateLimitExceeded", "x", Unreadable::Quota),
            ("ACCESS_TOKEN_SCOPE_INSUFFICIENT", "x", Unreadable::Scope),
            ("insufficientPermissions", "x", Unreadable::Scope),
            ("", "Request had insufficient authentication scopes.", Unreadable::Scope),
            ("SECURITY_POLICY_VIOLATED", "x", Unreadable::Policy),
            ("vpcServiceControls", "x", Unreadable::Policy),
            ("", "Request is prohibited by organization's policy.", Unreadable::Policy),
            ("", "The caller does not have permission", not_shared.clone()),
            ("forbidden", "x", not_shared),
        ] {
            for list in ["details", "errors"] {
                let body = json!({"error": {"code": 403, "message": message, list: [{"reason": reason}]}});
                assert_eq!(explained(Error::BadRequest(body)), expected, "{reason} {message}");
            }
        }
    }
}
