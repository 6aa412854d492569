//! Nothing lost, nothing twice, in order: the real webhook and worker with a queue and a table, under faults and kills.

mod check;
mod story;
mod world;

use crate::kit::aws::{Chaos, Gate};
use crate::kit::{Fault, Function, Google, GoogleFault, Message, Slack, Typetalk, events, serial};
use crate::running::{changed, signature};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use check::{check, logged, steps, threads};
use story::{Again, REPEAT, STORY, Step, deliveries, expected, feed, send, step_body};
use world::{World, faults};

const WORKER: &str = env!("CARGO_BIN_EXE_worker");

/// Two thousand deliveries of three hundred incidents, a chat that fails every fifth call, and workers that are killed at
/// random moments.
#[tokio::test(flavor = "multi_thread")]
async fn soak() {
    let slack = Slack::start().await;
    let (_, mut world) = World::new("soak").await;
    world.settings = world.settings.slack(&slack);
    let all = deliveries(300, 2019);
    slack.fail_sometimes(faults(7));
    let chaos = Chaos { seed: 11, probability: 0.06, within: Duration::from_millis(200) };
    let poller = world.poller(Some(chaos));
    let feed = async {
        let sent = feed(&world, &all, Utc::now()).await;
        // What failed waits for half of its age: without an end of the faults the last one could wait for ten minutes.
        slack.heal();
        sent
    };
    let (report, sent) = poller.drain_while(feed, Duration::from_secs(600)).await;
    let messages = slack.take();
    let up_to_date = threads(&messages);
    assert!(up_to_date > 250, "{up_to_date} of 300 first messages show that it is over");
    let texts: Vec<_> = messages.into_iter().map(|message| message.text).collect();
    let (repeats, by_ledger) = check(&texts, &expected(&all), &report);
    println!("soak: {sent} deliveries of {} events, {} posts, {repeats} repeats; {report}", all.len(), texts.len());
    assert!(sent >= 1_950 && all.len() == 1_800, "{sent} deliveries");
    assert_eq!(by_ledger, 0, "the ledger was there all the time");
    assert!(report.kills.len() >= 5, "only {} kills", report.kills.len());
    assert_eq!((report.left.visible, report.left.in_flight, report.left.dead), (0, 0, 0));
    let marked = texts.iter().filter(|text| text.contains(REPEAT)).count();
    assert!(marked >= repeats.min(1), "no repeat is marked as one");
    let rows = world.table.scan_all().await;
    assert!(rows.len() > 1_800, "the ledger has kept what was posted");
    let is_incident =
        |row: &&Value| row["sk"] == "state" && row["pk"].as_str().is_some_and(|pk| pk.starts_with("incident#"));
    let incidents: Vec<_> = rows.iter().filter(is_incident).collect();
    assert_eq!(incidents.len(), 300);
    let open: Vec<_> = incidents.iter().filter(|row| !row["gsi_pk"].is_null()).collect();
    assert!(open.is_empty(), "every incident is resolved in the end: {open:?}\n{:?}", logged(&report, "ledger_down"));
}

/// The sheet, the chat and the ledger are down for a while, one after the other.
#[tokio::test(flavor = "multi_thread")]
async fn outages_end_with_everything_posted() {
    let slack = Slack::start().await;
    let google = Google::start().await;
    google.set_tab(
        "rotation",
        vec![vec![json!("日付"), json!("担当1")], vec![serial("2026-11-24"), json!("U0SATO0001")]],
    );
    let (aws, mut world) = World::new("outages").await;
    let gate = Gate::to(&aws).await;
    world.settings = world
        .settings
        .slack(&slack)
        .with("ROTATION_FILE", "")
        .with("GOOGLE_SHEET_ID", Google::SHEET_ID)
        .with("GOOGLE_SERVICE_ACCOUNT_KEY", &google.service_account_key())
        .with("GOOGLE_SHEETS_BASE_URL", &google.base_url())
        .with("AWS_ENDPOINT_URL_DYNAMODB", &gate.url());
    let all = deliveries(60, 5);
    let started = Utc::now();
    let (first, rest) = all.split_at(90);
    let (second, rest) = rest.split_at(90);
    let (third, fourth) = rest.split_at(90);
    let story = async {
        google.sheets_fail_always(GoogleFault::Unavailable);
        let mut sent = feed(&world, first, started).await;
        google.heal();
        slack.fail_always(Fault::ServerError);
        sent += feed_without_waiting(&world, second, started).await;
        tokio::time::sleep(Duration::from_secs(4)).await;
        slack.heal();
        gate.reset();
        sent += feed_without_waiting(&world, third, started).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        gate.open();
        sent + feed(&world, fourth, started).await
    };
    let poller = world.poller(None);
    let (report, sent) = poller.drain_while(story, Duration::from_secs(150)).await;
    let texts: Vec<_> = slack.take().into_iter().map(|message| message.text).collect();
    let (repeats, by_ledger) = check(&texts, &expected(&all), &report);
    println!(
        "outages: {sent} deliveries, {} posts, {repeats} repeats, {by_ledger} without the ledger; {report}",
        texts.len()
    );
    assert_eq!(
        (report.left.visible, report.left.in_flight, report.left.dead),
        (0, 0, 0),
        "nothing becomes a dead letter for being late"
    );
    assert!(!logged(&report, "unclaimed").is_empty(), "alerts went out while the ledger was down");
}

