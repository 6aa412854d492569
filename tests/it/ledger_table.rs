//! The ledger in DynamoDB. `tests/aws/moto` runs these tests and sets the endpoint; without it they fail.

mod claims;
mod counts;
mod difference;
mod explained;
mod first_edition;
mod incidents;
mod outages;
mod rotation;
mod tags;
mod units;
mod wire;

use crate::kit::Log;
use crate::kit::aws::{self, Aws};
use crate::ledger::{
    LEASE, OUTLET, after, event, first_post, granted, id, instant, key, learn, learn_with, note, said, same_answers,
    settlement,
};
use serde_json::Value;
use toban::ledger::Ledger;
use toban::store::dynamodb::DynamoDb;
use wire::Wire;

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

#[tokio::test]
async fn the_table_gives_the_same_answers_as_memory() {
    same_answers::check(&World::new().await.of("me")).await;
}
