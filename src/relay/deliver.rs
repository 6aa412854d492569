//! One event from arrival to posted: look up who is on call, decide, word, hand it to the courier.

use crate::chat::Chat;
use crate::chat::delivery::{Destination, Pace};
use crate::domain::incident::{Illegible, IncidentEvent, Origin, Status};
use crate::domain::message::{Notice, digest, status};
use crate::domain::policy::{Decision, Mention};
use crate::ledger::Told;
use crate::ledger::incident::{KnownIncident, Milestone, ReportedBy};
use crate::relay::notifier::{Accepted, Notification, Notifier, Outcome, Worded, Writer};
use crate::relay::team::Team;
use crate::relay::thread::StatusUpdate;
use crate::roster::{LIMIT, Roster};
use crate::source::given_up;
use chrono::{DateTime, Utc};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::time::Instant;

/// Everything that a delivery needs.
#[derive(Debug)]
pub struct Relay {
    /// How the team wants it.
    pub team: Team,
    /// Who is on call.
    pub roster: Roster,
    /// Who brings it to the chats.
    pub notifier: Notifier,
    /// Whether there is a watchdog. Only then is it kept in mind which of the two has told what an incident has come to.
    pub has_watchdog: bool,
}

/// To which chats an event goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// To all that are configured; one is enough.
    Everyone,
    /// To this one.
    One(Destination),
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    /// A chat has it, now or before.
    Taken,
    /// No chat has it. The sender has to bring it again.
    NotTaken,
}

impl Relay {
    /// Reads the rotation before the first event is asked for, so that the first alert does not wait for it. Without an
    /// answer the first alert asks again; nothing is left running.
    pub async fn warm(&self, now: DateTime<Utc>) {
        self.roster.read(&self.notifier.ledger, Instant::now() + LIMIT, now).await.ok();
    }

    /// Delivers one event. `deadline` is when an answer is of no use any more.
    pub async fn deliver(
        &self,
        mut event: IncidentEvent,
        to: To,
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> (Delivered, Pace) {
        let known = self.notifier.ledger.introduce(&mut event, now).await;
        let milestone = self.milestone(&mut event, known.as_ref());
        let notification =
            Notification { incident: known.as_ref(), ..notification_of(&event, milestone.as_ref(), deadline, now) };
        let status = known.as_ref().and_then(KnownIncident::status);
        let report = Report { relay: self, event: &event, status, deadline, now };
        let brought = match to {
            To::Everyone => self.notifier.bring(notification, &report).await,
            To::One(address) => self.notifier.notify_at(address, notification, &report).await,
        };
        let delivered = match brought.outcome {
            Outcome::Posted(receipts) => {
                let is_quiet = |receipt: &Accepted<Decision>| receipt.because.mention == Mention::Nobody;
                let told = if receipts.iter().all(is_quiet) { Told::Nobody } else { Told::Somebody };
                self.notifier.ledger.record(&event, told, now).await;
                receipts.iter().for_each(|receipt| log(&event, receipt));
                Delivered::Taken
            }
            Outcome::Repeat => Delivered::Taken,
            Outcome::NotTaken | Outcome::Held => Delivered::NotTaken,
        };
        (delivered, brought.pace)
    }

    /// Delivers several new incidents to one chat as one message with all their tags and one mention, because the chat
    /// takes no more. The answers are in the order of the events.
    pub async fn deliver_digest(
        &self,
        mut events: Vec<IncidentEvent>,
        address: Destination,
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> Vec<Delivered> {
        let ledger = &self.notifier.ledger;
        let mut milestones = Vec::new();
        for event in &mut events {
            let known = ledger.introduce(event, now).await;
            milestones.push(self.milestone(event, known.as_ref()));
        }
        let told = events.iter().zip(&milestones);
        let notifications: Vec<_> =
            told.map(|(event, milestone)| notification_of(event, milestone.as_ref(), deadline, now)).collect();
        let write = |numbers: Vec<usize>| Digest {
            relay: self,
            events: numbers.into_iter().map(|number| &events[number]).collect(),
            deadline,
            now,
        };
        let outcomes = self.notifier.notify_digest(address, &notifications, write).await;
        let mut delivered = Vec::new();
        for (event, outcome) in events.iter().zip(outcomes) {
            delivered.push(match outcome {
                Outcome::Posted(receipts) => {
                    for Accepted { chat, because: told, .. } in receipts {
                        ledger.record(event, told, now).await;
                        let incident = event.incident.number.map(|number| number.0);
                        tracing::info!(event = %event.key, incident, chat, "posted in a digest");
                    }
                    Delivered::Taken
                }
                Outcome::Repeat => Delivered::Taken,
                Outcome::NotTaken | Outcome::Held => Delivered::NotTaken,
            });
        }
        delivered
    }

    /// What an incident of PagerDuty's has come to by the event, so that webhook and watchdog do not both tell it. What
    /// the watchdog found is recognised by that alone, even if there is none any more.
    fn milestone(&self, event: &mut IncidentEvent, known: Option<&KnownIncident>) -> Option<Milestone> {
        match event.origin {
            Origin::Watchdog => {
                let milestone = known?.milestone(&event.kind)?;
                event.key = milestone.told_by(ReportedBy::Watchdog);
                Some(milestone)
            }
            Origin::PagerDuty if self.has_watchdog => known?.milestone(&event.kind),
            _ => None,
        }
    }
}

fn notification_of<'a>(
    event: &'a IncidentEvent,
    milestone: Option<&'a Milestone>,
    deadline: Instant,
    now: DateTime<Utc>,
) -> Notification<'a> {
    let milestone = milestone.map(|milestone| (milestone, ReportedBy::of(event)));
    Notification { key: &event.key, what: event.kind.name(), incident: None, milestone, deadline, now }
}

