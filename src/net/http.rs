//! The one HTTP client of a process, the TLS configuration that it shares with Google's client, and one exchange with an
//! API.

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{RequestBuilder, StatusCode};
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// A host that does not accept a connection in this time is down.
const CONNECT: Duration = Duration::from_millis(1_500);
/// An idle connection older than this has probably been closed by the other end.
pub const IDLE: Duration = Duration::from_secs(20);
pub const USER_AGENT: &str = concat!("toban/", env!("CARGO_PKG_VERSION"));

/// TLS by rustls on ring, with Mozilla's roots compiled in: reading the system's store costs a millisecond in every
/// cold start. The provider is named here and nowhere else, so that none has to be installed for the process.
pub fn tls() -> ClientConfig {
    let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring supports the default TLS versions")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// Follows no redirects, because no API in use sends any, and uses no proxy of the environment.
pub fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls())
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .tcp_nodelay(true)
        .user_agent(USER_AGENT)
        .build()
}

/// What an API answered.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    /// How long the API asks us to wait, in whole seconds.
    pub fn retry_after(&self) -> Option<Duration> {
        self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
    }
}

/// Why there is no answer. The errors hold no URL, which may be a secret.
#[derive(Debug)]
pub enum Broken {
    /// The request has not reached anybody.
    NotSent(reqwest::Error),
    /// It may have reached somebody, and its outcome is not known.
    Lost(reqwest::Error),
    /// The same: the answer is longer than is read.
    TooLong,
    /// The same: there was no answer in time.
    TooLate,
    /// The deadline had passed before it could be sent.
    NotBegun,
}

/// Sends a request and reads the whole answer, of at most `longest` bytes, by `deadline`.
pub async fn exchange(request: RequestBuilder, longest: usize, deadline: Instant) -> Result<Reply, Broken> {
    if Instant::now() >= deadline {
        return Err(Broken::NotBegun);
    }
    let exchange = async {
        let mut response = request.send().await.map_err(|error| {
            let ending = if error.is_connect() || error.is_builder() { Broken::NotSent } else { Broken::Lost };
            ending(error.without_url())
        })?;
        let status = response.status();
        let headers = response.headers().clone();
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= longest => body.extend_from_slice(&chunk),
                Ok(Some(_)) => return Err(Broken::TooLong),
                Ok(None) => return Ok(Reply { status, headers, body }),
                Err(error) => return Err(Broken::Lost(error.without_url())),
            }
        }
    };
    timeout_at(deadline, exchange).await.unwrap_or(Err(Broken::TooLate))
}
