//! Nothing lost, nothing twice, in order: the real webhook and worker with a queue and a table, under faults and kills.

use crate::kit::aws::{Aws, Chance, Chaos, Gate, Options, Poller, Queue, Report, SqsMessage, Table};
use crate::kit::{Fault, Function, Google, GoogleFault, Invocation, Slack, Typetalk, events, serial};
use crate::stage::{Settings, WEBHOOK, changed, signature};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

const WORKER: &str = env!("CARGO_BIN_EXE_worker");
const REPEAT: &str = "🔁";
/// What happens to each incident, in this order.
const STORY: [&str; 6] = [
    "v3/incident.triggered.json",
    "v3/incident.acknowledged.json",
    "v3/incident.annotated.json",
    "v3/incident.priority_updated.json",
    "v3/incident.reassigned.json",
    "v3/incident.resolved.json",
];

/// The nth event of an incident, whose text says which it is.
type Step = (u64, u64);

struct Scene {
    queue: Queue,
    table: Table,
    settings: Settings,
}

impl Scene {
    /// A queue and a table with times that a test can wait for: in earnest a claim is honoured for 45 s and a message is
    /// hidden for 60 s.
    async fn new(name: &str, visibility: u32) -> (Aws, Self) {
        let aws = Aws::from_environment().expect("AWS_ENDPOINT_URL is set: run this through tests/aws/moto");
        let queue = aws.create_fifo_queue(name, visibility, 1_000).await;
        let table = aws.create_table(name).await;
        let settings = aws
            .env()
            .iter()
            .fold(Settings::at("2026-11-24T11:00:00+09:00"), |all, (name, value)| all.with(name, value));
        let settings = settings
            .with("TOBAN_NOW", "")
            .with("QUEUE_URL", &queue.url)
            .with("LEDGER_TABLE", &table.name)
            .with("TOBAN_LEASE", "3")
            .with("BUSINESS_HOURS", "00:00-24:00")
            .with("BUSINESS_DAYS", "Mon-Sun")
            .with("NATIONAL_HOLIDAYS", "none");
        (aws, Self { queue, table, settings })
    }

    async fn webhook(&self) -> Function {
        Function::start(WEBHOOK, &self.settings.pairs()).await
    }

    fn poller(&self, options: Options) -> Poller {
        Poller::new(&self.queue, WORKER, &self.settings.pairs(), options)
    }
}

fn step_body((incident, nth): Step, started: DateTime<Utc>) -> Vec<u8> {
    let at = started + TimeDelta::milliseconds((incident * 10 + nth) as i64);
    changed(STORY[nth as usize], |body| {
        let event = &mut body["event"];
        event["id"] = format!("E{incident}x{nth}").into();
        event["occurred_at"] = at.to_rfc3339_opts(SecondsFormat::Millis, true).into();
        let title = format!("S{incident}x{nth}E");
        let data = &mut event["data"];
        match data["type"].as_str() {
            Some("incident") => {
                data["id"] = format!("Q{incident}").into();
                data["number"] = incident.into();
                data["title"] = title.into();
            }
            _ => {
                data["incident"]["id"] = format!("Q{incident}").into();
                data["incident"]["summary"] = title.into();
            }
        }
    })
}

async fn send(webhook: &Function, body: &[u8]) {
    let headers = [("x-pagerduty-signature", &*signature(body))];
    let event = events::api_gateway_v2("/pagerduty", &headers, body, Utc::now().timestamp_millis());
    match webhook.invoke(&event).await {
        Invocation::Answer(answer) => assert_eq!(answer["statusCode"], 202, "{answer}\n{}", webhook.logs()),
        Invocation::Error(error) => panic!("{error}"),
    }
}

/// The steps that a text tells of.
fn steps(text: &str) -> Vec<Step> {
    let number = |text: &str| text.parse().ok();
    text.split('S')
        .skip(1)
        .filter_map(|rest| {
            let (incident, rest) = rest.split_once('x')?;
            let (nth, _) = rest.split_once('E')?;
            Some((number(incident)?, number(nth)?))
        })
        .collect()
}

fn step_of_key(key: &str) -> Option<Step> {
    let (incident, nth) = key.strip_prefix('E')?.split_once('x')?;
    Some((incident.parse().ok()?, nth.parse().ok()?))
}

fn step_of_message(message: &SqsMessage) -> Option<Step> {
    let body: Value = serde_json::from_str(&message.body).ok()?;
    step_of_key(body["key"].as_str()?)
}

/// How often each step's log line has that field.
fn logged(report: &Report, field: &str) -> BTreeMap<Step, usize> {
    let mut found = BTreeMap::new();
    for line in report.log_lines() {
        if let (true, Some(step)) = (line[field] == true, line["event"].as_str().and_then(step_of_key)) {
            *found.entry(step).or_default() += 1;
        }
    }
    found
}

