//! `PUT /incidents/{id}`: an incident goes to another escalation policy, or is resolved.
//! <https://developer.pagerduty.com/api-reference/b3A6Mjc0ODEzOQ-update-an-incident>

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::Account;
use super::incidents::{at, reference, requester, show};
use super::judge::{Call, Judged, Refused, judge_fields, judge_word, referred};

pub fn change(account: &mut Account, call: &Call<'_>, id: &str) -> Judged {
    call.judge_from(account, true)?;
    let sent = call.object("incident")?;
    judge_fields(account, &sent, &["type"], &["status", "urgency", "escalation_policy", "resolution"])?;
    judge_word(&sent, "type", &["incident", "incident_reference"])?;
    judge_word(&sent, "status", &["triggered", "acknowledged", "resolved"])?;
    judge_word(&sent, "urgency", &["high", "low"])?;
    let (_, shown) = show(account, id)?;
    let before = shown["incident"].clone();
    let user = requester(account, call, &before)?;
    let is_resolved = before["status"] == "resolved";
    let status = sent.get("status").and_then(Value::as_str);
    if matches!(status, Some("triggered" | "acknowledged")) {
        // It would be open again, in the name of whoever asks; and an acknowledgement stops the call for SRE.
        account.problems.push(format!("an incident that is {} is set to {status:?}", before["status"]));
        return Err(Refused::wrong("status is none that may be set here"));
    }
    if sent.contains_key("resolution") && status != Some("resolved") {
        return Err(Refused::wrong("resolution without being resolved"));
    }
    if is_resolved {
        return Err(Refused::new(400, 1001, "Incident Already Resolved", []));
    }
    let mut incident = before.clone();
    if let Some(policy) = sent.get("escalation_policy") {
        delegate(account, &mut incident, policy)?;
    }
    if let Some(urgency) = sent.get("urgency") {
        raise(account, &mut incident, urgency);
    }
    if status == Some("resolved") {
        incident["status"] = "resolved".into();
        incident["resolved_at"] = at(account.now).into();
        incident["assignments"] = json!([]);
        incident["pending_actions"] = json!([]);
        incident["resolve_reason"] = Value::Null;
    }
    if incident["status"] != before["status"] {
        incident["last_status_change_at"] = at(account.now).into();
        incident["last_status_change_by"] = user;
    }
    incident["updated_at"] = at(account.now).into();
    *account.incident(id) = incident.clone();
    Ok((200, json!({"incident": incident})))
}

/// It goes to the first level of another policy, and is escalated by that from now on.
fn delegate(account: &Account, incident: &mut Value, policy: &Value) -> Result<(), Refused> {
    let id = referred(policy, "escalation_policy_reference")?;
    let policy = account.policies.iter().find(|known| known["id"] == id.as_str());
    let policy = policy.ok_or_else(|| Refused::invalid("Escalation policy not found"))?;
    let rule = &policy["escalation_rules"][0];
    let targets = rule["targets"].as_array().into_iter().flatten();
    let users: Vec<_> = targets.filter(|target| target["type"] == "user_reference").collect();
    if users.is_empty() {
        return Err(Refused::new(400, 1015, "The escalation policy has nobody on call", []));
    }
    let assignee = |user: &&Value| json!({"at": at(account.now), "assignee": account.user_reference(&user["id"])});
    incident["assignments"] = users.iter().map(assignee).collect();
    incident["escalation_policy"] = reference("escalation_policy", policy);
    incident["assigned_via"] = "escalation_policy".into();
    if incident["status"] == "acknowledged" && !account.stays_acknowledged {
        incident["status"] = "triggered".into();
        incident["acknowledgements"] = json!([]);
    }
    escalates(account, incident, rule);
    Ok(())
}

/// Of low urgency it stays where it is, and of high one it goes on.
fn escalates(account: &Account, incident: &mut Value, rule: &Value) {
    let minutes = rule["escalation_delay_in_minutes"].as_i64().expect("a rule has a delay");
    let goes_on = incident["status"] == "triggered" && incident["urgency"] == "high";
    let escalation = json!({"type": "escalate", "at": at(account.now + TimeDelta::minutes(minutes))});
    incident["pending_actions"] = if goes_on { json!([escalation]) } else { json!([]) };
}

/// Raising it takes an acknowledgement back: <https://support.pagerduty.com/main/docs/edit-incidents>
fn raise(account: &Account, incident: &mut Value, urgency: &Value) {
    let is_raised = incident["urgency"] == "low" && urgency == "high";
    incident["urgency"] = urgency.clone();
    if is_raised && incident["status"] == "acknowledged" && !account.stays_acknowledged {
        incident["status"] = "triggered".into();
    }
    let policy = account.policies.iter().find(|policy| policy["id"] == incident["escalation_policy"]["id"]);
    if let Some(rule) = policy.map(|policy| policy["escalation_rules"][0].clone()) {
        escalates(account, incident, &rule);
    }
}
