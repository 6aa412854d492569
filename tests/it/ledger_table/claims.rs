//! Claims: what each row means, and what happens to it.

use super::{Log, OUTLET, World, after, key};
use serde_json::{Value, json};
use std::sync::Arc;
use toban::ledger::{Certainty, Claim};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

/// A row as the worker `other` leaves it.
fn row(name: &str, state: &str) -> Value {
    json!({
        "pk": format!("claim#{name}"), "sk": OUTLET, "v": 1, "state": state, "owner": "other", "write": "other#0",
        "perhaps": false, "lease_until": after(0).timestamp_millis() + 1, "expires_at": 1_800_000_000,
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

#[tokio::test]
async fn what_a_row_means_to_a_claim() {
    let world = World::new().await;
    let over = json!(after(0).timestamp_millis());
    let table = [
        ("free", None, Claim::Yours),
        ("running", Some(row("running", "claimed")), Claim::Taken),
        ("own", Some(with(row("own", "claimed"), "owner", json!("me"))), Claim::Taken),
        ("expired", Some(with(row("expired", "claimed"), "lease_until", over)), Claim::YoursPerhapsAgain),
        ("no-lease", Some(without(row("no-lease", "claimed"), "lease_until")), Claim::YoursPerhapsAgain),
        ("odd-lease", Some(with(row("odd-lease", "claimed"), "lease_until", json!("soon"))), Claim::YoursPerhapsAgain),
        ("doubtful", Some(row("doubtful", "doubtful")), Claim::YoursPerhapsAgain),
        ("completed", Some(row("completed", "completed")), Claim::Completed),
        ("version", Some(with(row("version", "completed"), "v", json!(2))), Claim::YoursPerhapsAgain),
        ("no-version", Some(without(row("no-version", "completed"), "v")), Claim::YoursPerhapsAgain),
        ("state", Some(row("state", "postponed")), Claim::YoursPerhapsAgain),
        ("no-state", Some(without(row("no-state", "claimed"), "state")), Claim::YoursPerhapsAgain),
        ("bare", Some(json!({"pk": "claim#bare", "sk": OUTLET})), Claim::YoursPerhapsAgain),
    ];
    let ledger = world.of("me");
    for (name, row, expected) in table {
        if let Some(row) = &row {
            world.table.put(row).await;
        }
        let is_completed = ledger.is_completed(&key(name), OUTLET).await.expect("an answer");
        assert_eq!(is_completed, expected == Claim::Completed, "{name}");
        let claim = ledger.claim(&key(name), OUTLET, after(0)).await;
        assert_eq!(claim.expect("an answer"), expected, "{name}");
        if matches!(expected, Claim::Yours | Claim::YoursPerhapsAgain) {
            let again = ledger.claim(&key(name), OUTLET, after(44)).await;
            assert_eq!(again.expect("an answer"), Claim::Taken, "{name}, once it is claimed");
        }
    }
}

#[tokio::test]
async fn a_claim_is_a_small_row_that_ends_after_a_week() {
    let world = World::new().await;
    world.of("me").claim(&key("01G"), OUTLET, after(0)).await.expect("an answer");
    let expected = json!({
        "pk": "claim#01G", "sk": "primary", "v": 1, "state": "claimed", "owner": "me", "write": "me#0",
        "perhaps": false, "lease_until": 1_795_485_765_000_i64, "expires_at": 1_796_090_520,
    });
    assert_eq!(world.table.scan_all().await, [expected]);
}

#[tokio::test]
async fn of_twenty_that_claim_at_once_one_gets_it() {
    let world = World::new().await;
    for (name, row, wins) in [
        ("new", None, Claim::Yours),
        ("left", Some(with(row("left", "claimed"), "lease_until", json!(0))), Claim::YoursPerhapsAgain),
        ("doubtful", Some(row("doubtful", "doubtful")), Claim::YoursPerhapsAgain),
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
                ledger.claim(&key(name), OUTLET, after(0)).await.expect("an answer")
            });
        }
        let claims = tasks.join_all().await;
        let count = |wanted| claims.iter().filter(|claim| **claim == wanted).count();
        assert_eq!((count(wins), count(Claim::Taken)), (1, 19), "{name}: {claims:?}");
    }
}

