//! Changes made by hand since the last apply: each kind is found and undone. What toban leaves alone is reported.

use super::Fixture;
use crate::kit::Account;
use serde_json::{Value, json};

/// The changes and remarks of a plan: its lines without the header, `= leave` and the number of changes.
fn reported(plan: &str) -> Vec<&str> {
    let lines = plan.lines().skip(3);
    lines.take_while(|line| !line.is_empty()).filter(|line| !line.starts_with("= leave")).collect()
}

/// Edits PagerDuty, expects this plan, applies it, and expects an empty plan with the same remarks.
async fn check(edit: impl FnOnce(&mut Account), expected: &[&str]) -> Value {
    check_with(Fixture::applied().await, edit, expected).await
}

async fn check_with(fixture: Fixture, edit: impl FnOnce(&mut Account), expected: &[&str]) -> Value {
    fixture.pagerduty.edit(edit);
    let plan = fixture.plan().await;
    assert_eq!(reported(&plan.out), expected, "{plan:?}");
    let applied = fixture.apply().await;
    assert_eq!(applied.code, Some(0), "{applied:?}");
    let again = fixture.plan().await.out;
    let remarks: Vec<_> = expected.iter().copied().filter(|line| line.starts_with("! ")).collect();
    assert!(again.ends_with("\nnothing to do\n"), "{again}");
    let lasting: Vec<_> = reported(&again).into_iter().filter(|line| remarks.contains(line)).collect();
    assert_eq!(reported(&again), lasting, "no new remarks\n{again}");
    fixture.pagerduty.snapshot()
}

const SCHEDULE: &str = "~ change schedule \"toban: developers in working hours\"";
const POLICY: &str = "~ change escalation policy \"toban: developers, then SRE\"";
const LEVELS: &str =
    "1. schedule \"toban: developers in working hours\" and user \"佐伯 玲\", 30 min; 2. user \"佐伯 玲\", 30 min";

#[tokio::test]
async fn changes_to_the_schedule_are_undone() {
    let state = check(
        |account| {
            let schedule = &mut account.schedules[0];
            schedule["time_zone"] = json!("UTC");
            let layer = &mut schedule["schedule_layers"][0];
            layer["users"] = json!([{"user": {"id": "PLEAD1", "type": "user_reference"}}]);
            layer["rotation_turn_length_seconds"] = json!(43_200);
            layer["restrictions"].as_array_mut().expect("a list").remove(2);
            layer["restrictions"][0]["start_time_of_day"] = json!("09:30:00");
        },
        &[
            SCHEDULE,
            "      time zone: UTC → Asia/Tokyo",
            "      on call: \"Lee Dā\" → \"Chat first response\"",
            "      hours: Mon 09:30-16:30, Tue,Thu-Fri 10:00-17:00 → Mon-Fri 10:00-17:00",
            "      turns: 12 h → 7 days",
        ],
    )
    .await;
    let layers = state["schedules"][0]["schedule_layers"].as_array().cloned().unwrap_or_default();
    assert_eq!(layers.len(), 1, "no second layer: {layers:?}");
    assert_eq!(layers[0]["id"], "PLAYER0003");
}

#[tokio::test]
async fn all_kinds_of_hours_are_shown() {
    for (restrictions, expected) in [
        (json!([]), "always"),
        (
            json!([{"type": "daily_restriction", "start_time_of_day": "22:00:00", "duration_seconds": 28_800}]),
            "daily 22:00-06:00 the next day",
        ),
        (
            json!([{"type": "weekly_restriction", "start_day_of_week": 7, "start_time_of_day": "00:00:00", "duration_seconds": 86_400}]),
            "Sun 00:00-24:00",
        ),
    ] {
        let line = format!("      hours: {expected} → Mon-Fri 10:00-17:00");
        let edit = |account: &mut Account| account.schedules[0]["schedule_layers"][0]["restrictions"] = restrictions;
        check(edit, &[SCHEDULE, &line]).await;
    }
}

#[tokio::test]
async fn an_ended_layer_is_replaced_and_another_one_is_kept() {
    let end =
        |end: &'static str| move |account: &mut Account| account.schedules[0]["schedule_layers"][0]["end"] = json!(end);
    // An ended layer is not extended: there is another one.
    let state =
        check(end("2026-11-20T00:00:00Z"), &[SCHEDULE, "      layer in force: none → Mon-Fri 10:00-17:00"]).await;
    assert_eq!(state["schedules"][0]["schedule_layers"].as_array().map(Vec::len), Some(2));

    let other = json!({
        "id": "PNIGHT1", "name": "night", "start": "2026-01-01T00:00:00+09:00", "end": null,
        "rotation_virtual_start": "2026-01-01T00:00:00+09:00", "rotation_turn_length_seconds": 86_400,
        "users": [{"user": {"id": "PLEAD1", "type": "user_reference"}}],
        "restrictions": [{"type": "daily_restriction", "start_time_of_day": "22:00:00", "duration_seconds": 28_800}],
    });
    let state = check(
        |account| {
            let layers = account.schedules[0]["schedule_layers"].as_array_mut().expect("a list");
            layers.push(other);
            layers[0]["users"] = json!([{"user": {"id": "PLEAD1", "type": "user_reference"}}]);
        },
        &[
            SCHEDULE,
            "      on call: \"Lee Dā\" → \"Chat first response\"",
            "! the schedule has another layer, \"night\", which toban leaves alone: end it in PagerDuty if nobody needs it",
        ],
    )
    .await;
    let layers = &state["schedules"][0]["schedule_layers"];
    assert_eq!(layers[1]["restrictions"][0]["type"], "daily_restriction", "{layers:#}");
    assert_eq!(layers[1]["users"][0]["user"]["id"], "PLEAD1");
}

