//! The command line beside a process that serves.

use super::process::{Serving, State};
use crate::kit::Slack;
use crate::running::{Settings, triggered};

pub async fn toban(settings: &Settings, state: &State, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_toban"))
        .args(arguments)
        .env_clear()
        .envs(settings.pairs())
        .env("STATE_FILE", state.path())
        .output()
        .await
        .expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// Every decision can be explained while it serves; a reminder by hand would be a second process with the state.
#[tokio::test]
async fn what_became_of_an_event_is_told_while_it_serves() {
    let slack = Slack::start().await;
    let state = State::new("looking");
    let settings = Settings::at("2026-11-24T11:02:01+09:00").slack(&slack);
    let serving = Serving::start(&settings, &state).await;
    assert_eq!(serving.signed(&triggered(1)).await, 202);
    let posted = serving.says("\"message\":\"posted\"").await;
    slack.expect_one();
    let key = posted.split("\"event\":\"").nth(1).and_then(|rest| rest.split('"').next()).expect("its key");
    let (code, out, err) = toban(&settings, &state, &["explain", "--event", key]).await;
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("triggered #PD1 · slack (primary): posted") && out.contains("当番にメンション"), "{out}");
    let (code, out, err) = toban(&settings, &state, &["history", "#PD1"]).await;
    let past = "#PD1 HTTP 5xx が 5% を超えています\nMackerel Backlogアプリ\n11/24 11:02 🔥 Triggered\nIt is not resolved yet.\n";
    assert!(code == Some(0) && out.starts_with(past), "{out}{err}");
    let (code, out, _) = toban(&settings, &state, &["history", "#PD2"]).await;
    assert_eq!(code, Some(1), "{out}");
    let (code, _, err) = toban(&settings, &state, &["explain", "--event", "01GNONE"]).await;
    assert_eq!(code, Some(1), "{err}");
    let (code, _, err) = toban(&settings, &state, &["remind", "morning", "--post", "--yes"]).await;
    assert_eq!(code, Some(1));
    assert!(err.contains("is in use by another process"), "{err}");
    let (_, out, err) = toban(&settings, &state, &["check", "--rotation-only", "--diff"]).await;
    assert!(out.contains("rotation"), "{out}{err}");
    assert_eq!(serving.terminated().await, Some(0));
}
