//! One event from arrival to posted: look up who is on call, decide, word, hand it to the courier.

use crate::chat::Chat;
use crate::chat::delivery::{Address, Pace};
use crate::courier::{Courier, Errand, Letter, Outcome, Receipt, Writer};
use crate::domain::calendar::Calendar;
use crate::domain::incident::{Illegible, IncidentEvent, Status};
use crate::domain::message::event::{Context, explanation, message};
use crate::domain::message::{Language, Notice, digest, status};
use crate::domain::policy::{Decision, Duty, Mention, Policy};
use crate::domain::rotation::Coverage;
use crate::domain::runbook::matching;
use crate::domain::unreadable::Unreadable;
use crate::ledger::Told;
use crate::ledger::incident::KnownIncident;
use crate::roster::{LIMIT, Reading, Roster};
use crate::source::given_up;
use crate::thread::Restatement;
use chrono::{DateTime, Utc};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::time::Instant;

/// How the team wants it: hours, rules, language.
#[derive(Debug, Clone)]
pub struct Office {
    /// When people are at work, the company's own holidays aside.
    pub calendar: Calendar,
    /// Who is mentioned.
    pub policy: Policy,
    /// In which language.
    pub language: Language,
}

/// Everything that a delivery needs.
#[derive(Debug)]
pub struct Relay {
    /// How the team wants it.
    pub office: Office,
    /// Who is on call.
    pub roster: Roster,
    /// Who brings it to the chats.
    pub courier: Courier,
}

/// To which chats an event goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// To all that are configured; one is enough.
    Everyone,
    /// To this one.
    One(Address),
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    /// A chat has it, now or before.
    Taken,
    /// No chat has it. The sender has to bring it again.
    NotTaken,
}

/// Why a message mentions whom it mentions.
#[derive(Debug, Clone)]
pub struct Because {
    /// The decision.
    pub decision: Decision,
    /// The same in words.
    pub words: String,
}

impl Relay {
    /// Reads the rotation before the first event is asked for, so that the first alert does not wait for it. Without an
    /// answer the first alert asks again; nothing is left running.
    pub async fn warm(&self, now: DateTime<Utc>) {
        self.roster.read(&self.courier.ledger, Instant::now() + LIMIT, now).await.ok();
    }

    /// Delivers one event. `deadline` is when an answer is of no use any more.
    pub async fn deliver(
        &self,
        mut event: IncidentEvent,
        to: To,
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> (Delivered, Pace) {
        let known = self.courier.ledger.introduce(&mut event, now).await;
        let errand = Errand { incident: known.as_ref(), ..errand_of(&event, deadline, now) };
        let status = known.as_ref().and_then(KnownIncident::status);
        let report = Report { relay: self, event: &event, status, deadline, now };
        let brought = match to {
            To::Everyone => self.courier.bring(errand, &report).await,
            To::One(address) => self.courier.bring_to(address, errand, &report).await,
        };
        let delivered = match brought.outcome {
            Outcome::Posted(receipts) => {
                let is_quiet = |receipt: &Receipt<Because>| receipt.because.decision.mention == Mention::Nobody;
                let told = if receipts.iter().all(is_quiet) { Told::Nobody } else { Told::Somebody };
                self.courier.ledger.record(&event, told, now).await;
                receipts.iter().for_each(|receipt| log(&event, receipt));
                Delivered::Taken
            }
            Outcome::Repeat => Delivered::Taken,
            Outcome::NotTaken => Delivered::NotTaken,
        };
        (delivered, brought.pace)
    }

    /// Delivers several new incidents to one chat as one message with all their tags and one mention, because the chat
    /// takes no more. The answers are in the order of the events.
    pub async fn deliver_digest(
        &self,
        mut events: Vec<IncidentEvent>,
        address: Address,
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> Vec<Delivered> {
        let ledger = &self.courier.ledger;
        for event in &mut events {
            ledger.introduce(event, now).await;
        }
        let errands: Vec<_> = events.iter().map(|event| errand_of(event, deadline, now)).collect();
        let write = |numbers: Vec<usize>| Digest {
            relay: self,
            events: numbers.into_iter().map(|number| &events[number]).collect(),
            deadline,
            now,
        };
        let outcomes = self.courier.bring_digest(address, &errands, write).await;
        let mut delivered = Vec::new();
        for (event, outcome) in events.iter().zip(outcomes) {
            delivered.push(match outcome {
                Outcome::Posted(receipts) => {
                    for Receipt { chat, because: told, .. } in receipts {
                        ledger.record(event, told, now).await;
                        let incident = event.incident.number.map(|number| number.0);
                        tracing::info!(event = %event.key, incident, chat, "posted in a digest");
                    }
                    Delivered::Taken
                }
                Outcome::Repeat => Delivered::Taken,
                Outcome::NotTaken => Delivered::NotTaken,
            });
        }
        delivered
    }
}

fn errand_of(event: &IncidentEvent, deadline: Instant, now: DateTime<Utc>) -> Errand<'_> {
    Errand { key: &event.key, what: event.kind.name(), incident: None, deadline, now }
}

/// Several new incidents in one message.
struct Digest<'a> {
    relay: &'a Relay,
    events: Vec<&'a IncidentEvent>,
    deadline: Instant,
    now: DateTime<Utc>,
}

