//! "I'm on it", handing it back, and going on with it when the shift is over.

use super::press::Button;
use super::{Doing, Ended};
use crate::domain::incident::{Details, Escalation, EventKind, Ours, Person, State};
use crate::domain::press::{Act, NothingDone};
use crate::domain::unreadable::Unreadable;
use crate::ledger::incident::KnownIncident;
use crate::ledger::{NewPress, Recorded};
use crate::pagerduty::acting::{Actor, explained};
use crate::roster::Reading;
use crate::source::own;
use tokio::time::Instant;

/// What PagerDuty says of an incident.
struct Looked<'a> {
    /// `None` for one that is over.
    escalation: Option<Escalation>,
    /// It went into another one.
    is_merged: bool,
    notes: Notes<'a>,
}

/// Whether a note is written there.
enum Notes<'a> {
    By(&'a Actor),
    /// None is wanted.
    Off,
    /// It cannot be written now.
    Missed,
}

impl Doing<'_> {
    pub(super) async fn take(&self, button: Button<'_>) -> Ended {
        let Button { act, id, channel, standing, reading, known } = button;
        let known = match known {
            Ok(known) => known,
            Err(_) if self.receives == 1 => return self.nothing(NothingDone::NotRecorded, None, None).await,
            // It may be recorded, and then everybody is to be told.
            Err(_) => return self.again(id).await,
        };
        if let Some(known) = known.as_ref().filter(|known| known.has_pressed(&self.press.id)) {
            return match self.recorded_as(known, &reading) {
                Some(who) => {
                    self.outlet.chat.learn(channel);
                    self.finish(act, known, who, None, &reading).await
                }
                None => self.again(id).await,
            };
        }
        if self.is_too_old() {
            return self.nothing(NothingDone::TooOld, None, None).await;
        }
        let who = match self.listed(&standing, &reading) {
            Ok(who) => who,
            Err(why) => return self.nothing(why, None, None).await,
        };
        let Some(before) = known else {
            return self.nothing(NothingDone::UnknownIncident, None, None).await;
        };
        self.outlet.chat.learn(channel);
        let text = self.note(act, &who);
        let looked = self.look(&before, &reading).await;
        if looked.escalation.is_none() {
            return self.over(&before, looked.is_merged).await;
        }
        // Asking may have taken long.
        if self.is_too_old() || !self.is_ours() {
            return self.nothing(NothingDone::TooOld, None, None).await;
        }
        // Kept whatever PagerDuty has said: if this process dies, the next one may write the note.
        let note = self.actor.map(|_| text.as_str());
        let new = NewPress { id: &self.press.id, act, who: &who, at: self.press.at, note, user: "", state_since: None };
        let begun = Instant::now();
        let (known, since) = match self.relay.ledger.record(id, new, self.now).await {
            Ok(Recorded::Now(known)) => (known, Some(begun)),
            Ok(Recorded::Before(known)) => (known, None),
            Ok(Recorded::Nothing(_)) => {
                let why = match act {
                    Act::Take => NothingDone::HasIt,
                    Act::Stay => NothingDone::StaysAlready,
                    _ => NothingDone::HasItNot,
                };
                return self.nothing(why, Some(id), None).await;
            }
            Ok(Recorded::Over(known)) => return self.over(&known, false).await,
            Ok(Recorded::Unknown) => return self.nothing(NothingDone::UnknownIncident, None, None).await,
            Err(_) => return self.again(id).await,
        };
        self.finish(act, &known, who, Some((looked, since)), &reading).await
    }

    /// Tells whoever has pressed that it is over, by whom and when, if that was told; or that it went into another one.
    pub(super) async fn over(&self, known: &KnownIncident, is_merged: bool) -> Ended {
        if is_merged {
            return self.nothing(NothingDone::Merged, None, None).await;
        }
        let status = known.status().filter(|status| status.state == State::Resolved);
        self.nothing(NothingDone::Over, None, status.as_ref()).await
    }

    /// Does the rest of what is recorded. `looked` is what PagerDuty has said, and since when it is recorded; `None` for what
    /// was recorded before, of which nobody knows what was done.
    async fn finish(
        &self,
        act: Act,
        known: &KnownIncident,
        who: Person,
        looked: Option<(Looked<'_>, Option<Instant>)>,
        reading: &Result<Reading, Unreadable>,
    ) -> Ended {
        let (id, user) = (&known.id, self.press.user.as_str());
        tracing::info!(press = self.press.id, user, act = act.name(), incident = %id, "recorded");
        let (Looked { escalation, notes, .. }, since) = match looked {
            Some(looked) => looked,
            None => (self.look(known, reading).await, None),
        };
        let is_noted = match notes {
            Notes::Off => true,
            Notes::Missed => false,
            Notes::By(actor) => self.write(actor, id, known.note_of(&self.press.id), since).await,
        };
        let (kind, escalation) = match act {
            Act::HandBack => (EventKind::HandedBack, None),
            Act::Stay => (EventKind::Stays, escalation),
            _ => (EventKind::Taken, escalation),
        };
        let ours = Ours { escalation, is_unnoted: !is_noted, ..Ours::default() };
        let details = Details { ours: ours.boxed(), ..Details::default() };
        let event = own::pressed(&self.press.id, kind, known.incident(), who, details, self.press.at);
        self.show(&event, Some(known)).await
    }

    /// What PagerDuty says of the incident, or where it is not asked, the ledger.
    async fn look(&self, known: &KnownIncident, reading: &Result<Reading, Unreadable>) -> Looked<'_> {
        let by_ledger = |escalation| match known.state {
            Some(State::Acknowledged) => Some(Escalation::Acknowledged),
            _ => Some(escalation),
        };
        let Some(actor) = self.actor else {
            return Looked { escalation: by_ledger(Escalation::ChatOnly), is_merged: false, notes: Notes::Off };
        };
        match actor.look(&known.id).await {
            Ok(seen) => {
                let members = reading.as_ref().ok().and_then(|reading| reading.workbook.members.as_ref());
                let is_over = seen.state == State::Resolved;
                let ignored = &self.relay.team.settings.policy.ignored;
                let escalation = (!is_over).then(|| seen.escalation(members, ignored));
                let notes = if seen.is_ours { Notes::By(actor) } else { Notes::Off };
                Looked { escalation, is_merged: seen.is_merged, notes }
            }
            Err(error) => {
                let error = explained(&error);
                tracing::warn!(press = self.press.id, incident = %known.id, "PagerDuty was not asked: {error}");
                Looked { escalation: by_ledger(Escalation::NoAnswer), is_merged: false, notes: Notes::Missed }
            }
        }
    }
}
