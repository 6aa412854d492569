//! Slack's side of a press: what it sends, who its people are, and what it shows to one of them alone.

use crate::domain::press::Act;
use crate::net::digest::hex;
use crate::net::secret::Secret;
use crate::source::Headers;
use chrono::{DateTime, Utc};
use form_urlencoded::Serializer;
use reqwest::Url;
use ring::hmac;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The secret with which the demo's Slack signs: the one that `toban serve` refuses, as everybody knows it.
pub const SIGNING_SECRET: &str = "toban-demo-secret";
/// A guest of the workspace.
pub const GUEST: &str = "U0SAMPLEGUEST";
/// A full member of it, who is not in the members tab.
pub const UNLISTED: &str = "U0SAMPLEOTHER";

const WORKSPACE: &str = "T0SAMPLE01";
const CHANNEL: &str = "C0SAMPLEMON";
/// Older presses are forgotten when there are more than this.
const MOST: usize = 60;

/// What people have pressed and typed, and what they were answered.
#[derive(Debug, Default)]
pub struct DemoSlack(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    now: DateTime<Utc>,
    count: u64,
    asked: VecDeque<Asked>,
}

/// A press or a command, with its answers. Only `who` sees them.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Counted from 1.
    pub nth: u64,
    pub who: String,
    pub at: DateTime<Utc>,
    pub what: What,
    /// The bodies of the requests with the answers.
    pub answers: Vec<Value>,
}

#[derive(Debug, Clone)]
pub enum What {
    Button { act: Act, incident: String },
    Command { text: String },
}

impl DemoSlack {
    /// No step leaves it half changed.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set_time(&self, now: DateTime<Utc>) {
        self.state().now = now;
    }

    pub fn clear(&self) {
        self.state().asked.clear();
    }

    /// Everything that was asked, the oldest first.
    pub fn asked(&self) -> Vec<Asked> {
        self.state().asked.iter().cloned().collect()
    }

    /// The body of the request that Slack sends now.
    pub fn body(&self, who: &str, what: What, channel: &str) -> Vec<u8> {
        let mut state = self.state();
        state.count += 1;
        let (nth, at) = (state.count, state.now);
        let response_url = format!("https://hooks.slack.com/demo/{nth}");
        let trigger_id = format!("{nth}.{}", at.timestamp_millis());
        let mut form = Serializer::new(String::new());
        match &what {
            What::Button { act, incident } => {
                let payload = json!({
                    "type": "block_actions",
                    "user": {"id": who, "team_id": WORKSPACE},
                    "team": {"id": WORKSPACE},
                    "channel": {"id": CHANNEL, "name": channel},
                    "trigger_id": trigger_id,
                    "response_url": response_url,
                    "actions": [{"type": "button", "action_id": act.name(), "value": incident}],
                });
                form.append_pair("payload", &payload.to_string());
            }
            What::Command { text } => {
                form.append_pair("command", "/toban")
                    .append_pair("text", text)
                    .append_pair("user_id", who)
                    .append_pair("team_id", WORKSPACE)
                    .append_pair("channel_id", CHANNEL)
                    .append_pair("channel_name", channel)
                    .append_pair("trigger_id", &trigger_id)
                    .append_pair("response_url", &response_url);
            }
        }
        state.asked.push_back(Asked { nth, who: who.to_owned(), at, what, answers: Vec::new() });
        if state.asked.len() > MOST {
            state.asked.pop_front();
        }
        form.finish().into_bytes()
    }

    /// What a method of the Web API answers. Returns `None` if there is no such method.
    pub fn method(&self, url: &Url) -> Option<Value> {
        match url.path() {
            "/api/auth.test" => Some(json!({"ok": true, "team": "toban", "team_id": WORKSPACE})),
            "/api/users.info" => {
                let who = url.query_pairs().find(|(name, _)| name == "user").map(|(_, id)| id.into_owned())?;
                let user = json!({"id": who, "team_id": WORKSPACE, "is_restricted": who == GUEST});
                Some(json!({"ok": true, "user": user}))
            }
            _ => None,
        }
    }

    /// Keeps an answer for whoever has asked. Returns `None` if nobody has.
    pub fn keep(&self, url: &Url, body: &[u8]) -> Option<Value> {
        let nth: u64 = url.path().strip_prefix("/demo/")?.parse().ok()?;
        let mut state = self.state();
        let asked = state.asked.iter_mut().find(|asked| asked.nth == nth)?;
        asked.answers.push(serde_json::from_slice(body).ok()?);
        Some(json!({"ok": true}))
    }
}

/// The headers with which Slack sends a body now.
pub fn headers(secret: &Secret, body: &[u8], now: DateTime<Utc>) -> Headers<'static> {
    let timestamp = now.timestamp().to_string();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
    let signed = hmac::sign(&key, &[b"v0:", timestamp.as_bytes(), b":", body].concat());
    let signature = format!("v0={}", hex(signed.as_ref()));
    Headers(vec![
        ("x-slack-request-timestamp".into(), timestamp.into()),
        ("x-slack-signature".into(), signature.into()),
    ])
}
