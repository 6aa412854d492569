//! PagerDuty's REST API, as far as somebody who presses something, and the end of a shift, need it: users, incidents and the
//! notes on them. What changes an incident is in a file of its own.

use crate::account::{Shown, TOBAN};
use crate::changes::{self, Change};
use crate::chats::{json_reply, reply};
use crate::presses::Pressing;
use crate::process;
use crate::watching;
use crate::weather::{
    PAGERDUTY_BREAKS, PAGERDUTY_FAILS, PAGERDUTY_FORBIDS, PAGERDUTY_HANGS, PAGERDUTY_NO_CONNECTION,
    PAGERDUTY_NOTES_AND_FAILS, PAGERDUTY_THROTTLES, Service,
};
use crate::world::World;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use reqwest::header::HeaderMap;
use reqwest::{Method, Request};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use toban::domain::incident::State;
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
    User,
    Triggered,
    Incident(String),
    Notes(String),
    Note(String, String),
    Change(String, Change),
}

impl Asked {
    fn of(request: &Request) -> Self {
        let headers = request.headers();
        assert_eq!(header(headers, "authorization"), format!("Token token={KEY}"));
        let body = request.body().and_then(|body| body.as_bytes()).unwrap_or_default();
        let json = || serde_json::from_slice::<Value>(body).expect("PagerDuty is sent JSON");
        if request.method() != Method::GET {
            assert_eq!(header(headers, "from"), ACT_AS);
        }
        let query: Vec<(String, String)> = request.url().query_pairs().into_owned().collect();
        let is_asked = |name: &str, value: &str| query.iter().any(|(one, other)| (&**one, &**other) == (name, value));
        let path: Vec<_> = request.url().path().split('/').skip(1).collect();
        match (request.method(), &path[..]) {
            (&Method::GET, ["users"]) if is_asked("query", ACT_AS) => Self::User,
            (&Method::GET, ["incidents"])
                if is_asked("statuses[]", "triggered")
                    && is_asked("service_ids[]", SERVICE)
                    && is_asked("date_range", "all") =>
            {
                Self::Triggered
            }
            (&Method::GET, ["incidents", id]) => Self::Incident((*id).to_owned()),
            (&Method::GET, ["incidents", id, "notes"]) => Self::Notes((*id).to_owned()),
            (&Method::POST, ["incidents", id, "notes"]) => {
                let body = json();
                let content = body["note"]["content"].as_str().filter(|content| !content.is_empty());
                Self::Note((*id).to_owned(), content.expect("a note says something").to_owned())
            }
            (&Method::PUT, ["incidents", id]) => Self::Change((*id).to_owned(), Change::of(&json())),
            other => panic!("nobody may ask {other:?}"),
        }
    }

