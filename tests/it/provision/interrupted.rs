//! An apply that stops at any step, and one that goes on from there.

use super::Fixture;
use crate::kit::{PagerDutyFault, secret};
use serde_json::Value;

/// The writes of an apply: user, schedule, overrides, policy, subscription, its activation, service.
const WRITES: usize = 7;

/// The state without the numbers in ids, which depend on how often something was created.
fn without_numbers(state: &Value) -> String {
    let kinds = ["PUSER", "PSCHED", "PLAYER", "POVER", "PPOLICY", "PRULE", "PSUB", "PMETHOD"];
    let mut text = format!("{state:#}");
    for kind in kinds {
        let mut parts = text.split(kind);
        let first = parts.next().unwrap_or_default().to_owned();
        let rest = parts.map(|part| format!("{kind}{}", part.trim_start_matches(|c: char| c.is_ascii_digit())));
        text = first + &rest.collect::<String>();
    }
    text
}

/// The ids of the subscriptions for which `wanted` holds.
fn subscriptions(state: &Value, wanted: impl Fn(&Value) -> bool) -> Vec<String> {
    let all = state["webhook_subscriptions"].as_array().cloned().unwrap_or_default();
    let ids = all.iter().filter(|one| wanted(one)).filter_map(|one| one["id"].as_str());
    ids.map(str::to_owned).collect()
}

#[tokio::test]
async fn apply_stopped_at_any_step_and_run_again_ends_in_the_same_state() {
    let whole = without_numbers(&Fixture::applied().await.pagerduty.snapshot());
    let mut orphans = Vec::new();
    for nth in 0..WRITES {
        for fault in [
            PagerDutyFault::ServerError,
            PagerDutyFault::Reset,
            PagerDutyFault::Forbidden,
            PagerDutyFault::ResetAfterAccepting,
        ] {
            let fixture = Fixture::start().await;
            fixture.pagerduty.fail_write_after(nth, fault);
            let stopped = fixture.apply().await;
            let case = format!("write {nth}, {fault:?}\n{}", stopped.out);
            assert_eq!(stopped.code, Some(1), "{case}");
            // The subscription and its activation are one change.
            let done = if nth > 4 { nth - 1 } else { nth };
            let expected =
                format!("{done} of 6 changes are done. Run it again: it compares again and goes on from there\n");
            assert!(stopped.out.ends_with(&expected), "{case}");
            let at_rest = fixture.pagerduty.snapshot();
            let policy = &at_rest["services"][0]["escalation_policy"]["id"];
            assert_eq!(*policy == "PSVC1EP", nth < 6 || fault != PagerDutyFault::ResetAfterAccepting, "{case}");

            let again = fixture.apply().await;
            let case = format!("{case}\n{}", again.out);
            assert_eq!(again.code, Some(0), "{case}");
            let state = fixture.pagerduty.snapshot();
            let [active] = &subscriptions(&state, |one| one["active"] == true)[..] else { panic!("{case}") };
            let shown = [&stopped.out, &again.out].map(|out| out.matches(&secret(active)).count());
            assert_eq!(shown.iter().sum::<usize>(), 1, "the secret of what delivers is shown once: {case}");

            for orphan in subscriptions(&state, |one| one["active"] != true) {
                let remark = format!(
                    "! webhook subscription {orphan} never delivered: an earlier apply stopped before anybody had its \
                     signing secret. Delete it in PagerDuty\n"
                );
                let plan = fixture.plan().await.out;
                assert!(plan.contains(&remark) && plan.ends_with("\nnothing to do\n"), "{plan}");
                fixture.pagerduty.edit(|account| account.subscriptions.retain(|one| one["id"] != orphan.as_str()));
                orphans.push((nth, fault));
            }
            assert_eq!(without_numbers(&fixture.pagerduty.snapshot()), whole, "{case}");
            let third = fixture.plan().await;
            assert!(third.out.ends_with("\nnothing to do\n") && !third.out.contains('!'), "{case}\n{}", third.out);
        }
    }
    let expected = [
        (4, PagerDutyFault::ResetAfterAccepting),
        (5, PagerDutyFault::ServerError),
        (5, PagerDutyFault::Reset),
        (5, PagerDutyFault::Forbidden),
    ];
    assert_eq!(orphans, expected, "only where the secret is lost, or the subscription was not activated");
}

