//! Webhooks to deliver, each with new ids and a correct signature, so that none is skipped as a repeat.

use crate::aws::hex;
use crate::queue::Message;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use aws_lc_rs::hmac;
use chrono::{DateTime, SecondsFormat, Utc};
use hyper::body::Bytes;
use serde_json::{Value, json};

/// What the message about an incident must contain.
#[derive(Clone)]
pub struct Incident {
    pub number: u64,
    pub title: String,
    pub service: String,
    pub url: String,
}

/// One webhook: as API Gateway's HTTP API hands it to a function, or in a message of the queue.
#[derive(Clone)]
pub struct Delivery {
    pub content: Content,
    pub incident: Incident,
    pub attempts: usize,
}

#[derive(Clone)]
pub enum Content {
    Request(Bytes),
    Message(Message),
}

/// Where the webhooks of a run come from.
pub enum Feed {
    New(Box<Template>),
    /// What the front of the queue has sent.
    Queued(Vec<Message>),
    Presses(Presses),
}

impl Feed {
    /// The `nth` one, from 1.
    pub fn delivery(&self, nth: u64, now: DateTime<Utc>) -> Option<Delivery> {
        match self {
            Self::New(template) => Some(template.delivery(nth, now)),
            Self::Queued(messages) => {
                let message = messages.get(nth as usize - 1)?.clone();
                Some(Delivery { incident: message.incident.clone(), content: Content::Message(message), attempts: 0 })
            }
            Self::Presses(presses) => Some(presses.delivery(nth, now)),
        }
    }
}

/// Buttons that are pressed in Slack, as API Gateway hands them to a function.
pub struct Presses {
    key: hmac::Key,
    run: i64,
}

impl Presses {
    pub fn new(secret: &str, now: DateTime<Utc>) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), run: now.timestamp_millis() }
    }

    /// The `nth` press of this run, of an incident of its own. It carries the whole message, as Slack's do.
    fn delivery(&self, nth: u64, now: DateTime<Utc>) -> Delivery {
        let number = 4800 + nth;
        let message = "アプリケーションがエラーを返しています。".repeat(60);
        let payload = json!({
            "type": "block_actions",
            "user": {"id": "U0SATO0001", "username": "sato", "team_id": "T0BENCH0001"},
            "team": {"id": "T0BENCH0001", "domain": "bench"},
            "api_app_id": "A0BENCH0001",
            "channel": {"id": crate::chat::SLACK_CHANNEL, "name": "alerts"},
            "trigger_id": format!("{}.{nth}.press", self.run),
            "response_url": "https://hooks.slack.com/actions/T0BENCH0001/1/x",
            "message": {"ts": "1795485720.000100", "text": message, "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": message}}]},
            "actions": [{"type": "button", "action_id": "take", "value": format!("QPRESSED{number}"), "action_ts": "1.1"}],
        });
        let body = format!("payload={}", encoded(&payload.to_string()));
        let timestamp = now.timestamp().to_string();
        let signed = [b"v0:", timestamp.as_bytes(), b":", body.as_bytes()].concat();
        let signature = format!("v0={}", hex(hmac::sign(&self.key, &signed).as_ref()));
        let event = json!({
            "version": "2.0",
            "routeKey": "POST /slack",
            "rawPath": "/slack",
            "rawQueryString": "",
            "headers": {
                "content-type": "application/x-www-form-urlencoded",
                "x-slack-request-timestamp": timestamp,
                "x-slack-signature": signature,
            },
            "requestContext": {
                "http": {"method": "POST", "path": "/slack", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.10", "userAgent": "Slackbot 1.0"},
                "stage": "$default",
                "timeEpoch": now.timestamp_millis(),
            },
            "body": BASE64_STANDARD.encode(body),
            "isBase64Encoded": true,
        });
        let incident = Incident { number, title: String::new(), service: String::new(), url: String::new() };
        Delivery { content: Content::Request(event.to_string().into()), incident, attempts: 0 }
    }
}

/// As a form is encoded.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// An API Gateway event whose body is a PagerDuty v3 `incident.triggered`.
pub struct Template {
    event: Value,
    body: Value,
    key: hmac::Key,
    run: i64,
}

