//! What Typetalk answers. Errors of 400 and 401 are in `WWW-Authenticate` only, with an empty body.

use serde_json::{Value, json};

use super::{Post, Typetalk};
use crate::kit::faults::Manner;
use crate::kit::http::Response;

pub const API: Manner = Manner {
    refused: |code| {
        let status = match code {
            "invalid_token" => 401,
            "insufficient_scope" => 403,
            _ => 400,
        };
        challenge(status, code, "scripted by the test")
    },
    // What a 429 looks like is not documented.
    rate_limited: ("text/plain", ""),
};

/// The answer to a call that is wrong in itself, without a scripted fault.
pub fn refused(status: u16) -> Response {
    match status {
        400 => challenge(400, "invalid_request", "The request is invalid"),
        401 => challenge(401, "invalid_token", "The access token was not found"),
        403 => challenge(403, "insufficient_scope", "The request requires higher privileges"),
        _ => Response::empty(status),
    }
}

fn challenge(status: u16, code: &str, description: &str) -> Response {
    let value = format!("Bearer error=\"{code}\", error_description=\"{description}\"");
    Response::empty(status).header("WWW-Authenticate", value)
}

pub fn posted(post: &Post) -> Response {
    // The fake has no clock, so no test can depend on the times.
    let now = "2026-11-24T02:02:00Z";
    let account = json!({
        "id": 2500,
        "name": "toban+",
        "fullName": "toban",
        "suggestion": "toban",
        "imageUrl": "https://typetalk.com/accounts/2500/profile_image.png?t=1454061730873",
        "isBot": true,
        "createdAt": "2026-01-27T09:55:35Z",
        "updatedAt": "2026-01-27T09:55:35Z",
    });
    let shown = json!({
        "id": post.id,
        "topicId": post.topic,
        "replyTo": post.reply_to,
        "message": post.message,
        "account": account,
        "mention": null,
        "attachments": [],
        "likes": [],
        "talks": [],
        "links": [],
        "createdAt": now,
        "updatedAt": now,
    });
    Response::json(
        200,
        &json!({
            "space": {
                "key": "test",
                "name": "Test Inc.",
                "enabled": true,
                "imageUrl": "https://apps.nulab.com/spaces/test/photo/large",
            },
            "topic": topic(post.topic, now),
            "post": shown,
            "mentions": [],
            "exceedsAttachmentLimit": false,
            "directMessage": null,
        }),
    )
}

/// A topic with no messages: <https://developer.nulab.com/docs/typetalk/api/1/get-messages>.
pub fn messages(id: u64, is_archived: bool) -> Response {
    let mut topic = topic(id, "2026-11-24T02:02:00Z");
    topic["isArchived"] = json!(is_archived);
    Response::json(
        200,
        &json!({
            "mySpace": null, "team": null, "topic": topic, "myTopic": null, "bookmark": null, "posts": [],
            "hasNext": false, "exceedsAttachmentLimit": false,
        }),
    )
}

fn topic(id: u64, now: &str) -> Value {
    let name = match id {
        Typetalk::REMINDER_TOPIC => "On-call",
        _ => "App Monitoring",
    };
    json!({
        "id": id,
        "name": name,
        "suggestion": name,
        "isDirectMessage": false,
        "lastPostedAt": now,
        "createdAt": "2026-01-27T09:55:35Z",
        "updatedAt": "2026-01-27T09:55:35Z",
        "description": "",
    })
}
