//! One event from arrival to posted: look up who is on call, decide, word, hand it to the notifier.

use crate::chat::Chat;
use crate::chat::delivery::{Destination, Pace};
use crate::domain::incident::{Illegible, IncidentEvent, Origin, Status};
use crate::domain::message::{Notice, digest, status};
use crate::domain::policy::{Decision, Mention};
use crate::domain::unreadable::Unreadable;
use crate::ledger::incident::{KnownIncident, Milestone, ReportedBy};
use crate::ledger::{Ledger, Mentioned};
use crate::relay::notifier::{Accepted, Notification, Notifier, Outcome, Worded, Writer};
use crate::relay::side_by_side::side_by_side;
use crate::relay::team::{Team, TeamSettings};
use crate::relay::thread::StatusUpdate;
use crate::roster::{LIMIT, Reading};
use crate::source::given_up;
use chrono::{DateTime, Utc};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Delivers events.
#[derive(Debug)]
pub struct Relay {
    pub team: Team,
    /// What has been posted.
    pub ledger: Arc<Ledger>,
    /// Whether there is a watchdog. Only then is it recorded which of the two has reported a milestone of an incident.
    pub has_watchdog: bool,
}

/// What was posted is recorded even if the time for posting is over.
const RECORDING: Duration = Duration::from_secs(2);

/// To which chats an event goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipients {
    /// All that are configured; one is enough.
    All,
    One(Destination),
}

/// How a delivery ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    /// A chat has the event, now or before.
    Taken,
    /// No chat has it. The sender has to send it again.
    NotTaken,
}

impl Relay {
    /// Reads the rotation before the first event comes, so that the first alert does not wait for it. Without an answer
    /// the first alert asks again; nothing is left running.
    pub async fn warm(&self, now: DateTime<Utc>) {
        self.read(Instant::now() + LIMIT, now).await.ok();
    }

    async fn read(&self, deadline: Instant, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
        self.team.roster.read(&self.ledger, deadline, now).await
    }

