//! Claims: what each row means, and what happens to it.

use super::{Log, OUTLET, World, after, granted, key, said};
use serde_json::{Value, json};
use std::sync::Arc;
use toban::domain::incident::EventKey;
use toban::ledger::{Claim, Doubt, Ended, Grant, Ledger, Settlement};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

/// A row as the worker `other` leaves it.
fn row(name: &str, state: &str) -> Value {
    json!({
        "pk": format!("claim#{name}"), "sk": OUTLET.name(), "v": 1, "state": state, "owner": "other",
        "write": "other#0", "perhaps": false, "lease_until": after(0).timestamp_millis() + 1,
        "expires_at": 1_800_000_000,
    })
}

fn with(mut row: Value, attribute: &str, value: Value) -> Value {
    row[attribute] = value;
    row
}

fn without(mut row: Value, attribute: &str) -> Value {
    row.as_object_mut().expect("a row is an object").remove(attribute);
    row
}

async fn claim(ledger: &Ledger, key: &EventKey, seconds: i64) -> Claim {
    ledger.claim(key, OUTLET, after(seconds)).await
}

/// Ends a delivery of no incident.
async fn settle(ledger: &Ledger, grant: Grant, ended: Ended, seconds: i64) {
    ledger.settle(grant, Settlement::of_no_incident("x", ended, Vec::new()), None, after(seconds)).await;
}

#[tokio::test]
async fn what_a_row_means_to_a_claim() {
    let world = World::new().await;
    let over = json!(after(0).timestamp_millis());
    let again = "yours, perhaps again";
    let table = [
        ("new", None, "yours"),
        ("free", Some(row("free", "free")), "yours"),
        ("running", Some(row("running", "claimed")), "taken"),
        ("own", Some(with(row("own", "claimed"), "owner", json!("me"))), "taken"),
        ("expired", Some(with(row("expired", "claimed"), "lease_until", over)), again),
        ("no-lease", Some(without(row("no-lease", "claimed"), "lease_until")), again),
        ("odd-lease", Some(with(row("odd-lease", "claimed"), "lease_until", json!("soon"))), again),
        ("doubtful", Some(row("doubtful", "doubtful")), again),
        ("completed", Some(row("completed", "completed")), "completed"),
        ("version", Some(with(row("version", "completed"), "v", json!(2))), again),
        ("no-version", Some(without(row("no-version", "completed"), "v")), again),
        ("odd-version", Some(with(row("odd-version", "completed"), "v", json!([1]))), again),
        ("state", Some(row("state", "postponed")), again),
        ("no-state", Some(without(row("no-state", "claimed"), "state")), again),
        ("bare", Some(json!({"pk": "claim#bare", "sk": OUTLET.name()})), again),
    ];
    let ledger = world.of("me");
    for (name, row, expected) in table {
        if let Some(row) = &row {
            world.table.put(row).await;
        }
        let first = claim(&ledger, &key(name), 0).await;
        assert_eq!(said(&first), expected, "{name}");
        if let Claim::Yours(_) = first {
            assert_eq!(said(&claim(&ledger, &key(name), 44).await), "taken", "{name}, once it is claimed");
        }
    }
}

#[tokio::test]
async fn a_claim_is_a_small_row() {
    let world = World::new().await;
    claim(&world.of("me"), &key("01G"), 0).await;
    let expected = json!({
        "pk": "claim#01G", "sk": "primary", "v": 1, "state": "claimed", "owner": "me", "write": "me#0",
        "perhaps": false, "lease_until": 1_795_485_765_000_i64, "expires_at": 1_803_261_720,
    });
    assert_eq!(world.table.scan_all().await, [expected]);
}

#[tokio::test]
async fn of_twenty_that_claim_at_once_one_gets_it() {
    let world = World::new().await;
    for (name, row, wins) in [
        ("new", None, "yours"),
        ("left", Some(with(row("left", "claimed"), "lease_until", json!(0))), "yours, perhaps again"),
        ("doubtful", Some(row("doubtful", "doubtful")), "yours, perhaps again"),
    ] {
        if let Some(row) = &row {
            world.table.put(row).await;
        }
        let start = Arc::new(Barrier::new(20));
        let mut tasks = JoinSet::new();
        for number in 0..20 {
            let ledger = world.of(&format!("worker {number}"));
            let start = start.clone();
            tasks.spawn(async move {
                start.wait().await;
                said(&claim(&ledger, &key(name), 0).await)
            });
        }
        let claims = tasks.join_all().await;
        let count = |wanted| claims.iter().filter(|claim| **claim == wanted).count();
        assert_eq!((count(wins), count("taken")), (1, 19), "{name}: {claims:?}");
    }
}

