//! `/metrics` and `/ready`.

use super::process::{Serving, State};
use super::{WORKING, of};
use crate::kit::{Fault, Slack};
use crate::running::Settings;
use std::time::Duration;
use tokio::time::sleep;

/// The whole text, each metric's lines in order, with `…` for what is a time.
fn in_order(metrics: &str) -> String {
    let line = |line: &str| {
        let is_time = !line.starts_with('#') && (line.contains("_time_seconds") || line.contains("_timestamp_seconds"));
        match line.rsplit_once(' ') {
            Some((name, _)) if is_time => format!("{name} …\n"),
            _ => format!("{line}\n"),
        }
    };
    let mut lines: Vec<_> = metrics.lines().map(line).collect();
    lines.chunk_by_mut(|one, other| one.starts_with('#') == other.starts_with('#')).for_each(|some| {
        if !some[0].starts_with('#') {
            some.sort();
        }
    });
    lines.concat()
}

/// The values of the lines that begin with this.
async fn values(serving: &Serving, name: &str) -> Vec<String> {
    let (status, metrics) = serving.aside("/metrics").await;
    assert_eq!(status, 200);
    let lines = metrics.lines().filter(|line| line.starts_with(name));
    lines.map(|line| line.trim_start_matches(name).trim().to_owned()).collect()
}

/// What happens to an alert and to strangers' requests is counted; what a title says is nowhere.
#[tokio::test]
async fn what_is_done_is_counted() {
    let slack = Slack::start().await;
    let state = State::new("metrics");
    let serving = Serving::start(&Settings::at(WORKING).slack(&slack), &state).await;
    assert_eq!(serving.signed(&of("triggered", 7, 0)).await, 202);
    serving.settled(&state).await;
    assert_eq!(serving.signed(&of("resolved", 7, 9)).await, 202);
    assert_eq!(serving.post("/pagerduty", &[], b"{}").await.0, 503);
    assert_eq!(serving.post("/wp-login.php", &[], b"user=admin").await.0, 404);
    // The thread is asked for its link.
    slack.called(4).await;
    assert_eq!(slack.take().len(), 2);
    serving.settled(&state).await;
    let (status, metrics) = serving.aside("/metrics").await;
    assert_eq!(status, 200);
    assert_eq!(in_order(&metrics), include_str!("../../data/metrics.txt"), "tests/data/metrics.txt");
    assert_eq!(serving.aside("/ready").await, (200, "ready\n".into()));
    assert_eq!(serving.aside("/health").await.0, 404, "that is for the other listener");
    assert_eq!(serving.post("/metrics", &[], b"").await.0, 404, "and this is for nobody outside");
    assert_eq!(serving.terminated().await, Some(0));
}

/// A message that no chat takes is waiting, and getting older; the chat is not called.
#[tokio::test]
async fn what_waits_and_why_can_be_seen() {
    let slack = Slack::start().await;
    let state = State::new("metrics waiting");
    let serving = Serving::start(&Settings::at(WORKING).slack(&slack), &state).await;
    slack.fail_always(Fault::TooManyRequests { retry_after: Some(240) });
    assert_eq!(serving.signed(&of("triggered", 7, 0)).await, 202);
    slack.called(1).await;
    let left_alone = "toban_chat_left_alone_seconds{chat=\"slack\"}";
    while values(&serving, left_alone).await == ["0.0"] {
        sleep(Duration::from_millis(5)).await;
    }
    let left: f64 = values(&serving, left_alone).await[0].parse().expect("a number");
    assert!(left > 200.0 && left <= 240.0, "{left}");
    assert_eq!(values(&serving, "toban_waiting_messages{queue=\"news\"}").await, ["1.0"]);
    let age: f64 =
        values(&serving, "toban_oldest_message_age_seconds{queue=\"news\"}").await[0].parse().expect("a number");
    assert!(age > 0.0, "{age}");
    assert_eq!(serving.terminated().await, Some(0));
}

/// While the state cannot be written, nothing should be sent to this process.
#[tokio::test]
async fn it_is_not_ready_while_the_state_cannot_be_written() {
    let slack = Slack::start().await;
    let state = State::new("metrics state");
    let serving = Serving::start(&Settings::at(WORKING).slack(&slack), &state).await;
    let held = state.hold();
    assert_eq!(serving.signed(&of("triggered", 7, 0)).await, 503);
    while serving.aside("/ready").await.0 == 200 {
        sleep(Duration::from_millis(5)).await;
    }
    let why = "the state file cannot be written, so everything that comes is refused\n";
    assert_eq!(serving.aside("/ready").await, (503, why.into()));
    assert_eq!(values(&serving, "toban_state_is_writable").await, ["0.0"]);
    slack.called(1).await;
    assert!(slack.expect_one().text.contains("保存できません"));
    drop(held);
    serving.kill().await;
}

/// Without a rotation alerts go to the fallback, which should not stay so.
#[tokio::test]
async fn a_rotation_that_cannot_be_read_is_seen() {
    let slack = Slack::start().await;
    let state = State::new("metrics rotation");
    let settings = Settings::at(WORKING).slack(&slack).with("ROTATION_FILE", "/nowhere/rotation.csv");
    let serving = Serving::start(&settings, &state).await;
    while values(&serving, "toban_rotation_is_read").await != ["0.0"] {
        sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(serving.aside("/ready").await.0, 200, "it takes what comes");
    assert_eq!(serving.terminated().await, Some(0));
}

/// What balances requests stops sending them to a process that ends.
#[tokio::test]
async fn it_is_not_ready_while_it_ends() {
    let slack = Slack::start().await;
    let state = State::new("metrics ending");
    let mut serving = Serving::start(&Settings::at(WORKING).slack(&slack), &state).await;
    slack.fail_always(Fault::Hang);
    assert_eq!(serving.signed(&of("triggered", 7, 0)).await, 202);
    slack.called(1).await;
    serving.signal("TERM");
    serving.says("ending what is in hand").await;
    assert_eq!(serving.aside("/ready").await, (503, "ending\n".into()));
    assert_eq!(serving.aside("/metrics").await.0, 200);
    assert_eq!(serving.ended().await, Some(0));
}

/// Another process has the port, or nobody wants metrics: alerts go out.
#[tokio::test]
async fn alerts_go_out_without_metrics() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    for (listen, is_said) in [(address.as_str(), true), ("off", false)] {
        let slack = Slack::start().await;
        let state = State::new("metrics taken");
        let settings = Settings::at(WORKING).slack(&slack).with("METRICS_LISTEN", listen);
        let serving = Serving::start(&settings, &state).await;
        assert_eq!(serving.signed(&of("triggered", 7, 0)).await, 202);
        slack.called(1).await;
        slack.expect_one();
        let logs = serving.logs();
        let said = format!("METRICS_LISTEN is {address}, which cannot be listened on");
        assert_eq!(logs.contains(&said) && logs.contains("set it to another port, or to off"), is_said, "{logs}");
        assert!(!logs.contains("at METRICS_LISTEN"), "{logs}");
        assert_eq!(serving.terminated().await, Some(0));
    }
}
