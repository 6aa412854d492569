//! The relay and the reminders behind the page, with a clock, a rotation and chats that the page can change.

use super::chats::DemoChats;
use super::clock::Clock;
use super::day;
use super::in_flight::{InFlight, Visit};
use super::journal::{Entry, Journal, Mark};
use super::network::DemoNetwork;
use super::playing::Playing;
use super::pressed::Waiting;
use super::samples::{Cast, Plot, Sample};
use crate::domain::message::Language;
use crate::domain::reminder::Reminder;
use crate::domain::text::Link;
use crate::domain::unreadable::Unreadable;
use crate::ledger::Ledger;
use crate::net::secret::Secret;
use crate::pagerduty::acting::Actor;
use crate::relay::deliver::Relay;
use crate::relay::intake::{Answer, Intake, Request, Sink};
use crate::relay::reminder::{History, Reminders, Sent};
use crate::relay::tally::Tally;
use crate::relay::team::{Team, TeamSettings};
use crate::relay::via::Via;
use crate::roster::editable::EditableRotation;
use crate::roster::{LIMIT, Reading, Roster};
use crate::source::Headers;
use crate::source::pagerduty::signature;
use crate::source::{self, Access, Credentials, Sender};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Time limit for sending a reminder.
const REMINDER_LIMIT: Duration = Duration::from_secs(20);
/// The secret behind wrong signatures.
pub const SOMEBODY_ELSES: &str = "somebody-elses-secret";

/// What the page shows and its controls change.
#[derive(Debug)]
pub struct Rehearsal {
    /// The team's settings, with the changes made on the page.
    pub team: TeamSettings,
    /// Of the page. That of the messages is among the settings, and another one only with `--live`.
    pub language: Language,
    /// Names for the ids in messages, of every rotation that was read, so that messages keep them when it cannot be read any more.
    pub names: BTreeMap<String, String>,
    pub clock: Clock,
    /// Accepted credentials, per route.
    pub credentials: Credentials,
    pub ledger: Arc<Ledger>,
    /// The rotation, with the edits made on the page.
    pub editable: Arc<EditableRotation>,
    pub demo_chats: DemoChats,
    pub network: Arc<DemoNetwork>,
    /// Acts in the demo's PagerDuty.
    pub actor: Option<Actor>,
    pub waiting: Waiting,
    /// `MANUAL_URL`
    pub manual: Option<Link>,
    /// `CHECKLIST_URL`
    pub checklist: Option<Link>,
    pub journal: Journal,
    /// Fault: the page sends every event twice.
    pub sends_twice: bool,
    /// Fault: the page signs with a wrong secret.
    pub forges: bool,
    /// Fault: what people press waits for longer than it counts.
    pub is_late: bool,
    /// The on-call day that is playing, or that has played last.
    pub day: Option<Playing>,
    /// The incident of the last event sent from the page.
    pub plot: Plot,
    /// The highest number of an incident that was sent, or will be by the day that is playing.
    pub highest: u64,
    /// Incremented by [`Self::clear`], and when the day is stopped or goes on: the task that has played it until then notices and
    /// stops.
    pub begun: u64,
    /// How often everything was forgotten: the page draws its chats anew then.
    pub cleared: u64,
    pub in_flight: InFlight,
}

/// A request that is being answered.
#[derive(Debug)]
pub struct Arrival {
    pub intake: Intake,
    /// When the request was received.
    pub now: DateTime<Utc>,
    mark: Mark,
    among: Visit,
}

impl Rehearsal {
    /// Answers a request as the webhook does, and records it in the journal.
    pub async fn receive(&mut self, request: &Request<'_>) -> Answer {
        let arrival = self.arrive();
        let answer = arrival.intake.answer(request, arrival.now).await;
        self.leave(request, &answer, arrival);
        answer
    }

    /// Collects what is needed to answer a request, so that several can be answered concurrently.
    pub fn arrive(&self) -> Arrival {
        let (now, mark) = self.begin();
        let relay =
            Relay { team: self.team(), ledger: self.ledger.clone(), via: Via::Request, tally: Tally::default() };
        let intake = Intake { credentials: self.credentials.clone(), sink: Sink::Inline(Box::new(relay)) };
        Arrival { intake, now, mark, among: self.in_flight.enter() }
    }

    /// Records an answered request in the journal.
    pub fn leave(&mut self, request: &Request<'_>, answer: &Answer, arrival: Arrival) {
        // Health checks and mistyped paths are not recorded.
        if matches!(answer.status, 200 | 404 | 405) {
            return;
        }
        if answer.status == 202 && request.path.ends_with(Sender::PagerDuty.name()) {
            self.network.pagerduty.learn(&request.body, arrival.now);
        }
        let mut tries = arrival.mark.tries_since(&self.ledger);
        if arrival.among.was_not_alone() {
            let sender = request.path.trim_end_matches('/').rsplit('/').next().and_then(Sender::at);
            let read = |sender| source::read(sender, &request.body, arrival.now);
            let events = sender.map(read).unwrap_or_default();
            tries.retain(|tried| events.iter().any(|event| event.key == tried.event));
            // With concurrent requests, the order of the posts does not show which attempt made which.
            tries.iter_mut().for_each(|tried| tried.post = None);
        }
        self.journal.write(Entry {
            nth: 0,
            at: arrival.now,
            what: format!("{} {}", request.method, request.path),
            status: Some(answer.status),
            answer: answer.text.to_string(),
            problem: None,
            tries,
        });
    }

