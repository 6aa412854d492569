//! An SQS that only accepts messages into a FIFO queue.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::http::{Reply, Request, Response, Server};

/// The queue, and what is in it.
pub struct Fifo {
    server: Server,
    taken: Arc<Mutex<Vec<Value>>>,
}

impl Fifo {
    pub async fn start() -> Self {
        let taken = Arc::new(Mutex::new(Vec::new()));
        let kept = taken.clone();
        let server = Server::start(move |request: Request| {
            let kept = kept.clone();
            async move {
                let mut call: Value = serde_json::from_slice(&request.body).unwrap_or_default();
                let entries = call["Entries"].take().as_array().cloned().unwrap_or_default();
                let fields = ["Id", "MessageBody", "MessageGroupId", "MessageDeduplicationId"];
                let is_whole = |entry: &Value| {
                    fields.iter().all(|field| entry[*field].as_str().is_some_and(|text| !text.is_empty()))
                };
                let bytes: usize = entries.iter().filter_map(|entry| entry["MessageBody"].as_str()).map(str::len).sum();
                let ids: BTreeSet<_> = entries.iter().filter_map(|entry| entry["Id"].as_str()).collect();
                let is_a_batch =
                    (1..=10).contains(&entries.len()) && ids.len() == entries.len() && bytes <= 1024 * 1024;
                let is_call = request.header("x-amz-target") == Some("AmazonSQS.SendMessageBatch");
                if !is_call || !is_a_batch || call["QueueUrl"].as_str().is_none() || !entries.iter().all(is_whole) {
                    return Reply::Send(Response::json(400, &json!({"__type": "InvalidParameterValue"})));
                }
                let mut kept = kept.lock().expect("no test panics in it");
                let mut sent = Vec::new();
                for mut entry in entries {
                    let id = format!("059f36b4-87a3-44ab-83d2-{:012}", kept.len());
                    sent.push(
                        json!({"Id": entry["Id"], "MessageId": id, "MD5OfMessageBody": "d", "SequenceNumber": "1"}),
                    );
                    entry["QueueUrl"] = call["QueueUrl"].clone();
                    kept.push(entry);
                }
                Reply::Send(Response::json(200, &json!({"Successful": sent, "Failed": []})))
            }
        })
        .await;
        Self { server, taken }
    }

    /// Instead of SQS's `https://sqs.REGION.amazonaws.com`.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// The messages, the oldest first, as they were sent.
    pub fn taken(&self) -> Vec<Value> {
        self.taken.lock().expect("no test panics in it").clone()
    }
}
