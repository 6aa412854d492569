//! An HTTP/1.1 server that decides how each connection ends: with an answer, with a reset, or not at all.
//!
//! It reads bodies by `Content-Length` only and keeps connections alive, as the clients under test expect.

mod wire;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::LIMIT;

/// For so long what was sent may be under way on loopback.
const ON_ITS_WAY: Duration = Duration::from_millis(5);

/// A request, read whole.
pub struct Request {
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// The header's value; names match in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        self.headers.iter().find(named).map(|(_, value)| value.as_str())
    }

    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// Whether the body is declared as JSON, with or without a charset.
    pub fn is_json(&self) -> bool {
        let kind = self.header("content-type").unwrap_or_default().to_ascii_lowercase();
        let kind: String = kind.split_whitespace().collect();
        kind == "application/json" || kind == "application/json;charset=utf-8"
    }
}

/// An answer with a body of known length.
#[derive(Debug, Clone)]
pub struct Response {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Response {
    pub fn new(status: u16, content_type: &str, body: impl Into<String>) -> Self {
        let headers = vec![("Content-Type", content_type.to_owned())];
        let body = body.into();
        Self { status, headers, body }
    }

    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json; charset=utf-8", body.to_string())
    }

    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new() }
    }

    /// The same with so many spaces at its end.
    pub fn padded(mut self, spaces: usize) -> Self {
        self.body.push_str(&" ".repeat(spaces));
        self
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// How a request ends.
#[derive(Debug)]
pub enum Reply {
    Send(Response),
    /// These bytes, whatever they are, and the end of the connection.
    Raw(Vec<u8>),
    /// The same, and it ends with RST.
    RawAndReset(Vec<u8>),
    /// The connection is closed with RST, without an answer.
    Reset,
    /// Nothing is sent until the client gives up.
    Hang,
}

/// The server, on a free port of loopback. Its connections are closed when it is dropped.
pub struct Server {
    pub address: SocketAddr,
    traffic: Arc<Traffic>,
    accepting: JoinHandle<()>,
}

struct Traffic {
    connections: AtomicUsize,
    requests: watch::Sender<usize>,
}

impl Server {
    pub async fn start<F, A>(answer: F) -> Self
    where
        F: Fn(Request) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Reply> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let traffic = Arc::new(Traffic { connections: AtomicUsize::new(0), requests: watch::Sender::new(0) });
        let accepting = tokio::spawn(accept(listener, traffic.clone(), answer));
        Self { address, traffic, accepting }
    }

    /// Connections accepted so far.
    pub fn connections(&self) -> usize {
        self.traffic.connections.load(Ordering::SeqCst)
    }

    /// Requests read and judged so far, answered or not.
    pub fn requests(&self) -> usize {
        *self.traffic.requests.borrow()
    }

    /// Waits until so many requests have been read and judged.
    pub async fn requested(&self, times: usize) {
        let mut requests = self.traffic.requests.subscribe();
        let wanted = requests.wait_for(|seen| *seen >= times);
        if tokio::time::timeout(LIMIT, wanted).await.is_err() {
            panic!(
                "waited {LIMIT:?} for request {times} to {}, but only {} came: look at what the client did instead",
                self.address,
                self.requests(),
            );
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept<F, A>(listener: TcpListener, traffic: Arc<Traffic>, answer: F)
where
    F: Fn(Request) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Reply> + Send + 'static,
{
    // Owned by this task, so that ending it ends every connection.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        traffic.connections.fetch_add(1, Ordering::SeqCst);
        let traffic = traffic.clone();
        let answer = answer.clone();
        connections.spawn(async move {
            // On an error the client has left; the test sees what it got.
            let _ = serve(BufReader::new(stream), &traffic, answer).await;
        });
    }
}

async fn serve<F, A>(mut stream: BufReader<TcpStream>, traffic: &Traffic, answer: F) -> io::Result<()>
where
    F: Fn(Request) -> A,
    A: Future<Output = Reply>,
{
    stream.get_ref().set_nodelay(true)?;
    loop {
        let request = match wire::read(&mut stream).await {
            Ok(Some(request)) => request,
            Ok(None) => return Ok(()),
            Err(error) => {
                let why = Response::new(400, "text/plain", format!("not read: {error}"));
                return wire::write(&mut stream, &why).await;
            }
        };
        let last = request.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        let reply = answer(request).await;
        traffic.requests.send_modify(|requests| *requests += 1);
        match reply {
            Reply::Send(response) => wire::write(&mut stream, &response).await?,
            Reply::Raw(bytes) => {
                stream.write_all(&bytes).await?;
                return stream.shutdown().await;
            }
            Reply::RawAndReset(bytes) => {
                stream.write_all(&bytes).await?;
                // What is on its way would be dropped with the connection.
                tokio::time::sleep(ON_ITS_WAY).await;
                return stream.get_ref().set_zero_linger();
            }
            Reply::Reset => return stream.get_ref().set_zero_linger(),
            Reply::Hang => {
                tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
                return Ok(());
            }
        }
        if last {
            return Ok(());
        }
    }
}