async fn feed_without_waiting(world: &World, all: &[(Step, Again)], started: DateTime<Utc>) -> usize {
    let webhook = world.webhook().await;
    for (step, _) in all {
        send(&webhook, &step_body(*step, started)).await;
    }
    all.len()
}

/// With both chats mirrored, everything is in the primary while the backup is still dead.
#[tokio::test(flavor = "multi_thread")]
async fn a_dead_backup_does_not_delay_the_primary() {
    let slack = Slack::start().await;
    let typetalk = Typetalk::start().await;
    let (_, mut world) = World::new("mirror").await;
    world.settings = world.settings.slack(&slack).typetalk(&typetalk);
    let all = deliveries(10, 3);
    typetalk.fail_always(Fault::ServerError);
    let started = Utc::now();
    let wanted = expected(&all);
    let poller = world.poller(None);
    let story = async {
        feed_without_waiting(&world, &all, started).await;
        let mut seen = Vec::new();
        let limit = Instant::now() + Duration::from_secs(60);
        loop {
            seen.extend(slack.take());
            let posted: BTreeSet<_> = seen.iter().flat_map(|message: &Message| steps(&message.text)).collect();
            if posted == wanted {
                break;
            }
            assert!(Instant::now() < limit, "the primary waits for the backup");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        typetalk.expect_none();
        typetalk.heal();
        seen
    };
    let (report, mut seen) = poller.drain_while(story, Duration::from_secs(120)).await;
    let posts: Vec<_> = typetalk.take().into_iter().map(|post| post.message).collect();
    assert_eq!(check(&posts, &wanted, &report), (0, 0));
    let texts: Vec<_> = seen.iter().map(|message| message.text.clone()).collect();
    assert_eq!(check(&texts, &wanted, &report), (0, 0));
    // Messages that were edited after they had been read, as they are now.
    for edit in slack.take_edits() {
        seen.retain(|message| message.ts != edit.ts);
        seen.push(edit);
    }
    assert_eq!(threads(&seen), 10, "each first message shows in the end that it is over");
    assert_eq!((report.left.visible, report.left.in_flight, report.left.dead), (0, 0, 0));
}

/// Three hundred incidents at once for a chat that takes one message in 150 ms; a real one takes one a second. Both are much
/// longer than the ledger takes.
#[tokio::test(flavor = "multi_thread")]
async fn a_storm_is_told_in_digests() {
    const INCIDENTS: u64 = 300;
    let slack = Slack::start().await;
    let (_, mut world) = World::new("storm").await;
    world.settings = world.settings.slack(&slack).with("ROTATION_FILE", "/nowhere");
    let mut last = Instant::now();
    slack.fail_sometimes(move || {
        if last.elapsed() < Duration::from_millis(150) {
            return Some(Fault::TooManyRequests { retry_after: Some(0) });
        }
        last = Instant::now();
        None
    });
    let started = Utc::now();
    let all: Vec<_> = (1..=INCIDENTS).map(|incident| ((incident, 0), Again::Never)).collect();
    feed_without_waiting(&world, &all, started).await;
    let begun = Instant::now();
    let report = world.poller(None).drain(Duration::from_secs(120)).await;
    let messages = slack.take();
    let texts: Vec<_> = messages.iter().map(|message| message.text.clone()).collect();
    assert_eq!(check(&texts, &expected(&all), &report), (0, 0));
    for incident in 1..=INCIDENTS {
        assert!(texts.iter().any(|text| text.contains(&format!("#PD{incident} "))), "#PD{incident} is in no post");
    }
    let first = messages.iter().position(|message| !message.mentions.is_empty());
    assert!(first.is_some_and(|first| first < 5), "the first mention is in post {first:?}");
    println!("storm: {INCIDENTS} incidents in {} posts, drained in {:.1?}; {report}", texts.len(), begun.elapsed());
    assert!(texts.len() < INCIDENTS as usize / 2, "{} posts are no digests", texts.len());
    assert_eq!(report.dead_letters(), 0);
}

/// Where a worker is stopped, how often the event is posted in the end, and whether the last post is marked as a
/// possible repeat.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_stopped_anywhere_loses_nothing() {
    enum Stop {
        BeforeTheClaim,
        AfterTheClaim,
        AfterThePost,
        AfterTheCompletion,
    }
    let slack = Slack::start().await;
    let (aws, mut world) = World::hasty("crash").await;
    let gate = Gate::to(&aws).await;
    world.settings = world.settings.slack(&slack).with("AWS_ENDPOINT_URL_DYNAMODB", &gate.url());
    let started = Utc::now();
    for (incident, stop, posts, marked) in [
        (1, Stop::BeforeTheClaim, 1, false),
        (2, Stop::AfterTheClaim, 1, true),
        (3, Stop::AfterThePost, 2, true),
        (4, Stop::AfterTheCompletion, 1, false),
    ] {
        send(&world.webhook().await, &step_body((incident, 0), started)).await;
        let batch = world.queue.receive(10, 1).await;
        assert_eq!(batch.len(), 1);
        let event = world.queue.event(&batch);
        let worker = Arc::new(Function::start(WORKER, &world.settings.pairs()).await);
        let calls = slack.calls();
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
            Stop::AfterTheClaim | Stop::AfterThePost => slack.called(calls + 1).await,
            // It has answered, and the message is not deleted.
            Stop::AfterTheCompletion => drop(running.await),
        }
        worker.kill().await;
        gate.open();
        let report = world.poller(None).drain(Duration::from_secs(40)).await;
        let texts: Vec<_> = slack.take().into_iter().map(|message| message.text).collect();
        assert_eq!(texts.len(), posts, "incident {incident}: {texts:?}\n{report}");
        let last = texts.last().expect("a post");
        assert_eq!(last.contains(REPEAT), marked, "incident {incident}: {last}");
        assert_eq!((report.left.visible, report.left.in_flight, report.left.dead), (0, 0, 0));
    }
}

