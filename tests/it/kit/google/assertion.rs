//! Judges the signed claims of a service account as Google does: <https://datatracker.ietf.org/doc/html/rfc7523>.

use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, Engine};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::state::{Refused, State};
use super::{Google, answers, key};

/// The narrowest scope that allows reading a spreadsheet.
const SCOPE: &str = "https://www.googleapis.com/auth/spreadsheets.readonly";

/// Seconds by which a client's clock may be wrong.
const SKEW: i64 = 300;

/// The longest validity of an assertion, in seconds.
const LIFETIME: i64 = 3_600;

/// A JWT has no padding; Google accepts it with padding, too.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Judges in the order in which Google does: shape, signature, account, times, scope, audience.
pub fn judge(state: &mut State, assertion: &str, now: DateTime<Utc>) -> Result<(), Refused> {
    let no_assertion =
        || Refused::problem(answers::bad_request(), format!("the assertion is not a JWT: {assertion:?}"));
    let (signed, signature) = assertion.rsplit_once('.').ok_or_else(no_assertion)?;
    let (header, claims) = signed.split_once('.').ok_or_else(no_assertion)?;
    let header = object(header).ok_or_else(no_assertion)?;
    let claims = object(claims).ok_or_else(no_assertion)?;
    let signature = BASE64.decode(signature).map_err(|_| no_assertion())?;

    note_unknown(state, &header, &claims);
    let is_alien = header.get("kid").is_some_and(|kid| kid != key::KEY_ID);
    if header.get("alg") != Some(&"RS256".into()) || is_alien || !key::has_signed(signed.as_bytes(), &signature) {
        let header = Value::Object(header);
        return invalid_grant("Invalid JWT Signature.", format!("not signed with the account's key: {header}"));
    }
    let issuer = claims.get("iss");
    if issuer != Some(&Google::CLIENT_EMAIL.into()) {
        return invalid_grant("Invalid grant: account not found", format!("iss is {issuer:?}"));
    }
    judge_times(&claims, now.timestamp())?;
    judge_scope(state, &claims)?;
    let audience = claims.get("aud");
    let right = format!("{}{}", state.origin, key::TOKEN_PATH);
    if audience.and_then(Value::as_str) == Some(right.as_str()) {
        return Ok(());
    }
    invalid_grant("Invalid JWT: Failed audience check.", format!("aud is {audience:?}, not {right:?}"))
}

fn judge_times(claims: &Map<String, Value>, now: i64) -> Result<(), Refused> {
    let seconds = |claim: &str, name: &str| match claims.get(claim).and_then(Value::as_i64) {
        Some(seconds) => Ok(seconds),
        None => {
            let why = format!("{claim} is {:?}, not in whole seconds", claims.get(claim));
            invalid_grant(&format!("Invalid JWT: {claim} ({name}) is not set."), why)
        }
    };
    let issued = seconds("iat", "issued at")?;
    let expires = seconds("exp", "expiration time")?;
    let wrong = match () {
        () if expires <= now => "expired",
        () if (issued - now).abs() > SKEW => "not issued now",
        () if expires <= issued || expires - issued > LIFETIME => "not good for up to an hour",
        () => return Ok(()),
    };
    invalid_grant(
        answers::UNREASONABLE_TIMES,
        format!("the assertion is {wrong}: iat {issued}, exp {expires}, now {now}"),
    )
}

/// Google gives a token for a wider scope, too, but one that can do more than it should.
fn judge_scope(state: &mut State, claims: &Map<String, Value>) -> Result<(), Refused> {
    let scope = claims.get("scope").and_then(Value::as_str).unwrap_or_default();
    if scope.trim().is_empty() {
        let answer = answers::token_error("invalid_scope", "Invalid OAuth scope or ID token audience provided.");
        return Err(Refused::problem(answer, "no scope"));
    }
    if scope != SCOPE {
        state.problem(format!("scope is {scope:?}, not the least, which is {SCOPE}"));
    }
    Ok(())
}

/// Notes what Google would ignore or misread. A claim that is `null` counts as missing.
fn note_unknown(state: &mut State, header: &Map<String, Value>, claims: &Map<String, Value>) {
    for (name, value) in header {
        match name.as_str() {
            "alg" | "kid" => {}
            "typ" if value == "JWT" => {}
            _ => state.problem(format!("{name}: {value} does not belong into the header of an assertion")),
        }
    }
    for (name, value) in claims.iter().filter(|(_, value)| !value.is_null()) {
        match name.as_str() {
            "iss" | "scope" | "aud" | "iat" | "exp" => {}
            "sub" => state.problem(format!("sub: {value} acts for a person, which takes the whole domain's trust")),
            _ => state.problem(format!("{name}: {value} is not a claim of this call")),
        }
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let json = BASE64.decode(part).ok()?;
    serde_json::from_slice(&json).ok()
}

fn invalid_grant<T>(description: &str, why: String) -> Result<T, Refused> {
    Err(Refused::problem(answers::token_error("invalid_grant", description), why))
}
