//! What has to be there and is not: all of it at once, and nothing is done.

use super::World;
use serde_json::json;

#[tokio::test]
async fn what_is_missing_is_told_at_once() {
    let world = World::start()
        .await
        .with("service", "service = \"backlogアプリ\"")
        .with("sre_user", "sre_schedule = \"SRE primary\"\nsre_on_holidays = \"nobody@example.com\"");
    for ran in [world.plan().await, world.apply().await] {
        assert_eq!(ran.code, Some(1));
        assert_eq!(
            (ran.out.as_str(), ran.err.as_str()),
            (
                "",
                "toban: the account is not as the file says:
  no service is called \"backlogアプリ\"; make it in PagerDuty first, with what sends its alerts, or mend `service`
  no user has the address that is sre_on_holidays in the file: mend it, or make the user in PagerDuty first
  no schedule is called \"SRE primary\" (one made of shifts is not listed: name a user by sre_user instead)
"
            )
        );
    }
}

#[tokio::test]
async fn each_user_is_told_by_the_field_that_names_it() {
    const MEND: &str = "in the file: mend it, or make the user in PagerDuty first";
    for (line, expected) in [
        ("sre_user = \"nobody@example.com\"", vec!["sre_user"]),
        ("sre_user = \"nobody@example.com\"\nsre_on_holidays = \"sre@example.com\"", vec!["sre_user"]),
        ("sre_user = \"sre@example.com\"\nsre_on_holidays = \"nobody@example.com\"", vec!["sre_on_holidays"]),
        ("sre_user = \"no@example.com\"\nsre_on_holidays = \"body@example.com\"", vec!["sre_on_holidays", "sre_user"]),
    ] {
        let ran = World::start().await.with("sre_user", line).plan().await;
        let lines: String =
            expected.iter().map(|field| format!("  no user has the address that is {field} {MEND}\n")).collect();
        assert_eq!(ran.err, format!("toban: the account is not as the file says:\n{lines}"));
    }
}

#[tokio::test]
async fn what_is_there_twice_or_cannot_be_on_call_is_told() {
    let world = World::applied().await;
    world.pagerduty.edit(|account| {
        account.users[0]["role"] = json!("read_only_user");
        account.users[2]["role"] = json!("read_only_limited_user");
        account.add_service("PSVC9", "Backlogアプリ", "PLEAD1");
        account.add_schedule("PTWICE", "toban: developers in working hours", "PLEAD1", &[]);
        account.add_policy("PTWICE2", "toban: developers, then SRE", "PLEAD1");
    });
    let ran = world.plan().await;
    assert_eq!(
        ran.err,
        "toban: the account is not as the file says:
  2 services are called \"Backlogアプリ\": rename all but one
  user \"Chat first response\" has the role read_only_limited_user, and a stakeholder cannot be on call: give it another role
  user \"佐伯 玲\" has the role read_only_user, and a stakeholder cannot be on call: name another one
  2 schedules are called \"toban: developers in working hours\": rename all but one
  2 escalation policies are called \"toban: developers, then SRE\": rename all but one
"
    );
}

/// A schedule that was upgraded to shifts is not listed, and its name is taken all the same.
#[tokio::test]
async fn a_name_that_is_taken_unseen_is_explained() {
    let world = World::start().await;
    world.pagerduty.edit(|account| account.taken_unseen = Some("toban: developers in working hours"));
    let ran = world.apply().await;
    let expected = "PagerDuty refused it: HTTP 400: Invalid Input Provided: Name has already been taken. Something of that \
                    name or address is there and was not listed: it was made a moment ago, this key cannot see it, or it is \
                    a schedule that was upgraded to shifts; give ours another name in the file\n1 of 6 changes are done.";
    assert!(ran.out.contains(expected), "{}", ran.out);
    let world = world.with("schedule", "schedule = \"chat first\"");
    let again = world.apply().await;
    assert_eq!(again.code, Some(0), "{again:?}");
}

/// PagerDuty's limits for a service are said in its words.
#[tokio::test]
async fn a_limit_of_pagerduty_s_is_said_in_its_words() {
    let world = World::start().await;
    world.pagerduty.edit(|account| {
        for number in 0..10 {
            account.subscriptions.push(json!({
                "id": format!("PS{number}"), "type": "webhook_subscription", "active": true, "description": null,
                "events": ["incident.triggered"], "filter": {"id": "PSVC1", "type": "service_reference"},
                "delivery_method": {"type": "http_delivery_method", "url": "https://hooks.example.com/x", "secret": null},
            }));
        }
    });
    let ran = world.apply().await;
    let expected = "✗ create webhook subscription to https://relay.example.com/prod/pagerduty; its signing secret is told \
                    once: PagerDuty refused it: HTTP 400: Invalid Input Provided: Subscription limit reached\n4 of 6";
    assert!(ran.out.contains(expected), "{}", ran.out);
    assert_eq!(
        world.pagerduty.snapshot()["services"][0]["escalation_policy"]["id"],
        "PSVC1EP",
        "alerts go where they went"
    );
}
