use std::time::Duration;

use serde_json::json;

use super::{aws, bodies, queue_of};
use crate::kit::aws::{Counts, Service};

#[tokio::test]
async fn a_message_goes_through_a_queue() {
    let queue = queue_of(&[]).await;
    let name = queue.url.rsplit('/').next().unwrap_or_default();
    queue.send("incident-1", "event-1", "Zm9v").await;
    assert_eq!(queue.counts().await, Counts { visible: 1, in_flight: 0, dead: 0 });
    let batch = queue.receive(10, 0).await;
    assert_eq!(queue.counts().await, Counts { visible: 0, in_flight: 1, dead: 0 });
    let [message] = &batch[..] else {
        panic!("one was sent, look at {batch:?}");
    };
    assert_eq!((message.group(), message.deduplication(), message.receive_count()), ("incident-1", "event-1", 1));
    let times = ["SentTimestamp", "ApproximateFirstReceiveTimestamp"];
    let [sent, received] = times.map(|name| message.attribute(name).parse::<u64>().expect("milliseconds"));
    assert!(sent > 1_700_000_000_000 && received >= sent, "look at {message:?}");
    assert_eq!(
        queue.event(&batch),
        json!({"Records": [{
            "messageId": message.id,
            "receiptHandle": message.receipt_handle,
            "body": "Zm9v",
            "attributes": {
                "ApproximateReceiveCount": "1",
                "SentTimestamp": message.attribute("SentTimestamp"),
                "SequenceNumber": message.attribute("SequenceNumber"),
                "MessageGroupId": "incident-1",
                "SenderId": message.attribute("SenderId"),
                "MessageDeduplicationId": "event-1",
                "ApproximateFirstReceiveTimestamp": message.attribute("ApproximateFirstReceiveTimestamp"),
            },
            "messageAttributes": {},
            "md5OfBody": "2ff23508c7ad8b1f20418f0d3d65a3d6",
            "eventSource": "aws:sqs",
            "eventSourceARN": format!("arn:aws:sqs:ap-northeast-1:123456789012:{name}"),
            "awsRegion": "ap-northeast-1",
        }]})
    );
    queue.delete(&batch).await;
    assert!(queue.is_empty().await);
}

#[tokio::test]
async fn a_senders_attributes_are_in_the_event() {
    let queue = queue_of(&[]).await;
    let message = json!({
        "QueueUrl": queue.url,
        "MessageBody": "ok",
        "MessageGroupId": "a",
        "MessageDeduplicationId": "1",
        "MessageAttributes": {"source": {"DataType": "String", "StringValue": "pagerduty"}},
    });
    aws().call(Service::Sqs, "SendMessage", &message).await;
    let event = queue.event(&queue.receive(1, 0).await);
    let source =
        json!({"stringValue": "pagerduty", "stringListValues": [], "binaryListValues": [], "dataType": "String"});
    assert_eq!(event["Records"][0]["messageAttributes"], json!({"source": source}));
}

#[tokio::test]
async fn a_group_waits_for_what_is_in_flight_of_it() {
    let queue = queue_of(&[("a", "a1"), ("b", "b1"), ("a", "a2"), ("a", "a3"), ("c", "c1")]).await;
    let first = queue.receive(1, 0).await;
    assert_eq!(bodies(&first), ["a1"]);
    let others = queue.receive(10, 0).await;
    assert_eq!(bodies(&others), ["b1", "c1"]);
    assert_eq!(queue.counts().await, Counts { visible: 2, in_flight: 3, dead: 0 });
    queue.delete(&first).await;
    let rest = queue.receive(10, 0).await;
    assert_eq!(bodies(&rest), ["a2", "a3"]);
    // Back at once, but a3 is still in flight; then both are, in order.
    queue.change_visibility(&rest[0], 0).await;
    assert_eq!(bodies(&queue.receive(10, 0).await), [""; 0]);
    queue.change_visibility(&rest[1], 0).await;
    let again = queue.receive(10, 0).await;
    assert_eq!(bodies(&again), ["a2", "a3"]);
    assert_eq!(again[0].receive_count(), 2);
    queue.delete(again.iter().chain(&others)).await;
    assert!(queue.is_empty().await);
}

