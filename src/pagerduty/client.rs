//! One call of the REST API: its headers, its pages, its throttling, and the error for each way it can fail.
//!
//! <https://developer.pagerduty.com/docs/rest-api-overview>

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Method, StatusCode, Url};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::time::Duration;
use tokio::time::Instant;

use crate::net::http::{self, Broken, Reply};
use crate::net::retry::again_after;
use crate::net::secret::Secret;
use crate::pagerduty::error::{LIST_LIMIT, PagerDutyError};

/// PagerDuty's longest page.
const PAGE: usize = 100;

/// A page of a hundred users with everything that belongs to them takes a tenth of this.
const LONGEST_ANSWER: usize = 16 * 1024 * 1024;

/// The wait after a 429 without a time in it.
const DEFAULT_WAIT: Duration = Duration::from_secs(5);

/// A call that is throttled this often is given up, however short the waits are.
const TRIES: usize = 8;

/// Where the API is, and the key to it.
#[derive(Debug, Clone)]
pub struct Access {
    /// `PAGERDUTY_BASE_URL`: the host alone, without a slash at its end.
    pub base_url: String,
    /// `PAGERDUTY_API_KEY`
    pub key: Secret,
}

/// How long a client waits.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For one answer.
    pub answer: Duration,
    /// For one call in all, because of throttling; PagerDuty's rate limit is per minute.
    pub wait: Duration,
}

/// A client of one PagerDuty account. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    http: http::Client,
    access: Access,
    limits: Limits,
}

pub(super) struct Call<'a> {
    method: Method,
    /// Below the host, `/users`.
    path: String,
    query: Vec<(&'static str, String)>,
    /// The e-mail address of the user who asks, where PagerDuty requires it.
    from: Option<&'a str>,
    body: Option<Value>,
}

/// A part of a list.
struct Page<T> {
    listed: Vec<T>,
    has_more: bool,
}

impl<'a> Call<'a> {
    fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), query: Vec::new(), from: None, body: None }
    }

    pub fn get(path: impl Into<String>, query: &[(&'static str, String)]) -> Self {
        Self { query: query.to_vec(), ..Self::new(Method::GET, path) }
    }

    pub fn post(path: impl Into<String>, body: Value) -> Self {
        Self { body: Some(body), ..Self::new(Method::POST, path) }
    }

    pub fn post_empty(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path)
    }

    pub fn put(path: impl Into<String>, body: Value) -> Self {
        Self { body: Some(body), ..Self::new(Method::PUT, path) }
    }

    pub fn from(self, email: &'a str) -> Self {
        Self { from: Some(email), ..self }
    }
}

impl Client {
    /// `http` is the process's client.
    pub fn new(http: http::Client, access: Access, limits: Limits) -> Self {
        Self { http, access, limits }
    }

    pub fn base_url(&self) -> &str {
        &self.access.base_url
    }

