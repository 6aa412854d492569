//! The headers of a request.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::borrow::Cow;

/// The headers of a request. Names are compared without regard to case; the first of a name counts.
#[derive(Debug, Clone, Default)]
pub struct Headers<'a>(pub Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl Headers<'_> {
    /// The value of a header, trimmed. `None` if it is missing or empty.
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
}
