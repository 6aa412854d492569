//! Schedules made of shifts: SRE's may be one, the dummy's may not.

use super::{Fixture, Ran};
use crate::kit::{Account, PagerDuty, PagerDutyFault};
use serde_json::{Value, json};

const DUMMYS: &str = "toban: developers in working hours";
const HEADING: &str = "toban: PagerDuty is not as the file needs it:\n";
/// All of the coming week.
const WEEK: [(&str, &str, &str); 1] = [("PSRE1", "2026-11-20T00:00:00Z", "2026-12-05T00:00:00Z")];

async fn with_sre(name: &str, edit: impl FnOnce(&mut Account)) -> Fixture {
    let lines = format!("sre_schedule = \"{name}\"\nsre_on_holidays = \"sre@example.com\"");
    let fixture = Fixture::start().await.with("sre_user", &lines);
    fixture.pagerduty.edit(edit);
    fixture
}

/// The targets of each level of toban's policy.
fn levels(state: &Value) -> Vec<Value> {
    let policies = state["escalation_policies"].as_array().cloned().unwrap_or_default();
    let ours = policies.iter().find(|policy| policy["name"] == "toban: developers, then SRE").expect("our policy");
    ours["escalation_rules"].as_array().into_iter().flatten().map(|rule| rule["targets"].clone()).collect()
}

fn refused(problem: &str) -> Ran {
    Ran { code: Some(1), out: String::new(), err: format!("{HEADING}  {problem}\n") }
}

#[tokio::test]
async fn sre_s_schedule_made_of_shifts_is_found_by_its_name_on_the_last_page_and_referred_to_by_its_type() {
    let fixture = with_sre("SRE [primary]", |account| {
        for number in 0..230 {
            account.add_shift_schedule(&format!("PS{number}"), &format!("SRE [primary] {number}"), &[]);
        }
        account.add_shift_schedule("PSHIFTS", "SRE [primary]", &WEEK);
    })
    .await;
    let read_only = [("PAGERDUTY_API_KEY", PagerDuty::READ_ONLY_KEY)];
    let plan = fixture.run(&["plan"], &read_only).await;
    let policy = format!(
        "\n+ create escalation policy \"toban: developers, then SRE\": 1. schedule \"{DUMMYS}\" and schedule \"SRE \
         [primary]\", 30 min; 2. schedule \"SRE [primary]\", 30 min\n"
    );
    assert!(plan.out.contains(&policy) && !plan.out.contains("\n! "), "{plan:?}");
    let calls = fixture.pagerduty.take_calls();
    assert_eq!(calls.iter().filter(|call| *call == "GET /v3/schedules").count(), 3, "{calls:?}");
    assert_eq!(fixture.apply().await.code, Some(0));
    let state = fixture.pagerduty.snapshot();
    let sre = json!({"id": "PSHIFTS", "type": "schedule_v3_reference"});
    let dummys = json!({"id": "PSCHED0002", "type": "schedule_reference"});
    assert_eq!(levels(&state), [json!([dummys, sre]), json!([sre])]);
    let again = fixture.run(&["plan"], &read_only).await;
    assert!(again.out.ends_with("\nnothing to do\n"), "what was sent is what is read back: {again:?}");
}

