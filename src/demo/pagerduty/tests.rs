//! What PagerDuty answers, and what it does by itself.

use super::*;
use crate::demo::day::SRE;

fn at(minute: i64) -> DateTime<Utc> {
    "2026-11-24T02:00:00Z".parse::<DateTime<Utc>>().expect("an instant") + TimeDelta::minutes(minute)
}

fn ask(pagerduty: &DemoPagerDuty, method: &Method, id: &str, body: &str, minute: i64) -> Result<Value, Refused> {
    pagerduty.begin(at(minute), Language::English);
    let url = format!("https://api.pagerduty.com/incidents/{id}").parse().expect("a URL");
    pagerduty.answer(method, &url, body.as_bytes())
}

fn parts<const N: usize>(mut answer: Value, places: [&str; N]) -> [Value; N] {
    places.map(|place| answer.pointer_mut(&format!("/incident/{place}")).map(Value::take).unwrap_or_default())
}

fn seen(pagerduty: &DemoPagerDuty, minute: i64) -> [Value; 3] {
    let answer = ask(pagerduty, &Method::GET, "Q1", "", minute).expect("it is known");
    parts(answer, ["status", "pending_actions/0/at", "assignments/0/assignee/id"])
}

#[test]
fn sre_is_called_half_an_hour_after_it_began_to_wait() {
    let pagerduty = DemoPagerDuty::default();
    let learn = |status: &str, urgency: &str, assignee: &str, minute| {
        let data = json!({"id": "Q1", "status": status, "urgency": urgency, "assignees": [{"id": assignee}]});
        pagerduty.learn(json!({"event": {"data": data}}).to_string().as_bytes(), at(minute));
    };
    learn("triggered", "high", "PDUMMY1", 0);
    learn("triggered", "high", "PDUMMY1", 10);
    assert_eq!(seen(&pagerduty, 29), [json!("triggered"), json!("2026-11-24T02:30:00Z"), json!("PDUMMY1")]);
    assert_eq!(seen(&pagerduty, 30), [json!("triggered"), Value::Null, json!(SRE)]);
    learn("acknowledged", "high", "PNAKA01", 40);
    assert_eq!(seen(&pagerduty, 90), [json!("acknowledged"), Value::Null, json!("PNAKA01")]);
    learn("triggered", "high", "PDUMMY1", 100);
    assert_eq!(seen(&pagerduty, 100)[1], "2026-11-24T04:10:00Z");
    learn("triggered", "low", "PDUMMY1", 101);
    assert_eq!(seen(&pagerduty, 200), [json!("triggered"), Value::Null, json!("PDUMMY1")]);
    // What says nothing of its status changes nothing, and nobody else's is known.
    for body in ["", "{}", r#"{"event":{"data":{"id":"Q1"}}}"#, r#"{"event":{"data":{"id":7,"status":[]}}}"#] {
        pagerduty.learn(body.as_bytes(), at(300));
    }
    assert_eq!(seen(&pagerduty, 300)[0], "triggered");
    assert_eq!(ask(&pagerduty, &Method::GET, "Q2", "", 300), Err(NOT_FOUND));
}

#[test]
fn it_is_handed_over_to_sre_and_resolved_once() {
    let pagerduty = DemoPagerDuty::default();
    let data = json!({"id": "Q1", "status": "acknowledged", "urgency": "low", "assignees": [{"id": "PNAKA01"}]});
    let body = json!({"event": {"agent": {"id": "PNAKA01"}, "data": data}}).to_string();
    pagerduty.learn(body.as_bytes(), at(0));
    let put = |incident: Value, minute| {
        let body = json!({"incident": incident}).to_string();
        ask(&pagerduty, &Method::PUT, "Q1", &body, minute)
    };
    let policy = |id: &str| json!({"escalation_policy": {"id": id}, "urgency": "high"});
    let state = |answer| {
        parts(answer, ["status", "urgency", "last_status_change_at", "last_status_change_by/id"])
            .map(|part| part.as_str().unwrap_or_default().to_owned())
    };
    let before = ask(&pagerduty, &Method::GET, "Q1", "", 1).expect("it is known");
    assert_eq!(state(before), ["acknowledged", "low", "2026-11-24T02:00:00Z", "PNAKA01"]);
    // What it cannot do changes nothing.
    for wrong in [policy("PNOBODYS"), json!({"status": "acknowledged"}), json!({}), Value::Null] {
        let refused = put(wrong.clone(), 2).expect_err("it is refused");
        assert_eq!((refused.status.as_u16(), refused.code), (400, code::INVALID), "{wrong}");
    }
    assert_eq!(ask(&pagerduty, &Method::PUT, "Q1", "{", 2).expect_err("it is refused").code, code::INVALID);
    assert_eq!(ask(&pagerduty, &Method::PUT, "Q2", "{}", 2), Err(NOT_FOUND));

    let called = put(policy(SRE_POLICY), 3).expect("it is done");
    assert_eq!(state(called.clone()), ["triggered", "high", "2026-11-24T02:03:00Z", ACTING_USER]);
    let [name, policy_id, pending] =
        parts(called, ["assignments/0/assignee/summary", "escalation_policy/id", "pending_actions"]);
    assert_eq!((name, policy_id, pending), (json!("Sam Carter"), json!(SRE_POLICY), json!([])));
    assert!(pagerduty.may_send("v3/incident.resolved", "Q1") && !pagerduty.may_send("v3/incident.escalated", "Q1"));
    // A webhook of the recorded ones does not take it away from them.
    pagerduty.learn(body.replace("acknowledged", "triggered").as_bytes(), at(4));
    assert_eq!(seen(&pagerduty, 5)[1], Value::Null);

    let resolved = put(json!({"status": "resolved", "resolution": "by Sato"}), 6).expect("it is done");
    assert_eq!(state(resolved.clone()), ["resolved", "low", "2026-11-24T02:06:00Z", ACTING_USER]);
    assert_eq!(parts(resolved, ["assignments"]), [json!([])]);
    for again in [policy(SRE_POLICY), json!({"status": "resolved"})] {
        let refused = put(again, 7).expect_err("it is refused");
        assert_eq!(
            (refused.status.as_u16(), refused.body()),
            (400, json!({"error": {"code": 1001, "message": "Incident Already Resolved"}}))
        );
    }
    assert!(!pagerduty.may_send("v3/incident.resolved", "Q1") && pagerduty.may_send("v3/incident.resolved", "Q2"));
}
