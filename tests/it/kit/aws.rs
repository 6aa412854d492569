//! AWS over plain HTTP: queues, tables and parameters at the endpoint that `tests/aws/moto` starts, each with a unique
//! name, and the [`Poller`] that does what Lambda does between a queue and a worker.
//!
//! It is a small client, not the SDK that the product uses. A call that AWS refuses fails the test.
//!
//! AWS is moto 5.2, in which `tests/aws/moto` fixes what tests cannot do without: calls are atomic, a group whose
//! visibility has passed comes back in order, and a transaction does not copy the whole table. It still differs from SQS and DynamoDB:
//!
//! - Deduplication looks only at the messages that are in the queue. A repeat within five minutes of a message that is
//!   deleted by then counts as new, where SQS drops it. A dropped repeat is answered with a message id and a sequence
//!   number that exist nowhere, where SQS answers with those of the first.
//! - Sequence numbers are random. The order is that of sending, and only receiving shows it.
//! - Receipt handles never expire. Late deletions and changes of visibility succeed, where a FIFO queue refuses them
//!   once the visibility has passed; the [`Poller`] checks that itself. The visibility of a message that is not in
//!   flight can be changed.
//! - Any character may be in a body, where SQS refuses control characters except tab, line feed and carriage return.
//!   The limit of 1 MiB counts a body's characters, where SQS counts bytes, and those of the attributes too.
//! - A dead letter gets lost when the dead-letter queue holds one with the same deduplication id, sent within five
//!   minutes of it. A message that has been received too often is moved there by the next receive, not before.
//! - Calls go one at a time. Sends, receives and deletions take longer the more messages are in the queue: a batch of
//!   ten is through in 12 ms with 50 waiting, in 30 ms with 500.
//! - Items of a table do not expire, indexes have no lag, nothing is ever throttled, no signature is verified.
//! - A transaction that is asked for twice with one token is done twice.
//!
//! As in SQS, a group's messages keep their order, none of a group is given out while one of it is in flight, a receive
//! mixes groups, and a message stays invisible for as long as was set for it last.

mod chance;
mod gate;
mod http;
mod poller;
mod queue;
mod table;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

pub use chance::Chance;
pub use gate::Gate;
pub use poller::{Chaos, Kill, Options, Poller, Report};
pub use queue::{Counts, Queue, SqsMessage};
pub use table::Table;

/// The endpoint of all services.
#[derive(Clone)]
pub struct Aws {
    url: Arc<str>,
}

/// A service that speaks JSON.
#[derive(Debug, Clone, Copy)]
pub enum Service {
    Sqs,
    DynamoDb,
    Ssm,
}

impl Service {
    /// The name in a signature's scope, the prefix of its actions and its version of the protocol.
    fn protocol(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Sqs => ("sqs", "AmazonSQS", "1.0"),
            Self::DynamoDb => ("dynamodb", "DynamoDB_20120810", "1.0"),
            Self::Ssm => ("ssm", "AmazonSSM", "1.1"),
        }
    }
}

impl Aws {
    pub const REGION: &str = "ap-northeast-1";

    /// The endpoint of `AWS_ENDPOINT_URL`, if it is set.
    pub fn from_environment() -> Option<Self> {
        let url = std::env::var("AWS_ENDPOINT_URL").ok().filter(|url| !url.is_empty())?;
        Some(Self { url: url.trim_end_matches('/').into() })
    }

    /// Instead of the `https://SERVICE.REGION.amazonaws.com` of every service.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The variables with which the AWS SDK finds its way here. `AWS_REGION` is Lambda's to set: see
    /// [`Function`](super::Function).
    pub fn env(&self) -> [(&str, &str); 3] {
        [("AWS_ENDPOINT_URL", self.url()), ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")]
    }

    /// What was called with this access key, and on which queue, index or parameter: `AmazonSQS.SendMessage alerts-12-0`.
    pub async fn actions_of(&self, access_key: &str) -> Vec<String> {
        let headers = [
            ("Authorization", format!("AWS4-HMAC-SHA256 Credential={access_key}/")),
            ("X-Amz-Target", "Toban.Actions".to_owned()),
        ];
        let answer = http::post(&self.url, &headers, "").await;
        serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("tests/aws/moto lists no actions: {error}"))
    }

    /// Makes the call, which must succeed.
    pub async fn call(&self, service: Service, action: &str, body: &Value) -> Value {
        self.try_call(service, action, body)
            .await
            .unwrap_or_else(|error| panic!("{service:?} refused {action}, look at what was asked: {body}\n{error}"))
    }

    /// Makes a call that may be refused: the error's `__type` says why.
    pub async fn try_call(&self, service: Service, action: &str, body: &Value) -> Result<Value, Value> {
        let (name, prefix, version) = service.protocol();
        let scope = format!("test/20260101/{}/{name}/aws4_request", Self::REGION);
        let headers = [
            ("Authorization", format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0")),
            ("Content-Type", format!("application/x-amz-json-{version}")),
            ("X-Amz-Target", format!("{prefix}.{action}")),
        ];
        let answer = http::post(&self.url, &headers, &body.to_string()).await;
        let text = String::from_utf8_lossy(&answer.body);
        let text = if text.is_empty() { "{}" } else { &*text };
        let body = serde_json::from_str(text)
            .unwrap_or_else(|error| panic!("{} answered {action} with no JSON ({error}): {text}", self.url));
        match answer.status {
            200 => Ok(body),
            _ => Err(body),
        }
    }

    /// Creates a FIFO queue with a FIFO queue for its dead letters, and without deduplication by content.
    pub async fn create_fifo_queue(&self, name: &str, visibility_seconds: u32, max_receive_count: u32) -> Queue {
        Queue::create(self, &unique(name), visibility_seconds, max_receive_count).await
    }

    /// Creates a table on demand with the keys `pk` and `sk`, the index `by_state` with the keys `gsi_pk` and `gsi_sk`
    /// (all strings), and a time to live at `expires_at`.
    pub async fn create_table(&self, name: &str) -> Table {
        Table::create(self, unique(name)).await
    }

    /// Stores a secret under `/name-…` and returns its name.
    pub async fn put_parameter(&self, name: &str, value: &str) -> String {
        let name = format!("/{}", unique(name.trim_start_matches('/')));
        let parameter = json!({"Name": name, "Value": value, "Type": "SecureString"});
        self.call(Service::Ssm, "PutParameter", &parameter).await;
        name
    }
}

/// A name that no other test uses.
fn unique(name: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("{name}-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst))
}
