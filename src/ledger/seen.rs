//! Earlier incidents that were the same alert.

use super::incident::fingerprint;
use super::incidents::earlier;
use super::{Ledger, NoAnswer, answered};
use crate::domain::fingerprint::Fingerprint;
use crate::domain::incident::{EventKind, IncidentEvent, IncidentId};
use crate::domain::seen::{Earlier, FURTHEST, MOST};
use crate::store::item::written;
use crate::store::{Down, Partition, Query};
use chrono::{DateTime, Utc};

/// Whether an alert was seen before.
#[derive(Debug)]
pub struct Question {
    fingerprint: Fingerprint,
    /// The incident that is asked for, which is none of the earlier ones.
    id: IncidentId,
    /// When it began.
    before: DateTime<Utc>,
}

impl Question {
    /// Of an event that begins an incident that is no drill.
    pub fn of(event: &IncidentEvent) -> Option<Self> {
        let id = event.incident.id.as_ref().filter(|_| event.kind == EventKind::Triggered)?;
        Some(Self { fingerprint: fingerprint(event)?, id: id.clone(), before: event.occurred_at })
    }
}

impl Ledger {
    /// Does what a delivery needs, and asks beside it. Nobody waits for that for longer than a moment; without an answer
    /// nothing is said of it.
    pub async fn beside_earlier<T>(
        &self,
        question: Option<Question>,
        needed: impl Future<Output = T>,
    ) -> (T, Vec<Earlier>) {
        let Some(question) = question else { return (needed.await, Vec::new()) };
        // Boxed, as most events do without.
        let asked = Box::pin(self.find_earlier(&question));
        let (done, found) = self.store.beside(needed, asked).await;
        let found = found.inspect_err(|down| {
            let Question { id, .. } = &question;
            tracing::warn!(incident = %id, "{down}. The message does not say whether the alert was seen before");
        });
        (done, found.unwrap_or_default())
    }

    /// The earlier incidents that were the same alert as this one, the latest first.
    pub async fn earlier(&self, id: &IncidentId) -> Result<Vec<Earlier>, NoAnswer> {
        let Some(known) = self.incident(id).await? else { return Ok(Vec::new()) };
        let Some(fingerprint) = known.fingerprint else { return Ok(Vec::new()) };
        let question = Question { fingerprint, id: known.id, before: known.opened_at };
        answered(self.store.limited(self.find_earlier(&question)).await).ok_or(NoAnswer)
    }

    async fn find_earlier(&self, Question { fingerprint, id, before }: &Question) -> Result<Vec<Earlier>, Down> {
        let from = before.checked_sub_signed(FURTHEST).unwrap_or(*before);
        let query = Query {
            // It may be among them itself.
            partition: Partition::ByFingerprint { fingerprint: fingerprint.as_str().to_owned(), latest: MOST + 1 },
            between: Some((written(from), written(*before))),
        };
        let found = self.store.query(query).await?;
        Ok(found.iter().filter_map(earlier).filter(|earlier| earlier.id != *id).take(MOST).collect())
    }
}

#[cfg(test)]
mod tests;
