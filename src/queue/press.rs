//! What somebody has pressed, on its way to the worker: a queue of its own, so that no post that is stuck holds it up.
//!
//! Group = incident, or for a command the user; deduplication = the press.

use super::{NewMessage, NotAQueueMessage, Queue, QueueError};
use crate::domain::incident::IncidentId;
use crate::domain::member::Handle;
use crate::domain::press::{Act, Asked, Channel, Press};
use crate::net::digest::sha256;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The version of a message's shape.
const VERSION: u8 = 1;

#[derive(Serialize, Deserialize)]
struct Wire {
    v: u8,
    press: String,
    user: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    workspace: Option<String>,
    at: DateTime<Utc>,
    answer_to: String,
    #[serde(flatten)]
    asked: WireAsked,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum WireAsked {
    Button { act: String, incident: String, channel: String, channel_name: String },
    Command { command: String },
}

/// Whether a message is a press, of this version or another.
pub fn is_press(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Named {
        #[expect(dead_code, reason = "that it is there is what says it")]
        press: String,
    }
    serde_json::from_str::<Named>(text).is_ok()
}

pub fn to_text(press: &Press) -> String {
    let wire = Wire {
        v: VERSION,
        press: press.id.clone(),
        user: press.user.as_str().to_owned(),
        workspace: press.workspace.clone(),
        at: press.at,
        answer_to: press.answer_to.clone(),
        asked: match &press.asked {
            Asked::Button { act, incident, channel } => WireAsked::Button {
                act: act.name().to_owned(),
                incident: incident.0.clone(),
                channel: channel.id.clone(),
                channel_name: channel.name.clone(),
            },
            Asked::Command { text } => WireAsked::Command { command: text.clone() },
        },
    };
    serde_json::to_string(&wire).expect("strings are JSON")
}

pub fn parse(text: &str) -> Result<Press, NotAQueueMessage> {
    let wire: Wire = serde_json::from_str(text).map_err(|_| NotAQueueMessage)?;
    if wire.v != VERSION {
        return Err(NotAQueueMessage);
    }
    let asked = match wire.asked {
        WireAsked::Button { act, incident, channel, channel_name } => Asked::Button {
            act: Act::from_name(&act).ok_or(NotAQueueMessage)?,
            incident: IncidentId(incident),
            channel: Channel { id: channel, name: channel_name },
        },
        WireAsked::Command { command } => Asked::Command { text: command },
    };
    let user = Handle::slack(&wire.user).ok_or(NotAQueueMessage)?;
    let Wire { press, workspace, at, answer_to, .. } = wire;
    Ok(Press { id: press, user, workspace, at, asked, answer_to })
}

impl Queue {
    /// Queues what somebody has pressed.
    pub async fn put_press(&self, press: &Press) -> Result<(), QueueError> {
        let group = match &press.asked {
            Asked::Button { incident, .. } => &incident.0,
            Asked::Command { .. } => press.user.as_str(),
        };
        let message = NewMessage {
            body: to_text(press),
            group: sha256(group.as_bytes()),
            deduplication: sha256(press.id.as_bytes()),
        };
        self.fifo.send(vec![message]).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_comes_out_as_it_went_in() {
        let button = Asked::Button {
            act: Act::HandBack,
            incident: IncidentId("Q2YX".into()),
            channel: Channel { id: "C0APPMON001".into(), name: "アラート".into() },
        };
        let press = Press {
            id: "0f1e".into(),
            user: Handle::slack("U0SATO0001").expect("an id"),
            workspace: None,
            at: "2026-11-24T02:02:01.123Z".parse().expect("an instant"),
            asked: button,
            answer_to: "https://hooks.slack.com/actions/T/1/x".into(),
        };
        let command = Asked::Command { text: "why \"#PD4812\"\u{7}".into() };
        let command = Press { workspace: Some("T0TEST0001".into()), asked: command, ..press.clone() };
        for press in [press.clone(), command] {
            assert_eq!(parse(&to_text(&press)), Ok(press.clone()));
            assert!(is_press(&to_text(&press)));
        }
        let text = to_text(&press);
        for other in [text.replace("\"v\":1", "\"v\":2"), text.replace("hand_back", "hand_over")] {
            assert_eq!(parse(&other), Err(NotAQueueMessage), "{other}");
            assert!(is_press(&other), "it waits for a worker that knows it");
        }
        for text in ["", "{}", "[]", "{\"v\":1,\"source\":\"pagerduty\"}"] {
            assert_eq!((parse(text), is_press(text)), (Err(NotAQueueMessage), false), "{text}");
        }
    }
}
