//! Connections: how many, how long, and how much they may send.

use super::exchange::{LARGEST, Refused, request, response};
use super::{Server, Stop};
use crate::relay::intake::Answer;
use crate::setup::config::Faults;
use crate::setup::renewal::Lookup;
use axum::body::Body;
use axum::http::{Request, Response};
use futures_util::StreamExt as _;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, SemaphorePermit};
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
/// For a connection, which is then ended after what is in hand: one whose answers nobody reads would stay for ever.
const LIFE: Duration = Duration::from_secs(300);
/// For its end.
const END: Duration = Duration::from_secs(30);
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
    // Who comes now is refused by the system, and not kept waiting until the end.
    drop(listener);
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
        .max_header_size(LARGEST_HEAD)
        .max_buf_size(LARGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => ended,
        _ = stop.within(LIFE) => {
            connection.as_mut().graceful_shutdown();
            timeout(END, connection).await.unwrap_or(Ok(()))
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
    // The permit is kept until the answer: so long the body is in memory.
    let (body, _permit) = match timeout(BODY, read(body, &limits.large)).await {
        Ok(Ok(read)) => read,
        Ok(Err(refused)) => return refused.response(),
        Err(_) => return Refused::TooSlow.response(),
    };
    let request = request(&head, &body);
    let parts = server.renewal.current().await;
    let mut answer = parts.intake.answer(&request, server.now()).await;
    if answer.is_refused()
        && let Some(parts) = server.renewal.renewed(Instant::now() + RENEWAL, server.now()).await
    {
        answer = parts.intake.answer(&request, server.now()).await;
    }
    if answer.status == Answer::UNAVAILABLE && !answer.is_refused() {
        server.look_at_state.notify_one();
    }
    response(&answer)
}

/// Reads a body. Who sends much waits until few others do.
async fn read(body: Incoming, large: &Semaphore) -> Result<(Vec<u8>, Option<SemaphorePermit<'_>>), Refused> {
    if body.size_hint().lower() > LARGEST as u64 {
        return Err(Refused::TooLarge);
    }
    let mut pieces = Body::new(body).into_data_stream();
    let (mut read, mut permit) = (Vec::new(), None);
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Refused::Broken)?;
        let length = read.len() + piece.len();
        if length > LARGEST {
            return Err(Refused::TooLarge);
        }
        if length > SMALL && permit.is_none() {
            permit = large.acquire().await.ok();
        }
        read.extend_from_slice(&piece);
    }
    Ok((read, permit))
}
