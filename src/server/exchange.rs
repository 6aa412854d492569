//! A request as it came over HTTP, and its answer.

use crate::relay::intake::{Answer, Request};
use crate::source::Headers;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};

/// API Gateway's limit, in bytes.
pub const LARGEST: usize = 10 * 1024 * 1024;

/// What matters of a request.
pub fn request<'a>(head: &'a Parts, body: &'a [u8]) -> Request<'a> {
    let headers =
        head.headers.iter().filter_map(|(name, value)| Some((name.as_str().into(), value.to_str().ok()?.into())));
    Request {
        method: head.method.as_str().into(),
        path: head.uri.path().into(),
        headers: Headers(headers.collect()),
        body: body.into(),
        received_at: None,
    }
}

pub fn response(answer: &Answer) -> Response<Body> {
    // Whoever tries it by hand has a line; Slack shows whatever is in an answer to a command.
    let text = if answer.text.is_empty() { String::new() } else { format!("{}\n", answer.text) };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = answer.headers();
    response
}

/// Why a body was not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Larger than [`LARGEST`].
    TooLarge,
    TooSlow,
    /// Its end did not come, or it is not HTTP.
    Broken,
}

impl Refused {
    pub fn response(self) -> Response<Body> {
        let (status, text) = match self {
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "the body is over 10 MiB\n"),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "the body did not come in time\n"),
            Self::Broken => (StatusCode::BAD_REQUEST, "the body is broken off\n"),
        };
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = status;
        response
    }
}