    fn answer(&self, world: &World, pressing: &Pressing, process: &str) -> Reply {
        match self {
            Self::User => {
                let user = |id: &str, email: &str| json!({"id": id, "name": id, "email": email, "role": "user"});
                let users = [user("POTHER1", "another-toban@example.com"), user(TOBAN, ACT_AS)];
                json_reply(&json!({"users": users, "more": false}))
            }
            Self::Triggered => {
                let ids = world.story.incidents.iter().filter_map(|incident| incident.events.first());
                let shown = ids.filter_map(|event| {
                    let id = event.incident();
                    let shown = pressing.account.now(world, id)?;
                    let is_listed = shown.state == State::Triggered && !is_of_another_service(id);
                    is_listed.then(|| (id.to_owned(), shown))
                });
                let shown: BTreeMap<_, _> = shown.collect();
                let all: Vec<_> = shown.iter().map(|(id, shown)| incident(id, shown, world.now())).collect();
                world.note(format_args!("  {process} is told of {:?}", shown.keys().collect::<Vec<_>>()));
                pressing.shifts.sent(process, shown);
                json_reply(&json!({"incidents": all, "more": false}))
            }
            Self::Incident(id) => {
                let shown = pressing.account.now(world, id);
                pressing.looked(process, id, world.elapsed());
                // Others do something, too.
                if !world.is_calm() && pressing.chance(|rng| rng.u32(..25)) == 0 {
                    pressing.account.changed_by_others(world, id);
                }
                match shown {
                    Some(shown) => json_reply(&json!({"incident": incident(id, &shown, world.now())})),
                    None => reply(404, br#"{"error":{"message":"Not Found","code":2100}}"#.to_vec()),
                }
            }
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
            Self::Change(id, change) => match changes::change(world, pressing, id, change, process) {
                Ok(shown) => json_reply(&json!({"incident": incident(id, &shown, world.now())})),
                Err((code, message)) => {
                    let status = if code == 2100 { 404 } else { 400 };
                    reply(status, json!({"error": {"message": message, "code": code}}).to_string().into_bytes())
                }
            },
        }
    }
}

/// An incident as it is told at a time.
fn incident(id: &str, shown: &Shown, now: DateTime<Utc>) -> Value {
    let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let escalates = json!([{"type": "escalate", "at": time(now + TimeDelta::minutes(20))}]);
    let escalates =
        if shown.state == State::Triggered && !shown.is_direct && !shown.is_low { escalates } else { json!([]) };
    let user = |id: &str| json!({"id": id, "type": "user_reference", "summary": format!("利用者 {id}")});
    let by_itself = json!({"id": SERVICE, "type": "service_reference"});
    json!({
        "id": id,
        "status": match shown.state {
            State::Triggered => "triggered",
            State::Acknowledged => "acknowledged",
            State::Resolved => "resolved",
        },
        "urgency": if shown.is_low { "low" } else { "high" },
        "service": {"id": if is_of_another_service(id) { "POTHER" } else { SERVICE }, "type": "service_reference"},
        "assignments": shown.assignees.iter().map(|id| json!({"assignee": user(id)})).collect::<Vec<_>>(),
        "assigned_via": if shown.is_direct { "direct_assignment" } else { "escalation_policy" },
        "escalation_policy": {"id": shown.policy, "type": "escalation_policy_reference"},
        "last_status_change_at": time(shown.since),
        "last_status_change_by": shown.by.map_or(by_itself, user),
        "pending_actions": escalates,
    })
}

pub async fn asked(world: &Arc<World>, request: &Request) -> Result<Reply, Broken> {
    if world.watch.is_some() {
        return watching::asked(world, request).await;
    }
    let asked = Arc::new(Asked::of(request));
    let (acted, process) = (asked.clone(), process::current());
    let what = format!("{asked:?}");
    let pressing = world.pressing.as_ref().expect("people press here");
    let of_process = process.clone();
    let answer = move |world: &World, fault: Option<&'static str>| {
        let pressing = world.pressing.as_ref().expect("people press here");
        let reply = acted.answer(world, pressing, &of_process);
        if let (Asked::Note(id, content), Some(PAGERDUTY_HANGS)) = (&*acted, fault) {
            pressing.seen().late_notes.insert((id.clone(), content.clone()));
        }
        reply
    };
    match world.call(Service::PagerDuty, &what, answer).await {
        Ok(reply) => {
            pressing.shifts.received(&process);
            Ok(reply)
        }
        Err(fault) => failed(world, fault),
    }
}

/// How PagerDuty says that it has failed.
pub fn failed(world: &World, fault: &'static str) -> Result<Reply, Broken> {
    match fault {
        PAGERDUTY_THROTTLES => {
            let mut throttled = reply(429, b"{}".to_vec());
            let seconds = world.chance(|rng| rng.u64(0..6));
            throttled.headers.insert("ratelimit-reset", seconds.into());
            Ok(throttled)
        }
        PAGERDUTY_FAILS | PAGERDUTY_NOTES_AND_FAILS => Ok(reply(500, b"{}".to_vec())),
        PAGERDUTY_FORBIDS => Ok(reply(403, br#"{"error":{"message":"Forbidden","code":2010}}"#.to_vec())),
        PAGERDUTY_NO_CONNECTION => Err(Broken::NotSent("Connection refused".into())),
        PAGERDUTY_BREAKS => Err(Broken::Lost("connection reset by peer".into())),
        other => unreachable!("{other} has no answer"),
    }
}
