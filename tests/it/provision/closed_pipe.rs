//! `toban pagerduty` when its standard output is closed while it prints.

use super::{Fixture, OUR_NOW, file};
use crate::command_line::closed_pipe::{CLOSED, unread};
use crate::kit::{PagerDuty, PagerDutyFault, secret};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::Command;

#[tokio::test]
async fn a_plan_that_nobody_reads_ends_quietly_and_nothing_is_applied() {
    let fixture = Fixture::start().await;
    let before = fixture.pagerduty.snapshot();
    let desired = file("desired.toml", &fixture.desired);
    let base_url = fixture.pagerduty.base_url();
    let variables =
        [("PAGERDUTY_API_KEY", PagerDuty::KEY), ("PAGERDUTY_BASE_URL", base_url.as_str()), ("TOBAN_NOW", OUR_NOW)];
    for arguments in [&["pagerduty", "plan", &desired][..], &["pagerduty", "apply", "--yes", &desired]] {
        assert_eq!(unread(arguments, &variables).await, (CLOSED, String::new()), "{arguments:?}");
        assert_eq!(fixture.pagerduty.snapshot(), before, "{arguments:?}");
    }
}

/// A half-applied plan would be worse than an unread one, and the signing secret is shown only once.
#[tokio::test]
async fn an_apply_whose_output_is_closed_goes_on_and_prints_the_rest_on_the_error_output() {
    let fixture = Fixture::start().await;
    // PagerDuty lets it wait before the subscription: time to close the pipe.
    fixture.pagerduty.fail_write_after(4, PagerDutyFault::TooManyRequests { reset: Some(2) });
    let mut command = Command::new(env!("CARGO_BIN_EXE_toban"));
    command
        .args(["pagerduty", "apply", "--yes", &file("desired.toml", &fixture.desired)])
        .env_clear()
        .env("PAGERDUTY_API_KEY", PagerDuty::KEY)
        .env("PAGERDUTY_BASE_URL", fixture.pagerduty.base_url())
        .env("TOBAN_NOW", OUR_NOW)
        .stdin(Stdio::null());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("toban starts");
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    let mut done = 0;
    while done < 4 {
        let line = lines.next_line().await.expect("readable").expect("it goes on");
        done += usize::from(line.starts_with("✓ "));
    }
    drop(lines);
    let mut printed = String::new();
    child.stderr.take().expect("it is piped").read_to_string(&mut printed).await.expect("readable");
    assert_eq!(child.wait().await.expect("it ends").code(), Some(0), "{printed}");
    let state = fixture.pagerduty.snapshot();
    let id = state["webhook_subscriptions"][0]["id"].as_str().expect("an id");
    assert!(printed.contains(&secret(id)) && printed.ends_with("\ndone\n"), "{printed}");
    assert!(fixture.plan().await.out.ends_with("\nnothing to do\n"));
}
