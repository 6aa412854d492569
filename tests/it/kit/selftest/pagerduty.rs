use serde_json::{Value, json};

use super::wire::{Client, Ending};
use super::{assert_contains, left_by};
use crate::kit::{PagerDuty, PagerDutyFault};

pub const NOW: &str = "2026-11-24T11:02:00+09:00";
pub const HEADERS: [(&str, &str); 3] = [
    ("authorization", "Token token=u+full-access-0123456789"),
    ("accept", "application/vnd.pagerduty+json;version=2"),
    ("content-type", "application/json"),
];

pub async fn account() -> PagerDuty {
    let pagerduty = PagerDuty::start(NOW).await;
    pagerduty.edit(|account| {
        account.add_user("PSRE1", "SRE", "sre@example.com", "admin");
        account.add_user("PBOSS1", "Boss", "boss@example.com", "read_only_user");
        account.add_service("PSVC1", "Backlog", "PSRE1");
        account.add_schedule("PSCHED1", "SRE primary", "PSRE1", &[]);
        let shifts = [
            ("PSRE1", "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z"),
            ("", "2026-11-25T00:00:00Z", "2026-11-26T00:00:00Z"),
        ];
        account.add_shift_schedule("PSHIFTS1", "SRE in shifts", &shifts);
        account.add_shift_schedule("PSHIFTS2", "SRE [in shifts]", &[]);
    });
    pagerduty
}

pub async fn call(pagerduty: &PagerDuty, line: &str, headers: &[(&str, &str)], body: &str) -> Ending {
    let mut client = Client::connect(&pagerduty.base_url()).await;
    client.call(line, headers, body).await
}

fn user(more: Value) -> Value {
    let mut user = json!({"type": "user", "name": "Dummy", "email": "dummy@example.com", "role": "limited_user"});
    merge(&mut user, more);
    json!({"user": user})
}

pub fn layer(more: Value) -> Value {
    let mut layer = json!({
        "start": NOW, "rotation_virtual_start": NOW, "rotation_turn_length_seconds": 604_800,
        "users": [{"user": {"id": "PSRE1", "type": "user_reference"}}],
        "restrictions": [weekly()],
    });
    merge(&mut layer, more);
    json!({"schedule": {"type": "schedule", "name": "x", "time_zone": "Asia/Tokyo", "schedule_layers": [layer]}})
}

fn layer_named(name: &str) -> Value {
    let mut layer = layer(json!({}));
    layer["schedule"]["name"] = json!(name);
    layer
}

fn weekly() -> Value {
    json!({"type": "weekly_restriction", "start_day_of_week": 1, "start_time_of_day": "10:00:00", "duration_seconds": 25_200})
}

fn policy(minutes: u64, targets: Value) -> Value {
    let rules = json!([{"escalation_delay_in_minutes": minutes, "targets": targets}]);
    json!({"escalation_policy": {"type": "escalation_policy", "name": "x", "escalation_rules": rules}})
}

fn subscription(more: Value) -> Value {
    let mut subscription = json!({
        "type": "webhook_subscription", "events": ["incident.triggered"],
        "delivery_method": {"type": "http_delivery_method", "url": "https://relay.example.com/pagerduty"},
        "filter": {"type": "service_reference", "id": "PSVC1"},
    });
    merge(&mut subscription, more);
    json!({"webhook_subscription": subscription})
}

/// `Null` takes a field away.
fn merge(into: &mut Value, more: Value) {
    for (name, value) in more.as_object().cloned().unwrap_or_default() {
        match value {
            Value::Null => drop(into.as_object_mut().expect("an object").remove(&name)),
            value => into[name] = value,
        }
    }
}

