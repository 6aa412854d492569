//! DynamoDB is not there.

use super::wire::Wire;
use super::{LEASE, Log, OUTLET, World, after, event, first_post, granted, id, key, settlement};
use crate::kit::LIMIT;
use chrono::TimeDelta;
use toban::domain::incident::EventKind;
use toban::ledger::{Ended, Ledger, RotationCopy};
use toban::store::dynamodb::DynamoDb;
use tokio::net::TcpListener;

/// Every call that there is. Each says in the log that it failed, if it did.
async fn all_calls(ledger: &Ledger) {
    let key = key("01G");
    let incident = id("Q2YX");
    let triggered = event(EventKind::Triggered, "Q2YX", after(0));
    let now = after(0);
    let grant = granted(ledger.claim(&key, OUTLET, now).await);
    let mut introduced = ledger.introduce(&triggered).await;
    ledger.settle(grant, settlement(&triggered, Ended::Posted), introduced.as_mut(), now).await;
    ledger.keep_first(&incident, &first_post("1732413720.000100"), now).await;
    ledger.attempts(&key).await;
    ledger.posted_between(now - TimeDelta::days(1), now).await;
    ledger.incident(&incident).await.ok();
    ledger.open_incidents().await;
    ledger.rotation().await;
    ledger.keep_rotation(RotationCopy { reading: "{}".into(), read_at: now }, now).await;
    ledger.may_read_rotation(now).await;
    ledger.watching_since(now).await;
}

fn lines(log: &Log) -> Vec<String> {
    log.text().lines().map(str::to_owned).collect()
}

/// How many calls there are; settling is tried row by row, and says so of both.
const CALLS: usize = 13;

/// All but the first are not even attempted.
fn assert_paused(log: &Log, first: &str, wire: &Wire, requests: usize) {
    let lines = lines(log);
    let failed: Vec<_> = lines.iter().filter(|line| line.contains("ledger_down=true")).collect();
    assert_eq!(failed.len(), CALLS, "{lines:?}");
    assert!(failed[0].contains(first) && failed[0].contains("unclaimed=true"), "{lines:?}");
    let paused = "the table cannot be used: it did not answer a moment ago";
    assert!(failed[1..].iter().all(|line| line.contains(paused)), "{lines:?}");
    assert!(failed[3].contains("uncompleted=true"), "it was posted, and that is not recorded: {lines:?}");
    assert_eq!(wire.operations(), vec!["PutItem"; requests]);
}

/// A ledger whose address nobody listens at.
pub fn nobody_there() -> Ledger {
    ledger_at(&Wire::to("http://127.0.0.1:9"))
}

fn ledger_at(wire: &Wire) -> Ledger {
    Ledger::new(DynamoDb::new(wire.client(), "ledger".into()), "me".into(), LEASE)
}

#[tokio::test]
async fn nothing_is_ever_scanned() {
    let world = World::new().await;
    let log = Log::new();
    all_calls(&world.of("me")).await;
    assert!(lines(&log).iter().all(|line| !line.contains("ledger_down")), "{:?}", lines(&log));
    let mut operations = world.wire.operations();
    operations.sort();
    operations.dedup();
    assert_eq!(operations, ["GetItem", "PutItem", "Query", "TransactWriteItems"]);
}

#[tokio::test]
async fn without_a_connection_the_first_call_fails_and_the_next_ones_are_not_made() {
    let free = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let address = free.local_addr().expect("a bound listener has an address");
    drop(free);
    let wire = Wire::to(&format!("http://{address}"));
    let log = Log::new();
    tokio::time::timeout(LIMIT, all_calls(&ledger_at(&wire))).await.expect("an end");
    let refused = "the table cannot be used: no connection: Connection refused (os error 111)";
    assert_paused(&log, refused, &wire, 2);
}

/// The client has no time limit here, so that without the ledger's own this test would never end.
#[tokio::test]
async fn without_an_answer_the_first_call_fails_and_the_next_ones_are_not_made() {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let address = silent.local_addr().expect("a bound listener has an address");
    let wire = Wire::to(&format!("http://{address}"));
    let log = Log::new();
    tokio::time::timeout(LIMIT, all_calls(&ledger_at(&wire))).await.expect("an end");
    assert_paused(&log, "the table cannot be used: no answer within a second", &wire, 1);
}

#[tokio::test]
async fn a_refusal_is_not_an_outage() {
    let world = World::new().await;
    let log = Log::new();
    all_calls(&Ledger::new(DynamoDb::new(world.wire.client(), "no-such-table".into()), "me".into(), LEASE)).await;
    let logged = lines(&log);
    let failed: Vec<_> = logged.iter().filter(|line| line.contains("ledger_down=true")).collect();
    assert_eq!(failed.len(), CALLS, "{logged:?}");
    let why = "the table cannot be used: ResourceNotFoundException";
    assert!(failed.iter().all(|line| line.contains(why)), "{logged:?}");

    let ledger = world.of("me");
    let log = Log::new();
    ledger.claim(&key(&"x".repeat(3_000)), OUTLET, after(0)).await;
    granted(ledger.claim(&key("01G"), OUTLET, after(0)).await);
    let [refused] = &lines(&log)[..] else { panic!("{}", log.text()) };
    assert!(refused.contains("the table cannot be used: ValidationException"), "{refused}");
}
