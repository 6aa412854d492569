//! DynamoDB is not there.

use super::wire::Wire;
use super::{LEASE, OUTLET, World, after, event, id, key};
use crate::kit::LIMIT;
use chrono::TimeDelta;
use toban::domain::incident::EventKind;
use toban::ledger::table::Table;
use toban::ledger::{Certainty, Mentioned, Posted, RotationCopy};
use toban::store::dynamodb::{Down, DynamoDb};
use tokio::net::TcpListener;

/// Every call that there is, and how it ended.
async fn all_calls(ledger: &Table) -> Vec<Result<(), String>> {
    let key = key("01G");
    let incident = id("Q2YX");
    let triggered = event(EventKind::Triggered, "Q2YX", after(0));
    let now = after(0);
    let posted =
        Posted { at: now, incident: incident.clone(), kind: EventKind::Triggered, mentioned: Mentioned::Nobody };
    let copy = RotationCopy { reading: "{}".into(), read_at: now };
    vec![
        outcome(ledger.claim(&key, OUTLET, now).await),
        outcome(ledger.complete(&key, OUTLET, now).await),
        outcome(ledger.release(&key, OUTLET, Certainty::NotPosted, now).await),
        outcome(ledger.is_completed(&key, OUTLET).await),
        outcome(ledger.introduce(incident.clone(), &triggered, now).await),
        outcome(ledger.keep_thread(&incident, OUTLET, "1732413720.000100", now).await),
        outcome(ledger.record(&key, &posted).await),
        outcome(ledger.posted_between(now - TimeDelta::days(1), now).await),
        outcome(ledger.incident(&incident).await),
        outcome(ledger.open_incidents().await),
        outcome(ledger.rotation().await),
        outcome(ledger.keep_rotation(&copy, now).await),
        outcome(ledger.may_read_rotation(LEASE, now).await),
    ]
}

fn outcome<T>(answer: Result<T, Down>) -> Result<(), String> {
    answer.map(|_| ()).map_err(|down| down.to_string())
}

/// All but the first are not even attempted.
fn assert_paused(calls: &[Result<(), String>], first: &str, wire: &Wire, requests: usize) {
    assert_eq!(calls[0], Err(first.to_owned()));
    let paused = Err("the table cannot be used: it did not answer a moment ago".to_owned());
    assert_eq!(calls[1..], vec![paused; calls.len() - 1]);
    assert_eq!(wire.operations(), vec!["PutItem"; requests]);
}

#[tokio::test]
async fn nothing_is_ever_scanned() {
    let world = World::new().await;
    let calls = all_calls(&world.of("me")).await;
    assert_eq!(calls, vec![Ok(()); 13]);
    let mut operations = world.wire.operations();
    operations.sort();
    operations.dedup();
    assert_eq!(operations, ["DeleteItem", "GetItem", "PutItem", "Query"]);
}

#[tokio::test]
async fn without_a_connection_the_first_call_fails_and_the_next_ones_are_not_made() {
    let free = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let address = free.local_addr().expect("a bound listener has an address");
    drop(free);
    let wire = Wire::to(&format!("http://{address}"));
    let ledger = Table::new(DynamoDb::new(wire.client(), "ledger".into()), "me", LEASE);
    let calls = tokio::time::timeout(LIMIT, all_calls(&ledger)).await.expect("an end");
    let refused = "the table cannot be used: no connection: Connection refused (os error 111)";
    assert_paused(&calls, refused, &wire, 2);
}

/// The client has no time limit here, so that without the ledger's own this test would never end.
#[tokio::test]
async fn without_an_answer_the_first_call_fails_and_the_next_ones_are_not_made() {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let address = silent.local_addr().expect("a bound listener has an address");
    let wire = Wire::to(&format!("http://{address}"));
    let ledger = Table::new(DynamoDb::new(wire.client(), "ledger".into()), "me", LEASE);
    let calls = tokio::time::timeout(LIMIT, all_calls(&ledger)).await.expect("an end");
    assert_paused(&calls, "the table cannot be used: no answer within a second", &wire, 1);
}

#[tokio::test]
async fn a_refusal_is_not_an_outage() {
    let world = World::new().await;
    let missing = Table::new(DynamoDb::new(world.wire.client(), "no-such-table".into()), "me", LEASE);
    for call in all_calls(&missing).await {
        assert_eq!(call, Err("the table cannot be used: ResourceNotFoundException".to_owned()));
    }

    let ledger = world.of("me");
    let long = key(&"x".repeat(3_000));
    let refused = outcome(ledger.claim(&long, OUTLET, after(0)).await);
    assert_eq!(refused, Err("the table cannot be used: ValidationException".to_owned()));
    assert_eq!(outcome(ledger.claim(&key("01G"), OUTLET, after(0)).await), Ok(()));
}
