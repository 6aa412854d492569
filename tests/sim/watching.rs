//! PagerDuty as the watchdog sees it, in worlds in which some of its webhooks are lost.

use crate::actions::{HOST, SERVICE, failed};
use crate::chats::json_reply;
use crate::events::{Event, TIMED_OUT};
use crate::pagerduty::{Incident, JOB, Story};
use crate::team::Builder;
use crate::ticking::tick_all;
use crate::weather::Service;
use crate::world::World;
use chrono::{DateTime, SecondsFormat, Utc};
use fastrand::Rng;
use reqwest::{Method, Request};
use serde_json::{Value, json};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use toban::domain::incident::State;
use toban::net::http::{Broken, Reply};

pub const KEY: &str = "a read-only key of the simulation";
/// The subscription that PagerDuty has turned off.
pub const SUBSCRIPTION: &str = "PSUBOFF";
/// So long after the last webhook there are rounds: outside of working hours there is one an hour.
const ROUNDS: Duration = Duration::from_secs((15 + 75) * 60);

/// What only worlds with a watchdog have.
#[derive(Debug, Default)]
pub struct Watch {
    /// PagerDuty has turned the subscription off.
    pub is_off: bool,
    is_over: AtomicBool,
}

impl Watch {
    pub fn by_chance(rng: &mut Rng) -> Self {
        Self { is_off: rng.u32(..3) == 0, ..Self::default() }
    }

    pub fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }
}

/// An incident at a time: its state, and the event by which it came into it.
#[derive(Debug)]
pub struct Standing<'a> {
    pub state: State,
    pub by: &'a Event,
}

/// What an event makes of an incident.
pub fn state(kind: &str) -> Option<State> {
    Some(match kind {
        "acknowledged" => State::Acknowledged,
        "resolved" => State::Resolved,
        "triggered" | "reopened" | TIMED_OUT | "reassigned" | "escalated" | "delegated" => State::Triggered,
        _ => return None,
    })
}

impl Story {
    /// Of some events there is no webhook, and some come half an hour late.
    pub fn lose_some(&mut self, rng: &mut Rng) {
        for incident in self.incidents.iter_mut().filter(|incident| incident.is_watched()) {
            let mut late = Duration::ZERO;
            for event in &mut incident.events {
                if event.kind != JOB && rng.u32(..4) == 0 {
                    self.lost.insert(event.key.clone());
                }
                if rng.u32(..10) == 0 {
                    late = late.max(Duration::from_secs(rng.u64(900..2_400)));
                }
                event.sent_at += late;
            }
        }
    }

    /// Those of which no webhook comes.
    pub fn lost(&self) -> impl Iterator<Item = &Event> {
        let all = self.incidents.iter().flat_map(|incident| &incident.events);
        all.filter(|event| self.is_lost(&event.key))
    }

    pub fn is_lost(&self, key: &str) -> bool {
        self.lost.contains(key)
    }

    /// What the watchdog has found: `Q17:resolved:1795573920`.
    pub fn found(&self, found: &str) -> Option<&Event> {
        let [id, _, second] = found.split(':').collect::<Vec<_>>()[..] else { return None };
        let mut events = self.incident(id)?.events.iter();
        events.find(|event| event.occurred_at.timestamp().to_string() == second && state(event.kind).is_some())
    }
}

impl Incident {
    /// Whether it is of the service that is watched: of the others nobody heard the beginning.
    pub fn is_watched(&self) -> bool {
        self.events.first().is_some_and(|event| event.kind == "triggered")
    }

    /// How it stands; `None` before it has begun.
    pub fn standing(&self, now: DateTime<Utc>) -> Option<Standing<'_>> {
        let mut standing: Option<Standing<'_>> = None;
        for event in self.events.iter().take_while(|event| event.occurred_at <= now) {
            let Some(state) = state(event.kind) else { continue };
            if standing.as_ref().is_none_or(|standing| standing.state != state) {
                standing = Some(Standing { state, by: event });
            }
        }
        standing
    }
}

/// Rounds of the watchdog, until no webhook is on its way any more and everything that was lost must have been found.
pub async fn watch_all(world: Arc<World>, builder: Rc<Builder>) {
    let ends = world.weather.lasts.max(world.story.ends()) + ROUNDS;
    tick_all(world.clone(), builder, ends).await;
    world.watch.iter().for_each(|watch| watch.is_over.store(true, Ordering::Relaxed));
}

/// What PagerDuty answers.
pub async fn asked(world: &Arc<World>, request: &Request) -> Result<Reply, Broken> {
    assert_eq!(request.url().host_str(), Some(HOST));
    assert_eq!(request.method(), Method::GET, "the watchdog changes nothing");
    let authorization = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    assert_eq!(authorization, Some(&*format!("Token token={KEY}")));
    let path = request.url().path().to_owned();
    let answer = {
        let path = path.clone();
        move |world: &World, _: Option<&'static str>| json_reply(&answer(world, &path))
    };
    match world.call(Service::PagerDuty, &path, answer).await {
        Ok(reply) => Ok(reply),
        Err(fault) => failed(world, fault),
    }
}

fn answer(world: &World, path: &str) -> Value {
    let watch = world.watch.as_ref().expect("somebody watches");
    match path {
        "/incidents" => {
            let now = world.now();
            let all = world.story.incidents.iter().filter(|incident| incident.is_watched());
            let all: Vec<_> = all.filter_map(|incident| listed(incident, now)).collect();
            world.note(format_args!("  {} incidents are listed", all.len()));
            json!({"incidents": all, "more": false})
        }
        "/webhook_subscriptions" => json!({"more": false, "webhook_subscriptions": [{
            "id": SUBSCRIPTION, "type": "webhook_subscription", "active": true, "description": "toban",
            "delivery_method": {"type": "http_delivery_method", "url": "https://toban.example.com/pagerduty",
                                "temporarily_disabled": watch.is_off},
            "events": ["incident.triggered"], "filter": {"type": "service_reference", "id": SERVICE},
        }]}),
        "/extensions" => json!({"extensions": [], "more": false}),
        other => panic!("nobody may ask for {other}"),
    }
}

fn listed(incident: &Incident, now: DateTime<Utc>) -> Option<Value> {
    let Standing { state, by } = incident.standing(now)?;
    let first = &incident.events[0];
    let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let user = |id: &str, name: String| json!({"id": id, "type": "user_reference", "summary": name});
    let assignee = |id: &String| json!({"assignee": user(id, format!("利用者 {id}"))});
    let number = first.incident().trim_start_matches('Q').parse::<u64>().expect("a number");
    Some(json!({
        "id": first.incident(),
        "incident_number": 1_000 + number,
        "title": format!("件名 {number} <!here> @person1 *太字*"),
        "status": match state {
            State::Triggered => "triggered",
            State::Acknowledged => "acknowledged",
            State::Resolved => "resolved",
        },
        "urgency": "high",
        "html_url": format!("https://acme.pagerduty.com/incidents/{}", by.key),
        "created_at": time(first.occurred_at),
        "last_status_change_at": time(by.occurred_at),
        "last_status_change_by": match by.by {
            Some(id) => user(id, format!("利用者 {}", by.key)),
            None => json!({"id": SERVICE, "type": "service_reference"}),
        },
        "service": {"id": SERVICE, "type": "service_reference", "summary": "決済"},
        "assignments": by.assignees.iter().map(assignee).collect::<Vec<_>>(),
    }))
}
