//! PagerDuty's side of the demo: the incidents that its webhooks have told of, whom it calls by itself, and what is done there
//! for people of the chat. SRE is called half an hour after an incident is triggered, unless somebody has acknowledged it or its
//! urgency is low. <https://developer.pagerduty.com/api-reference/b3A6Mjc0ODEzOQ-update-an-incident>

use super::day::sre;
use crate::domain::incident::Person;
use crate::domain::message::Language;
use crate::pagerduty::acting::code;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use reqwest::{Method, StatusCode, Url};
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
pub const ESCALATES_AFTER: TimeDelta = TimeDelta::minutes(30);

#[derive(Debug, Default)]
pub struct DemoPagerDuty(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    now: DateTime<Utc>,
    /// The SRE on call.
    sre: Value,
    incidents: BTreeMap<String, Incident>,
}

#[derive(Debug)]
struct Incident {
    status: String,
    urgency: Value,
    /// Each with an `assignee`.
    assignments: Vec<Value>,
    /// A reference.
    policy: Value,
    /// Since when it has this status, and so, while it is triggered, waits for somebody.
    changed_at: DateTime<Utc>,
    /// A reference; null if it changed by itself.
    changed_by: Value,
    notes: Vec<Value>,
}

/// Why something is not done, by PagerDuty's own number.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    pub status: StatusCode,
    code: u64,
    message: &'static str,
}

impl Refused {
    fn invalid(code: u64, message: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, message }
    }

    pub fn body(&self) -> Value {
        json!({"error": {"code": self.code, "message": self.message}})
    }
}

const NOT_FOUND: Refused = Refused { status: StatusCode::NOT_FOUND, code: 2100, message: "Not Found" };

impl DemoPagerDuty {
    /// No step leaves it half changed.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time at which what comes next is asked, and the language of names.
    pub fn begin(&self, now: DateTime<Utc>, language: Language) {
        let mut state = self.state();
        state.now = now;
        state.sre = reference(&sre(language));
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
        let same = before.as_ref().filter(|before| before.status == status);
        let (changed_at, changed_by) = match same {
            Some(before) => (before.changed_at, before.changed_by.clone()),
            None => (
                now,
                body.pointer("/event/agent").or_else(|| told.get("last_status_change_by")).cloned().unwrap_or_default(),
            ),
        };
        // The recorded bodies do not know to whom it was handed over.
        let policy = before.as_ref().filter(|before| before.is_at_sre()).map(|before| before.policy.clone());
        let incident = Incident {
            status: status.to_owned(),
            urgency: told["urgency"].clone(),
            assignments: by_v2().unwrap_or_else(by_v3),
            policy: policy.unwrap_or_else(|| told["escalation_policy"].clone()),
            changed_at,
            changed_by,
            notes: before.map(|before| before.notes).unwrap_or_default(),
        };
        state.incidents.insert(id.to_owned(), incident);
    }

    /// Whether the event of a sample can still happen to an incident: somebody may have resolved it meanwhile, or called SRE.
    pub fn may_send(&self, sample: &str, id: &str) -> bool {
        let state = self.state();
        let Some(incident) = state.incidents.get(id) else { return true };
        incident.status != "resolved" && !(incident.is_at_sre() && sample.ends_with("escalated"))
    }

    /// What the REST API answers.
    pub fn answer(&self, method: &Method, url: &Url, body: &[u8]) -> Result<Value, Refused> {
        let mut state = self.state();
        let State { now, sre, incidents } = &mut *state;
        let path: Vec<_> = url.path().trim_matches('/').split('/').collect();
        let sent = || serde_json::from_slice(body).map_err(|_| Refused::invalid(code::INVALID, "Not JSON"));
        match (method.as_str(), &path[..]) {
            ("GET", ["incidents"]) => {
                let open = incidents.iter().filter(|(_, incident)| incident.status == "triggered");
                let open: Vec<_> = open.map(|(id, incident)| incident.shown(id, sre, *now)).collect();
                Ok(json!({"incidents": open, "more": false}))
            }
            ("GET", ["incidents", id]) => {
                Ok(json!({"incident": incidents.get(*id).ok_or(NOT_FOUND)?.shown(id, sre, *now)}))
            }
            ("PUT", ["incidents", id]) => {
                let sent: Value = sent()?;
                let incident = incidents.get_mut(*id).ok_or(NOT_FOUND)?;
                incident.change(&sent["incident"], sre, *now)?;
                Ok(json!({"incident": incident.shown(id, sre, *now)}))
            }
            ("GET", ["incidents", id, "notes"]) => Ok(json!({"notes": incidents.get(*id).ok_or(NOT_FOUND)?.notes})),
            ("POST", ["incidents", id, "notes"]) => {
                let note = sent()?["note"].take();
                incidents.get_mut(*id).ok_or(NOT_FOUND)?.notes.push(note.clone());
                Ok(json!({"note": note}))
            }
            _ => Err(NOT_FOUND),
        }
    }
}

impl Incident {
    /// Whether somebody has called SRE.
    fn is_at_sre(&self) -> bool {
        self.policy["id"] == SRE_POLICY
    }

    /// To SRE's policy, which notifies them at once, or resolved; nothing else is done from the chat.
    fn change(&mut self, sent: &Value, sre: &Value, now: DateTime<Utc>) -> Result<(), Refused> {
        if self.status == "resolved" {
            return Err(Refused::invalid(code::ALREADY_RESOLVED, "Incident Already Resolved"));
        }
        let status = match (sent["escalation_policy"]["id"].as_str(), sent["status"].as_str()) {
            (Some(SRE_POLICY), None) => {
                self.policy = json!({"id": SRE_POLICY, "type": "escalation_policy_reference", "summary": "SRE"});
                self.assignments = vec![json!({"assignee": sre})];
                if sent["urgency"].is_string() {
                    self.urgency = sent["urgency"].clone();
                }
                "triggered"
            }
            (None, Some("resolved")) => {
                self.assignments.clear();
                "resolved"
            }
            _ => return Err(Refused::invalid(code::INVALID, "Invalid Input Provided")),
        };
        if self.status != status {
            self.status = status.to_owned();
            self.changed_at = now;
            self.changed_by = json!({"id": ACTING_USER, "type": "user_reference", "summary": "toban"});
        }
        Ok(())
    }

    fn shown(&self, id: &str, sre: &Value, now: DateTime<Utc>) -> Value {
        let at = self.changed_at + ESCALATES_AFTER;
        let escalates = self.status == "triggered" && self.urgency != "low" && !self.is_at_sre();
        let pending = json!([{"type": "escalate", "at": written(at)}]);
        json!({
            "id": id,
            "status": self.status,
            "urgency": self.urgency,
            "service": {"id": SERVICE, "type": "service_reference"},
            "escalation_policy": self.policy,
            "assignments": if escalates && at <= now { json!([{"assignee": sre}]) } else { json!(self.assignments) },
            "pending_actions": if escalates && at > now { pending } else { json!([]) },
            "last_status_change_at": written(self.changed_at),
            "last_status_change_by": self.changed_by,
        })
    }
}

/// As PagerDuty names a person.
pub fn reference(person: &Person) -> Value {
    json!({"id": person.id, "type": "user_reference", "summary": person.name.as_str()})
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests;
