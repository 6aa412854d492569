//! `/metrics`, for Prometheus, and `/ready`: on a listener of their own, as they are for nobody outside.
//!
//! No label has anything in it that comes from outside: each is one of a few words of this program.

use super::seen::Answered;
use super::{Parts, Server};
use crate::chat::pace::Rest;
use crate::queue::sqlite::Counts;
use crate::relay::tally::{Delivered, Pressed};
use crate::setup::config::Faults;
use crate::setup::renewal::Lookup;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::http::{Method, Request, Response, StatusCode};
use chrono::{DateTime, Utc};
use hyper::body::Incoming;
use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use std::sync::atomic::AtomicU64;
use tokio::time::Instant;

/// So many connections at once: Prometheus, and whoever looks.
pub(super) const MOST_CONNECTIONS: usize = 16;
/// Prometheus' text format.
const FORMAT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// The label of a number, and its name and value.
type Labels<const N: usize> = [(&'static str, &'static str); N];

pub(super) async fn answer<B>(server: &Server<B>, request: Request<Incoming>) -> Response<Body>
where
    B: AsyncFn(Lookup<'_>) -> Result<Parts, Faults>,
{
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        return response(StatusCode::METHOD_NOT_ALLOWED, TEXT, "only GET is taken here\n".into());
    }
    match request.uri().path().trim_end_matches('/') {
        "/metrics" => response(StatusCode::OK, FORMAT, text(server).await),
        "/ready" => match obstacle(server) {
            None => response(StatusCode::OK, TEXT, "ready\n".into()),
            Some(why) => response(StatusCode::SERVICE_UNAVAILABLE, TEXT, format!("{why}\n")),
        },
        _ => response(StatusCode::NOT_FOUND, TEXT, "no such path; there are /metrics and /ready\n".into()),
    }
}

fn response(status: StatusCode, format: HeaderValue, text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, format);
    response
}

/// Why nothing should be sent to this process now; `None` if it takes what comes.
fn obstacle<B>(server: &Server<B>) -> Option<&'static str> {
    if server.seen.is_ending() {
        return Some("ending");
    }
    (!server.seen.keeps_state()).then_some("the state file cannot be written, so everything that comes is refused")
}