#[tokio::test]
async fn a_failure_says_what_it_means() {
    for (nth, fault, expected) in [
        (
            1,
            PagerDutyFault::ResetAfterAccepting,
            "✗ create schedule \"toban: developers in working hours\": \"Chat first response\" Mon-Fri 10:00-17:00 \
             Asia/Tokyo: PagerDuty gave no usable answer (the connection broke), so whether it was done is not known\n",
        ),
        (
            3,
            PagerDutyFault::ServerError,
            "30 min: PagerDuty gave no usable answer (HTTP 500: An internal error has occurred.), so whether it was done is \
             not known\n",
        ),
        (
            3,
            PagerDutyFault::Html,
            "30 min: PagerDuty gave no usable answer (HTTP 503), so whether it was done is not known\n",
        ),
        (
            4,
            PagerDutyFault::ResetAfterAccepting,
            "so whether it was done is not known. If PagerDuty has created the subscription, it does not deliver and its \
             signing secret is lost: running this again creates another one, and says which one to delete\n",
        ),
        (
            5,
            PagerDutyFault::Forbidden,
            "has to be a key with full access. Subscription PSUB0025 was created and does not deliver. Run it again: it \
             creates another one with its own secret, and the secret above is useless then\n",
        ),
    ] {
        let fixture = Fixture::start().await;
        fixture.pagerduty.fail_write_after(nth, fault);
        let stopped = fixture.apply().await;
        assert!(stopped.out.contains(expected), "{expected} is not in\n{}", stopped.out);
    }
}

#[tokio::test]
async fn refused_overrides_stop_apply_and_only_they_are_created_again() {
    let fixture = Fixture::start().await;
    fixture.pagerduty.edit(|account| account.refused_overrides = vec!["2026-12-29", "2027-01-01"]);
    let stopped = fixture.apply().await;
    let expected = "✗ create overrides of the schedule, \"佐伯 玲\" on 18 holidays: PagerDuty refused it: 2 of 18 overrides \
                    were not created: Override must end after its start\n2 of 6 changes are done.";
    assert!(stopped.out.contains(expected), "{}", stopped.out);
    fixture.pagerduty.edit(|account| account.refused_overrides.clear());
    let again = fixture.apply().await;
    assert_eq!(again.code, Some(0), "{again:?}");
    let expected = "\"佐伯 玲\" on 2 holidays\n      2026-12-29 Tue 10:00-17:00 company holiday\n      2027-01-01 Fri 10:00-17:00 元日\n+";
    assert!(again.out.contains(expected), "{}", again.out);
}

/// PagerDuty documents two answers to creating overrides.
#[tokio::test]
async fn created_overrides_are_counted_in_both_documented_answers() {
    let fixture = Fixture::start().await;
    fixture.pagerduty.edit(|account| {
        account.answers_like_the_guide = true;
        account.refused_overrides = vec!["2026-12-29"];
    });
    let stopped = fixture.apply().await;
    assert!(
        stopped.out.contains("PagerDuty refused it: 17 of 18 overrides were created\n2 of 6 changes"),
        "{}",
        stopped.out
    );
    fixture.pagerduty.edit(|account| account.refused_overrides.clear());
    assert_eq!(fixture.apply().await.code, Some(0));
}

/// Somebody began by hand: user and schedule are there, and the policy notifies the wrong user.
#[tokio::test]
async fn a_half_finished_setup_is_completed() {
    let fixture = Fixture::start().await;
    fixture.pagerduty.edit(|account| {
        account.add_user("PDUMMY1", "ダミー", "dummy@example.com", "limited_user");
        account.add_schedule("PHAND1", "toban: developers in working hours", "PDUMMY1", &[]);
        account.add_policy("PHAND2", "toban: developers, then SRE", "PLEAD1");
        account.services[1]["escalation_policy"]["id"] = "PHAND2".into();
    });
    let plan = fixture.plan().await;
    let expected = format!(
        "= leave  user \"ダミー\" (PDUMMY1)
~ change schedule \"toban: developers in working hours\"
      layer in force: none → Mon-Fri 10:00-17:00
+ create overrides of the schedule, \"佐伯 玲\" on 18 holidays
{}~ change escalation policy \"toban: developers, then SRE\"
      levels: 1. user \"Lee Dā\", 15 min → 1. schedule \"toban: developers in working hours\" and user \"佐伯 玲\", 30 min; \
2. user \"佐伯 玲\", 30 min
+ create webhook subscription to https://relay.example.com/prod/pagerduty; its signing secret is shown once
~ change service \"Backlogアプリ\"
      escalation policy: \"Default of Backlogアプリ\" → \"toban: developers, then SRE\"
! the user with the address dummy@example.com is called \"ダミー\", not \"Chat first response\": if it is a person, fix \
dummy_email; toban changes no user
! the escalation policy is changed for \"Backlogアプリ (staging)\" too

5 changes
",
        super::from_scratch::HOLIDAYS
    );
    assert!(plan.out.contains(&expected), "{}", plan.out);
    let applied = fixture.apply().await;
    assert_eq!(applied.code, Some(0), "{applied:?}");
    let state = fixture.pagerduty.snapshot();
    let policy = &state["escalation_policies"][2];
    assert_eq!(policy["description"], "as somebody wrote it");
    assert_eq!((&policy["num_loops"], &policy["on_call_handoff_notifications"]), (&2.into(), &"always".into()));
    assert_eq!(policy["teams"][0]["id"], "PTEAM1");
    let plan = fixture.plan().await.out;
    assert!(plan.ends_with("\nnothing to do\n"), "{plan}");
}
