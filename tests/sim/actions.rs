//! PagerDuty's REST API, as far as somebody who presses something needs it: one incident, and the notes on it.

use crate::chats::{json_reply, reply};
use crate::pagerduty::{NOBODY, Story};
use crate::weather::{
    PAGERDUTY_BREAKS, PAGERDUTY_FAILS, PAGERDUTY_FORBIDS, PAGERDUTY_NO_CONNECTION, PAGERDUTY_NOTES_AND_FAILS,
    PAGERDUTY_THROTTLES, Service,
};
use crate::world::World;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use reqwest::header::HeaderMap;
use reqwest::{Method, Request};
use serde_json::{Value, json};
use std::sync::Arc;
use toban::net::http::{Broken, Reply};

pub const HOST: &str = "api.pagerduty.com";
pub const KEY: &str = "an action key of the simulation";
pub const ACT_AS: &str = "toban@example.com";
/// The service on whose incidents the key may act.
pub const SERVICE: &str = "PSVC";

/// Whether an incident is of another service, on which nothing may be done.
pub fn is_of_another_service(incident: &str) -> bool {
    incident.strip_prefix('Q').and_then(|number| number.parse::<u64>().ok()).is_some_and(|number| number % 5 == 0)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// What a request of ours asks for.
#[derive(Debug)]
enum Asked {
    Incident(String),
    Notes(String),
    Note(String, String),
}

impl Asked {
    fn of(request: &Request) -> Self {
        let headers = request.headers();
        assert_eq!(header(headers, "authorization"), format!("Token token={KEY}"));
        let body = request.body().and_then(|body| body.as_bytes()).unwrap_or_default();
        let path: Vec<_> = request.url().path().split('/').skip(1).collect();
        match (request.method(), &path[..]) {
            (&Method::GET, ["incidents", id]) => Self::Incident((*id).to_owned()),
            (&Method::GET, ["incidents", id, "notes"]) => Self::Notes((*id).to_owned()),
            (&Method::POST, ["incidents", id, "notes"]) => {
                assert_eq!(header(headers, "from"), ACT_AS);
                let body: Value = serde_json::from_slice(body).expect("PagerDuty is sent JSON");
                let content = body["note"]["content"].as_str().filter(|content| !content.is_empty());
                Self::Note((*id).to_owned(), content.expect("a note says something").to_owned())
            }
            other => panic!("nobody may ask {other:?}"),
        }
    }

    fn answer(&self, world: &World) -> Reply {
        let pressing = world.pressing.as_ref().expect("people press here");
        match self {
            Self::Incident(id) => match incident(&world.story, id, world.now()) {
                Some(incident) => json_reply(&json!({ "incident": incident })),
                None => reply(404, br#"{"error":{"message":"Not Found","code":2100}}"#.to_vec()),
            },
            Self::Notes(id) => {
                let notes = pressing.notes_of(id);
                let notes: Vec<_> = notes.iter().map(|content| json!({"content": content})).collect();
                json_reply(&json!({ "notes": notes }))
            }
            Self::Note(id, content) => {
                world.count("note in PagerDuty");
                world.note(format_args!("  a note on {id}/: {content}"));
                pressing.note(world, id, content);
                let mut noted = json_reply(&json!({"note": {"content": content}}));
                noted.status = reqwest::StatusCode::CREATED;
                noted
            }
        }
    }
}

/// An incident as it is at a time.
fn incident(story: &Story, id: &str, now: DateTime<Utc>) -> Option<Value> {
    let of_it = story.incidents.iter().flat_map(|incident| &incident.events).filter(|event| event.incident() == id);
    let mut status = None;
    let mut assignee = NOBODY;
    for event in of_it.filter(|event| event.occurred_at <= now) {
        status = match event.kind {
            "acknowledged" => Some("acknowledged"),
            "resolved" => Some("resolved"),
            "triggered" | "reopened" | "unacknowledged" | "reassigned" | "escalated" | "delegated" => Some("triggered"),
            _ => status.or(Some("triggered")),
        };
        assignee = event.assignees.first().map_or(assignee, String::as_str);
    }
    let status = status?;
    let escalates = json!([{
        "type": "escalate",
        "at": (now + TimeDelta::minutes(20)).to_rfc3339_opts(SecondsFormat::Secs, true),
    }]);
    Some(json!({
        "id": id, "status": status, "urgency": "high",
        "service": {"id": if is_of_another_service(id) { "POTHER" } else { SERVICE }, "type": "service_reference"},
        "assignments": [{"assignee": {"id": assignee, "type": "user_reference", "summary": format!("利用者 {assignee}")}}],
        "pending_actions": if status == "triggered" { escalates } else { json!([]) },
    }))
}

pub async fn asked(world: &Arc<World>, request: &Request) -> Result<Reply, Broken> {
    let asked = Arc::new(Asked::of(request));
    let acted = asked.clone();
    let what = format!("{asked:?}");
    match world.call(Service::PagerDuty, &what, move |world, _| acted.answer(world)).await {
        Ok(reply) => Ok(reply),
        Err(PAGERDUTY_THROTTLES) => {
            let mut throttled = reply(429, b"{}".to_vec());
            let seconds = world.chance(|rng| rng.u64(0..6));
            throttled.headers.insert("ratelimit-reset", seconds.into());
            Ok(throttled)
        }
        Err(PAGERDUTY_FAILS | PAGERDUTY_NOTES_AND_FAILS) => Ok(reply(500, b"{}".to_vec())),
        Err(PAGERDUTY_FORBIDS) => Ok(reply(403, br#"{"error":{"message":"Forbidden","code":2010}}"#.to_vec())),
        Err(PAGERDUTY_NO_CONNECTION) => Err(Broken::NotSent("Connection refused".into())),
        Err(PAGERDUTY_BREAKS) => Err(Broken::Lost("connection reset by peer".into())),
        Err(other) => unreachable!("{other} has no answer"),
    }
}
