//! Schedules made of layers, and their overrides.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::Account;
use super::judge::{Call, Judged, Refused, judge_fields, judge_text, judge_word, not_found, referred, time};
use super::users::{is_zone, judge_on_call};

/// A list has no layers.
pub fn listed(schedules: Vec<Value>) -> Vec<Value> {
    let keep = ["id", "type", "summary", "name", "time_zone", "description"];
    let strip = |schedule: Value| {
        let Value::Object(fields) = schedule else { return schedule };
        Value::Object(fields.into_iter().filter(|(name, _)| keep.contains(&name.as_str())).collect())
    };
    schedules.into_iter().map(strip).collect()
}

pub fn create(account: &mut Account, call: &Call<'_>) -> Judged {
    let sent = judged(account, call)?;
    if account.shift_schedules.iter().any(|known| known["name"] == sent["name"]) {
        return Err(Refused::wrong("a schedule made of shifts has that name: whether it is free is not documented"));
    }
    let is_unseen = account.unlisted_schedule.is_some_and(|name| sent["name"] == name);
    if is_unseen || account.schedules.iter().any(|known| known["name"] == sent["name"]) {
        return Err(Refused::invalid("Name has already been taken"));
    }
    let mut made = Value::Object(sent);
    made["id"] = json!(account.id("SCHED"));
    made["summary"] = made["name"].clone();
    made["overrides"] = json!([]);
    made["shifts"] = json!([]);
    let layers = std::mem::take(&mut made["schedule_layers"]);
    let layers: Result<Vec<_>, _> = elements(&layers).iter().map(|layer| new_layer(account, layer)).collect();
    made["schedule_layers"] = Value::Array(layers?);
    account.schedules.push(made.clone());
    // Documented as 201, and seen as 200.
    Ok((200, json!({"schedule": shown(&made, &[])})))
}

/// A layer without an id is another one.
pub fn replace(account: &mut Account, call: &Call<'_>, id: &str) -> Judged {
    let sent = judged(account, call)?;
    let Some(mut there) = account.schedules.iter().find(|one| one["id"] == id).cloned() else {
        return Err(not_found());
    };
    let mut layers = elements(&there["schedule_layers"]);
    for left_out in
        layers.iter().filter(|old| elements(&sent["schedule_layers"]).iter().all(|new| new["id"] != old["id"]))
    {
        let problem = format!("{} is not sent: what becomes of it is not documented", left_out["id"]);
        account.problems.push(problem);
    }
    for layer in elements(&sent["schedule_layers"]) {
        match layer["id"].as_str() {
            Some(known) => {
                let Some(old) = layers.iter_mut().find(|one| one["id"] == known) else {
                    return Err(Refused::wrong(format!("{known} is not a layer of this schedule")));
                };
                *old = moved(account.now, &layer);
            }
            None => layers.push(new_layer(account, &layer)?),
        }
    }
    for (name, value) in sent {
        there[name] = value;
    }
    there["schedule_layers"] = Value::Array(layers);
    let found = Account::find(&mut account.schedules, id).ok_or_else(not_found)?;
    *found = there.clone();
    Ok((200, json!({"schedule": shown(&there, &[])})))
}

pub fn show(account: &Account, call: &Call<'_>, id: &str) -> Judged {
    let schedule = account.schedules.iter().find(|one| one["id"] == id).ok_or_else(not_found)?;
    let (since, until) = range(call)?;
    let is_in = |shift: &&Value| time(&shift["start"]) < Some(until) && time(&shift["end"]) > Some(since);
    let shifts: Vec<_> = elements(&schedule["shifts"]).iter().filter(is_in).cloned().collect();
    Ok((200, json!({"schedule": shown(schedule, &shifts)})))
}

pub fn overrides(account: &Account, call: &Call<'_>, id: &str) -> Judged {
    let schedule = account.schedules.iter().find(|one| one["id"] == id).ok_or_else(not_found)?;
    let (since, until) = range(call)?;
    if until - since > TimeDelta::days(90) {
        return Err(date_range().noted("more than three months"));
    }
    let mut found = Vec::new();
    for mut one in elements(&schedule["overrides"]) {
        let (Some(start), Some(end)) = (time(&one["start"]), time(&one["end"])) else { continue };
        if start >= until || end <= since {
            continue;
        }
        if call.query.one("overflow") != Some("true") {
            one["start"] = json!(start.max(since));
            one["end"] = json!(end.min(until));
        }
        found.push(one);
    }
    // As documented, although nothing is created.
    Ok((201, json!({"overrides": found})))
}

