//! The real webhook and worker on SQS and DynamoDB, by the SDK: killed, and with chat, sheet, table or queue away. What becomes of
//! every fault at any moment is shown by `tests/sim`, which knows neither processes nor the SDK.

use crate::kit::aws::{Aws, Chaos, Gate, Options, Poller, Queue, Table};
use crate::kit::{Fault, Function, Google, GoogleFault, Invocation, Slack, events};
use crate::running::{Settings, WEBHOOK, changed, signature};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use futures_util::future::join_all;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

const WORKER: &str = env!("CARGO_BIN_EXE_worker");
const REPEAT: &str = "🔁";
/// What happens to each incident.
const KINDS: [&str; 3] = ["v3/incident.triggered.json", "v3/incident.acknowledged.json", "v3/incident.resolved.json"];

/// An incident and the number of its event; the text of the message has both.
type Step = (u64, usize);

struct World {
    queue: Queue,
    table: Table,
    settings: Settings,
}

impl World {
    /// In production a worker has 30 s, a claim is honoured for 45 s, and a message is hidden for 60 or 300 s: a worker that
    /// finds one free knows that the one before has ended. Here a claim is for 2 s and a message is hidden for 3 s.
    async fn new(aws: &Aws, name: &str) -> Self {
        let queue = aws.create_fifo_queue(name, 3, 1_000).await;
        let table = aws.create_table(name).await;
        let settings = aws.env().iter().fold(Settings::at(""), |all, (name, value)| all.with(name, value));
        let settings = settings
            .with("QUEUE_URL", &queue.url)
            .with("LEDGER_TABLE", &table.name)
            .with("TOBAN_LEASE", "2")
            .with("BUSINESS_HOURS", "00:00-24:00")
            .with("BUSINESS_DAYS", "Mon-Sun")
            .with("NATIONAL_HOLIDAYS", "none");
        Self { queue, table, settings }
    }

    async fn webhook(&self) -> Function {
        Function::start(WEBHOOK, &self.settings.pairs()).await
    }

    fn poller(&self, options: Options) -> Poller {
        Poller::new(&self.queue, WORKER, &self.settings.pairs(), options)
    }
}

fn aws() -> Aws {
    Aws::from_environment().expect("AWS_ENDPOINT_URL is not set, run this with tests/aws/moto")
}

fn body((incident, nth): Step, started: DateTime<Utc>) -> Vec<u8> {
    changed(KINDS[nth], |body| {
        let event = &mut body["event"];
        let at = started + TimeDelta::milliseconds(incident as i64 * 10 + nth as i64);
        let title = format!("S{incident}x{nth}E");
        event["id"] = format!("E{incident}x{nth}").into();
        event["occurred_at"] = at.to_rfc3339_opts(SecondsFormat::Millis, true).into();
        // Where several are in one message, the name of whoever did it says which.
        if nth > 0 {
            event["agent"] = json!({"id": "PAGENT1", "type": "user_reference", "summary": title});
        }
        event["data"]["id"] = format!("Q{incident}").into();
        event["data"]["number"] = incident.into();
        event["data"]["title"] = title.into();
    })
}

/// The steps in a text. How its incident stands names whoever changed it last, and is left out.
fn steps(text: &str) -> BTreeSet<Step> {
    let lines = text.lines().filter(|line| !line.starts_with("状態: "));
    let parts = lines.flat_map(|line| line.split('S').skip(1));
    let steps = parts.filter_map(|rest| {
        let (incident, rest) = rest.split_once('x')?;
        let (nth, _) = rest.split_once('E')?;
        Some((incident.parse().ok()?, nth.parse().ok()?))
    });
    steps.collect()
}

async fn send(webhook: &Function, body: &[u8]) {
    let event = events::api_gateway_v2(
        "/pagerduty",
        &[("x-pagerduty-signature", &*signature(body))],
        body,
        Utc::now().timestamp_millis(),
    );
    match webhook.invoke(&event).await {
        Invocation::Answer(answer) => assert_eq!(answer["statusCode"], 202, "{answer}\n{}", webhook.logs()),
        Invocation::Error(error) => panic!("{error}"),
    }
}

