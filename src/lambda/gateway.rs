//! HTTP requests as API Gateway and function URLs pass them to a Lambda function, and the answers that they expect.
//!
//! One lenient shape covers HTTP APIs and function URLs (payload 2.0,
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>) and REST APIs
//! (payload 1.0), which differ in where method and path are and in the shape of the answer.

use crate::relay::intake::{Answer, Request};
use crate::source::Headers;
use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayV2httpResponse};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The event.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Event {
    version: Option<String>,
    raw_path: Option<String>,
    path: Option<String>,
    http_method: Option<String>,
    #[serde(deserialize_with = "pairs")]
    headers: Vec<(String, String)>,
    request_context: Context,
    body: Option<String>,
    is_base64_encoded: bool,
    /// What only EventBridge's events have, from here on: see [`Event::handed`].
    pub(super) id: Option<String>,
    #[serde(rename = "detail-type")]
    pub(super) detail_type: Option<String>,
    pub(super) source: Option<String>,
    pub(super) account: Option<String>,
    pub(super) time: Option<String>,
    pub(super) region: Option<String>,
    pub(super) resources: Option<Box<RawValue>>,
    pub(super) detail: Option<Box<RawValue>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Context {
    http: Option<Http>,
    /// Milliseconds, payload 2.0.
    time_epoch: Option<i64>,
    /// Milliseconds, payload 1.0.
    request_time_epoch: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Http {
    method: Option<String>,
}

/// The answer in the shape that the event's gateway takes.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Response {
    /// HTTP APIs and function URLs.
    Two(ApiGatewayV2httpResponse),
    /// REST APIs, which refuse fields they do not know.
    One(ApiGatewayProxyResponse),
    /// EventBridge, which nobody waits at.
    None,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotARequest {
    /// A test event of another kind, or an invocation by hand.
    #[error(
        "the event is neither an HTTP request of API Gateway or a function URL, as it has no method or no path, nor EventBridge's"
    )]
    NoMethodOrPath,
    /// Never sent by a gateway.
    #[error("the event says that its body is base64, and it is not")]
    NotBase64,
}

impl Event {
    fn is_version_two(&self) -> bool {
        self.version.as_deref() == Some("2.0")
    }

    pub fn request(&self) -> Result<Request<'_>, NotARequest> {
        let (method, path) = if self.is_version_two() {
            let http = self.request_context.http.as_ref();
            (http.and_then(|http| http.method.as_ref()), self.raw_path.as_ref())
        } else {
            (self.http_method.as_ref(), self.path.as_ref())
        };
        let (Some(method), Some(path)) = (method, path) else {
            return Err(NotARequest::NoMethodOrPath);
        };
        let body = self.body.as_deref().unwrap_or_default();
        let body = if self.is_base64_encoded {
            Cow::Owned(BASE64_STANDARD.decode(body).map_err(|_| NotARequest::NotBase64)?)
        } else {
            Cow::Borrowed(body.as_bytes())
        };
        let headers = self.headers.iter().map(|(name, value)| (Cow::from(name), Cow::from(value))).collect();
        let epoch = self.request_context.time_epoch.or(self.request_context.request_time_epoch);
        Ok(Request {
            method: method.into(),
            path: path.into(),
            headers: Headers(headers),
            body,
            received_at: epoch.and_then(DateTime::<Utc>::from_timestamp_millis),
        })
    }

    /// The answer for the gateway that sent this.
    pub fn response(&self, answer: &Answer) -> Response {
        let headers = answer.headers();
        let status_code = i64::from(answer.status);
        let body = Some(answer.text.to_string().into());
        // Neither type can be written out: they may get more fields.
        if self.is_version_two() {
            let mut response = ApiGatewayV2httpResponse::default();
            response.status_code = status_code;
            response.headers = headers;
            response.body = body;
            return Response::Two(response);
        }
        let mut response = ApiGatewayProxyResponse::default();
        response.status_code = status_code;
        response.headers = headers;
        response.body = body;
        Response::One(response)
    }
}

/// The headers as a list, without those that are null.
fn pairs<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, String)>, D::Error> {
    struct Pairs;
    impl<'de> Visitor<'de> for Pairs {
        type Value = Vec<(String, String)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("headers")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut pairs = Vec::with_capacity(map.size_hint().unwrap_or(16));
            while let Some((name, value)) = map.next_entry::<String, Option<String>>()? {
                pairs.extend(value.map(|value| (name, value)));
            }
            Ok(pairs)
        }
    }
    deserializer.deserialize_any(Pairs)
}
