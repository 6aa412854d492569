//! How an HTTP request is answered, whether it came through API Gateway, a function URL or `toban demo`; and what becomes of an
//! event that comes without one.

mod pressed;

use crate::domain::destination::Destination;
use crate::domain::incident::IncidentEvent;
use crate::net::id::plain_id;
use crate::queue::{QueueError, QueueMessage, Queues};
use crate::relay::deliver::Relay;
use crate::source::eventbridge::Trusted;
use crate::source::{self, Access, Content, Credentials, Headers, Received, Sender, slack};
use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use std::borrow::Cow;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// PagerDuty waits 5 seconds; half a second is kept for the way back.
const INLINE_LIMIT: Duration = Duration::from_millis(4_500);
/// When a sender may try again after a failure, in seconds.
const RETRY_AFTER_SECONDS: u32 = 60;

/// The parts of a request that matter.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// `POST`
    pub method: Cow<'a, str>,
    /// Without the query. A stage prefix and a trailing slash do not matter.
    pub path: Cow<'a, str>,
    pub headers: Headers<'a>,
    /// The raw bytes, decoded from base64 if the gateway encoded them.
    pub body: Cow<'a, [u8]>,
    /// When the gateway received it, if it says so.
    pub received_at: Option<DateTime<Utc>>,
}

/// The answer. Its body is for people who try the URL by hand; most senders look only at the status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Seconds, for `Retry-After`.
    pub retry_after: Option<u32>,
    /// One line of text, or an object of JSON.
    pub text: Cow<'static, str>,
}

impl Answer {
    /// The status that makes a sender try again.
    pub const UNAVAILABLE: u16 = 503;
    /// For PagerDuty. Not 401: it drops what gets a 4xx, and after three drops it turns the subscription off for a day. With
    /// 503 it keeps the event for 48 hours, so that nothing is lost until the secret is fixed.
    pub const NOT_AUTHENTICATED: Self = Self::later("not authenticated");
    /// For all others. None of them keeps what was refused, and whoever sets one up sees at once that the token is wrong.
    pub const UNAUTHORIZED: Self = Self::new(401, "not authenticated");

    pub const NO_SUCH_PATH: Self = Self::new(404, "no such path; PagerDuty's is /pagerduty");
    /// What Slack shows nothing for.
    pub const NOTHING: Self = Self::new(200, "");

    /// Whether it was refused for its credentials, which may have been fixed meanwhile.
    pub fn is_refused(&self) -> bool {
        *self == Self::NOT_AUTHENTICATED || *self == Self::UNAUTHORIZED
    }

    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let is_json = self.text.starts_with('{');
        let content_type = if is_json { "application/json" } else { "text/plain; charset=utf-8" };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        if *self == Self::UNAUTHORIZED {
            // Some clients send the password of a URL only when they are asked for it.
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"toban\""));
        }
        headers
    }

    /// The same with what a sender wants to read, if it was accepted.
    fn with_receipt(self, receipt: Option<String>) -> Self {
        match receipt {
            Some(receipt) if self.status == 202 => Self { text: receipt.into(), ..self },
            _ => self,
        }
    }

    const fn new(status: u16, text: &'static str) -> Self {
        Self { status, retry_after: None, text: Cow::Borrowed(text) }
    }

    const fn later(text: &'static str) -> Self {
        Self { status: Self::UNAVAILABLE, retry_after: Some(RETRY_AFTER_SECONDS), text: Cow::Borrowed(text) }
    }
}

/// Answers the requests of every route.
#[derive(Debug)]
pub struct Intake {
    pub credentials: Credentials,
    pub sink: Sink,
}

/// Where authentic events go.
#[derive(Debug)]
pub enum Sink {
    /// To the chats, while the sender waits.
    Inline(Box<Relay>),
    /// Into the queues, once for each of these chats; the worker posts them.
    Queue(Queues, Vec<Destination>),
}

/// No chat and no queue has taken an event that nobody sends again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither a chat nor the queue has taken the event; Lambda tries it again")]
pub struct NotTaken;

enum Route {
    Webhook(Sender),
    /// What people press in Slack.
    Slack,
    Health,
}

impl Route {
    /// By the last part of the path, so that a stage prefix does not matter.
    fn of(path: &str) -> Option<Self> {
        match path.trim_end_matches('/').rsplit('/').next()? {
            "health" => Some(Self::Health),
            slack::ROUTE => Some(Self::Slack),
            word => Sender::at(word).map(Self::Webhook),
        }
    }
}