/// Workers are killed at random moments; the sheet is away all the time, the chat and the table one after the other.
#[tokio::test(flavor = "multi_thread")]
async fn outages_end_with_everything_posted() {
    let (slack, google) = (Slack::start().await, Google::start().await);
    google.sheets_fail_always(GoogleFault::Unavailable);
    let aws = aws();
    let gate = Gate::to(&aws).await;
    let mut world = World::new(&aws, "outages").await;
    world.settings = world
        .settings
        .slack(&slack)
        .with("ROTATION_FILE", "")
        .with("GOOGLE_SHEET_ID", Google::SHEET_ID)
        .with("GOOGLE_SERVICE_ACCOUNT_KEY", &google.service_account_key())
        .with("GOOGLE_SHEETS_BASE_URL", &google.base_url())
        .with("AWS_ENDPOINT_URL_DYNAMODB", &gate.url());
    let webhook = world.webhook().await;
    let started = Utc::now();
    // The events of incidents that overlap, each twice.
    let feed = async |incidents: RangeInclusive<u64>| {
        for nth in 0..KINDS.len() {
            for incident in incidents.clone() {
                let body = body((incident, nth), started);
                send(&webhook, &body).await;
                send(&webhook, &body).await;
            }
        }
    };
    let story = async {
        slack.fail_always(Fault::ServerError);
        feed(1..=10).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        slack.heal();
        feed(11..=20).await;
        while !world.queue.is_empty().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        gate.reset();
        feed(21..=25).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        gate.open();
    };
    let chaos = Chaos { seed: 11, probability: 0.25, within: Duration::from_millis(200) };
    let poller = world.poller(Options { chaos: Some(chaos), ..Options::default() });
    let (report, ()) = poller.drain_while(story, Duration::from_secs(60)).await;
    assert_eq!((report.left.visible, report.left.in_flight, report.left.dead), (0, 0, 0), "{report}");
    assert!(!report.kills.is_empty(), "{report}");
    assert!(!report.logs.contains("it has not hidden a message"), "{}", report.logs);

    let lines = report.log_lines();
    assert!(lines.iter().any(|line| line["unclaimed"] == true), "alerts went out while the table was away");
    let mut first: BTreeMap<Step, usize> = BTreeMap::new();
    let mut unmarked: BTreeMap<Step, usize> = BTreeMap::new();
    for (number, message) in slack.take().into_iter().enumerate() {
        for step in steps(&message.text) {
            first.entry(step).or_insert(number);
            *unmarked.entry(step).or_default() += usize::from(!message.text.contains(REPEAT));
        }
    }
    for incident in 1..=25 {
        let order: Vec<_> = (0..KINDS.len()).map(|nth| first.get(&(incident, nth))).collect();
        assert!(order.iter().all(Option::is_some) && order.is_sorted(), "#PD{incident}: {order:?}\n{report}");
    }
    // Of these the table knew everything.
    for (step, times) in unmarked.range(..(21, 0)) {
        assert!(*times <= 1, "{step:?} came {times} times without a mark\n{report}");
    }
    let rows = world.table.scan_all().await;
    for incident in 1..=20 {
        let row = rows.iter().find(|row| row["pk"] == format!("incident#Q{incident}") && row["sk"] == "state");
        let row = row.unwrap_or_else(|| panic!("#PD{incident} is not in the table"));
        assert_eq!((&row["state"], &row["gsi_pk"]), (&json!("resolved"), &json!(null)), "#PD{incident}");
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Stop {
    BeforeTheClaim,
    AfterTheClaim,
    AfterThePost,
    AfterTheCompletion,
}

/// Where a worker is stopped, how often the event is posted in the end, and whether the last post is marked as a possible
/// repeat.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_stopped_anywhere_loses_nothing() {
    let cases = [
        (Stop::BeforeTheClaim, 1, false),
        (Stop::AfterTheClaim, 1, true),
        (Stop::AfterThePost, 2, true),
        (Stop::AfterTheCompletion, 1, false),
    ];
    let ended = join_all(cases.map(|(stop, ..)| stopped(stop))).await;
    for ((stop, posts, marked), texts) in cases.into_iter().zip(ended) {
        assert_eq!(texts.len(), posts, "{stop:?}: {texts:?}");
        let last = texts.last().expect("a post");
        assert_eq!(last.contains(REPEAT), marked, "{stop:?}: {last}");
    }
}

/// What is posted about an event whose first worker is stopped.
async fn stopped(stop: Stop) -> Vec<String> {
    let (slack, aws) = (Slack::start().await, aws());
    let gate = Gate::to(&aws).await;
    let mut world = World::new(&aws, "stopped").await;
    world.settings = world.settings.slack(&slack).with("AWS_ENDPOINT_URL_DYNAMODB", &gate.url());
    send(&world.webhook().await, &body((1, 0), Utc::now())).await;
    let worker = Arc::new(Function::start(WORKER, &world.settings.pairs()).await);
    let batch = world.queue.receive(10, 1).await;
    assert_eq!(batch.len(), 1);
    let event = world.queue.event(&batch);
    match stop {
        Stop::BeforeTheClaim => gate.hang(),
        Stop::AfterTheClaim => slack.fail_next([Fault::Hang]),
        Stop::AfterThePost => slack.fail_next([Fault::HangAfterAccepting]),
        Stop::AfterTheCompletion => {}
    }
    let running = tokio::spawn({
        let worker = worker.clone();
        async move { worker.invoke(&event).await }
    });
    match stop {
        Stop::BeforeTheClaim => {}
        Stop::AfterTheClaim | Stop::AfterThePost => slack.called(1).await,
        // It has answered, and the message is not deleted.
        Stop::AfterTheCompletion => drop(running.await),
    }
    worker.kill().await;
    gate.open();
    let report = world.poller(Options { workers: 1, ..Options::default() }).drain(Duration::from_secs(40)).await;
    assert_eq!((report.left.visible, report.left.in_flight, report.left.dead), (0, 0, 0), "{report}");
    slack.take().into_iter().map(|message| message.text).collect()
}

/// A body of 256 KiB, all of it characters that JSON has to escape.
#[tokio::test(flavor = "multi_thread")]
async fn the_largest_body_passes_through_the_queue() {
    let slack = Slack::start().await;
    let mut world = World::new(&aws(), "large").await;
    world.settings = world.settings.slack(&slack);
    let webhook = world.webhook().await;
    let padded = |length: usize| {
        changed(KINDS[0], |body| {
            body["event"]["id"] = format!("E{length}x0").into();
            body["event"]["occurred_at"] = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true).into();
            body["event"]["data"]["description"] = "\u{1}\"\\".repeat(length).into();
        })
    };
    // Three characters take ten bytes as JSON.
    let base = padded(0).len();
    let largest = padded((256 * 1024 - base - 20) / 10);
    assert!((255 * 1024..=256 * 1024).contains(&largest.len()), "{}", largest.len());
    send(&webhook, &largest).await;
    let larger = padded(30_000);
    assert!(larger.len() > 256 * 1024);
    send(&webhook, &larger).await;
    let report = world.poller(Options::default()).drain(Duration::from_secs(30)).await;
    let texts: Vec<_> = slack.take().into_iter().map(|message| message.text).collect();
    assert_eq!(texts.len(), 2, "{report}");
    assert!(texts.iter().any(|text| text.contains("#PD4812")), "{texts:?}");
    assert!(texts.iter().any(|text| text.contains("256 KiB を超えています")), "{texts:?}");
}

