//! PagerDuty: incidents and what happens to them, as the bodies of its webhooks.

use crate::sheet::{PEOPLE, pagerduty_id};
use crate::world::{World, one_of};
use chrono::{DateTime, FixedOffset, SecondsFormat, TimeDelta, Utc};
use fastrand::Rng;
use ring::hmac;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::time::Duration;
use toban::domain::incident::EventKey;
use toban::net::digest::sha256;

/// A build of Jenkins that names the incident by its tag; it comes by its own route.
pub const JOB: &str = "job";
pub const TOKEN: &str = "a token of the simulation";
pub const SECRET: &str = "a secret of the simulation";
/// The user to whom incidents are assigned that nobody has.
pub const NOBODY: &str = "PDUMMY1";

/// An acknowledgement that timed out, which nobody does.
const TIMED_OUT: &str = "unacknowledged";

/// All incidents of a world.
#[derive(Debug)]
pub struct Story {
    pub incidents: Vec<Incident>,
    /// Through so many subscriptions each event is sent.
    pub subscriptions: usize,
    seen: Mutex<Seen>,
}

#[derive(Debug)]
pub struct Incident {
    pub events: Vec<Event>,
}

#[derive(Debug)]
pub struct Event {
    /// `Q17/3`: the third event of the incident Q17. It is also in the event's link, and in the name of whoever did it.
    pub key: String,
    /// What toban recognises it by; `None` for what cannot be read.
    pub known_as: Option<String>,
    pub kind: &'static str,
    pub occurred_at: DateTime<Utc>,
    /// When PagerDuty first sends it.
    pub sent_at: Duration,
    /// The ids of those who are asked to take it.
    pub assignees: Vec<String>,
    pub body: Vec<u8>,
}

/// What was seen of the events, by their keys.
#[derive(Debug, Default)]
struct Seen {
    /// Those for which a 2xx was answered.
    accepted: BTreeMap<String, Duration>,
    /// How many sequences of sending have not ended.
    unfinished: usize,
    /// Events for which a 4xx was answered.
    refused: Vec<String>,
}

/// What a status of an incident is followed by, and how often.
const LATER: [&str; 17] = [
    "acknowledged",
    "acknowledged",
    TIMED_OUT,
    "reassigned",
    "escalated",
    "delegated",
    "annotated",
    "annotated",
    "priority_updated",
    "status_update_published",
    "responder.added",
    A_QUIET_ONE,
    "resolved",
    "resolved",
    "reopened",
    "unreadable",
    JOB,
];

/// Any of the following.
const A_QUIET_ONE: &str = "a quiet one";

/// Types that call nobody and change no state, one of which toban does not know.
const QUIET: [&str; 15] = [
    "title_updated",
    "service_updated",
    "incident_type.changed",
    "responder.replied",
    "conference_bridge.updated",
    "custom_field_values.updated",
    "role.assigned",
    "task.created",
    "task.updated",
    "task.completed",
    "workflow.started",
    "workflow.completed",
    "action_invocation.created",
    "action_invocation.updated",
    "action_invocation.terminated",
];

impl Story {
    pub fn by_chance(rng: &mut Rng, epoch: DateTime<Utc>, lasts: Duration) -> Self {
        let is_storm = rng.u32(..5) == 0;
        let storm = rng.u64(..lasts.as_secs());
        let incidents = (1..=rng.u64(9..16)).map(|number| {
            let begins = if is_storm && rng.u32(..4) > 0 {
                Duration::from_millis(storm * 1_000 + rng.u64(..20_000))
            } else {
                Duration::from_millis(rng.u64(..u64::try_from(lasts.as_millis()).expect("a short time") + 420_000))
            };
            Incident::by_chance(rng, epoch, number, begins)
        });
        let incidents = incidents.collect();
        Self { incidents, subscriptions: if rng.u32(..3) == 0 { 2 } else { 1 }, seen: Mutex::default() }
    }

    /// These incidents, through one subscription.
    pub fn of(incidents: Vec<Incident>) -> Self {
        Self { incidents, subscriptions: 1, seen: Mutex::default() }
    }

