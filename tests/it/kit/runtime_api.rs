//! The Lambda Runtime API, as a function's process sees it.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>
//!
//! Events are handed out one at a time. An internal extension may register, as a runtime does that wants to end
//! cleanly; it never gets an event.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot, watch};

use super::http::{Reply, Request, Response, Server};

/// The result of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Invocation {
    /// What the function returned: for an HTTP event, the response for API Gateway.
    Answer(Value),
    /// What the function reported as its error, as `{"errorType", "errorMessage"}`.
    Error(Value),
}

impl Invocation {
    /// The HTTP status of the answer.
    #[track_caller]
    pub fn status(&self) -> u64 {
        match self {
            Self::Answer(answer) => answer["statusCode"]
                .as_u64()
                .unwrap_or_else(|| panic!("an answer to HTTP has a statusCode, look at {answer}")),
            Self::Error(error) => {
                panic!("the function failed, look at its error and, below, its log: {error}")
            }
        }
    }
}

/// How far the function's process has come.
#[derive(Debug, Clone)]
pub enum Phase {
    Starting,
    /// It has asked for its first event.
    Ready,
    /// It has reported to `init/error`.
    Failed(Value),
}

pub struct RuntimeApi {
    server: Server,
    events: mpsc::UnboundedSender<Handed>,
    shared: Arc<Shared>,
}

struct Shared {
    waiting: tokio::sync::Mutex<mpsc::UnboundedReceiver<Handed>>,
    running: Mutex<Running>,
    phase: watch::Sender<Phase>,
    problems: Mutex<Vec<String>>,
}

/// An event on its way to the function, and who waits for the answer.
struct Handed {
    event: String,
    /// How long it may take.
    time_limit: Duration,
    answer: oneshot::Sender<Invocation>,
}

#[derive(Default)]
struct Running {
    count: u64,
    current: Option<(String, oneshot::Sender<Invocation>)>,
}

const RUNTIME: &str = "/2018-06-01/runtime/";
const EXTENSION: &str = "/2020-01-01/extension/";

/// How long an invocation may take by default.
pub const TIME_LIMIT: Duration = Duration::from_secs(30);

impl RuntimeApi {
    pub async fn start() -> Self {
        let (events, waiting) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            waiting: tokio::sync::Mutex::new(waiting),
            running: Mutex::default(),
            phase: watch::Sender::new(Phase::Starting),
            problems: Mutex::default(),
        });
        let served = shared.clone();
        let server = Server::start(move |request| answer(served.clone(), request)).await;
        Self { server, events, shared }
    }

    pub fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// Hands out the event when its turn comes, with a deadline `time_limit` later; pending until the function has
    /// answered it. Callers have to enforce the limit.
    pub async fn invoke(&self, event: &Value, time_limit: Duration) -> Invocation {
        let (answer, answered) = oneshot::channel();
        let handed = self.events.send(Handed { event: event.to_string(), time_limit, answer });
        handed.expect("the emulator keeps its own end of the channel");
        answered.await.unwrap_or_else(|_| {
            panic!("the function asked for another event instead of answering, look at what it was handed: {event}")
        })
    }

    /// How far the process has come, as soon as it is past starting.
    pub async fn started(&self) -> Phase {
        let mut phase = self.shared.phase.subscribe();
        let past = phase.wait_for(|phase| !matches!(phase, Phase::Starting)).await;
        past.expect("the emulator keeps its own end of the channel").clone()
    }

    /// Waits until so many calls have been made.
    pub async fn requested(&self, times: usize) {
        self.server.requested(times).await;
    }

    /// What the function did that the Runtime API refuses. Reading clears it.
    pub fn problems(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.problems())
    }
}

impl Shared {
    fn problems(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn problem(&self, what: impl Into<String>) {
        self.problems().push(what.into());
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn answer(shared: Arc<Shared>, request: Request) -> Reply {
    let target = request.target.as_str();
    let response = match (request.method.as_str(), target.strip_prefix(RUNTIME)) {
        ("GET", Some("invocation/next")) => return next(&shared).await,
        ("POST", Some("init/error")) => {
            let report = body(&shared, &request);
            shared.phase.send_replace(Phase::Failed(report));
            accepted()
        }
        ("POST", Some(path)) => outcome(&shared, path, &request),
        _ => match (request.method.as_str(), target.strip_prefix(EXTENSION)) {
            ("POST", Some("register")) => registered(&shared, &request),
            ("GET", Some("event/next")) => return Reply::Hang,
            _ => unknown(&shared, &request),
        },
    };
    Reply::Send(response)
}

async fn next(shared: &Shared) -> Reply {
    if shared.running().current.take().is_some() {
        shared.problem("the function asked for an event before it answered the last one");
    }
    shared.phase.send_replace(Phase::Ready);
    let Some(Handed { event, time_limit, answer }) = shared.waiting.lock().await.recv().await else {
        return Reply::Hang;
    };
    let mut running = shared.running();
    running.count += 1;
    let id = format!("8476a536-e9f4-11e8-9739-{:012x}", running.count);
    running.current = Some((id.clone(), answer));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970");
    let deadline = (now + time_limit).as_millis();
    let trace = format!(
        "Root=1-{:08x}-00000000000000000000{:04x};Parent=0000000000000001;Sampled=0",
        now.as_secs(),
        running.count
    );
    Reply::Send(
        Response::new(200, "application/json", event)
            .header("Lambda-Runtime-Aws-Request-Id", id)
            .header("Lambda-Runtime-Deadline-Ms", deadline.to_string())
            .header("Lambda-Runtime-Trace-Id", trace)
            .header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:ap-northeast-1:123456789012:function:test"),
    )
}

/// `invocation/ID/response` or `invocation/ID/error`.
fn outcome(shared: &Shared, path: &str, request: &Request) -> Response {
    let parts: Vec<_> = path.split('/').collect();
    let ["invocation", id, outcome @ ("response" | "error")] = parts[..] else {
        return unknown(shared, request);
    };
    let current = shared.running().current.take_if(|(running, _)| running == id);
    let Some((_, waiting)) = current else {
        shared.problem(format!("an {outcome} for {id}, which is not running"));
        return refused(400, "InvalidRequestID", "Invalid request ID");
    };
    let body = body(shared, request);
    let invocation = match outcome {
        "error" => Invocation::Error(body),
        _ => Invocation::Answer(body),
    };
    // The receiver may have been dropped: then the test is over.
    let _ = waiting.send(invocation);
    accepted()
}

fn registered(shared: &Shared, request: &Request) -> Response {
    if request.header("lambda-extension-name").is_none() {
        shared.problem("an extension registered without Lambda-Extension-Name");
    }
    let function = json!({"functionName": "test", "functionVersion": "$LATEST", "handler": "bootstrap"});
    Response::json(200, &function).header("Lambda-Extension-Identifier", "00000000-0000-4000-8000-000000000000")
}

fn body(shared: &Shared, request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap_or_else(|error| {
        let body = String::from_utf8_lossy(&request.body);
        shared.problem(format!("a body that is not JSON ({error}): {body}"));
        Value::Null
    })
}

fn unknown(shared: &Shared, request: &Request) -> Response {
    let method = &request.method;
    let target = &request.target;
    shared.problem(format!("the Runtime API has no {method} {target}"));
    refused(404, "NotFound", "no such path")
}

fn accepted() -> Response {
    Response::json(202, &json!({"status": "OK"}))
}

fn refused(status: u16, kind: &str, message: &str) -> Response {
    Response::json(status, &json!({"errorType": kind, "errorMessage": message}))
}
