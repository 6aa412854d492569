//! The ledger in DynamoDB. `tests/aws/moto` runs these tests and sets the endpoint; without it they fail.

mod claims;
mod counts;
mod difference;
mod explained;
mod first_edition;
mod incidents;
mod outages;
mod rotation;
mod same_answers;
mod tags;
mod units;
mod wire;

use crate::kit::Log;
use crate::kit::aws::{self, Aws};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};
use toban::domain::destination::Destination;
use toban::domain::incident::{EventKey, EventKind, Incident, IncidentEvent, IncidentId, IncidentNumber, Origin};
use toban::domain::text::Foreign;
use toban::ledger::incident::KnownIncident;
use toban::ledger::{Claim, Ended, FirstPost, Grant, Ledger, Mentioned, Settlement};
use toban::store::dynamodb::DynamoDb;
use wire::Wire;

const OUTLET: Destination = Destination::Primary;
const LEASE: TimeDelta = TimeDelta::seconds(45);

/// A table of its own, and a connection to it.
struct World {
    table: aws::Table,
    wire: Wire,
}

impl World {
    async fn new() -> Self {
        let aws = Aws::from_environment().expect("AWS_ENDPOINT_URL is not set, run this with tests/aws/moto");
        Self { table: aws.create_table("ledger").await, wire: Wire::to(aws.url()) }
    }

    /// The ledger of one of the processes that share the table.
    fn of(&self, owner: &str) -> Ledger {
        Ledger::new(DynamoDb::new(self.wire.client(), self.table.name.clone()), owner.to_owned(), LEASE)
    }

    /// The rows whose partition begins with this.
    async fn rows(&self, beginning: &str) -> Vec<Value> {
        let mut rows = self.table.scan_all().await;
        rows.retain(|row| row["pk"].as_str().is_some_and(|pk| pk.starts_with(beginning)));
        rows
    }
}

/// The answer to a claim, in a word.
fn said(claim: &Claim) -> &'static str {
    match claim {
        Claim::Yours(grant) if grant.is_perhaps_a_repeat => "yours, perhaps again",
        Claim::Yours(_) => "yours",
        Claim::Completed => "completed",
        Claim::Taken => "taken",
        Claim::NotYet(_) => "not yet",
    }
}

/// The right to post, which nothing stands against.
fn granted(claim: Claim) -> Grant {
    match claim {
        Claim::Yours(grant) => grant,
        other => panic!("the claim is {}", said(&other)),
    }
}

/// What there is to record of an event.
fn settlement(event: &IncidentEvent, ended: Ended) -> Settlement<'_> {
    let event = Some(event);
    Settlement { what: "triggered", event, ended, attempts: Vec::new(), mentioned: Mentioned::Nobody, first: None }
}

/// Records an event as posted under a key of its own, and returns what is known of its incident then.
async fn learn(ledger: &Ledger, event: &IncidentEvent, now: DateTime<Utc>) -> KnownIncident {
    learn_with(ledger, event, None, now).await
}

/// The same of an event whose message is the first one in its chat.
async fn learn_with(
    ledger: &Ledger,
    event: &IncidentEvent,
    first: Option<FirstPost>,
    now: DateTime<Utc>,
) -> KnownIncident {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let key = key(&format!("learned {}", COUNT.fetch_add(1, Ordering::Relaxed)));
    let mut incident = ledger.introduce(event).await.expect("an event of an incident");
    let grant = granted(ledger.claim(&key, OUTLET, now).await);
    let settlement = Settlement { first, ..settlement(event, Ended::Posted) };
    ledger.settle(grant, settlement, Some(&mut incident), now).await;
    ledger.incident(&incident.id).await.expect("an answer").expect("it is known")
}

/// A first message in the primary.
fn first_post(post: &str) -> FirstPost {
    FirstPost { place: OUTLET, post: post.into(), opening: None, instead_of: None }
}

/// So many seconds after a Tuesday morning in Tokyo.
fn after(seconds: i64) -> DateTime<Utc> {
    instant("2026-11-24T02:02:00Z") + TimeDelta::seconds(seconds)
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn key(text: &str) -> EventKey {
    EventKey(text.into())
}

fn id(text: &str) -> IncidentId {
    IncidentId(text.into())
}

/// An event with its incident's number, title and service.
fn event(kind: EventKind, incident: &str, occurred_at: DateTime<Utc>) -> IncidentEvent {
    let told = Incident {
        number: Some(IncidentNumber(4812)),
        title: Foreign::line("HTTP 5xx"),
        service: Foreign::line("checkout"),
        ..Incident::default()
    };
    let note = note(incident, occurred_at);
    IncidentEvent { kind, incident: Incident { id: note.incident.id, ..told }, ..note }
}

/// An event with no more than its incident's id.
fn note(incident: &str, occurred_at: DateTime<Utc>) -> IncidentEvent {
    IncidentEvent {
        incident: Incident { id: Some(id(incident)), ..Incident::default() },
        ..IncidentEvent::new(Origin::PagerDuty, key("01G"), EventKind::Annotated, occurred_at)
    }
}