#[tokio::test]
async fn a_claim_that_another_took_over_is_theirs() {
    let world = World::new().await;
    let slow = world.of("slow");
    let quick = world.of("quick");
    let log = Log::new();
    let key = key("01G");
    let later = after(45);

    slow.claim(&key, OUTLET, after(0)).await.expect("an answer");
    let claim = quick.claim(&key, OUTLET, later).await;
    assert_eq!(claim.expect("an answer"), Claim::YoursPerhapsAgain);
    let theirs = world.table.scan_all().await;

    for certainty in [Certainty::NotPosted, Certainty::PerhapsPosted] {
        slow.release(&key, OUTLET, certainty, later).await.expect("an answer");
        assert_eq!(world.table.scan_all().await, theirs, "{certainty:?}");
    }
    slow.complete(&key, OUTLET, later).await.expect("an answer");
    assert_eq!(world.table.scan_all().await, theirs);
    let warnings = log.warnings();
    assert_eq!(warnings.len(), 3, "{warnings:?}");
    assert!(warnings[0].contains("another process has taken it over before it was released"), "{warnings:?}");
    assert!(warnings[2].contains("it was posted, but another process had taken it over meanwhile"), "{warnings:?}");
    assert!(warnings[2].contains("event=01G"), "{warnings:?}");

    quick.complete(&key, OUTLET, later).await.expect("an answer");
    slow.complete(&key, OUTLET, later).await.expect("an answer");
    slow.release(&key, OUTLET, Certainty::PerhapsPosted, later).await.expect("an answer");
    assert!(slow.is_completed(&key, OUTLET).await.expect("an answer"));
    assert_eq!(world.table.scan_all().await[0]["owner"], json!("quick"));
}

#[tokio::test]
async fn what_was_perhaps_posted_once_stays_so() {
    let world = World::new().await;
    let ledger = world.of("me");
    let key = key("01G");
    let claim = async |seconds| ledger.claim(&key, OUTLET, after(seconds)).await.expect("an answer");
    let release = async |certainty| ledger.release(&key, OUTLET, certainty, after(0)).await.expect("an answer");

    assert_eq!(claim(0).await, Claim::Yours);
    release(Certainty::NotPosted).await;
    assert_eq!(world.table.scan_all().await, Vec::<Value>::new());
    assert_eq!(claim(1).await, Claim::Yours);
    assert_eq!(claim(46).await, Claim::YoursPerhapsAgain, "the first may have crashed after its post");
    release(Certainty::NotPosted).await;
    assert_eq!(claim(47).await, Claim::YoursPerhapsAgain);
    release(Certainty::PerhapsPosted).await;
    assert_eq!(claim(48).await, Claim::YoursPerhapsAgain);
    ledger.complete(&key, OUTLET, after(49)).await.expect("an answer");
    release(Certainty::NotPosted).await;
    assert_eq!(claim(100_000).await, Claim::Completed);
}

#[tokio::test]
async fn a_post_without_a_claim_is_recorded_regardless() {
    let world = World::new().await;
    let ledger = world.of("me");

    // The ledger was down when it was to be claimed.
    ledger.complete(&key("posted"), OUTLET, after(0)).await.expect("an answer");
    assert!(ledger.is_completed(&key("posted"), OUTLET).await.expect("an answer"));

    world.table.put(&row("doubtful", "doubtful")).await;
    ledger.complete(&key("doubtful"), OUTLET, after(0)).await.expect("an answer");
    assert!(ledger.is_completed(&key("doubtful"), OUTLET).await.expect("an answer"));

    ledger.release(&key("perhaps"), OUTLET, Certainty::PerhapsPosted, after(0)).await.expect("an answer");
    let claim = ledger.claim(&key("perhaps"), OUTLET, after(0)).await;
    assert_eq!(claim.expect("an answer"), Claim::YoursPerhapsAgain);

    ledger.release(&key("not"), OUTLET, Certainty::NotPosted, after(0)).await.expect("an answer");
    let claim = ledger.claim(&key("not"), OUTLET, after(0)).await;
    assert_eq!(claim.expect("an answer"), Claim::Yours);
}

/// DynamoDB has done it, the answer got lost, and the SDK asks again: that must not look like another process.
#[tokio::test]
async fn a_lost_answer_of_dynamodb_changes_nothing() {
    let world = World::new().await;
    let ledger = world.of("me");
    let log = Log::new();
    let key = key("01G");

    world.wire.lose_an_answer();
    let claim = ledger.claim(&key, OUTLET, after(0)).await;
    assert_eq!(claim.expect("an answer"), Claim::Yours);
    assert_eq!(world.wire.operations(), ["PutItem", "PutItem"]);

    world.wire.lose_an_answer();
    ledger.release(&key, OUTLET, Certainty::NotPosted, after(0)).await.expect("an answer");
    assert_eq!(world.wire.operations(), ["DeleteItem", "DeleteItem"]);
    assert_eq!(ledger.claim(&key, OUTLET, after(0)).await.expect("an answer"), Claim::Yours);

    // The first of a takeover's two requests finds the row; the answer to the second gets lost.
    world.table.put(&row("01G", "doubtful")).await;
    world.wire.lose_an_answer();
    let claim = ledger.claim(&key, OUTLET, after(0)).await;
    assert_eq!(claim.expect("an answer"), Claim::YoursPerhapsAgain);

    world.wire.lose_an_answer();
    ledger.complete(&key, OUTLET, after(0)).await.expect("an answer");
    assert!(ledger.is_completed(&key, OUTLET).await.expect("an answer"));
    assert_eq!(log.warnings(), Vec::<String>::new());
}
