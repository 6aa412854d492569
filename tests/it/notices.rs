//! What `NOTICES` names, each at its time and once, whatever crashes: the real parts of a tick, a ledger that all processes share,
//! and Slack.

mod exercise;
mod turns;
mod weekly;

use crate::kit::Slack;
use crate::provision::file;
use crate::running::{Settings, data};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;
use toban::domain::destination::Destination;
use toban::domain::incident::{EventKey, EventKind, IncidentEvent, IncidentId, IncidentNumber, Origin, Person};
use toban::domain::text::Foreign;
use toban::ledger::{Claim, Ended, LEASE, Ledger, Mentioned, Settlement};
use toban::relay::notices::Notices;
use toban::relay::tick::{NotDone, Tick};
use toban::setup::config::Reach;
use toban::setup::wiring::Base;
use toban::store::memory::Memory;

/// A team with a channel for reminders.
struct World {
    slack: Slack,
    table: Arc<Memory>,
    settings: Settings,
}

/// A line of a story: when, what, of which incident, by whom, and whether it mentioned anybody.
type Said<'a> = (&'a str, EventKind, u64, &'a str, Option<&'a str>, Mentioned);

impl World {
    /// With this rotation: the first day of each span, and the people from then on. Company holidays besides.
    async fn start(notices: &str, rotation: &[(&str, &str)], holidays: &[&str]) -> Self {
        let slack = Slack::start().await;
        let turns: BTreeMap<NaiveDate, &str> = rotation.iter().map(|(day, people)| (date(day), *people)).collect();
        let days = turns.keys().next().expect("a day").iter_days().take(150);
        let row = |day: NaiveDate| {
            let people = turns.range(..=day).next_back().map_or("", |(_, people)| people);
            format!("{day},{people}\n")
        };
        let rows: String = days.map(row).collect();
        let rotation = file("rotation.csv", &format!("date,on-call,on-call\n{rows}"));
        let holidays: String = holidays.iter().map(|day| format!("{day},休み\n")).collect();
        let holidays = file("holidays.csv", &format!("date,name\n{holidays}"));
        let members = data("rotation/members.csv").to_string_lossy().into_owned();
        let settings = Settings::at("2026-11-24T10:00:00+09:00").slack(&slack).with("NOTICES", notices);
        let settings =
            settings.with("SLACK_REMINDER_CHANNEL", Slack::REMINDER_CHANNEL).with("ROTATION_FILE", &rotation);
        let settings = settings.with("HOLIDAYS_FILE", &holidays).with("MEMBERS_FILE", &members);
        Self { slack, table: Arc::default(), settings }
    }

    /// The same with a setting.
    fn with(self, variable: &str, value: &str) -> Self {
        let settings = self.settings.clone().with(variable, value);
        Self { settings, ..self }
    }

    /// What a process of that name sees in the table.
    fn ledger(&self, process: &str) -> Arc<Ledger> {
        Arc::new(Ledger::new(self.table.clone(), process.to_owned(), LEASE))
    }

    /// As a process has them that was started with these settings.
    fn notices(&self, ledger: &Arc<Ledger>) -> Notices {
        let http = toban::net::http::client().expect("a client");
        let lookup = |variable: &str| self.settings.value(variable);
        let base = Base::alone(http, Arc::new(Memory::default()), DateTime::UNIX_EPOCH);
        let config = base.settings(&lookup, Reach::Live).expect("settings without faults");
        let mut notices = base.notices(&config, None);
        if let Some(weekly) = &mut notices.weekly {
            weekly.ledger = ledger.clone();
        }
        if let Some(turns) = &mut notices.turns {
            turns.ledger = ledger.clone();
        }
        if let Some(exercises) = &mut notices.exercises {
            exercises.ledger = ledger.clone();
        }
        notices
    }

    /// A tick at this time, by a process of its own; how many messages a chat has taken.
    async fn tick(&self, time: &str) -> Result<usize, String> {
        self.tick_with(&self.ledger(time), time).await
    }

    async fn tick_with(&self, ledger: &Arc<Ledger>, time: &str) -> Result<usize, String> {
        let tick = Tick { notices: self.notices(ledger), ..Tick::default() };
        let ticked = tick.run(at(time)).await.map_err(|error: NotDone| error.to_string())?;
        Ok(ticked.noticed.sent)
    }

    /// Two ticks at the same time, by two processes.
    async fn two_ticks(&self, time: &str) -> [usize; 2] {
        let (first, second) = (self.ledger("first"), self.ledger("second"));
        let (one, other) = tokio::join!(self.tick_with(&first, time), self.tick_with(&second, time));
        let mut sent = [one, other].map(|sent| sent.expect("both are well"));
        sent.sort_unstable();
        sent
    }

    /// A tick whose process dies once Slack has so many calls: what it waits for then never comes.
    async fn tick_dies(&self, time: &str, calls: usize) {
        let before = self.slack.calls();
        tokio::select! {
            biased;
            () = self.slack.called(before + calls) => {}
            ticked = self.tick(time) => panic!("it is done: {ticked:?}"),
        }
    }

    /// Records what was posted.
    async fn told(&self, story: &[Said<'_>]) {
        let ledger = self.ledger("worker");
        for (nth, (time, kind, number, title, who, mentioned)) in story.iter().enumerate() {
            let key = EventKey(format!("{number}-{nth}-{time}"));
            let mut event = IncidentEvent::new(Origin::PagerDuty, key, kind.clone(), at(time));
            event.agent = who.map(|who| Person { id: format!("P{}", who.replace(' ', "")), name: text(who) });
            event.incident.id = Some(IncidentId(format!("Q{number}")));
            event.incident.number = Some(IncidentNumber(*number));
            event.incident.title = Foreign::line(title);
            event.incident.service = Foreign::line("Backlogアプリ");
            let mut incident = ledger.introduce(&event).await;
            let claim = ledger.claim(&event.key, Destination::Any, at(time)).await;
            let Claim::Yours(grant) = claim else { panic!("it is new: {time} {number}") };
            let settlement = Settlement {
                what: kind.name(),
                event: Some(&event),
                ended: Ended::Posted,
                attempts: Vec::new(),
                mentioned: *mentioned,
                first: None,
                links: None,
            };
            ledger.settle(grant, settlement, incident.as_mut(), at(time)).await;
        }
    }

    /// What the channel for reminders was told: each text, those in a thread indented.
    fn posted(&self) -> String {
        let messages = self.slack.take().into_iter().map(|message| {
            assert_eq!(message.channel.as_deref(), Some(Slack::REMINDER_CHANNEL));
            let indent = if message.thread_ts.is_some() { "    " } else { "" };
            let mentions = if message.mentions.is_empty() { String::new() } else { format!(" {:?}", message.mentions) };
            let lines: String = message.text.lines().map(|line| format!("{indent}{line}\n")).collect();
            format!("{indent}--{mentions}\n{lines}")
        });
        messages.collect()
    }
}

fn at(time: &str) -> DateTime<Utc> {
    format!("{time}:00+09:00").parse().unwrap_or_else(|error| panic!("{time}: {error}"))
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn text(text: &str) -> Foreign {
    Foreign::line(text).expect("text")
}