    fn notifier(&self) -> Notifier<'_> {
        Notifier { outlets: &self.team.alerts, ledger: &self.ledger }
    }

    /// Delivers one event by the deadline.
    pub async fn deliver(
        &self,
        mut event: IncidentEvent,
        to: Recipients,
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> (Delivered, Pace) {
        let known = self.ledger.introduce(&mut event, now).await;
        let milestone = self.milestone(&mut event, known.as_ref());
        let notification =
            Notification { incident: known.as_ref(), ..notification_of(&event, milestone.as_ref(), deadline, now) };
        let status = known.as_ref().and_then(KnownIncident::status);
        let report = Report { relay: self, event: &event, status, deadline, now };
        let notified = match to {
            Recipients::All => self.notifier().notify(notification, &report).await,
            Recipients::One(destination) => self.notifier().notify_at(destination, notification, &report).await,
        };
        let delivered = match notified.outcome {
            Outcome::Posted(accepted) => {
                let is_quiet = |one: &Accepted<Decision>| one.because.mention == Mention::Nobody;
                let mentioned = if accepted.iter().all(is_quiet) { Mentioned::Nobody } else { Mentioned::Somebody };
                self.ledger.record(&event, mentioned, now).await;
                accepted.iter().for_each(|one| log(&event, one));
                Delivered::Taken
            }
            Outcome::Repeat => Delivered::Taken,
            Outcome::NotTaken | Outcome::Held => Delivered::NotTaken,
        };
        (delivered, notified.pace)
    }

    /// Delivers several new incidents to one chat as one message with all their tags and one mention, because the chat
    /// takes no more. The answers are in the order of the events.
    pub async fn deliver_digest(
        &self,
        mut events: Vec<IncidentEvent>,
        destination: Destination,
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> Vec<Delivered> {
        let begun = Instant::now();
        let until = begun + deadline.saturating_duration_since(begun) / 4;
        let introduced = side_by_side(events.iter_mut().map(|event| self.ledger.introduce(event, now)), until).await;
        let introduced = events.iter_mut().zip(introduced);
        let milestones: Vec<_> =
            introduced.map(|(event, known)| self.milestone(event, known.flatten().as_ref())).collect();
        let with_milestones = events.iter().zip(&milestones);
        let notifications: Vec<_> = with_milestones
            .map(|(event, milestone)| notification_of(event, milestone.as_ref(), deadline, now))
            .collect();
        let write = |numbers: Vec<usize>| Digest {
            relay: self,
            events: numbers.into_iter().map(|number| &events[number]).collect(),
            deadline,
            now,
        };
        let outcomes = self.notifier().notify_digest(destination, &notifications, write).await;
        let record = async |event: &IncidentEvent, accepted: &Accepted<Mentioned>| {
            self.ledger.record(event, accepted.because, now).await;
            let incident = event.incident.number.map(|number| number.0);
            tracing::info!(event = %event.key, incident, chat = accepted.chat, "posted in a digest");
        };
        let posted = events.iter().zip(&outcomes).flat_map(|(event, outcome)| {
            let accepted = if let Outcome::Posted(accepted) = outcome { accepted.as_slice() } else { &[] };
            accepted.iter().map(move |accepted| (event, accepted))
        });
        side_by_side(posted.map(|(event, accepted)| record(event, accepted)), Instant::now() + RECORDING).await;
        let delivered = |outcome| match outcome {
            Outcome::Posted(_) | Outcome::Repeat => Delivered::Taken,
            Outcome::NotTaken | Outcome::Held => Delivered::NotTaken,
        };
        outcomes.into_iter().map(delivered).collect()
    }

    /// The milestone of an incident of PagerDuty's, so that webhook and watchdog do not both report it. What the watchdog
    /// found is recognised by that alone, even if the watchdog has been switched off since.
    fn milestone(&self, event: &mut IncidentEvent, known: Option<&KnownIncident>) -> Option<Milestone> {
        match event.origin {
            Origin::Watchdog => {
                let milestone = known?.milestone(&event.kind)?;
                event.key = milestone.key_of(ReportedBy::Watchdog);
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

/// What `toban explain` says of an event in a digest: the message is not its own.
const DIGEST: &str = "one message for several incidents, because the chat took no more";

/// Several new incidents in one message.
struct Digest<'a> {
    relay: &'a Relay,
    events: Vec<&'a IncidentEvent>,
    deadline: Instant,
    now: DateTime<Utc>,
}

impl Writer for Digest<'_> {
    type Because = Mentioned;

    async fn write(&self, chat: &Chat, notice: Option<Notice>) -> Worded<Mentioned> {
        let settings = &self.relay.team.settings;
        let reading = self.relay.read(self.deadline, self.now).await;
        let word = |events: &[&IncidentEvent]| {
            let decide = |event: &&IncidentEvent| settings.decide(event, chat, &reading, self.now);
            let decisions: Vec<_> = events.iter().map(decide).collect();
            let all = events.iter().copied().zip(&decisions).collect::<Vec<_>>();
            let message = digest::message(&all, settings.language, notice);
            let mentioned = if message.to.is_none() { Mentioned::Nobody } else { Mentioned::Somebody };
            Worded { rendered: chat.write(&message), why: DIGEST.to_owned(), because: mentioned }
        };
        caught(|| word(&self.events)).unwrap_or_else(|| {
            let plain: Vec<_> = self.events.iter().map(|event| given_up(event, Illegible::Panicked)).collect();
            word(&plain.iter().collect::<Vec<_>>())
        })
    }
}

/// The message of an event, worded for each chat with the rotation as it is then.
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
        let settings = &self.relay.team.settings;
        let reading = self.relay.read(self.deadline, self.now).await;
        let status = self.status.as_ref();
        worded_or_given_up(self.event, |event| settings.word(event, chat, &reading, notice, status, self.now))
    }

    fn status_update(&self) -> Option<StatusUpdate> {
        let status = self.status.as_ref().filter(|_| self.event.kind.changes_status())?;
        let TeamSettings { calendar, policy, language } = &self.relay.team.settings;
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

/// Runs code on foreign input and returns `None` if it panics. The panic hook has logged where.
pub fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    // The closures change nothing that they share, so nothing can be left half done.
    catch_unwind(AssertUnwindSafe(work)).ok()
}

fn log(event: &IncidentEvent, accepted: &Accepted<Decision>) {
    let Accepted { chat, because: decision, why } = accepted;
    tracing::info!(
        event = %event.key,
        kind = event.kind.name(),
        incident = event.incident.number.map(|number| number.0),
        chat,
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
