//! The routes: the page's own, for the page alone, and the webhook's, for what is authentic and from no other web page.

use super::acts::{Act, Done};
use super::assets::{find, headers};
use super::declined::Declined;
use super::guard::Stranger;
use super::{News, Page, manual};
use crate::server::exchange::{LARGEST, Refused, request, response};
use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{DefaultBodyLimit, Request as HttpRequest, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::stream::unfold;
use serde_json::json;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// Limit for a control's action, which may contain a pasted body, in bytes.
const LARGEST_ACT: usize = 2 * 1024 * 1024;
/// The view is sent at least this often, so that the clock on the page advances.
const TICK: Duration = Duration::from_secs(20);

pub fn router(page: Arc<Page>) -> Router {
    Router::new()
        .route("/", get(asset))
        .route("/page/{file}", get(asset))
        .route("/page/news", get(news))
        .route("/page/act", post(act))
        .layer(DefaultBodyLimit::max(LARGEST_ACT))
        .fallback(webhook)
        .with_state(page)
}

async fn asset(State(page): State<Arc<Page>>, uri: Uri, headers_sent: HeaderMap) -> Response {
    if let Err(stranger) = page.guard.may_look(&headers_sent) {
        return refused(stranger);
    }
    if let Some((kind, text)) = find(uri.path(), page.guard.token()) {
        return (headers(kind), text).into_response();
    }
    match manual::page(uri.path(), page.language().await) {
        Some(manual) => (headers(HTML), manual).into_response(),
        None => (StatusCode::NOT_FOUND, headers(PLAIN), "there is no such file\n").into_response(),
    }
}

/// Server-sent events: the view now, and again after every change.
async fn news(State(page): State<Arc<Page>>, headers_sent: HeaderMap) -> Response {
    if let Err(stranger) = page.guard.may_listen(&headers_sent) {
        return refused(stranger);
    }
    let mut listener = page.news.subscribe();
    listener.mark_changed();
    let events = unfold((page, listener), |(page, mut listener)| async move {
        if wait(&mut listener).await.is_over {
            return None;
        }
        let event = Event::default().data(page.view().await.to_string());
        Some((Ok::<_, Infallible>(event), (page, listener)))
    });
    (headers("text/event-stream"), Sse::new(events)).into_response()
}

async fn wait(listener: &mut watch::Receiver<News>) -> News {
    // A timeout is no error: the view is sent again because the time has changed.
    timeout(TICK, listener.changed()).await.ok();
    *listener.borrow_and_update()
}

async fn act(State(page): State<Arc<Page>>, headers_sent: HeaderMap, body: Bytes) -> Response {
    if let Err(stranger) = page.guard.may_act(&headers_sent) {
        return refused(stranger);
    }
    let Ok(act) = serde_json::from_slice::<Act>(&body) else {
        let problem = Declined::NoSuchControl.words(page.language().await);
        return in_json(StatusCode::BAD_REQUEST, &json!({"problem": problem}));
    };
    match page.act(act).await {
        Ok(Done::Answered(answer, unreadable)) => {
            let unreadable = match unreadable {
                Some(unread) => Some(unread.words(page.language().await)),
                None => None,
            };
            in_json(StatusCode::OK, &json!({"status": answer.status, "answer": answer.text, "unreadable": unreadable}))
        }
        Ok(Done::Changed | Done::Plays) => in_json(StatusCode::OK, &json!({})),
        Err(problem) => in_json(StatusCode::CONFLICT, &json!({"problem": problem})),
    }
}

const HTML: &str = "text/html; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";

fn in_json(status: StatusCode, value: &serde_json::Value) -> Response {
    (status, headers("application/json"), value.to_string()).into_response()
}

fn refused(stranger: Stranger) -> Response {
    (StatusCode::FORBIDDEN, headers(PLAIN), format!("{stranger}\n")).into_response()
}

/// Any other path: answered as the Lambda function would.
async fn webhook(State(page): State<Arc<Page>>, incoming: HttpRequest) -> Response {
    let (head, body) = incoming.into_parts();
    if let Err(stranger) = page.guard.may_deliver(&head.headers) {
        return refused(stranger);
    }
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return Refused::TooLarge.response();
    };
    response(&page.receive(&request(&head, &body)).await)
}
