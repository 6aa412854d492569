//! The headers of a request, and whether they vouch for its sender.

use crate::net::secret::Secret;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::borrow::Cow;

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
    pub(super) fn token(&self) -> Option<Cow<'_, str>> {
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
    pub(super) fn carry_one_of(&self, tokens: &[Secret]) -> bool {
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

/// Believes a request that carries one of the tokens of its route.
pub(super) fn authenticate(tokens: &[Secret], headers: &Headers<'_>) -> Result<(), NotAuthentic> {
    match headers.token() {
        _ if tokens.is_empty() => Err(NotAuthentic::RouteClosed),
        _ if headers.carry_one_of(tokens) => Ok(()),
        Some(_) => Err(NotAuthentic::WrongToken),
        None => Err(NotAuthentic::NoCredentials),
    }
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
