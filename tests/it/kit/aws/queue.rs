//! SQS's FIFO queues, and the events that Lambda makes of their messages.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::{Aws, Service};

/// A FIFO queue and its dead-letter queue.
///
/// Sends and receives take longer the more messages are in the queue: feed it at the pace of the drain.
#[derive(Clone)]
pub struct Queue {
    aws: Aws,
    pub url: String,
    pub dead_letters_url: String,
    arn: String,
    /// How long a received message stays invisible, unless that is changed for it.
    pub visibility: Duration,
}

/// A message as received. Attributes have SQS's names: see [`SqsMessage::attribute`].
#[derive(Debug, Clone)]
pub struct SqsMessage {
    pub id: String,
    pub receipt_handle: String,
    pub body: String,
    md5_of_body: String,
    attributes: BTreeMap<String, String>,
    message_attributes: Value,
    /// When the receive began: the visibility ends no earlier than [`Queue::visibility`] after it.
    pub asked: Instant,
}

/// How many messages there are.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Not in flight, though others of their group may be.
    pub visible: u64,
    pub in_flight: u64,
    /// In the dead-letter queue.
    pub dead: u64,
}

impl Queue {
    pub(super) async fn create(aws: &Aws, name: &str, visibility_seconds: u32, max_receive_count: u32) -> Self {
        let create = async |name: String, attributes: Value| {
            let queue = json!({"QueueName": name, "Attributes": attributes});
            let created = aws.call(Service::Sqs, "CreateQueue", &queue).await;
            let url = text(&created, "QueueUrl").to_owned();
            let attributes = attributes_of(aws, &url).await;
            (url, text(&attributes, "QueueArn").to_owned())
        };
        let fifo = json!({"FifoQueue": "true", "ContentBasedDeduplication": "false"});
        let (dead_letters_url, dead_letters_arn) = create(format!("{name}-dead.fifo"), fifo.clone()).await;
        let redrive = json!({"deadLetterTargetArn": dead_letters_arn, "maxReceiveCount": max_receive_count});
        let mut attributes = fifo;
        attributes["VisibilityTimeout"] = visibility_seconds.to_string().into();
        attributes["RedrivePolicy"] = redrive.to_string().into();
        let (url, arn) = create(format!("{name}.fifo"), attributes).await;
        let visibility = Duration::from_secs(visibility_seconds.into());
        Self { aws: aws.clone(), url, dead_letters_url, arn, visibility }
    }

    /// Sends a message, as the webhook would.
    pub async fn send(&self, group: &str, deduplication: &str, body: &str) {
        let message = json!({
            "QueueUrl": self.url,
            "MessageBody": body,
            "MessageGroupId": group,
            "MessageDeduplicationId": deduplication,
        });
        self.call("SendMessage", message).await;
    }

    /// Receives up to `max` messages, at most 10, of any groups. Waits up to `wait_seconds` for the first.
    pub async fn receive(&self, max: usize, wait_seconds: u32) -> Vec<SqsMessage> {
        self.receive_from(&self.url, max, wait_seconds).await
    }

    /// Receives up to 10 dead letters.
    pub async fn receive_dead_letters(&self) -> Vec<SqsMessage> {
        self.receive_from(&self.dead_letters_url, 10, 0).await
    }

