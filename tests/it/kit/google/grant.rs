//! Judges one call for an access token, and gives the token.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::state::{Refused, State};
use super::{answers, assertion, form, key};
use crate::kit::http::Request;

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

pub fn judge(state: &mut State, request: &Request, now: DateTime<Utc>) -> Result<(), Refused> {
    if request.method != "POST" || request.target != key::TOKEN_PATH {
        let why = format!("{} {}, not POST {}", request.method, request.target, key::TOKEN_PATH);
        return Err(Refused::problem(answers::no_such_page(), why));
    }
    let form = fields(request).map_err(|why| Refused::problem(answers::bad_request(), why))?;
    let field = |wanted: &str| form.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    for (name, value) in &form {
        if name != "grant_type" && name != "assertion" {
            state.problem(format!("{name}={value} is not a field of this call"));
        }
    }
    let grant_type = field("grant_type").unwrap_or_default();
    if grant_type != GRANT_TYPE {
        let answer = answers::token_error("unsupported_grant_type", &format!("Invalid grant_type: {grant_type}"));
        return Err(Refused::problem(answer, format!("grant_type is {grant_type:?}, not {GRANT_TYPE}")));
    }
    assertion::judge(state, field("assertion").unwrap_or_default(), now)
}

/// A token that was never given before.
pub fn give(state: &mut State) -> Value {
    let token = format!("ya29.c.test-{:04}", state.tokens.len() + 1);
    state.tokens.push(token.clone());
    json!({"access_token": token, "expires_in": 3599, "token_type": "Bearer"})
}

fn fields(request: &Request) -> Result<Vec<(String, String)>, String> {
    let kind = request.header("content-type").unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
        return Err(format!("Content-Type is {kind:?}, not a form's"));
    }
    let form = std::str::from_utf8(&request.body).ok().and_then(form::pairs);
    let form = form.ok_or("the body is not an encoded form")?;
    match form::repeated(&form) {
        Some(name) => Err(format!("{name} comes twice")),
        None => Ok(form),
    }
}