/// The webhook's own answers with a queue: it needs no chat's token, and answers 503 if the queue does not take an event.
#[tokio::test(flavor = "multi_thread")]
async fn the_webhook_answers_for_the_queue() {
    let aws = aws();
    let gate = Gate::to(&aws).await;
    let mut world = World::new(&aws, "front").await;
    world.settings = world.settings.with("AWS_ENDPOINT_URL_SQS", &gate.url()).with("ROTATION_FILE", "");
    let webhook = world.webhook().await;
    let body = body((1, 0), Utc::now());
    let headers = [("x-pagerduty-signature", &*signature(&body))];
    let event = events::api_gateway_v2("/pagerduty", &headers, &body, Utc::now().timestamp_millis());
    gate.reset();
    assert_eq!(webhook.invoke(&event).await.status(), 503);
    gate.open();
    assert_eq!(webhook.invoke(&event).await.status(), 202);
    assert_eq!(webhook.invoke(&event).await.status(), 202, "a repeat is accepted");
    assert_eq!(world.queue.counts().await.visible, 1, "and not queued twice");
    let unsigned = events::api_gateway_v2("/pagerduty", &[], &body, Utc::now().timestamp_millis());
    assert_eq!(webhook.invoke(&unsigned).await.status(), 503);
    assert_eq!(world.queue.counts().await.visible, 1);
}
