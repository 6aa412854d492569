//! `X-Slack-Signature`: <https://docs.slack.dev/authentication/verifying-requests-from-slack>

use crate::net::digest::unhex;
use crate::net::secret::Secret;
use crate::source::{Headers, NotAuthentic};
use chrono::{DateTime, TimeDelta, Utc};
use ring::hmac;

/// An older request is one that somebody has recorded.
const RECENT: TimeDelta = TimeDelta::minutes(5);

/// Accepts raw bytes that Slack has signed with any of the secrets a moment ago. The comparison takes constant time.
pub(super) fn check(
    secrets: &[Secret],
    headers: &Headers<'_>,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<(), NotAuthentic> {
    if secrets.is_empty() {
        return Err(NotAuthentic::RouteClosed);
    }
    let (Some(timestamp), Some(signature)) =
        (headers.find("x-slack-request-timestamp"), headers.find("x-slack-signature"))
    else {
        return Err(NotAuthentic::NoCredentials);
    };
    let signature = signature.strip_prefix("v0=").and_then(unhex).ok_or(NotAuthentic::WrongSignature)?;
    let signed = [b"v0:", timestamp.as_bytes(), b":", body].concat();
    let is_signed = secrets.iter().any(|secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
        hmac::verify(&key, &signed, &signature).is_ok()
    });
    if !is_signed {
        return Err(NotAuthentic::WrongSignature);
    }
    let at = timestamp.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    if at.is_none_or(|at| (now - at).abs() > RECENT) {
        return Err(NotAuthentic::NotRecent);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Slack's own example.
    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const TIMESTAMP: &str = "1531420618";
    const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    const BODY: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V\
        &channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=\
        &response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN\
        &trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";

    #[track_caller]
    fn check_at(seconds: i64, timestamp: &str, signature: &str, body: &str, expected: Result<(), NotAuthentic>) {
        let secrets = [Secret::new("an-older-secret"), Secret::new(SECRET)];
        let header = |name: &'static str, value: &str| (name.into(), value.to_owned().into());
        let headers =
            Headers(vec![header("X-Slack-Request-Timestamp", timestamp), header("x-slack-signature", signature)]);
        let now = DateTime::from_timestamp(1_531_420_618 + seconds, 0).expect("an instant");
        assert_eq!(check(&secrets, &headers, body.as_bytes(), now), expected);
        assert_eq!(check(&[], &headers, body.as_bytes(), now), Err(NotAuthentic::RouteClosed));
    }

    #[test]
    fn only_what_slack_has_signed_a_moment_ago_is_accepted() {
        let (wrong, old) = (Err(NotAuthentic::WrongSignature), Err(NotAuthentic::NotRecent));
        check_at(0, TIMESTAMP, SIGNATURE, BODY, Ok(()));
        check_at(300, TIMESTAMP, SIGNATURE, BODY, Ok(()));
        check_at(-300, TIMESTAMP, SIGNATURE, BODY, Ok(()));
        check_at(301, TIMESTAMP, SIGNATURE, BODY, old);
        check_at(-301, TIMESTAMP, SIGNATURE, BODY, old);
        check_at(0, "1531420619", SIGNATURE, BODY, wrong);
        check_at(0, TIMESTAMP, SIGNATURE, &format!("{BODY}&"), wrong);
        check_at(0, TIMESTAMP, SIGNATURE, "", wrong);
        check_at(0, TIMESTAMP, &SIGNATURE[3..], BODY, wrong);
        check_at(0, TIMESTAMP, &SIGNATURE[..60], BODY, wrong);
        check_at(0, TIMESTAMP, &SIGNATURE.replace("v0=a", "v0=b"), BODY, wrong);
        check_at(0, TIMESTAMP, "", BODY, Err(NotAuthentic::NoCredentials));
        check_at(0, "", SIGNATURE, BODY, Err(NotAuthentic::NoCredentials));
        check_at(0, "soon", SIGNATURE, BODY, wrong);
    }

    /// A time that is no time, signed all the same.
    #[test]
    fn a_time_that_cannot_be_read_is_not_recent() {
        for timestamp in ["soon", "1531420618.5", "99999999999999999999"] {
            let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
            let tag = hmac::sign(&key, format!("v0:{timestamp}:x").as_bytes());
            let signature = format!("v0={}", crate::net::digest::hex(tag.as_ref()));
            check_at(0, timestamp, &signature, "x", Err(NotAuthentic::NotRecent));
        }
    }
}
