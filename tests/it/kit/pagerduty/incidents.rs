//! One incident, and its notes.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use super::Account;
use super::judge::{Call, Judged, Refused, judge_fields, not_found};

/// Bytes of a note: <https://support.pagerduty.com/main/docs/edit-incidents> counts single-byte characters.
const NOTE: usize = 65_535;

impl Account {
    /// An incident of a service that is there, triggered now: of high urgency, assigned by the service's policy to whom it
    /// notifies first, and to be escalated when their time is over.
    pub fn add_incident(&mut self, id: &str, number: u64, title: &str, service: &str) {
        let service = Self::find(&mut self.services, service).expect("a service of that id").clone();
        let policy = service["escalation_policy"]["id"].as_str().unwrap_or_default().to_owned();
        let policy = Self::find(&mut self.policies, &policy).expect("the service's policy").clone();
        let rule = &policy["escalation_rules"][0];
        let minutes = rule["escalation_delay_in_minutes"].as_i64().expect("a rule has a delay");
        let now = at(self.now);
        let users = rule["targets"].as_array().into_iter().flatten().filter(|one| one["type"] == "user_reference");
        let assignee = |user: &Value| json!({"at": now, "assignee": self.user_reference(&user["id"])});
        let assignments: Vec<_> = users.map(assignee).collect();
        let incident = json!({
            "id": id, "type": "incident", "summary": format!("[#{number}] {title}"),
            "self": format!("https://api.pagerduty.com/incidents/{id}"),
            "html_url": format!("https://test.pagerduty.com/incidents/{id}"),
            "incident_number": number, "title": title, "status": "triggered", "urgency": "high",
            "created_at": now, "updated_at": now, "resolved_at": null, "incident_key": format!("key-{number}"),
            "service": reference("service", &service), "escalation_policy": reference("escalation_policy", &policy),
            "assignments": assignments, "assigned_via": "escalation_policy", "acknowledgements": [],
            "pending_actions": [{"type": "escalate", "at": at(self.now + TimeDelta::minutes(minutes))}],
            "last_status_change_at": now, "last_status_change_by": reference("service", &service),
            "priority": null, "resolve_reason": null, "teams": [], "alert_grouping": null, "is_mergeable": true,
            "alert_counts": {"all": 1, "triggered": 1, "resolved": 0}, "incident_type": {"name": "incident_default"},
            "incidents_responders": [], "responder_requests": [],
        });
        self.incidents.push(incident);
    }

    pub fn incident(&mut self, id: &str) -> &mut Value {
        Self::find(&mut self.incidents, id).expect("an incident of that id")
    }

    /// An incident's notes, oldest first.
    pub fn notes_of<'a>(&'a self, incident: &'a str) -> impl DoubleEndedIterator<Item = &'a Value> {
        self.notes.iter().filter(move |(of, _)| of == incident).map(|(_, note)| note)
    }

    pub(super) fn user_reference(&self, id: &Value) -> Value {
        let user = self.users.iter().find(|user| user["id"] == *id).expect("a user of that id");
        reference("user", user)
    }
}

pub fn show(account: &Account, id: &str) -> Judged {
    let incident = account.incidents.iter().find(|incident| incident["id"] == id).ok_or_else(not_found)?;
    Ok((200, json!({"incident": incident})))
}

/// The newest first, and not in pages.
pub fn notes(account: &Account, id: &str) -> Judged {
    show(account, id)?;
    Ok((200, json!({"notes": account.notes_of(id).rev().collect::<Vec<_>>()})))
}

pub fn add_note(account: &mut Account, call: &Call<'_>, id: &str) -> Judged {
    call.judge_from(account, true)?;
    let note = call.object("note")?;
    judge_fields(account, &note, &["content"], &[])?;
    let content = match &note["content"] {
        Value::String(content) if !content.trim().is_empty() && content.len() <= NOTE => content.clone(),
        Value::String(content) => return Err(Refused::wrong(format!("content has {} bytes", content.len()))),
        other => return Err(Refused::wrong(format!("content is {other}"))),
    };
    let (_, shown) = show(account, id)?;
    let user = requester(account, call, &shown["incident"])?;
    let note_id = account.id("NOTE");
    let note = json!({
        "id": note_id, "user": user, "channel": {"summary": "The PagerDuty website or APIs"}, "content": content,
        "created_at": at(account.now), "updated_at": at(account.now),
    });
    account.notes.push((id.to_owned(), note.clone()));
    Ok((200, json!({"note": note})))
}

/// Whom the call is made as, if their role lets them act on this incident.
/// <https://support.pagerduty.com/main/docs/user-roles>
pub(super) fn requester(account: &Account, call: &Call<'_>, incident: &Value) -> Result<Value, Refused> {
    let is_it = |user: &&Value| user["email"].as_str() == call.from;
    let user = account.users.iter().find(is_it).expect("From was judged");
    let mut assignments = incident["assignments"].as_array().into_iter().flatten();
    let may_act = match user["role"].as_str().unwrap_or_default() {
        role if role.starts_with("read_only") => false,
        "observer" | "restricted_access" => assignments.any(|one| one["assignee"]["id"] == user["id"]),
        _ => true,
    };
    if !may_act {
        return Err(Refused::new(403, 1018, "Requester not authorized to perform action", []));
    }
    Ok(reference("user", user))
}

pub(super) fn reference(kind: &str, of: &Value) -> Value {
    let id = of["id"].as_str().unwrap_or_default();
    let plural = if kind == "escalation_policy" { "escalation_policies".to_owned() } else { format!("{kind}s") };
    json!({
        "id": id, "type": format!("{kind}_reference"), "summary": of["name"],
        "self": format!("https://api.pagerduty.com/{plural}/{id}"),
        "html_url": format!("https://test.pagerduty.com/{plural}/{id}"),
    })
}

pub(super) fn at(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}
