//! What an HTTP request gets, whatever brought it: API Gateway, a function URL or `toban demo`.

use crate::chat::delivery::Destination;
use crate::domain::incident::{EventKind, Illegible, IncidentEvent};
use crate::queue::{Content, Queue, QueueMessage};
use crate::relay::deliver::{Delivered, Relay, To, caught};
use crate::source::{self, Credentials, Headers, LARGEST_BODY, NotAuthentic, Received, Sender};
use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use std::borrow::Cow;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// PagerDuty waits 5 seconds; half a second is kept for the way back.
const INLINE_LIMIT: Duration = Duration::from_millis(4_500);
/// When PagerDuty may come again after a failure, in seconds.
const AGAIN: u32 = 60;

/// A request, as far as it matters.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// `POST`
    pub method: Cow<'a, str>,
    /// Without the query; a stage prefix and a trailing slash do not matter.
    pub path: Cow<'a, str>,
    /// All of them.
    pub headers: Headers<'a>,
    /// The raw bytes, after base64.
    pub body: Cow<'a, [u8]>,
    /// When the gateway took it, if it says.
    pub received_at: Option<DateTime<Utc>>,
}

/// The answer. Its body is for people who try the URL by hand; senders look at the status alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Seconds, for `Retry-After`.
    pub retry_after: Option<u32>,
    /// One line of text.
    pub text: &'static str,
}

impl Answer {
    /// The status that makes a sender come again.
    pub const UNAVAILABLE: u16 = 503;
    /// To PagerDuty. Not 401: it drops what gets a 4xx, and after three drops it turns the subscription off for a day. With
    /// 503 it keeps the event for 48 hours, and a mended secret loses nothing.
    pub const NOT_AUTHENTICATED: Self = Self::later("not authenticated");
    /// To everybody else, none of whom keeps what was refused: whoever sets it up sees at once that the token is wrong.
    pub const UNAUTHORIZED: Self = Self::new(401, "not authenticated");

    /// The headers of the answer.
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        if *self == Self::UNAUTHORIZED {
            // Some clients keep the password of a URL back until they are asked for it.
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"toban\""));
        }
        headers
    }

    const fn new(status: u16, text: &'static str) -> Self {
        Self { status, retry_after: None, text }
    }

    const fn later(text: &'static str) -> Self {
        Self { status: Self::UNAVAILABLE, retry_after: Some(AGAIN), text }
    }
}

/// The routes and what stands behind them.
#[derive(Debug)]
pub struct Intake {
    /// What each route believes.
    pub credentials: Credentials,
    /// Where events go.
    pub sink: Sink,
}

/// Where authentic events go.
#[derive(Debug)]
pub enum Sink {
    /// To the chats, while the sender waits.
    Inline(Box<Relay>),
    /// Into the queue, once for each of these chats; the worker does the rest.
    Queue(Queue, Vec<Destination>),
}

enum Route {
    Webhook(Sender),
    Health,
}

impl Route {
    /// By the last part of the path, so that a stage prefix makes no difference.
    fn of(path: &str) -> Option<Self> {
        match path.trim_end_matches('/').rsplit('/').next()? {
            "health" => Some(Self::Health),
            word => Sender::at(word).map(Self::Webhook),
        }
    }
}

impl Intake {
    /// Answers a request. 2xx means that a chat or the queue has every event of the body, or had it before.
    pub async fn answer(&self, request: &Request<'_>, now: DateTime<Utc>) -> Answer {
        match (Route::of(&request.path), &*request.method) {
            (Some(Route::Webhook(sender)), "POST") => self.webhook(sender, request, now).await,
            (Some(Route::Health), "GET" | "HEAD") => Answer::new(200, "ok"),
            (Some(Route::Webhook(_)), _) => Answer::new(405, "only POST is taken here"),
            (Some(Route::Health), _) => Answer::new(405, "only GET is taken here"),
            (None, _) => Answer::new(404, "no such path; PagerDuty's is /pagerduty"),
        }
    }

    async fn webhook(&self, sender: Sender, request: &Request<'_>, now: DateTime<Utc>) -> Answer {
        let deadline = deadline(request.received_at, now);
        let read = || source::receive(sender, &self.credentials, &request.headers, &request.body, now);
        let received = caught(read).unwrap_or_else(|| {
            let unread = source::unread(sender, &request.headers, &request.body, Illegible::Panicked, now);
            Ok(Received::Events(vec![unread]))
        });
        if received == Ok(Received::Events(Vec::new())) {
            tracing::info!(route = sender.origin().name(), "it tells of nothing that is anybody's alert");
        }
        match received {
            Ok(Received::Events(events)) => match &self.sink {
                Sink::Inline(relay) => deliver(relay, events, deadline, now).await,
                Sink::Queue(queue, destinations) => enqueue(queue, destinations, &events, request, deadline, now).await,
            },
            Ok(Received::Replay(event)) => {
                tracing::warn!(event = %event.key, kind = event.kind.name(), occurred_at = %event.occurred_at,
                    "a signed event older than 72 hours is not posted: PagerDuty gives up after 48, so somebody is replaying it");
                Answer::new(202, "too old, not posted")
            }
            Err(why) => {
                let route = format!("/{}", sender.origin().name());
                tracing::warn!(auth_failed = true, route, "{why}. {}", mend(sender, why));
                match sender {
                    Sender::PagerDuty => Answer::NOT_AUTHENTICATED,
                    Sender::Mackerel | Sender::Jenkins | Sender::Events => Answer::UNAUTHORIZED,
                }
            }
        }
    }
}

