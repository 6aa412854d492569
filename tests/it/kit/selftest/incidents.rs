use serde_json::{Value, json};

use super::pagerduty::{HEADERS, account, call};
use super::wire::{Client, Ending};
use super::{assert_contains, left_by};
use crate::kit::{PagerDuty, PagerDutyFault};

async fn with_incident() -> PagerDuty {
    let pagerduty = account().await;
    pagerduty.edit(|account| {
        account.add_user("POBS1", "Observer", "observer@example.com", "observer");
        account.add_incident("QINC1", 4812, "ディスク", "PSVC1");
    });
    pagerduty
}

/// A note of somebody.
async fn note(pagerduty: &PagerDuty, from: Option<&str>, body: &Value) -> Ending {
    let from = from.map(|from| ("from", from));
    let headers: Vec<_> = HEADERS.into_iter().chain(from).collect();
    call(pagerduty, "POST /incidents/QINC1/notes", &headers, &body.to_string()).await
}

fn saying(content: &str) -> Value {
    json!({"note": {"content": content}})
}

#[tokio::test]
async fn an_incident_tells_what_will_happen_to_it() {
    let pagerduty = with_incident().await;
    let shown = call(&pagerduty, "GET /incidents/QINC1", &HEADERS, "").await.body()["incident"].take();
    assert_eq!((&shown["id"], &shown["incident_number"]), (&json!("QINC1"), &json!(4812)));
    assert_eq!(
        (&shown["title"], &shown["status"], &shown["urgency"]),
        (&json!("ディスク"), &json!("triggered"), &json!("high"))
    );
    assert_eq!(shown["pending_actions"], json!([{"type": "escalate", "at": "2026-11-24T02:17:00Z"}]));
    assert_eq!(shown["assigned_via"], "escalation_policy");
    assert_eq!(shown["assignments"][0]["assignee"]["id"], "PSRE1");
    assert_eq!(
        (&shown["service"]["summary"], &shown["escalation_policy"]["id"]),
        (&json!("Backlog"), &json!("PSVC1EP"))
    );
    assert_eq!(
        (&shown["created_at"], &shown["last_status_change_at"]),
        (&json!("2026-11-24T02:02:00Z"), &json!("2026-11-24T02:02:00Z"))
    );
    assert_eq!(shown["last_status_change_by"]["type"], "service_reference");

    pagerduty.edit(|account| {
        let incident = account.incident("QINC1");
        incident["status"] = json!("resolved");
        incident["pending_actions"] = json!([]);
        incident["assigned_via"] = json!("direct_assignment");
    });
    let shown = call(&pagerduty, "GET /incidents/QINC1", &HEADERS, "").await.body()["incident"].take();
    assert_eq!((&shown["status"], &shown["pending_actions"]), (&json!("resolved"), &json!([])));
    assert_eq!(shown["assigned_via"], "direct_assignment");

    let range = "since=2026-11-24T00:00:00Z&until=2026-11-25T00:00:00Z";
    for (statuses, found) in
        [("", 1), ("&statuses[]=resolved", 1), ("&statuses[]=triggered&statuses[]=acknowledged", 0)]
    {
        let listed = call(&pagerduty, &format!("GET /incidents?{range}{statuses}"), &HEADERS, "").await.body();
        assert_eq!(listed["incidents"].as_array().map(Vec::len), Some(found), "{statuses}");
    }
    assert_eq!(pagerduty.problems(), [""; 0]);
}

#[tokio::test]
async fn notes_are_added_and_listed() {
    let pagerduty = with_incident().await;
    let ending = note(&pagerduty, Some("sre@example.com"), &saying("佐藤 が対応します")).await;
    let made = ending.body()["note"].take();
    assert_eq!((ending.status(), &made["content"]), (200, &json!("佐藤 が対応します")));
    assert_eq!((&made["user"]["id"], &made["user"]["type"]), (&json!("PSRE1"), &json!("user_reference")));
    assert_eq!(made["created_at"], "2026-11-24T02:02:00Z");
    let ending = note(&pagerduty, Some("sre@example.com"), &saying(&"a".repeat(65_535))).await;
    assert_eq!(ending.status(), 200);
    assert_ne!(ending.body()["note"]["id"], made["id"]);
    let listed = call(&pagerduty, "GET /incidents/QINC1/notes", &HEADERS, "").await.body();
    assert_eq!(listed["notes"].as_array().map(Vec::len), Some(2));
    assert_eq!(listed["notes"][1], made, "the newest is the first");
    assert_eq!(pagerduty.notes("QINC1"), ["佐藤 が対応します".to_owned(), "a".repeat(65_535)]);
    assert_eq!(pagerduty.notes("QINC2"), [""; 0]);
    assert_eq!(pagerduty.problems(), [""; 0]);
}

