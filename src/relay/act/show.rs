//! Telling everybody what somebody has pressed, once it is done.

use super::{Doing, Ended};
use crate::chat::ChatError;
use crate::domain::incident::{EventKind, IncidentEvent};
use crate::domain::press::NothingDone;
use crate::ledger::incident::KnownIncident;
use crate::queue::own_messages;
use crate::relay::thread;
use std::time::Duration;
use tokio::time::Instant;

/// The most that the first message may take to be brought up to date.
const SHOWING: Duration = Duration::from_secs(3);

impl Doing<'_> {
    /// Tells everybody: the first message at once, and a line in the thread in its turn, on every chat.
    pub(super) async fn show(&self, event: &IncidentEvent, known: Option<&KnownIncident>) -> Ended {
        let (relay, now) = (self.relay, self.now);
        let messages = own_messages(event, relay.team.alerts.destinations(), now);
        let shown = async {
            let Some(known) = known else { return Ok(()) };
            let Some(update) = relay.status_update(known, now) else { return Ok(()) };
            thread::refresh(&relay.ledger, known, self.outlet, &update, Instant::now() + SHOWING).await
        };
        let (put, shown) = tokio::join!(self.queues.put(&[], &messages), shown);
        let incident = event.incident.id.as_ref().map(tracing::field::display);
        if let Err(error) = &shown {
            tracing::warn!(press = self.press.id, incident, "the first message is not up to date: {error}");
        }
        let is_not_called = event.kind == EventKind::SreNotCalled;
        match (put, shown) {
            (Err(error), _) => {
                tracing::error!(press = self.press.id, incident, queue_failed = true, "{error}");
                // Whoever waits for SRE has to know, and the channel may not before the press is forgotten.
                let why = match event.kind {
                    EventKind::SreNotCalled => Some(NothingDone::SreNotCalled),
                    EventKind::SreCalled => Some(NothingDone::NotShown),
                    _ => None,
                };
                if let Some(why) = why.filter(|_| self.receives == 1) {
                    self.tell(why, None, None).await;
                }
                Ended::Again
            }
            // Where it is gone, the line in its turn begins another thread.
            (Ok(()), Err(error)) if !matches!(error, ChatError::Gone { .. }) && !is_not_called => {
                self.tell(NothingDone::NotShown, None, None).await;
                Ended::Done
            }
            (Ok(()), _) if is_not_called => Ended::Failed,
            (Ok(()), _) => Ended::Done,
        }
    }
}
