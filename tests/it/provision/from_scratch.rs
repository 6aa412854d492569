//! From nothing: a plan and an apply, and a second plan that finds nothing to do.

use super::{Fixture, NOW, Ran, run};
use crate::kit::{PagerDuty, secret};
use serde_json::json;

/// A year of holidays, as a plan lists them.
pub const HOLIDAYS: &str = "      2026-12-29 Tue 10:00-17:00 company holiday
      2026-12-30 Wed 10:00-17:00 company holiday
      2027-01-01 Fri 10:00-17:00 元日
      2027-01-11 Mon 10:00-17:00 成人の日
      2027-02-11 Thu 10:00-17:00 建国記念の日
      2027-02-23 Tue 10:00-17:00 天皇誕生日
      2027-03-22 Mon 10:00-17:00 振替休日
      2027-04-29 Thu 10:00-17:00 昭和の日
      2027-05-03 Mon 10:00-17:00 憲法記念日
      2027-05-04 Tue 10:00-17:00 みどりの日
      2027-05-05 Wed 10:00-17:00 こどもの日
      2027-07-19 Mon 10:00-17:00 海の日
      2027-08-11 Wed 10:00-17:00 山の日
      2027-09-20 Mon 10:00-17:00 敬老の日
      2027-09-23 Thu 10:00-17:00 秋分の日
      2027-10-11 Mon 10:00-17:00 スポーツの日
      2027-11-03 Wed 10:00-17:00 文化の日
      2027-11-23 Tue 10:00-17:00 勤労感謝の日
";

const ALONGSIDE: &str = "https://api, service \"Backlogアプリ\"
first_response = \"alongside\": in working hours SRE is notified at once, as the developers are (the other way is \
\"developers-first\": SRE is notified after 30 minutes)

";

fn empty() -> String {
    format!(
        "{ALONGSIDE}\
+ create user \"Chat first response\" <dummy@example.com>: limited_user, Asia/Tokyo; PagerDuty mails it an invitation
+ create schedule \"toban: developers in working hours\": \"Chat first response\" Mon-Fri 10:00-17:00 Asia/Tokyo
+ create overrides of the schedule, \"佐伯 玲\" on 18 holidays
{HOLIDAYS}\
+ create escalation policy \"toban: developers, then SRE\": 1. schedule \"toban: developers in working hours\" and user \
\"佐伯 玲\", 30 min; 2. user \"佐伯 玲\", 30 min
+ create webhook subscription to https://relay.example.com/prod/pagerduty; its signing secret is shown once
~ change service \"Backlogアプリ\"
      escalation policy: \"Default of Backlogアプリ\" → \"toban: developers, then SRE\"

6 changes
"
    )
}

fn nothing_to_do() -> String {
    format!(
        "{ALONGSIDE}\
= leave  user \"Chat first response\" (PUSER0001)
= leave  schedule \"toban: developers in working hours\"
= leave  overrides of the schedule: a real person on 18 holidays
= leave  escalation policy \"toban: developers, then SRE\"
= leave  webhook subscription to https://relay.example.com/prod/pagerduty
= leave  service \"Backlogアプリ\"

nothing to do
"
    )
}

fn ok(out: &str) -> Ran {
    Ran { code: Some(0), out: out.into(), err: String::new() }
}

