//! Connections: how many, how long, and how much they may send.

use super::exchange::{LARGEST, request, response, too_large};
use super::{Server, Stop};
use crate::relay::intake::Answer;
use crate::setup::config::Faults;
use crate::setup::renewal::Lookup;
use axum::body::{Body, to_bytes};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

/// So many at once; who comes then waits in the system's own queue.
const MOST_CONNECTIONS: usize = 256;
/// So many may send a body that is larger than `SMALL` at the same time; others wait.
const MOST_LARGE: usize = 4;
/// What any connection may send, in bytes: all that toban reads, and somewhat more.
const SMALL: usize = 300 * 1024;
/// For the head of a request, and so for a connection without one.
const HEAD: Duration = Duration::from_secs(10);
const LARGEST_HEAD: usize = 32 * 1024;
const MOST_HEADERS: usize = 100;
/// For the body. PagerDuty gives up after five seconds.
const BODY: Duration = Duration::from_secs(10);
/// The most that reading the secrets again may take of a sender's time.
const RENEWAL: Duration = Duration::from_millis(1_500);
/// After a connection that the system did not hand over: there are too many open files.
const PAUSE: Duration = Duration::from_millis(100);

/// What all connections share.
struct Limits {
    connections: Arc<Semaphore>,
    large: Semaphore,
}

/// Takes connections until it is time to stop, then lets those end that are there.
pub(super) async fn accept<B>(server: Rc<Server<B>>, listener: TcpListener, mut stop: Stop)
where
    B: AsyncFn(Lookup<'_>) -> Result<super::Parts, Faults> + 'static,
{
    let limits =
        Rc::new(Limits { connections: Arc::new(Semaphore::new(MOST_CONNECTIONS)), large: Semaphore::new(MOST_LARGE) });
    let mut open = JoinSet::new();
    loop {
        let next = async {
            let permit = limits.connections.clone().acquire_owned().await;
            (listener.accept().await, permit)
        };
        let (accepted, permit) = tokio::select! {
            biased;
            () = stop.wait() => break,
            Some(_) = open.join_next(), if !open.is_empty() => continue,
            next = next => next,
        };
        match accepted {
            Ok((stream, _)) => {
                let connection = connection(server.clone(), limits.clone(), stream, stop.clone());
                open.spawn_local(async move {
                    connection.await;
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!("a connection was not taken: {error}");
                sleep(PAUSE).await;
            }
        }
    }
    while open.join_next().await.is_some() {}
}

async fn connection<B>(server: Rc<Server<B>>, limits: Rc<Limits>, stream: TcpStream, mut stop: Stop)
where
    B: AsyncFn(Lookup<'_>) -> Result<super::Parts, Faults> + 'static,
{
    let service = service_fn(|request| {
        let (server, limits) = (server.clone(), limits.clone());
        async move { Ok::<_, Infallible>(answer(&server, &limits, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_headers(MOST_HEADERS)
        .max_buf_size(LARGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => ended,
        () = stop.wait() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    // Strangers send what they like; that is no line in the log.
    ended.unwrap_or_else(|error| tracing::debug!("a connection has ended: {error}"));
}

/// Answers as the functions do: a request that is refused is tried once more with the secrets as they are now.
async fn answer<B>(server: &Server<B>, limits: &Limits, incoming: Request<Incoming>) -> Response<Body>
where
    B: AsyncFn(Lookup<'_>) -> Result<super::Parts, Faults>,
{
    let (head, body) = incoming.into_parts();
    let length = head.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let is_small = length.is_some_and(|length| length <= SMALL);
    let body = async {
        let _permit = if is_small { None } else { limits.large.acquire().await.ok() };
        to_bytes(Body::new(body), if is_small { SMALL } else { LARGEST }).await
    };
    let body = match timeout(BODY, body).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return too_large(),
        Err(_) => {
            let mut response = Response::new(Body::from("the body did not come in time\n"));
            *response.status_mut() = StatusCode::REQUEST_TIMEOUT;
            return response;
        }
    };
    let request = request(&head, &body);
    let parts = server.renewal.current().await;
    let first = parts.intake.answer(&request, server.now()).await;
    let again =
        if first.is_refused() { server.renewal.renewed(Instant::now() + RENEWAL, server.now()).await } else { None };
    match again {
        Some(parts) => response(&parts.intake.answer(&request, server.now()).await),
        None => {
            if first.status == Answer::UNAVAILABLE {
                server.look_at_state.notify_one();
            }
            response(&first)
        }
    }
}
