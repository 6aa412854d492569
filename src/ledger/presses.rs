//! What people press about an incident: recorded before anything is done, so that nothing is done twice.

use super::incident::{Call, Doer, KnownIncident, Resolution};
use super::incidents::puts;
use super::{Ledger, NoAnswer, answered};
use crate::domain::few::Few;
use crate::domain::incident::{IncidentEvent, IncidentId, Person, SHIFT, State, Taker};
use crate::domain::press::{Act, Obstacle};
use crate::domain::text::Foreign;
use crate::store::{Down, Written};
use chrono::{DateTime, Utc};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// So many people can be on one incident; what more press is refused by none, but the oldest is not shown any more.
const MOST_TAKERS: usize = 10;
/// Of so many presses of an incident it is known that they were done.
const MOST_PRESSES: usize = 20;
/// What is not recorded within this is not recorded: a call of the table takes a second at most.
const RECORDING: Duration = Duration::from_secs(5);
/// How often the row is read again and written, while others change the same incident.
const TRIES: u32 = 5;
/// How long to wait before the second of them; longer before each further one.
const BACK_OFF: Duration = Duration::from_millis(20);

/// A press that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pressed {
    pub at: DateTime<Utc>,
    /// The words of the note about it in PagerDuty; empty if there is none.
    pub note: String,
}

/// What somebody asks to be recorded.
#[derive(Debug)]
pub struct NewPress<'a> {
    pub id: &'a str,
    pub act: Act,
    pub who: &'a Person,
    pub at: DateTime<Utc>,
    /// What will be noted in PagerDuty.
    pub note: Option<&'a str>,
    /// The id of the user as whom it is done there; empty if that is not known.
    pub user: &'a str,
    /// Since when the incident has the state that PagerDuty told before the press was recorded.
    pub state_since: Option<DateTime<Utc>>,
}

/// What PagerDuty has done for a press.
#[derive(Debug, Clone)]
pub enum Done {
    /// It notifies these people, or does not.
    Called(Result<Few<Person>, Obstacle>),
    /// It is resolved since then.
    Resolved(DateTime<Utc>),
}

/// How a press was recorded, and the incident as it is then.
#[derive(Debug)]
pub enum Recorded {
    Now(Box<KnownIncident>),
    /// It is this very press that was recorded before; what follows may not have been done.
    Before(Box<KnownIncident>),
    /// Whoever takes it has it already, or whoever hands it back does not have it.
    Nothing(Box<KnownIncident>),
    Over(Box<KnownIncident>),
    /// Nothing is known of such an incident.
    Unknown,
}

impl Ledger {
    /// Records that somebody is on an incident, or is not any more.
    pub async fn record(&self, id: &IncidentId, press: NewPress<'_>, now: DateTime<Utc>) -> Result<Recorded, NoAnswer> {
        answered(self.store.limited(self.try_record(id, &press, now)).await).ok_or(NoAnswer)
    }

    async fn try_record(&self, id: &IncidentId, press: &NewPress<'_>, now: DateTime<Utc>) -> Result<Recorded, Down> {
        let begun = Instant::now();
        for round in 0..TRIES {
            if round > 0 {
                sleep(BACK_OFF * round).await;
            }
            let (known, seen) = self.read_incident(id).await?;
            let Some(mut known) = known.map(Box::new) else { return Ok(Recorded::Unknown) };
            if known.has_pressed(press.id) {
                return Ok(Recorded::Before(known));
            }
            // What is done in PagerDuty is up to what that has said.
            let is_done_there = matches!(press.act, Act::CallSre | Act::Resolve);
            if known.state == Some(State::Resolved) && !is_done_there {
                return Ok(Recorded::Over(known));
            }
            if known.has_done(press) {
                return Ok(Recorded::Nothing(known));
            }
            // A process that was frozen meanwhile does not have the press any more.
            if begun.elapsed() > RECORDING {
                return Err(Down::for_now("it took too long"));
            }
            known.press(press);
            if let Written::Done = self.store.put_all(puts(&known, &seen, now)).await? {
                return Ok(Recorded::Now(known));
            }
        }
        Err(Down::for_now("others kept changing the same incident"))
    }

