//! The one HTTP client of a process, and the TLS configuration that it shares with Google's.

use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use std::time::Duration;

/// A connection that cannot be opened in this time is not there.
const CONNECT: Duration = Duration::from_millis(1_500);
/// An idle connection older than this is likely to have been closed at the other end meanwhile.
pub const IDLE: Duration = Duration::from_secs(20);
/// What we call ourselves.
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

/// The client. Redirects are not followed, because no API in use sends any, and proxies of the environment are not used.
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
