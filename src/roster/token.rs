//! Access tokens for a service account: <https://developers.google.com/identity/protocols/oauth2/service-account#httprest>.
//!
//! yup-oauth2 reads the key file only. It could fetch tokens as well, but it pads the assertion's base64 (RFC 7515 forbids
//! that), accepts an HTML page as an answer, has no time limit on a client of ours, and prints tokens in debug logs. So
//! they are fetched here, with the process's one HTTP client.

use super::LIMIT;
use crate::domain::text::Foreign;
use crate::domain::unreadable::Unreadable;
use crate::net::error::root_of;
use crate::net::http::{Broken, Client, Reply};
use crate::net::quote;
use crate::net::secret::Secret;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use google_sheets4::api::Scope;
use reqwest::header::CONTENT_TYPE;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde::Deserialize;
use serde_json::json;
use std::fmt;
use std::io;
use std::sync::{Mutex, PoisonError};
use tokio::time::Instant;
use yup_oauth2::ServiceAccountKey;

/// Allows reading spreadsheets and nothing else in Drive.
pub(super) const SCOPE: Scope = Scope::SpreadsheetReadonly;
/// RFC 7523's name of this grant.
const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// The longest validity of an assertion that Google accepts.
const ASSERTION_LIFE: TimeDelta = TimeDelta::minutes(60);
/// No answer with a token is longer than this.
const LONGEST_ANSWER: usize = 64 * 1024;
/// A token that expires this soon is not used any more.
const MARGIN: TimeDelta = TimeDelta::minutes(1);

/// A service account's key file.
#[derive(Clone)]
pub struct ServiceAccount(ServiceAccountKey);

impl ServiceAccount {
    /// From the JSON of a key file.
    pub fn parse(json: &Secret) -> io::Result<Self> {
        let json = json.expose().trim_start_matches('\u{FEFF}').trim();
        let mut key = yup_oauth2::parse_service_account_key(json)?;
        // Whoever copies it from one file to another may have line breaks written out.
        key.private_key = key.private_key.replace("\\r", "").replace("\\n", "\n");
        Ok(Self(key))
    }

    /// The address to share the sheet with.
    pub fn email(&self) -> &str {
        &self.0.client_email
    }

    /// The token endpoint.
    pub fn token_url(&self) -> &str {
        &self.0.token_uri
    }
}

impl fmt::Debug for ServiceAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[service account key]")
    }
}

/// Fetches access tokens and keeps the current one.
pub(super) struct Tokens {
    http: Client,
    account: ServiceAccount,
    key: RsaKeyPair,
    /// The real clock, in the demo, too: Google compares the assertion's times with its own.
    clock: fn() -> DateTime<Utc>,
    current: Mutex<Option<(Secret, DateTime<Utc>)>>,
}

#[derive(Deserialize)]
struct Answer {
    access_token: Option<String>,
    expires_in: Option<i64>,
    error: Option<String>,
    error_description: Option<String>,
}

impl Tokens {
    /// Sends nothing yet. Fails if the private key is not an RSA key.
    pub(super) fn new(account: ServiceAccount, http: Client, clock: fn() -> DateTime<Utc>) -> Result<Self, Unreadable> {
        let broken = |why: &str| Unreadable::KeyBroken(words(why));
        let pem = PrivateKeyDer::from_pem_slice(account.0.private_key.as_bytes());
        let key = match pem.map_err(|_| broken("its private key is not PEM"))? {
            PrivateKeyDer::Pkcs8(key) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()),
            _ => return Err(broken("its private key is not RSA")),
        };
        let key = key.map_err(|_| broken("its private key is not RSA"))?;
        Ok(Self { http, account, key, clock, current: Mutex::new(None) })
    }

    /// The current token, or a new one if that has expired.
    pub(super) async fn token(&self) -> Result<Secret, Unreadable> {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match current {
            Some((token, until)) if (self.clock)() < until => Ok(token),
            _ => self.renew().await,
        }
    }

    /// A new token, even if the current one has not expired.
    pub(super) async fn renew(&self) -> Result<Secret, Unreadable> {
        let now = (self.clock)();
        let form = [("grant_type", GRANT_TYPE), ("assertion", &self.assertion(now)?)];
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self.http.post(self.account.token_url());
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        let deadline = Instant::now() + LIMIT;
        let Reply { status, body, .. } =
            self.http.exchange(request, LONGEST_ANSWER, deadline).await.map_err(|broken| match broken {
                Broken::NotSent(why) | Broken::Lost(why) => Unreadable::NoConnection(words(&why)),
                Broken::TooLong => Unreadable::NotGoogle,
                Broken::TooLate | Broken::NotBegun => Unreadable::NoAnswer,
            })?;
        if status.is_server_error() {
            return Err(Unreadable::Unavailable(status.as_u16()));
        }
        let answer = serde_json::from_slice::<Answer>(&body).map_err(|_| Unreadable::NotGoogle)?;
        // The crate panics at a token that cannot stand in a header.
        let is_token = |text: &String| status.is_success() && text.bytes().all(|byte| byte.is_ascii_graphic());
        let Some(token) = answer.access_token.filter(is_token).map(Secret::new) else {
            let said: Vec<_> = [answer.error, answer.error_description].into_iter().flatten().collect();
            return Err(if said.is_empty() {
                Unreadable::NotGoogle
            } else {
                Unreadable::KeyRefused(words(&quote::sentence(&said.join(": "))))
            });
        };
        let until = now + TimeDelta::seconds(answer.expires_in.unwrap_or_default()) - MARGIN;
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some((token.clone(), until));
        Ok(token)
    }

    /// The signed JWT that is exchanged for a token.
    fn assertion(&self, now: DateTime<Utc>) -> Result<String, Unreadable> {
        let claims = json!({
            "iss": self.account.email(),
            "scope": SCOPE.as_ref(),
            "aud": self.account.token_url(),
            "iat": now.timestamp(),
            "exp": (now + ASSERTION_LIFE).timestamp(),
        });
        let mut assertion = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT"}"#);
        assertion.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(claims.to_string(), &mut assertion);
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), assertion.as_bytes(), &mut signature)
            .map_err(|_| Unreadable::KeyBroken(words("its private key does not sign")))?;
        assertion.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(&signature, &mut assertion);
        Ok(assertion)
    }
}