impl Intake {
    /// Answers a request. A 2xx means that a chat or the queue has every event of the body, or had it before.
    pub async fn answer(&self, request: &Request<'_>, now: DateTime<Utc>) -> Answer {
        match (Route::of(&request.path), &*request.method) {
            (Some(Route::Webhook(sender)), "POST") => self.webhook(sender, request, now).await,
            (Some(Route::Health), "GET" | "HEAD") => Answer::new(200, "ok"),
            (Some(Route::Slack), "POST") => self.slack(request, now).await,
            (Some(Route::Webhook(_) | Route::Slack), _) => Answer::new(405, "only POST is taken here"),
            (Some(Route::Health), _) => Answer::new(405, "only GET is taken here"),
            (None, _) => Answer::NO_SUCH_PATH,
        }
    }

    /// What is asked for at a path, for metrics: one of a few words, whatever strangers ask for.
    pub fn route(path: &str) -> &'static str {
        match Route::of(path) {
            Some(Route::Webhook(sender)) => sender.name(),
            Some(Route::Slack) => slack::ROUTE,
            Some(Route::Health) => "health",
            None => "other",
        }
    }

    /// Takes an event that EventBridge vouches for. Nobody waits for an answer, so what no chat and no queue has taken must be told
    /// to Lambda, which tries again.
    pub async fn take(&self, trusted: &Trusted, now: DateTime<Utc>) -> Result<(), NotTaken> {
        let events = trusted.events(now);
        if events.is_empty() {
            tracing::info!(route = trusted.sender().name(), "no actionable event in what EventBridge has handed over");
        }
        let deadline = Instant::now() + INLINE_LIMIT;
        let answer = match &self.sink {
            Sink::Inline(relay) => deliver(relay, events, deadline, now).await,
            Sink::Queue(queues, destinations) => {
                let contents = source::contents(trusted.sender(), trusted.body(), &events);
                enqueue(queues, destinations, &events, trusted.delivery(), contents, deadline, now).await
            }
        };
        if answer.status == Answer::UNAVAILABLE { Err(NotTaken) } else { Ok(()) }
    }

    async fn webhook(&self, sender: Sender, request: &Request<'_>, now: DateTime<Utc>) -> Answer {
        let deadline = deadline(request.received_at, now);
        let received = source::receive(sender, &self.credentials, &request.headers, &request.body, now);
        if received == Ok(Received::Events(Vec::new())) {
            tracing::info!(route = sender.name(), "no actionable event in the payload");
        }
        match received {
            Ok(Received::Events(events)) => {
                let receipt = source::receipt(sender, &request.body, &events, now);
                let answer = match &self.sink {
                    Sink::Inline(relay) => deliver(relay, events, deadline, now).await,
                    Sink::Queue(queues, destinations) => {
                        let delivery = sender.delivery(&request.headers);
                        let contents = source::contents(sender, &request.body, &events);
                        enqueue(queues, destinations, &events, delivery, contents, deadline, now).await
                    }
                };
                answer.with_receipt(receipt)
            }
            Ok(Received::Replay(event)) => {
                tracing::warn!(event = %event.key, kind = event.kind.name(), occurred_at = %event.occurred_at,
                    "a signed event older than 72 hours is not posted: PagerDuty gives up after 48, so this is a replay");
                Answer::new(202, "too old, not posted")
            }
            Err(why) => {
                let route = format!("/{}", sender.name());
                tracing::warn!(auth_failed = true, route, "{why}. {}", source::advice(sender, why));
                match sender.source().access {
                    Access::PagerDuty { .. } => Answer::NOT_AUTHENTICATED,
                    Access::Token { .. } | Access::EventBridge => Answer::UNAUTHORIZED,
                }
            }
        }
    }
}

/// Delivers all events in their order, even if one fails: those that were posted are recognised when the body comes again.
async fn deliver(relay: &Relay, events: Vec<IncidentEvent>, deadline: Instant, now: DateTime<Utc>) -> Answer {
    let mut all_taken = true;
    for event in events {
        all_taken &= relay.deliver_everywhere(event, deadline, now).await.is_taken();
    }
    if all_taken { Answer::new(202, "accepted") } else { Answer::later("no chat has taken it; please send it again") }
}

