//! What happens to an incident, as the bodies of PagerDuty's webhooks.

use crate::pagerduty::{JOB, NOBODY, SECRET, TOKEN};
use crate::sheet::{PEOPLE, pagerduty_id};
use chrono::{DateTime, SecondsFormat, Utc};
use fastrand::Rng;
use ring::hmac;
use serde_json::json;
use std::fmt::Write as _;
use std::time::Duration;
use toban::net::digest::sha256;

/// An acknowledgement that timed out, which nobody does.
pub const TIMED_OUT: &str = "unacknowledged";

#[derive(Debug)]
pub struct Event {
    /// `Q17/3`: the third event of the incident Q17. It is also in the event's link, and in the name of whoever did it.
    pub key: String,
    /// What toban recognises it by; `None` for what cannot be read.
    pub known_as: Option<String>,
    pub kind: &'static str,
    /// The id of whoever did it, if that is known.
    pub by: Option<&'static str>,
    pub occurred_at: DateTime<Utc>,
    /// When PagerDuty first sends it.
    pub sent_at: Duration,
    /// The ids of those who are asked to take it.
    pub assignees: Vec<String>,
    pub body: Vec<u8>,
}

/// What a status of an incident is followed by, and how often.
pub const LATER: [&str; 17] = [
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

/// Something that is done to an incident.
#[derive(Debug, Clone)]
pub struct Done {
    pub kind: &'static str,
    /// The id of whoever does it, in whose name is the event's key; `None` if it comes by itself.
    pub by: Option<&'static str>,
    pub assignees: Vec<String>,
    /// It was acknowledged, and stays so.
    pub stays_acknowledged: bool,
}

impl Done {
    /// Somebody of the rota does it, and gives it to themselves as well.
    fn shared_with(mut self, person: u32) -> Self {
        let id = pagerduty_id(person);
        self.by = Some(id);
        if self.assignees.iter().all(|assignee| assignee != id) {
            self.assignees.push(id.to_owned());
        }
        self
    }
}

/// Somebody of PagerDuty's users.
pub const SOMEBODY: &str = "PAGENT1";

impl Event {
    pub fn new(
        rng: &mut Rng,
        number: u64,
        nth: u32,
        kind: &'static str,
        occurred_at: DateTime<Utc>,
        sent_at: Duration,
    ) -> Self {
        let assignees: Vec<_> = match (kind, rng.u32(..5)) {
            ("resolved", _) => Vec::new(),
            (_, 0) => vec!["PSTRANG".to_owned()],
            (_, 1 | 2) => vec![pagerduty_id(rng.u32(..PEOPLE)).to_owned()],
            _ => vec![NOBODY.to_owned()],
        };
        let by = (kind != "triggered").then_some(SOMEBODY);
        let mut done = Done { kind, by, assignees, stays_acknowledged: false };
        if ["escalated", "reassigned"].contains(&kind) && nth.is_multiple_of(3) {
            done = done.shared_with(u32::try_from(number).expect("a small number") % PEOPLE);
        }
        Self::of(done, number, nth, (occurred_at, sent_at))
    }

    /// The nth event of an incident.
    pub fn of(done: Done, number: u64, nth: u32, (occurred_at, sent_at): (DateTime<Utc>, Duration)) -> Self {
        let Done { kind, by, assignees, stays_acknowledged } = done;
        let id = format!("Q{number}");
        let key = format!("{id}/{nth}");
        let link = format!("https://acme.pagerduty.com/incidents/{key}");
        let user = |id: &String| json!({"id": id, "type": "user_reference", "summary": format!("利用者 {id}")});
        let title = format!("件名 {number} <!here> @person1 *太字*");
        let reference = json!({"id": id, "type": "incident_reference", "summary": title, "html_url": link});
        let status = match kind {
            "acknowledged" => "acknowledged",
            "resolved" => "resolved",
            _ if stays_acknowledged => "acknowledged",
            _ => "triggered",
        };
        let quiet = QUIET[(usize::try_from(number).expect("a small number") + nth as usize) % QUIET.len()];
        let data = match kind {
            A_QUIET_ONE if !["title_updated", "service_updated", "incident_type.changed"].contains(&quiet) => json!({
                "type": "incident_thing", "id": key, "name": "見る", "summary": "見る", "state": "accepted",
                "user": user(&pagerduty_id(1).to_owned()), "incident": reference,
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
                "type": "incident_responder", "user": user(&pagerduty_id(0).to_owned()), "state": "pending",
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
        let name = format!("利用者 {key}");
        let agent = by.map(|id| json!({"id": id, "type": "user_reference", "summary": name}));
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
        Self { key, known_as, kind, by, occurred_at, sent_at, assignees, body: body.to_string().into_bytes() }
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
