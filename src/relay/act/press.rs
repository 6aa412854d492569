//! A button: what is asked before any of them does anything.

use super::{Doing, Ended, Presser, READING};
use crate::domain::incident::{IncidentId, Person};
use crate::domain::press::{Act, Channel, NothingDone};
use crate::domain::text::Foreign;
use crate::domain::unreadable::Unreadable;
use crate::ledger::NoAnswer;
use crate::ledger::incident::KnownIncident;
use crate::roster::Reading;
use tokio::time::Instant;

/// A button that was pressed, and what is known of whoever did and of the incident.
pub(super) struct Button<'a> {
    pub act: Act,
    pub id: &'a IncidentId,
    pub channel: &'a Channel,
    pub standing: Presser,
    pub reading: Result<Reading, Unreadable>,
    pub known: Result<Option<KnownIncident>, NoAnswer>,
}

impl Doing<'_> {
    pub(super) async fn press(&self, act: Act, id: &IncidentId, channel: &Channel) -> Ended {
        if self.is_too_old() && self.receives == 1 {
            return self.nothing(NothingDone::TooOld, None, None).await;
        }
        if !self.outlet.chat.is_in(channel) {
            return self.nothing(NothingDone::OtherChannel, None, None).await;
        }
        let reading = self.relay.read(Instant::now() + READING, self.now);
        let (standing, reading, known) = tokio::join!(self.standing(), reading, self.relay.ledger.incident(id));
        let button = Button { act, id, channel, standing, reading, known };
        match act {
            Act::Take | Act::HandBack | Act::Stay => self.take(button).await,
            // Boxed, as they are rare.
            Act::CallSre => Box::pin(self.call_sre(button)).await,
            Act::Resolve => Box::pin(self.resolve(button)).await,
        }
    }

    /// Who has pressed what is recorded, whether or not they may press any more. `None` if nobody says what they are called.
    pub(super) fn recorded_as(&self, known: &KnownIncident, reading: &Result<Reading, Unreadable>) -> Option<Person> {
        let id = self.press.user.as_str();
        let doers = [known.call.as_ref().map(|call| &call.doer), known.resolution.as_ref().map(|one| &one.doer)];
        let doers = doers.into_iter().flatten().filter(|doer| doer.press == self.press.id).map(|doer| &doer.who);
        let takers = known.takers.iter().chain(&known.stays).map(|taker| &taker.who).filter(|who| who.id == id);
        doers.chain(takers).next().cloned().or_else(|| {
            let name = self.member(reading.as_ref().ok()?).or_else(|| Foreign::line(id))?;
            Some(Person { id: id.to_owned(), name })
        })
    }
}
