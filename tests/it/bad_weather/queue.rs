//! The queue: how it is called, and what it does not do although it answers.

use super::{event, now};
use crate::kit::Fifo;
use crate::kit::http::{Reply, Request, Response, Server};
use crate::running::{Settings, TUESDAY, Webhook, changed, signature};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use toban::domain::destination::Destination;
use toban::net::aws::{Aws, Environment};
use toban::net::secret::Secret;
use toban::queue::sqs::Sqs;
use toban::queue::{Hide, Lane, NewMessage, NotHidden, Queue, QueueError, QueueMessage, Queues};
use toban::source::Content;

/// A webhook that queues for one chat.
fn in_front_of(queue: &Fifo) -> Settings {
    Settings::at(TUESDAY)
        .with("SLACK_CHANNEL", "C0APPMON001")
        .with("QUEUE_URL", &format!("{}/123456789012/toban.fifo", queue.url()))
        .with("AWS_ENDPOINT_URL_SQS", &queue.url())
        .with("AWS_REGION", "ap-northeast-1")
        .with("AWS_ACCESS_KEY_ID", "test")
        .with("AWS_SECRET_ACCESS_KEY", "test")
}

/// Three hundred messages in one body: each is queued without the others, ten a call.
#[tokio::test]
async fn a_body_of_300_messages_is_queued_within_the_senders_patience() {
    let queue = Fifo::start().await;
    let settings = in_front_of(&queue)
        .with("CHAT_NAMES", "slack,backup")
        .with("NEWS_QUEUE_URL", &format!("{}/123456789012/toban-news.fifo", queue.url()));
    let webhook: Webhook = settings.start().await;
    // Two of each incident, as large as a body may be.
    let message = |number: usize| {
        let incident =
            json!({"id": format!("Q{}", number / 2), "incident_number": number / 2, "title": "x".repeat(600)});
        let event = if number.is_multiple_of(2) { "incident.trigger" } else { "incident.acknowledge" };
        json!({"id": format!("m-{number}"), "event": event, "incident": incident})
    };
    let body = json!({"messages": (0..300).map(message).collect::<Vec<_>>()}).to_string().into_bytes();
    assert!(body.len() < 256 * 1024, "{} bytes", body.len());
    let answer = webhook.with_token(&body).await;
    assert_eq!(answer.status, 202, "{}", webhook.function.logs());
    let taken = queue.taken();
    assert_eq!(taken.len(), 600, "for two chats");
    let of = |name: &str| {
        let is_in_it = |message: &&Value| message["QueueUrl"].as_str().is_some_and(|url| url.ends_with(name));
        taken.iter().filter(is_in_it).count()
    };
    assert_eq!([of("/toban-news.fifo"), of("/toban.fifo")], [300, 300]);
    let bytes = taken.iter().filter_map(|message| message["MessageBody"].as_str()).map(str::len);
    assert!(bytes.max() < Some(8 * 1024), "each has its own message only");
    let parsed = taken.iter().map(|message| QueueMessage::parse(message["MessageBody"].as_str().expect("a text")));
    let events = parsed.map(|message| message.expect("ours").event().expect("an event"));
    let keys: BTreeSet<_> = events.map(|event| event.key.0).collect();
    assert_eq!(keys.len(), 300);
    assert!(keys.contains("m-299"));
}

/// SQS answers 200, and says in it what it has not done.
#[tokio::test]
async fn what_the_queue_has_not_hidden_or_taken_is_seen() {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let noted = calls.clone();
    let sqs = Server::start(move |request: Request| {
        let call: Value = serde_json::from_slice(&request.body).expect("JSON");
        let target = request.header("x-amz-target").unwrap_or_default().to_owned();
        let entries = call["Entries"].as_array().expect("a batch").clone();
        let failed: Vec<_> = entries
            .iter()
            .filter(|entry| entry["VisibilityTimeout"] == 2 || entry["MessageGroupId"] == "primary:bad")
            .map(|entry| json!({"Id": entry["Id"], "Code": "InternalError", "SenderFault": false}))
            .collect();
        noted.lock().expect("nothing panics with it").push((target, entries.len()));
        std::future::ready(Reply::Send(Response::json(200, &json!({"Successful": [], "Failed": failed}))))
    })
    .await;
    let environment = Environment {
        region: "ap-northeast-1".into(),
        access_key_id: "test".into(),
        secret_access_key: Secret::new("test"),
        session_token: None,
        endpoint_url: Some(format!("http://{}", sqs.address)),
    };
    let client = Aws::new(environment, toban::net::http::client().expect("a client")).sqs();
    let fifo = Sqs::new(client, format!("http://{}/1/toban.fifo", sqs.address));
    let message = |group: &str| NewMessage { body: "{}".into(), group: group.into(), deduplication: group.into() };
    use toban::queue::Fifo as _;
    assert!(fifo.send(vec![message("primary:good")]).await.is_ok());
    let error = fifo.send(vec![message("primary:good"), message("primary:bad")]).await.expect_err("one is not taken");
    assert_eq!(error.0, "it has not taken a message (InternalError)");
    let queues = Queues { news: None, rest: Queue::new("toban.fifo", fifo), presses: None };
    let hide = |seconds| Hide { receipt: format!("r{seconds}"), seconds };
    let rest = queues.of(Lane::Rest);
    assert_eq!(rest.hide(&[hide(4), hide(8)]).await, Ok(()));
    let error = rest.hide(&[hide(1), hide(2), hide(3)]).await.expect_err("one is not hidden");
    assert!(error.0.contains("InternalError"), "{error}");
    let calls = calls.lock().expect("nothing panics with it");
    let hides: Vec<_> =
        calls.iter().filter(|(target, _)| target.contains("Visibility")).map(|(_, entries)| *entries).collect();
    assert_eq!(hides, [2, 3, 1], "what was not hidden is tried once more");
}

