//! The one HTTP client of a process, the TLS configuration that it shares with Google's client, and one exchange with an
//! API.

use super::error::root_of;
use futures_util::future::BoxFuture;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{IntoUrl, Method, Request, RequestBuilder, StatusCode};
use rustls::{ClientConfig, RootCertStore};
use std::error::Error as _;
use std::fmt::Debug;
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

/// A process's client.
#[derive(Debug, Clone)]
pub struct Client {
    pub(super) http: reqwest::Client,
    /// What requests go to instead of the network.
    network: Option<Arc<dyn Network>>,
}

/// Where requests go.
pub trait Network: Debug + Send + Sync {
    /// Sends a request and reads the whole answer, of at most `longest` bytes.
    fn exchange(&self, request: Request, longest: usize) -> BoxFuture<'_, Result<Reply, Broken>>;
}

/// A client of the real network. It follows no redirects, because no API in use sends any, and uses no proxy of the
/// environment.
pub fn client() -> Result<Client, reqwest::Error> {
    let http = reqwest::Client::builder()
        .tls_backend_preconfigured(tls())
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .tcp_nodelay(true)
        .user_agent(USER_AGENT)
        .build()?;
    Ok(Client { http, network: None })
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

/// Why there is no answer. The reasons hold no URL, which may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// The request has not reached anybody.
    NotSent(String),
    /// It may have reached somebody, and its outcome is not known.
    Lost(String),
    /// The same: the answer is longer than is read.
    TooLong,
    /// The same: there was no answer in time.
    TooLate,
    /// The deadline had passed before it could be sent.
    NotBegun,
}

impl Client {
    /// The same client on another network.
    #[must_use]
    pub fn on(self, network: Arc<dyn Network>) -> Self {
        Self { network: Some(network), ..self }
    }

    pub fn get(&self, url: impl IntoUrl) -> RequestBuilder {
        self.http.get(url)
    }

    pub fn post(&self, url: impl IntoUrl) -> RequestBuilder {
        self.http.post(url)
    }

    pub fn request(&self, method: Method, url: impl IntoUrl) -> RequestBuilder {
        self.http.request(method, url)
    }

    /// Sends a request and reads the whole answer, of at most `longest` bytes, by `deadline`.
    pub async fn exchange(&self, request: RequestBuilder, longest: usize, deadline: Instant) -> Result<Reply, Broken> {
        if Instant::now() >= deadline {
            return Err(Broken::NotBegun);
        }
        let request = request.build().map_err(|error| Broken::NotSent(cause(error)))?;
        let exchange = async {
            match &self.network {
                None => exchange(&self.http, request, longest).await,
                Some(network) => network.exchange(request, longest).await,
            }
        };
        timeout_at(deadline, exchange).await.unwrap_or(Err(Broken::TooLate))
    }
}

async fn exchange(http: &reqwest::Client, request: Request, longest: usize) -> Result<Reply, Broken> {
    let mut response = http.execute(request).await.map_err(|error| {
        let ending = if error.is_connect() { Broken::NotSent } else { Broken::Lost };
        ending(cause(error))
    })?;
    let status = response.status();
    let headers = response.headers().clone();
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= longest => body.extend_from_slice(&chunk),
            Ok(Some(_)) => return Err(Broken::TooLong),
            Ok(None) => return Ok(Reply { status, headers, body }),
            Err(error) => return Err(Broken::Lost(cause(error))),
        }
    }
}

/// Why a request failed, without reqwest's own sentence around it.
fn cause(error: reqwest::Error) -> String {
    let error = error.without_url();
    match error.source() {
        Some(_) => root_of(&error).to_string(),
        None if error.is_timeout() => "no connection in time".into(),
        None => "the request failed".into(),
    }
}
