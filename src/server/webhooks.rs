//! The routes of the senders: how much they may send, and what is answered.

use super::Server;
use super::exchange::{LARGEST, Refused, request, response};
use super::seen::Answered;
use crate::relay::intake::{Answer, Intake};
use crate::setup::config::Faults;
use crate::setup::renewal::Lookup;
use axum::body::Body;
use axum::http::{Request, Response};
use futures_util::StreamExt as _;
use hyper::body::{Body as _, Incoming};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout};

/// So many connections at once.
pub(super) const MOST_CONNECTIONS: usize = 256;
/// So many may send a body that is larger than `SMALL` at the same time; others wait.
pub(super) const MOST_LARGE: usize = 4;
/// What any connection may send, in bytes: all that toban reads, and somewhat more.
const SMALL: usize = 300 * 1024;
/// For the body. PagerDuty gives up after five seconds.
const BODY: Duration = Duration::from_secs(10);
/// The most that reading the secrets again may take of a sender's time.
const RENEWAL: Duration = Duration::from_millis(1_500);

/// Answers a request, and counts how. `large` has a permit for each large body that may be in memory.
pub(super) async fn answer<B>(server: &Server<B>, large: &Semaphore, incoming: Request<Incoming>) -> Response<Body>
where
    B: AsyncFn(Lookup<'_>) -> Result<super::Parts, Faults>,
{
    let route = Intake::route(incoming.uri().path());
    let (response, is_refused) = answered(server, large, incoming).await;
    server.seen.answered(Answered { route, status: response.status().as_u16(), is_refused });
    response
}

/// Answers as the functions do: a request that is refused is tried once more with the secrets as they are now. With it comes
/// whether it was refused for its credentials.
async fn answered<B>(server: &Server<B>, large: &Semaphore, incoming: Request<Incoming>) -> (Response<Body>, bool)
where
    B: AsyncFn(Lookup<'_>) -> Result<super::Parts, Faults>,
{
    let (head, body) = incoming.into_parts();
    // The permit is kept until the answer: so long the body is in memory.
    let (body, _permit) = match timeout(BODY, read(body, large)).await {
        Ok(Ok(read)) => read,
        Ok(Err(refused)) => return (refused.response(), false),
        Err(_) => return (Refused::TooSlow.response(), false),
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
    (response(&answer), answer.is_refused())
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