#[tokio::test]
async fn a_time_that_nobody_of_sre_has_is_a_gap_although_it_is_listed() {
    for (shifts, expected) in [
        (&WEEK[..], None),
        (
            &[("", "2026-11-20T00:00:00Z", "2026-12-05T00:00:00Z")],
            Some((1, "2026-11-24 Tue 11:02", "2026-12-01 Tue 11:02")),
        ),
        (&[], Some((1, "2026-11-24 Tue 11:02", "2026-12-01 Tue 11:02"))),
        (
            &[
                ("PSRE1", "2026-11-20T00:00:00Z", "2026-11-26T00:00:00Z"),
                ("", "2026-11-26T00:00:00Z", "2026-11-26T03:00:00Z"),
                ("PLEAD1", "2026-11-26T03:00:00Z", "2026-12-01T00:00:00Z"),
                ("", "2026-12-01T00:00:00Z", "2026-12-08T00:00:00Z"),
            ],
            Some((2, "2026-11-26 Thu 09:00", "2026-11-26 Thu 12:00")),
        ),
        // Two people at once, and one of them goes on while the other's turn is nobody's.
        (
            &[
                ("PSRE1", "2026-11-20T00:00:00Z", "2026-11-27T00:00:00Z"),
                ("PLEAD1", "2026-11-20T00:00:00Z", "2026-12-05T00:00:00Z"),
                ("", "2026-11-27T00:00:00Z", "2026-12-05T00:00:00Z"),
            ],
            None,
        ),
    ] {
        let fixture =
            with_sre("SRE primary", |account| account.add_shift_schedule("PSHIFTS", "SRE primary", shifts)).await;
        let plan = fixture.plan().await;
        let remark = expected.map(|(times, from, to)| {
            format!(
                "! nobody is on call on SRE's schedule at {times} time{} of the next week, first {from} to {to}: PagerDuty \
                 creates no incident for an alert that comes when nobody on the policy is on call",
                if times == 1 { "" } else { "s" }
            )
        });
        let remarks: Vec<_> = plan.out.lines().filter(|line| line.starts_with("! ")).collect();
        assert_eq!((plan.code, remarks), (Some(0), remark.iter().map(String::as_str).collect()), "{shifts:?}");
    }
}

#[tokio::test]
async fn when_sre_s_schedule_is_upgraded_nothing_is_to_do() {
    let fixture = with_sre("SRE primary", |account| account.add_schedule("PFIRST", "SRE primary", "PSRE1", &[])).await;
    assert_eq!(fixture.apply().await.code, Some(0));
    let reference = |type_: &str| json!([{"id": "PFIRST", "type": type_}]);
    assert_eq!(levels(&fixture.pagerduty.snapshot())[1], reference("schedule_reference"));
    fixture.pagerduty.edit(|account| account.upgrade_schedule("PFIRST"));
    assert_eq!(levels(&fixture.pagerduty.snapshot())[1], reference("schedule_v3_reference"));
    let plan = fixture.plan().await;
    assert!(plan.out.ends_with("\nnothing to do\n"), "{plan:?}");
}

#[tokio::test]
async fn a_level_that_somebody_gave_a_schedule_of_shifts_is_shown_and_undone() {
    let fixture = Fixture::applied().await;
    fixture.pagerduty.edit(|account| {
        account.add_shift_schedule("PSHIFTS", "SRE \u{1b}[31mprimary", &WEEK);
        let targets = &mut account.policies[2]["escalation_rules"][1]["targets"];
        *targets = json!([{"id": "PSHIFTS", "type": "schedule_v3_reference"}]);
    });
    let plan = fixture.plan().await;
    let change = format!(
        "\n~ change escalation policy \"toban: developers, then SRE\"\n      levels: 1. schedule \"{DUMMYS}\" and user \"佐伯 \
         玲\", 30 min; 2. schedule \"SRE [31mprimary\", 30 min → 1. schedule \"{DUMMYS}\" and user \"佐伯 玲\", 30 min; 2. user \
         \"佐伯 玲\", 30 min\n"
    );
    assert!(plan.out.contains(&change), "{plan:?}");
    assert_eq!(fixture.apply().await.code, Some(0));
    assert_eq!(levels(&fixture.pagerduty.snapshot())[1], json!([{"id": "PSRE1", "type": "user_reference"}]));
}

