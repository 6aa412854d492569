//! PagerDuty's side of the demo: the incidents that its webhooks have told of, and who it calls by itself. SRE is called half
//! an hour after an incident is triggered, unless somebody has acknowledged it or its urgency is low.

use super::day::SRE;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use reqwest::{Method, Url};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The service of all its incidents.
pub const SERVICE: &str = "PDEMO01";
/// Where incidents go when somebody calls SRE.
pub const SRE_POLICY: &str = "PDEMOSRE";
/// As whom that is done.
pub const ACTING_USER: &str = "PDEMOBOT";
/// How long it waits before it calls SRE.
const ESCALATES_AFTER: TimeDelta = TimeDelta::minutes(30);

#[derive(Debug, Default)]
pub struct DemoPagerDuty(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    now: DateTime<Utc>,
    incidents: BTreeMap<String, Incident>,
}

#[derive(Debug)]
struct Incident {
    status: String,
    urgency: Value,
    /// Each with an `assignee`.
    assignments: Vec<Value>,
    /// Since when it waits for somebody.
    triggered_at: DateTime<Utc>,
    notes: Vec<Value>,
}

impl DemoPagerDuty {
    /// No step leaves it half changed.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set_time(&self, now: DateTime<Utc>) {
        self.state().now = now;
    }

    pub fn clear(&self) {
        self.state().incidents.clear();
    }

    /// Takes over how an incident stands by the body of a webhook, v3 or v2. A body that does not say is of no use here.
    pub fn learn(&self, body: &[u8], now: DateTime<Utc>) {
        let Ok(body) = serde_json::from_slice::<Value>(body) else { return };
        let told = body.pointer("/event/data").or_else(|| body.pointer("/messages/0/incident"));
        let Some((told, id, status)) =
            told.and_then(|told| Some((told, told["id"].as_str()?, told["status"].as_str()?)))
        else {
            return;
        };
        let by_v3 = || told["assignees"].as_array().into_iter().flatten().map(|one| json!({"assignee": one})).collect();
        let by_v2 = || told["assignments"].as_array().cloned();
        let mut state = self.state();
        let before = state.incidents.remove(id);
        let waits = before.as_ref().filter(|before| before.status == status).map(|before| before.triggered_at);
        let incident = Incident {
            status: status.to_owned(),
            urgency: told["urgency"].clone(),
            assignments: by_v2().unwrap_or_else(by_v3),
            triggered_at: waits.unwrap_or(now),
            notes: before.map(|before| before.notes).unwrap_or_default(),
        };
        state.incidents.insert(id.to_owned(), incident);
    }

    /// What the REST API answers. Returns `None` if there is no such thing.
    pub fn answer(&self, method: &Method, url: &Url, body: &[u8]) -> Option<Value> {
        let mut state = self.state();
        let now = state.now;
        let path: Vec<_> = url.path().trim_matches('/').split('/').collect();
        match (method.as_str(), &path[..]) {
            ("GET", ["incidents"]) => {
                let open = state.incidents.iter().filter(|(_, incident)| incident.status == "triggered");
                let open: Vec<_> = open.map(|(id, incident)| incident.shown(id, now)).collect();
                Some(json!({"incidents": open, "more": false}))
            }
            ("GET", ["incidents", id]) => Some(json!({"incident": state.incidents.get(*id)?.shown(id, now)})),
            ("GET", ["incidents", id, "notes"]) => Some(json!({"notes": state.incidents.get(*id)?.notes})),
            ("POST", ["incidents", id, "notes"]) => {
                let mut written: Value = serde_json::from_slice(body).ok()?;
                let note = written["note"].take();
                state.incidents.get_mut(*id)?.notes.push(note.clone());
                Some(json!({"note": note}))
            }
            _ => None,
        }
    }
}

impl Incident {
    fn shown(&self, id: &str, now: DateTime<Utc>) -> Value {
        let at = self.triggered_at + ESCALATES_AFTER;
        let escalates = self.status == "triggered" && self.urgency != "low";
        let sre = || vec![json!({"assignee": {"id": SRE, "type": "user_reference", "summary": SRE}})];
        let pending = json!([{"type": "escalate", "at": at.to_rfc3339_opts(SecondsFormat::Secs, true)}]);
        json!({
            "id": id,
            "status": self.status,
            "urgency": self.urgency,
            "service": {"id": SERVICE, "type": "service_reference"},
            "assignments": if escalates && at <= now { sre() } else { self.assignments.clone() },
            "pending_actions": if escalates && at > now { pending } else { json!([]) },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        "2026-11-24T02:00:00Z".parse::<DateTime<Utc>>().expect("an instant") + TimeDelta::minutes(minute)
    }

    fn seen(pagerduty: &DemoPagerDuty, minute: i64) -> [Value; 3] {
        pagerduty.set_time(at(minute));
        let url = "https://api.pagerduty.com/incidents/Q1".parse().expect("a URL");
        let mut answer = pagerduty.answer(&Method::GET, &url, b"").expect("it is known");
        ["/incident/status", "/incident/pending_actions/0/at", "/incident/assignments/0/assignee/id"]
            .map(|place| answer.pointer_mut(place).map(Value::take).unwrap_or_default())
    }

    #[test]
    fn sre_is_called_half_an_hour_after_it_began_to_wait() {
        let pagerduty = DemoPagerDuty::default();
        let learn = |status: &str, urgency: &str, assignee: &str, minute| {
            let data = json!({"id": "Q1", "status": status, "urgency": urgency, "assignees": [{"id": assignee}]});
            pagerduty.learn(json!({"event": {"data": data}}).to_string().as_bytes(), at(minute));
        };
        learn("triggered", "high", "PDUMMY1", 0);
        learn("triggered", "high", "PDUMMY1", 10);
        assert_eq!(seen(&pagerduty, 29), [json!("triggered"), json!("2026-11-24T02:30:00Z"), json!("PDUMMY1")]);
        assert_eq!(seen(&pagerduty, 30), [json!("triggered"), Value::Null, json!(SRE)]);
        learn("acknowledged", "high", "PNAKA01", 40);
        assert_eq!(seen(&pagerduty, 90), [json!("acknowledged"), Value::Null, json!("PNAKA01")]);
        learn("triggered", "high", "PDUMMY1", 100);
        assert_eq!(seen(&pagerduty, 100)[1], "2026-11-24T04:10:00Z");
        learn("triggered", "low", "PDUMMY1", 101);
        assert_eq!(seen(&pagerduty, 200), [json!("triggered"), Value::Null, json!("PDUMMY1")]);
        // What says nothing of its status changes nothing, and nobody else's is known.
        for body in ["", "{}", r#"{"event":{"data":{"id":"Q1"}}}"#, r#"{"event":{"data":{"id":7,"status":[]}}}"#] {
            pagerduty.learn(body.as_bytes(), at(300));
        }
        assert_eq!(seen(&pagerduty, 300)[0], "triggered");
        let other = "https://api.pagerduty.com/incidents/Q2".parse().expect("a URL");
        assert_eq!(pagerduty.answer(&Method::GET, &other, b""), None);
    }
}
