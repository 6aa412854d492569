//! Access control for the page: only the page itself may use its controls.
//!
//! Other web pages that the user visits can send requests to this machine too, with DNS rebinding even under their own
//! host name. So a request needs our host name, our origin, and a token that only our page contains. The webhook's
//! routes are not guarded by this: they check signatures and tokens of their own.

use crate::net::secret::Secret;
use axum::http::header::{HOST, HeaderMap, ORIGIN};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom as _, SystemRandom};

/// The header that carries the token.
pub const TOKEN_HEADER: &str = "x-toban-page";

/// Checks requests to the page.
#[derive(Debug)]
pub struct Guard {
    port: u16,
    token: Secret,
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Stranger {
    /// It was sent to another host name: through a tunnel, or by DNS rebinding.
    #[error("this page is for this machine alone: open it as http://127.0.0.1 or http://localhost, with its port")]
    Host,
    /// Another web page has sent it.
    #[error("another web page has sent this, and only toban's own may")]
    Origin,
    /// Its token is missing or wrong.
    #[error("the page is from an earlier start of toban; load it again")]
    Token,
}

impl Guard {
    /// A guard with a new token. Returns `None` if the system has no random numbers.
    pub fn new(port: u16) -> Option<Self> {
        let mut bytes = [0; 24];
        SystemRandom::new().fill(&mut bytes).ok()?;
        Some(Self { port, token: Secret::new(BASE64_URL_SAFE_NO_PAD.encode(bytes)) })
    }

    /// Must go nowhere but into the page.
    pub fn token(&self) -> &Secret {
        &self.token
    }

    /// Whether the page and its files may be served.
    pub fn may_look(&self, headers: &HeaderMap) -> Result<(), Stranger> {
        self.host(headers).map(|_| ())
    }

    /// Whether the event stream may be opened. Browsers send no Origin with a same-origin `GET`.
    pub fn may_listen(&self, headers: &HeaderMap) -> Result<(), Stranger> {
        let host = self.host(headers)?;
        if headers.contains_key(ORIGIN) {
            is_from(headers, host)?;
        }
        self.knows_token(headers)
    }

    /// Whether a control may be used.
    pub fn may_act(&self, headers: &HeaderMap) -> Result<(), Stranger> {
        let host = self.host(headers)?;
        is_from(headers, host)?;
        self.knows_token(headers)
    }

    /// The requested host name, if it is one of this machine's.
    fn host<'a>(&self, headers: &'a HeaderMap) -> Result<&'a str, Stranger> {
        let host = only(headers, HOST.as_str()).ok_or(Stranger::Host)?;
        let is_ours = ["127.0.0.1", "localhost"].iter().any(|name| *host == format!("{name}:{}", self.port));
        if is_ours { Ok(host) } else { Err(Stranger::Host) }
    }

    fn knows_token(&self, headers: &HeaderMap) -> Result<(), Stranger> {
        let site = headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin");
        if !site {
            return Err(Stranger::Origin);
        }
        let given = only(headers, TOKEN_HEADER).ok_or(Stranger::Token)?;
        if self.token.is(given) { Ok(()) } else { Err(Stranger::Token) }
    }
}

fn is_from(headers: &HeaderMap, host: &str) -> Result<(), Stranger> {
    let origin = only(headers, ORIGIN.as_str()).ok_or(Stranger::Origin)?;
    if origin == format!("http://{host}") { Ok(()) } else { Err(Stranger::Origin) }
}

/// The value of a header that occurs exactly once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut all = headers.get_all(name).iter();
    let value = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers
                .append(HeaderName::try_from(*name).expect("a name"), HeaderValue::from_str(value).expect("a value"));
        }
        headers
    }

    #[test]
    fn only_the_page_itself_may_act() {
        let guard = Guard { port: 8080, token: Secret::new("right") };
        let host = ("host", "127.0.0.1:8080");
        let origin = ("origin", "http://127.0.0.1:8080");
        let token = ("x-toban-page", "right");
        for (pairs, expected) in [
            (&[host, origin, token][..], Ok(())),
            (&[("host", "localhost:8080"), ("origin", "http://localhost:8080"), token], Ok(())),
            (&[host, origin, token, ("sec-fetch-site", "same-origin")], Ok(())),
            // DNS rebinding, a tunnel, no port or another one, similar names, no host, two hosts.
            (&[("host", "evil.example:8080"), ("origin", "http://evil.example:8080"), token], Err(Stranger::Host)),
            (&[("host", "abc.ngrok.app"), ("origin", "https://abc.ngrok.app"), token], Err(Stranger::Host)),
            (&[("host", "127.0.0.1"), origin, token], Err(Stranger::Host)),
            (&[("host", "127.0.0.1:8081"), origin, token], Err(Stranger::Host)),
            (&[("host", "127.0.0.1:8080.evil.example"), origin, token], Err(Stranger::Host)),
            (&[("host", "localhost.evil.example:8080"), origin, token], Err(Stranger::Host)),
            (&[origin, token], Err(Stranger::Host)),
            (&[host, ("host", "evil.example"), origin, token], Err(Stranger::Host)),
            // Another host, port or scheme, a sandbox, our other name, no origin, a cross-site request.
            (&[host, ("origin", "http://evil.example"), token], Err(Stranger::Origin)),
            (&[host, ("origin", "http://127.0.0.1:3000"), token], Err(Stranger::Origin)),
            (&[host, ("origin", "https://127.0.0.1:8080"), token], Err(Stranger::Origin)),
            (&[host, ("origin", "null"), token], Err(Stranger::Origin)),
            (&[host, ("origin", "http://localhost:8080"), token], Err(Stranger::Origin)),
            (&[host, token], Err(Stranger::Origin)),
            (&[host, origin, token, ("sec-fetch-site", "cross-site")], Err(Stranger::Origin)),
            (&[host, origin, token, ("sec-fetch-site", "same-site")], Err(Stranger::Origin)),
            // No token, a wrong one, two.
            (&[host, origin], Err(Stranger::Token)),
            (&[host, origin, ("x-toban-page", "")], Err(Stranger::Token)),
            (&[host, origin, ("x-toban-page", "wrong")], Err(Stranger::Token)),
            (&[host, origin, token, token], Err(Stranger::Token)),
        ] {
            assert_eq!(guard.may_act(&headers(pairs)), expected, "{pairs:?}");
        }
    }

    #[test]
    fn listening_needs_the_token_and_looking_the_name() {
        let guard = Guard { port: 8080, token: Secret::new("right") };
        let (host, token) = (("host", "127.0.0.1:8080"), ("x-toban-page", "right"));
        assert_eq!(guard.may_listen(&headers(&[host, token])), Ok(()));
        assert_eq!(guard.may_listen(&headers(&[host])), Err(Stranger::Token));
        assert_eq!(guard.may_listen(&headers(&[token])), Err(Stranger::Host));
        let elsewhere = ("origin", "http://evil.example");
        assert_eq!(guard.may_listen(&headers(&[host, elsewhere, token])), Err(Stranger::Origin));
        assert_eq!(guard.may_look(&headers(&[host])), Ok(()));
        assert_eq!(guard.may_look(&headers(&[("host", "evil.example")])), Err(Stranger::Host));
    }

    #[test]
    fn every_start_has_another_token() {
        let token = || Guard::new(8080).expect("random numbers").token().expose().to_owned();
        assert_ne!(token(), token());
        assert!(token().len() >= 32);
    }
}
