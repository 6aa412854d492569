//! "I'm on it", and handing it back.

use super::{Doing, Ended, READING};
use crate::chat::ChatError;
use crate::domain::incident::{Escalation, EventKind, IncidentId, Person, State};
use crate::domain::message::answer::note;
use crate::domain::press::{Act, Channel, NothingDone};
use crate::domain::text::Foreign;
use crate::domain::unreadable::Unreadable;
use crate::ledger::incident::KnownIncident;
use crate::ledger::{NewPress, Recorded};
use crate::pagerduty::PagerDutyError;
use crate::pagerduty::acting::{Actor, explained};
use crate::queue::QueueMessage;
use crate::relay::thread;
use crate::roster::Reading;
use crate::source::{Content, press};
use std::time::Duration;
use tokio::time::Instant;

/// The most that the first message may take to be brought up to date.
const SHOWING: Duration = Duration::from_secs(3);

/// For so long nobody else has the press: the queue hands it over again after a minute, and a call takes a few seconds.
const SURELY_ABSENT: Duration = Duration::from_secs(20);

/// What PagerDuty says of an incident.
struct Looked<'a> {
    /// `None` for one that is over.
    escalation: Option<Escalation>,
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
    pub(super) async fn press(&self, act: Act, id: &IncidentId, channel: &Channel) -> Ended {
        let relay = self.relay;
        if self.is_too_old() && self.receives == 1 {
            return self.nothing(NothingDone::TooOld, None, None).await;
        }
        if !self.outlet.chat.is_in(channel) {
            return self.nothing(NothingDone::OtherChannel, None, None).await;
        }
        let reading = relay.read(Instant::now() + READING, self.now);
        let (standing, reading, known) = tokio::join!(self.standing(), reading, relay.ledger.incident(id));
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
        let who = match self.listed(standing, &reading).await {
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
            // By whom and when, if that was told.
            let status = before.status().filter(|status| status.state == State::Resolved);
            return self.nothing(NothingDone::Over, None, status.as_ref()).await;
        }
        // Asking may have taken long.
        if self.is_too_old() || !self.is_ours() {
            return self.nothing(NothingDone::TooOld, None, None).await;
        }
        // Kept whatever PagerDuty has said: if this process dies, the next one may write the note.
        let note = self.actor.map(|_| text.as_str());
        let new = NewPress { id: &self.press.id, act, who: &who, at: self.press.at, note };
        let begun = Instant::now();
        let (known, since) = match relay.ledger.record(id, new, self.now).await {
            Ok(Recorded::Now(known)) => (known, Some(begun)),
            Ok(Recorded::Before(known)) => (known, None),
            Ok(Recorded::Nothing(_)) => {
                let why = if act == Act::Take { NothingDone::HasIt } else { NothingDone::HasItNot };
                return self.nothing(why, Some(id), None).await;
            }
            Ok(Recorded::Over(known)) => {
                return self.nothing(NothingDone::Over, None, known.status().as_ref()).await;
            }
            Ok(Recorded::Unknown) => return self.nothing(NothingDone::UnknownIncident, None, None).await,
            Err(_) => return self.again(id).await,
        };
        self.finish(act, &known, who, Some((looked, since)), &reading).await
    }

    /// Who has pressed what is recorded, whether or not they may press any more. `None` if nobody says what they are called.
    fn recorded_as(&self, known: &KnownIncident, reading: &Result<Reading, Unreadable>) -> Option<Person> {
        let id = self.press.user.as_str();
        let taker = known.takers.iter().find(|taker| taker.who.id == id);
        taker.map(|taker| taker.who.clone()).or_else(|| {
            let name = self.member(reading.as_ref().ok()?).or_else(|| Foreign::line(id))?;
            Some(Person { id: id.to_owned(), name })
        })
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
        let (Looked { escalation, notes }, since) = match looked {
            Some(looked) => looked,
            None => (self.look(known, reading).await, None),
        };
        let is_noted = match notes {
            Notes::Off => true,
            Notes::Missed => false,
            // In the words that were recorded, by which it is known when it comes back.
            Notes::By(_) if known.note_of(&self.press.id).is_empty() => false,
            Notes::By(actor) => match write(actor, id, known.note_of(&self.press.id), since).await {
                Ok(()) => true,
                Err(error) => {
                    let error = explained(&error);
                    tracing::warn!(press = self.press.id, incident = %id, "there is no note in PagerDuty: {error}");
                    false
                }
            },
        };
        self.show(act, known, who, escalation, is_noted).await
    }

    /// What PagerDuty says of the incident, or where it is not asked, the ledger.
    async fn look(&self, known: &KnownIncident, reading: &Result<Reading, Unreadable>) -> Looked<'_> {
        let by_ledger = |escalation| match known.state {
            Some(State::Acknowledged) => Some(Escalation::Acknowledged),
            _ => Some(escalation),
        };
        let Some(actor) = self.actor else {
            return Looked { escalation: by_ledger(Escalation::ChatOnly), notes: Notes::Off };
        };
        match actor.look(&known.id).await {
            Ok(seen) => {
                let members = reading.as_ref().ok().and_then(|reading| reading.workbook.members.as_ref());
                let is_over = seen.state == State::Resolved;
                let escalation = (!is_over).then(|| self.escalation(&seen, members));
                Looked { escalation, notes: if seen.is_ours { Notes::By(actor) } else { Notes::Off } }
            }
            Err(error) => {
                let error = explained(&error);
                tracing::warn!(press = self.press.id, incident = %known.id, "PagerDuty was not asked: {error}");
                Looked { escalation: by_ledger(Escalation::NoAnswer), notes: Notes::Missed }
            }
        }
    }

    /// What is noted in PagerDuty.
    fn note(&self, act: Act, who: &Person) -> String {
        let settings = &self.relay.team.settings;
        note(act, &who.name, self.press.at, settings.language, settings.calendar.zone)
    }

    /// Tells everybody: the first message at once, and a line in the thread in its turn, on every chat.
    async fn show(
        &self,
        act: Act,
        known: &KnownIncident,
        who: Person,
        escalation: Option<Escalation>,
        is_noted: bool,
    ) -> Ended {
        let (relay, now) = (self.relay, self.now);
        let (kind, escalation) = match act {
            Act::Take => (EventKind::Taken, escalation),
            Act::HandBack => (EventKind::HandedBack, None),
        };
        let mut event = press::event(&self.press.id, kind, known.id.clone(), who, escalation, self.press.at);
        event.details.is_unnoted = !is_noted;
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

/// Writes a note once. `absent_since` is when it certainly was not there, if that is known: others may have written it since.
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
