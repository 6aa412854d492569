//! What is only read: services, extensions, who is on call, incidents.

use chrono::{DateTime, Months, Utc};
use serde_json::{Value, json};

use super::Account;
use super::judge::{Call, Judged, Refused, not_found, time};

pub fn services(account: &Account, call: &Call<'_>) -> Vec<Value> {
    let is_it = |service: &&Value| call.query.one("name").is_none_or(|name| service["name"] == name);
    account.services.iter().filter(is_it).map(|service| with_policy(account, service)).collect()
}

pub fn service(account: &Account, id: &str) -> Judged {
    let service = account.services.iter().find(|service| service["id"] == id).ok_or_else(not_found)?;
    Ok((200, json!({"service": with_policy(account, service)})))
}

fn with_policy(account: &Account, service: &Value) -> Value {
    let mut service = service.clone();
    let policy = account.policies.iter().find(|policy| policy["id"] == service["escalation_policy"]["id"]);
    service["escalation_policy"]["summary"] = policy.map_or(Value::Null, |policy| policy["name"].clone());
    service
}

pub fn extensions(account: &Account, call: &Call<'_>) -> Vec<Value> {
    let object = call.query.one("extension_object_id");
    let is_of = |extension: &&Value| {
        let mut objects = extension["extension_objects"].as_array().into_iter().flatten();
        object.is_none_or(|id| objects.any(|one| one["id"] == id))
    };
    account.extensions.iter().filter(is_of).cloned().collect()
}

/// Those that overlap the range.
pub fn oncalls(account: &Account, call: &Call<'_>) -> Result<Vec<Value>, Refused> {
    let (since, until) = range(call, 3)?;
    let policies = call.query.all("escalation_policy_ids[]");
    let is_in = |one: &&Value| {
        let start = time(&one["start"]);
        let end = time(&one["end"]);
        let policy = one["escalation_policy"]["id"].as_str().unwrap_or_default();
        policies.contains(&policy) && start.is_none_or(|start| start < until) && end.is_none_or(|end| end > since)
    };
    Ok(account.oncalls.iter().filter(is_in).cloned().collect())
}

pub fn incidents(account: &Account, call: &Call<'_>) -> Result<Vec<Value>, Refused> {
    // With all of them since and until are ignored.
    let (since, until) = match call.query.one("date_range") {
        None => range(call, 6)?,
        Some("all") => (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC),
        Some(other) => return Err(Refused::wrong(format!("date_range is {other:?}"))),
    };
    let services = call.query.all("service_ids[]");
    let statuses = call.query.all("statuses[]");
    let is_in = |one: &&Value| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (services.is_empty() || services.contains(&text(&one["service"]["id"]).as_str()))
            && (statuses.is_empty() || statuses.contains(&text(&one["status"]).as_str()))
            && time(&one["created_at"]).is_some_and(|created| (since..until).contains(&created))
    };
    let mut found: Vec<_> = account.incidents.iter().filter(is_in).cloned().collect();
    match call.query.one("sort_by") {
        None | Some("created_at:asc") => found.sort_by_key(|one| time(&one["created_at"])),
        Some("created_at:desc") => found.sort_by_key(|one| std::cmp::Reverse(time(&one["created_at"]))),
        Some(other) => return Err(Refused::wrong(format!("sort_by is {other:?}"))),
    }
    Ok(found)
}

fn range(call: &Call<'_>, months: u32) -> Result<(DateTime<Utc>, DateTime<Utc>), Refused> {
    match call.range() {
        Some((since, until)) if since <= until && until <= since + Months::new(months) => Ok((since, until)),
        other => Err(Refused::wrong(format!("since and until are {other:?}"))),
    }
}