    pub fn event(&self, key: &str) -> Option<&Event> {
        let number: usize = key.strip_prefix('Q')?.split_once('/')?.0.parse().ok()?;
        self.incidents.get(number.checked_sub(1)?)?.events.iter().find(|event| event.key == key)
    }

    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.incidents.iter().flat_map(|incident| &incident.events)
    }

    /// The acknowledgement of an incident that timed out at this time of day, or a minute later by a clock that is slow. There is
    /// one in two minutes at most.
    pub fn timed_out(&self, incident: &str, time: &str) -> Option<String> {
        let tokyo = FixedOffset::east_opt(9 * 3_600).expect("nine hours");
        let is_then = |event: &&Event| {
            let at = event.occurred_at.with_timezone(&tokyo);
            [at, at - TimeDelta::minutes(1)].iter().any(|at| at.format("%H:%M").to_string() == time)
        };
        let mut of_it = self.events().filter(|event| event.incident() == incident && event.kind == TIMED_OUT);
        of_it.find(is_then).map(|event| event.key.clone())
    }

    /// The key of the event that toban knows by that one. What cannot be read is known by what it says.
    pub fn key_of(&self, key: &EventKey) -> String {
        if self.event(&key.0).is_some() {
            return key.0.clone();
        }
        let is_it = |event: &&Event| match key.0.strip_prefix("delivery:") {
            Some(digest) => sha256(&event.body) == digest,
            None => event.known_as.as_ref() == Some(&key.0),
        };
        self.events().find(is_it).map_or_else(|| key.0.clone(), |event| event.key.clone())
    }

    /// When the last event happens.
    pub fn ends(&self) -> Duration {
        self.events().map(|event| event.sent_at).max().unwrap_or_default()
    }

    /// When an event was first answered with a 2xx.
    pub fn accepted(&self, key: &str) -> Option<Duration> {
        self.seen.lock().expect("no panic before").accepted.get(key).copied()
    }

    pub fn refused(&self) -> Vec<String> {
        self.seen.lock().expect("no panic before").refused.clone()
    }

    pub fn begin_sending(&self) {
        self.seen.lock().expect("no panic before").unfinished += 1;
    }

    pub fn end_sending(&self) {
        self.seen.lock().expect("no panic before").unfinished -= 1;
    }

    pub fn is_sent(&self) -> bool {
        self.seen.lock().expect("no panic before").unfinished == 0
    }

    pub fn answered(&self, world: &World, event: &Event, status: u16) {
        let mut seen = self.seen.lock().expect("no panic before");
        match status {
            200..300 => {
                seen.accepted.entry(event.key.clone()).or_insert(world.elapsed());
            }
            400..500 => seen.refused.push(event.key.clone()),
            _ => {}
        }
    }
}

