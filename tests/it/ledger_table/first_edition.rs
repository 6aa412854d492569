//! An upgrade: the rows and the queue's messages of the first edition, and what this one makes of them.

use super::{LEASE, World};
use crate::conversations::inline::Inline;
use crate::kit::{Fault, Slack};
use crate::running::{PAIR, Settings, payload};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::time::Duration;
use toban::domain::destination::Destination;
use toban::domain::incident::{EventKey, Incident, IncidentNumber};
use toban::ledger::Ledger;
use toban::relay::act::Acts;
use toban::relay::deliver::Relay;
use toban::relay::dispatch::{Dispatcher, Record};
use toban::relay::tally::Tally;
use toban::relay::via::Via;
use toban::setup::config::{Config, Reach};
use toban::source::pagerduty;
use toban::store::dynamodb::DynamoDb;
use tokio::time::Instant;

/// The payloads' incident.
const INCIDENT: &str = "incident#Q2YXK4P7T3M1NC";
/// When it began, in seconds, and the payloads' events of it.
const BEGAN: i64 = 1_795_485_720;

fn now() -> DateTime<Utc> {
    "2026-11-24T11:20:00+09:00".parse().expect("an instant")
}

/// The worker of the second edition, over the table of the first.
fn worker(world: &World, settings: &Settings) -> Dispatcher {
    let http = toban::net::http::client().expect("a client");
    let config = Config::from_lookup(|variable| settings.value(variable), &http, Reach::Live).expect("no faults");
    let ledger = Ledger::new(DynamoDb::new(world.wire.client(), world.table.name.clone()), "second".to_owned(), LEASE);
    let relay = Relay {
        team: config.open_team(&http, Utc::now),
        ledger: ledger.into(),
        via: Via::Queue,
        tally: Tally::default(),
    };
    Dispatcher { relay, queues: None, acts: Acts::default() }
}

/// A message as the first edition queued it; how many come again.
async fn work(worker: &Dispatcher, body: Value) -> usize {
    let record = Record {
        id: "1".into(),
        receipt: String::new(),
        group: format!("{}:Q2YXK4P7T3M1NC", body["address"]),
        queue: String::new(),
        sent_at: None,
        receives: 1,
        body: body.to_string(),
    };
    worker.work(vec![record], Instant::now() + Duration::from_secs(20), now).await.len()
}

fn webhook(kind: &str, key: &str, address: &str) -> Value {
    json!({
        "v": 1, "source": "pagerduty", "key": key, "order": "Q2YXK4P7T3M1NC", "address": address,
        "arrived_at": "2026-11-24T02:20:00.123Z", "delivery": "d-1", "nth": 0,
        "body": BASE64_STANDARD.encode(payload(&format!("v3/incident.{kind}.json"))),
    })
}

fn watchdog(kind: &str) -> Value {
    let found = json!({
        "kind": kind, "occurred_at": "2026-11-24T02:02:00Z", "by": null, "id": "Q2YXK4P7T3M1NC", "number": 4812,
        "title": "HTTP 5xx", "service": "checkout", "is_urgent": true, "priority": null, "url": null, "assignees": [],
        "is_first": true,
    });
    json!({
        "v": 1, "source": "watchdog", "key": format!("watchdog:Q2YXK4P7T3M1NC:{kind}:{BEGAN}"),
        "order": "Q2YXK4P7T3M1NC", "address": "any", "arrived_at": "2026-11-24T02:20:00.123Z", "nth": 0,
        "body": BASE64_STANDARD.encode(found.to_string()),
    })
}

fn claim(key: &str, place: &str) -> Value {
    json!({
        "pk": format!("claim#{key}"), "sk": place, "v": 1, "state": "completed", "owner": "first", "write": "first#1",
        "perhaps": false, "expires_at": 1_800_000_000,
    })
}

/// An incident that was posted, as the first edition kept it.
async fn seed(world: &World, thread: &str) {
    let time = "2026-11-24T02:02:00.000Z";
    for row in [
        json!({
            "pk": INCIDENT, "sk": "state", "v": 1, "rev": 3, "number": 4812, "title": "HTTP 5xx", "service": "checkout",
            "state": "triggered", "opened_at": time, "changed_at": time, "has_begun": true,
            "threads": {"primary": thread}, "expires_at": 1_800_000_000, "gsi_pk": "open",
            "gsi_sk": format!("{time}#Q2YXK4P7T3M1NC"),
        }),
        json!({
            "pk": INCIDENT, "sk": "opening#primary", "v": 1, "text": "🔥 発生 #PD4812 HTTP 5xx", "verb_start": 0,
            "verb_end": 11, "expires_at": 1_800_000_000,
        }),
        json!({
            "pk": "event#01GFIRST", "sk": format!("{time}#primary"), "v": 1, "what": "triggered", "number": 4812,
            "chat": "slack", "outcome": "posted", "why": "because", "expires_at": 1_800_000_000,
        }),
        json!({
            "pk": "day#2026-11-24", "sk": format!("{time}#01GFIRST"), "v": 1, "incident": "Q2YXK4P7T3M1NC",
            "kind": "triggered", "told": "somebody", "expires_at": 1_800_000_000,
        }),
        claim("01GFIRST", "primary"),
    ] {
        world.table.put(&row).await;
    }
}

