//! V3 webhook subscriptions.

use serde_json::{Map, Value, json};

use super::Account;
use super::events::DOCUMENTED;
use super::judge::{Call, Judged, Refused, judge_fields, judge_text, judge_word, not_found};

/// PagerDuty's own limit for a service.
const MOST: usize = 10;

pub fn listed(account: &Account, call: &Call<'_>) -> Result<Vec<Value>, Refused> {
    match (call.query.one("filter_type"), call.query.one("filter_id")) {
        (Some("service"), Some(id)) => Ok(of_service(account, id)),
        (None, None) => Ok(account.subscriptions.clone()),
        other => Err(Refused::wrong(format!("the filter is {other:?}"))),
    }
}

pub fn create(account: &mut Account, call: &Call<'_>) -> Judged {
    let sent = call.object("webhook_subscription")?;
    judge_fields(account, &sent, &["type", "delivery_method", "events", "filter"], &["active", "description"])?;
    judge_word(&sent, "type", &["webhook_subscription"])?;
    judge(&sent)?;
    let method = sent["delivery_method"].as_object().cloned().unwrap_or_default();
    judge_fields(account, &method, &["type", "url"], &["custom_headers"])?;
    judge_word(&method, "type", &["http_delivery_method"])?;
    if method["url"].as_str().is_none_or(|url| reqwest::Url::parse(url).is_err()) {
        return Err(Refused::wrong("delivery_method.url is not a URL"));
    }
    let filter = sent["filter"].as_object().cloned().unwrap_or_default();
    judge_word(&filter, "type", &["service_reference"])?;
    let service = filter.get("id").and_then(Value::as_str).unwrap_or_default();
    if !account.services.iter().any(|known| known["id"] == service) {
        return Err(Refused::wrong(format!("there is no service {service:?}")));
    }
    if of_service(account, service).len() >= MOST {
        return Err(Refused::invalid("Subscription limit reached"));
    }
    let mut made = Value::Object(sent);
    made["id"] = json!(account.id("SUB"));
    if made.get("active").is_none() {
        made["active"] = json!(true);
    }
    made["delivery_method"]["id"] = json!(account.id("METHOD"));
    made["delivery_method"]["temporarily_disabled"] = json!(false);
    made["delivery_method"]["secret"] = Value::Null;
    account.subscriptions.push(made.clone());
    let id = made["id"].as_str().unwrap_or_default();
    made["delivery_method"]["secret"] = json!(secret(id));
    Ok((201, json!({"webhook_subscription": made})))
}

/// Only what is sent is changed, and the URL cannot be.
pub fn change(account: &mut Account, call: &Call<'_>, id: &str) -> Judged {
    let sent = call.object("webhook_subscription")?;
    judge_fields(account, &sent, &[], &["type", "description", "events", "filter", "active"])?;
    if sent.contains_key("delivery_method") {
        return Err(Refused::wrong("delivery_method cannot be changed"));
    }
    judge(&sent)?;
    let there = Account::find(&mut account.subscriptions, id).ok_or_else(not_found)?;
    for (name, value) in sent {
        there[name] = value;
    }
    Ok((200, json!({"webhook_subscription": there})))
}

pub fn enable(account: &mut Account, call: &Call<'_>, id: &str) -> Judged {
    call.expect_no_body()?;
    let there = Account::find(&mut account.subscriptions, id).ok_or_else(not_found)?;
    there["delivery_method"]["temporarily_disabled"] = json!(false);
    Ok((200, json!({"webhook_subscription": there})))
}

/// What a subscription signs with.
pub fn secret(id: &str) -> String {
    format!("signing-secret-of-{id}==")
}

fn of_service(account: &Account, id: &str) -> Vec<Value> {
    account.subscriptions.iter().filter(|one| one["filter"]["id"] == id).cloned().collect()
}

fn judge(sent: &Map<String, Value>) -> Result<(), Refused> {
    judge_text(sent, "description", 0..=255)?;
    if sent.get("active").is_some_and(|active| !active.is_boolean()) {
        return Err(Refused::wrong("active is neither true nor false"));
    }
    let Some(events) = sent.get("events") else {
        return Ok(());
    };
    let events = events.as_array().cloned().unwrap_or_default();
    if events.is_empty() {
        return Err(Refused::wrong("no events"));
    }
    for (nth, event) in events.iter().enumerate() {
        if !DOCUMENTED.iter().any(|known| event == known) {
            return Err(Refused::wrong(format!("there is no event {event}")));
        }
        if events[..nth].contains(event) {
            return Err(Refused::wrong(format!("{event} comes twice")));
        }
    }
    Ok(())
}
