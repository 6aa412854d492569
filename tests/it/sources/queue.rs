//! Jenkins and Nagios never send anything twice. What got a 202 is in the queue, and is posted once the chat takes it.

use super::{EVENTS, JENKINS, MACKEREL, changed, post, settings};
use crate::kit::{Fault, Fifo, Function, Invocation, Slack};
use crate::running::Answer;
use serde_json::{Value, json};

const WORKER: &str = env!("CARGO_BIN_EXE_worker");

/// The batch that Lambda would hand to the worker.
pub fn batch(fifo: &Fifo) -> Value {
    let taken = fifo.taken();
    let record = |(number, message): (usize, &Value)| {
        json!({
            "messageId": format!("m-{number}"), "receiptHandle": format!("r-{number}"), "body": message["MessageBody"],
            "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": message["MessageGroupId"]},
            "messageAttributes": {}, "eventSource": "aws:sqs", "awsRegion": "ap-northeast-1",
            "eventSourceARN": "arn:aws:sqs:ap-northeast-1:123456789012:toban.fifo",
        })
    };
    json!({"Records": taken.iter().enumerate().map(record).collect::<Vec<_>>()})
}

pub async fn work(worker: &Function, batch: &Value) -> Vec<Value> {
    match worker.invoke(batch).await {
        Invocation::Answer(answer) => answer["batchItemFailures"].as_array().cloned().unwrap_or_default(),
        Invocation::Error(error) => panic!("the worker failed: {error}"),
    }
}

#[tokio::test]
async fn nothing_is_lost_while_the_chat_is_down() {
    let (slack, queue) = (Slack::start().await, Fifo::start().await);
    let settings = settings()
        .slack(&slack)
        .with("QUEUE_URL", &format!("{}/123456789012/toban.fifo", queue.url()))
        .with("AWS_ENDPOINT_URL_SQS", &queue.url())
        .with("AWS_REGION", "ap-northeast-1")
        .with("AWS_ACCESS_KEY_ID", "test")
        .with("AWS_SECRET_ACCESS_KEY", "test");
    let webhook = settings.start().await;
    slack.fail_always(Fault::ServerError);
    let queued = Answer { status: 202, retry_after: None, text: "queued".into() };
    for (route, token, path) in [
        ("/mackerel", MACKEREL, "mackerel/kinds/alert.host.json"),
        ("/jenkins", JENKINS, "jenkins/kinds/started.json"),
        ("/jenkins", JENKINS, "jenkins/kinds/completed.success.json"),
        ("/events", EVENTS, "events/kinds/triggered.json"),
    ] {
        assert_eq!(post(&webhook, route, token, &changed(path, |_| ())).await, queued, "{path}");
    }
    assert_eq!(post(&webhook, "/events", EVENTS, b"not \"JSON").await, queued);
    slack.expect_none();
    let groups: Vec<_> = queue.taken().iter().map(|message| message["MessageGroupId"].clone()).collect();
    assert_eq!(groups[1], groups[2], "both ends of a build stay in order");
    assert_ne!(groups[0], groups[3]);

    let worker = Function::start(WORKER, &settings.pairs()).await;
    let failed = work(&worker, &batch(&queue)).await;
    assert_eq!(failed.len(), 5, "all come again: {failed:?}");
    slack.heal();
    assert_eq!(work(&worker, &batch(&queue)).await, Vec::<Value>::new());
    let posted: Vec<_> = super::headlines(&slack).iter().map(|line| line.chars().take(9).collect::<String>()).collect();
    assert_eq!(posted, ["🔥 発生 #MKg", "🔧 ジョブ開始 r", "🔧 ジョブ成功 r", "🔥 発生 #EV3", "⚠️ /event"]);
    assert_eq!(work(&worker, &batch(&queue)).await, Vec::<Value>::new(), "delivered again, they are repeats");
    slack.expect_none();
}