#[tokio::test]
async fn from_an_empty_account_two_commands_and_a_third_finds_nothing_to_do() {
    let fixture = Fixture::start().await;
    let before = fixture.pagerduty.snapshot();
    let hint = "nothing has been changed yet; to do it: toban pagerduty apply desired.toml\n";
    assert_eq!(fixture.plan().await, ok(&(empty() + hint)));
    assert_eq!(fixture.pagerduty.snapshot(), before, "a plan changes nothing");
    fixture.pagerduty.take_calls();

    let applied = fixture.apply().await;
    let expected = empty()
        + "✓ user \"Chat first response\" created (PUSER0001)
  tell the relay that it is not a person: IGNORED_ASSIGNEES=PUSER0001
✓ schedule \"toban: developers in working hours\" created (PSCHED0002)
✓ 18 overrides of the schedule created
✓ escalation policy \"toban: developers, then SRE\" created (PPOLICY0022)
  the signing secret of the new subscription, shown only this once; the relay needs it in PAGERDUTY_WEBHOOK_SECRETS, after a \
comma if there is another one:

      signing-secret-of-PSUB0025==

✓ webhook subscription to https://relay.example.com/prod/pagerduty created (PSUB0025)
✓ service \"Backlogアプリ\" has escalation policy \"toban: developers, then SRE\" from now on
done
";
    assert_eq!(secret("PSUB0025"), "signing-secret-of-PSUB0025==");
    assert_eq!(applied, ok(&expected));
    let calls = fixture.pagerduty.take_calls();
    let writes: Vec<_> = calls.iter().filter(|call| !call.starts_with("GET")).collect();
    assert_eq!(
        writes,
        [
            "POST /users",
            "POST /schedules",
            "POST /schedules/PSCHED0002/overrides",
            "POST /escalation_policies",
            "POST /webhook_subscriptions",
            "PUT /webhook_subscriptions/PSUB0025",
            "PUT /services/PSVC1",
        ]
    );

    assert_eq!(fixture.plan().await, ok(&nothing_to_do()));
    assert_eq!(
        fixture.run(&["apply"], &[]).await,
        ok(&nothing_to_do()),
        "nothing is asked when there is nothing to do"
    );
    let calls = fixture.pagerduty.take_calls();
    assert!(calls.iter().all(|call| call.starts_with("GET ")), "{calls:?}");
}

#[tokio::test]
async fn after_an_apply_every_field_is_as_wanted() {
    let fixture = Fixture::applied().await;
    let state = fixture.pagerduty.snapshot();
    let dummy = &state["users"][2];
    assert_eq!(
        *dummy,
        json!({
            "id": "PUSER0001", "type": "user", "name": "Chat first response", "summary": "Chat first response",
            "email": "dummy@example.com", "role": "limited_user", "time_zone": "Asia/Tokyo", "invitation_sent": true,
        })
    );
    let schedule = &state["schedules"][0];
    let day = |day: u64| {
        json!({
            "type": "weekly_restriction", "start_day_of_week": day, "start_time_of_day": "10:00:00",
            "duration_seconds": 7 * 3600,
        })
    };
    assert_eq!(
        schedule["schedule_layers"],
        json!([{
            "id": "PLAYER0003", "name": "working hours", "start": "2026-11-24T02:02:00Z",
            "rotation_virtual_start": "2026-11-24T02:02:00Z", "rotation_turn_length_seconds": 7 * 24 * 3600,
            "users": [{"user": {"id": "PUSER0001", "type": "user_reference"}}],
            "restrictions": [day(1), day(2), day(3), day(4), day(5)],
        }])
    );
    assert_eq!(schedule["time_zone"], "Asia/Tokyo");
    assert_eq!(
        schedule["overrides"][0],
        json!({
            "id": "POVER0004", "start": "2026-12-29T01:00:00Z", "end": "2026-12-29T08:00:00Z", "time_zone": "Asia/Tokyo",
            "user": {"id": "PSRE1", "type": "user_reference"},
        })
    );
    let policy = &state["escalation_policies"][2];
    let schedule = json!({"id": "PSCHED0002", "type": "schedule_reference"});
    let sre = json!({"id": "PSRE1", "type": "user_reference"});
    assert_eq!(policy["escalation_rules"][0]["targets"], json!([schedule, sre]));
    assert_eq!(policy["escalation_rules"][1]["targets"], json!([sre]));
    assert_eq!(policy["escalation_rules"][0]["escalation_delay_in_minutes"], 30);
    assert_eq!(state["services"][0]["escalation_policy"]["id"], policy["id"]);
    assert_eq!(state["services"][0]["acknowledgement_timeout"], 1800, "the rest of the service is as it was");
    assert_eq!(state["services"][1]["escalation_policy"]["id"], "PSVC2EP", "another service with a similar name");
    let subscription = &state["webhook_subscriptions"][0];
    assert_eq!(subscription["active"], true);
    assert_eq!(subscription["description"], "toban");
    assert_eq!(subscription["filter"], json!({"type": "service_reference", "id": "PSVC1"}));
    let events = subscription["events"].as_array().cloned().unwrap_or_default();
    assert_eq!(events.len(), 26, "all that are documented for incidents: {events:?}");
    for event in ["incident.triggered", "incident.annotated", "incident.workflow.completed"] {
        assert!(events.contains(&json!(event)), "{event}");
    }
}

