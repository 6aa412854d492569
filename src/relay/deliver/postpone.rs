//! What has to wait for something else.

use super::Relay;
use crate::domain::destination::Destination;
use crate::domain::incident::IncidentEvent;
use crate::ledger::{Ended, Grant, Settlement};
use crate::relay::side_by_side::side_by_side;
use crate::relay::via::Via;
use chrono::{DateTime, Utc};
use tokio::time::Instant;

impl Relay {
    /// Makes known what these begin and end, which is not told yet.
    pub(in crate::relay) async fn postpone(
        &self,
        events: impl Iterator<Item = &IncidentEvent>,
        destination: Destination,
        deadline: Instant,
        now: DateTime<Utc>,
    ) {
        let outlets = self.team.alerts.of(destination);
        if self.via != Via::TwoQueues {
            return;
        }
        let postpone = async |event: &IncidentEvent| {
            if !event.is_beginning() {
                return self.ledger.keep_end(event, now).await;
            }
            let mut event = event.clone();
            let Ok((grant, mut incident)) = self.introduce_and_claim(&mut event, &outlets, now).await else { return };
            let settlement = Settlement {
                event: Some(&event),
                ..Settlement::of_no_incident(event.kind.name(), Ended::NotPosted, Vec::new())
            };
            self.ledger.settle(grant, settlement, incident.as_mut(), now).await;
        };
        side_by_side(events.map(postpone), deadline).await;
    }

    /// Gives back the claim of what has to wait for something else. That an incident is over is known all the same.
    pub(in crate::relay) async fn give_back(&self, grant: Grant, event: &IncidentEvent, now: DateTime<Utc>) {
        let settlement = Settlement::of_no_incident(event.kind.name(), Ended::NotPosted, Vec::new());
        self.ledger.settle(grant, settlement, None, now).await;
        self.ledger.keep_end(event, now).await;
    }
}
