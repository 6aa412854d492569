//! Escalation policies, and the one of a service.

use serde_json::{Map, Value, json};

use super::Account;
use super::judge::{Call, Judged, Refused, judge_fields, judge_text, judge_word, not_found, referred};

/// As they are listed: with the services that use them, and the names of their targets.
pub fn shown(account: &Account, policies: Vec<Value>) -> Vec<Value> {
    let show = |mut policy: Value| {
        let uses = |service: &&Value| service["escalation_policy"]["id"] == policy["id"];
        let reference = |one: &Value| json!({"id": one["id"], "type": "service_reference", "summary": one["name"]});
        policy["services"] = account.services.iter().filter(uses).map(reference).collect();
        for rule in policy["escalation_rules"].as_array_mut().into_iter().flatten() {
            for target in rule["targets"].as_array_mut().into_iter().flatten() {
                let mut all = account.users.iter().chain(&account.schedules).chain(&account.shift_schedules);
                target["summary"] =
                    all.find(|one| one["id"] == target["id"]).map_or(Value::Null, |one| one["name"].clone());
            }
        }
        policy
    };
    policies.into_iter().map(show).collect()
}

pub fn show(account: &Account, id: &str) -> Judged {
    let policy = account.policies.iter().find(|policy| policy["id"] == id).cloned().ok_or_else(not_found)?;
    let policy = shown(account, vec![policy]).pop();
    Ok((200, json!({"escalation_policy": policy})))
}

pub fn create(account: &mut Account, call: &Call<'_>) -> Judged {
    call.judge_from(account, false)?;
    let policy = judged(account, call)?;
    if account.policies.iter().any(|known| known["name"] == policy["name"]) {
        return Err(Refused::new(400, 2001, "Escalation Policy has already been taken", []));
    }
    let mut made = Value::Object(policy);
    made["id"] = json!(account.id("POLICY"));
    made["summary"] = made["name"].clone();
    number_rules(account, &mut made);
    account.policies.push(made.clone());
    Ok((201, json!({"escalation_policy": made})))
}

/// What is not sent stays as it is.
pub fn replace(account: &mut Account, call: &Call<'_>, id: &str) -> Judged {
    let sent = judged(account, call)?;
    let mut there = account.policies.iter().find(|one| one["id"] == id).cloned().ok_or_else(not_found)?;
    for (name, value) in sent {
        there[name] = value;
    }
    number_rules(account, &mut there);
    *Account::find(&mut account.policies, id).ok_or_else(not_found)? = there.clone();
    Ok((200, json!({"escalation_policy": there})))
}

pub fn attach(account: &mut Account, call: &Call<'_>, id: &str) -> Judged {
    let sent = call.object("service")?;
    judge_fields(account, &sent, &["type", "escalation_policy"], &["name", "description"])?;
    judge_word(&sent, "type", &["service"])?;
    let policy = referred(&sent["escalation_policy"], "escalation_policy_reference")?;
    if !account.policies.iter().any(|known| known["id"] == policy.as_str()) {
        return Err(Refused::wrong(format!("there is no policy {policy}")));
    }
    let service = Account::find(&mut account.services, id).ok_or_else(not_found)?;
    for (name, value) in sent {
        service[name] = value;
    }
    Ok((200, json!({"service": service})))
}

fn judged(account: &mut Account, call: &Call<'_>) -> Result<Map<String, Value>, Refused> {
    let policy = call.object("escalation_policy")?;
    let optional = ["num_loops", "description", "teams", "on_call_handoff_notifications"];
    judge_fields(account, &policy, &["type", "name", "escalation_rules"], &optional)?;
    judge_word(&policy, "type", &["escalation_policy"])?;
    judge_word(&policy, "on_call_handoff_notifications", &["if_has_services", "always"])?;
    judge_text(&policy, "name", 1..=255)?;
    if policy.get("num_loops").is_some_and(|loops| loops.as_u64().is_none_or(|loops| loops > 9)) {
        return Err(Refused::wrong("num_loops"));
    }
    for team in policy.get("teams").and_then(Value::as_array).into_iter().flatten() {
        referred(team, "team_reference")?;
    }
    let rules = policy["escalation_rules"].as_array().cloned().unwrap_or_default();
    if !(1..=20).contains(&rules.len()) {
        return Err(Refused::wrong(format!("{} rules", rules.len())));
    }
    for rule in rules {
        let fields = rule.as_object().cloned().unwrap_or_default();
        judge_fields(account, &fields, &["escalation_delay_in_minutes", "targets"], &["id"])?;
        let targets = rule["targets"].as_array().cloned().unwrap_or_default();
        let least = if targets.len() > 1 { 3 } else { 1 };
        let delay = rule["escalation_delay_in_minutes"].as_u64().unwrap_or_default();
        if !(1..=10).contains(&targets.len()) || delay < least {
            return Err(Refused::wrong(format!("{} targets, {delay} minutes", targets.len())));
        }
        for target in targets {
            judge_target(account, &target)?;
        }
    }
    Ok(policy)
}

/// A schedule of the other kind is none.
fn judge_target(account: &Account, target: &Value) -> Result<(), Refused> {
    let (list, type_) = match target["type"].as_str() {
        Some("user_reference") => (&account.users, "user_reference"),
        Some("schedule_v3_reference") => (&account.shift_schedules, "schedule_v3_reference"),
        _ => (&account.schedules, "schedule_reference"),
    };
    let id = referred(target, type_)?;
    if list.iter().any(|known| known["id"] == id.as_str()) {
        return Ok(());
    }
    let problem = format!("there is no {type_} {id}");
    Err(if type_ == "user_reference" { Refused::wrong(problem) } else { not_found().noted(problem) })
}

/// A rule without an id is a new one.
fn number_rules(account: &mut Account, policy: &mut Value) {
    for rule in policy["escalation_rules"].as_array_mut().into_iter().flatten() {
        if rule.get("id").is_none() {
            rule["id"] = json!(account.id("RULE"));
        }
    }
}