    /// A whole list, page after page. `path` answers with classic pagination, under its last word.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&'static str, String)],
    ) -> Result<Vec<T>, PagerDutyError> {
        let first = self.page(path, query, 0).await?;
        self.rest(path, query, first).await
    }

    /// The same for a list that PagerDuty does not have for every account: the inner error is its refusal to begin one.
    pub(super) async fn list_if_served<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&'static str, String)],
    ) -> Result<Result<Vec<T>, PagerDutyError>, PagerDutyError> {
        match self.page(path, query, 0).await {
            Ok(first) => self.rest(path, query, first).await.map(Ok),
            Err(
                refusal @ (PagerDutyError::Invalid { .. }
                | PagerDutyError::KeyNotEnough { .. }
                | PagerDutyError::NotFound { .. }),
            ) => Ok(Err(refusal)),
            Err(error) => Err(error),
        }
    }

    async fn rest<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&'static str, String)],
        first: Page<T>,
    ) -> Result<Vec<T>, PagerDutyError> {
        let Page { listed: mut all, mut has_more } = first;
        for offset in (PAGE..LIST_LIMIT).step_by(PAGE) {
            if !has_more {
                return Ok(all);
            }
            let page = self.page(path, query, offset).await?;
            all.extend(page.listed);
            has_more = page.has_more;
        }
        if has_more { Err(PagerDutyError::TooMany { path: path.to_owned() }) } else { Ok(all) }
    }

    async fn page<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&'static str, String)],
        offset: usize,
    ) -> Result<Page<T>, PagerDutyError> {
        let page = [("limit", PAGE.to_string()), ("offset", offset.to_string())];
        let mut answer: Map<String, Value> = self.call(Call::get(path, &[query, &page].concat())).await?;
        let key = path.rsplit('/').next().unwrap_or_default();
        let listed = answer.remove(key).unwrap_or_default();
        let listed = serde_json::from_value(listed).map_err(|error| PagerDutyError::unexpected(path, &error))?;
        Ok(Page { listed, has_more: answer.get("more") == Some(&Value::Bool(true)) })
    }

    /// Makes a call and reads its answer.
    pub(super) async fn call<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, PagerDutyError> {
        let body = self.answer(&call).await?;
        serde_json::from_slice(&body).map_err(|error| PagerDutyError::unexpected(&call.path, &error))
    }

    /// Makes a call whose answer is not needed.
    pub(super) async fn done(&self, call: Call<'_>) -> Result<(), PagerDutyError> {
        self.answer(&call).await.map(|_| ())
    }

    /// The answer to a call. A throttled call is made again after the wait that PagerDuty asks for, as long as all its waits
    /// together stay within the limit.
    async fn answer(&self, call: &Call<'_>) -> Result<Vec<u8>, PagerDutyError> {
        let mut wait_left = self.limits.wait;
        let mut tries = 0;
        let wait = |error: &PagerDutyError| {
            let PagerDutyError::Unavailable { retry_after: Some(wait), .. } = error else { return None };
            tries += 1;
            if tries == TRIES {
                return None;
            }
            wait_left = wait_left.checked_sub(*wait)?;
            Some(*wait)
        };
        again_after(wait, || self.answer_once(call)).await
    }

    async fn answer_once(&self, call: &Call<'_>) -> Result<Vec<u8>, PagerDutyError> {
        let Reply { status, headers, body } = self.exchange(call).await?;
        if status.is_success() {
            return Ok(body);
        }
        if status != StatusCode::TOO_MANY_REQUESTS {
            return Err(PagerDutyError::refused(status, &body, &self.access.base_url, &call.path));
        }
        let wait = requested_wait(&headers).unwrap_or(DEFAULT_WAIT);
        let why = format!("it throttles us, for {} s", wait.as_secs());
        Err(PagerDutyError::Unavailable { why, retry_after: Some(wait) })
    }

    async fn exchange(&self, call: &Call<'_>) -> Result<Reply, PagerDutyError> {
        let lost = |why: &str| PagerDutyError::Lost { why: why.into() };
        let deadline = Instant::now() + self.limits.answer;
        self.http.exchange(self.request(call)?, LONGEST_ANSWER, deadline).await.map_err(|broken| match broken {
            Broken::NotSent(_) => PagerDutyError::Unavailable { why: "no connection".into(), retry_after: None },
            Broken::Lost(_) => lost("the connection broke"),
            Broken::TooLong => lost("it is too long"),
            Broken::TooLate | Broken::NotBegun => lost("it did not come in time"),
        })
    }

    fn request(&self, call: &Call<'_>) -> Result<reqwest::RequestBuilder, PagerDutyError> {
        let mut url = Url::parse(&format!("{}{}", self.access.base_url, call.path)).map_err(|error| {
            let why = format!("the base URL cannot be used: {error}");
            PagerDutyError::Unexpected { path: call.path.clone(), why }
        })?;
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
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
fn requested_wait(headers: &HeaderMap) -> Option<Duration> {
    let header = headers.get("ratelimit-reset").or_else(|| headers.get(RETRY_AFTER))?;
    header.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}