/// In their order, all of them, however the first ones end: each is recognised when the body comes again.
async fn deliver(relay: &Relay, events: Vec<IncidentEvent>, deadline: Instant, now: DateTime<Utc>) -> Answer {
    let mut all_taken = true;
    for event in events {
        let (delivered, _) = relay.deliver(event, To::Everyone, deadline, now).await;
        all_taken &= delivered == Delivered::Taken;
    }
    match all_taken {
        true => Answer::new(202, "accepted"),
        false => Answer::later("no chat has taken it; please send it again"),
    }
}

/// Each event once for each chat. What the queue has already is not put there again, so the sender may repeat it all.
async fn enqueue(
    queue: &Queue,
    destinations: &[Destination],
    events: &[IncidentEvent],
    request: &Request<'_>,
    deadline: Instant,
    now: DateTime<Utc>,
) -> Answer {
    for (nth, event) in events.iter().enumerate() {
        let content = match request.body.len() > LARGEST_BODY {
            true => Content::TooLarge { is_trigger: event.kind == EventKind::Triggered },
            false => Content::Body { body: request.body.to_vec(), nth },
        };
        let order = order(event);
        let delivery = request.headers.find("x-webhook-id").map(str::to_owned);
        for address in destinations {
            let (key, order) = (event.key.clone(), order.clone());
            let (delivery, content) = (delivery.clone(), content.clone());
            let queued = QueueMessage {
                origin: event.origin,
                key,
                order,
                address: *address,
                arrived_at: now,
                delivery,
                content,
            };
            match timeout_at(deadline, queue.put(&queued)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    tracing::error!(event = %event.key, queue_failed = true, "{error}");
                    return Answer::later("the queue has not taken it; please send it again");
                }
                Err(_) => {
                    tracing::error!(event = %event.key, queue_failed = true, "the queue did not answer in time");
                    return Answer::later("the queue has not taken it; please send it again");
                }
            }
        }
        tracing::info!(event = %event.key, kind = event.kind.name(), incident = event.incident.number.map(|number| number.0), "queued");
    }
    Answer::new(202, "queued")
}

/// When the sender stops waiting. The gateway's clock is not ours: what it says counts only as far as it makes sense.
fn deadline(received_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Instant {
    let used =
        received_at.and_then(|at| (now - at).to_std().ok()).filter(|used| *used < INLINE_LIMIT).unwrap_or_default();
    Instant::now() + INLINE_LIMIT - used
}

/// What an event has to stay in order with: its incident's, or for a job, its build's.
fn order(event: &IncidentEvent) -> String {
    match (&event.incident.id, event.incident.tag(), &event.details.subject) {
        (Some(id), ..) => id.to_string(),
        (None, Some(tag), _) => tag.to_string(),
        (None, None, Some(job)) if event.kind.is_about_a_job() => format!("job:{job}"),
        (None, None, _) => event.key.0.clone(),
    }
}

/// What to do about a request that was not believed; of a closed route, which settings open it.
pub fn mend(sender: Sender, why: NotAuthentic) -> &'static str {
    match (sender, why) {
        (Sender::Mackerel, NotAuthentic::RouteClosed) => {
            "Set MACKEREL_TOKENS; the channel's URL is then https://toban:TOKEN@…/mackerel, with one of them"
        }
        (Sender::Jenkins, NotAuthentic::RouteClosed) => {
            "Set JENKINS_TOKENS; the endpoint's URL is then https://toban:TOKEN@…/jenkins, with one of them"
        }
        (Sender::Events, NotAuthentic::RouteClosed) => {
            "Set EVENTS_TOKENS; a script's URL is then https://toban:TOKEN@…/events, with one of them"
        }
        (Sender::Mackerel, _) => {
            "If this is Mackerel, the channel's URL is https://toban:TOKEN@…/mackerel, with one of MACKEREL_TOKENS"
        }
        (Sender::Jenkins, _) => {
            "If this is Jenkins, the endpoint's URL is https://toban:TOKEN@…/jenkins, with one of JENKINS_TOKENS"
        }
        (Sender::Events, _) => {
            "If this is a script of yours, its URL is https://toban:TOKEN@…/events, with one of EVENTS_TOKENS"
        }
        (Sender::PagerDuty, NotAuthentic::RouteClosed) => {
            "Set PAGERDUTY_WEBHOOK_SECRETS (v3) or PAGERDUTY_V2_TOKENS (v2)"
        }
        (Sender::PagerDuty, NotAuthentic::NoCredentials) => {
            "If this is PagerDuty's v2 extension, give it a header with one of PAGERDUTY_V2_TOKENS"
        }
        (Sender::PagerDuty, NotAuthentic::WrongSignature) => {
            "If this is PagerDuty, put the subscription's secret into PAGERDUTY_WEBHOOK_SECRETS"
        }
        (Sender::PagerDuty, NotAuthentic::WrongToken) => {
            "If this is PagerDuty, put the extension's token into PAGERDUTY_V2_TOKENS"
        }
        (Sender::PagerDuty, NotAuthentic::TokenForSignedBody) => {
            "Point the v3 subscription here and put its secret into PAGERDUTY_WEBHOOK_SECRETS"
        }
    }
}
