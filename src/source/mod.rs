//! Webhooks in: who sent this, and what does it say?
//!
//! A source authenticates the raw bytes first and parses them after that, into [`IncidentEvent`]s. Its wire structs are
//! private to it. Nothing here does I/O.

pub mod pagerduty;
pub mod watchdog;

use crate::domain::incident::{Details, EventKey, EventKind, Illegible, Incident, IncidentEvent, Unreadable};
use crate::domain::text::Foreign;
use crate::secret::Secret;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use ring::digest;
use std::borrow::Cow;
use std::fmt::Write as _;

/// A body larger than this is not read. PagerDuty never sends one.
pub const LARGEST_BODY: usize = 256 * 1024;

/// The headers of a request. Names are compared without regard to case; the first of a name counts.
#[derive(Debug, Clone, Default)]
pub struct Headers<'a>(pub Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl Headers<'_> {
    /// The value of a header, trimmed; `None` when it is missing or empty.
    pub fn find(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }

    /// The token that the request carries: as a bearer token, as the password of basic authentication, or in
    /// `X-Toban-Token`.
    fn token(&self) -> Option<Cow<'_, str>> {
        if let Some(token) = self.find("x-toban-token") {
            return Some(token.into());
        }
        let (scheme, credentials) = self.find("authorization")?.split_once(' ')?;
        if scheme.eq_ignore_ascii_case("bearer") {
            return Some(credentials.trim().into());
        }
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = String::from_utf8(BASE64_STANDARD.decode(credentials.trim()).ok()?).ok()?;
        decoded.split_once(':').map(|(_, password)| password.to_owned().into())
    }

    /// Whether the request carries one of these tokens. Never with no tokens configured.
    fn carry_one_of(&self, tokens: &[Secret]) -> bool {
        self.token().is_some_and(|given| tokens.iter().any(|token| token.is(&given)))
    }
}

/// Why a request is not believed. The words are for the log; the sender is told nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAuthentic {
    /// No credentials of this route are configured.
    #[error("no credentials are configured for this route")]
    RouteClosed,
    /// The request carries none.
    #[error("the request carries no credentials")]
    NoCredentials,
    /// None of the signatures is one of ours.
    #[error("the signature matches none of the configured secrets")]
    WrongSignature,
    /// The token is none of ours.
    #[error("the token matches none of the configured tokens")]
    WrongToken,
    /// A v3 body without a signature: a token does not vouch for one.
    #[error("a v3 body needs a signature; a token does not vouch for it")]
    TokenForSignedBody,
}

/// An event that stands for a body that could not be read.
fn unreadable(
    why: Illegible,
    delivery: Option<&str>,
    kind: EventKind,
    body: &[u8],
    now: DateTime<Utc>,
) -> IncidentEvent {
    let digest = digest_key(body);
    let shown = shown_id(delivery.unwrap_or_default(), &digest);
    IncidentEvent {
        key: delivery.map_or(digest, |id| EventKey(format!("delivery:{id}"))),
        kind,
        occurred_at: now,
        agent: None,
        incident: Incident::default(),
        details: Details::default(),
        unreadable: Some(Unreadable { delivery: shown, why }),
        missed: None,
    }
}

/// The same event as one that could not be read after all.
pub fn given_up(event: &IncidentEvent, why: Illegible) -> IncidentEvent {
    let delivery = shown_id(&event.key.0, &digest_key(event.key.0.as_bytes()));
    IncidentEvent {
        incident: Incident { id: event.incident.id.clone(), number: event.incident.number, ..Incident::default() },
        agent: None,
        details: Details::default(),
        unreadable: Some(Unreadable { delivery, why }),
        ..event.clone()
    }
}

/// The sender's id, or the beginning of a digest where that shows nothing.
fn shown_id(id: &str, digest: &EventKey) -> Foreign {
    Foreign::line(id).or_else(|| Foreign::line(&digest.0[..12])).expect("a digest is 64 visible letters")
}

/// The key of an event without an id: the SHA-256 of its body, in hexadecimal.
fn digest_key(body: &[u8]) -> EventKey {
    let mut key = String::with_capacity(64);
    for byte in digest::digest(&digest::SHA256, body).as_ref() {
        write!(key, "{byte:02x}").expect("a String takes everything");
    }
    EventKey(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_in_three_ways() {
        let tokens = [Secret::new("old"), Secret::new("new:er")];
        for (name, value, expected) in [
            ("Authorization", "Bearer old", true),
            ("authorization", "bearer  new:er ", true),
            ("Authorization", "Basic dG9iYW46b2xk", true),
            ("Authorization", "Basic eDpuZXc6ZXI=", true),
            ("X-Toban-Token", "old", true),
            ("Authorization", "Basic b2xk", false),
            ("Authorization", "Basic ???", false),
            ("Authorization", "old", false),
            ("Authorization", "Token old", false),
            ("X-Toban-Token", "", false),
            ("X-Toban-Token", "wrong", false),
        ] {
            let headers = Headers(vec![(name.into(), value.into())]);
            assert_eq!(headers.carry_one_of(&tokens), expected, "{name}: {value}");
            assert!(!headers.carry_one_of(&[]), "{name}: {value}");
        }
    }
}