/// Every step posted; every repeat accounted for by a lost answer or a kill; each incident in order.
fn check(texts: &[String], expected: &BTreeSet<Step>, report: &Report) -> (usize, usize) {
    let mut posted: BTreeMap<Step, usize> = BTreeMap::new();
    let mut told: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for text in texts {
        for (incident, nth) in steps(text) {
            *posted.entry((incident, nth)).or_default() += 1;
            told.entry(incident).or_default().push(nth);
        }
    }
    let missing: Vec<_> = expected.iter().filter(|step| !posted.contains_key(step)).collect();
    assert!(missing.is_empty(), "not posted: {missing:?}\n{report}");
    for (incident, mut order) in told {
        order.dedup();
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(order, sorted, "the posts of #PD{incident} are not in order");
    }
    let lost = logged(report, "answer_lost");
    let (unclaimed, uncompleted) = (logged(report, "unclaimed"), logged(report, "uncompleted"));
    let mut killed: BTreeMap<Step, usize> = BTreeMap::new();
    for message in report.kills.iter().flat_map(|kill| &kill.batch) {
        *killed.entry(step_of_message(message).expect("one of ours")).or_default() += 1;
    }
    let mut repeats = 0;
    let mut by_ledger = 0;
    for (step, times) in &posted {
        let extra = times - 1;
        let of = |map: &BTreeMap<Step, usize>| map.get(step).copied().unwrap_or_default();
        let by_table = of(&unclaimed) + of(&uncompleted);
        assert!(
            extra <= of(&lost) + of(&killed) + by_table,
            "{step:?} was posted {times} times without a reason\n{report}"
        );
        let excused = extra.saturating_sub(of(&lost) + of(&killed));
        by_ledger += excused;
        repeats += extra - excused;
    }
    (repeats, by_ledger)
}

/// A fifth of all calls goes wrong, in every way that a chat knows.
fn faults(seed: u64) -> impl FnMut() -> Option<Fault> + Send + 'static {
    let mut chance = Chance::seeded(seed);
    move || {
        Some(match chance.below(1_000) {
            0..50 => Fault::TooManyRequests { retry_after: Some(0) },
            50..80 => Fault::TooManyRequests { retry_after: None },
            80..130 => Fault::ServerError,
            130..150 => Fault::Html503,
            150..175 => Fault::Reset,
            175..197 => Fault::ResetAfterAccepting,
            197..199 => Fault::Hang,
            199..200 => Fault::HangAfterAccepting,
            _ => return None,
        })
    }
}