    /// Keeps what PagerDuty has done for a press that was recorded before; the incident as it is then.
    pub async fn keep_done(
        &self,
        id: &IncidentId,
        press: &str,
        done: &Done,
        now: DateTime<Utc>,
    ) -> Result<Box<KnownIncident>, NoAnswer> {
        let keep = async {
            for round in 0..TRIES {
                if round > 0 {
                    sleep(BACK_OFF * round).await;
                }
                let (known, seen) = self.read_incident(id).await?;
                let Some(mut known) = known.map(Box::new) else { break };
                known.keep_done(press, done);
                if let Written::Done = self.store.put_all(puts(&known, &seen, now)).await? {
                    return Ok(known);
                }
            }
            Err(Down::for_now("others kept changing the same incident"))
        };
        answered(self.store.limited(keep).await).ok_or(NoAnswer)
    }
}

impl KnownIncident {
    pub fn is_taken_by(&self, who: &Person) -> bool {
        self.takers.iter().any(|taker| taker.who.is(who))
    }

    /// Whether it is recorded that this was pressed.
    pub fn has_pressed(&self, press: &str) -> bool {
        self.presses.contains_key(press)
    }

    /// The words of the note about a press; empty if there is none.
    pub fn note_of(&self, press: &str) -> &str {
        self.presses.get(press).map_or("", |pressed| &pressed.note)
    }

    /// Whether it is so already. SRE may be called again, and what was resolved is over.
    fn has_done(&self, press: &NewPress<'_>) -> bool {
        match press.act {
            Act::Take => self.is_taken_by(press.who),
            Act::HandBack => !self.is_taken_by(press.who),
            // Of this shift: an incident may be open for several.
            Act::Stay => self.stays.iter().any(|one| one.who.is(press.who) && press.at - one.since < SHIFT),
            Act::CallSre | Act::Resolve => false,
        }
    }

    fn press(&mut self, press: &NewPress<'_>) {
        let NewPress { id, who, at, user, state_since, .. } = *press;
        let doer = || Doer { press: id.to_owned(), who: who.clone(), at, user: user.to_owned() };
        match press.act {
            Act::Take => join(&mut self.takers, who, at),
            Act::HandBack => {
                self.takers.retain(|taker| !taker.who.is(who));
                self.stays.retain(|one| !one.who.is(who));
            }
            Act::Stay => {
                self.stays.retain(|one| at - one.since < SHIFT);
                join(&mut self.stays, who, at);
                if !self.is_taken_by(who) {
                    join(&mut self.takers, who, at);
                }
            }
            Act::CallSre => self.call = Some(Call { doer: doer(), outcome: None, is_over: false }),
            Act::Resolve => self.resolution = Some(Resolution { doer: doer(), state_since }),
        }
        let note = press.note.map(words).unwrap_or_default();
        self.presses.insert(press.id.to_owned(), Pressed { at: press.at, note });
        while self.presses.len() > MOST_PRESSES {
            let oldest = self.presses.iter().min_by_key(|(_, pressed)| pressed.at).map(|(id, _)| id.clone());
            oldest.and_then(|id| self.presses.remove(&id));
        }
    }

    fn keep_done(&mut self, press: &str, done: &Done) {
        match done {
            Done::Called(outcome) => {
                let Some(call) = self.call.as_mut().filter(|call| call.doer.press == press) else { return };
                let is_new = call.outcome.is_none();
                call.outcome = Some(outcome.clone());
                // Until PagerDuty reports it, which also says how it stands.
                if let (true, Ok(people), Some(State::Triggered)) = (is_new, outcome, self.state) {
                    self.holders = people.clone();
                }
            }
            Done::Resolved(at) => {
                let Some(resolution) = self.resolution.as_ref().filter(|one| one.doer.press == press) else { return };
                if *at >= self.changed_at {
                    (self.state, self.changed_at) = (Some(State::Resolved), *at);
                    self.holders = vec![resolution.doer.who.clone()].into();
                }
            }
        }
    }

    /// Whether a note is one that we have written for somebody who has pressed something.
    pub(super) fn is_own_note(&self, event: &IncidentEvent) -> bool {
        if self.presses.is_empty() {
            return false;
        }
        let text = event.details.quote.iter().map(Foreign::as_str).collect::<Vec<_>>().join(" ");
        let note = words(&text);
        if note.is_empty() {
            return false;
        }
        self.presses.values().any(|pressed| pressed.note == note)
    }
}

/// Adds somebody as the last one, once.
fn join(people: &mut Vec<Taker>, who: &Person, since: DateTime<Utc>) {
    people.retain(|one| !one.who.is(who));
    people.push(Taker { who: who.clone(), since });
    let more = people.len().saturating_sub(MOST_TAKERS);
    people.drain(..more);
}

/// Of a note, however its lines and spaces came back.
fn words(note: &str) -> String {
    note.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