#[tokio::test]
async fn what_every_call_has() {
    let pagerduty = account().await;
    let without = |name: &str| HEADERS.into_iter().filter(|(known, _)| *known != name).collect::<Vec<_>>();
    let with = |name: &'static str, value: &'static str| [without(name), vec![(name, value)]].concat();
    for (headers, status, problem) in [
        (HEADERS.to_vec(), 200, None),
        (without("authorization"), 401, Some("Authorization is")),
        (with("authorization", "Bearer u+full-access-0123456789"), 401, Some("Authorization is")),
        (with("authorization", "Token token=u+other"), 401, None),
        (without("accept"), 400, Some("accept is None")),
        (with("accept", "application/json"), 400, Some("accept is")),
        (without("content-type"), 400, Some("content-type is None")),
    ] {
        let ending = call(&pagerduty, "GET /users", &headers, "").await;
        assert_eq!(ending.status(), status, "{headers:?}: {ending:?}");
        let problems = pagerduty.problems().join("\n");
        match problem {
            Some(problem) => assert_contains(&problems, problem),
            None => assert_eq!(problems, "", "{headers:?}"),
        }
    }
}

#[tokio::test]
async fn wrong_calls_are_refused_and_noted() {
    let sre = json!({"id": "PSRE1", "type": "user_reference"});
    let boss = json!({"user": {"id": "PBOSS1", "type": "user_reference"}});
    let over = |more: Value| {
        let mut one = json!({"start": "2026-12-29T01:00:00Z", "end": "2026-12-29T08:00:00Z", "user": sre});
        merge(&mut one, more);
        json!({"overrides": [one]})
    };
    let none = Value::Null;
    for (line, body, problem) in [
        ("GET /users?limit=101", none.clone(), "limit 101"),
        ("GET /users?limit=100&offset=9901", none.clone(), "offset 9901"),
        ("GET /users?email=x", none.clone(), "email is not a parameter"),
        ("GET /teams", none.clone(), "is not part of this API"),
        ("DELETE /users/PSRE1", none.clone(), "is not part of this API"),
        ("GET /schedules/PSCHED1/overrides", none.clone(), "no since and until"),
        (
            "GET /schedules/PSCHED1/overrides?since=2026-11-24T00:00:00Z&until=2027-03-01T00:00:00Z",
            none.clone(),
            "more than three months",
        ),
        ("GET /webhook_subscriptions?filter_type=service", none.clone(), "the filter is"),
        ("GET /incidents?since=2026-01-01T00:00:00Z&until=2026-11-24T00:00:00Z", none.clone(), "since and until"),
        ("POST /users", user(json!({"role": "nobody"})), "role is"),
        ("POST /users", user(json!({"name": null})), "name is missing"),
        ("POST /users", user(json!({"name": "x".repeat(101)})), "name is"),
        ("POST /users", user(json!({"email": "a@b.c"})), "email is"),
        ("POST /users", user(json!({"time_zone": "Tokyo"})), "time_zone is not a time zone"),
        ("POST /users", json!({"name": "Dummy"}), "no object user"),
        ("POST /schedules", layer(json!({"users": []})), "a layer without users"),
        ("POST /schedules", layer(json!({"rotation_turn_length_seconds": 60})), "turns of 60"),
        ("POST /schedules", layer(json!({"start": null})), "start is missing"),
        (
            "POST /schedules",
            layer(
                json!({"restrictions": [{"type": "weekly_restriction", "start_time_of_day": "10:00:00", "duration_seconds": 25_200}]}),
            ),
            "not a restriction",
        ),
        (
            "POST /schedules",
            layer(
                json!({"restrictions": [{"type": "daily_restriction", "start_time_of_day": "10:00", "duration_seconds": 25_200}]}),
            ),
            "start_time_of_day",
        ),
        ("POST /schedules", layer(json!({"id": "PLAYER1"})), "a new layer with an id"),
        ("PUT /schedules/PSCHED1", layer(json!({"id": "PLAYER1"})), "not a layer of this schedule"),
        ("POST /schedules/PSCHED1/overrides", json!({"override": {}}), "no list overrides"),
        (
            "POST /schedules/PSCHED1/overrides",
            over(json!({"start": "2026-11-24T01:00:00Z"})),
            "an override of the past",
        ),
        (
            "POST /schedules/PSCHED1/overrides",
            over(json!({"user": {"id": "PSRE1", "type": "user"}})),
            "is not a user_reference",
        ),
        (
            "POST /escalation_policies",
            policy(2, json!([sre, {"id": "PSCHED1", "type": "schedule_reference"}])),
            "2 targets, 2 minutes",
        ),
        ("POST /escalation_policies", policy(0, json!([sre])), "1 targets, 0 minutes"),
        (
            "POST /escalation_policies",
            policy(30, json!([{"id": "PSRE1", "type": "person"}])),
            "is not a schedule_reference",
        ),
        (
            "POST /escalation_policies",
            policy(30, json!([{"id": "PX", "type": "user_reference"}])),
            "there is no user_reference PX",
        ),
        (
            "POST /escalation_policies",
            policy(30, json!([{"id": "PSHIFTS1", "type": "schedule_reference"}])),
            "there is no schedule_reference PSHIFTS1",
        ),
        (
            "POST /escalation_policies",
            policy(30, json!([{"id": "PSCHED1", "type": "schedule_v3_reference"}])),
            "there is no schedule_v3_reference PSCHED1",
        ),
        ("POST /schedules", layer_named("SRE in shifts"), "whether it is free is not documented"),
        ("GET /v3/schedules?limit=1001", none.clone(), "limit 1001"),
        ("GET /v3/schedules?name=x", none.clone(), "name is not a parameter"),
        ("GET /v3/schedules/PSHIFTS1?include[]=rotations", none.clone(), "include[] is"),
        ("GET /v3/schedules/PSHIFTS1?include[]=final_schedule", none.clone(), "since and until are None"),
        (
            "POST /v3/schedules",
            json!({"schedule": {"name": "x", "time_zone": "Asia/Tokyo"}}),
            "is not part of this API",
        ),
        ("GET /v3/schedules/PSHIFTS1/overrides", none.clone(), "is not part of this API"),
        ("PUT /services/PSVC1", json!({"service": {"type": "service"}}), "escalation_policy is missing"),
        (
            "PUT /services/PSVC1",
            json!({"service": {"type": "service", "escalation_policy": {"id": "PX", "type": "escalation_policy_reference"}}}),
            "there is no policy PX",
        ),
        ("POST /webhook_subscriptions", subscription(json!({"events": ["incident.exploded"]})), "there is no event"),
        ("POST /webhook_subscriptions", subscription(json!({"events": ["pagey.ping"]})), "there is no event"),
        ("POST /webhook_subscriptions", subscription(json!({"events": []})), "no events"),
        (
            "POST /webhook_subscriptions",
            subscription(json!({"filter": {"type": "service", "id": "PSVC1"}})),
            "not one of",
        ),
        (
            "POST /webhook_subscriptions",
            subscription(json!({"filter": {"type": "service_reference"}})),
            "there is no service",
        ),
        (
            "PUT /webhook_subscriptions/PSUB1",
            subscription(json!({"filter": null})),
            "delivery_method cannot be changed",
        ),
    ] {
        let pagerduty = account().await;
        let before = pagerduty.snapshot();
        let headers = [&HEADERS[..], &[("from", "sre@example.com")]].concat();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let ending = call(&pagerduty, line, &headers, &body).await;
        assert!((400..500).contains(&ending.status()), "{line} {body}: {ending:?}");
        assert!(ending.body()["error"]["code"].is_u64(), "{ending:?}");
        assert_contains(&pagerduty.problems().join("\n"), problem);
        assert_eq!(pagerduty.snapshot(), before, "{line}");
    }
    let pagerduty = account().await;
    let ending = call(&pagerduty, "POST /schedules", &HEADERS, &layer(json!({"users": [boss]})).to_string()).await;
    assert_contains(&ending.body().to_string(), "Stakeholder users cannot be on call");
    assert_eq!(pagerduty.problems(), [""; 0], "that may happen to a correct client");
}

