//! A byte order mark before a body: the sender signed it, and nobody reads it.

use crate::kit::Slack;
use crate::running::{Settings, TUESDAY, accepted, data, not_authenticated, signature};
use chrono::{DateTime, Utc};
use std::fs;
use toban::source::{Content, Sender, contents, read};

const MARK: &str = "\u{FEFF}";

fn payload(path: &str) -> Vec<u8> {
    fs::read(data(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn marked(path: &str) -> Vec<u8> {
    [MARK.as_bytes(), &payload(path)].concat()
}

#[tokio::test]
async fn a_signature_is_over_the_body_with_its_mark() {
    let slack = Slack::start().await;
    let webhook = Settings::at(TUESDAY).slack(&slack).start().await;
    let path = "pagerduty/v3/incident.triggered.json";
    let without = [("x-pagerduty-signature", &*signature(&payload(path)))];
    assert_eq!(webhook.post(&without, &marked(path)).await, not_authenticated());
    slack.expect_none();
    assert_eq!(webhook.signed(&marked(path)).await, accepted());
    let message = slack.expect_one();
    assert!(message.text.contains("🔥 発生 #PD4812"), "{}", message.text);
    // The same event without the mark has the same id, and is a repeat.
    assert_eq!(webhook.signed(&payload(path)).await, accepted());
    slack.expect_none();
}

#[test]
fn each_message_of_a_marked_body_is_queued_by_itself() {
    let now: DateTime<Utc> = "2026-11-24T02:02:01Z".parse().expect("an instant");
    let body = marked("pagerduty/v2/two-messages.json");
    let events = read(Sender::PagerDuty, &body, now);
    let alone = contents(Sender::PagerDuty, &body, &events);
    assert_eq!((events.len(), alone.len()), (2, 2));
    for (event, content) in events.iter().zip(alone) {
        let Content::Body { body, nth: 0 } = content else { panic!("{content:?}") };
        let is_read = |body: &[u8]| read(Sender::PagerDuty, body, now) == std::slice::from_ref(event);
        assert!(is_read(&body), "{event:?}");
        // And so is one that has a mark of its own.
        assert!(is_read(&[MARK.as_bytes(), &body].concat()), "{event:?}");
    }
}
