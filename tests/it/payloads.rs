//! Every payload of every sender in `tests/data`, with the whole text it must produce in both languages.
//!
//! A new body is a new file in one of the folders; `BLESS=1 cargo test --test it -- payloads::` writes its texts.

use crate::golden::{self, difference};
use crate::sources::others;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use toban::chat::{Access, ChannelId, Chat, slack};
use toban::domain::incident::EventKind;
use toban::domain::message::event::reply;
use toban::ledger::Ledger;
use toban::relay::team::Known;
use toban::roster::LIMIT;
use toban::setup::config::{Config, Reach};
use toban::source::{Sender, read};
use tokio::time::Instant;

/// A Tuesday, 11:02:01 in Tokyo: when a payload without a time of its own is read.
const NOW: &str = "2026-11-24T02:02:01Z";

fn data(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(folder)
}

fn is_text(path: &Path) -> bool {
    let name = path.to_string_lossy();
    name.ends_with(".ja.txt") || name.ends_with(".en.txt")
}

fn bodies(folder: &str) -> Vec<PathBuf> {
    let (texts, bodies): (BTreeSet<_>, BTreeSet<_>) = fs::read_dir(data(folder))
        .unwrap_or_else(|error| panic!("{folder}: {error}"))
        .map(|entry| entry.expect("a readable folder").path())
        .partition(|path| is_text(path));
    let of_bodies = bodies.iter().flat_map(|path| ["ja.txt", "en.txt"].map(|end| path.with_extension(end))).collect();
    let stale: Vec<_> = texts.difference(&of_bodies).collect();
    assert!(stale.is_empty(), "texts without a body: {stale:?}");
    bodies.into_iter().collect()
}

fn config(language: &str) -> Config {
    let file = |name: &str| data("rotation").join(name).to_string_lossy().into_owned();
    let lookup = |variable: &str| {
        Some(match variable {
            "ROTATION_FILE" => file("rotation.csv"),
            "MEMBERS_FILE" => file("members.csv"),
            "RUNBOOKS_FILE" => file("runbooks.csv"),
            "HOLIDAYS_FILE" => file("holidays.csv"),
            "IGNORED_ASSIGNEES" => "PDUMMY1".into(),
            "MESSAGE_LANGUAGE" => language.into(),
            _ => return None,
        })
    };
    Config::from_lookup(lookup, &toban::net::http::client().expect("a client"), Reach::Local)
        .expect("a good configuration")
}

fn on_slack() -> Chat {
    let access = Access::none(toban::net::http::client().expect("a client"));
    Chat::new(&slack::BOT, access, ChannelId(String::new()), Some("<!subteam^S0SRETEAM1>".into()))
}

/// What a body posts to Slack, event by event, each a second after it happened, and why it mentions whom.
async fn posted(sender: Sender, body: &[u8], language: &str) -> String {
    let config = config(language);
    let http = toban::net::http::client().expect("a client");
    let roster = config.open_team(&http, Utc::now).roster;
    let now: DateTime<Utc> = NOW.parse().expect("an instant");
    let mut text = String::new();
    for event in read(sender, body, now) {
        let now = event.occurred_at + chrono::TimeDelta::seconds(1);
        let reading = roster.read(&Ledger::memory(), Instant::now() + LIMIT, now).await;
        let worded = config.team.word(&event, &on_slack(), &reading, None, Known::default(), now);
        text += &format!("{}\n\n({})\n", worded.rendered.text, worded.why);
    }
    text
}

/// What each event of a body posts below the first message of its incident, in English and Japanese.
async fn replied(sender: Sender, body: &[u8], language: &str) -> String {
    let config = config(language);
    let http = toban::net::http::client().expect("a client");
    let roster = config.open_team(&http, Utc::now).roster;
    let mut text = String::new();
    for event in read(sender, body, NOW.parse().expect("an instant")) {
        let now = event.occurred_at + chrono::TimeDelta::seconds(1);
        let reading = roster.read(&Ledger::memory(), Instant::now() + LIMIT, now).await;
        let chat = on_slack();
        let decision = config.team.decide(&event, &chat, &reading, None, now);
        let said = reply(&event, &decision, config.team.context(&event, &chat, &reading, None, None));
        text += &format!("{}\n", chat.write(&said).text);
    }
    text
}