#[tokio::test]
async fn an_incident_that_began_before_the_upgrade_goes_on_in_its_thread() {
    let (world, slack) = (World::new().await, Slack::start().await);
    let settings = Settings::at("").slack(&slack);
    let first = Inline::of(&settings);
    assert_eq!(first.signed(&payload("v3/incident.triggered.json"), now()).await, 202);
    let ts = slack.expect_one().ts;
    seed(&world, &ts).await;
    let worker = worker(&world, &settings);

    assert_eq!(work(&worker, webhook("triggered", "01GFIRST", "any")).await, 0);
    assert_eq!(slack.take(), [], "it was posted before the upgrade");

    assert_eq!(work(&worker, webhook("annotated", "01GNOTE", "any")).await, 0);
    assert_eq!(slack.expect_one().thread_ts, Some(ts.clone()));
    assert_eq!(work(&worker, webhook("acknowledged", "01GACK", "primary")).await, 0);
    assert_eq!(slack.expect_one().thread_ts, Some(ts.clone()));
    let edit = slack.expect_edit();
    assert_eq!(edit.ts, ts);
    assert!(edit.text.contains("👀 対応中 #PD4812 HTTP 5xx"), "{}", edit.text);

    let ledger = &worker.relay.ledger;
    let known = ledger.open_incidents().await.expect("an answer");
    assert_eq!(known[0].threads.get(&Destination::Primary).cloned(), Some(ts));
    let attempts = ledger.attempts(&EventKey("01GFIRST".into())).await.expect("an answer");
    assert_eq!(attempts.iter().map(|attempt| &*attempt.why).collect::<Vec<_>>(), ["because"]);
    let from = "2026-11-24T00:00:00Z".parse().expect("an instant");
    let posted = ledger.posted_between(from, now() + Duration::from_secs(1)).await.expect("an answer");
    assert_eq!(posted.len(), 3, "the history goes on as well: {posted:?}");
}

#[tokio::test]
async fn what_the_other_of_webhook_and_watchdog_reported_before_the_upgrade_is_not_reported_again() {
    for (who, message) in [
        ("webhook", watchdog("triggered")),
        ("watchdog", webhook("triggered", "01GLATE", "any")),
        // It was posted, and the worker was stopped before the queue knew.
        ("watchdog", watchdog("triggered")),
    ] {
        let (world, slack) = (World::new().await, Slack::start().await);
        seed(&world, "1795485721.000100").await;
        world.table.put(&claim(&format!("{who}:Q2YXK4P7T3M1NC:{BEGAN}:triggered"), "primary")).await;
        let worker = worker(&world, &Settings::at("").slack(&slack));
        assert_eq!(work(&worker, message).await, 0);
        assert_eq!(slack.take(), [], "{who}");
    }
    let (world, slack) = (World::new().await, Slack::start().await);
    let worker = worker(&world, &Settings::at("").slack(&slack));
    assert_eq!(work(&worker, watchdog("triggered")).await, 0);
    assert_eq!(slack.expect_one().mentions, PAIR.map(String::from), "nobody else has reported it");
}

/// Its claims of a failover pair were one for each chat.
#[tokio::test]
async fn what_the_backup_got_before_the_upgrade_is_not_posted_again() {
    let (world, slack) = (World::new().await, Slack::start().await);
    seed(&world, "1795485721.000100").await;
    world.table.put(&claim("01GACK", "backup")).await;
    let settings = Settings::at("").slack(&slack).with("BACKUP_MODE", "failover");
    let settings = settings.with("BACKUP_WEBHOOK_URL", &slack.webhook_url());
    let worker = worker(&world, &settings);
    for _ in 0..2 {
        assert_eq!(work(&worker, webhook("acknowledged", "01GACK", "any")).await, 0, "nothing is held");
    }
    assert_eq!(slack.take(), []);
    let known = worker.relay.ledger.open_incidents().await.expect("an answer");
    assert_eq!(known[0].state, Some(toban::domain::incident::State::Acknowledged), "what it says is kept");
}

#[tokio::test]
async fn a_job_that_names_an_incident_from_before_the_upgrade_finds_it() {
    let world = World::new().await;
    seed(&world, "1795485721.000100").await;
    let resolved = json!({"pk": "tag#PD4811", "sk": "incident", "v": 1, "id": "QOVER", "expires_at": 1_800_000_000});
    world.table.put(&resolved).await;
    let ledger = world.of("second");
    for (number, expected) in [(4811, Some("QOVER")), (4812, Some("Q2YXK4P7T3M1NC")), (4813, None)] {
        let mut event = pagerduty::read(&payload("v3/incident.annotated.json"), now()).remove(0);
        event.incident = Incident { number: Some(IncidentNumber(number)), ..Incident::default() };
        let found = ledger.introduce(&event).await.map(|incident| incident.id.0);
        assert_eq!(found.as_deref(), expected, "{number}");
    }
}

/// A message that no chat took before the upgrade is in the queue, and its claim was given up.
#[tokio::test]
async fn what_waited_for_a_chat_is_posted_after_the_upgrade() {
    let (world, slack) = (World::new().await, Slack::start().await);
    let worker = worker(&world, &Settings::at("").slack(&slack));
    slack.fail_next([Fault::ServerError]);
    assert_eq!(work(&worker, webhook("triggered", "01GWAIT", "any")).await, 1);
    assert_eq!(work(&worker, webhook("triggered", "01GWAIT", "any")).await, 0);
    assert_eq!(slack.expect_one().mentions, PAIR.map(String::from));
    let too_large = json!({
        "v": 1, "source": "pagerduty", "key": "01GLARGE", "order": "01GLARGE", "address": "backup",
        "arrived_at": "2026-11-24T02:20:00.123Z", "too_large_trigger": true,
    });
    assert_eq!(work(&worker, too_large).await, 0);
    slack.expect_one();
}
