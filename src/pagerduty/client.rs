//! The client: one call of the REST API, with its headers, pages and throttling, and what each ending means.
//!
//! <https://developer.pagerduty.com/docs/rest-api-overview>

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Method, StatusCode, Url};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::time::Duration;
use tokio::time::{Instant, sleep};

use crate::net::http::{Broken, Reply, exchange};
use crate::net::secret::Secret;
use crate::pagerduty::error::{AccountError, MOST_LISTED};

/// The most that PagerDuty gives with one call.
const PAGE: usize = 100;

/// A hundred users with everything that belongs to them take a tenth of this.
const LONGEST_ANSWER: usize = 16 * 1024 * 1024;

/// How long is waited after a 429 that says nothing about it.
const UNTOLD_WAIT: Duration = Duration::from_secs(5);

/// A call that is throttled again and again, however short the waits are, is given up.
const TRIES: usize = 8;

/// Where the API is, and who we are there.
#[derive(Debug, Clone)]
pub struct Access {
    /// `PAGERDUTY_BASE_URL`: the host alone, without a slash at its end.
    pub base_url: String,
    /// `PAGERDUTY_API_KEY`
    pub key: Secret,
}

/// How patient a client is.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The most that one answer may take.
    pub answer: Duration,
    /// The most that one call may wait in all because PagerDuty throttles us; its window is a minute.
    pub wait: Duration,
}

/// A client of one account. Nothing is sent before a method is called. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    access: Access,
    limits: Limits,
}

/// A call that is to be made.
pub(super) struct Call<'a> {
    pub method: Method,
    /// Below the host, `/users`.
    pub path: &'a str,
    pub query: &'a [(&'a str, &'a str)],
    /// Who is asking, where PagerDuty wants to know.
    pub from: Option<&'a str>,
    pub body: Option<Value>,
}

impl<'a> Call<'a> {
    pub fn get(path: &'a str, query: &'a [(&'a str, &'a str)]) -> Self {
        Self { method: Method::GET, path, query, from: None, body: None }
    }

    pub fn post(path: &'a str, body: Value) -> Self {
        Self { method: Method::POST, path, query: &[], from: None, body: Some(body) }
    }

    pub fn put(path: &'a str, body: Value) -> Self {
        Self { method: Method::PUT, ..Self::post(path, body) }
    }
}

impl Client {
    /// `http` is the process's client.
    pub fn new(http: reqwest::Client, access: Access, limits: Limits) -> Self {
        Self { http, access, limits }
    }

    /// Where it asks.
    pub fn base_url(&self) -> &str {
        &self.access.base_url
    }

    /// The whole list under `key`, page after page. `path` answers with classic pagination.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        key: &str,
        query: &[(&str, &str)],
    ) -> Result<Vec<T>, AccountError> {
        let limit = PAGE.to_string();
        let mut all = Vec::new();
        for offset in (0..MOST_LISTED).step_by(PAGE) {
            let offset = offset.to_string();
            let query = [query, &[("limit", &limit), ("offset", &offset)]].concat();
            let mut answer: Map<String, Value> = self.call(Call::get(path, &query)).await?;
            let found = answer.remove(key).unwrap_or_default();
            let found: Vec<T> =
                serde_json::from_value(found).map_err(|error| AccountError::unexpected(path, &error))?;
            all.extend(found);
            if answer.get("more") != Some(&Value::Bool(true)) {
                return Ok(all);
            }
        }
        Err(AccountError::TooMany { path: path.to_owned() })
    }

    /// Makes a call and reads its answer.
    pub(super) async fn call<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, AccountError> {
        let body = self.answer(&call).await?;
        serde_json::from_slice(&body).map_err(|error| AccountError::unexpected(call.path, &error))
    }

    /// Makes a call whose answer tells nothing new.
    pub(super) async fn done(&self, call: Call<'_>) -> Result<(), AccountError> {
        self.answer(&call).await.map(|_| ())
    }

    /// The answer to a call. A throttled one is made again after the time that PagerDuty asks for, as long as all waits
    /// together fit into the limit.
    async fn answer(&self, call: &Call<'_>) -> Result<Vec<u8>, AccountError> {
        let Limits { wait: mut left, .. } = self.limits;
        for last_try in (0..TRIES).map(|nth| nth + 1 == TRIES) {
            let Reply { status, headers, body } = self.exchange(call).await?;
            if status.is_success() {
                return Ok(body);
            }
            if status != StatusCode::TOO_MANY_REQUESTS {
                return Err(AccountError::refused(status, &body, &self.access.base_url, call.path));
            }
            let asked = wait(&headers);
            let pause = asked.unwrap_or(UNTOLD_WAIT);
            if last_try || pause > left {
                return Err(AccountError::Unavailable {
                    why: format!("it throttles us, for {} s", pause.as_secs()),
                    retry_after: Some(pause),
                });
            }
            left -= pause;
            sleep(pause).await;
        }
        unreachable!("the last try returns")
    }

    async fn exchange(&self, call: &Call<'_>) -> Result<Reply, AccountError> {
        let lost = |why: &str| Err(AccountError::Lost { why: why.into() });
        match exchange(self.request(call)?, LONGEST_ANSWER, Instant::now() + self.limits.answer).await {
            Ok(reply) => Ok(reply),
            Err(Broken::NotSent(error)) => Err(AccountError::Unavailable { why: cause(&error), retry_after: None }),
            Err(Broken::Lost(error)) => lost(&cause(&error)),
            Err(Broken::TooLong) => lost("it is too long"),
            Err(Broken::TooLate) => lost("it did not come in time"),
        }
    }

    fn request(&self, call: &Call<'_>) -> Result<reqwest::RequestBuilder, AccountError> {
        let unusable = |why: String| AccountError::Unexpected { path: call.path.to_owned(), why };
        let mut url = Url::parse(&format!("{}{}", self.access.base_url, call.path))
            .map_err(|error| unusable(format!("the base URL is of no use: {error}")))?;
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        let mut request = self
            .http
            .request(call.method.clone(), url)
            .header(AUTHORIZATION, format!("Token token={}", self.access.key.expose()))
            .header(ACCEPT, "application/vnd.pagerduty+json;version=2")
            .header(CONTENT_TYPE, "application/json");
        if let Some(from) = call.from {
            request = request.header("From", from);
        }
        Ok(match &call.body {
            Some(body) => request.body(body.to_string()),
            None => request,
        })
    }
}

/// How long PagerDuty asks us to wait, in whole seconds.
fn wait(headers: &HeaderMap) -> Option<Duration> {
    let header = headers.get("ratelimit-reset").or_else(|| headers.get(RETRY_AFTER))?;
    header.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// What the connection says.
fn cause(error: &reqwest::Error) -> String {
    match (error.is_timeout(), error.is_connect()) {
        (true, _) => "no connection in time".into(),
        (false, true) => "no connection".into(),
        (false, false) => "the connection broke".into(),
    }
}
