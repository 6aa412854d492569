//! `X-PagerDuty-Signature`: <https://developer.pagerduty.com/docs/verifying-signatures>

use crate::net::digest::{hex, unhex};
use crate::net::secret::Secret;
use ring::hmac;

/// PagerDuty sends one signature for each secret that is valid at the time. No more than this are checked.
const MOST_SIGNATURES: usize = 8;

/// Whether any `v1=` signature of the header is the HMAC-SHA256 of the raw body under any of the secrets, whose bytes are the
/// key as they are given. Other versions are ignored. The comparison takes constant time.
pub(super) fn is_valid(header: &str, secrets: &[Secret], body: &[u8]) -> bool {
    let signatures: Vec<_> =
        header.split(',').filter_map(|part| unhex(part.trim().strip_prefix("v1=")?)).take(MOST_SIGNATURES).collect();
    secrets.iter().any(|secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
        signatures.iter().any(|signature| hmac::verify(&key, body, signature).is_ok())
    })
}

/// The header of a body, as PagerDuty would send it.
pub fn signature(secret: &Secret, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
    format!("v1={}", hex(hmac::sign(&key, body).as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with `openssl dgst -sha256 -hmac SECRET`.
    const BODY: &[u8] = "{\"title\":\"障害\"}".as_bytes();
    const BY_OLD: &str = "2996a15ae079e5828b77abf5c4842de55cc3837c2256e3b66ee3ae0a131f340f";
    const BY_NEW: &str = "13ce8a191e606ccd41a1a0c7f4a33b50f1776ec561b6fae4dfa7dc70c4d15919";

    #[test]
    fn a_signature_is_pagerdutys() {
        assert_eq!(signature(&Secret::new("old-secret=="), BODY), format!("v1={BY_OLD}"));
    }

    #[test]
    fn any_v1_signature_by_any_secret_is_enough() {
        let secrets = [Secret::new("old-secret=="), Secret::new("new-secret")];
        let wrong = "0".repeat(64);
        for (header, expected) in [
            (format!("v1={BY_OLD}"), true),
            (format!("v1={BY_NEW}"), true),
            (format!("v1={}", BY_NEW.to_uppercase()), true),
            (format!("v1={wrong} , v1={BY_NEW}"), true),
            (format!("v2=xyz,v1={BY_OLD}"), true),
            (format!("v2={BY_OLD}"), false),
            (format!("v1={wrong}"), false),
            (format!("v1={}", &BY_OLD[..62]), false),
            (format!("v1={BY_OLD}00"), false),
            (format!("V1={BY_OLD}"), false),
            (BY_OLD.to_owned(), false),
            ("v1=".to_owned(), false),
            (String::new(), false),
            (format!("{}v1={BY_OLD}", format!("v1={wrong},").repeat(8)), false),
        ] {
            assert_eq!(is_valid(&header, &secrets, BODY), expected, "{header}");
        }
        assert!(!is_valid(&format!("v1={BY_OLD}"), &[], BODY));
        assert!(!is_valid(&format!("v1={BY_OLD}"), &secrets, b"{}"));
    }
}
