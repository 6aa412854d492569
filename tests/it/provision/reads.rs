//! What `toban check` and the watchdog read.

use super::NOW;
use crate::kit::{PagerDuty, PagerDutyFault};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use std::time::Duration;
use toban::domain::incident::State;
use toban::domain::text::Foreign;
use toban::domain::watch::Listed;
use toban::net::secret::Secret;
use toban::pagerduty::api::ShiftSchedules;
use toban::pagerduty::state::{PolicyId, ScheduleId, ServiceId, Shift, UserId};
use toban::pagerduty::{Access, Client, Limits, PagerDutyError};

fn now() -> DateTime<Utc> {
    NOW.parse().expect("an instant")
}

fn client(pagerduty: &PagerDuty) -> Client {
    let access = Access { base_url: pagerduty.base_url(), key: Secret::new(PagerDuty::READ_ONLY_KEY) };
    let limits = Limits { answer: Duration::from_secs(20), wait: Duration::ZERO };
    Client::new(toban::net::http::client().expect("a client"), access, limits)
}

#[tokio::test]
async fn incidents_are_read_to_the_last_page_oldest_first() {
    let pagerduty = PagerDuty::start(NOW).await;
    pagerduty.edit(|account| {
        for number in (0..250).rev() {
            let created = now() - TimeDelta::minutes(300 - number);
            account.incidents.push(json!({
                "id": format!("Q{number}"), "type": "incident", "incident_number": number, "title": "HTTP 5xx", "status": "resolved",
                "urgency": "high", "html_url": format!("https://example.pagerduty.com/incidents/Q{number}"),
                "created_at": created, "last_status_change_at": created + TimeDelta::minutes(1),
                "last_status_change_by": {"id": if number == 0 { "PSVC1" } else { "PSRE1" },
                    "type": if number == 0 { "service_reference" } else { "user_reference" }, "summary": "佐伯 玲"},
                "resolved_at": if number == 0 { json!(null) } else { json!(created + TimeDelta::minutes(1)) },
                "service": {"id": if number % 5 == 4 { "PSVC2" } else { "PSVC1" }, "type": "service_reference", "summary": "x"},
                "assignments": [{"at": created, "assignee": {"id": "PSRE1", "type": "user_reference", "summary": "佐伯 玲"}}],
            }));
        }
    });
    let client = client(&pagerduty);
    let services = [ServiceId("PSVC1".into()), ServiceId("PSVC2".into())];
    let since = now() - TimeDelta::minutes(300);
    let all = client.incidents(&services, since, now()).await.expect("incidents");
    let numbers =
        |listed: &[Listed]| listed.iter().filter_map(|one| one.incident.number.map(|n| n.0)).collect::<Vec<_>>();
    assert_eq!(numbers(&all), (0..250).collect::<Vec<_>>());
    assert_eq!(pagerduty.take_calls().len(), 3);
    let first = &all[0];
    assert_eq!(
        (first.id.0.as_str(), first.state, first.by.as_ref()),
        ("Q0", State::Resolved, None),
        "a service did it"
    );
    assert_eq!(first.since, since + TimeDelta::minutes(1));
    let text = |text: &Option<Foreign>| text.as_ref().map(ToString::to_string);
    assert_eq!((text(&first.incident.title), text(&first.incident.priority)), (Some("HTTP 5xx".into()), None));
    assert_eq!(first.incident.assignees.first[0].id, "PSRE1");
    assert_eq!(all[1].by.as_ref().map(|person| person.id.as_str()), Some("PSRE1"));
    let some = client.incidents(&services[1..], since, since + TimeDelta::minutes(50)).await.expect("incidents");
    assert_eq!(some.len(), 10, "of one service, in the time");
    assert_eq!(client.incidents(&[], since, now()).await, Ok(Vec::new()), "without a service nothing is asked");
}