#[tokio::test]
async fn who_may_not_write_a_note() {
    let pagerduty = with_incident().await;
    for (from, status, code) in
        [("nobody@example.com", 400, 1008), ("boss@example.com", 403, 1018), ("observer@example.com", 403, 1018)]
    {
        let ending = note(&pagerduty, Some(from), &saying("a")).await;
        assert_eq!((ending.status(), &ending.body()["error"]["code"]), (status, &json!(code)), "{from}");
    }
    let read_only =
        [("authorization", "Token token=r+read-only-0123456789"), HEADERS[1], HEADERS[2], ("from", "sre@example.com")];
    let ending = call(&pagerduty, "POST /incidents/QINC1/notes", &read_only, &saying("a").to_string()).await;
    assert_eq!((ending.status(), &ending.body()["error"]["code"]), (403, &json!(2010)));
    assert_eq!(pagerduty.problems(), [""; 0], "that may happen to a correct client");

    pagerduty.edit(|account| account.incident("QINC1")["assignments"][0]["assignee"]["id"] = json!("POBS1"));
    assert_eq!(note(&pagerduty, Some("observer@example.com"), &saying("a")).await.status(), 200);
    assert_eq!(pagerduty.notes("QINC1"), ["a"]);
}

#[tokio::test]
async fn notes_that_are_wrong() {
    let sre = Some("sre@example.com");
    for (from, body, code, problem) in [
        (None, saying("a"), 2016, "no From"),
        (sre, saying(""), 2001, "content has 0 bytes"),
        (sre, saying(" \n"), 2001, "content has 2 bytes"),
        (sre, saying(&"a".repeat(65_536)), 2001, "content has 65536 bytes"),
        (sre, saying(&"あ".repeat(21_846)), 2001, "content has 65538 bytes"),
        (sre, json!({"note": {"content": 1}}), 2001, "content is 1"),
        (sre, json!({"note": {}}), 2001, "content is missing"),
        (sre, json!({"content": "a"}), 2001, "no object note"),
        (sre, json!({"note": {"content": "a"}, "more": 1}), 2001, "the body is not"),
        (sre, json!("a"), 2001, "the body is not"),
    ] {
        let pagerduty = with_incident().await;
        let before = pagerduty.snapshot();
        let ending = note(&pagerduty, from, &body).await;
        assert_eq!((ending.status(), &ending.body()["error"]["code"]), (400, &json!(code)), "{problem}");
        assert_eq!(pagerduty.snapshot(), before, "{problem}");
        assert_contains(&left_by(pagerduty), problem);
    }
    let pagerduty = with_incident().await;
    assert_eq!(note(&pagerduty, sre, &json!({"note": {"content": "a", "user": {"id": "PSRE1"}}})).await.status(), 200);
    assert_contains(&left_by(pagerduty), "user is not a field that can be sent here");

    let pagerduty = with_incident().await;
    assert_eq!(call(&pagerduty, "GET /incidents/QINC1?limit=1", &HEADERS, "").await.status(), 400);
    assert_contains(&left_by(pagerduty), "limit is not a parameter");
}

#[tokio::test]
async fn an_incident_that_is_not_there() {
    let pagerduty = with_incident().await;
    let headers = [&HEADERS[..], &[("from", "sre@example.com")]].concat();
    for (line, body) in [
        ("GET /incidents/QINC2", ""),
        ("GET /incidents/QINC2/notes", ""),
        ("POST /incidents/QINC2/notes", r#"{"note": {"content": "a"}}"#),
    ] {
        let ending = call(&pagerduty, line, &headers, body).await;
        assert_eq!((ending.status(), &ending.body()["error"]["code"]), (404, &json!(2100)), "{line}");
    }
    assert_eq!(pagerduty.problems(), [""; 0]);
}

#[tokio::test]
async fn faults_of_these_calls() {
    let pagerduty = with_incident().await;
    let sre = Some("sre@example.com");
    pagerduty.fail_next([PagerDutyFault::TooManyRequests { reset: Some(7) }, PagerDutyFault::Html]);
    pagerduty.fail_write_after(0, PagerDutyFault::ResetAfterAccepting);
    assert_eq!(call(&pagerduty, "GET /incidents/QINC1", &HEADERS, "").await.header("ratelimit-reset"), "7");
    assert_eq!(call(&pagerduty, "GET /incidents/QINC1/notes", &HEADERS, "").await.status(), 503);
    assert_eq!(note(&pagerduty, sre, &saying("a")).await, Ending::Reset);
    assert_eq!(pagerduty.notes("QINC1"), ["a"]);
    pagerduty.fail_next([PagerDutyFault::Forbidden, PagerDutyFault::ServerError, PagerDutyFault::Reset]);
    assert_eq!(note(&pagerduty, sre, &saying("b")).await.status(), 403);
    assert_eq!(note(&pagerduty, sre, &saying("b")).await.status(), 500);
    assert_eq!(note(&pagerduty, sre, &saying("b")).await, Ending::Reset);

    pagerduty.fail_next([PagerDutyFault::Hang]);
    let mut client = Client::connect(&pagerduty.base_url()).await;
    let headers = [&HEADERS[..], &[("from", "sre@example.com")]].concat();
    client.send("POST /incidents/QINC1/notes", &headers, &saying("b").to_string()).await;
    pagerduty.called(7).await;
    assert_eq!(client.give_up().await, Ending::NeverAnswered);
    assert_eq!(pagerduty.notes("QINC1"), ["a"]);
}