/// Ten incidents, one after the other: the first of each in one call, then the second of each.
#[tokio::test]
async fn a_queue_is_called_as_often_as_the_longest_group_is_long() {
    #[derive(Debug, Clone, Default)]
    struct Calls(Arc<Mutex<Vec<Vec<String>>>>);
    impl toban::queue::Fifo for Calls {
        fn send(&self, messages: Vec<NewMessage>) -> BoxFuture<'_, Result<(), QueueError>> {
            let groups = messages.into_iter().map(|message| message.group).collect();
            self.0.lock().expect("nothing panics with it").push(groups);
            Box::pin(async { Ok(()) })
        }

        fn hide<'a>(&'a self, _: &'a [Hide]) -> BoxFuture<'a, Result<Vec<NotHidden>, QueueError>> {
            unreachable!("nothing is hidden here")
        }
    }
    let calls = Calls::default();
    let queue = Queue::new("toban.fifo", calls.clone());
    let message = |number: u64, nth: usize| QueueMessage {
        origin: event(number).origin,
        key: toban::domain::incident::EventKey(format!("{number}/{nth}")),
        order: format!("Q{number}"),
        destination: Destination::Any,
        arrived_at: now(),
        delivery: None,
        content: Content::Body { body: b"{}".to_vec(), nth },
    };
    let all: Vec<_> = (1..=10).flat_map(|number| (0..30).map(move |nth| message(number, nth))).collect();
    queue.put(&all).await.expect("it takes everything");
    let calls = calls.0.lock().expect("nothing panics with it");
    assert_eq!(calls.iter().map(Vec::len).collect::<Vec<_>>(), [10; 30]);
}

/// Neither the queue nor the table, a log or a terminal is given an id that is long, or has anything but plain letters in it.
#[tokio::test]
async fn ids_from_outside_are_plain_everywhere_or_digests() {
    let queue = Fifo::start().await;
    let settings = in_front_of(&queue);
    let webhook: Webhook = settings.start().await;
    let hostile = ["x".repeat(3_000), "a\u{ffff}".into(), "\u{1b}]0;title\u{7}".into(), "a\nb".into(), "障害!".into()];
    for id in &hostile {
        let body = changed("v3/incident.triggered.json", |body| {
            body["event"]["id"] = id.as_str().into();
            body["event"]["data"]["id"] = id.as_str().into();
            body["event"]["data"]["assignees"][0]["id"] = id.as_str().into();
        });
        let unreadable = format!("{{\"event\": {}}}", id.len());
        for body in [&body[..], unreadable.as_bytes()] {
            let headers = [("x-pagerduty-signature", &*signature(body)), ("x-webhook-id", id)];
            let answer = webhook.post(&headers, body).await;
            assert_eq!(answer.status, 202, "{id:?}: {}", webhook.function.logs());
        }
    }
    let taken = queue.taken();
    assert_eq!(taken.len(), 2 * hostile.len());
    let is_plain = |text: &str| text.len() < 300 && text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    for text in taken.iter().filter_map(|message| message["MessageBody"].as_str()) {
        assert!(text.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{text}");
        let event = QueueMessage::parse(text).expect("ours").event().expect("an event");
        let people = event.incident.assignees.first.iter().map(|person| &person.id);
        let ids = event.incident.id.iter().map(|id| &id.0).chain([&event.key.0]).chain(people);
        ids.for_each(|id| assert!(is_plain(id), "{id:?}"));
    }
    let keys: BTreeSet<_> = taken.iter().map(|message| message["MessageDeduplicationId"].to_string()).collect();
    assert_eq!(keys.len(), taken.len(), "they are still told apart");
    let logs = webhook.function.logs();
    assert!(!logs.contains('\u{1b}') && !logs.contains("xxxxxxxxxx"), "{logs}");
}

/// A signature vouches for the body alone: whoever has seen a signed one could send it again under any other id.
#[tokio::test]
async fn a_signed_body_that_cannot_be_read_is_one_message_under_whatever_id_it_comes() {
    let queue = Fifo::start().await;
    let webhook: Webhook = in_front_of(&queue).start().await;
    let large = format!("{{\"event\": \"{}\"}}", "x".repeat(300_000));
    for body in [&b"{\"event\": 1}"[..], large.as_bytes()] {
        for id in ["d-1", "d-2", "d-3"] {
            let headers = [("x-pagerduty-signature", &*signature(body)), ("x-webhook-id", id)];
            assert_eq!(webhook.post(&headers, body).await.status, 202);
        }
    }
    let taken = queue.taken();
    let keys: BTreeSet<_> = taken.iter().map(|message| message["MessageDeduplicationId"].to_string()).collect();
    assert_eq!((taken.len(), keys.len()), (6, 2), "the queue drops the repeats: {keys:?}");
}