#[tokio::test]
async fn changes_to_the_policy_are_undone() {
    let sre = json!({"id": "PSRE1", "type": "user_reference"});
    let lead = json!({"id": "PLEAD1", "type": "user_reference"});
    let schedule = json!({"id": "PSCHED0002", "type": "schedule_reference"});
    let level = |minutes: u64, targets: &[&Value]| json!({"escalation_delay_in_minutes": minutes, "targets": targets});
    let round_robin = json!({
        "escalation_delay_in_minutes": 30, "targets": [schedule, sre],
        "escalation_rule_assignment_strategy": {"type": "round_robin"},
    });
    for (rules, before) in [
        (
            json!([level(30, &[&schedule, &sre])]),
            "1. schedule \"toban: developers in working hours\" and user \"佐伯 玲\", 30 min",
        ),
        (
            json!([level(30, &[&schedule, &sre]), level(30, &[&lead])]),
            "1. schedule \"toban: developers in working hours\" and user \"佐伯 玲\", 30 min; 2. user \"Lee Dā\", 30 min",
        ),
        (
            json!([level(30, &[&schedule, &sre]), level(5, &[&sre])]),
            "1. schedule \"toban: developers in working hours\" and user \"佐伯 玲\", 30 min; 2. user \"佐伯 玲\", 5 min",
        ),
        (
            json!([round_robin, level(30, &[&sre])]),
            "1. schedule \"toban: developers in working hours\" or user \"佐伯 玲\", 30 min; 2. user \"佐伯 玲\", 30 min",
        ),
    ] {
        let line = format!("      levels: {before} → {LEVELS}");
        let edit = |account: &mut Account| account.policies[2]["escalation_rules"] = rules;
        check(edit, &[POLICY, &line]).await;
    }
}

#[tokio::test]
async fn switching_the_first_response_is_one_change() {
    let fixture = Fixture::applied().await.with("first_response", "first_response = \"developers-first\"");
    let line = format!(
        "      levels: {LEVELS} → 1. schedule \"toban: developers in working hours\", 30 min; 2. user \"佐伯 玲\", 30 min"
    );
    let state = check_with(fixture, |_| {}, &[POLICY, &line]).await;
    let first = &state["escalation_policies"][2]["escalation_rules"][0]["targets"];
    assert_eq!(*first, json!([{"id": "PSCHED0002", "type": "schedule_reference"}]));
}

#[tokio::test]
async fn another_policy_of_the_service_is_replaced() {
    check(
        |account| account.services[0]["escalation_policy"]["id"] = json!("PSVC2EP"),
        &[
            "~ change service \"Backlogアプリ\"",
            "      escalation policy: \"Default of Backlogアプリ (staging)\" → \"toban: developers, then SRE\"",
        ],
    )
    .await;
}

#[tokio::test]
async fn changes_to_the_subscription_are_undone() {
    let change = "~ change webhook subscription PSUB0025 to https://relay.example.com/prod/pagerduty";
    let state = check(
        |account| {
            let subscription = &mut account.subscriptions[0];
            subscription["active"] = json!(false);
            let events = subscription["events"].as_array_mut().expect("a list");
            events.retain(|event| event != "incident.triggered" && event != "incident.annotated");
            events.push(json!("service.updated"));
        },
        &[change, "      events: 25 without incident.triggered, incident.annotated → 27", "      active: no → yes"],
    )
    .await;
    let events = state["webhook_subscriptions"][0]["events"].as_array().cloned().unwrap_or_default();
    assert!(events.contains(&json!("service.updated")), "events that somebody added stay: {events:?}");
    check(
        |account| account.subscriptions[0]["delivery_method"]["temporarily_disabled"] = json!(true),
        &["~ enable webhook subscription PSUB0025: PagerDuty has turned it off for a day, after giving up on three \
           deliveries"],
    )
    .await;
}

#[tokio::test]
async fn a_subscription_that_somebody_turned_on_by_hand_gets_its_description() {
    check(
        |account| account.subscriptions[0]["description"] = json!("toban (nobody has its signing secret)"),
        &[
            "~ change webhook subscription PSUB0025 to https://relay.example.com/prod/pagerduty",
            "      description: \"toban (nobody has its signing secret)\" → \"toban\"",
        ],
    )
    .await;
}

