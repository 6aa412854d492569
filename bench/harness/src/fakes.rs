//! The fakes behind one port: routing, faults, delay and the record of what was called.

use crate::aws;
use crate::chat::Chat;
use crate::faults::{Fault, Faults, Service};
use crate::google::Google;
use chrono::Utc;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderMap};
use hyper::{Method, Request, Response};
use serde_json::{Value, json};
use std::{cell::RefCell, io, rc::Rc, time::Duration};

/// A request, read whole.
pub struct Ask {
    pub method: Method,
    pub path: String,
    query: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Ask {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn query(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.query.as_bytes()).into_owned().collect()
    }

    pub fn form(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// The body, whatever its content type.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
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
    headers: Vec<(&'static str, String)>,
    body: String,
    wrong: Vec<String>,
}

impl Reply {
    pub fn json(body: String) -> Self {
        Self { status: 200, headers: Vec::new(), body, wrong: Vec::new() }
    }

    pub fn ok(body: Value) -> Self {
        Self::json(body.to_string())
    }

    pub fn refused(status: u16, body: Value, why: &str) -> Self {
        Self { status, wrong: vec![why.to_owned()], ..Self::ok(body) }
    }

    pub fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    pub fn noting(mut self, wrong: Vec<String>) -> Self {
        self.wrong.extend(wrong);
        self
    }

    fn into_response(self) -> Response<Full<Bytes>> {
        let mut response =
            Response::builder().status(self.status).header(CONTENT_TYPE, "application/json; charset=utf-8");
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response.body(Full::new(self.body.into())).expect("every header here is plain text")
    }
}

#[derive(Default, Clone)]
pub struct Calls {
    pub token: usize,
    pub sheets: usize,
    pub slack: usize,
    pub typetalk: usize,
    pub queue: usize,
    pub secrets: usize,
}

impl Calls {
    pub fn total(&self) -> usize {
        self.token + self.sheets + self.slack + self.typetalk + self.queue + self.secrets
    }
}

pub struct Fakes {
    pub google: Google,
    pub chat: Chat,
    pub faults: Faults,
    pub delay: Duration,
    pub calls: Calls,
    pub connections: usize,
    pub faults_played: usize,
    pub errors: Vec<String>,
}

/// Answers one request; an error resets the connection.
pub async fn answer(fakes: Rc<RefCell<Fakes>>, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let query = head.uri.query().unwrap_or_default().to_owned();
    let ask = Ask { method: head.method, path: head.uri.path().to_owned(), query, headers: head.headers, body };
    let delay = fakes.borrow().delay;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let (reply, fault) = fakes.borrow_mut().reply(&ask);
    match fault {
        Some(Fault::Timeout) => std::future::pending().await,
        Some(Fault::Reset) => Err(io::ErrorKind::ConnectionReset.into()),
        Some(Fault::TooMany | Fault::Broken) | None => Ok(reply.into_response()),
    }
}

impl Fakes {
    fn reply(&mut self, ask: &Ask) -> (Reply, Option<Fault>) {
        let Some(service) = service(ask) else {
            self.errors.push(format!("nothing is served at {} {}", ask.method, ask.path));
            return (Reply { status: 404, ..Reply::ok(json!({})) }, None);
        };
        *match service {
            Service::Token => &mut self.calls.token,
            Service::Sheets => &mut self.calls.sheets,
            Service::Slack => &mut self.calls.slack,
            Service::Typetalk => &mut self.calls.typetalk,
            Service::Queue => &mut self.calls.queue,
            Service::Secrets => &mut self.calls.secrets,
        } += 1;
        if let Some(fault) = self.faults.draw(service) {
            self.faults_played += 1;
            let reply = match fault {
                Fault::TooMany => Reply { status: 429, ..Reply::ok(json!({"ok": false, "error": "ratelimited"})) }
                    .header("Retry-After", "1".into()),
                Fault::Broken | Fault::Timeout | Fault::Reset => Reply { status: 500, ..Reply::json("broken".into()) },
            };
            return (reply, Some(fault));
        }
        let now = Utc::now();
        let mut reply = match service {
            Service::Token => self.google.token(ask, now),
            Service::Sheets => self.google.sheets(ask),
            Service::Slack => self.chat.slack(ask, now),
            Service::Typetalk => self.chat.typetalk(ask, now),
            Service::Queue => aws::send_message(ask, &mut self.chat),
            Service::Secrets => aws::parameters(ask),
        };
        self.errors.append(&mut reply.wrong);
        (reply, None)
    }
}

fn service(ask: &Ask) -> Option<Service> {
    match ask.header("x-amz-target") {
        Some("AmazonSQS.SendMessage") => return Some(Service::Queue),
        Some("AmazonSSM.GetParametersByPath") => return Some(Service::Secrets),
        Some(_) => return None,
        None => {}
    }
    match ask.path.as_str() {
        "/token" => Some(Service::Token),
        "/api/chat.postMessage" | "/api/chat.update" => Some(Service::Slack),
        path if path.starts_with("/v4/spreadsheets/") => Some(Service::Sheets),
        path if path.starts_with("/api/v1/topics/") => Some(Service::Typetalk),
        _ => None,
    }
}