#[tokio::test]
async fn a_receive_waits_for_the_first_message() {
    let queue = queue_of(&[("a", "a1"), ("a", "a2")]).await;
    let first = queue.receive(1, 0).await;
    // a2 is visible, but a1 is in flight until it is deleted.
    let (second, ()) = tokio::join!(queue.receive(10, 20), queue.delete(&first));
    assert_eq!(bodies(&second), ["a2"]);
    let (third, ()) = tokio::join!(queue.receive(10, 20), queue.send("b", "b", "b1"));
    assert_eq!(bodies(&third), ["b1"]);
}

#[tokio::test]
async fn messages_come_back_in_order_when_their_visibility_has_passed() {
    let queue = queue_of(&[("a", "a1"), ("b", "b1"), ("a", "a2"), ("a", "a3"), ("b", "b2")]).await;
    let first = queue.receive(10, 0).await;
    assert_eq!(bodies(&first), ["a1", "b1", "a2", "a3", "b2"]);
    // The last of a group is back before its first: it waits, however long it is visible.
    queue.change_visibility(&first[0], 3).await;
    let second = queue.receive(10, 20).await;
    assert!(first[0].asked.elapsed() >= queue.visibility, "look at {second:?}");
    assert_eq!(bodies(&second), ["b1", "b2"]);
    queue.delete(&second).await;
    assert_eq!(bodies(&queue.receive(10, 20).await), ["a1", "a2", "a3"]);
    assert!(first[0].asked.elapsed() >= Duration::from_secs(3), "look at {:?}", first[0].asked.elapsed());
}

#[tokio::test]
async fn a_message_that_is_received_too_often_is_a_dead_letter() {
    let queue = aws().create_fifo_queue("selftest", 60, 2).await;
    queue.send("a", "1", "poison").await;
    queue.send("a", "2", "after it").await;
    for count in 1..=2 {
        let batch = queue.receive(1, 0).await;
        assert_eq!((bodies(&batch), batch[0].receive_count()), (vec!["poison"], count));
        queue.change_visibility(&batch[0], 0).await;
    }
    assert_eq!(bodies(&queue.receive(1, 0).await), ["after it"]);
    assert_eq!(queue.counts().await, Counts { visible: 0, in_flight: 1, dead: 1 });
    let dead = queue.receive_dead_letters().await;
    assert_eq!((bodies(&dead), dead[0].group(), dead[0].deduplication()), (vec!["poison"], "a", "1"));
    assert_eq!(queue.counts().await.dead, 1, "in flight it is a dead letter, too");
}

/// Each is in the kit's documentation. If one fails, moto has come closer to SQS: correct it there.
#[tokio::test]
async fn what_moto_does_otherwise_than_sqs() {
    let large = "é".repeat(1 << 20);
    let mut all = vec![("a", "1"), ("b", "2"), ("c", "3"), ("d", "\u{1}\u{b}"), ("e", large.as_str())];
    // So many that numbers by chance are hardly ever in order.
    all.extend(["f", "g", "h", "i", "j"].map(|group| (group, "more")));
    let queue = queue_of(&all).await;
    queue.send("a", "0", "again").await;
    let batch = queue.receive(10, 0).await;
    assert_eq!(bodies(&batch)[..4], ["1", "2", "3", "\u{1}\u{b}"], "a repeat is dropped, control characters are not");
    assert_eq!(batch[4].body.len(), 2 << 20, "the limit is not one of bytes");
    let numbers: Vec<_> = batch.iter().map(|message| message.attribute("SequenceNumber")).collect();
    assert!(!numbers.is_sorted(), "sequence numbers are not in order, look at {numbers:?}");
    queue.delete(&batch).await;
    queue.send("a", "0", "after deletion").await;
    let late = queue.receive(10, 0).await;
    assert_eq!(bodies(&late), ["after deletion"], "a repeat is dropped only while the first is there");
    let again = queue.receive(10, 20).await;
    assert_ne!(late[0].receipt_handle, again[0].receipt_handle);
    queue.delete(&late).await;
    assert!(queue.is_empty().await, "an expired handle deletes");
}
