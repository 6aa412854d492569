//! The Lambda Runtime API: hands out webhooks one at a time and takes the times.

use crate::calls::Calls;
use crate::child;
use crate::event::{Content, Delivery, Feed};
use crate::fakes::Fakes;
use crate::options::Role;
use chrono::Utc;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Method, Request, Response};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};
use std::{cell::RefCell, io, rc::Rc};
use tokio::sync::Notify;

/// How often a webhook that was answered with 429 or 5xx is delivered again while faults are played.
const ATTEMPTS: usize = 20;

pub struct Runtime {
    feed: Feed,
    pub fakes: Rc<RefCell<Fakes>>,
    events: u64,
    /// The function tells nobody, as the baseline.
    is_bare: bool,
    pub done: Rc<Notify>,

    pub started: Instant,
    pub pid: u32,
    next: u64,
    again: VecDeque<Delivery>,
    running: Option<(String, Delivery, Instant)>,

    pub init: Option<Duration>,
    /// Delivery to answer, the first (cold) one included.
    pub latencies: Vec<Duration>,
    pub answers: BTreeMap<String, usize>,
    pub redeliveries: usize,
    /// Resident memory and CPU time when the function first asked for an event, and when it asked for the second.
    pub at_init: Usage,
    pub at_second: Usage,
    pub calls_of_first: Calls,
}

#[derive(Default, Clone, Copy)]
pub struct Usage {
    pub rss_kib: u64,
    pub cpu_ns: u64,
}

impl Usage {
    pub fn of(pid: u32) -> Self {
        Self { rss_kib: child::status(pid, "VmRSS"), cpu_ns: child::cpu_ns(pid) }
    }
}

impl Runtime {
    pub fn new(feed: Feed, fakes: Rc<RefCell<Fakes>>, events: u64, role: &Role) -> Self {
        Self {
            feed,
            fakes,
            events,
            is_bare: matches!(role, Role::Bare),
            done: Rc::default(),
            started: Instant::now(),
            pid: 0,
            next: 0,
            again: VecDeque::new(),
            running: None,
            init: None,
            latencies: Vec::new(),
            answers: BTreeMap::new(),
            redeliveries: 0,
            at_init: Usage::default(),
            at_second: Usage::default(),
            calls_of_first: Calls::default(),
        }
    }

    fn error(&self, what: String) {
        self.fakes.borrow_mut().errors.push(what);
    }

    /// The next webhook, the id of its invocation and the event; `None` when all are done.
    fn next(&mut self) -> Option<(String, Delivery, Bytes)> {
        match self.latencies.len() {
            0 => {
                self.init.get_or_insert(self.started.elapsed());
                self.at_init = Usage::of(self.pid);
            }
            1 => {
                self.at_second = Usage::of(self.pid);
                self.calls_of_first = self.fakes.borrow().calls.clone();
            }
            _ => {}
        }
        if self.running.take().is_some() {
            self.error("the function asked for an event before it answered the last one".into());
        }
        let mut delivery = match self.again.pop_front() {
            Some(delivery) => delivery,
            None if self.next < self.events => {
                self.next += 1;
                self.feed.delivery(self.next, Utc::now())?
            }
            None => return None,
        };
        delivery.attempts += 1;
        let mut fakes = self.fakes.borrow_mut();
        fakes.chat.sent(&delivery.incident, Utc::now());
        let payload = match &delivery.content {
            Content::Request(payload) => payload.clone(),
            Content::Message(message) => fakes.queues.hand_over(message, delivery.attempts, Utc::now()),
        };
        fakes.calls.event_begins();
        let id = format!("00000000-0000-4000-8000-{:012}", self.latencies.len());
        Some((id, delivery, payload))
    }

