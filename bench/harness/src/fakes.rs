//! The fakes behind one port: routing, faults, delay and the record of what was called.

use crate::aws;
use crate::calls::Calls;
use crate::chat::Chat;
use crate::faults::{Fault, Faults, Service};
use crate::google::Google;
use crate::parameters::Parameters;
use crate::queue::Queues;
use crate::table::Table;
use chrono::Utc;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderMap};
use hyper::{Method, Request, Response};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use std::{cell::RefCell, io, rc::Rc};

/// A request, read whole.
pub struct Ask {
    pub method: Method,
    pub path: String,
    query: String,
    headers: HeaderMap,
    pub body: Bytes,
}

impl Ask {
    #[cfg(test)]
    pub fn post(headers: HeaderMap, body: &'static str) -> Self {
        Self { method: Method::POST, path: "/".into(), query: String::new(), headers, body: body.into() }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn query(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.query.as_bytes()).into_owned().collect()
    }

    pub fn form(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    pub fn query_text(&self) -> &str {
        &self.query
    }

    /// The body's fields, sent as JSON or as a form.
    pub fn fields(&self) -> Option<Value> {
        let kind = self.header(CONTENT_TYPE.as_str())?;
        match kind.split(';').next()?.trim() {
            "application/json" => serde_json::from_slice(&self.body).ok().filter(Value::is_object),
            "application/x-www-form-urlencoded" => {
                Some(Value::Object(self.form().into_iter().map(|(k, v)| (k, v.into())).collect()))
            }
            _ => None,
        }
    }
}

/// An answer, and what was wrong with the request: anything noted fails the run.
pub struct Reply {
    status: u16,
    content_type: &'static str,
    headers: Vec<(&'static str, String)>,
    body: String,
    wrong: Vec<String>,
}

impl Reply {
    pub fn json(body: String) -> Self {
        Self {
            status: 200,
            content_type: "application/json; charset=utf-8",
            headers: Vec::new(),
            body,
            wrong: Vec::new(),
        }
    }

    pub fn ok(body: Value) -> Self {
        Self::json(body.to_string())
    }

    pub fn status(status: u16, body: Value) -> Self {
        Self { status, ..Self::ok(body) }
    }

    pub fn refused(status: u16, body: Value, why: &str) -> Self {
        Self { status, wrong: vec![why.to_owned()], ..Self::ok(body) }
    }

    pub fn content_type(self, content_type: &'static str) -> Self {
        Self { content_type, ..self }
    }

    pub fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    pub fn noting(mut self, wrong: Vec<String>) -> Self {
        self.wrong.extend(wrong);
        self
    }

    fn note(mut self, fakes: &mut Fakes) -> Self {
        fakes.errors.append(&mut self.wrong);
        self
    }

    fn into_response(self) -> Response<Full<Bytes>> {
        let mut response = Response::builder().status(self.status).header(CONTENT_TYPE, self.content_type);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response.body(Full::new(self.body.into())).expect("every header here is plain text")
    }
}

pub struct Fakes {
    pub google: Google,
    pub chat: Chat,
    pub queues: Queues,
    pub table: Table,
    pub parameters: Parameters,
    pub faults: Faults,
    pub delay: Duration,
    pub calls: Calls,
    /// When the first webhook was posted or queued.
    pub first_told: Option<Instant>,
    pub connections: usize,
    pub faults_played: usize,
    pub errors: Vec<String>,
}

/// Answers one request; an error resets the connection.
pub async fn answer(fakes: Rc<RefCell<Fakes>>, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let began = Instant::now();
    let query = head.uri.query().unwrap_or_default().to_owned();
    let ask = Ask { method: head.method, path: head.uri.path().to_owned(), query, headers: head.headers, body };
    let delay = fakes.borrow().delay;
    wait_until(began + delay).await;
    let (reply, fault) = fakes.borrow_mut().reply(&ask, began);
    match fault {
        Some(Fault::Timeout) => std::future::pending().await,
        Some(Fault::Reset) => Err(io::ErrorKind::ConnectionReset.into()),
        Some(Fault::TooMany | Fault::Broken) | None => Ok(reply.into_response()),
    }
}

/// The timer is late by up to two milliseconds, which would count as the function's: the rest is waited for actively.
async fn wait_until(end: Instant) {
    let early = end.saturating_duration_since(Instant::now()).saturating_sub(Duration::from_millis(2));
    if !early.is_zero() {
        tokio::time::sleep(early).await;
    }
    while Instant::now() < end {
        tokio::task::yield_now().await;
    }
}

impl Fakes {
    /// Incidents that were posted or queued.
    pub fn told(&self) -> usize {
        self.chat.incidents().len() + self.queues.messages.len()
    }

    pub fn has_told(&self, number: u64) -> bool {
        self.queues.holds(number) || self.chat.incidents().contains(&number)
    }

    fn reply(&mut self, ask: &Ask, began: Instant) -> (Reply, Option<Fault>) {
        let call = aws::target(ask);
        let Some(service) = call.map(|(api, _)| api.service).or_else(|| service(ask)) else {
            let target = ask.header("x-amz-target").unwrap_or_default();
            let why = format!("nothing is served at {} {} {target}", ask.method, ask.path);
            return (Reply::refused(400, json!({"__type": "UnknownOperationException"}), &why).note(self), None);
        };
        self.calls.count(service, call.map(|(_, operation)| operation));
        if let Some(fault) = self.faults.draw(service) {
            self.faults_played += 1;
            let reply = match fault {
                Fault::TooMany => {
                    Reply::status(429, json!({"ok": false, "error": "ratelimited"})).header("Retry-After", "1".into())
                }
                Fault::Broken | Fault::Timeout | Fault::Reset => Reply { status: 500, ..Reply::json("broken".into()) },
            };
            return (reply, Some(fault));
        }
        let now = Utc::now();
        let reply = match (call, service) {
            (Some((api, operation)), _) => {
                let answer = api.parameters(ask).and_then(|parameters| match service {
                    Service::Table => self.table.answer(operation, &parameters),
                    Service::Queue => self.queues.answer(operation, &parameters, &self.chat, now),
                    _ => self.parameters.answer(operation, &parameters),
                });
                api.reply(operation, answer)
            }
            (None, Service::Token) => self.google.token(ask, now),
            (None, Service::Sheets) => self.google.sheets(ask),
            (None, Service::Typetalk) => self.chat.typetalk(ask, now),
            (None, _) => self.chat.slack(ask, now),
        };
        let ended = Instant::now();
        self.calls.answered(service, began, ended);
        if self.first_told.is_none() && self.told() > 0 {
            self.first_told = Some(ended);
            self.calls.told();
        }
        (reply.note(self), None)
    }
}

/// What is not AWS, by its path.
fn service(ask: &Ask) -> Option<Service> {
    if ask.header("x-amz-target").is_some() {
        return None;
    }
    match ask.path.as_str() {
        "/token" => Some(Service::Token),
        "/api/chat.postMessage" | "/api/chat.update" => Some(Service::Slack),
        path if path.starts_with("/v4/spreadsheets/") => Some(Service::Sheets),
        path if path.starts_with("/api/v1/topics/") => Some(Service::Typetalk),
        _ => None,
    }
}