/// The innermost cause of an error.
pub(super) fn cause(error: &(dyn std::error::Error + 'static)) -> Foreign {
    words(&root_of(error).to_string())
}

/// The beginning of somebody else's error message.
pub(super) fn words(text: &str) -> Foreign {
    const MOST: usize = 200;
    let cut: String = text.chars().take(MOST).collect();
    Foreign::line(&cut).unwrap_or_else(|| Foreign::line("?").expect("it is not empty"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::http::{self, Network};
    use futures_util::future::BoxFuture;
    use reqwest::header::HeaderMap;
    use reqwest::{Request, StatusCode};
    use std::cell::Cell;
    use std::collections::VecDeque;
    use std::sync::Arc;

    thread_local! {
        /// In seconds.
        static NOW: Cell<i64> = const { Cell::new(0) };
    }

    fn clock() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(NOW.get())
    }

    /// The token endpoint's answers, one for each request.
    #[derive(Debug)]
    struct Endpoint(Mutex<VecDeque<(u16, String)>>);

    impl Network for Endpoint {
        fn exchange(&self, _: Request, _: usize) -> BoxFuture<'_, Result<Reply, Broken>> {
            let next = self.0.lock().expect("nobody panics with it").pop_front();
            let (status, body) = next.expect("a request that the test expects");
            let status = StatusCode::from_u16(status).expect("a status");
            let reply = Reply { status, headers: HeaderMap::new(), body: body.into() };
            Box::pin(std::future::ready(Ok(reply)))
        }
    }

    fn account() -> ServiceAccount {
        let key = json!({
            "type": "service_account",
            "private_key": include_str!("../../tests/it/kit/google/test-key.pem"),
            "client_email": "toban@example.iam.gserviceaccount.com",
            "token_uri": "https://oauth2.example.com/token",
        });
        ServiceAccount::parse(&Secret::new(key.to_string())).expect("a key")
    }

    fn tokens(answers: impl IntoIterator<Item = (u16, String)>) -> Tokens {
        let endpoint = Endpoint(Mutex::new(answers.into_iter().collect()));
        let http = http::client().expect("a client").on(Arc::new(endpoint));
        Tokens::new(account(), http, clock).expect("an RSA key")
    }

    #[tokio::test]
    async fn a_token_is_used_until_a_minute_before_it_expires() {
        let answers =
            ["one", "two"].map(|token| (200, json!({"access_token": token, "expires_in": 3_600}).to_string()));
        let tokens = tokens(answers);
        for (second, expected) in [(0, "one"), (3_539, "one"), (3_540, "two"), (7_079, "two")] {
            NOW.set(second);
            let token = tokens.token().await.expect("a token");
            assert_eq!(token.expose(), expected, "after {second} s");
        }
    }

    #[tokio::test]
    async fn what_is_no_token_is_not_used() {
        let refused = json!({"access_token": "x", "error": "invalid_grant", "error_description": "Bad Request"});
        for (status, body, expected) in [
            (200, json!({"access_token": "ya29.x", "expires_in": 3_600}), Ok("ya29.x".to_owned())),
            (200, json!({"access_token": "a\r\nb"}), Err(Unreadable::NotGoogle)),
            (200, json!({"access_token": "a b"}), Err(Unreadable::NotGoogle)),
            (200, json!({}), Err(Unreadable::NotGoogle)),
            (200, json!("<html>"), Err(Unreadable::NotGoogle)),
            (400, json!({"access_token": "x"}), Err(Unreadable::NotGoogle)),
            (400, refused, Err(Unreadable::KeyRefused(words("invalid_grant: Bad Request")))),
            (503, json!({}), Err(Unreadable::Unavailable(503))),
        ] {
            let token = tokens([(status, body.to_string())]).token().await;
            assert_eq!(token.map(|token| token.expose().to_owned()), expected, "{status} {body}");
        }
    }

    #[test]
    fn a_key_is_not_printed() {
        assert_eq!(format!("{:?}", account()), "[service account key]");
    }
}
