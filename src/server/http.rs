//! Connections: how many, how long, and how much of a head they may send.

use super::Stop;
use axum::body::Body;
use axum::http::{Request, Response};
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
use tokio::time::{sleep, timeout};

/// For the head of a request, and so for a connection without one.
const HEAD: Duration = Duration::from_secs(10);
const LARGEST_HEAD: usize = 32 * 1024;
const MOST_HEADERS: usize = 100;
/// For a connection, which is then ended after what is in hand: one whose answers nobody reads would stay for ever.
const LIFE: Duration = Duration::from_secs(300);
/// For its end.
const END: Duration = Duration::from_secs(30);
/// After a connection that the system did not hand over: there are too many open files.
const PAUSE: Duration = Duration::from_millis(100);

/// Takes connections until it is time to stop, `most` at once, then lets those end that are there. Who comes while there are
/// so many waits in the system's own queue.
pub(super) async fn accept<A>(listener: TcpListener, most: usize, answer: A, mut stop: Stop)
where
    A: AsyncFn(Request<Incoming>) -> Response<Body> + 'static,
{
    let (permits, answer) = (Arc::new(Semaphore::new(most)), Rc::new(answer));
    let mut open = JoinSet::new();
    loop {
        let next = async {
            let permit = permits.clone().acquire_owned().await;
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
                let connection = connection(stream, answer.clone(), stop.clone());
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

async fn connection<A>(stream: TcpStream, answer: Rc<A>, mut stop: Stop)
where
    A: AsyncFn(Request<Incoming>) -> Response<Body> + 'static,
{
    let service = service_fn(|request| {
        let answer = answer.clone();
        async move { Ok::<_, Infallible>(answer(request).await) }
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
