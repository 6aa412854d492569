//! "I'm on it", and handing it back.

use super::{Doing, Ended};
use crate::chat::ChatError;
use crate::domain::incident::{Escalation, EventKind, IncidentId, Person, State, Urgency};
use crate::domain::member::Members;
use crate::domain::message::answer::{NothingDone, note};
use crate::domain::press::{Act, Channel};
use crate::ledger::incident::KnownIncident;
use crate::ledger::{NewPress, Recorded};
use crate::pagerduty::PagerDutyError;
use crate::pagerduty::acting::{Actor, Seen};
use crate::queue::QueueMessage;
use crate::relay::thread;
use crate::source::{Content, press};
use std::time::Duration;
use tokio::time::Instant;

/// The most that reading the rotation may take.
const READING: Duration = Duration::from_secs(3);
/// The most that the first message may take to be brought up to date.
const SHOWING: Duration = Duration::from_secs(3);

/// What is written in PagerDuty, and by whom.
struct Note<'a> {
    actor: &'a Actor,
    text: String,
}

impl Doing<'_> {
    pub(super) async fn press(&self, act: Act, id: &IncidentId, channel: &Channel) -> Ended {
        let relay = self.relay;
        if self.press.is_too_old(self.now) && !self.has_begun(id).await {
            return self.nothing(NothingDone::TooOld, None, None).await;
        }
        if !self.outlet.chat.is_in(channel) {
            return self.nothing(NothingDone::OtherChannel, None, None).await;
        }
        let reading = relay.read(Instant::now() + READING, self.now);
        let (standing, reading, known) = tokio::join!(self.standing(), reading, relay.ledger.incident(id));
        let who = match self.listed(standing, &reading).await {
            Ok(who) => who,
            Err(why) => return self.nothing(why, None, None).await,
        };
        let known = match known {
            Ok(Some(known)) => {
                self.outlet.chat.learn(channel);
                known
            }
            Ok(None) => return self.nothing(NothingDone::UnknownIncident, None, None).await,
            Err(_) => return self.nothing(NothingDone::NotRecorded, None, None).await,
        };
        let members = reading.as_ref().ok().and_then(|reading| reading.workbook.members.as_ref());
        let (seen, note) = match self.look(id, act, &who, members).await {
            Ok(found) => found,
            Err(why) => {
                // The ledger may not know yet that it is over, and by whom.
                let status = known.status().filter(|status| status.state == State::Resolved);
                return self.nothing(why, None, status.as_ref()).await;
            }
        };
        let new = NewPress {
            id: &self.press.id,
            act,
            who: &who,
            at: self.press.at,
            note: note.as_ref().map(|note| note.text.as_str()),
        };
        let (known, is_new) = match relay.ledger.record(id, new, self.now).await {
            Ok(Recorded::Now(known)) => (known, true),
            Ok(Recorded::Before(known)) => (known, false),
            Ok(Recorded::Nothing(_)) => {
                let why = if act == Act::Take { NothingDone::HasIt } else { NothingDone::HasItNot };
                return self.nothing(why, Some(id), None).await;
            }
            Ok(Recorded::Over(known)) => {
                return self.nothing(NothingDone::Over, None, known.status().as_ref()).await;
            }
            Ok(Recorded::Unknown) => return self.nothing(NothingDone::UnknownIncident, None, None).await,
            Err(_) => return self.nothing(NothingDone::NotRecorded, None, None).await,
        };
        let user = self.press.user.as_str();
        tracing::info!(press = self.press.id, user, act = act.name(), incident = %id, "recorded");
        let escalation = match &note {
            Some(note) if let Err(error) = write(id, note, is_new).await => {
                tracing::warn!(press = self.press.id, incident = %id, "there is no note in PagerDuty: {error}");
                Escalation::NoNote
            }
            _ => seen,
        };
        self.show(act, &known, who, escalation).await
    }

    /// Whether it was recorded before, and only the rest is left to do.
    async fn has_begun(&self, id: &IncidentId) -> bool {
        let known = self.relay.ledger.incident(id).await;
        known.is_ok_and(|known| known.is_some_and(|known| known.has_pressed(&self.press.id)))
    }

    /// What PagerDuty says of the incident, and what to note there.
    async fn look(
        &self,
        id: &IncidentId,
        act: Act,
        who: &Person,
        members: Option<&Members>,
    ) -> Result<(Escalation, Option<Note<'_>>), NothingDone> {
        let Some(actor) = self.actor else { return Ok((Escalation::ChatOnly, None)) };
        let seen = match actor.look(id).await {
            Ok(Some(seen)) => seen,
            Ok(None) => return Ok((Escalation::ChatOnly, None)),
            Err(error) => {
                tracing::warn!(press = self.press.id, incident = %id, "PagerDuty was not asked: {error}");
                return Ok((Escalation::NoAnswer, None));
            }
        };
        if seen.state == State::Resolved {
            return Err(NothingDone::Over);
        }
        let settings = &self.relay.team.settings;
        let text = note(act, &who.name, self.press.at, settings.language, settings.calendar.zone);
        Ok((self.escalation(&seen, members), Some(Note { actor, text })))
    }

    fn escalation(&self, seen: &Seen, members: Option<&Members>) -> Escalation {
        let ignored = &self.relay.team.settings.policy.ignored;
        // A developer with an account, who has acknowledged it there, is not SRE.
        let is_listed = |person: &Person| members.is_some_and(|members| members.by_pagerduty(person).is_some());
        if ignored.real(&seen.assignees.first).any(|person| !is_listed(person)) {
            Escalation::Reached
        } else if seen.state == State::Acknowledged {
            Escalation::Acknowledged
        } else if let Some(at) = seen.escalates_at {
            Escalation::At(at)
        } else if seen.is_assigned_directly {
            Escalation::Direct
        } else if seen.urgency == Some(Urgency::Low) {
            Escalation::Never
        } else {
            Escalation::AsSet
        }
    }

    /// Tells everybody: the first message at once, and a line in the thread in its turn, on every chat.
    async fn show(&self, act: Act, known: &KnownIncident, who: Person, escalation: Escalation) -> Ended {
        let (relay, now) = (self.relay, self.now);
        let (kind, escalation) = match act {
            Act::Take => (EventKind::Taken, Some(escalation)),
            Act::HandBack => (EventKind::HandedBack, None),
        };
        let event = press::event(&self.press.id, kind, known.id.clone(), who, escalation, self.press.at);
        let body = press::body(&event).expect("somebody has pressed it");
        let message = |destination: &_| QueueMessage {
            origin: event.origin,
            key: event.key.clone(),
            order: known.id.to_string(),
            destination: *destination,
            arrived_at: now,
            delivery: None,
            content: Content::Body { body: body.clone(), nth: 0 },
        };
        let messages: Vec<_> = relay.team.alerts.destinations().iter().map(message).collect();
        let shown = async {
            let Some(update) = relay.status_update(known, now) else { return Ok(()) };
            thread::refresh(&relay.ledger, known, self.outlet, &update, Instant::now() + SHOWING).await
        };
        let (put, shown) = tokio::join!(self.queues.put(&[], &messages), shown);
        if let Err(error) = &shown {
            tracing::warn!(press = self.press.id, incident = %known.id, "the first message is not up to date: {error}");
            // Where it is gone, the line in its turn begins another thread.
            if !matches!(error, ChatError::Gone { .. }) {
                self.tell(NothingDone::NotShown, None, None).await;
            }
        }
        match put {
            Ok(()) => Ended::Done,
            Err(error) => {
                tracing::error!(press = self.press.id, incident = %known.id, queue_failed = true, "{error}");
                Ended::Again
            }
        }
    }
}

/// Writes a note, unless it may have been written before and was.
async fn write(id: &IncidentId, note: &Note<'_>, is_new: bool) -> Result<(), PagerDutyError> {
    if !is_new && note.actor.has_note(id, &note.text).await? {
        return Ok(());
    }
    match note.actor.note(id, &note.text).await {
        // It may be there.
        Err(PagerDutyError::Lost { why }) => match note.actor.has_note(id, &note.text).await {
            Ok(true) => Ok(()),
            _ => Err(PagerDutyError::Lost { why }),
        },
        written => written,
    }
}
