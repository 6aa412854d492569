//! What an event costs at the ledger: each call is a round trip that somebody waits for.

use super::{LEASE, World};
use crate::counts::{Asked, EVENTS};
use crate::kit::Slack;
use crate::running::{Settings, TUESDAY, payload};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::time::Duration;
use toban::ledger::Ledger;
use toban::relay::deliver::Relay;
use toban::relay::tally::Tally;
use toban::relay::via::Via;
use toban::setup::config::{Config, Reach};
use toban::source::pagerduty;
use toban::store::dynamodb::DynamoDb;
use tokio::time::Instant;

#[tokio::test]
async fn a_new_incident_is_four_calls_another_event_three_and_a_repeat_two() {
    let world = World::new().await;
    let slack = Slack::start().await;
    let settings = Settings::at(TUESDAY).slack(&slack);
    let http = toban::net::http::client().expect("a client");
    let config = Config::from_lookup(|variable| settings.value(variable), &http, Reach::Live).expect("no faults");
    let ledger = Ledger::new(DynamoDb::new(world.wire.client(), world.table.name.clone()), "me".to_owned(), LEASE);
    let relay = Relay {
        team: config.open_team(&http, Utc::now),
        ledger: ledger.into(),
        via: Via::Request,
        tally: Tally::default(),
    };
    let now: DateTime<Utc> = TUESDAY.parse().expect("an instant");
    for Asked { kind, ledger: calls, write_units, chat } in EVENTS {
        let posted = slack.calls();
        let event = pagerduty::read(&payload(&format!("v3/incident.{kind}.json")), now).remove(0);
        let outcome = relay.deliver_everywhere(event, Instant::now() + Duration::from_secs(20), now).await;
        assert!(outcome.is_taken(), "{kind}");
        let mut counts = BTreeMap::new();
        let operations = world.wire.operations();
        // Side by side before the post, and one call after it.
        let after = operations.len().saturating_sub(1);
        assert!(
            after < 2 || operations.iter().position(|call| call == "TransactWriteItems") == Some(after),
            "{operations:?}"
        );
        for operation in operations {
            *counts.entry(operation).or_insert(0) += 1;
        }
        let counts: Vec<_> = counts.iter().map(|(operation, count)| format!("{count} {operation}")).collect();
        let found = (counts.join(", "), world.wire.write_units(), slack.calls() - posted);
        assert_eq!(found, (calls.to_owned(), write_units, chat), "{kind}: calls, units of writes, calls of Slack");
    }
    slack.take();
    slack.take_edits();
    // What the watchdog finds is an event like any other.
    let mut found = pagerduty::read(&payload("v3/incident.triggered.json"), now).remove(0);
    found.key = toban::domain::incident::EventKey("watchdog:Q3:triggered:1".into());
    found.origin = toban::domain::incident::Origin::Watchdog;
    found.missed = Some(toban::domain::incident::Missed::First);
    found.incident.id = Some(super::id("Q3"));
    relay.deliver_everywhere(found, Instant::now() + Duration::from_secs(20), now).await;
    let mut operations = world.wire.operations();
    // Before the post, side by side.
    operations[..3].sort();
    assert_eq!(operations, ["GetItem", "PutItem", "Query", "TransactWriteItems"]);
    slack.expect_one();
}
