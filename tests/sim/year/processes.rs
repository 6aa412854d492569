//! Toban's processes in that year: what ticks, what reminds, and what delivers webhooks.

use super::chat::{ALERTS, REMINDERS, Wire};
use super::{Year, rows, sheet};
use crate::events::Event;
use chrono::{DateTime, Utc};
use fastrand::Rng;
use std::borrow::Cow;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use toban::domain::reminder::Reminder;
use toban::ledger::{LEASE, Ledger};
use toban::net::http::Client;
use toban::relay::daily_check::{DailyCheck, Patience};
use toban::relay::deliver::Relay;
use toban::relay::exercise::Exercises;
use toban::relay::intake::{Intake, Request, Sink};
use toban::relay::notices::Notices;
use toban::relay::reminder::{History, Reminders, Sent};
use toban::relay::tally::Tally;
use toban::relay::team::Team;
use toban::relay::tick::{NotDone, Tick, Ticked};
use toban::relay::turns::Turns;
use toban::relay::via::Via;
use toban::relay::weekly::Weekly;
use toban::roster::Roster;
use toban::roster::cache::Cache;
use toban::setup::config::{Config, Reach};
use toban::source::Headers;
use tokio::time::Instant;

/// A process serves so many calls on average.
const CALLS: u32 = 30;

/// Starts processes, and keeps those that are idle.
pub struct Processes {
    year: Arc<Year>,
    http: Client,
    started: u32,
    rng: Rng,
    tick: Option<Tick>,
    intake: Option<Intake>,
}

impl Processes {
    pub fn new(year: &Arc<Year>, rng: Rng) -> Self {
        let http = toban::net::http::client().expect("a client").on(Arc::new(Wire(year.clone())));
        Self { year: year.clone(), http, started: 0, rng, tick: None, intake: None }
    }

    fn config(&self) -> Config {
        let settings = |variable: &str| {
            let value = match variable {
                "SLACK_BOT_TOKEN" => "xoxb-1",
                "SLACK_CHANNEL" => ALERTS,
                "SLACK_REMINDER_CHANNEL" => REMINDERS,
                "FALLBACK_MENTION_SLACK" => "<!subteam^S0SRETEAM1>",
                "PAGERDUTY_WEBHOOK_SECRETS" => crate::pagerduty::SECRET,
                "NOTICES" => "check,weekly,turns,exercises",
                _ => return None,
            };
            Some(value.to_owned())
        };
        Config::from_lookup(settings, &self.http, Reach::Live).expect("settings without faults")
    }

    async fn parts(&mut self) -> (Team, Arc<Ledger>) {
        self.started += 1;
        let ledger = Ledger::new(rows::Client(self.year.rows.clone()), format!("process {}", self.started), LEASE);
        let Config { outlets: alerts, reminder_outlets: reminders, team: settings, .. } = self.config();
        let roster =
            Roster::Cached(Box::new(Cache::new(sheet::Client(self.year.clone()), (&settings.calendar).into())));
        roster.begin_with(ledger.rotation().await.as_ref(), self.year.now());
        (Team { settings, roster, alerts, reminders }, ledger.into())
    }

    async fn new_tick(&mut self) -> Tick {
        let (team, ledger) = self.parts().await;
        let patience = Patience { checking: Duration::from_secs(25), posting: Duration::from_secs(12) };
        let daily_check = DailyCheck {
            team,
            ledger: ledger.clone(),
            place: Some("当番表".into()),
            settings: Vec::new(),
            answering: None,
            pagerduty: None,
            by_event_bus: false,
            patience,
        };
        let (turns, weekly, exercises) = (self.parts().await.0, self.parts().await.0, self.parts().await.0);
        let notices = Notices {
            daily_check: Some(daily_check),
            turns: Some(Turns { team: turns, ledger: ledger.clone() }),
            weekly: Some(Weekly { team: weekly, ledger: ledger.clone() }),
            exercises: Some(Exercises { team: exercises, ledger }),
        };
        Tick { notices, ..Tick::default() }
    }

    /// One call of the tick. With `crash_at` the process dies at that await, if it comes so far.
    pub async fn tick(&mut self, crash_at: Option<u32>, now: DateTime<Utc>) -> Option<Result<Ticked, NotDone>> {
        let tick = match self.tick.take() {
            Some(tick) => tick,
            None => self.new_tick().await,
        };
        let ticked = unless_it_crashes(tick.run(now), crash_at).await;
        if ticked.is_some() && self.rng.u32(..CALLS) > 0 {
            self.tick = Some(tick);
        }
        ticked
    }

    /// The schedule calls it twice at once.
    pub async fn tick_twice(&mut self, now: DateTime<Utc>) -> [Result<Ticked, NotDone>; 2] {
        let (one, other) = (self.new_tick().await, self.new_tick().await);
        tokio::join!(one.run(now), other.run(now)).into()
    }

    pub async fn remind(&mut self, reminder: Reminder, now: DateTime<Utc>) -> Sent {
        let (team, ledger) = self.parts().await;
        let reminders = Reminders { team, ledger, history: History::Known, manual: None, checklist: None };
        reminders.send(reminder, now, Instant::now() + Duration::from_secs(20), now).await
    }

    /// The status that PagerDuty gets.
    pub async fn deliver(&mut self, event: &Event, now: DateTime<Utc>) -> u16 {
        let intake = match self.intake.take() {
            Some(intake) => intake,
            None => {
                let credentials = self.config().credentials;
                let (team, ledger) = self.parts().await;
                let relay = Relay { team, ledger, via: Via::Request, tally: Tally::default() };
                Intake { credentials, sink: Sink::Inline(Box::new(relay)) }
            }
        };
        let header = |(name, value): (String, String)| (name.into(), value.into());
        let request = Request {
            method: "POST".into(),
            path: event.path().into(),
            headers: Headers(event.headers(0).into_iter().map(header).collect()),
            body: Cow::Borrowed(&event.body),
            received_at: Some(now),
        };
        let answer = intake.answer(&request, now).await;
        if self.rng.u32(..CALLS) > 0 {
            self.intake = Some(intake);
        }
        answer.status
    }
}

/// Polls it to its end, or so often.
async fn unless_it_crashes<T>(work: impl Future<Output = T>, crash_at: Option<u32>) -> Option<T> {
    let mut work = pin!(work);
    let mut awaits = 0;
    poll_fn(|context| {
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            return Poll::Ready(Some(done));
        }
        awaits += 1;
        if crash_at.is_some_and(|at| awaits >= at) { Poll::Ready(None) } else { Poll::Pending }
    })
    .await
}
