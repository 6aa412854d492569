//! An SQS that only accepts messages into a FIFO queue.

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
                let message: Value = serde_json::from_slice(&request.body).unwrap_or_default();
                let is_whole = ["QueueUrl", "MessageBody", "MessageGroupId", "MessageDeduplicationId"]
                    .iter()
                    .all(|field| message[*field].as_str().is_some_and(|text| !text.is_empty()));
                if request.header("x-amz-target") != Some("AmazonSQS.SendMessage") || !is_whole {
                    return Reply::Send(Response::json(400, &json!({"__type": "InvalidParameterValue"})));
                }
                let mut kept = kept.lock().expect("no test panics in it");
                let id = format!("059f36b4-87a3-44ab-83d2-{:012}", kept.len());
                kept.push(message);
                Reply::Send(Response::json(200, &json!({"MessageId": id, "SequenceNumber": "1"})))
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
