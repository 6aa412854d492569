//! Users.

use serde_json::{Value, json};

use super::Account;
use super::judge::{Call, Judged, Refused, judge_fields, judge_text, judge_word};

const ROLES: [&str; 8] = [
    "admin",
    "limited_user",
    "observer",
    "owner",
    "read_only_user",
    "restricted_access",
    "read_only_limited_user",
    "user",
];

/// Those whose names or addresses contain what is searched for, in any case of letters: the reference speaks of names alone, but
/// addresses are what clients search by, PagerDuty's own provider for Terraform among them.
pub fn like(account: &Account, call: &Call<'_>) -> Vec<Value> {
    let wanted = call.query.one("query").unwrap_or_default().to_lowercase();
    let holds = |text: &Value| text.as_str().unwrap_or_default().to_lowercase().contains(&wanted);
    account.users.iter().filter(|user| holds(&user["name"]) || holds(&user["email"])).cloned().collect()
}

pub fn create(account: &mut Account, call: &Call<'_>) -> Judged {
    call.judge_from(account, true)?;
    let user = call.object("user")?;
    judge_fields(account, &user, &["type", "name", "email"], &["role", "time_zone", "job_title", "color"])?;
    judge_word(&user, "type", &["user"])?;
    judge_word(&user, "role", &ROLES)?;
    judge_text(&user, "name", 1..=100)?;
    judge_text(&user, "email", 6..=100)?;
    if user.get("time_zone").is_some_and(|zone| !is_zone(zone)) {
        return Err(Refused::wrong("time_zone is not a time zone"));
    }
    let email = user["email"].as_str().unwrap_or_default().to_lowercase();
    if account.users.iter().any(|known| known["email"].as_str().unwrap_or_default().to_lowercase() == email) {
        return Err(Refused::invalid("Email has already been taken"));
    }
    let mut made = Value::Object(user);
    made["id"] = json!(account.id("USER"));
    made["summary"] = made["name"].clone();
    made["invitation_sent"] = json!(true);
    account.users.push(made.clone());
    Ok((201, json!({"user": made})))
}

pub fn is_zone(zone: &Value) -> bool {
    zone.as_str().is_some_and(|zone| zone.parse::<chrono_tz::Tz>().is_ok())
}

/// Refuses a user who does not exist or cannot be on call.
pub fn judge_on_call(account: &Account, id: &str) -> Result<(), Refused> {
    let Some(user) = account.users.iter().find(|user| user["id"] == id) else {
        return Err(Refused::wrong(format!("there is no user {id}")));
    };
    if user["role"].as_str().unwrap_or_default().starts_with("read_only") {
        return Err(Refused::invalid("Stakeholder users cannot be on call"));
    }
    Ok(())
}