#[tokio::test]
async fn developers_first_leaves_sre_out_of_the_first_level() {
    let fixture = Fixture::start().await.with("first_response", "first_response = \"developers-first\"");
    let plan = fixture.with("delay_minutes", "delay_minutes = 45").plan().await;
    assert!(
        plan.out.contains(
            "first_response = \"developers-first\": in working hours SRE is notified when nobody has taken it for 45 minutes \
             (the other way is \"alongside\": SRE is notified at once)\n"
        ),
        "{}",
        plan.out
    );
    assert!(
        plan.out.contains(
            "+ create escalation policy \"toban: developers, then SRE\": 1. schedule \"toban: developers in working \
             hours\", 45 min; 2. user \"佐伯 玲\", 45 min\n"
        ),
        "{}",
        plan.out
    );
}

#[tokio::test]
async fn sre_may_be_a_schedule_with_a_user_for_holidays() {
    let fixture = Fixture::start()
        .await
        .with("sre_user", "sre_schedule = \"SRE primary\"\nsre_on_holidays = \"LEAD@example.com\"");
    fixture.pagerduty.edit(|account| {
        account.add_schedule("PSECOND", "SRE primary (old)", "PLEAD1", &[]);
        let shifts =
            [("2026-11-20T00:00:00Z", "2026-11-26T00:00:00Z"), ("2026-11-26T03:00:00Z", "2026-11-30T00:00:00Z")];
        account.add_schedule("PFIRST", "SRE primary", "PSRE1", &shifts);
    });
    let applied = fixture.apply().await;
    for line in [
        "+ create overrides of the schedule, \"Lee Dā\" on 18 holidays\n",
        "1. schedule \"toban: developers in working hours\" and schedule \"SRE primary\", 30 min; 2. schedule \"SRE \
         primary\", 30 min\n",
        "! nobody is on call on SRE's schedule at 2 times of the next week, first 2026-11-26 Thu 09:00 to 2026-11-26 Thu \
         12:00: PagerDuty creates no incident for an alert that comes when nobody on the policy is on call\n",
    ] {
        assert!(applied.out.contains(line), "{line} is not in\n{}", applied.out);
    }
    assert_eq!(applied.code, Some(0), "{applied:?}");
    let state = fixture.pagerduty.snapshot();
    let sre = json!({"id": "PFIRST", "type": "schedule_reference"});
    assert_eq!(state["escalation_policies"][2]["escalation_rules"][1]["targets"], json!([sre]));
    assert_eq!(state["schedules"][2]["overrides"][0]["user"]["id"], "PLEAD1");
    let again = fixture.plan().await.out;
    assert!(again.contains("! nobody is on call") && again.ends_with("\nnothing to do\n"), "{again}");
}

#[tokio::test]
async fn the_dummy_is_found_on_the_last_of_three_pages() {
    let fixture = Fixture::applied().await;
    fixture.pagerduty.edit(|account| {
        let dummy = account.users.remove(2);
        for number in account.users.len()..249 {
            // A search for the dummy's name or address finds most of these too.
            let name = format!("Chat first response {number}");
            let email = format!("{number}dummy@example.com");
            account.add_user(&format!("PX{number}"), &name, &email, "user");
        }
        account.users.push(dummy);
        assert_eq!(account.users.len(), 250);
    });
    assert_eq!(fixture.plan().await, ok(&nothing_to_do()));
    let calls = fixture.pagerduty.take_calls();
    assert_eq!(calls.iter().filter(|call| *call == "GET /users").count(), 3);
}

