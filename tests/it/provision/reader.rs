//! A reader who leaves while `toban pagerduty` prints.

use super::{OUR_NOW, World, file};
use crate::command_line::closed_pipe::{CLOSED, unread};
use crate::kit::{PagerDuty, PagerDutyFault, secret};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::Command;

#[tokio::test]
async fn a_plan_that_nobody_reads_ends_quietly_and_nothing_is_applied() {
    let world = World::start().await;
    let before = world.pagerduty.snapshot();
    let (desired, base_url) = (file("desired.toml", &world.desired), world.pagerduty.base_url());
    let variables =
        [("PAGERDUTY_API_KEY", PagerDuty::KEY), ("PAGERDUTY_BASE_URL", base_url.as_str()), ("TOBAN_NOW", OUR_NOW)];
    for arguments in [&["pagerduty", "plan", &desired][..], &["pagerduty", "apply", "--yes", &desired]] {
        assert_eq!(unread(arguments, &variables).await, (CLOSED, String::new()), "{arguments:?}");
        assert_eq!(world.pagerduty.snapshot(), before, "{arguments:?}");
    }
}

/// A half of the account would be worse than nobody looking on, and the signing secret is told only once.
#[tokio::test]
async fn an_apply_whose_reader_leaves_goes_on_and_tells_the_rest_on_the_error_output() {
    let world = World::start().await;
    // PagerDuty has it wait before the subscription: time to leave.
    world.pagerduty.fail_write_after(4, PagerDutyFault::TooManyRequests { reset: Some(2) });
    let mut command = Command::new(env!("CARGO_BIN_EXE_toban"));
    command
        .args(["pagerduty", "apply", "--yes", &file("desired.toml", &world.desired)])
        .env_clear()
        .env("PAGERDUTY_API_KEY", PagerDuty::KEY)
        .env("PAGERDUTY_BASE_URL", world.pagerduty.base_url())
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
    let mut said = String::new();
    child.stderr.take().expect("it is piped").read_to_string(&mut said).await.expect("readable");
    assert_eq!(child.wait().await.expect("it ends").code(), Some(0), "{said}");
    let state = world.pagerduty.snapshot();
    let id = state["webhook_subscriptions"][0]["id"].as_str().expect("an id");
    assert!(said.contains(&secret(id)) && said.ends_with("\ndone\n"), "{said}");
    assert!(world.plan().await.out.ends_with("\nnothing to do\n"));
}