#[tokio::test]
async fn overrides_are_read_in_windows_and_each_once() {
    let pagerduty = PagerDuty::start(NOW).await;
    let long = json!({
        "id": "PO1", "start": now() + TimeDelta::days(80), "end": now() + TimeDelta::days(300),
        "user": {"id": "PSRE1", "type": "user_reference"},
    });
    let begun = json!({
        "id": "PO2", "start": now() - TimeDelta::days(1), "end": now() + TimeDelta::days(1),
        "user": {"id": "PSRE1", "type": "user_reference"},
    });
    pagerduty.edit(|account| {
        account.add_schedule("PSCHED1", "chat first", "PDUMMY1", &[]);
        account.schedules[0]["overrides"] = json!([begun, long]);
    });
    let found = client(&pagerduty).overrides(&ScheduleId("PSCHED1".into()), now(), now() + TimeDelta::days(365)).await;
    let found: Vec<_> =
        found.expect("overrides").into_iter().map(|shift| (shift.start - now(), shift.end - now())).collect();
    let days = TimeDelta::days;
    assert_eq!(found, [(days(-1), days(1)), (days(80), days(300))], "uncut");
    assert_eq!(pagerduty.take_calls().len(), 5);
}

#[tokio::test]
async fn on_calls_extensions_and_services_are_read() {
    let pagerduty = PagerDuty::start(NOW).await;
    pagerduty.edit(|account| {
        account.add_user("PSRE1", "佐伯 玲", "sre@example.com", "admin");
        account.add_service("PSVC1", "Backlogアプリ", "PSRE1");
        let user = json!({"id": "PSRE1", "type": "user_reference", "summary": "佐伯 玲"});
        let policy = |id: &str| json!({"id": id, "type": "escalation_policy_reference"});
        account.oncalls = vec![
            json!({"user": user, "schedule": null, "escalation_policy": policy("PEP1"), "escalation_level": 2, "start": null, "end": null}),
            json!({"user": user, "escalation_policy": policy("PEP2"), "escalation_level": 1, "start": null, "end": null}),
            json!({
                "user": user, "escalation_policy": policy("PEP1"), "escalation_level": 1,
                "start": "2026-11-25T01:00:00Z", "end": "2026-11-25T08:00:00Z",
            }),
            json!({
                "user": null, "schedule": {"id": "PSHIFTS", "type": "schedule_v3_reference"}, "escalation_policy": policy("PEP1"),
                "escalation_level": 1, "start": "2026-11-25T08:00:00Z", "end": "2026-11-26T01:00:00Z",
            }),
        ];
        account.extensions.push(json!({
            "id": "PEXT1", "type": "extension", "name": "old relay", "endpoint_url": "https://relay.example.com/pagerduty",
            "extension_schema": {"id": "PJFWPEP", "type": "extension_schema_reference", "summary": "Generic V2 Webhook"},
            "extension_objects": [{"id": "PSVC1", "type": "service_reference"}], "temporarily_disabled": true,
        }));
    });
    let client = client(&pagerduty);
    let oncalls = client.oncalls(&PolicyId("PEP1".into()), now(), now() + TimeDelta::days(7)).await.expect("on-calls");
    let read: Vec<_> = oncalls.iter().map(|one| (one.level, one.start.is_some(), one.user.name.to_string())).collect();
    assert_eq!(read, [(2, false, "\"佐伯 玲\"".to_owned()), (1, true, "\"佐伯 玲\"".to_owned())]);
    let extensions = client.extensions(&ServiceId("PSVC1".into())).await.expect("extensions");
    assert_eq!(extensions.len(), 1);
    assert_eq!((extensions[0].kind.to_string().as_str(), extensions[0].is_disabled), ("\"Generic V2 Webhook\"", true));
    let service = client.service(&ServiceId("PSVC1".into())).await.expect("a service");
    assert_eq!(service.policy.name.to_string(), "\"Default of Backlogアプリ\"");
    assert_eq!(client.subscriptions(&service.id).await, Ok(Vec::new()));
}