impl Writer for Digest<'_> {
    type Because = Told;

    async fn write(&self, chat: &Chat, notice: Option<Notice>) -> Letter<Told> {
        let Relay { office, roster, courier } = self.relay;
        let reading = roster.read(&courier.ledger, self.deadline, self.now).await;
        let decisions: Vec<_> =
            self.events.iter().map(|event| office.decide(event, chat, &reading, self.now)).collect();
        let all = self.events.iter().copied().zip(&decisions).collect::<Vec<_>>();
        let message = digest::message(&all, office.language, notice);
        let told = if message.to.is_none() { Told::Nobody } else { Told::Somebody };
        Letter { draft: chat.write(&message), because: told }
    }
}

/// The message of an event, to be worded for each chat with the rotation as it is then.
struct Report<'a> {
    relay: &'a Relay,
    event: &'a IncidentEvent,
    status: Option<Status>,
    deadline: Instant,
    now: DateTime<Utc>,
}

impl Writer for Report<'_> {
    type Because = Because;

    async fn write(&self, chat: &Chat, notice: Option<Notice>) -> Letter<Because> {
        let Relay { office, roster, courier } = self.relay;
        let reading = roster.read(&courier.ledger, self.deadline, self.now).await;
        let status = self.status.as_ref();
        worded_or_given_up(self.event, |event| office.word(event, chat, &reading, notice, status, self.now))
    }
    fn restatement(&self) -> Option<Restatement> {
        let status = self.status.as_ref().filter(|_| self.event.kind.changes_status())?;
        let Office { calendar, policy, language } = &self.relay.office;
        let now = self.now.with_timezone(&calendar.zone);
        Some(Restatement {
            headline: status::headline(status, *language),
            status: status::line(status, &policy.ignored, *language, &now),
        })
    }
}

impl Office {
    /// Decides, for one chat.
    pub fn decide(
        &self,
        event: &IncidentEvent,
        chat: &Chat,
        reading: &Result<Reading, Unreadable>,
        now: DateTime<Utc>,
    ) -> Decision {
        let (calendar, duty) = match reading {
            Ok(Reading { workbook, .. }) => {
                let calendar = self.calendar.with_company_holidays(workbook.holidays.clone());
                let coverage = workbook.coverage(calendar.date(now), chat.platform());
                let real: Vec<_> = self.policy.ignored.real(&event.incident.assignees).cloned().collect();
                (calendar, Duty { coverage, went_to: workbook.known(&real, chat.platform()) })
            }
            Err(why) => {
                let duty = Duty { coverage: Coverage::Unknown { why: why.clone() }, went_to: Vec::new() };
                (self.calendar.clone(), duty)
            }
        };
        self.policy.decide(event, &duty, &calendar, now)
    }

    /// Decides and words, for one chat.
    pub fn word(
        &self,
        event: &IncidentEvent,
        chat: &Chat,
        reading: &Result<Reading, Unreadable>,
        notice: Option<Notice>,
        status: Option<&Status>,
        now: DateTime<Utc>,
    ) -> Letter<Because> {
        let decision = self.decide(event, chat, reading, now);
        let reading = reading.as_ref().ok();
        let read_at = reading.map(|reading| reading.read_at);
        let context = Context {
            language: self.language,
            ignored: &self.policy.ignored,
            runbook: reading.and_then(|reading| matching(&reading.workbook.runbooks, &event.incident)),
            rotation_read_at: read_at,
            notice,
            status,
        };
        let draft = chat.write(&message(event, &decision, context));
        let words = explanation(&decision, read_at, self.language).plain();
        Letter { draft, because: Because { decision, words } }
    }
}

/// Words an event; if that panics, words instead that it could not be read.
fn worded_or_given_up<T>(event: &IncidentEvent, word: impl Fn(&IncidentEvent) -> T) -> T {
    caught(|| word(event)).unwrap_or_else(|| word(&given_up(event, Illegible::Panicked)))
}

/// What the code does with foreign input, with a panic caught: `None` then. The panic hook has logged where.
pub fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    // Nothing that the closures share is changed by them, so nothing can be left half done.
    catch_unwind(AssertUnwindSafe(work)).ok()
}

fn log(event: &IncidentEvent, receipt: &Receipt<Because>) {
    let Because { decision, words } = &receipt.because;
    tracing::info!(
        event = %event.key,
        kind = event.kind.name(),
        incident = event.incident.number.map(|number| number.0),
        chat = receipt.chat,
        mention = decision.mention.name(),
        rule = decision.reason.rule.name(),
        row = decision.reason.row.as_ref().map(tracing::field::display),
        late_seconds = decision.reason.delay().num_seconds(),
        why = words,
        "posted"
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incident::{EventKey, EventKind, Incident};
    use crate::domain::text::Foreign;

    #[test]
    fn a_panic_while_wording_becomes_the_plain_line() {
        let event = IncidentEvent {
            key: EventKey("01G".into()),
            kind: EventKind::Triggered,
            occurred_at: DateTime::UNIX_EPOCH,
            agent: None,
            incident: Incident { title: Foreign::line("title"), ..Incident::default() },
            details: Default::default(),
            unreadable: None,
        };
        let word = |event: &IncidentEvent| match &event.unreadable {
            None => panic!("a fault of the code"),
            Some(unreadable) => (unreadable.clone(), event.kind.clone(), event.incident.title.clone()),
        };
        let (unreadable, kind, title) = worded_or_given_up(&event, word);
        assert_eq!((unreadable.delivery.as_str(), unreadable.why), ("01G", Illegible::Panicked));
        assert_eq!(
            (kind, title),
            (EventKind::Triggered, None),
            "it still mentions, and says nothing of what made it panic"
        );
    }
}