    /// An answer came: the time is taken, and what PagerDuty would do with the answer is done.
    fn answered(&mut self, id: &str, status: &str, body: &[u8]) {
        let Some((_, delivery, delivered)) = self.running.take_if(|(running, ..)| running == id) else {
            return self.error(format!("an answer to invocation {id}, which is not running"));
        };
        self.latencies.push(delivered.elapsed());
        *self.answers.entry(status.to_owned()).or_default() += 1;
        let number = delivery.incident.number;
        self.fakes.borrow_mut().calls.event_ends();
        let is_told = self.fakes.borrow().has_told(number);
        let faults = self.fakes.borrow().faults.any();
        // Nothing is shown in Slack for an empty 200.
        let is_taken = status == "202" || (status == "200" && matches!(self.feed, Feed::Presses(_)));
        if is_taken {
            if !self.is_bare && !is_told {
                self.error(format!("#PD{number} was answered {status} before a chat or the queue had accepted it"));
            }
        } else if faults
            && (status.starts_with('5') || status == "429" || status == "error")
            && delivery.attempts < ATTEMPTS
        {
            self.redeliveries += 1;
            self.again.push_back(delivery);
        } else {
            self.error(format!("#PD{number} was answered {status}: {}", String::from_utf8_lossy(body)));
        }
    }
}

pub async fn answer(runtime: Rc<RefCell<Runtime>>, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let path = head.uri.path();
    if head.method == Method::GET && path == "/2018-06-01/runtime/invocation/next" {
        let next = runtime.borrow_mut().next();
        let Some((id, delivery, payload)) = next else {
            runtime.borrow().done.notify_one();
            return std::future::pending().await;
        };
        let response = Response::builder()
            .header("content-type", "application/json")
            .header("lambda-runtime-aws-request-id", &id)
            .header("lambda-runtime-deadline-ms", (Utc::now().timestamp_millis() + 30_000).to_string())
            .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:ap-northeast-1:123456789012:function:bench")
            .header(
                "lambda-runtime-trace-id",
                "Root=1-67400000-000000000000000000000000;Parent=0000000000000001;Sampled=0",
            )
            .body(Full::new(payload))
            .map_err(io::Error::other)?;
        runtime.borrow_mut().running = Some((id, delivery, Instant::now()));
        return Ok(response);
    }
    let invocation = path.strip_prefix("/2018-06-01/runtime/invocation/").and_then(|rest| rest.split_once('/'));
    match (head.method.as_str(), path, invocation) {
        ("POST", _, Some((id, "response"))) => {
            let status = serde_json::from_slice::<Value>(&body).ok().and_then(|answer| status(&answer));
            runtime.borrow_mut().answered(id, &status.map_or("nothing".into(), |s| s.to_string()), &body);
        }
        ("POST", _, Some((id, "error"))) => runtime.borrow_mut().answered(id, "error", &body),
        ("POST", "/2018-06-01/runtime/init/error", _) => {
            let runtime = runtime.borrow();
            runtime.error(format!("init failed: {}", String::from_utf8_lossy(&body)));
            runtime.done.notify_one();
        }
        // An internal extension, which a runtime registers to be notified of its shutdown.
        ("POST", "/2020-01-01/extension/register", _) => {
            return reply(200, Some(("lambda-extension-identifier", "00000000-0000-4000-8000-000000000000")));
        }
        ("GET", "/2020-01-01/extension/event/next", _) => return std::future::pending().await,
        _ => {
            runtime.borrow().error(format!("the Runtime API has no {} {path}", head.method));
            return reply(404, None);
        }
    }
    reply(202, None)
}

/// The webhook's own status; for a worker, 202 if no message failed.
fn status(answer: &Value) -> Option<u64> {
    match answer["batchItemFailures"].as_array() {
        Some(failures) => Some(if failures.is_empty() { 202 } else { 500 }),
        None => answer["statusCode"].as_u64(),
    }
}

fn reply(status: u16, header: Option<(&str, &str)>) -> io::Result<Response<Full<Bytes>>> {
    let mut response = Response::builder().status(status).header("content-type", "application/json");
    if let Some((name, value)) = header {
        response = response.header(name, value);
    }
    response.body(Full::new(Bytes::from_static(b"{\"status\":\"OK\"}\n"))).map_err(io::Error::other)
}
