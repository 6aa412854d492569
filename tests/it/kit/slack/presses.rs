//! What Slack sends when somebody presses a button or gives a command, whole: every documented field is there.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use form_urlencoded::byte_serialize;
use ring::hmac;
use serde_json::{Value, json};

use super::workspace::CHANNELS;
use super::{Message, Slack, answers, buttons};

/// The token of an app from before signatures. Nobody may rely on it.
const OLD_TOKEN: &str = "old0verification0token01";

/// A press of a button. [`Slack::press`] and [`Slack::press_private`] make one; a test changes what it likes.
/// <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>
#[derive(Debug, Clone)]
pub struct Press<'a> {
    pub user: &'a str,
    /// The user's workspace: another one than `team` if the channel is shared.
    pub user_team: &'a str,
    pub team: &'a str,
    pub app: &'a str,
    pub channel: &'a str,
    pub action_id: &'a str,
    pub value: &'a str,
    /// Where the button is. `None` for an answer that only the presser sees: Slack does not send those.
    pub message: Option<&'a Message>,
    pub response_url: String,
    /// Another one for each press.
    pub trigger_id: String,
    pub action_ts: String,
    pub block_id: String,
    /// The button's text, as an object.
    pub label: &'a Value,
    /// What Slack asks before it sends the press; `Null` if nothing.
    pub confirm: &'a Value,
}

impl<'a> Press<'a> {
    /// The press of a button in these blocks.
    pub(super) fn new(
        user: &'a str,
        blocks: Option<&'a Value>,
        action_id: &'a str,
        message: Option<&'a Message>,
        response_url: String,
    ) -> Self {
        let found = buttons::all(blocks).find(|(_, button)| button["action_id"] == action_id);
        let Some((at, button)) = found else {
            panic!("there is no button {action_id:?} to press: look at {:?}", buttons::of(blocks));
        };
        let block = blocks.map_or(&Value::Null, |blocks| &blocks[at]);
        Self {
            user,
            user_team: Slack::TEAM,
            team: Slack::TEAM,
            app: Slack::APP,
            channel: message.and_then(|message| message.channel.as_deref()).unwrap_or(Slack::CHANNEL),
            action_id,
            value: button["value"].as_str().unwrap_or_default(),
            message,
            response_url,
            trigger_id: trigger_id(),
            action_ts: "1795485733.482915".into(),
            block_id: answers::block_id(block, at),
            label: &button["text"],
            confirm: &button["confirm"],
        }
    }

    /// The body of the request: a form with one field, which is JSON.
    pub fn body(&self) -> String {
        form(&[("payload", &escaped(&self.payload()))])
    }

    /// What is in the body.
    pub fn payload(&self) -> Value {
        let message_ts = self.message.map_or("1795485730.000300", |message| &message.ts);
        let mut payload = json!({
            "type": "block_actions",
            "user": {"id": self.user, "username": self.user.to_lowercase(), "name": self.user.to_lowercase(),
                     "team_id": self.user_team},
            "api_app_id": self.app,
            "token": OLD_TOKEN,
            "container": {"type": "message", "message_ts": message_ts, "channel_id": self.channel,
                          "is_ephemeral": self.message.is_none()},
            "trigger_id": self.trigger_id,
            "team": {"id": self.team, "domain": "test"},
            "enterprise": null,
            "is_enterprise_install": false,
            "channel": {"id": self.channel, "name": channel_name(self.channel)},
            "state": {"values": {}},
            "response_url": self.response_url,
            "actions": [{"type": "button", "action_id": self.action_id, "block_id": self.block_id, "text": self.label,
                         "value": self.value, "action_ts": self.action_ts}],
        });
        if let Some(message) = self.message {
            payload["message"] = answers::shown(message);
            if !message.edited.is_empty() {
                payload["message"]["edited"] = json!({"user": Slack::BOT, "ts": answers::EDITED});
            }
            if let Some(thread) = &message.thread_ts {
                payload["container"]["thread_ts"] = json!(thread);
            }
        }
        payload
    }
}

/// A slash command. [`Slack::command`] makes one; a test changes what it likes.
/// <https://docs.slack.dev/interactivity/implementing-slash-commands>
#[derive(Debug, Clone)]
pub struct Command<'a> {
    pub user: &'a str,
    pub team: &'a str,
    pub app: &'a str,
    pub channel: &'a str,
    pub command: &'a str,
    /// What was written after it.
    pub text: &'a str,
    pub response_url: String,
    /// Another one for each command.
    pub trigger_id: String,
}

impl<'a> Command<'a> {
    pub(super) fn new(user: &'a str, text: &'a str, response_url: String) -> Self {
        let (team, app, channel) = (Slack::TEAM, Slack::APP, Slack::CHANNEL);
        Self { user, team, app, channel, command: "/toban", text, response_url, trigger_id: trigger_id() }
    }

    /// The body of the request: a form.
    pub fn body(&self) -> String {
        form(&[
            ("token", OLD_TOKEN),
            ("team_id", self.team),
            ("team_domain", "test"),
            ("channel_id", self.channel),
            ("channel_name", channel_name(self.channel)),
            ("user_id", self.user),
            ("user_name", &self.user.to_lowercase()),
            ("command", self.command),
            ("text", self.text),
            ("api_app_id", self.app),
            ("is_enterprise_install", "false"),
            ("response_url", &self.response_url),
            ("trigger_id", &self.trigger_id),
        ])
    }
}

/// The body by which Slack sees from time to time whether a command's URL has a certificate.
pub fn ssl_check() -> String {
    form(&[("ssl_check", "1"), ("token", OLD_TOKEN)])
}

/// The headers of a request that is signed at that time.
/// <https://docs.slack.dev/authentication/verifying-requests-from-slack>
pub fn signed(secret: &str, at: DateTime<Utc>, body: impl AsRef<[u8]>) -> [(&'static str, String); 3] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let timestamp = at.timestamp().to_string();
    let base = [b"v0:", timestamp.as_bytes(), b":", body.as_ref()].concat();
    let hex: String = hmac::sign(&key, &base).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    [
        ("x-slack-request-timestamp", timestamp),
        ("x-slack-signature", format!("v0={hex}")),
        ("content-type", "application/x-www-form-urlencoded".into()),
    ]
}

fn form(pairs: &[(&str, &str)]) -> String {
    let pairs =
        pairs.iter().map(|(name, value)| format!("{name}={}", byte_serialize(value.as_bytes()).collect::<String>()));
    pairs.collect::<Vec<_>>().join("&")
}

/// JSON as Slack writes it: with `\/` for `/`, and in ASCII alone.
fn escaped(json: &Value) -> String {
    let mut out = String::new();
    for c in json.to_string().chars() {
        match c {
            '/' => out.push_str("\\/"),
            c if c.is_ascii() => out.push(c),
            c => out.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}"))),
        }
    }
    out
}

fn channel_name(id: &str) -> &str {
    let known = CHANNELS.iter().find(|(known, _)| *known == id).map(|(_, name)| *name);
    known.unwrap_or(if id.starts_with('D') { "directmessage" } else { "privategroup" })
}

fn trigger_id() -> String {
    static NTH: AtomicU64 = AtomicU64::new(1);
    let nth = NTH.fetch_add(1, Ordering::Relaxed);
    format!("{}.47445629121.{:032x}", 398_738_663_015 + nth, nth)
}
