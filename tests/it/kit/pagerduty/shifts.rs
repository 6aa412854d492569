//! Schedules made of shifts. They are only read: <https://developer.pagerduty.com/api-reference/>, Schedules v3.

use serde_json::{Value, json};

use super::Account;
use super::judge::{Call, Judged, Refused, not_found, time};

/// What a call of the one kind is told about a schedule of the other.
const NOT_OF_LAYERS: &str = "This is a shift-based schedule. Use the v3 Schedules API to access it.";
const NOT_OF_SHIFTS: &str = "This is a layer-based schedule. Use the v2 Schedules API to access it.";

/// References alone, as they are listed. A search finds no name with brackets.
pub fn listed(account: &Account, call: &Call<'_>) -> Vec<Value> {
    let wanted = call.query.one("query").unwrap_or_default().to_lowercase();
    let is_found = |one: &&Value| {
        let name = one["name"].as_str().unwrap_or_default().to_lowercase();
        wanted.is_empty() || (name.contains(&wanted) && !name.contains(['[', ']']))
    };
    let reference = |one: &Value| {
        let id = one["id"].as_str().unwrap_or_default();
        json!({
            "id": id, "type": "schedule_v3_reference", "summary": one["name"],
            "self": format!("https://api.pagerduty.com/v3/schedules/{id}"),
            "html_url": format!("https://example.pagerduty.com/schedules/{id}"),
        })
    };
    account.shift_schedules.iter().filter(is_found).map(reference).collect()
}

/// The final schedule is there only if it was asked for, with a time.
pub fn show(account: &Account, call: &Call<'_>, id: &str) -> Judged {
    let Some(schedule) = account.shift_schedules.iter().find(|one| one["id"] == id) else {
        let is_of_layers = account.schedules.iter().any(|one| one["id"] == id);
        return Err(if is_of_layers { Refused::new(400, 2001, NOT_OF_SHIFTS, []) } else { not_found() });
    };
    let mut shown = schedule.clone();
    let shifts = shown.as_object_mut().and_then(|fields| fields.remove("shifts")).unwrap_or_default();
    match (call.query.one("include[]"), call.range()) {
        (None, _) => {}
        (Some("final_schedule"), Some((since, until))) if since < until => {
            let is_in = |one: &&Value| time(&one["start_time"]) < Some(until) && time(&one["end_time"]) > Some(since);
            let mut found: Vec<_> = shifts.as_array().into_iter().flatten().filter(is_in).cloned().collect();
            if call.query.one("overflow") != Some("true") {
                for one in &mut found {
                    one["start_time"] = json!(time(&one["start_time"]).max(Some(since)));
                    one["end_time"] = json!(time(&one["end_time"]).min(Some(until)));
                }
            }
            shown["final_schedule"] = json!({
                "type": "final_schedule", "rendered_coverage_percentage": 0.0, "computed_shift_assignments": found,
            });
        }
        (Some(other), range) => {
            return Err(Refused::wrong_fields(&format!("include[] is {other:?}, since and until are {range:?}")));
        }
    }
    Ok((200, json!({"schedule": shown})))
}

/// The answer of a call that is only for schedules made of layers, if this one is not.
pub fn judge_of_layers(account: &Account, id: &str) -> Result<(), Refused> {
    let is_of_shifts = account.shift_schedules.iter().any(|one| one["id"] == id);
    if is_of_shifts { Err(Refused::new(400, 2001, NOT_OF_LAYERS, [])) } else { Ok(()) }
}
