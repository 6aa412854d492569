//! The page of `toban demo`, which shows and controls a relay on this machine, beside the real routes.
//!
//! The messages come from the same relay and reminders as in production. Without `--live` these get a clock that can be
//! moved, an editable rotation, chats that only record, and a network of their own. The page writes no messages itself.

mod acts;
mod assets;
mod chats;
mod clock;
mod day;
mod declined;
mod faults;
mod guard;
mod in_flight;
mod journal;
mod manual;
mod network;
mod pagerduty;
mod pasted;
mod playing;
mod pressed;
mod queue;
mod rehearsal;
mod samples;
mod server;
mod shift;
mod slack;
mod terminal;
mod view;

pub use acts::Stakes;
pub use chats::{DemoChats, Fallbacks};
pub use network::DemoNetwork;
pub use server::router;

use crate::domain::member::Members;
use crate::domain::message::Language;
use crate::domain::rotation::Finding;
use crate::domain::text::Link;
use crate::ledger::Ledger;
use crate::net::http;
use crate::relay::intake::{Answer, Request};
use crate::relay::team::TeamSettings;
use crate::roster::editable::EditableRotation;
use crate::roster::{LIMIT, Roster};
use crate::source::Credentials;
use acts::{Act, Done};
use chrono::{DateTime, Utc};
use clock::Clock;
use declined::Declined;
use guard::Guard;
use in_flight::InFlight;
use journal::Journal;
use pressed::Waiting;
use rehearsal::{FIRST, Rehearsal};
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

/// The samples' dummy user, for `IGNORED_ASSIGNEES`.
pub use day::DUMMY;
/// The Slack user group that the demo mentions when the rotation has no answer.
pub const SRE_GROUP: &str = "S0SAMPLESRE";

/// The words for a finding.
pub type Advice = fn(&Finding, Option<&Members>, Language) -> String;

/// What a [`Page`] is built from.
#[derive(Debug)]
pub struct Parts {
    pub team: TeamSettings,
    /// Accepted credentials, per route.
    pub credentials: Credentials,
    pub roster: Roster,
    pub ledger: Arc<Ledger>,
    pub demo_chats: DemoChats,
    pub network: Arc<DemoNetwork>,
    /// On that network.
    pub http: http::Client,
    /// `MANUAL_URL`
    pub manual: Option<Link>,
    /// `CHECKLIST_URL`
    pub checklist: Option<Link>,
    /// Says what is wrong in a rotation and how to correct it, as `toban check` does.
    pub advice: Advice,
    /// The real time.
    pub real: fn() -> DateTime<Utc>,
    /// Where the clock is stopped at the start, if it is.
    pub stands_at: Option<DateTime<Utc>>,
    pub stakes: Stakes,
    /// The demo's well-known signing secret, if that is the one in use.
    pub open_secret: Option<&'static str>,
}

/// The page's state while the server runs.
#[derive(Debug)]
pub struct Page {
    all: Mutex<Rehearsal>,
    advice: Advice,
    stakes: Stakes,
    open_secret: Option<&'static str>,
    guard: Guard,
    news: watch::Sender<News>,
    printed: std::sync::Mutex<[u64; 2]>,
}

/// Counts changes, and says when the server stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct News {
    changes: u64,
    is_over: bool,
}

impl Page {
    /// A page for a server on that port. Returns `None` if the system has no random numbers for its token.
    pub fn new(parts: Parts, port: u16) -> Option<Arc<Self>> {
        let (manual, checklist) = match (parts.stakes, parts.manual, parts.checklist) {
            (Stakes::Rehearsal, None, None) => manual::links(port),
            (_, manual, checklist) => (manual, checklist),
        };
        let language = parts.team.language;
        let mut all = Rehearsal {
            team: parts.team,
            language,
            names: parts.demo_chats.fallback_names.iter().cloned().collect(),
            clock: Clock::new(parts.real, parts.stands_at),
            credentials: parts.credentials,
            ledger: parts.ledger,
            editable: Arc::new(EditableRotation::new(parts.roster)),
            demo_chats: parts.demo_chats,
            network: parts.network,
            actor: Some(network::actor(parts.http)),
            waiting: Waiting::default(),
            manual,
            checklist,
            journal: Journal::default(),
            sends_twice: false,
            forges: false,
            is_late: false,
            day: None,
            plot: FIRST,
            highest: FIRST.number,
            begun: 0,
            cleared: 0,
            in_flight: InFlight::default(),
        };
        all.speak(language);
        Some(Arc::new(Self {
            all: Mutex::new(all),
            advice: parts.advice,
            stakes: parts.stakes,
            open_secret: parts.open_secret,
            guard: Guard::new(port)?,
            news: watch::Sender::default(),
            printed: std::sync::Mutex::default(),
        }))
    }

    /// Ends all event streams, so that the server can stop.
    pub fn close(&self) {
        self.news.send_modify(|news| news.is_over = true);
    }

    /// Performs a control's action. The error is a text in the language of the page.
    async fn act(self: &Arc<Self>, act: Act) -> Result<Done, &'static str> {
        let mut all = self.all.lock().await;
        let done = act.perform(&mut all, self.stakes).await;
        self.tell(&mut all).await;
        if done == Ok(Done::Plays) {
            tokio::spawn(self.clone().play(all.begun));
        }
        done.map_err(|declined: Declined| declined.words(all.language))
    }

    /// The language that the page is in.
    async fn language(&self) -> Language {
        self.all.lock().await.language
    }

    /// Plays the day that was begun, until it is over, stopped or cleared.
    async fn play(self: Arc<Self>, begun: u64) {
        loop {
            let mut all = self.all.lock().await;
            let Some(pause) = all.pause(begun) else { return };
            if !all.step().await {
                return;
            }
            self.tell(&mut all).await;
            drop(all);
            tokio::time::sleep(pause).await;
        }
    }

    /// Answers a request to the webhook. Without `--live`, requests are answered one after the other; with real chats
    /// they are answered concurrently, so that a slow chat does not delay other events.
    async fn receive(&self, request: &Request<'_>) -> Answer {
        match self.stakes {
            Stakes::Rehearsal => {
                let mut all = self.all.lock().await;
                let answer = all.receive(request).await;
                self.tell(&mut all).await;
                answer
            }
            Stakes::Live => {
                let arrival = self.all.lock().await.arrive();
                let answer = arrival.intake.answer(request, arrival.now).await;
                let mut all = self.all.lock().await;
                all.leave(request, &answer, arrival);
                self.tell(&mut all).await;
                answer
            }
        }
    }

    async fn view(&self) -> Value {
        let (editable, ledger, now) = {
            let all = self.all.lock().await;
            (all.editable.clone(), all.ledger.clone(), all.clock.now())
        };
        // Reading the sheet may take seconds, so the lock is not held meanwhile.
        let reading = editable.read(&ledger, Instant::now() + LIMIT, now).await;
        let mut all = self.all.lock().await;
        if let Ok(reading) = &reading {
            all.learn_names(reading);
        }
        let mut view = view::view(&all, &reading, self.stakes);
        view["pasted"] = pasted::view(&all, &reading, self.advice).into();
        view["open_secret"] = self.open_secret.into();
        view
    }

    /// After a change: notifies the open pages and, without `--live`, prints new posts.
    async fn tell(&self, all: &mut Rehearsal) {
        if self.stakes == Stakes::Rehearsal {
            if let Ok(reading) = all.read().await {
                all.learn_names(&reading);
            }
            let mut printed = self.printed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            *printed = terminal::print(&all.demo_chats, *printed, &all.names);
        }
        self.news.send_modify(|news| news.changes += 1);
    }
}
