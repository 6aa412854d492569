//! The fake SQS: FIFO queues that keep what they are sent, which is handed over as Lambda does it.

use crate::aws::{REGION, Refusal, hex, only};
use crate::chat::Chat;
use crate::event::Incident;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use hyper::body::Bytes;
use md5::{Digest as _, Md5};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The queues: of news, of everything else, and of what people press.
pub const NAMES: [&str; 3] = ["bench-news.fifo", "bench.fifo", "bench-presses.fifo"];
const LARGEST_BODY: usize = 1024 * 1024;

/// What was sent about one webhook.
#[derive(Clone)]
pub struct Message {
    pub incident: Incident,
    queue: String,
    id: String,
    group: String,
    deduplication: String,
    body: String,
    sent_at: i64,
}

pub struct Queues {
    base: String,
    pub messages: Vec<Message>,
    /// The receipt handles of messages that were handed over.
    receipts: BTreeSet<String>,
}

impl Queues {
    pub fn new(base: &str) -> Self {
        Self { base: format!("{base}/123456789012/"), messages: Vec::new(), receipts: BTreeSet::new() }
    }

    /// The URLs, in the order of the names.
    pub fn urls(&self) -> [String; 3] {
        NAMES.map(|name| format!("{}{name}", self.base))
    }

    pub fn holds(&self, number: u64) -> bool {
        self.messages.iter().any(|message| message.incident.number == number)
    }

    pub fn answer(&mut self, operation: &str, call: &Value, chat: &Chat, now: DateTime<Utc>) -> Result<Value, Refusal> {
        let name = call["QueueUrl"].as_str().and_then(|url| url.strip_prefix(&self.base));
        let Some(queue) = NAMES.into_iter().find(|known| name == Some(known)) else {
            return Err(Refusal::new("QueueDoesNotExist", format!("there is no queue {}", call["QueueUrl"])));
        };
        match operation {
            "SendMessage" => self.send(queue, call, chat, now),
            "SendMessageBatch" => self.send_batch(queue, call, chat, now),
            "ChangeMessageVisibilityBatch" => self.change_visibility(call),
            _ => Err(Refusal::new("UnknownOperationException", "not an operation of this fake")),
        }
    }

    fn send(&mut self, queue: &str, call: &Value, chat: &Chat, now: DateTime<Utc>) -> Result<Value, Refusal> {
        let refused = |why: String| Err(Refusal::new("InvalidParameterValue", why));
        only(call, &["QueueUrl", "MessageBody", "MessageGroupId", "MessageDeduplicationId"])?;
        let [group, deduplication] =
            ["MessageGroupId", "MessageDeduplicationId"].map(|name| call[name].as_str().unwrap_or_default());
        for (name, id) in [("MessageGroupId", group), ("MessageDeduplicationId", deduplication)] {
            if !(1..=128).contains(&id.len()) || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
                return refused(format!("{name} must be 1 to 128 letters, digits and signs: {id:?}"));
            }
        }
        let body = call["MessageBody"].as_str().unwrap_or_default();
        let is_allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..);
        if body.is_empty() || body.len() > LARGEST_BODY || !body.chars().all(is_allowed) {
            return refused("MessageBody must be 1 byte to 1 MiB of characters that XML has".into());
        }
        let sent = |message: &Message| json!({"MessageId": message.id, "MD5OfMessageBody": md5(&message.body), "SequenceNumber": "18870000000000000000"});
        if let Some(message) = self.messages.iter().find(|message| message.deduplication == deduplication) {
            return Ok(sent(message));
        }
        let Some(incident) = number(body).and_then(|number| chat.incident(number)) else {
            return refused("the message holds no webhook that was delivered".into());
        };
        if self.holds(incident.number) {
            return refused(format!("#PD{} was queued before, under another MessageDeduplicationId", incident.number));
        }
        let message = Message {
            incident: incident.clone(),
            queue: queue.to_owned(),
            id: format!("00000000-0000-4000-9000-{:012}", self.messages.len()),
            group: group.to_owned(),
            deduplication: deduplication.to_owned(),
            body: body.to_owned(),
            sent_at: now.timestamp_millis(),
        };
        let answer = sent(&message);
        self.messages.push(message);
        Ok(answer)
    }

    fn send_batch(&mut self, queue: &str, call: &Value, chat: &Chat, now: DateTime<Utc>) -> Result<Value, Refusal> {
        only(call, &["QueueUrl", "Entries"])?;
        let entries = call["Entries"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut sent = Vec::new();
        for entry in entries {
            let mut message = entry.clone();
            let id = message.as_object_mut().and_then(|message| message.remove("Id"));
            let mut answer = self.send(queue, &message, chat, now)?;
            answer["Id"] = id.unwrap_or_default();
            sent.push(answer);
        }
        if !(1..=10).contains(&entries.len()) {
            return Err(Refusal::new("InvalidParameterValue", "a batch has 1 to 10 entries"));
        }
        Ok(json!({"Successful": sent, "Failed": []}))
    }

    fn change_visibility(&self, call: &Value) -> Result<Value, Refusal> {
        only(call, &["QueueUrl", "Entries"])?;
        let refused = |why: &str| Err(Refusal::new("InvalidParameterValue", why));
        let entries = call["Entries"].as_array().map(Vec::as_slice).unwrap_or_default();
        let ids: BTreeSet<_> = entries.iter().filter_map(|entry| entry["Id"].as_str()).collect();
        if !(1..=10).contains(&entries.len()) || ids.len() != entries.len() {
            return refused("a batch has 1 to 10 entries, each with an Id of its own");
        }
        for entry in entries {
            if !entry["ReceiptHandle"].as_str().is_some_and(|receipt| self.receipts.contains(receipt)) {
                return refused("a receipt handle of no message");
            }
            if !entry["VisibilityTimeout"].as_i64().is_some_and(|seconds| (0..=43_200).contains(&seconds)) {
                return refused("VisibilityTimeout is not 0 to 43200 seconds");
            }
        }
        let done: Vec<_> = ids.iter().map(|id| json!({"Id": id})).collect();
        Ok(json!({"Successful": done, "Failed": []}))
    }

    /// The Lambda event of the message, handed over for the `nth` time.
    pub fn hand_over(&mut self, message: &Message, nth: usize, now: DateTime<Utc>) -> Bytes {
        let receipt = format!("{}#{nth}", message.id);
        self.receipts.insert(receipt.clone());
        let event = json!({"Records": [{
            "messageId": message.id,
            "receiptHandle": receipt,
            "body": message.body,
            "attributes": {
                "ApproximateReceiveCount": nth.to_string(),
                "SentTimestamp": message.sent_at.to_string(),
                "SequenceNumber": "18870000000000000000",
                "MessageGroupId": message.group,
                "SenderId": "AROABENCHBENCHBENCHBE:bench",
                "MessageDeduplicationId": message.deduplication,
                "ApproximateFirstReceiveTimestamp": now.timestamp_millis().to_string(),
            },
            "messageAttributes": {},
            "md5OfBody": md5(&message.body),
            "eventSource": "aws:sqs",
            "eventSourceARN": format!("arn:aws:sqs:{REGION}:123456789012:{}", message.queue),
            "awsRegion": REGION,
        }]});
        event.to_string().into()
    }
}

