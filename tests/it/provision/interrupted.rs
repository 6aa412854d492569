//! An apply that stops anywhere, and one that goes on from there.

use super::World;
use crate::kit::{PagerDutyFault, secret};
use serde_json::Value;

/// What a whole apply writes: user, schedule, overrides, policy, subscription, its activation, service.
const WRITES: usize = 7;

/// The state without the numbers in ids: what is made twice over has later ones.
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
    let whole = without_numbers(&World::applied().await.pagerduty.snapshot());
    let mut orphans = Vec::new();
    for nth in 0..WRITES {
        for fault in [
            PagerDutyFault::ServerError,
            PagerDutyFault::Reset,
            PagerDutyFault::Forbidden,
            PagerDutyFault::ResetAfterAccepting,
        ] {
            let world = World::start().await;
            world.pagerduty.fail_write_after(nth, fault);
            let stopped = world.apply().await;
            let case = format!("write {nth}, {fault:?}\n{}", stopped.out);
            assert_eq!(stopped.code, Some(1), "{case}");
            // The subscription and its activation are one change.
            let done = if nth > 4 { nth - 1 } else { nth };
            let expected = format!(
                "{done} of 6 changes are done. Run it again: it looks at the account first and goes on from there\n"
            );
            assert!(stopped.out.ends_with(&expected), "{case}");
            let at_rest = world.pagerduty.snapshot();
            let policy = &at_rest["services"][0]["escalation_policy"]["id"];
            assert_eq!(*policy == "PSVC1EP", nth < 6 || fault != PagerDutyFault::ResetAfterAccepting, "{case}");

            let again = world.apply().await;
            let case = format!("{case}\n{}", again.out);
            assert_eq!(again.code, Some(0), "{case}");
            let state = world.pagerduty.snapshot();
            let [active] = &subscriptions(&state, |one| one["active"] == true)[..] else { panic!("{case}") };
            let told = [&stopped.out, &again.out].map(|out| out.matches(&secret(active)).count());
            assert_eq!(told.iter().sum::<usize>(), 1, "the secret of what delivers is told once: {case}");

            for orphan in subscriptions(&state, |one| one["active"] != true) {
                let remark = format!(
                    "! webhook subscription {orphan} never delivered: an earlier apply stopped before anybody had its \
                     signing secret. Delete it in PagerDuty\n"
                );
                let plan = world.plan().await.out;
                assert!(plan.contains(&remark) && plan.ends_with("\nnothing to do\n"), "{plan}");
                world.pagerduty.edit(|account| account.subscriptions.retain(|one| one["id"] != orphan.as_str()));
                orphans.push((nth, fault));
            }
            assert_eq!(without_numbers(&world.pagerduty.snapshot()), whole, "{case}");
            let third = world.plan().await;
            assert!(third.out.ends_with("\nnothing to do\n") && !third.out.contains('!'), "{case}\n{}", third.out);
        }
    }
    let expected = [
        (4, PagerDutyFault::ResetAfterAccepting),
        (5, PagerDutyFault::ServerError),
        (5, PagerDutyFault::Reset),
        (5, PagerDutyFault::Forbidden),
    ];
    assert_eq!(
        orphans, expected,
        "only where the secret cannot be known any more, or the subscription is not wanted yet"
    );
}

#[tokio::test]
async fn what_stopped_it_is_said_with_what_it_means() {
    for (nth, fault, expected) in [
        (
            1,
            PagerDutyFault::ResetAfterAccepting,
            "✗ create schedule \"toban: developers in working hours\": \"Chat first response\" Mon-Fri 10:00-17:00 \
             Asia/Tokyo: PagerDuty gave no answer of use (the connection broke), so whether it was done is not known\n",
        ),
        (
            3,
            PagerDutyFault::ServerError,
            "30 min: PagerDuty gave no answer of use (HTTP 500: An internal error has occurred.), so whether it was done is \
             not known\n",
        ),
        (
            3,
            PagerDutyFault::Html,
            "30 min: PagerDuty gave no answer of use (HTTP 503), so whether it was done is not known\n",
        ),
        (
            4,
            PagerDutyFault::ResetAfterAccepting,
            "so whether it was done is not known. If PagerDuty has made the subscription, it does not deliver, and nobody \
             will ever know its signing secret: running this again makes another one, and says which one to delete\n",
        ),
        (
            5,
            PagerDutyFault::Forbidden,
            "has to be a key with full access. Subscription PSUB0025 is made and does not deliver. Run it again and it makes \
             another one with a secret of its own; the one above is of no use then\n",
        ),
    ] {
        let world = World::start().await;
        world.pagerduty.fail_write_after(nth, fault);
        let stopped = world.apply().await;
        assert!(stopped.out.contains(expected), "{expected} is not in\n{}", stopped.out);
    }
}