/// A body of 256 KiB, all of it characters that JSON has to escape.
#[tokio::test(flavor = "multi_thread")]
async fn the_largest_body_passes_through_the_queue() {
    let slack = Slack::start().await;
    let (_, mut world) = World::hasty("large").await;
    world.settings = world.settings.slack(&slack);
    let webhook = world.webhook().await;
    let padded = |length: usize| {
        changed(STORY[0], |body| {
            body["event"]["id"] = format!("E{length}x0").into();
            body["event"]["occurred_at"] = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true).into();
            body["event"]["data"]["description"] = "\u{1}\"\\".repeat(length).into();
        })
    };
    // Three characters take ten bytes as JSON.
    let base = padded(0).len();
    let body = padded((256 * 1024 - base - 20) / 10);
    assert!((255 * 1024..=256 * 1024).contains(&body.len()), "{}", body.len());
    send(&webhook, &body).await;
    let larger = padded(30_000);
    assert!(larger.len() > 256 * 1024);
    send(&webhook, &larger).await;
    let report = world.poller(None).drain(Duration::from_secs(30)).await;
    let texts: Vec<_> = slack.take().into_iter().map(|message| message.text).collect();
    assert_eq!(texts.len(), 2, "{report}");
    assert!(texts.iter().any(|text| text.contains("#PD4812")), "{texts:?}");
    assert!(texts.iter().any(|text| text.contains("256 KiB を超えています")), "{texts:?}");
}

/// The webhook's own answers with a queue: it needs no chat's token, and answers 503 if the queue does not take an event.
#[tokio::test(flavor = "multi_thread")]
async fn the_webhook_answers_for_the_queue() {
    let (aws, mut world) = World::hasty("front").await;
    let gate = Gate::to(&aws).await;
    world.settings = world.settings.with("AWS_ENDPOINT_URL_SQS", &gate.url()).with("ROTATION_FILE", "");
    let webhook = world.webhook().await;
    let body = step_body((1, 0), Utc::now());
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
