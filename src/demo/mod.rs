//! The page of `toban demo`: the relay to look at and to play with, beside the real routes.
//!
//! What it shows was written by the same relay and the same reminders as everywhere; the page gives them another clock,
//! another rotation and chats with nobody behind them. Nothing on it is told from memory.

mod acts;
mod assets;
mod chats;
mod clock;
mod day;
mod guard;
mod in_flight;
mod journal;
mod rehearsal;
mod samples;
mod server;
mod terminal;
mod view;

pub use acts::Stakes;
pub use chats::{DemoChats, Fallbacks};
pub use server::router;

use crate::domain::text::Link;
use crate::ledger::Ledger;
use crate::relay::intake::{Answer, Request};
use crate::relay::team::TeamSettings;
use crate::roster::editable::EditableRotation;
use crate::roster::{LIMIT, Roster};
use crate::source::Credentials;
use acts::{Act, Declined, Done};
use chrono::{DateTime, Utc};
use clock::Clock;
use guard::Guard;
use in_flight::InFlight;
use journal::Journal;
use rehearsal::{FIRST, Rehearsal};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

/// The dummy user of the samples, for `IGNORED_ASSIGNEES`.
pub use day::DUMMY;
/// The user group that a rehearsal tells on Slack when the rotation has no answer.
pub const SRE_GROUP: &str = "S0SAMPLESRE";

/// What the page is made of.
#[derive(Debug)]
pub struct Parts {
    /// How the team wants it.
    pub team: TeamSettings,
    /// Who is believed.
    pub credentials: Credentials,
    /// Who is on call.
    pub roster: Roster,
    /// What was posted.
    pub ledger: Arc<Ledger>,
    /// Where messages go.
    pub demo_chats: DemoChats,
    /// `MANUAL_URL`
    pub manual: Option<Link>,
    /// `CHECKLIST_URL`
    pub checklist: Option<Link>,
    /// The real clock.
    pub real: fn() -> DateTime<Utc>,
    /// Where the clock stands at first, if it does.
    pub stands_at: Option<DateTime<Utc>>,
    /// Who reads what is sent.
    pub stakes: Stakes,
    /// The signing secret that anybody may know, if that is the one in use.
    pub open_secret: Option<&'static str>,
}

/// The page, as long as the server runs.
#[derive(Debug)]
pub struct Page {
    all: Mutex<Rehearsal>,
    stakes: Stakes,
    open_secret: Option<&'static str>,
    guard: Guard,
    news: watch::Sender<News>,
    printed: std::sync::Mutex<[u64; 2]>,
}

/// Counts what has changed, and says when it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct News {
    changes: u64,
    is_over: bool,
}

impl Page {
    /// A page for a server on that port. `None` when the system has no random numbers for its token.
    pub fn new(parts: Parts, port: u16) -> Option<Arc<Self>> {
        let all = Rehearsal {
            team: parts.team,
            clock: Clock::new(parts.real, parts.stands_at),
            credentials: parts.credentials,
            ledger: parts.ledger,
            editable: Arc::new(EditableRotation::new(parts.roster)),
            demo_chats: parts.demo_chats,
            manual: parts.manual,
            checklist: parts.checklist,
            journal: Journal::default(),
            sends_twice: false,
            forges: false,
            day: None,
            plot: FIRST,
            begun: 0,
            in_flight: InFlight::default(),
        };
        Some(Arc::new(Self {
            all: Mutex::new(all),
            stakes: parts.stakes,
            open_secret: parts.open_secret,
            guard: Guard::new(port)?,
            news: watch::Sender::default(),
            printed: std::sync::Mutex::default(),
        }))
    }

    /// Ends what listens for news, so that the server can stop.
    pub fn close(&self) {
        self.news.send_modify(|news| news.is_over = true);
    }

    /// Presses a control. What it cannot do it says in the language of the page.
    async fn act(self: &Arc<Self>, act: Act) -> Result<Done, &'static str> {
        let mut all = self.all.lock().await;
        let done = act.perform(&mut all, self.stakes).await;
        self.tell(&all).await;
        if let Ok(Done::Begun(pause)) = done {
            tokio::spawn(self.clone().play(all.begun, Duration::from_millis(pause.into())));
        }
        done.map_err(|declined: Declined| declined.words(all.team.language))
    }

    /// Plays the day that was begun, until it is over or cleared away.
    async fn play(self: Arc<Self>, begun: u64, pause: Duration) {
        loop {
            let mut all = self.all.lock().await;
            if all.begun != begun || !all.step().await {
                return;
            }
            self.tell(&all).await;
            drop(all);
            tokio::time::sleep(pause).await;
        }
    }

    /// Answers a request to the webhook. A rehearsal does one thing after the other; real chats are not kept waiting for
    /// each other's events.
    async fn receive(&self, request: &Request<'_>) -> Answer {
        match self.stakes {
            Stakes::Rehearsal => {
                let mut all = self.all.lock().await;
                let answer = all.receive(request).await;
                self.tell(&all).await;
                answer
            }
            Stakes::Live => {
                let arrival = self.all.lock().await.arrive();
                let answer = arrival.intake.answer(request, arrival.now).await;
                let mut all = self.all.lock().await;
                all.leave(request, &answer, arrival);
                self.tell(&all).await;
                answer
            }
        }
    }

    /// Everything that is shown.
    async fn view(&self) -> Value {
        let (editable, ledger, now) = {
            let all = self.all.lock().await;
            (all.editable.clone(), all.ledger.clone(), all.clock.now())
        };
        // Google may take its time, and nobody else has to wait for that.
        let reading = editable.read(&ledger, Instant::now() + LIMIT, now).await;
        let mut view = view::view(&*self.all.lock().await, &reading, self.stakes);
        view["open_secret"] = self.open_secret.into();
        view
    }

    /// Something has changed: whoever listens is told, and what was posted is printed.
    async fn tell(&self, all: &Rehearsal) {
        if self.stakes == Stakes::Rehearsal {
            let names = view::names(&all.read().await);
            let mut printed = self.printed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            *printed = terminal::print(&all.demo_chats, *printed, &names);
        }
        self.news.send_modify(|news| news.changes += 1);
    }
}
