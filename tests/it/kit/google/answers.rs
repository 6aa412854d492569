//! What Google answers, word for word.

use serde_json::{Value, json};

use crate::kit::http::Response;

pub const UNREASONABLE_TIMES: &str = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable \
     timeframe. Check your iat and exp values in the JWT claim.";

const JSON: &str = "application/json; charset=UTF-8";
const PROJECT: &str = "123456789012";
const CHALLENGE: &str = r#"Bearer realm="https://accounts.google.com/", error="invalid_token""#;

/// An answer as Google prints it, over several lines.
pub fn given(body: &Value) -> Response {
    Response::new(200, JSON, format!("{body:#}\n"))
}

/// A 200 whose JSON ends in the middle.
pub fn cut(body: &Value) -> Response {
    let text = format!("{body:#}\n");
    let middle = (0..=text.len() / 2).rev().find(|index| text.is_char_boundary(*index));
    Response::new(200, JSON, &text[..middle.unwrap_or_default()])
}

/// An error of the Sheets API.
pub fn error(code: u16, status: &str, message: &str) -> Response {
    failed(code, json!({"code": code, "message": message, "status": status}))
}

/// An error of the token endpoint.
pub fn token_error(error: &str, description: &str) -> Response {
    let body = json!({"error": error, "error_description": description});
    Response::new(400, JSON, format!("{body:#}"))
}

/// The token endpoint's answer to a malformed call.
pub fn bad_request() -> Response {
    token_error("invalid_request", "Bad Request")
}

/// An internal error of the token endpoint.
pub fn token_unavailable() -> Response {
    let body = json!({"error": "internal_failure", "error_description": "Backend Error"});
    Response::new(503, JSON, format!("{body:#}"))
}

pub fn cannot_parse_range(range: &str) -> Response {
    error(400, "INVALID_ARGUMENT", &format!("Unable to parse range: {range}"))
}

pub fn not_found() -> Response {
    error(404, "NOT_FOUND", "Requested entity was not found.")
}

/// A call without a token.
pub fn unregistered() -> Response {
    let message = "Method doesn't allow unregistered callers (callers without established identity). Please use API \
                   Key or other form of API consumer identity to call this API.";
    error(403, "PERMISSION_DENIED", message)
}

pub fn unauthenticated() -> Response {
    let message = "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or \
                   other valid authentication credential. See \
                   https://developers.google.com/identity/sign-in/web/devconsole-project.";
    error(401, "UNAUTHENTICATED", message).header("WWW-Authenticate", CHALLENGE)
}

pub fn quota() -> Response {
    let message = format!(
        "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user' of service \
         'sheets.googleapis.com' for consumer 'project_number:{PROJECT}'."
    );
    let limit = json!({
        "service": "sheets.googleapis.com",
        "consumer": format!("projects/{PROJECT}"),
        "quota_metric": "sheets.googleapis.com/read_requests",
        "quota_limit": "ReadRequestsPerMinutePerUser",
        "quota_limit_value": "60",
    });
    explained(429, "RESOURCE_EXHAUSTED", &message, "RATE_LIMIT_EXCEEDED", &limit)
}

pub fn api_disabled() -> Response {
    let activation =
        format!("https://console.developers.google.com/apis/api/sheets.googleapis.com/overview?project={PROJECT}");
    let message = format!(
        "Google Sheets API has not been used in project {PROJECT} before or it is disabled. Enable it by visiting \
         {activation} then retry. If you enabled this API recently, wait a few minutes for the action to propagate \
         to our systems and retry."
    );
    let service = json!({
        "service": "sheets.googleapis.com",
        "serviceTitle": "Google Sheets API",
        "consumer": format!("projects/{PROJECT}"),
        "activationUrl": activation,
    });
    explained(403, "PERMISSION_DENIED", &message, "SERVICE_DISABLED", &service)
}

/// The token is good, and for something else.
pub fn scope() -> Response {
    let metadata = json!({"service": "sheets.googleapis.com", "method": "google.apps.sheets.v4.SpreadsheetsService.BatchGetValues"});
    let message = "Request had insufficient authentication scopes.";
    explained(403, "PERMISSION_DENIED", message, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", &metadata)
}

/// VPC Service Controls keep the API from being called from where the call comes from.
pub fn policy() -> Response {
    let metadata =
        json!({"uid": "uYq9-x", "service": "sheets.googleapis.com", "consumer": format!("projects/{PROJECT}")});
    let message = "Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: uYq9-x";
    explained(403, "PERMISSION_DENIED", message, "SECURITY_POLICY_VIOLATED", &metadata)
}

/// The older form of a quota that is used up.
pub fn quota_403() -> Response {
    let message = "User Rate Limit Exceeded";
    let error = json!({"domain": "usageLimits", "reason": "userRateLimitExceeded", "message": message});
    failed(403, json!({"code": 403, "message": message, "errors": [error]}))
}

/// The page of Google's front end, without an API behind it.
pub fn no_such_page() -> Response {
    page(404, "Error 404 (Not Found)!!1")
}

pub fn malformed() -> Response {
    page(400, "Error 400 (Bad Request)!!1")
}

pub fn page(status: u16, title: &str) -> Response {
    let html = format!("<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n<title>{title}</title>\n");
    Response::new(status, "text/html; charset=UTF-8", html)
}

/// An error with the machine's reason for it.
fn explained(code: u16, status: &str, message: &str, reason: &str, metadata: &Value) -> Response {
    let info = json!({
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": metadata,
    });
    failed(code, json!({"code": code, "message": message, "status": status, "details": [info]}))
}

fn failed(code: u16, error: Value) -> Response {
    let body = json!({"error": error});
    Response::new(code, JSON, format!("{body:#}\n"))
}