/// Why an event in a digest says what it says: its message is not its own.
const DIGEST: &str = "one message for several incidents, because the chat took no more";

/// Several new incidents in one message.
struct Digest<'a> {
    relay: &'a Relay,
    events: Vec<&'a IncidentEvent>,
    deadline: Instant,
    now: DateTime<Utc>,
}

impl Writer for Digest<'_> {
    type Because = Told;

    async fn write(&self, chat: &Chat, notice: Option<Notice>) -> Worded<Told> {
        let Relay { team, roster, notifier, .. } = self.relay;
        let reading = roster.read(&notifier.ledger, self.deadline, self.now).await;
        let word = |events: &[&IncidentEvent]| {
            let decisions: Vec<_> = events.iter().map(|event| team.decide(event, chat, &reading, self.now)).collect();
            let all = events.iter().copied().zip(&decisions).collect::<Vec<_>>();
            let message = digest::message(&all, team.language, notice);
            let told = if message.to.is_none() { Told::Nobody } else { Told::Somebody };
            Worded { draft: chat.write(&message), why: DIGEST.to_owned(), because: told }
        };
        caught(|| word(&self.events)).unwrap_or_else(|| {
            let plain: Vec<_> = self.events.iter().map(|event| given_up(event, Illegible::Panicked)).collect();
            word(&plain.iter().collect::<Vec<_>>())
        })
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
    type Because = Decision;

    async fn write(&self, chat: &Chat, notice: Option<Notice>) -> Worded<Decision> {
        let Relay { team, roster, notifier, .. } = self.relay;
        let reading = roster.read(&notifier.ledger, self.deadline, self.now).await;
        let status = self.status.as_ref();
        worded_or_given_up(self.event, |event| team.word(event, chat, &reading, notice, status, self.now))
    }

    fn status_update(&self) -> Option<StatusUpdate> {
        let status = self.status.as_ref().filter(|_| self.event.kind.changes_status())?;
        let Team { calendar, policy, language } = &self.relay.team;
        let now = self.now.with_timezone(&calendar.zone);
        caught(|| StatusUpdate {
            headline: status::headline(status, *language),
            status: status::line(status, &policy.ignored, *language, &now),
        })
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

fn log(event: &IncidentEvent, receipt: &Accepted<Decision>) {
    let Accepted { because: decision, why, .. } = receipt;
    tracing::info!(
        event = %event.key,
        kind = event.kind.name(),
        incident = event.incident.number.map(|number| number.0),
        chat = receipt.chat,
        mention = decision.mention.name(),
        rule = decision.reason.rule.name(),
        row = decision.reason.row.as_ref().map(tracing::field::display),
        late_seconds = decision.reason.delay().num_seconds(),
        why,
        "posted"
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incident::{EventKey, EventKind, Incident, Origin};
    use crate::domain::text::Foreign;

    #[test]
    fn a_panic_while_wording_becomes_the_plain_line() {
        let event = IncidentEvent {
            origin: Origin::PagerDuty,
            key: EventKey("01G".into()),
            kind: EventKind::Triggered,
            occurred_at: DateTime::UNIX_EPOCH,
            agent: None,
            incident: Incident { title: Foreign::line("title"), ..Incident::default() },
            details: Default::default(),
            unreadable: None,
            missed: None,
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