impl Template {
    /// `body` may be a string, as API Gateway sends it, or the JSON itself, which is easier to read.
    /// `body_kib` is the least size of the body; teams are added until it is reached.
    pub fn parse(text: &str, secret: &str, body_kib: usize, now: DateTime<Utc>) -> Result<Self, String> {
        let mut event: Value = serde_json::from_str(text).map_err(|e| format!("the event is not JSON: {e}"))?;
        let mut body = match event["body"].take() {
            Value::String(text) => {
                serde_json::from_str(&text).map_err(|e| format!("the event's body is not JSON: {e}"))?
            }
            body => body,
        };
        if body["event"]["event_type"] != "incident.triggered" || !body["event"]["data"].is_object() {
            return Err("the event's body is not a PagerDuty v3 incident.triggered".into());
        }
        if !event["headers"].is_object() || event["isBase64Encoded"] == true {
            return Err("the event needs headers and a body that is not base64".into());
        }
        let mut teams = Vec::new();
        while body.to_string().len() + teams.len() * 170 < body_kib * 1024 {
            let id = format!("PTEAM{:04}", teams.len());
            teams.push(json!({"html_url": format!("https://example.pagerduty.com/teams/{id}"), "id": id,
                "self": format!("https://api.pagerduty.com/teams/{id}"), "summary": format!("開発チーム {}", teams.len()),
                "type": "team_reference"}));
        }
        if !teams.is_empty() {
            body["event"]["data"]["teams"] = Value::Array(teams);
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        Ok(Self { event, body, key, run: now.timestamp_millis() })
    }

    /// The `nth` webhook of this run: a new incident, event and delivery.
    pub fn delivery(&self, nth: u64, now: DateTime<Utc>) -> Delivery {
        let run = self.run;
        let number = 4800 + nth;
        let id = format!("Q{:08}{:05}", run % 100_000_000, nth);
        let url = format!("https://example.pagerduty.com/incidents/{id}");
        let at = now.to_rfc3339_opts(SecondsFormat::Millis, true);

        let mut body = self.body.clone();
        let event = &mut body["event"];
        event["id"] = format!("01{run:014}{nth:010}").into();
        event["occurred_at"] = at.clone().into();
        let data = &mut event["data"];
        data["id"] = id.clone().into();
        data["self"] = format!("https://api.pagerduty.com/incidents/{id}").into();
        data["html_url"] = url.clone().into();
        data["number"] = number.into();
        data["incident_key"] = format!("bench-{run}-{nth}").into();
        data["created_at"] = at.into();
        let incident = Incident {
            number,
            title: data["title"].as_str().unwrap_or_default().to_owned(),
            service: data["service"]["summary"].as_str().unwrap_or_default().to_owned(),
            url,
        };

        let body = body.to_string();
        let mut event = self.event.clone();
        let headers = &mut event["headers"];
        headers["content-length"] = body.len().to_string().into();
        headers["x-webhook-id"] =
            format!("{:08x}-{:04x}-4000-8000-{nth:012x}", run & 0xffff_ffff, run >> 32 & 0xffff).into();
        headers["x-pagerduty-signature"] =
            format!("v1={}", hex(hmac::sign(&self.key, body.as_bytes()).as_ref())).into();
        event["requestContext"]["requestId"] = format!("bench{nth:010}=").into();
        event["requestContext"]["time"] = now.format("%d/%b/%Y:%H:%M:%S +0000").to_string().into();
        event["requestContext"]["timeEpoch"] = now.timestamp_millis().into();
        event["body"] = body.into();
        Delivery { content: Content::Request(event.to_string().into()), incident, attempts: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_delivery_is_new_and_signed_over_its_body() {
        let now = Utc::now();
        let template = Template::parse(include_str!("../event.json"), "secret", 55, now).unwrap();
        let a = template.delivery(0, now);
        let b = template.delivery(1, now);
        let parsed = [&a, &b].map(|delivery| match &delivery.content {
            Content::Request(payload) => serde_json::from_slice::<Value>(payload).unwrap(),
            Content::Message(_) => panic!("a message"),
        });
        for field in ["x-webhook-id", "x-pagerduty-signature"] {
            assert_ne!(parsed[0]["headers"][field], parsed[1]["headers"][field]);
        }
        assert_ne!(a.incident.number, b.incident.number);
        let body = parsed[0]["body"].as_str().unwrap();
        assert!((55 * 1024..60 * 1024).contains(&body.len()), "{}", body.len());
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"secret");
        let wanted = format!("v1={}", hex(hmac::sign(&key, body.as_bytes()).as_ref()));
        assert_eq!(parsed[0]["headers"]["x-pagerduty-signature"], wanted);
    }
}