#[tokio::test]
async fn every_event_has_its_reply_in_the_thread() {
    let folders = [
        "pagerduty/v3",
        "pagerduty/v2",
        "pagerduty/quirks",
        "events/kinds",
        "jenkins/kinds",
        "mackerel/kinds",
        "cloudwatch/kinds",
    ];
    for language in ["ja", "en"] {
        let mut text = String::new();
        for folder in folders {
            let sender = folder.split('/').next().and_then(Sender::named).expect("a folder is named for its sender");
            for path in bodies(folder) {
                let name = path.file_name().expect("a file").to_string_lossy();
                let replies = replied(sender, &fs::read(&path).expect("a readable file"), language).await;
                text += &format!("== {folder}/{name}\n{replies}\n");
            }
        }
        golden::check(&data(&format!("replies.{language}.txt")), &text);
    }
}

async fn check(folder: &str) {
    let sender = folder.split('/').next().and_then(Sender::named).expect("a folder is named for its sender");
    let mut wrong = Vec::new();
    for path in bodies(folder) {
        let body = fs::read(&path).expect("a readable file");
        for language in ["ja", "en"] {
            let expected = path.with_extension(format!("{language}.txt"));
            let text = posted(sender, &body, language).await;
            wrong.extend(difference(&expected, &text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_v3_type_has_its_text() {
    check("pagerduty/v3").await;
}

#[tokio::test]
async fn every_v2_type_has_its_text() {
    check("pagerduty/v2").await;
    check("pagerduty/v1").await;
}

#[tokio::test]
async fn every_quirk_is_read() {
    check("pagerduty/quirks").await;
}

#[tokio::test]
async fn what_cannot_be_read_says_so() {
    check("pagerduty/broken").await;
}

#[tokio::test]
async fn every_payload_of_the_other_senders_has_its_text() {
    for (sender, _) in others() {
        check(&format!("{}/kinds", sender.name())).await;
        check(&format!("{}/bad", sender.name())).await;
    }
}

#[tokio::test]
async fn every_event_of_an_alarm_has_its_text() {
    check("cloudwatch/kinds").await;
    check("cloudwatch/bad").await;
}

#[test]
fn every_kind_has_a_payload() {
    let now: DateTime<Utc> = NOW.parse().expect("an instant");
    let all = |folder: &str| {
        let sender = folder.split('/').next().and_then(Sender::named).expect("a folder is named for its sender");
        bodies(folder)
            .into_iter()
            .flat_map(|path| read(sender, &fs::read(path).expect("a readable file"), now))
            .collect::<Vec<_>>()
    };
    let (two, three) = (all("pagerduty/v2"), all("pagerduty/v3"));
    let others: Vec<_> = others().map(|(sender, _)| all(&format!("{}/kinds", sender.name()))).collect();
    let known: Vec<_> = others.iter().chain([&two, &three]).flatten().collect();
    for event in &known {
        assert_eq!(event.unreadable, None, "{}", event.key);
    }
    for kind in EventKind::NAMED.iter().filter(|kind| !kind.is_ours()) {
        assert!(known.iter().any(|event| event.kind == *kind), "no payload of kind {}", kind.name());
    }
    assert_eq!(three.len(), 32, "30 documented types, the ping, and one that is not documented");
    for (folder, count) in
        [("mackerel/kinds", 36), ("jenkins/kinds", 13), ("events/kinds", 27), ("cloudwatch/kinds", 15)]
    {
        assert_eq!(all(folder).len(), count, "{folder}");
    }
}
