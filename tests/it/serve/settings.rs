//! What it needs to start, and what it says if that is not there.

use super::process::{Serving, State};
use crate::kit::Slack;
use crate::running::Settings;

#[tokio::test]
async fn with_nothing_set_it_says_what_is_missing() {
    let state = State::new("nothing");
    let (code, said) = Serving::refused(&Settings(Vec::new()), &state).await;
    assert_eq!(code, Some(2));
    for word in ["toban demo", "PAGERDUTY_WEBHOOK_SECRETS", "SLACK_BOT_TOKEN", "SLACK_CHANNEL", "GOOGLE_SHEET_ID"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(!state.path().exists(), "nothing was made");
}

#[tokio::test]
async fn every_fault_is_said_at_once() {
    let slack = Slack::start().await;
    let settings = Settings::at("2026-11-24T11:02:01+09:00").slack(&slack);
    let state = State::new("faults");
    let wrong = settings
        .clone()
        .with("LISTEN", "8080")
        .with("LEDGER_TABLE", "toban")
        .with("PAGERDUTY_WEBHOOK_SECRETS", "toban-demo-secret")
        .with("BUSINESS_HOURS", "17-10");
    let (code, said) = Serving::refused(&wrong, &state).await;
    assert_eq!(code, Some(1));
    for variable in ["LISTEN", "LEDGER_TABLE", "PAGERDUTY_WEBHOOK_SECRETS", "BUSINESS_HOURS"] {
        assert!(said.contains(variable), "{variable}: {said}");
    }
    assert!(!said.contains("toban-demo-secret"), "{said}");
    let closed = settings.with("PAGERDUTY_WEBHOOK_SECRETS", "").with("PAGERDUTY_V2_TOKENS", "");
    let (code, said) = Serving::refused(&closed, &state).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("PAGERDUTY_WEBHOOK_SECRETS is not set"), "{said}");
}

/// Secrets are read from files, and again when they have changed: a new signing secret is in use without a start.
#[tokio::test]
async fn secrets_come_from_files_and_may_be_replaced() {
    let slack = Slack::start().await;
    let state = State::new("files");
    let file = |name: &str, value: &str| {
        let path = state.path().with_file_name(name);
        std::fs::write(&path, value).expect("a file");
        path.to_string_lossy().into_owned()
    };
    let settings = Settings::at("2026-11-24T11:02:01+09:00")
        .slack(&slack)
        .with("SLACK_BOT_TOKEN", "")
        .with("SLACK_BOT_TOKEN_FILE", &file("slack", &format!("{}\n", Slack::TOKEN)))
        .with("PAGERDUTY_WEBHOOK_SECRETS", "")
        .with("PAGERDUTY_WEBHOOK_SECRETS_FILE", &file("secrets", crate::running::SECRET));
    let serving = Serving::start(&settings, &state).await;
    assert_eq!(serving.signed(&crate::running::triggered(1)).await, 202);
    slack.called(1).await;
    slack.expect_one();
    assert_eq!(serving.terminated().await, Some(0));

    let missing = settings.with("SLACK_BOT_TOKEN_FILE", "/nowhere/slack");
    let (code, said) = Serving::refused(&missing, &state).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("SLACK_BOT_TOKEN_FILE: /nowhere/slack cannot be read"), "{said}");
}

/// All of them at once, and none of them shows a secret that was put where its path belongs.
#[tokio::test]
async fn files_that_cannot_be_used_are_all_named() {
    let slack = Slack::start().await;
    let state = State::new("unusable");
    let tokens = state.path().with_file_name("tokens");
    std::fs::write(&tokens, "first-token-1\nsecond-token-2\n").expect("a file");
    let settings = Settings::at("2026-11-24T11:02:01+09:00")
        .slack(&slack)
        .with("SLACK_BOT_TOKEN_FILE", "/nowhere/slack")
        .with("JENKINS_TOKENS_FILE", &tokens.to_string_lossy())
        .with("PAGERDUTY_WEBHOOK_SECRETS", "")
        .with("PAGERDUTY_WEBHOOK_SECRETS_FILE", "k9Xp2vQ7signing")
        .with("EVENTS_TOKENS_FILE", "/dev/null");
    let (code, said) = Serving::refused(&settings, &state).await;
    assert_eq!(code, Some(1));
    for words in [
        "SLACK_BOT_TOKEN and SLACK_BOT_TOKEN_FILE are both set",
        "PAGERDUTY_WEBHOOK_SECRETS_FILE: its value, which should be the path of a file",
        "EVENTS_TOKENS_FILE: /dev/null is no file that can be read again",
        "tokens has several lines",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("k9Xp2vQ7signing"), "{said}");
    assert!(!state.path().exists(), "nothing was made");
}

/// It starts all the same, because alerts reach the fallback.
#[tokio::test]
async fn a_rotation_that_cannot_be_read_is_said_at_the_start() {
    let slack = Slack::start().await;
    let state = State::new("no-rotation");
    let settings =
        Settings::at("2026-11-24T11:02:01+09:00").slack(&slack).with("ROTATION_FILE", "/nowhere/rotation.csv");
    let serving = Serving::start(&settings, &state).await;
    let line = serving.says("the rotation cannot be read").await;
    assert!(line.contains("\"rotation\":\"missing\"") && line.contains("\"level\":\"ERROR\""), "{line}");
    assert_eq!(serving.terminated().await, Some(0));
}

#[tokio::test]
async fn events_are_refused_once_the_state_file_is_deleted() {
    let slack = Slack::start().await;
    let state = State::new("deleted");
    let settings = Settings::at("2026-11-24T11:02:01+09:00").slack(&slack);
    let serving = Serving::start(&settings, &state).await;
    std::fs::remove_file(state.path()).expect("it is there");
    let (code, said) = serving.answer(&crate::running::triggered(1)).await;
    assert_eq!(code, 503, "{said}");
    serving.says("the file was deleted or replaced").await;
    slack.called(1).await;
    assert!(slack.expect_one().text.contains("the file was deleted or replaced"));
    assert_eq!(serving.terminated().await, Some(0));
}