    /// Sends a body to our own webhook, with the signature or token of its sender, or a wrong one if [`Self::forges`]
    /// is set. Returns `None` if no secret or token is configured.
    pub async fn send(&mut self, sender: Sender, body: &[u8]) -> Option<Answer> {
        let accepted = self.credentials.of(sender);
        let access = sender.source().access;
        let ours = match access {
            Access::PagerDuty { .. } => &accepted.secrets,
            Access::Token { .. } => &accepted.tokens,
            Access::EventBridge => return None,
        };
        let secret = if self.forges { Secret::new(SOMEBODY_ELSES) } else { ours.first()?.clone() };
        let headers = match access {
            Access::PagerDuty { .. } => {
                let delivery = format!("{:08x}-0000-4000-8000-000000000000", self.plot.event);
                let signature = signature(&secret, body);
                vec![("x-pagerduty-signature".into(), signature.into()), ("x-webhook-id".into(), delivery.into())]
            }
            Access::Token { .. } => vec![("x-toban-token".into(), secret.expose().to_owned().into())],
            Access::EventBridge => return None,
        };
        let request = Request {
            method: "POST".into(),
            path: format!("/{}", sender.name()).into(),
            headers: Headers(headers),
            body: body.into(),
            received_at: None,
        };
        let answer = self.receive(&request).await;
        if self.sends_twice {
            self.receive(&request).await;
        }
        Some(answer)
    }

    /// Sends a sample: about a new incident if it triggers one, otherwise about the last one.
    pub async fn send_sample(&mut self, sample: &Sample) -> Option<Answer> {
        self.plot.event += 1;
        if sample.begins() || self.plot.number == FIRST.number {
            self.highest += 1;
            self.plot.number = self.highest;
            self.plot.title += 1;
        }
        let (language, now) = (self.team.language, self.clock.now());
        let reading = self.read().await.ok();
        let workbook = reading.as_ref().map(|reading| &*reading.workbook);
        let calendar = match workbook {
            Some(workbook) => self.team.calendar.with_company_holidays(workbook.holidays.clone()),
            None => self.team.calendar.clone(),
        };
        let cast = match sample.holder(&calendar.at(now)) {
            Some(holder) => day::cast(holder, workbook, calendar.date(now), language),
            None => Cast::default(),
        };
        self.send(sample.sender, &sample.body(self.plot, &cast, language, now)).await
    }

    /// Sends a reminder, as if the scheduler had called now.
    pub async fn remind(&mut self, reminder: Reminder) -> Sent {
        let (now, mark) = self.begin();
        let reminders = Reminders {
            team: self.team(),
            ledger: self.ledger.clone(),
            history: History::Known,
            manual: self.manual.clone(),
            checklist: self.checklist.clone(),
        };
        let sent = reminders.send(reminder, now, Instant::now() + REMINDER_LIMIT, now).await;
        self.journal.write(Entry {
            nth: 0,
            at: now,
            what: reminder.name().to_owned(),
            status: None,
            answer: sent.name().to_owned(),
            problem: None,
            tries: mark.tries_since(&self.ledger),
        });
        sent
    }

    pub fn team(&self) -> Team {
        Team {
            settings: self.team.clone(),
            roster: Roster::EditableRotation(self.editable.clone()),
            alerts: self.demo_chats.alerts(),
            reminders: self.demo_chats.reminders(),
        }
    }

    /// Sets the language of everything: the page, its messages and the sample's people.
    pub fn speak(&mut self, language: Language) {
        self.language = language;
        self.team.language = language;
        self.editable.name_people_in(language);
    }

    /// Remembers the names of the people in the members tab.
    pub fn learn_names(&mut self, reading: &Reading) {
        for member in reading.workbook.members.iter().flat_map(|members| &members.0) {
            for handle in [&member.slack, &member.typetalk].into_iter().flatten() {
                self.names.insert(handle.as_str().to_owned(), member.name.clone());
            }
        }
    }

    /// Reads the workbook.
    pub async fn read(&self) -> Result<Reading, Unreadable> {
        self.editable.read(&self.ledger, Instant::now() + LIMIT, self.clock.now()).await
    }

    /// Forgets all posts, events and attempts. Rotation and faults are kept. The clock is kept too, unless a day is
    /// playing: the day is cancelled, and the clock that it has moved is reset.
    pub fn clear(&mut self) {
        self.ledger = Arc::new(Ledger::memory());
        self.journal.clear();
        self.demo_chats.primary.clear();
        self.demo_chats.backup.clear();
        self.network.clear();
        self.waiting.clear();
        if self.day.take().is_some_and(|day| !day.is_over()) {
            self.clock.put_back();
        }
        self.plot = Plot { event: self.plot.event, ..FIRST };
        self.highest = FIRST.number;
        self.cleared += 1;
        self.begun += 1;
    }

    pub fn begin(&self) -> (DateTime<Utc>, Mark) {
        let now = self.clock.now();
        let scenes = [&self.demo_chats.primary, &self.demo_chats.backup];
        scenes.iter().for_each(|recording| recording.set_time(now));
        self.network.begin(now, self.team.language);
        (now, Mark::set(&self.ledger, scenes.map(|recording| &**recording)))
    }
}

/// The state before the page's first incident.
pub const FIRST: Plot = Plot { number: 4811, event: 0, title: 2 };
