//! What people press, in any shape: it is read or left, goes through the queue as it is, and nothing panics.

use crate::corpus::Corpus;
use crate::structure::changed;
use crate::texts;
use chrono::{DateTime, Utc};
use fastrand::Rng;
use ring::hmac;
use serde_json::json;
use toban::domain::command::Command;
use toban::domain::press::{Asked, Press};
use toban::net::digest::hex;
use toban::net::secret::Secret;
use toban::queue::press::{parse, to_text};
use toban::source::slack::{Received, receive};
use toban::source::{Headers, letters};

const SECRET: &str = "a-signing-secret";
const SEEDS: u64 = 2_000;

#[test]
fn what_is_pressed_in_any_shape_is_read_or_left() {
    let corpus = Corpus::read();
    let mut pressed = 0;
    for seed in 0..SEEDS {
        let mut rng = Rng::with_seed(seed);
        let body = if rng.bool() { button(&mut rng, &corpus) } else { command(&mut rng) };
        let received = signed(&body);
        if let Received::Press(press) = received {
            pressed += 1;
            check(&press).unwrap_or_else(|why| panic!("seed {seed}: {why}\n{body}"));
        }
    }
    assert!(pressed > SEEDS / 3, "only {pressed} of {SEEDS} are read");
}

fn check(press: &Press) -> Result<(), String> {
    let text = to_text(press);
    if parse(&text).as_ref() != Ok(press) {
        return Err(format!("{text} is another press"));
    }
    if text.len() > 4_000 {
        return Err(format!("{} bytes for the queue", text.len()));
    }
    if let Asked::Command { text } = &press.asked {
        Command::parse(text, &letters());
    }
    Ok(())
}

/// A press, with one of its parts changed more often than not.
fn button(rng: &mut Rng, corpus: &Corpus) -> String {
    let payload = json!({
        "type": "block_actions",
        "user": {"id": "U0SATO0001", "username": "sato", "team_id": "T0TEST0001"},
        "team": {"id": "T0TEST0001", "domain": "example"},
        "channel": {"id": "C0APPMON001", "name": "app-alerts"},
        "trigger_id": "12.34.abc",
        "response_url": "https://hooks.slack.com/actions/T0TEST0001/1/abc",
        "message": {"ts": "1795485720.000100", "text": texts::any(rng)},
        "actions": [{"action_id": "take", "value": "Q2YXK4P7T3M1NC", "action_ts": "1795485900.1"}],
    });
    let mut body = payload.to_string().into_bytes();
    for _ in 0..rng.usize(0..3) {
        if let Some(other) = changed(rng, &body, corpus) {
            body = other;
        }
    }
    form(&[("payload", &String::from_utf8_lossy(&body))])
}

fn command(rng: &mut Rng) -> String {
    let words = ["why ", "なぜ", "#PD", "4812", "当番", "help", " ", "https://x.pagerduty.com/incidents/Q1"];
    let mut text = String::new();
    for _ in 0..rng.usize(0..4) {
        text += words[rng.usize(..words.len())];
        if rng.bool() {
            text += &texts::any(rng);
        }
    }
    form(&[("command", "/toban"), ("user_id", "U0SATO0001"), ("team_id", "T0TEST0001"), ("text", &text)])
}

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn signed(body: &str) -> Received {
    let now: DateTime<Utc> = "2026-11-24T02:05:00Z".parse().expect("an instant");
    let timestamp = now.timestamp().to_string();
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let tag = hmac::sign(&key, format!("v0:{timestamp}:{body}").as_bytes());
    let headers = Headers(vec![
        ("x-slack-request-timestamp".into(), timestamp.into()),
        ("x-slack-signature".into(), format!("v0={}", hex(tag.as_ref())).into()),
    ]);
    receive(&[Secret::new(SECRET)], &headers, body.as_bytes(), now).expect("it is signed")
}