#[tokio::test]
async fn a_claim_that_another_took_over_is_theirs() {
    let world = World::new().await;
    let slow = world.of("slow");
    let quick = world.of("quick");
    let key = key("01G");
    for (ended, warning) in [
        (Ended::NotPosted, "another process has taken it over before it was released"),
        (Ended::PerhapsPosted(Doubt::NoAnswer), "another process has taken it over before it was released"),
        (Ended::Posted, "it was posted, but another process had taken it over meanwhile"),
    ] {
        let log = Log::new();
        world.table.put(&row("01G", "free")).await;
        let slows = granted(claim(&slow, &key, 0).await);
        let quicks = claim(&quick, &key, 45).await;
        assert_eq!(said(&quicks), "yours, perhaps again");
        let theirs = world.table.scan_all().await;
        settle(&slow, slows, ended, 45).await;
        assert_eq!(world.table.scan_all().await, theirs, "{ended:?}");
        let warnings = log.warnings();
        assert!(warnings.len() == 1 && warnings[0].contains(warning), "{warnings:?}");
        assert!(warnings[0].contains("event=01G"), "{warnings:?}");
        settle(&quick, granted(quicks), Ended::Posted, 45).await;
        assert_eq!(said(&claim(&slow, &key, 100_000).await), "completed");
        assert_eq!(world.table.scan_all().await[0]["owner"], json!("quick"));
    }
}

/// Whoever took it over could not tell either, but it is certain that it was posted.
#[tokio::test]
async fn what_was_posted_counts_although_another_gave_it_up() {
    let world = World::new().await;
    let (slow, quick) = (world.of("slow"), world.of("quick"));
    let key = key("01G");
    let slows = granted(claim(&slow, &key, 0).await);
    settle(&quick, granted(claim(&quick, &key, 45).await), Ended::PerhapsPosted(Doubt::NoAnswer), 46).await;
    settle(&slow, slows, Ended::Posted, 47).await;
    assert_eq!(said(&claim(&quick, &key, 48).await), "completed");
}

#[tokio::test]
async fn what_was_perhaps_posted_once_stays_so() {
    let world = World::new().await;
    let ledger = world.of("me");
    let key = key("01G");
    for (seconds, expected, ended) in [
        (0, "yours", Some(Ended::NotPosted)),
        (1, "yours", None),
        (46, "yours, perhaps again", Some(Ended::NotPosted)),
        (47, "yours, perhaps again", Some(Ended::PerhapsPosted(Doubt::NoAnswer))),
        (48, "yours, perhaps again", Some(Ended::Posted)),
        (100_000, "completed", None),
    ] {
        let claim = claim(&ledger, &key, seconds).await;
        assert_eq!(said(&claim), expected, "at {seconds}");
        if let Some(ended) = ended {
            settle(&ledger, granted(claim), ended, seconds).await;
        }
    }
}

#[tokio::test]
async fn a_post_without_a_claim_is_recorded_regardless() {
    let world = World::new().await;
    let away = super::outages::nobody_there();
    let ledger = world.of("me");
    for (name, row, ended, expected) in [
        ("posted", None, Ended::Posted, "completed"),
        ("doubtful", Some(row("doubtful", "doubtful")), Ended::Posted, "completed"),
        ("perhaps", None, Ended::PerhapsPosted(Doubt::NoAnswer), "yours, perhaps again"),
        ("not", None, Ended::NotPosted, "yours"),
        ("theirs", Some(row("theirs", "completed")), Ended::NotPosted, "completed"),
    ] {
        if let Some(row) = &row {
            world.table.put(row).await;
        }
        // The ledger was down when it was to be claimed.
        let grant = granted(claim(&away, &key(name), 0).await);
        settle(&ledger, grant, ended, 0).await;
        assert_eq!(said(&claim(&ledger, &key(name), 0).await), expected, "{name}");
    }
}

/// DynamoDB has done it, the answer got lost, and the SDK asks again: that must not look like another process.
#[tokio::test]
async fn a_lost_answer_of_dynamodb_changes_nothing() {
    let world = World::new().await;
    let ledger = world.of("me");
    let log = Log::new();
    let key = key("01G");

    world.wire.lose_an_answer();
    let grant = granted(claim(&ledger, &key, 0).await);
    assert!(!grant.is_perhaps_a_repeat);
    assert_eq!(world.wire.operations(), ["PutItem", "PutItem"]);

    world.wire.lose_an_answer();
    settle(&ledger, grant, Ended::NotPosted, 0).await;
    assert_eq!(world.wire.operations(), ["PutItem", "PutItem"]);
    assert_eq!(said(&claim(&ledger, &key, 0).await), "yours");

    // The first of a takeover's two requests finds the row; the answer to the second gets lost.
    world.table.put(&row("01G", "doubtful")).await;
    world.wire.lose_an_answer_after(1);
    let grant = claim(&ledger, &key, 0).await;
    assert_eq!(said(&grant), "yours, perhaps again");

    world.wire.lose_an_answer();
    settle(&ledger, granted(grant), Ended::Posted, 0).await;
    assert_eq!(said(&claim(&ledger, &key, 0).await), "completed");
    assert_eq!(log.warnings(), Vec::<String>::new());
}
