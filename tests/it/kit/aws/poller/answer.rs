//! What a worker's answer says of its batch.
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting>

use std::collections::HashSet;

use serde_json::Value;

use crate::kit::aws::SqsMessage;

/// The ids of the failed messages, or why the whole batch counts as failed.
///
/// Stricter than Lambda in one thing: an answer without failures but with something else counts as a failure, because it
/// may be an HTTP handler's.
pub fn failed(answer: &Value, batch: &[SqsMessage]) -> Result<HashSet<String>, String> {
    let invalid = |what: &str| Err(format!("{what}: {answer}"));
    let failures = match answer {
        Value::Null => return Ok(HashSet::new()),
        Value::Object(fields) if fields.is_empty() => return Ok(HashSet::new()),
        Value::Object(fields) => match fields.get("batchItemFailures") {
            Some(Value::Null) => return Ok(HashSet::new()),
            Some(Value::Array(failures)) => failures,
            _ => return invalid("an answer without a list batchItemFailures"),
        },
        _ => return invalid("an answer that is not an object"),
    };
    let mut ids = HashSet::new();
    for failure in failures {
        let Some(id) = failure["itemIdentifier"].as_str() else {
            return invalid("a failure without itemIdentifier");
        };
        if !batch.iter().any(|message| message.id == id) {
            return invalid("a failure of a message that is not in the batch");
        }
        ids.insert(id.to_owned());
    }
    Ok(ids)
}

/// The messages that this answer has deleted although an earlier one of their group failed and will come back after
/// them.
pub fn overtaking<'a>(failed: &HashSet<String>, batch: &'a [SqsMessage]) -> Vec<&'a SqsMessage> {
    let mut stuck = HashSet::new();
    let mut overtaking = Vec::new();
    for message in batch {
        if failed.contains(&message.id) {
            stuck.insert(message.group());
        } else if stuck.contains(message.group()) {
            overtaking.push(message);
        }
    }
    overtaking
}
