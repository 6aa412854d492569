//! What the file refers to and PagerDuty does not have: reported together, and nothing is changed.

use super::Fixture;
use serde_json::json;

#[tokio::test]
async fn everything_missing_is_reported_together() {
    let fixture = Fixture::start()
        .await
        .with("service", "service = \"backlogアプリ\"")
        .with("sre_user", "sre_schedule = \"SRE primary\"\nsre_on_holidays = \"nobody@example.com\"");
    for ran in [fixture.plan().await, fixture.apply().await] {
        assert_eq!(ran.code, Some(1));
        assert_eq!(
            (ran.out.as_str(), ran.err.as_str()),
            (
                "",
                "toban: PagerDuty is not as the file needs it:
  no service is called \"backlogアプリ\"; create it in PagerDuty first, with what sends its alerts, or fix `service`
  no user has the e-mail address in `sre_on_holidays`: fix it, or create the user in PagerDuty first
  no schedule is called \"SRE primary\"; fix `sre_schedule`, or create it in PagerDuty first
"
            )
        );
    }
}

#[tokio::test]
async fn a_missing_user_is_reported_by_its_field() {
    const FIX: &str = "fix it, or create the user in PagerDuty first";
    for (line, expected) in [
        ("sre_user = \"nobody@example.com\"", vec!["sre_user"]),
        ("sre_user = \"nobody@example.com\"\nsre_on_holidays = \"sre@example.com\"", vec!["sre_user"]),
        ("sre_user = \"sre@example.com\"\nsre_on_holidays = \"nobody@example.com\"", vec!["sre_on_holidays"]),
        ("sre_user = \"no@example.com\"\nsre_on_holidays = \"body@example.com\"", vec!["sre_on_holidays", "sre_user"]),
    ] {
        let ran = Fixture::start().await.with("sre_user", line).plan().await;
        let lines: String =
            expected.iter().map(|field| format!("  no user has the e-mail address in `{field}`: {FIX}\n")).collect();
        assert_eq!(ran.err, format!("toban: PagerDuty is not as the file needs it:\n{lines}"));
    }
}

#[tokio::test]
async fn duplicates_and_stakeholders_are_reported() {
    let fixture = Fixture::applied().await;
    fixture.pagerduty.edit(|account| {
        account.users[0]["role"] = json!("read_only_user");
        account.users[2]["role"] = json!("read_only_limited_user");
        account.add_service("PSVC9", "Backlogアプリ", "PLEAD1");
        account.add_schedule("PTWICE", "toban: developers in working hours", "PLEAD1", &[]);
        account.add_policy("PTWICE2", "toban: developers, then SRE", "PLEAD1");
    });
    let ran = fixture.plan().await;
    assert_eq!(
        ran.err,
        "toban: PagerDuty is not as the file needs it:
  2 services are called \"Backlogアプリ\": rename all but one
  user \"Chat first response\" has the role read_only_limited_user, and a stakeholder cannot be on call: give it another role
  user \"佐伯 玲\" has the role read_only_user, and a stakeholder cannot be on call: name another one
  2 schedules are called \"toban: developers in working hours\": rename all but one
  2 escalation policies are called \"toban: developers, then SRE\": rename all but one
"
    );
}

#[tokio::test]
async fn a_name_taken_by_an_unlisted_schedule_is_explained() {
    let fixture = Fixture::start().await;
    fixture.pagerduty.edit(|account| account.unlisted_schedule = Some("toban: developers in working hours"));
    let ran = fixture.apply().await;
    let expected = "PagerDuty refused it: HTTP 400: Invalid Input Provided: Name has already been taken. Something with \
                    that name or address exists and was not listed: it was created a moment ago, or this key cannot see it; choose \
                    another name in the file\n1 of 6 changes are done.";
    assert!(ran.out.contains(expected), "{}", ran.out);
    let fixture = fixture.with("schedule", "schedule = \"chat first\"");
    let again = fixture.apply().await;
    assert_eq!(again.code, Some(0), "{again:?}");
}

#[tokio::test]
async fn a_limit_of_pagerduty_is_reported_in_its_words() {
    let fixture = Fixture::start().await;
    fixture.pagerduty.edit(|account| {
        for number in 0..10 {
            account.subscriptions.push(json!({
                "id": format!("PS{number}"), "type": "webhook_subscription", "active": true, "description": null,
                "events": ["incident.triggered"], "filter": {"id": "PSVC1", "type": "service_reference"},
                "delivery_method": {"type": "http_delivery_method", "url": "https://hooks.example.com/x", "secret": null},
            }));
        }
    });
    let ran = fixture.apply().await;
    let expected = "✗ create webhook subscription to https://relay.example.com/prod/pagerduty; its signing secret is \
                    shown once: PagerDuty refused it: HTTP 400: Invalid Input Provided: Subscription limit reached\n4 of 6";
    assert!(ran.out.contains(expected), "{}", ran.out);
    assert_eq!(
        fixture.pagerduty.snapshot()["services"][0]["escalation_policy"]["id"],
        "PSVC1EP",
        "alerts go where they went"
    );
}