/// All metrics as they are now.
async fn text<B>(server: &Server<B>) -> String
where
    B: AsyncFn(Lookup<'_>) -> Result<Parts, Faults>,
{
    let now = server.now();
    let parts = server.renewal.current().await;
    let mut registry = Registry::default();
    about_process(&mut registry, server);
    about_requests(&mut registry, server);
    about_deliveries(&mut registry, server);
    about_queues(&mut registry, server, now).await;
    about_rotation(&mut registry, server, &parts, now);
    about_chats(&mut registry, &parts);
    about_schedules(&mut registry, server);
    let mut text = String::new();
    prometheus_text::encode(&mut text, &registry).expect("a string takes all of it");
    text
}

fn about_process<B>(registry: &mut Registry, server: &Server<B>) {
    let build = gauges(registry, "toban_build_info", "The version that runs");
    build([("version", env!("CARGO_PKG_VERSION"))], 1.0);
    let started = gauges(registry, "process_start_time_seconds", "When this process started, in Unix time");
    started([], seconds_of(server.started_at));
    let writable = gauges(
        registry,
        "toban_state_is_writable",
        "Whether the state file can be written (1); otherwise senders get 503 (0)",
    );
    writable([], flag(server.seen.keeps_state()));
}

fn about_requests<B>(registry: &mut Registry, server: &Server<B>) {
    let requests = Family::<[(&str, String); 3], Counter>::default();
    let help = "Requests that were answered, by route and status; for the reason `credentials` their signature or token was refused";
    registry.register("toban_requests", help, requests.clone());
    for (Answered { route, status, is_refused }, count) in server.seen.answers() {
        let reason = if is_refused { "credentials" } else { "none" };
        let labels = [("route", route.to_owned()), ("status", status.to_string()), ("reason", reason.to_owned())];
        requests.get_or_create(&labels).inc_by(count);
    }
}

fn about_deliveries<B>(registry: &mut Registry, server: &Server<B>) {
    let counts = server.tally.counts();
    let deliveries = counters(
        registry,
        "toban_deliveries",
        "Tries to tell a chat of an event, by what came of it and by the rule that decided who is mentioned",
    );
    for (Delivered { destination, outcome, reason }, count) in counts.deliveries {
        deliveries([("destination", destination.name()), ("outcome", outcome), ("reason", reason)], count);
    }
    let presses = counters(registry, "toban_presses", "What people pressed and typed in Slack, by what came of it");
    for (Pressed { act, result }, count) in counts.presses {
        presses([("act", act), ("result", result)], count);
    }
}

async fn about_queues<B>(registry: &mut Registry, server: &Server<B>, now: DateTime<Utc>) {
    let waiting = gauges(registry, "toban_waiting_messages", "What is accepted and not done yet");
    let oldest = gauges(registry, "toban_oldest_message_age_seconds", "The age of what waits longest");
    let dead = gauges(registry, "toban_dead_letters", "What was given up");
    for (lane, queue) in server.lanes.all() {
        // What cannot be read is left out: the state is not writable then either.
        let Ok(Counts { waiting: messages, oldest: since, dead: letters, .. }) = queue.counts().await else { continue };
        let queue = [("queue", lane.name())];
        waiting(queue, count_of(messages));
        oldest(queue, since.map_or(0.0, |since| seconds_between(since, now)));
        dead(queue, count_of(letters));
    }
}

fn about_rotation<B>(registry: &mut Registry, server: &Server<B>, parts: &Parts, now: DateTime<Utc>) {
    let roster = &parts.dispatcher.relay.team.roster;
    let is_read = gauges(
        registry,
        "toban_rotation_is_read",
        "Whether there is a rotation to go by, be it a copy (1); otherwise alerts go to the fallback (0)",
    );
    is_read([], flag(roster.read_at().is_some() || server.seen.knows_rotation()));
    let age = gauges(registry, "toban_rotation_age_seconds", "How long ago the rotation in use was read");
    if let Some(read_at) = roster.read_at() {
        age([], seconds_between(read_at, now));
    }
}

fn about_chats(registry: &mut Registry, parts: &Parts) {
    let left_alone = gauges(
        registry,
        "toban_chat_left_alone_seconds",
        "For how long a chat is not called, because it asked for that or did not answer; 0 if it is called",
    );
    for chat in parts.dispatcher.relay.team.alerts.chats() {
        let rest = chat.pace().rest(Instant::now()).map(|rest| match rest {
            Rest::Asked(left) | Rest::Silent(left) => left,
        });
        left_alone([("chat", chat.name())], rest.unwrap_or_default().as_secs_f64());
    }
}

fn about_schedules<B>(registry: &mut Registry, server: &Server<B>) {
    let done = gauges(
        registry,
        "toban_schedule_last_success_timestamp_seconds",
        "When a reminder or the tick was last done, in Unix time; a reminder also if none is due on that day",
    );
    for (task, at) in server.seen.done() {
        done([("task", task)], seconds_of(at));
    }
}

/// A new family of counters; `_total` is added to the name.
fn counters<const N: usize>(registry: &mut Registry, name: &str, help: &str) -> impl Fn(Labels<N>, u64) + use<N> {
    let family = Family::<Labels<N>, Counter>::default();
    registry.register(name, help, family.clone());
    move |labels, count| {
        family.get_or_create(&labels).inc_by(count);
    }
}

fn gauges<const N: usize>(registry: &mut Registry, name: &str, help: &str) -> impl Fn(Labels<N>, f64) + use<N> {
    let family = Family::<Labels<N>, Gauge<f64, AtomicU64>>::default();
    registry.register(name, help, family.clone());
    move |labels, value| {
        family.get_or_create(&labels).set(value);
    }
}

fn flag(is_so: bool) -> f64 {
    f64::from(u8::from(is_so))
}

fn count_of(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

fn seconds_of(time: DateTime<Utc>) -> f64 {
    time.timestamp_millis() as f64 / 1_000.0
}

/// Not below 0: clocks are set.
fn seconds_between(then: DateTime<Utc>, now: DateTime<Utc>) -> f64 {
    ((now - then).num_milliseconds().max(0)) as f64 / 1_000.0
}
