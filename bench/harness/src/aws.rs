//! The fake SQS and Parameter Store: what the webhook in front of a queue uses of them.

use crate::SIGNING_SECRET;
use crate::chat::Chat;
use crate::fakes::{Ask, Reply};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

pub const SECRETS_PATH: &str = "/bench";

/// `SendMessage`: a message needs a group, a deduplication id, and a webhook that was delivered.
pub fn send_message(ask: &Ask, chat: &mut Chat) -> Reply {
    let refused = |why: &str| {
        let body = json!({"__type": "com.amazonaws.sqs#InvalidParameterValue", "message": why});
        Reply::refused(400, body, &format!("sqs: {why}"))
    };
    if !ask.header("authorization").is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256 ")) {
        return refused("the call is not signed");
    }
    let Some(call) = ask.json() else {
        return refused("the call is not JSON");
    };
    let is_id = |name: &str| call[name].as_str().is_some_and(|id| !id.is_empty() && id.len() <= 128 && id.is_ascii());
    if !is_id("MessageGroupId") || !is_id("MessageDeduplicationId") {
        return refused("MessageGroupId or MessageDeduplicationId is none");
    }
    match incident(&call).and_then(|number| chat.queued(number)) {
        Some(()) => Reply::ok(json!({"MessageId": "bench", "MD5OfMessageBody": "bench", "SequenceNumber": "1"})),
        None => refused("the message holds no webhook that was delivered, or one that was queued before"),
    }
}

/// The incident's number in the webhook's body, which is in base64.
fn incident(call: &Value) -> Option<u64> {
    let message: Value = serde_json::from_str(call["MessageBody"].as_str()?).ok()?;
    let body = BASE64_STANDARD.decode(message["body"].as_str()?).ok()?;
    serde_json::from_slice::<Value>(&body).ok()?["event"]["data"]["number"].as_u64()
}

/// `GetParametersByPath`
pub fn parameters(ask: &Ask) -> Reply {
    let call = ask.json().unwrap_or_default();
    if call["Path"] != SECRETS_PATH || call["WithDecryption"] != true {
        let why = "not the path of the secrets, or not decrypted";
        return Reply::refused(400, json!({"__type": "ValidationException"}), &format!("ssm: {why}"));
    }
    let name = format!("{SECRETS_PATH}/PAGERDUTY_WEBHOOK_SECRETS");
    Reply::ok(json!({"Parameters": [{"Name": name, "Type": "SecureString", "Value": SIGNING_SECRET}]}))
}
