//! The shared copy of the rotation.

use super::{Log, World, after};
use chrono::{DateTime, Utc};
use serde_json::json;
use std::sync::Arc;
use toban::ledger::RotationCopy;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

fn copy(reading: &str, read_at: DateTime<Utc>) -> RotationCopy {
    RotationCopy { reading: reading.into(), read_at }
}

#[tokio::test]
async fn a_newer_copy_stays() {
    let world = World::new().await;
    let one = world.of("one");
    let other = world.of("other");
    assert_eq!(one.rotation().await, None);
    for (reading, read_at, stays) in
        [("first", after(60), "first"), ("late", after(0), "first"), ("second", after(120), "second")]
    {
        one.keep_rotation(copy(reading, read_at), after(120)).await;
        let kept = other.rotation().await.expect("a copy");
        assert_eq!(kept.reading, stays, "after {reading}");
    }
}

/// A process whose clock is nine hours ahead neither keeps its copy in place nor the others from reading.
#[tokio::test]
async fn a_clock_that_is_ahead_stops_nobody() {
    let world = World::new().await;
    let (one, other) = (world.of("one"), world.of("other"));
    let ahead = after(9 * 3_600);
    one.keep_rotation(copy("ahead", ahead), ahead).await;
    other.keep_rotation(copy("now", after(0)), after(0)).await;
    assert_eq!(one.rotation().await, Some(copy("now", after(0))));
    assert!(one.may_read_rotation(ahead).await);
    assert!(other.may_read_rotation(after(1)).await, "nobody reads for nine hours");
}

#[tokio::test]
async fn an_odd_copy_counts_as_none_and_is_replaced() {
    let world = World::new().await;
    let ledger = world.of("me");
    let whole =
        json!({"pk": "rotation", "sk": "copy", "v": 1, "reading": "old", "read_at": "2026-11-24T02:01:00.000Z"});
    let newest = "2099-01-01T00:00:00.000Z";
    for (name, attribute, value) in [
        ("version", "v", json!(2)),
        ("reading", "reading", json!(1)),
        ("time", "read_at", json!(1)),
        ("word", "read_at", json!("yesterday")),
    ] {
        let mut row = whole.clone();
        row["read_at"] = json!(newest);
        row[attribute] = value;
        world.table.put(&row).await;
        assert_eq!(ledger.rotation().await, None, "{name}");
        ledger.keep_rotation(copy("new", after(0)), after(0)).await;
        assert_eq!(ledger.rotation().await, Some(copy("new", after(0))), "{name}");
    }
}

#[tokio::test]
async fn a_copy_that_no_row_can_hold_is_not_kept() {
    let world = World::new().await;
    let ledger = world.of("me");
    let log = Log::new();
    let large = "x".repeat(350_000);
    ledger.keep_rotation(copy(&large, after(0)), after(0)).await;
    assert_eq!(log.warnings(), Vec::<String>::new());
    ledger.keep_rotation(copy(&(large + "x"), after(60)), after(60)).await;
    assert_eq!(ledger.rotation().await.map(|copy| copy.read_at), Some(after(0)));
    let warnings = log.warnings();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("the rotation is too large for the ledger's copy of it"), "{warnings:?}");
}

#[tokio::test]
async fn one_process_reads_the_rotation_at_a_time() {
    let world = World::new().await;
    let start = Arc::new(Barrier::new(10));
    let mut tasks = JoinSet::new();
    for number in 0..10 {
        let ledger = world.of(&format!("worker {number}"));
        let start = start.clone();
        tasks.spawn(async move {
            start.wait().await;
            ledger.may_read_rotation(after(0)).await
        });
    }
    let may = tasks.join_all().await;
    assert_eq!(may.iter().filter(|may| **may).count(), 1, "{may:?}");

    let ledger = world.of("me");
    let may_read = async |seconds| ledger.may_read_rotation(after(seconds)).await;
    assert!(!may_read(4).await);
    assert!(may_read(5).await);
    world.wire.lose_an_answer();
    assert!(may_read(10).await, "the answer got lost, and it is ours");

    for row in [
        json!({"pk": "rotation", "sk": "reading", "v": 1}),
        json!({"pk": "rotation", "sk": "reading", "v": 1, "lease_until": "soon"}),
        json!({"pk": "rotation", "sk": "reading", "v": 2, "lease_until": 9_000_000_000_000_i64}),
        json!({"pk": "rotation", "sk": "reading", "lease_until": 9_000_000_000_000_i64}),
    ] {
        world.table.put(&row).await;
        assert!(may_read(10).await, "{row}");
        assert!(!may_read(10).await, "{row}");
    }
}