#[tokio::test]
async fn what_may_happen_to_a_correct_client_is_not_a_problem() {
    let pagerduty = account().await;
    let headers = [&HEADERS[..], &[("from", "sre@example.com")]].concat();
    let dummy = user(json!({})).to_string();
    assert_eq!(call(&pagerduty, "POST /users", &headers, &dummy).await.status(), 201);
    let again = user(json!({"email": "DUMMY@example.com"})).to_string();
    let taken = call(&pagerduty, "POST /users", &headers, &again).await;
    assert_eq!((taken.status(), &taken.body()["error"]["errors"][0]), (400, &json!("Email has already been taken")));
    let stranger = [&HEADERS[..], &[("from", "stranger@example.com")]].concat();
    assert_eq!(call(&pagerduty, "POST /users", &stranger, &dummy).await.body()["error"]["code"], 1008);
    assert_eq!(pagerduty.problems(), [""; 0]);
    assert_eq!(call(&pagerduty, "POST /users", &HEADERS, &dummy).await.status(), 400);
    assert_contains(&pagerduty.problems().join("\n"), "no From");

    let read_only = [("authorization", "Token token=r+read-only-0123456789"), HEADERS[1], HEADERS[2]];
    assert_eq!(call(&pagerduty, "GET /users", &read_only, "").await.status(), 200);
    assert_eq!(call(&pagerduty, "PUT /services/PSVC1", &read_only, "{}").await.status(), 403);
    assert_eq!(pagerduty.problems(), [""; 0]);
}