/// Each is created or refused by itself.
pub fn add_overrides(account: &mut Account, call: &Call<'_>, id: &str) -> Judged {
    let sent = call.array("overrides")?;
    let mut answers = Vec::new();
    for mut one in sent {
        let fields = one.as_object().cloned().unwrap_or_default();
        judge_fields(account, &fields, &["start", "end", "user"], &["time_zone"])?;
        judge_on_call(account, &referred(&one["user"], "user_reference")?)?;
        let (Some(start), Some(end)) = (time(&one["start"]), time(&one["end"])) else {
            return Err(Refused::wrong(format!("no times: {one}")));
        };
        if start < account.now {
            return Err(Refused::wrong(format!("an override of the past: {one}")));
        }
        let is_refused = account.refused_overrides.contains(&start.date_naive().to_string().as_str());
        if start >= end || is_refused {
            answers.push(json!({"status": 400, "errors": ["Override must end after its start"], "override": one}));
            continue;
        }
        one["id"] = json!(account.id("OVER"));
        let schedule = Account::find(&mut account.schedules, id).ok_or_else(not_found)?;
        if let Some(overrides) = schedule["overrides"].as_array_mut() {
            overrides.push(one.clone());
        }
        answers.push(json!({"status": 201, "override": one}));
    }
    if account.answers_like_the_guide {
        let made = answers.iter().map(|answer| &answer["override"]).filter(|one| one["id"].is_string());
        return Ok((201, json!({"overrides": made.collect::<Vec<_>>()})));
    }
    Ok((201, Value::Array(answers)))
}

fn judged(account: &mut Account, call: &Call<'_>) -> Result<Map<String, Value>, Refused> {
    let schedule = call.object("schedule")?;
    judge_fields(account, &schedule, &["type", "name", "time_zone", "schedule_layers"], &["description"])?;
    judge_word(&schedule, "type", &["schedule"])?;
    judge_text(&schedule, "name", 1..=255)?;
    judge_text(&schedule, "description", 0..=1024)?;
    if !is_zone(&schedule["time_zone"]) {
        return Err(Refused::wrong("time_zone is not a time zone"));
    }
    for layer in elements(&schedule["schedule_layers"]) {
        judge_layer(account, &layer)?;
    }
    Ok(schedule)
}

fn judge_layer(account: &mut Account, layer: &Value) -> Result<(), Refused> {
    let fields = layer.as_object().cloned().unwrap_or_default();
    let required = ["start", "rotation_virtual_start", "rotation_turn_length_seconds", "users"];
    judge_fields(account, &fields, &required, &["id", "name", "end", "restrictions"])?;
    let is_whole = |field: &str| time(&layer[field]).is_some_and(|time| time.timestamp_subsec_nanos() == 0);
    if !is_whole("start") || !is_whole("rotation_virtual_start") {
        return Err(Refused::wrong(format!("a layer without times in whole seconds: {layer}")));
    }
    if !(3_600..=31_536_000).contains(&layer["rotation_turn_length_seconds"].as_u64().unwrap_or_default()) {
        return Err(Refused::wrong(format!("turns of {}", layer["rotation_turn_length_seconds"])));
    }
    let users = elements(&layer["users"]);
    if users.is_empty() {
        return Err(Refused::wrong("a layer without users"));
    }
    for user in users {
        judge_on_call(account, &referred(&user["user"], "user_reference")?)?;
    }
    elements(&layer["restrictions"]).iter().try_for_each(judge_restriction)
}

fn judge_restriction(restriction: &Value) -> Result<(), Refused> {
    let seconds = restriction["duration_seconds"].as_u64().unwrap_or_default();
    let start = restriction["start_time_of_day"].as_str().unwrap_or_default();
    if NaiveTime::parse_from_str(start, "%H:%M:%S").is_err() || start.len() != 8 {
        return Err(Refused::wrong(format!("start_time_of_day is {start:?}")));
    }
    let is_right = match restriction["type"].as_str() {
        Some("daily_restriction") => restriction.get("start_day_of_week").is_none() && (1..86_400).contains(&seconds),
        Some("weekly_restriction") => {
            let day = restriction["start_day_of_week"].as_u64().unwrap_or_default();
            (1..=7).contains(&day) && (1..604_800).contains(&seconds)
        }
        _ => false,
    };
    if is_right { Ok(()) } else { Err(Refused::wrong(format!("not a restriction: {restriction}"))) }
}

fn new_layer(account: &mut Account, layer: &Value) -> Result<Value, Refused> {
    if layer.get("id").is_some() {
        return Err(Refused::wrong("a new layer with an id"));
    }
    let mut layer = moved(account.now, layer);
    layer["id"] = json!(account.id("LAYER"));
    Ok(layer)
}

/// A layer in force does not begin in the past.
fn moved(now: DateTime<Utc>, layer: &Value) -> Value {
    let mut layer = layer.clone();
    let is_over = time(&layer["end"]).is_some_and(|end| end <= now);
    if time(&layer["start"]) < Some(now) && !is_over {
        layer["start"] = json!(now);
    }
    layer
}

fn shown(schedule: &Value, shifts: &[Value]) -> Value {
    let mut shown = schedule.clone();
    if let Some(fields) = shown.as_object_mut() {
        fields.remove("overrides");
        fields.remove("shifts");
    }
    shown["final_schedule"] = json!({"name": "Final Schedule", "rendered_schedule_entries": shifts});
    shown
}

fn range(call: &Call<'_>) -> Result<(DateTime<Utc>, DateTime<Utc>), Refused> {
    let range = call.range().filter(|(since, until)| since < until);
    range.ok_or_else(|| date_range().noted("no since and until"))
}

fn date_range() -> Refused {
    Refused::new(400, 2005, "Invalid Query Date Range", [])
}

fn elements(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}
