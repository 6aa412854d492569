//! What an event costs at the ledger: each call is a round trip that somebody waits for.

use super::{LEASE, World};
use crate::counts::{Asked, EVENTS, WATCHED};
use crate::kit::Slack;
use crate::running::{Settings, TUESDAY, payload};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::time::Duration;
use toban::ledger::Ledger;
use toban::relay::deliver::{Delivered, Recipients, Relay};
use toban::setup::config::{Config, Reach};
use toban::source::pagerduty;
use tokio::time::Instant;

#[tokio::test]
async fn an_event_is_so_many_calls() {
    count(false, EVENTS).await;
}

#[tokio::test]
async fn with_a_watchdog_it_is_two_more() {
    count(true, WATCHED).await;
}

async fn count(has_watchdog: bool, events: [Asked; 5]) {
    let world = World::new().await;
    let slack = Slack::start().await;
    let settings = Settings::at(TUESDAY).slack(&slack);
    let http = toban::net::http::client().expect("a client");
    let config = Config::from_lookup(|variable| settings.value(variable), &http, Reach::Live).expect("no faults");
    let ledger = Ledger::table(world.wire.client(), world.table.name.clone(), "me".to_owned(), LEASE);
    let relay = Relay { team: config.open_team(&http, Utc::now), ledger: ledger.into(), has_watchdog };
    let now: DateTime<Utc> = TUESDAY.parse().expect("an instant");
    for Asked { kind, ledger: calls, write_units, chat } in events {
        let posted = slack.calls();
        let event = pagerduty::read(&payload(&format!("v3/incident.{kind}.json")), now).remove(0);
        let (delivered, _) = relay.deliver(event, Recipients::All, Instant::now() + Duration::from_secs(20), now).await;
        assert_eq!(delivered, Delivered::Taken, "{kind}");
        let mut counts = BTreeMap::new();
        for operation in world.wire.operations() {
            *counts.entry(operation).or_insert(0) += 1;
        }
        let counts: Vec<_> = counts.iter().map(|(operation, count)| format!("{count} {operation}")).collect();
        let found = (counts.join(", "), world.wire.write_units(), slack.calls() - posted);
        assert_eq!(found, (calls.to_owned(), write_units, chat), "{kind}: calls, units of writes, calls of Slack");
    }
    slack.take();
    slack.take_edits();
}