#[tokio::test]
async fn differences_that_do_not_matter_are_ignored() {
    let fixture = Fixture::applied().await;
    fixture.pagerduty.edit(|account| {
        account.users[2]["email"] = json!("Dummy@Example.com");
        // A name that contains ours is another one.
        account.add_policy("POTHER", "toban: developers, then SRE, then the boss", "PLEAD1");
        account.add_schedule("POTHER2", "toban: developers in working hours (2025)", "PLEAD1", &[]);
        let rules = &mut account.policies[2]["escalation_rules"][0];
        rules["targets"].as_array_mut().expect("a list").reverse();
        rules["escalation_rule_assignment_strategy"] = json!({"type": "assign_to_everyone"});
        account.subscriptions[0]["delivery_method"]["url"] = json!("https://relay.example.com/prod/pagerduty/");
        account.subscriptions[0]["description"] = json!("Slack への転送");
        account.subscriptions[0]["events"].as_array_mut().expect("a list").push(json!("service.updated"));
        account.schedules[0]["description"] = json!("developers, don't touch");
        account.schedules[0]["schedule_layers"][0]["name"] = json!("Layer 1");
        account.schedules[0]["schedule_layers"][0]["start"] = json!("2027-01-01T00:00:00+09:00");
    });
    assert_eq!(fixture.plan().await, ok(&nothing_to_do()));
}

#[tokio::test]
async fn apply_asks_and_without_a_terminal_it_does_nothing() {
    let fixture = Fixture::start().await;
    let before = fixture.pagerduty.snapshot();
    let asked = fixture.run(&["apply"], &[]).await;
    assert_eq!(asked.code, Some(1));
    assert_eq!(asked.out, empty(), "the plan is shown");
    assert_eq!(asked.err, "toban: there is no terminal to ask on: read the plan, then run it with --yes\n");
    assert_eq!(fixture.pagerduty.snapshot(), before);
}

#[tokio::test]
async fn the_workbook_s_holidays_count_too() {
    let fixture = Fixture::start().await;
    let holidays = super::file("holidays.csv", "date,name\n2026-12-28,年末休み\n2026-12-29,年末休み\n");
    let rotation = super::file("rotation.csv", "date,担当,担当\n");
    for variables in
        [vec![("HOLIDAYS_FILE", holidays.as_str())], vec![("HOLIDAYS_FILE", &holidays), ("ROTATION_FILE", &rotation)]]
    {
        let plan = fixture.run(&["plan"], &variables).await;
        assert!(
            plan.out.contains(
                "on 19 holidays\n      2026-12-28 Mon 10:00-17:00 年末休み\n      2026-12-29 Tue 10:00-17:00 年末休み\n      \
                 2026-12-30 Wed 10:00-17:00 company holiday\n"
            ),
            "{variables:?}: {}",
            plan.out
        );
    }
    let plan = fixture.run(&["plan"], &[("HOLIDAYS_FILE", "/nowhere/holidays.csv")]).await;
    let first = plan.out.lines().next().unwrap_or_default();
    assert_eq!(
        first,
        "! the company's holidays are left out, except those in the file: HOLIDAYS_FILE: holidays.csv is not there; name a \
         file that is"
    );
    assert!(plan.out.contains("on 18 holidays"), "{}", plan.out);
}

#[tokio::test]
async fn help_names_files_and_variables() {
    for (arguments, words) in [
        (vec!["--help"], vec!["docs/pagerduty.example.toml", "PAGERDUTY_API_KEY", "Nothing is ever deleted"]),
        (vec!["plan", "--help"], vec!["read-only key", "HOLIDAYS_FILE"]),
        (vec!["apply", "--help"], vec!["--yes", "--store-secret", "PARAMETERS_PATH"]),
    ] {
        let ran = run(&arguments, &[]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let text = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in words {
            assert!(text.contains(word), "{word} is not in\n{}", ran.out);
        }
    }
    let ran = run(&["plan", "/nowhere.toml"], &[("PAGERDUTY_API_KEY", PagerDuty::KEY), ("TOBAN_NOW", NOW)]).await;
    assert_eq!(ran.err, "toban: /nowhere.toml: No such file or directory (os error 2)\n");
    assert_eq!(ran.code, Some(1));
}
