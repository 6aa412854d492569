//! The ledger in DynamoDB. `tests/aws/moto` runs these tests and sets the endpoint; without it they fail.

mod claims;
mod counts;
mod difference;
mod explained;
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
use toban::domain::incident::{
    Details, EventKey, EventKind, Incident, IncidentEvent, IncidentId, IncidentNumber, Origin,
};
use toban::domain::text::Foreign;
use toban::ledger::table::Table;
use toban::store::dynamodb::DynamoDb;
use wire::Wire;

const OUTLET: &str = "primary";
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
    fn of(&self, owner: &str) -> Table {
        Table::new(DynamoDb::new(self.wire.client(), self.table.name.clone()), owner, LEASE)
    }
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
        origin: Origin::PagerDuty,
        key: key("01G"),
        kind: EventKind::Annotated,
        occurred_at,
        agent: None,
        incident: Incident { id: Some(id(incident)), ..Incident::default() },
        details: Details::default(),
        unreadable: None,
        missed: None,
    }
}