#[tokio::test]
async fn a_secret_is_shown_once_and_a_past_start_is_moved() {
    let pagerduty = account().await;
    let made =
        call(&pagerduty, "POST /webhook_subscriptions", &HEADERS, &subscription(json!({})).to_string()).await.body();
    let subscription = &made["webhook_subscription"];
    assert_eq!(subscription["active"], true);
    let id = subscription["id"].as_str().expect("an id");
    assert_eq!(subscription["delivery_method"]["secret"], crate::kit::secret(id));
    let listed =
        call(&pagerduty, "GET /webhook_subscriptions?filter_type=service&filter_id=PSVC1", &HEADERS, "").await.body();
    assert_eq!(listed["webhook_subscriptions"][0]["delivery_method"]["secret"], Value::Null);
    assert_eq!(listed["more"], false);

    let past = layer(json!({"start": "2026-09-07T00:00:00+09:00"})).to_string();
    let made = call(&pagerduty, "POST /schedules", &HEADERS, &past).await.body();
    assert_eq!(made["schedule"]["schedule_layers"][0]["start"], "2026-11-24T02:02:00Z");
    let id = made["schedule"]["id"].as_str().expect("an id");
    let mut second = layer(json!({}));
    second["schedule"]["name"] = json!("x");
    let put = call(&pagerduty, &format!("PUT /schedules/{id}"), &HEADERS, &second.to_string()).await.body();
    assert_eq!(
        put["schedule"]["schedule_layers"].as_array().map(Vec::len),
        Some(2),
        "a layer without an id is another one"
    );
    assert_contains(&pagerduty.problems().join("\n"), "what becomes of it is not documented");
}

#[tokio::test]
async fn what_a_test_leaves_behind_is_reported() {
    let pagerduty = account().await;
    pagerduty.fail_next([PagerDutyFault::ServerError]);
    pagerduty.fail_write_after(3, PagerDutyFault::Reset);
    call(&pagerduty, "POST /users", &HEADERS, "{}").await;
    pagerduty.fail_next([PagerDutyFault::Html]);
    let left = left_by(pagerduty);
    for part in ["problem: POST /users: no From", "unused fault: Html", "unused fault of a write: Reset"] {
        assert_contains(&left, part);
    }
}