/// Each kind of schedule is refused by the other's calls, in words that say which to use.
#[tokio::test]
async fn a_schedule_is_read_by_the_calls_of_its_kind() {
    let pagerduty = PagerDuty::start(NOW).await;
    pagerduty.edit(|account| {
        account.add_schedule("PLAYERS", "old", "PSRE1", &[]);
        account.add_shift_schedule("PSHIFTS", "new", &[("PSRE1", "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z")]);
    });
    let client = client(&pagerduty);
    let until = now() + TimeDelta::days(7);
    let [layers, shifts, neither] = ["PLAYERS", "PSHIFTS", "PNOBODY"].map(|id| ScheduleId(id.into()));
    let invalid = |words: &str| PagerDutyError::Invalid { code: Some(2001), message: format!("HTTP 400: {words}") };
    let use_v3 = invalid("This is a shift-based schedule. Use the v3 Schedules API to access it.");
    let use_v2 = invalid("This is a layer-based schedule. Use the v2 Schedules API to access it.");
    assert_eq!(client.schedule(&shifts, now(), until).await, Err(use_v3.clone()));
    assert_eq!(client.overrides(&shifts, now(), until).await, Err(use_v3));
    assert_eq!(client.shifts(&layers, now(), until).await, Err(use_v2));
    let day = |day: &str| format!("2026-11-{day}T00:00:00Z").parse().expect("an instant");
    let uncut = Shift { start: day("24"), end: day("25"), user: UserId("PSRE1".into()) };
    assert_eq!(client.shifts(&shifts, now(), until).await, Ok(vec![uncut]));
    let path = "/v3/schedules/PNOBODY".to_owned();
    let nothing = PagerDutyError::NotFound { base_url: pagerduty.base_url(), path };
    assert_eq!(client.shifts(&neither, now(), until).await, Err(nothing));
    // The newer calls name the fields.
    let fields = "Invalid Input Provided: schedule.base: include[] is \"final_schedule\", since and until are";
    let backwards = client.shifts(&shifts, until, now()).await;
    assert!(
        matches!(&backwards, Err(PagerDutyError::Invalid { message, .. }) if message.contains(fields)),
        "{backwards:?}"
    );
    assert_eq!(pagerduty.problems().len(), 1);
}

/// 403 on the first page is an account without them; in the middle of the list it is a failure.
#[tokio::test]
async fn a_list_of_shift_schedules_that_breaks_off_is_no_list() {
    let pagerduty = PagerDuty::start(NOW).await;
    pagerduty.edit(|account| {
        for number in 0..201 {
            account.add_shift_schedule(&format!("PS{number}"), &format!("schedule {number}"), &[]);
        }
    });
    let listed = client(&pagerduty).shift_schedules().await;
    assert!(matches!(&listed, Ok(ShiftSchedules::Listed(all)) if all.len() == 201), "{listed:?}");
    pagerduty.fail_next([PagerDutyFault::Forbidden]);
    let refused = client(&pagerduty).shift_schedules().await;
    assert!(matches!(&refused, Ok(ShiftSchedules::Refused(PagerDutyError::KeyNotEnough { .. }))), "{refused:?}");
    pagerduty.fail_call_after("GET /v3/schedules", 2, PagerDutyFault::Forbidden);
    let listed = client(&pagerduty).shift_schedules().await;
    assert!(matches!(&listed, Err(PagerDutyError::KeyNotEnough { .. })), "{listed:?}");
}

#[tokio::test]
async fn a_client_with_no_time_to_wait_fails_at_once() {
    let pagerduty = PagerDuty::start(NOW).await;
    let client = client(&pagerduty);
    let services = [ServiceId("PSVC1".into())];
    let since = now() - TimeDelta::hours(1);
    pagerduty.fail_next([PagerDutyFault::TooManyRequests { reset: Some(20) }]);
    assert_eq!(
        client.incidents(&services, since, now()).await,
        Err(PagerDutyError::Unavailable {
            why: "it throttles us, for 20 s".into(),
            retry_after: Some(Duration::from_secs(20))
        })
    );
    pagerduty.fail_next([PagerDutyFault::TooManyRequests { reset: None }]);
    let error = client.incidents(&services, since, now()).await.expect_err("it throttles");
    assert!(
        matches!(error, PagerDutyError::Unavailable { retry_after: Some(wait), .. } if wait >= Duration::from_secs(1)),
        "{error}"
    );
    pagerduty.fail_next([PagerDutyFault::Reset]);
    assert_eq!(
        client.incidents(&services, since, now()).await,
        Err(PagerDutyError::Lost { why: "the connection broke".into() })
    );
    let far = client.incidents(&services, now() - TimeDelta::days(200), now()).await;
    assert!(matches!(far, Err(PagerDutyError::Invalid { code: Some(2001), .. })), "{far:?}");
    assert_eq!(pagerduty.problems().len(), 1, "asking for at most six months is up to the caller");
}
