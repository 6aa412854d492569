//! State files that cannot be used, and a disk that is full.

use super::process::{Serving, State};
use super::{WORKING, of, tags};
use crate::kit::{LIMIT, Slack};
use crate::running::Settings;
use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Settings of a process that is refused, and what it says in one line.
async fn refusal(state: &State, settings: &Settings) -> String {
    let (code, said) = Serving::refused(settings, state).await;
    assert_eq!(code, Some(1), "{said}");
    let lines: Vec<_> = said.lines().filter(|line| !line.starts_with('{')).collect();
    assert_eq!(lines.len(), 1, "{said}");
    lines[0].to_owned()
}

#[tokio::test]
async fn a_file_that_cannot_be_used_is_said_in_one_line() {
    let slack = Slack::start().await;
    let settings = Settings::at(WORKING).slack(&slack);
    let mut said = Vec::new();
    let state = State::new("folder");
    fs::create_dir(state.path()).expect("a folder");
    said.push(refusal(&state, &settings).await);

    let state = State::new("text");
    fs::write(state.path(), "a text of somebody's").expect("a file");
    said.push(refusal(&state, &settings).await);
    assert_eq!(fs::read_to_string(state.path()).expect("it is there"), "a text of somebody's");

    let state = State::new("elsewhere");
    let nowhere = settings.clone().with("STATE_FILE", "/nowhere/at/all/toban.db");
    said.push(refusal(&state, &nowhere).await);

    // Files of toban's, from here on.
    let state = State::new("newer");
    assert_eq!(Serving::start(&settings, &state).await.terminated().await, Some(0));
    let connection = rusqlite::Connection::open(state.path()).expect("a file of SQLite's");
    connection.pragma_update(None, "user_version", 999).expect("it can be written");
    drop(connection);
    said.push(refusal(&state, &settings).await);

    let state = State::new("malformed");
    assert_eq!(Serving::start(&settings, &state).await.terminated().await, Some(0));
    let mut bytes = fs::read(state.path()).expect("it is there");
    bytes[100..].fill(0xA5);
    fs::write(state.path(), &bytes).expect("it can be written");
    said.push(refusal(&state, &settings).await);
    assert_eq!(fs::read(state.path()).expect("it is there"), bytes, "it is left as it is");

    let mut state = State::new("full");
    state.limit(Some(4));
    said.push(refusal(&state, &settings).await);
    for line in said {
        assert!(line.contains("STATE_FILE"), "{line}");
    }
}

/// Nothing that was accepted is lost, and senders keep the rest; the chat is told once.
#[tokio::test]
async fn a_disk_that_fills_up_refuses_senders_and_loses_nothing() {
    let slack = Slack::start().await;
    let mut state = State::new("fills");
    let settings = Settings::at(WORKING).slack(&slack);
    state.limit(Some(600));
    let serving = Serving::start(&settings, &state).await;
    let (mut accepted, mut told, mut said) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    let mut look = |told: &mut BTreeSet<String>| {
        for message in slack.take() {
            told.extend(tags(&message.text));
            said.extend(message.text.contains("届いた通知を").then_some(message.text));
        }
        said.clone()
    };
    let begun = Instant::now();
    let mut number = 0;
    // Until it has no room for this one, and the chat is told.
    while look(&mut told).last().is_none_or(|said| !said.contains("保存できません")) {
        assert!(begun.elapsed() < LIMIT, "{number} {}", serving.logs());
        match serving.signed(&of("triggered", number + 1, 0)).await {
            202 => {
                number += 1;
                accepted.insert(format!("#PD{number}"));
            }
            status => assert_eq!(status, 503),
        }
    }
    while !told.is_superset(&accepted) {
        look(&mut told);
        assert!(begun.elapsed() < LIMIT, "{}", serving.logs());
        sleep(Duration::from_millis(5)).await;
    }
    serving.kill().await;
    state.limit(None);
    let serving = Serving::start(&settings, &state).await;
    assert_eq!(serving.signed(&of("triggered", number + 1, 0)).await, 202);
    accepted.insert(format!("#PD{}", number + 1));
    while told != accepted {
        look(&mut told);
        assert!(begun.elapsed() < LIMIT, "{}", serving.logs());
        sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(look(&mut told).len(), 1, "{:?}", look(&mut told));
    assert_eq!(serving.terminated().await, Some(0));
    slack.take();
    slack.take_edits();
}