/// What is delivered, in the order of the deliveries: incidents overlap, each one's events are in order, one in ten is
/// delivered again, some of these at the same moment.
fn deliveries(incidents: u64, seed: u64) -> Vec<(Step, Again)> {
    const AT_ONCE: usize = 25;
    let mut chance = Chance::seeded(seed);
    let mut waiting: Vec<u64> = (1..=incidents).rev().collect();
    let mut open: Vec<Step> = Vec::new();
    let mut all = Vec::new();
    loop {
        while open.len() < AT_ONCE {
            match waiting.pop() {
                Some(incident) => open.push((incident, 0)),
                None => break,
            }
        }
        if open.is_empty() {
            return all;
        }
        let chosen = chance.below(open.len() as u64) as usize;
        let (incident, nth) = open[chosen];
        let again = match chance.below(100) {
            0..8 => Again::Later,
            8..11 => Again::AtOnce,
            _ => Again::Never,
        };
        all.push(((incident, nth), again));
        match nth + 1 < STORY.len() as u64 {
            true => open[chosen] = (incident, nth + 1),
            false => drop(open.swap_remove(chosen)),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Again {
    Never,
    Later,
    AtOnce,
}

/// Delivers all through two webhooks, at the pace at which they are worked off.
async fn feed(scene: &Scene, all: &[(Step, Again)], started: DateTime<Utc>) -> usize {
    let (one, two) = (scene.webhook().await, scene.webhook().await);
    let mut sent = 0;
    for (number, (step, again)) in all.iter().enumerate() {
        while number % 10 == 0 && scene.queue.counts().await.visible > 40 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let body = step_body(*step, started);
        sent += 1;
        match again {
            Again::Never => send(&one, &body).await,
            Again::Later => {
                send(&one, &body).await;
                send(&two, &body).await;
                sent += 1;
            }
            Again::AtOnce => {
                tokio::join!(send(&one, &body), send(&two, &body));
                sent += 1;
            }
        }
    }
    sent
}

fn expected(all: &[(Step, Again)]) -> BTreeSet<Step> {
    all.iter().map(|(step, _)| *step).collect()
}

/// Two thousand deliveries of three hundred incidents, a chat of which every fifth call goes wrong, and workers that are
/// killed at random moments.
#[tokio::test(flavor = "multi_thread")]
async fn soak() {
    let slack = Slack::start().await;
    let (_, mut scene) = Scene::new("soak", 6).await;
    scene.settings = scene.settings.slack(&slack);
    let all = deliveries(300, 2019);
    slack.fail_sometimes(faults(7));
    let chaos = Chaos { seed: 11, probability: 0.06, within: Duration::from_millis(400) };
    let poller = scene.poller(Options { chaos: Some(chaos), ..Options::default() });
    let (report, sent) = poller.drain_while(feed(&scene, &all, Utc::now()), Duration::from_secs(230)).await;
    slack.heal();
    let texts: Vec<_> = slack.take().into_iter().map(|message| message.text).collect();
    let (repeats, by_ledger) = check(&texts, &expected(&all), &report);
    println!("soak: {sent} deliveries of {} events, {} posts, {repeats} repeats; {report}", all.len(), texts.len());
    assert!(sent >= 1_950 && all.len() == 1_800, "{sent} deliveries");
    assert_eq!(by_ledger, 0, "the ledger was there all the time");
    assert!(report.kills.len() >= 5, "only {} kills", report.kills.len());
    assert_eq!((report.left.visible, report.left.in_flight, report.left.dead), (0, 0, 0));
    let marked = texts.iter().filter(|text| text.contains(REPEAT)).count();
    assert!(marked >= repeats.min(1), "no repeat is marked as one");
    let rows = scene.table.scan_all().await;
    assert!(rows.len() > 1_800, "the ledger has kept what was posted");
    let incidents: Vec<_> =
        rows.iter().filter(|row| row["pk"].as_str().is_some_and(|pk| pk.starts_with("incident#"))).collect();
    assert_eq!(incidents.len(), 300);
    assert!(incidents.iter().all(|row| row["gsi_pk"].is_null()), "every incident is resolved in the end");
}

/// The sheet, the chat, and the ledger down for a while each, one after the other.
#[tokio::test(flavor = "multi_thread")]
async fn outages_end_with_everything_posted() {
    let (slack, google) = (Slack::start().await, Google::start().await);
    google.set_tab(
        "rotation",
        vec![vec![json!("日付"), json!("担当1")], vec![serial("2026-11-24"), json!("U0SATO0001")]],
    );
    let (aws, mut scene) = Scene::new("outages", 6).await;
    let gate = Gate::to(&aws).await;
    scene.settings = scene
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
        let mut sent = feed(&scene, first, started).await;
        google.heal();
        slack.fail_always(Fault::ServerError);
        sent += feed_without_waiting(&scene, second, started).await;
        tokio::time::sleep(Duration::from_secs(4)).await;
        slack.heal();
        gate.reset();
        sent += feed_without_waiting(&scene, third, started).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        gate.open();
        sent + feed(&scene, fourth, started).await
    };
    let poller = scene.poller(Options::default());
    let (report, sent) = poller.drain_while(story, Duration::from_secs(150)).await;
    let texts: Vec<_> = slack.take().into_iter().map(|message| message.text).collect();
    let (repeats, by_ledger) = check(&texts, &expected(&all), &report);
    println!(
        "outages: {sent} deliveries, {} posts, {repeats} repeats, {by_ledger} for want of the ledger; {report}",
        texts.len()
    );
    assert_eq!(
        (report.left.visible, report.left.in_flight, report.left.dead),
        (0, 0, 0),
        "nothing is dead for being late"
    );
    assert!(!logged(&report, "unclaimed").is_empty(), "alerts went out while the ledger was down");
}

async fn feed_without_waiting(scene: &Scene, all: &[(Step, Again)], started: DateTime<Utc>) -> usize {
    let webhook = scene.webhook().await;
    for (step, _) in all {
        send(&webhook, &step_body(*step, started)).await;
    }
    all.len()
}

/// With both chats mirrored, everything is in the primary while the backup is still dead.
#[tokio::test(flavor = "multi_thread")]
async fn a_dead_backup_does_not_delay_the_primary() {
    let (slack, typetalk) = (Slack::start().await, Typetalk::start().await);
    let (_, mut scene) = Scene::new("mirror", 4).await;
    scene.settings = scene.settings.slack(&slack).typetalk(&typetalk);
    let all = deliveries(10, 3);
    typetalk.fail_always(Fault::ServerError);
    let started = Utc::now();
    let wanted = expected(&all);
    let poller = scene.poller(Options::default());
    let story = async {
        feed_without_waiting(&scene, &all, started).await;
        let mut seen = Vec::new();
        let limit = Instant::now() + Duration::from_secs(60);
        loop {
            seen.extend(slack.take().into_iter().map(|message| message.text));
            let posted: BTreeSet<_> = seen.iter().flat_map(|text| steps(text)).collect();
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
    let (report, seen) = poller.drain_while(story, Duration::from_secs(120)).await;
    let posts: Vec<_> = typetalk.take().into_iter().map(|post| post.message).collect();
    assert_eq!(check(&posts, &wanted, &report), (0, 0));
    assert_eq!(check(&seen, &wanted, &report), (0, 0));
    assert_eq!((report.left.visible, report.left.in_flight, report.left.dead), (0, 0, 0));
}

/// Three hundred incidents at once against a chat that takes one message in a while: in earnest a second, here 50 ms.
#[tokio::test(flavor = "multi_thread")]
async fn a_storm_is_told_in_digests() {
    const INCIDENTS: u64 = 300;
    let slack = Slack::start().await;
    let (_, mut scene) = Scene::new("storm", 8).await;
    scene.settings = scene.settings.slack(&slack).with("ROTATION_FILE", "/nowhere");
    let mut last = Instant::now();
    slack.fail_sometimes(move || {
        if last.elapsed() < Duration::from_millis(50) {
            return Some(Fault::TooManyRequests { retry_after: Some(0) });
        }
        last = Instant::now();
        None
    });
    let started = Utc::now();
    let all: Vec<_> = (1..=INCIDENTS).map(|incident| ((incident, 0), Again::Never)).collect();
    feed_without_waiting(&scene, &all, started).await;
    let begun = Instant::now();
    let report = scene.poller(Options::default()).drain(Duration::from_secs(120)).await;
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
    let (aws, mut scene) = Scene::new("crash", 5).await;
    let gate = Gate::to(&aws).await;
    scene.settings = scene.settings.slack(&slack).with("AWS_ENDPOINT_URL_DYNAMODB", &gate.url());
    let started = Utc::now();
    for (incident, stop, posts, marked) in [
        (1, Stop::BeforeTheClaim, 1, false),
        (2, Stop::AfterTheClaim, 1, true),
        (3, Stop::AfterThePost, 2, true),
        (4, Stop::AfterTheCompletion, 1, false),
    ] {
        send(&scene.webhook().await, &step_body((incident, 0), started)).await;
        let batch = scene.queue.receive(10, 1).await;
        assert_eq!(batch.len(), 1);
        let event = scene.queue.event(&batch);
        let worker = Arc::new(Function::start(WORKER, &scene.settings.pairs()).await);
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
            // It has answered, and nobody deletes the message.
            Stop::AfterTheCompletion => drop(running.await),
        }
        worker.kill().await;
        gate.open();
        let report = scene.poller(Options::default()).drain(Duration::from_secs(40)).await;
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
    let (_, mut scene) = Scene::new("large", 5).await;
    scene.settings = scene.settings.slack(&slack);
    let webhook = scene.webhook().await;
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
    let report = scene.poller(Options::default()).drain(Duration::from_secs(30)).await;
    let texts: Vec<_> = slack.take().into_iter().map(|message| message.text).collect();
    assert_eq!(texts.len(), 2, "{report}");
    assert!(texts.iter().any(|text| text.contains("#PD4812")), "{texts:?}");
    assert!(texts.iter().any(|text| text.contains("256 KiB を超えています")), "{texts:?}");
}

/// The webhook's own answers with a queue: it needs no chat's token, and says 503 when the queue does not take it.
#[tokio::test(flavor = "multi_thread")]
async fn the_webhook_answers_for_the_queue() {
    let (aws, mut scene) = Scene::new("front", 5).await;
    let gate = Gate::to(&aws).await;
    scene.settings = scene.settings.with("AWS_ENDPOINT_URL_SQS", &gate.url()).with("ROTATION_FILE", "");
    let webhook = scene.webhook().await;
    let body = step_body((1, 0), Utc::now());
    let headers = [("x-pagerduty-signature", &*signature(&body))];
    let event = events::api_gateway_v2("/pagerduty", &headers, &body, Utc::now().timestamp_millis());
    gate.reset();
    assert_eq!(webhook.invoke(&event).await.status(), 503);
    gate.open();
    assert_eq!(webhook.invoke(&event).await.status(), 202);
    assert_eq!(webhook.invoke(&event).await.status(), 202, "a repeat is taken");
    assert_eq!(scene.queue.counts().await.visible, 1, "and not queued twice");
    let unsigned = events::api_gateway_v2("/pagerduty", &[], &body, Utc::now().timestamp_millis());
    assert_eq!(webhook.invoke(&unsigned).await.status(), 503);
    assert_eq!(scene.queue.counts().await.visible, 1);
}
