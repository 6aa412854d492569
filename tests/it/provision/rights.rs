//! Wrong keys and regions, and throttling.

use super::{Fixture, NOW, Ran};
use crate::kit::{PagerDuty, PagerDutyFault};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_read_only_key_is_enough_to_plan_but_not_to_apply() {
    let fixture = Fixture::start().await;
    let before = fixture.pagerduty.snapshot();
    let read_only = [("PAGERDUTY_API_KEY", PagerDuty::READ_ONLY_KEY)];
    let plan = fixture.run(&["plan"], &read_only).await;
    assert_eq!((plan.code, plan.out.contains("\n6 changes\n")), (Some(0), true), "{plan:?}");
    let applied = fixture.run(&["apply", "--yes"], &read_only).await;
    assert_eq!(applied.code, Some(1));
    let expected = "PagerDuty does not let this key do that (HTTP 403: Access Denied). A read-only key is enough to plan; to \
                    apply, PAGERDUTY_API_KEY has to be a key with full access\n0 of 6 changes are done.";
    assert!(applied.out.contains(expected), "{}", applied.out);
    assert_eq!(fixture.pagerduty.snapshot(), before);
}

#[tokio::test]
async fn an_unknown_key_is_reported_with_how_to_fix_it() {
    let fixture = Fixture::start().await;
    let elsewhere = PagerDuty::elsewhere(NOW).await;
    let there = elsewhere.base_url();
    for (base_url, key) in [(there.clone(), PagerDuty::KEY), (fixture.pagerduty.base_url(), "u+mistyped")] {
        let ran = fixture.run(&["plan"], &[("PAGERDUTY_BASE_URL", &base_url), ("PAGERDUTY_API_KEY", key)]).await;
        let shown = if base_url == there { there.as_str() } else { "https://api" };
        let expected = format!(
            "toban: the users cannot be read: PagerDuty at {shown} does not know the key (HTTP 401: Authentication failed). \
             Check PAGERDUTY_API_KEY; an account in the EU needs PAGERDUTY_BASE_URL=https://api.eu.pagerduty.com\n"
        );
        assert_eq!(ran, Ran { code: Some(1), out: String::new(), err: expected });
    }
}

#[tokio::test]
async fn wrong_settings_and_hosts_are_reported() {
    let fixture = Fixture::start().await;
    let deeper = format!("{}/v2", fixture.pagerduty.base_url());
    let ran = fixture.run(&["plan"], &[("PAGERDUTY_BASE_URL", &deeper)]).await;
    assert_eq!(
        ran.err,
        "toban: the users cannot be read: PagerDuty at https://api/v2 has nothing at /users (PAGERDUTY_BASE_URL is the host \
         alone)\n"
    );
    assert_eq!(fixture.pagerduty.problems().len(), 1);
    for (variables, expected) in [
        (
            vec![("PAGERDUTY_API_KEY", "")],
            "PAGERDUTY_API_KEY is not set: create one in PagerDuty (Integrations, API Access Keys); read-only is enough to \
             plan, for example PAGERDUTY_API_KEY=u+AbCdEfGhIjKlMnOpQr",
        ),
        (
            vec![("PAGERDUTY_BASE_URL", "http://api.pagerduty.com"), ("TOBAN_NOW", "")],
            "PAGERDUTY_BASE_URL is not an https:// URL (http:// is taken for this machine only), for example \
             PAGERDUTY_BASE_URL=https://api.pagerduty.com",
        ),
        (
            vec![("PAGERDUTY_BASE_URL", "https://api.eu.pagerduty.com")],
            "TOBAN_NOW is for rehearsals and needs every API on this machine, but PAGERDUTY_BASE_URL is not, for example \
             TOBAN_NOW=2026-11-24T11:02:00+09:00",
        ),
    ] {
        let ran = fixture.run(&["plan"], &variables).await;
        assert_eq!(ran.err, format!("toban: the configuration has faults:\n  {expected}\n"));
    }
    let ran = fixture.run(&["plan"], &[("PAGERDUTY_BASE_URL", "http://127.0.0.1:9")]).await;
    assert_eq!(ran.err, "toban: the users cannot be read: PagerDuty cannot be asked at the moment: no connection\n");
}

#[tokio::test]
async fn throttling_is_waited_out_and_nothing_is_done_twice() {
    let fixture = Fixture::start().await;
    fixture.pagerduty.fail_next([
        PagerDutyFault::TooManyRequests { reset: Some(1) },
        PagerDutyFault::TooManyRequests { reset: Some(0) },
    ]);
    fixture.pagerduty.fail_write_after(1, PagerDutyFault::TooManyRequests { reset: Some(0) });
    let started = Instant::now();
    let applied = fixture.apply().await;
    assert_eq!(applied.code, Some(0), "{applied:?}");
    assert!(started.elapsed() >= Duration::from_secs(1), "{:?}", started.elapsed());
    let calls = fixture.pagerduty.take_calls();
    assert_eq!(calls[..3], ["GET /users", "GET /users", "GET /users"]);
    assert_eq!(calls.iter().filter(|call| *call == "POST /schedules").count(), 2);
    let whole = Fixture::applied().await.pagerduty.snapshot();
    assert_eq!(fixture.pagerduty.snapshot(), whole);
}

#[tokio::test]
async fn throttling_that_takes_too_long_is_reported_at_once() {
    let fixture = Fixture::start().await;
    fixture.pagerduty.fail_next([PagerDutyFault::TooManyRequests { reset: Some(3_600) }]);
    let ran = fixture.plan().await;
    let expected =
        "toban: the users cannot be read: PagerDuty cannot be asked at the moment: it throttles us, for 3600 s\n";
    assert_eq!(ran.err, expected);
    fixture.pagerduty.fail_next([PagerDutyFault::TooManyRequests { reset: Some(0) }; 8]);
    let ran = fixture.plan().await;
    assert_eq!(ran.err, expected.replace("3600 s", "0 s"), "a limited number of times, however short the waits are");
    assert_eq!(fixture.pagerduty.take_calls().len(), 9);
}
