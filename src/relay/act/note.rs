//! The note in PagerDuty about what somebody has pressed.

use super::Doing;
use crate::domain::incident::{IncidentId, Person};
use crate::domain::message::answer::note;
use crate::domain::press::Act;
use crate::pagerduty::PagerDutyError;
use crate::pagerduty::acting::{Actor, explained};
use std::time::Duration;
use tokio::time::Instant;

/// For so long nobody else has the press: the queue hands it over again after a minute, and a call takes a few seconds.
const SURELY_ABSENT: Duration = Duration::from_secs(20);

impl Doing<'_> {
    /// Its words.
    pub(super) fn note(&self, act: Act, who: &Person) -> String {
        let settings = &self.relay.team.settings;
        note(act, &who.name, self.press.at, settings.language, settings.calendar.zone)
    }

    /// Writes it once, in the words that were recorded, by which it is known when it comes back; whether it is there.
    /// `absent_since` is when it certainly was not there, if that is known: others may have written it since.
    pub(super) async fn write(
        &self,
        actor: &Actor,
        id: &IncidentId,
        text: &str,
        absent_since: Option<Instant>,
    ) -> bool {
        if text.is_empty() {
            return false;
        }
        match write(actor, id, text, absent_since).await {
            Ok(()) => true,
            Err(error) => {
                let error = explained(&error);
                tracing::warn!(press = self.press.id, incident = %id, "there is no note in PagerDuty: {error}");
                false
            }
        }
    }
}

async fn write(
    actor: &Actor,
    id: &IncidentId,
    text: &str,
    mut absent_since: Option<Instant>,
) -> Result<(), PagerDutyError> {
    while absent_since.is_none_or(|since| since.elapsed() > SURELY_ABSENT) {
        let asked_at = Instant::now();
        if actor.has_note(id, text).await? {
            return Ok(());
        }
        absent_since = Some(asked_at);
    }
    match actor.note(id, text).await {
        // It may be there.
        Err(PagerDutyError::Lost { why }) => match actor.has_note(id, text).await {
            Ok(true) => Ok(()),
            _ => Err(PagerDutyError::Lost { why }),
        },
        written => written,
    }
}