#[tokio::test]
async fn what_toban_leaves_alone_is_reported() {
    let copy = |account: &mut Account, id: &str, description: &str, url: &str| {
        let mut other = account.subscriptions[0].clone();
        other["id"] = json!(id);
        other["description"] = json!(description);
        other["delivery_method"]["url"] = json!(url);
        account.subscriptions.push(other);
    };
    let state = check(
        |account| {
            copy(account, "PSUBOLD", "toban", "https://old.example.com/pagerduty");
            copy(account, "PSUBTWO", "Slack", "https://relay.example.com/prod/pagerduty");
            copy(account, "PSUBSTATUS", "status page", "https://status.example.com/hook");
            account.subscriptions[0]["events"] = json!(["incident.triggered"]);
            for (id, url) in [("PEXT1", "https://relay.example.com/prod/pagerduty/"), ("PEXT2", "https://old.example.com/")] {
                account.extensions.push(json!({
                    "id": id, "type": "extension", "name": format!("v2 {id}"), "endpoint_url": url,
                    "extension_schema": {"id": "PJFWPEP", "type": "extension_schema_reference", "summary": "Generic V2 Webhook"},
                    "extension_objects": [{"id": "PSVC1", "type": "service_reference"}],
                }));
            }
        },
        &[
            "! webhook subscription PSUB0025 delivers to the relay as well: delete one of the two in PagerDuty",
            "! webhook subscription PSUBOLD is called \"toban\" and delivers to https://old.example.com/pagerduty: a URL \
             cannot be changed; delete it in PagerDuty if it is no longer needed",
            "! extension \"v2 PEXT1\" delivers to the relay as well, so every event would be posted twice: disable it in \
             PagerDuty once the subscription works",
        ],
    )
    .await;
    assert_eq!(state["webhook_subscriptions"].as_array().map(Vec::len), Some(4), "nothing is deleted");
}

#[tokio::test]
async fn a_relay_that_has_moved_gets_another_subscription() {
    let fixture = Fixture::applied().await.with("relay_url", "relay_url = \"https://new.example.com/pagerduty\"");
    let state = check_with(
        fixture,
        |_| {},
        &[
            "+ create webhook subscription to https://new.example.com/pagerduty; its signing secret is shown once",
            "! webhook subscription PSUB0025 is called \"toban\" and delivers to https://relay.example.com/prod/pagerduty: \
             a URL cannot be changed; delete it in PagerDuty if it is no longer needed",
        ],
    )
    .await;
    let urls = &state["webhook_subscriptions"];
    assert_eq!(
        urls[0]["delivery_method"]["url"], "https://relay.example.com/prod/pagerduty",
        "the old one is as it was"
    );
    assert_eq!(urls[0]["active"], true);
}

#[tokio::test]
async fn holidays_without_a_real_person_get_overrides() {
    let state = check(
        |account| {
            let overrides = account.schedules[0]["overrides"].as_array_mut().expect("a list");
            // Deleted; given to the dummy; given to somebody else, in two parts; ending too early.
            overrides.remove(17);
            overrides[0]["user"]["id"] = json!("PUSER0001");
            let mut morning = overrides[1].clone();
            let mut afternoon = overrides[1].clone();
            morning["end"] = json!("2026-12-30T12:00:00+09:00");
            morning["user"]["id"] = json!("PLEAD1");
            afternoon["start"] = json!("2026-12-30T12:00:00+09:00");
            overrides[1] = afternoon;
            overrides.push(morning);
            overrides[2]["end"] = json!("2027-01-01T16:00:00+09:00");
        },
        &[
            "+ create overrides of the schedule, \"佐伯 玲\" on 3 holidays",
            "      2026-12-29 Tue 10:00-17:00 company holiday",
            "      2027-01-01 Fri 10:00-17:00 元日",
            "      2027-11-23 Tue 10:00-17:00 勤労感謝の日",
        ],
    )
    .await;
    assert_eq!(state["schedules"][0]["overrides"].as_array().map(Vec::len), Some(21));
    let fixture =
        Fixture::applied().await.with("company_holidays", "company_holidays = [\"2026-12-28\", \"2026-12-29\"]");
    check_with(
        fixture,
        |_| {},
        &[
            "+ create overrides of the schedule, \"佐伯 玲\" on 1 holiday",
            "      2026-12-28 Mon 10:00-17:00 company holiday",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_dummy_with_another_name_is_reported_and_left_alone() {
    let before = Fixture::applied().await.pagerduty.snapshot();
    let state = check(
        |account| account.users[2]["name"] = json!("Taro\u{202e}\u{1b}[31m Yamada"),
        &["! the user with the address dummy@example.com is called \"Taro [31m Yamada\", not \"Chat first response\": if it \
           is a person, fix dummy_email; toban changes no user"],
    )
    .await;
    assert_eq!(state["schedules"], before["schedules"]);
}