impl Incident {
    /// An incident with events of these kinds, one after the other.
    pub fn of(
        rng: &mut Rng,
        epoch: DateTime<Utc>,
        number: u64,
        kinds: &[&'static str],
        begins: Duration,
        pause: Duration,
    ) -> Self {
        let id = format!("Q{number}");
        let at = |nth: u32| begins + pause * (nth - 1);
        let occurred_at = |nth| epoch + TimeDelta::from_std(at(nth)).expect("a short time");
        let numbered = (1..).zip(kinds.iter().copied());
        let event = |(nth, kind)| Event::new(rng, &id, number, nth, kind, occurred_at(nth), at(nth));
        Self { events: numbered.map(event).collect() }
    }

    fn by_chance(rng: &mut Rng, epoch: DateTime<Utc>, number: u64, begins: Duration) -> Self {
        let id = format!("Q{number}");
        let mut kinds = vec![if rng.u32(..30) == 0 { "service.updated" } else { "triggered" }];
        if kinds[0] == "triggered" {
            kinds.extend((0..rng.usize(0..9)).map(|_| one_of(rng, LATER)));
            // An incident of which the receiver does not hear from the beginning.
            if rng.u32(..25) == 0 && kinds.len() > 1 {
                kinds.remove(0);
            }
        }
        let mut at = begins;
        let mut sent_at = begins;
        let mut events = Vec::new();
        for (nth, kind) in (1..).zip(kinds) {
            let late = if rng.u32(..60) == 0 { rng.u64(60..2_400) } else { 0 };
            let minute = |at: Duration| (epoch + TimeDelta::from_std(at).expect("a short time")).timestamp() / 60;
            let is_then =
                |event: &Event| event.kind == TIMED_OUT && event.occurred_at.timestamp() / 60 + 1 >= minute(at);
            if kind == TIMED_OUT && events.iter().any(is_then) {
                at += Duration::from_secs(120);
            }
            sent_at = sent_at.max(at + Duration::from_secs(late) + Duration::from_millis(rng.u64(100..1_500)));
            let occurred_at = epoch + TimeDelta::from_std(at).expect("a short time");
            events.push(Event::new(rng, &id, number, nth, kind, occurred_at, sent_at));
            let most = one_of(rng, [2_000, 60_000, 400_000]);
            at += Duration::from_millis(rng.u64(0..most));
        }
        Self { events }
    }
}

impl Event {
    fn new(
        rng: &mut Rng,
        id: &str,
        number: u64,
        nth: u32,
        kind: &'static str,
        occurred_at: DateTime<Utc>,
        sent_at: Duration,
    ) -> Self {
        let key = format!("{id}/{nth}");
        let link = format!("https://acme.pagerduty.com/incidents/{key}");
        let assignees: Vec<_> = match (kind, rng.u32(..5)) {
            ("resolved", _) => Vec::new(),
            (_, 0) => vec!["PSTRANG".to_owned()],
            (_, 1 | 2) => vec![pagerduty_id(rng.u32(..PEOPLE))],
            _ => vec![NOBODY.to_owned()],
        };
        let user = |id: &String| json!({"id": id, "type": "user_reference", "summary": format!("利用者 {id}")});
        let title = format!("件名 {number} <!here> @person1 *太字*");
        let reference = json!({"id": id, "type": "incident_reference", "summary": title, "html_url": link});
        let status = match kind {
            "acknowledged" => "acknowledged",
            "resolved" => "resolved",
            _ => "triggered",
        };
        let quiet = QUIET[(usize::try_from(number).expect("a small number") + nth as usize) % QUIET.len()];
        let data = match kind {
            A_QUIET_ONE if !["title_updated", "service_updated", "incident_type.changed"].contains(&quiet) => json!({
                "type": "incident_thing", "id": key, "name": "見る", "summary": "見る", "state": "accepted",
                "user": user(&pagerduty_id(1)), "incident": reference,
            }),
            "unreadable" | JOB => json!([]),
            "service.updated" => json!({"type": "service", "id": "PSVC", "summary": "決済", "html_url": link}),
            "annotated" => {
                json!({"type": "incident_note", "id": key, "content": "見ています @channel", "incident": reference})
            }
            "status_update_published" => {
                json!({"type": "incident_status_update", "id": key, "message": "復旧中", "incident": reference})
            }
            "responder.added" => json!({
                "type": "incident_responder", "user": user(&pagerduty_id(0)), "state": "pending",
                "message": "手伝って", "incident": reference,
            }),
            _ => json!({
                "type": "incident", "id": id, "number": 1_000 + number, "title": title, "status": status,
                "html_url": link, "urgency": "high", "assignees": assignees.iter().map(user).collect::<Vec<_>>(),
                "service": {"id": "PSVC", "summary": "決済"}, "priority": {"id": "P1", "summary": "P1"},
                "escalation_policy": {"id": "PEP", "summary": "夜間"},
            }),
        };
        let event_type = match kind {
            "service.updated" => kind.to_owned(),
            "unreadable" => "incident.triggered".to_owned(),
            A_QUIET_ONE => format!("incident.{quiet}"),
            kind => format!("incident.{kind}"),
        };
        // Somebody whose name tells the event, where several are in one message.
        let agent = json!({"id": "PAGENT1", "type": "user_reference", "summary": format!("利用者 {key}")});
        let agent = if kind == "triggered" { Value::Null } else { agent };
        let body = json!({"event": {
            "id": key, "event_type": event_type, "resource_type": "incident", "agent": agent,
            "occurred_at": occurred_at.to_rfc3339_opts(SecondsFormat::Millis, true), "data": data,
        }});
        let (body, known_as) = match kind {
            JOB => {
                let url = format!("https://ci.example.com/job/{key}/");
                let parameters = json!({"INCIDENT": format!("#PD{}", 1_000 + number)});
                let build = json!({"full_url": url, "number": 1, "phase": "STARTED", "parameters": parameters});
                let known_as = format!("jenkins:{}:start", &sha256(format!("{url}\n\nrestart\n1\n").as_bytes())[..32]);
                (json!({"name": "restart", "build": build}), Some(known_as))
            }
            "unreadable" => (body, None),
            _ => (body, Some(key.clone())),
        };
        Self { key, known_as, kind, occurred_at, sent_at, assignees, body: body.to_string().into_bytes() }
    }

    /// The id of its incident.
    pub fn incident(&self) -> &str {
        self.key.split_once('/').map_or("", |(id, _)| id)
    }

    /// Where it is sent.
    pub fn path(&self) -> &'static str {
        if self.kind == JOB { "/jenkins" } else { "/pagerduty" }
    }

    /// The headers that come with it through a subscription.
    pub fn headers(&self, subscription: usize) -> Vec<(String, String)> {
        if self.kind == JOB {
            return vec![("x-toban-token".into(), TOKEN.into())];
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
        let mut signature = "v1=".to_owned();
        for byte in hmac::sign(&key, &self.body).as_ref() {
            write!(signature, "{byte:02x}").expect("a string takes everything");
        }
        vec![
            ("x-pagerduty-signature".into(), signature),
            ("x-webhook-id".into(), format!("{}-{subscription}", self.key)),
        ]
    }
}