impl Message {
    /// One line of the file that a front of a queue leaves for a worker.
    pub fn to_line(&self) -> String {
        let Self { incident: Incident { number, title, service, url }, queue, id, group, deduplication, body, sent_at } =
            self;
        json!({"incident": [number, title, service, url], "queue": queue, "id": id, "group": group, "deduplication": deduplication,
            "body": body, "sent_at": sent_at})
        .to_string()
    }

    pub fn from_line(line: &str) -> Option<Self> {
        let line: Value = serde_json::from_str(line).ok()?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let incident = &line["incident"];
        Some(Self {
            incident: Incident {
                number: incident[0].as_u64()?,
                title: text(&incident[1])?,
                service: text(&incident[2])?,
                url: text(&incident[3])?,
            },
            queue: text(&line["queue"])?,
            id: text(&line["id"])?,
            group: text(&line["group"])?,
            deduplication: text(&line["deduplication"])?,
            body: text(&line["body"])?,
            sent_at: line["sent_at"].as_i64()?,
        })
    }
}

/// The incident's number in the webhook, or of what was pressed: the message is the webhook's body, or has it in base64 at `body`.
fn number(message: &str) -> Option<u64> {
    let message: Value = serde_json::from_str(message).ok()?;
    let webhook = match message["body"].as_str() {
        Some(body) => serde_json::from_slice(&BASE64_STANDARD.decode(body).ok()?).ok()?,
        None => message,
    };
    if let Some(pressed) = webhook["incident"].as_str() {
        return pressed.strip_prefix("QPRESSED")?.parse().ok();
    }
    webhook["event"]["data"]["number"].as_u64()
}

fn md5(text: &str) -> String {
    hex(&Md5::digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_kept_once_and_handed_over_as_it_was_sent() {
        let now = Utc::now();
        let mut chat = Chat::default();
        let incident = Incident { number: 7, title: "t".into(), service: "s".into(), url: "u".into() };
        chat.sent(&incident, now);
        let mut queues = Queues::new("http://x");
        let [news, ..] = queues.urls();
        let body = json!({"event": {"data": {"number": 7}}}).to_string();
        let call = |group: &str, deduplication: &str, body: &str| {
            json!({"QueueUrl": news, "MessageGroupId": group, "MessageDeduplicationId": deduplication,
                "MessageBody": body})
        };
        for (call, why) in [
            (call("", "d", &body), "MessageGroupId"),
            (call("g", "d d", &body), "MessageDeduplicationId"),
            (call("g", "d", ""), "MessageBody"),
            (call("g", "d", "{}"), "no webhook"),
            (call("g", "d", &body.replace('7', "8")), "no webhook"),
            (json!({"QueueUrl": "http://x/other"}), "no queue"),
        ] {
            let refusal = queues.answer("SendMessage", &call, &chat, now).expect_err(why).to_string();
            assert!(refusal.contains(why), "{refusal}");
        }
        for _ in 0..2 {
            let answer = queues.answer("SendMessage", &call("g", "d", &body), &chat, now).unwrap();
            assert_eq!(answer["MD5OfMessageBody"], md5(&body));
        }
        assert!(queues.answer("SendMessage", &call("g", "e", &body), &chat, now).is_err());
        assert_eq!(queues.messages.len(), 1);

        let message = Message::from_line(&queues.messages[0].to_line()).unwrap();
        let event: Value = serde_json::from_slice(&queues.hand_over(&message, 2, now)).unwrap();
        let record = &event["Records"][0];
        assert_eq!((&record["body"], &record["attributes"]["ApproximateReceiveCount"]), (&json!(body), &json!("2")));
        let hide = |receipt: &Value| {
            let entry = json!({"Id": "0", "ReceiptHandle": receipt, "VisibilityTimeout": 2});
            json!({"QueueUrl": news, "Entries": [entry]})
        };
        assert!(queues.answer("ChangeMessageVisibilityBatch", &hide(&record["receiptHandle"]), &chat, now).is_ok());
        assert!(queues.answer("ChangeMessageVisibilityBatch", &hide(&json!("other")), &chat, now).is_err());
    }
}
