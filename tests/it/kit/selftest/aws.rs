//! Run by `tests/aws/moto`, which sets the endpoint. Without it these tests fail.

mod poller;
mod queues;

use std::time::Duration;

use serde_json::json;

use super::wire::{Client, Ending};
use super::{assert_contains, message_of};
use crate::kit::Function;
use crate::kit::aws::{Aws, Chance, Gate, Queue, Service, SqsMessage};

fn aws() -> Aws {
    Aws::from_environment().expect("AWS_ENDPOINT_URL is not set, run this with tests/aws/moto")
}

/// A queue whose messages come back after two seconds, with one message for each `(group, body)`.
async fn queue_of(messages: &[(&str, &str)]) -> Queue {
    let queue = aws().create_fifo_queue("selftest", 2, 100).await;
    for (index, (group, body)) in messages.iter().enumerate() {
        queue.send(group, &index.to_string(), body).await;
    }
    queue
}

fn bodies(messages: &[SqsMessage]) -> Vec<&str> {
    messages.iter().map(|message| message.body.as_str()).collect()
}

/// The message with which `work` panics.
async fn panic_of<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> String {
    message_of(tokio::spawn(work).await.map_err(tokio::task::JoinError::into_panic))
}

#[tokio::test]
async fn a_table_keeps_items() {
    let aws = aws();
    let table = aws.create_table("selftest").await;
    let item = json!({
        "pk": "incident#1",
        "sk": "state",
        "gsi_pk": "open",
        "gsi_sk": "2026-11-24T00:00:00Z",
        "expires_at": 1_800_000_000,
        "nested": {"list": [1, 2.5, "three", true, null]},
    });
    table.put(&item).await;
    assert_eq!(table.scan_all().await, std::slice::from_ref(&item));
    let query = json!({
        "TableName": table.name,
        "IndexName": "by_state",
        "KeyConditionExpression": "gsi_pk = :state and gsi_sk > :since",
        "ExpressionAttributeValues": {":state": {"S": "open"}, ":since": {"S": "2026"}},
    });
    let found = aws.call(Service::DynamoDb, "Query", &query).await;
    assert_eq!(found["Items"][0]["nested"]["M"]["list"]["L"][1], json!({"N": "2.5"}));
    let expiry = aws.call(Service::DynamoDb, "DescribeTimeToLive", &json!({"TableName": table.name})).await;
    let expiry = &expiry["TimeToLiveDescription"];
    assert_eq!((&expiry["AttributeName"], &expiry["TimeToLiveStatus"]), (&json!("expires_at"), &json!("ENABLED")));
    let put = json!({
        "TableName": table.name,
        "Item": {"pk": {"S": "incident#1"}, "sk": {"S": "state"}},
        "ConditionExpression": "attribute_not_exists(pk)",
    });
    let refused = aws.try_call(Service::DynamoDb, "PutItem", &put).await.expect_err("the item is there");
    assert_contains(&refused["__type"].to_string(), "ConditionalCheckFailedException");
    // More than a page, which is 1 MB.
    for index in 0..4 {
        table.put(&json!({"pk": "large", "sk": index.to_string(), "text": "x".repeat(390_000)})).await;
    }
    assert_eq!(table.scan_all().await.len(), 5);
    let sets =
        json!({"pk": {"S": "sets"}, "sk": {"S": "1"}, "s": {"SS": ["a"]}, "n": {"NS": ["1"]}, "b": {"B": "AA=="}});
    aws.call(Service::DynamoDb, "PutItem", &json!({"TableName": table.name, "Item": sets})).await;
    let items = table.scan_all().await;
    assert!(items.contains(&json!({"pk": "sets", "sk": "1", "s": ["a"], "n": [1], "b": "AA=="})), "look at {items:?}");
}

#[tokio::test]
async fn one_of_many_conditional_writes_wins() {
    let aws = aws();
    let table = aws.create_table("selftest").await;
    let mut writes = tokio::task::JoinSet::new();
    for index in 0..40 {
        let put = json!({
            "TableName": table.name,
            "Item": {"pk": {"S": (index / 8).to_string()}, "sk": {"S": "claim"}},
            "ConditionExpression": "attribute_not_exists(pk)",
        });
        let aws = aws.clone();
        writes.spawn(async move { aws.try_call(Service::DynamoDb, "PutItem", &put).await.is_ok() });
    }
    let won = writes.join_all().await.into_iter().filter(|won| *won).count();
    assert_eq!(won, 5);
}

#[tokio::test]
async fn a_parameter_is_secret_and_can_be_read() {
    let aws = aws();
    let name = aws.put_parameter("/selftest/token", "xoxb-1").await;
    let read = |decrypt: bool| json!({"Name": name, "WithDecryption": decrypt});
    let found = aws.call(Service::Ssm, "GetParameter", &read(true)).await;
    assert_eq!((&found["Parameter"]["Type"], &found["Parameter"]["Value"]), (&json!("SecureString"), &json!("xoxb-1")));
    let found = aws.call(Service::Ssm, "GetParameter", &read(false)).await;
    assert_ne!(found["Parameter"]["Value"], "xoxb-1");
}

#[tokio::test]
async fn what_aws_refuses_fails_the_test() {
    let aws = aws();
    let message =
        panic_of(async move { aws.call(Service::Sqs, "SendMessage", &json!({"QueueUrl": "none"})).await }).await;
    assert_contains(&message, "Sqs refused SendMessage");
    assert_contains(&message, "QueueDoesNotExist");
}

#[tokio::test]
async fn a_process_finds_its_way_by_its_environment() {
    let aws = aws();
    let printed = Function::init_error("/usr/bin/env", &aws.env()).await;
    assert_contains(&printed.logs, &format!("AWS_ENDPOINT_URL={}\n", aws.url()));
}

#[tokio::test]
async fn a_gate_is_closed_and_opened() {
    let gate = Gate::to(&aws()).await;
    let connect = async || Client::connect(&gate.url()).await;
    let answered = async || connect().await.call("GET /moto-api/", &[], "").await.status();
    assert_eq!(answered().await, 200);
    let mut open = connect().await;
    gate.reset();
    assert_eq!(open.ending().await, Ending::Reset);
    assert_eq!(connect().await.ending().await, Ending::Reset);
    gate.open();
    let mut open = connect().await;
    gate.hang();
    open.send("GET /moto-api/", &[], "").await;
    assert_eq!(open.give_up().await, Ending::NeverAnswered);
    let mut held = connect().await;
    held.send("GET /moto-api/", &[], "").await;
    gate.reset();
    assert_eq!(held.ending().await, Ending::Reset);
    gate.open();
    assert_eq!(answered().await, 200);
}

#[test]
fn chance_can_be_had_again() {
    let mut chance = Chance::seeded(1_234_567);
    let numbers = [(); 3].map(|()| chance.number());
    assert_eq!(numbers, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    let hits = (0..10_000).filter(|_| chance.hits(0.2)).count();
    assert!((1_800..2_200).contains(&hits), "look at {hits} hits of 10,000");
    assert!((0..100).all(|_| !chance.hits(0.0) && chance.hits(1.0)));
    let mut seen: Vec<_> = (0..200).map(|_| chance.below(6)).collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen, [0, 1, 2, 3, 4, 5]);
    let end = Duration::from_millis(20);
    assert!((0..100).all(|_| chance.within(end) < end));
}
