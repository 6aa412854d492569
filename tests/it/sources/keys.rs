//! How a repeat is recognised: by keys of our own, and by ids of senders that may say anything.

use super::{changed, settings};
use crate::kit::{Function, Invocation, Rows, Slack};
use crate::running::{TUESDAY, accepted, v2};
use ring::digest;
use serde_json::json;
use std::path::Path;
use std::{fs, io};
use toban::domain::incident::IncidentEvent;
use toban::source::{Sender, read};

/// What keys of our own begin with.
const OURS: [&str; 8] =
    ["reminder:", "watchdog:", "webhook:", "webhook-off:", "delivery:", "mackerel:", "jenkins:", "events:"];

fn v3(id: &str) -> Vec<u8> {
    crate::running::changed("v3/incident.triggered.json", |body| body["event"]["id"] = json!(id))
}

fn key(sender: Sender, body: &[u8]) -> String {
    let events = read(sender, body, TUESDAY.parse().expect("an instant"));
    let [IncidentEvent { key, .. }] = &events[..] else { panic!("{events:?}") };
    key.0.clone()
}

fn digest_of(text: &str) -> String {
    digest::digest(&digest::SHA256, text.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn a_message_with_a_reminder_s_key_does_not_suppress_the_reminder() {
    let (slack, rows) = (Slack::start().await, Rows::start().await);
    let settings = settings()
        .slack(&slack)
        .with("LEDGER_TABLE", "toban")
        .with("AWS_ENDPOINT_URL", &rows.url())
        .with("AWS_REGION", "ap-northeast-1")
        .with("AWS_ACCESS_KEY_ID", "test")
        .with("AWS_SECRET_ACCESS_KEY", "test");
    let webhook = settings.clone().with("TOBAN_NOW", "2026-11-24T09:00:00+09:00").start().await;
    let body = v2("reminder:morning:2026-11-24");
    assert_eq!(webhook.with_token(&body).await, accepted());
    slack.expect_one();
    assert_eq!(webhook.with_token(&body).await, accepted());
    assert_eq!(slack.take().len(), 0, "a repeat of the message is still recognised");

    let settings = settings.with("TOBAN_NOW", "2026-11-24T10:00:01+09:00");
    let reminder = Function::start(env!("CARGO_BIN_EXE_reminder"), &settings.pairs()).await;
    let decided = reminder.invoke(&json!({"reminder": "morning", "time": "2026-11-24T01:00:00Z"})).await;
    let Invocation::Answer(decided) = decided else { panic!("{}", reminder.logs()) };
    assert_eq!(decided, json!({"reminder": "morning", "decision": "posted"}));
    slack.expect_one();
}

#[test]
fn a_foreign_id_that_begins_as_a_key_of_ours_is_digested() {
    for prefix in OURS {
        let id = format!("{prefix}morning:2026-11-24");
        for body in [v2(&id), v3(&id)] {
            assert_eq!(key(Sender::PagerDuty, &body), digest_of(&id), "{id}");
        }
        assert_eq!(key(Sender::PagerDuty, &v2(prefix)), digest_of(prefix));
    }
}

/// No table and no queue takes every text as a key.
#[test]
fn an_id_that_is_long_or_not_plain_is_digested() {
    for id in ["当番:1", "a\u{ffff}", "a\nb", "\u{1b}]0;x\u{7}", &"x".repeat(256)] {
        for body in [v2(id), v3(id)] {
            assert_eq!(key(Sender::PagerDuty, &body), digest_of(id), "{id:?}");
        }
    }
}

/// A changed key would make every repeat that comes across an upgrade a second message.
#[test]
fn every_other_foreign_id_stays_as_it_is() {
    for id in [
        "01G42K1PH949F0AX2RA6TCIX64",
        "bb8b8fe0-e8d5-11e9-9f44-22000afd16cf",
        "reminder",
        "Reminder:morning:2026-11-24",
        " reminder:morning:2026-11-24",
        "my-reminder:1",
        "reminders:1",
        "webhooks:1",
        "pagerduty:1",
    ] {
        for body in [v2(id), v3(id)] {
            assert_eq!(key(Sender::PagerDuty, &body), id);
        }
    }
}

/// The keys of the others are made here from their bodies, and whatever those say, each key begins with its sender's name.
#[test]
fn what_a_sender_says_cannot_make_another_s_key() {
    let hostile = "reminder:morning:2026-11-24";
    for (sender, own, body) in [
        (
            Sender::Mackerel,
            "mackerel:",
            changed("mackerel/kinds/alert.host.json", |body| body["alert"]["id"] = json!(hostile)),
        ),
        (
            Sender::Mackerel,
            "mackerel:",
            changed("mackerel/kinds/alert.host.json", |body| body["alert"]["status"] = json!(hostile)),
        ),
        (Sender::Mackerel, "mackerel:", hostile.as_bytes().to_vec()),
        (
            Sender::Jenkins,
            "jenkins:",
            changed("jenkins/kinds/started.json", |body| {
                body["name"] = json!(hostile);
                body["build"]["full_url"] = json!(hostile);
            }),
        ),
        (Sender::Jenkins, "jenkins:", hostile.as_bytes().to_vec()),
        (Sender::Events, "events:", json!({"key": hostile, "status": hostile, "at": hostile}).to_string().into_bytes()),
        (Sender::Events, "events:", json!({"key": hostile, "status": "ok", "at": TUESDAY}).to_string().into_bytes()),
        (Sender::Events, "events:", hostile.as_bytes().to_vec()),
        (Sender::PagerDuty, "delivery:", json!({"messages": [{"id": hostile}]}).to_string().into_bytes()),
    ] {
        let key = key(sender, &body);
        assert!(key.starts_with(own), "{key} of {}", String::from_utf8_lossy(&body));
    }
}

/// A key that is made elsewhere may have a beginning that is not reserved.
#[test]
fn keys_of_ours_are_made_in_one_place() {
    fn look(folder: &Path, found: &mut Vec<String>) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                look(&path, found)?;
            } else if fs::read_to_string(&path)?.contains("EventKey(format!") {
                found.push(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
            }
        }
        Ok(())
    }
    let mut found = Vec::new();
    look(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found).expect("readable sources");
    assert_eq!(found, Vec::<String>::new(), "make it with EventKey::own()");
}