    /// Deletes messages, at most 10. Each must be there still, or have been deleted before.
    pub async fn delete<'a>(&self, messages: impl IntoIterator<Item = &'a SqsMessage>) {
        let handles = messages.into_iter().map(|message| &message.receipt_handle);
        let entries =
            handles.enumerate().map(|(index, handle)| json!({"Id": index.to_string(), "ReceiptHandle": handle}));
        let entries: Vec<_> = entries.collect();
        if entries.is_empty() {
            return;
        }
        let deleted = self.call("DeleteMessageBatch", json!({"QueueUrl": self.url, "Entries": entries})).await;
        let failed = deleted["Failed"].as_array();
        assert!(failed.is_none_or(Vec::is_empty), "SQS refused to delete, look at {deleted}");
    }

    /// The message stays invisible for so long from now; at 0 it is back at once.
    pub async fn change_visibility(&self, message: &SqsMessage, seconds: u32) {
        let change = json!({
            "QueueUrl": self.url,
            "ReceiptHandle": message.receipt_handle,
            "VisibilityTimeout": seconds,
        });
        self.call("ChangeMessageVisibility", change).await;
    }

    pub async fn counts(&self) -> Counts {
        let (visible, in_flight) = self.count_in(&self.url).await;
        let (waiting, in_hand) = self.count_in(&self.dead_letters_url).await;
        Counts { visible, in_flight, dead: waiting + in_hand }
    }

    /// Whether there is no message, not even in flight. Dead letters are in another queue.
    pub async fn is_empty(&self) -> bool {
        self.count_in(&self.url).await == (0, 0)
    }

    /// The event with which Lambda hands this batch to a function.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-fifo-queue-message-event>
    pub fn event(&self, batch: &[SqsMessage]) -> Value {
        let record = |message: &SqsMessage| {
            json!({
                "messageId": message.id,
                "receiptHandle": message.receipt_handle,
                "body": message.body,
                "attributes": message.attributes,
                "messageAttributes": message.message_attributes,
                "md5OfBody": message.md5_of_body,
                "eventSource": "aws:sqs",
                "eventSourceARN": self.arn,
                "awsRegion": Aws::REGION,
            })
        };
        json!({"Records": batch.iter().map(record).collect::<Vec<_>>()})
    }

    async fn receive_from(&self, url: &str, max: usize, wait_seconds: u32) -> Vec<SqsMessage> {
        let asked = Instant::now();
        let receive = json!({
            "QueueUrl": url,
            "MaxNumberOfMessages": max,
            "WaitTimeSeconds": wait_seconds,
            "MessageSystemAttributeNames": ["All"],
            "MessageAttributeNames": ["All"],
        });
        let received = self.call("ReceiveMessage", receive).await;
        let messages = received["Messages"].as_array().into_iter().flatten();
        messages.map(|message| SqsMessage::parse(message, asked)).collect()
    }

    /// Visible messages, and those in flight.
    async fn count_in(&self, url: &str) -> (u64, u64) {
        let attributes = attributes_of(&self.aws, url).await;
        let count = |name| text(&attributes, name).parse().expect("SQS counts messages in decimal digits");
        (count("ApproximateNumberOfMessages"), count("ApproximateNumberOfMessagesNotVisible"))
    }

    async fn call(&self, action: &str, body: Value) -> Value {
        self.aws.call(Service::Sqs, action, &body).await
    }
}

impl SqsMessage {
    fn parse(message: &Value, asked: Instant) -> Self {
        let attributes = message["Attributes"].as_object().into_iter().flatten();
        let attributes = attributes.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()));
        let typed = message["MessageAttributes"].as_object().into_iter().flatten();
        let typed = typed.map(|(name, value)| (name.clone(), lambda_attribute(value)));
        Self {
            id: text(message, "MessageId").to_owned(),
            receipt_handle: text(message, "ReceiptHandle").to_owned(),
            body: text(message, "Body").to_owned(),
            md5_of_body: text(message, "MD5OfBody").to_owned(),
            attributes: attributes.collect(),
            message_attributes: Value::Object(typed.collect::<Map<_, _>>()),
            asked,
        }
    }

    /// One of SQS's own attributes.
    #[track_caller]
    pub fn attribute(&self, name: &str) -> &str {
        let value = self.attributes.get(name);
        value.unwrap_or_else(|| panic!("a message of a FIFO queue has {name}, look at {:?}", self.attributes))
    }

    pub fn group(&self) -> &str {
        self.attribute("MessageGroupId")
    }

    pub fn deduplication(&self) -> &str {
        self.attribute("MessageDeduplicationId")
    }

    /// How often it has been received, this time included.
    pub fn receive_count(&self) -> u32 {
        self.attribute("ApproximateReceiveCount").parse().expect("SQS counts receives in decimal digits")
    }
}

/// A sender's attribute, in Lambda's spelling.
fn lambda_attribute(value: &Value) -> Value {
    let mut attribute = json!({
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": value["DataType"],
    });
    for (theirs, lambdas) in [("StringValue", "stringValue"), ("BinaryValue", "binaryValue")] {
        if let Some(value) = value.get(theirs) {
            attribute[lambdas] = value.clone();
        }
    }
    attribute
}

/// All attributes of a queue: moto counts the messages again for each requested name, but once for all of them.
async fn attributes_of(aws: &Aws, url: &str) -> Value {
    let mut answer =
        aws.call(Service::Sqs, "GetQueueAttributes", &json!({"QueueUrl": url, "AttributeNames": ["All"]})).await;
    answer["Attributes"].take()
}

#[track_caller]
fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer[name].as_str().unwrap_or_else(|| panic!("SQS answers with {name}, look at {answer}"))
}