#[tokio::test]
async fn overrides_that_are_refused_stop_it_and_only_they_are_made_again() {
    let world = World::start().await;
    world.pagerduty.edit(|account| account.refused_overrides = vec!["2026-12-29", "2027-01-01"]);
    let stopped = world.apply().await;
    let expected = "✗ create overrides of the schedule, \"佐伯 玲\" on 18 holidays: PagerDuty refused it: 2 of 18 overrides \
                    were not made: Override must end after its start\n2 of 6 changes are done.";
    assert!(stopped.out.contains(expected), "{}", stopped.out);
    world.pagerduty.edit(|account| account.refused_overrides.clear());
    let again = world.apply().await;
    assert_eq!(again.code, Some(0), "{again:?}");
    let expected = "\"佐伯 玲\" on 2 holidays\n      2026-12-29 Tue 10:00-17:00 company holiday\n      2027-01-01 Fri 10:00-17:00 元日\n+";
    assert!(again.out.contains(expected), "{}", again.out);
}

/// PagerDuty documents two answers to new overrides.
#[tokio::test]
async fn overrides_are_counted_in_either_answer() {
    let world = World::start().await;
    world.pagerduty.edit(|account| {
        account.answers_like_the_guide = true;
        account.refused_overrides = vec!["2026-12-29"];
    });
    let stopped = world.apply().await;
    assert!(
        stopped.out.contains("PagerDuty refused it: 17 of 18 overrides were made\n2 of 6 changes"),
        "{}",
        stopped.out
    );
    world.pagerduty.edit(|account| account.refused_overrides.clear());
    assert_eq!(world.apply().await.code, Some(0));
}

/// Somebody made it by hand and was called away: user and schedule are there, the policy tells the wrong one.
#[tokio::test]
async fn what_is_half_set_up_is_completed() {
    let world = World::start().await;
    world.pagerduty.edit(|account| {
        account.add_user("PDUMMY1", "ダミー", "dummy@example.com", "limited_user");
        account.add_schedule("PHAND1", "toban: developers in working hours", "PDUMMY1", &[]);
        account.add_policy("PHAND2", "toban: developers, then SRE", "PLEAD1");
        account.services[1]["escalation_policy"]["id"] = "PHAND2".into();
    });
    let plan = world.plan().await;
    let expected = format!(
        "= leave  user \"ダミー\" (PDUMMY1)
~ change schedule \"toban: developers in working hours\"
      layer in force: none → Mon-Fri 10:00-17:00
+ create overrides of the schedule, \"佐伯 玲\" on 18 holidays
{}~ change escalation policy \"toban: developers, then SRE\"
      levels: 1. user \"Lee Dā\", 15 min → 1. schedule \"toban: developers in working hours\" and user \"佐伯 玲\", 30 min; \
2. user \"佐伯 玲\", 30 min
+ create webhook subscription to https://relay.example.com/prod/pagerduty; its signing secret is told once
~ change service \"Backlogアプリ\"
      escalation policy: \"Default of Backlogアプリ\" → \"toban: developers, then SRE\"
! the user with the address dummy@example.com is called \"ダミー\", not \"Chat first response\": if it is a person, mend \
dummy_email; toban changes no user
! the escalation policy is changed for \"Backlogアプリ (staging)\" too

5 changes
",
        super::story::HOLIDAYS
    );
    assert!(plan.out.contains(&expected), "{}", plan.out);
    let applied = world.apply().await;
    assert_eq!(applied.code, Some(0), "{applied:?}");
    let state = world.pagerduty.snapshot();
    let policy = &state["escalation_policies"][2];
    assert_eq!(policy["description"], "as somebody wrote it");
    assert_eq!((&policy["num_loops"], &policy["on_call_handoff_notifications"]), (&2.into(), &"always".into()));
    assert_eq!(policy["teams"][0]["id"], "PTEAM1");
    let plan = world.plan().await.out;
    assert!(plan.ends_with("\nnothing to do\n"), "{plan}");
}