#[tokio::test]
async fn an_upgraded_schedule_of_the_dummy_is_named_and_no_second_one_is_made() {
    let fixture = Fixture::applied().await;
    fixture.pagerduty.edit(|account| account.upgrade_schedule("PSCHED0002"));
    let before = fixture.pagerduty.snapshot();
    let expected = refused(&format!(
        "schedule \"{DUMMYS}\" is made of shifts, and toban writes only schedules made of layers: give `schedule` another name \
         in the file; once no escalation policy refers to this one, it can be deleted in PagerDuty"
    ));
    assert_eq!(fixture.plan().await, expected);
    assert_eq!(fixture.apply().await, expected);
    assert_eq!(fixture.pagerduty.snapshot(), before);

    let fixture = fixture.with("schedule", "schedule = \"chat first\"");
    let plan = fixture.plan().await;
    let lines: Vec<_> =
        plan.out.lines().filter(|line| line.starts_with(['+', '~']) || line.contains("levels")).collect();
    assert_eq!(
        lines,
        [
            "+ create schedule \"chat first\": \"Chat first response\" Mon-Fri 10:00-17:00 Asia/Tokyo",
            "+ create overrides of the schedule, \"佐伯 玲\" on 18 holidays",
            "~ change escalation policy \"toban: developers, then SRE\"",
            "      levels: 1. schedule \"toban: developers in working hours\" and user \"佐伯 玲\", 30 min; 2. user \"佐伯 玲\", \
             30 min → 1. schedule \"chat first\" and user \"佐伯 玲\", 30 min; 2. user \"佐伯 玲\", 30 min",
        ]
    );
    assert_eq!(fixture.apply().await.code, Some(0));
    let state = fixture.pagerduty.snapshot();
    assert_eq!(levels(&state)[0][0], json!({"id": state["schedules"][0]["id"], "type": "schedule_reference"}));
    assert_eq!(state["shift_schedules"], before["shift_schedules"], "nothing is deleted");
    assert!(fixture.plan().await.out.ends_with("\nnothing to do\n"));
}

#[tokio::test]
async fn one_name_for_a_schedule_of_each_kind_is_reported() {
    let fixture = with_sre("SRE primary", |account| {
        account.add_schedule("PFIRST", "SRE primary", "PSRE1", &[]);
        account.add_shift_schedule("PSHIFTS", "SRE primary", &WEEK);
        account.add_schedule("POLD", DUMMYS, "PSRE1", &[]);
        account.add_shift_schedule("PNEW", DUMMYS, &[]);
    })
    .await;
    assert_eq!(
        fixture.plan().await,
        refused(&format!(
            "2 schedules are called \"SRE primary\", 1 made of layers and 1 made of shifts: rename all but one\n  2 schedules \
             are called \"{DUMMYS}\", 1 made of layers and 1 made of shifts: rename all but one"
        ))
    );
    let fixture = with_sre("SRE primary", |account| {
        account.add_shift_schedule("PSHIFTS", "SRE primary", &WEEK);
        account.add_shift_schedule("PSHIFTS2", "SRE primary", &WEEK);
    })
    .await;
    assert_eq!(fixture.plan().await, refused("2 schedules are called \"SRE primary\": rename all but one"));
}

/// An account from before them, or a key that may not list them.
#[tokio::test]
async fn where_pagerduty_lists_no_schedules_made_of_shifts_there_are_none() {
    const LIST: &str = "GET /v3/schedules";
    for (fault, why) in [
        (PagerDutyFault::Code(2001), "HTTP 400: Something of that number"),
        (PagerDutyFault::Forbidden, "HTTP 403: Access Denied"),
        (PagerDutyFault::NotFound, "HTTP 404"),
    ] {
        let fixture =
            with_sre("SRE primary", |account| account.add_schedule("PFIRST", "SRE primary", "PSRE1", &[])).await;
        let as_ever = fixture.plan().await;
        fixture.pagerduty.fail_call(LIST, fault);
        assert_eq!((as_ever.code, &as_ever), (Some(0), &fixture.plan().await), "{fault:?}");
        let fixture = with_sre("SRE primary", |_| {}).await;
        fixture.pagerduty.fail_call(LIST, fault);
        let expected = format!(
            "no schedule is called \"SRE primary\" (PagerDuty does not list those made of shifts: {why}); fix `sre_schedule`, or \
             create it in PagerDuty first"
        );
        assert_eq!(fixture.plan().await, refused(&expected));
    }
    for (fault, why) in [
        (
            PagerDutyFault::ServerError,
            "PagerDuty gave no usable answer (HTTP 500: An internal error has occurred.), so whether it was done is not known",
        ),
        (
            PagerDutyFault::Reset,
            "PagerDuty gave no usable answer (the connection broke), so whether it was done is not known",
        ),
        (
            PagerDutyFault::TooManyRequests { reset: Some(3_600) },
            "PagerDuty cannot be asked at the moment: it throttles us, for 3600 s",
        ),
    ] {
        let fixture = Fixture::start().await;
        fixture.pagerduty.fail_call(LIST, fault);
        let expected = format!("toban: the schedules cannot be read: {why}\n");
        assert_eq!(fixture.plan().await, Ran { code: Some(1), out: String::new(), err: expected });
    }
}