/// Queues each event once for each chat. The queues drop what they already have, so the sender may repeat it all.
async fn enqueue(
    queues: &Queues,
    destinations: &[Destination],
    events: &[IncidentEvent],
    delivery: Option<&str>,
    contents: Vec<Content>,
    deadline: Instant,
    now: DateTime<Utc>,
) -> Answer {
    let (mut news, mut rest) = (Vec::new(), Vec::new());
    for (event, content) in events.iter().zip(contents) {
        let lane = if event.is_beginning() { &mut news } else { &mut rest };
        lane.extend(destinations.iter().map(|destination| QueueMessage {
            origin: event.origin,
            key: event.key.clone(),
            order: order(event),
            destination: *destination,
            arrived_at: now,
            delivery: delivery.map(|id| plain_id(id).into_owned()),
            content: content.clone(),
        }));
    }
    let put = timeout_at(deadline, queues.put(&news, &rest)).await;
    let put = put.unwrap_or_else(|_| Err(QueueError("it did not answer in time".into())));
    for event in events {
        let (kind, incident) = (event.kind.name(), event.incident.number.map(|number| number.0));
        match &put {
            Ok(()) => tracing::info!(event = %event.key, kind, incident, "queued"),
            Err(error) => tracing::error!(event = %event.key, kind, incident, queue_failed = true, "{error}"),
        }
    }
    match put {
        Ok(()) => Answer::new(202, "queued"),
        Err(_) => Answer::later("the queue has not taken it; please send it again"),
    }
}

/// When the sender stops waiting. The gateway's clock is not ours: its time counts only if it is within the limit, and never
/// for more than half of that, or a clock that is ahead would leave no time for the first chat.
fn deadline(received_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Instant {
    let used = received_at.and_then(|at| (now - at).to_std().ok()).filter(|used| *used < INLINE_LIMIT);
    Instant::now() + INLINE_LIMIT - used.unwrap_or_default().min(INLINE_LIMIT / 2)
}

/// What an event has to stay in order with: the other events of its incident, or for a job, of its build.
fn order(event: &IncidentEvent) -> String {
    match (&event.incident.id, event.incident.tag(), &event.details.subject) {
        (Some(id), ..) => id.to_string(),
        (None, Some(tag), _) => tag.to_string(),
        (None, None, Some(job)) if event.kind.is_about_a_job() => plain_id(&format!("job:{job}")).into_owned(),
        (None, None, _) => event.key.0.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incident::{Details, EventKey, EventKind, Origin};
    use crate::domain::text::Foreign;

    /// SQS refuses a message with U+FFFF in it, and Jenkins does not send it again.
    #[test]
    fn the_queue_takes_a_job_of_any_name() {
        for (job, is_kept) in
            [("nightly (7)", true), ("夜間 (7)", false), ("x\u{FFFF}", false), (&"x".repeat(3_000), false)]
        {
            let key = EventKey("jenkins:1:end".into());
            let event = IncidentEvent::new(Origin::PagerDuty, key, EventKind::JobEnded, DateTime::UNIX_EPOCH);
            let event =
                IncidentEvent { details: Details { subject: Foreign::line(job), ..Details::default() }, ..event };
            let order = order(&event);
            assert_eq!(order == format!("job:{job}"), is_kept, "{order}");
            assert!(order.len() < 100 && order.is_ascii(), "{order}");
        }
    }

    #[test]
    fn only_what_is_about_a_job_waits_for_the_same_job() {
        let key = EventKey("01G".into());
        let event = |kind| {
            let details = Details { subject: Foreign::line("nightly"), ..Details::default() };
            let event = IncidentEvent::new(Origin::PagerDuty, key.clone(), kind, DateTime::UNIX_EPOCH);
            order(&IncidentEvent { details, ..event })
        };
        assert_eq!([event(EventKind::JobStarted), event(EventKind::Ping)], ["job:nightly", "01G"]);
    }

    #[test]
    fn what_is_refused_for_its_credentials_is_known() {
        let answers = [Answer::NOT_AUTHENTICATED, Answer::UNAUTHORIZED, Answer::NO_SUCH_PATH, Answer::later("busy")];
        assert_eq!(answers.map(|answer| answer.is_refused()), [true, true, false, false]);
    }
}
