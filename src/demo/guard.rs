//! Access control: only the page itself may use its controls, and no other web page may send a webhook.
//!
//! Other web pages that the user visits can send requests to this machine too, with DNS rebinding even under their own
//! host name. So a control needs our host name, our origin, and a token that only our page contains. The webhook's
//! routes check signatures and tokens of their own, but everybody knows the demo's, and a form can have the token in its
//! address. So these need our host name too, and refuse what a browser says is from another page. What is not a
//! browser, such as curl, Nagios or Jenkins, does not say where a request is from.

use crate::net::secret::Secret;
use axum::http::header::{HOST, HeaderMap, ORIGIN};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom as _, SystemRandom};

/// The header that carries the token.
pub const TOKEN_HEADER: &str = "x-toban-page";

/// Whether a browser has the request from a page of the same origin, or (`none`) from its user.
const SITE: &str = "sec-fetch-site";

/// Checks requests to `toban demo`.
#[derive(Debug)]
pub struct Guard {
    port: u16,
    token: Secret,
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Stranger {
    /// It was sent to another host name: through a tunnel that does not rewrite it, or by DNS rebinding.
    #[error(
        "toban demo is for this machine alone: call it http://127.0.0.1 or http://localhost, with its port; for a \
         webhook, a tunnel can rewrite the Host header (ngrok: --host-header=rewrite)"
    )]
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

    /// Whether a request to the webhook's routes may be answered. Origin and Sec-Fetch-Site are in the requests of
    /// browsers only, which let no page change them: <https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header>
    pub fn may_deliver(&self, headers: &HeaderMap) -> Result<(), Stranger> {
        let host = self.host(headers)?;
        if headers.contains_key(ORIGIN) {
            is_from(headers, host)?;
        }
        let is_ours = headers.get_all(SITE).iter().all(|site| site == "same-origin" || site == "none");
        if is_ours { Ok(()) } else { Err(Stranger::Origin) }
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
        // Clients leave out HTTP's own port.
        let is_ours = ["127.0.0.1", "localhost"]
            .iter()
            .any(|name| *host == format!("{name}:{}", self.port) || (self.port == 80 && host == *name));
        if is_ours { Ok(host) } else { Err(Stranger::Host) }
    }

    fn knows_token(&self, headers: &HeaderMap) -> Result<(), Stranger> {
        let site = headers.get(SITE).is_none_or(|site| site == "same-origin");
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
        let guard = Guard { port: 80, token: Secret::new("right") };
        assert_eq!(guard.may_look(&headers(&[("host", "localhost")])), Ok(()));
        assert_eq!(guard.may_look(&headers(&[("host", "evil.example")])), Err(Stranger::Host));
    }

    #[test]
    fn no_other_web_page_may_send_a_webhook() {
        let guard = Guard { port: 8080, token: Secret::new("right") };
        let host = ("host", "127.0.0.1:8080");
        let origin = ("origin", "http://127.0.0.1:8080");
        for (pairs, expected) in [
            // curl, Nagios, Jenkins; a tunnel that rewrites the name.
            (&[host][..], Ok(())),
            (&[("host", "localhost:8080"), ("user-agent", "curl/8.5.0")], Ok(())),
            // The page itself, and an address that the user has typed.
            (&[host, origin, ("sec-fetch-site", "same-origin")], Ok(())),
            (&[host, ("sec-fetch-site", "none")], Ok(())),
            // DNS rebinding, which is the same origin to a browser; a tunnel; another port; no host, two hosts.
            (&[("host", "evil.example:8080"), ("origin", "http://evil.example:8080")], Err(Stranger::Host)),
            (&[("host", "evil.example:8080"), ("sec-fetch-site", "same-origin")], Err(Stranger::Host)),
            (&[("host", "abc.ngrok.app")], Err(Stranger::Host)),
            (&[("host", "127.0.0.1:8081")], Err(Stranger::Host)),
            (&[("host", "127.0.0.1")], Err(Stranger::Host)),
            (&[], Err(Stranger::Host)),
            (&[host, ("host", "evil.example")], Err(Stranger::Host)),
            // A form or a fetch of another page, in browsers that send one of the two headers, or both.
            (&[host, ("origin", "https://evil.example")], Err(Stranger::Origin)),
            (&[host, ("origin", "null")], Err(Stranger::Origin)),
            (&[host, ("origin", "http://127.0.0.1:3000"), ("sec-fetch-site", "same-site")], Err(Stranger::Origin)),
            (&[host, ("origin", "http://localhost:8080")], Err(Stranger::Origin)),
            (&[host, origin, ("origin", "https://evil.example")], Err(Stranger::Origin)),
            (&[host, ("sec-fetch-site", "cross-site")], Err(Stranger::Origin)),
            (&[host, ("sec-fetch-site", "same-site")], Err(Stranger::Origin)),
            (&[host, origin, ("sec-fetch-site", "cross-site")], Err(Stranger::Origin)),
            (&[host, ("sec-fetch-site", "none"), ("sec-fetch-site", "cross-site")], Err(Stranger::Origin)),
            (&[host, ("sec-fetch-site", "")], Err(Stranger::Origin)),
        ] {
            assert_eq!(guard.may_deliver(&headers(pairs)), expected, "{pairs:?}");
        }
    }

    #[test]
    fn every_start_has_another_token() {
        let token = || Guard::new(8080).expect("random numbers").token().expose().to_owned();
        assert_ne!(token(), token());
        assert!(token().len() >= 32);
    }
}
