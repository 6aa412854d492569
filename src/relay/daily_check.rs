//! The daily check: before the morning's reminder, what `toban check` would find wrong is told where reminders go. What was told
//! is not told again before the first working day of a week.

use crate::domain::daily_check::{Telling, due, still_told};
use crate::domain::incident::{EventKey, OwnKey};
use crate::domain::message::daily_check::{Extent, LISTED, Wrong, message};
use crate::domain::text::Foreign;
use crate::ledger::Ledger;
use crate::pagerduty::Client;
use crate::pagerduty::health::Grade;
use crate::pagerduty::state::ServiceId;
use crate::relay::check::{Answering, Checked, Connections, ROTATION, Report, connections, platforms, rotation};
use crate::relay::once::{Granted, Once};
use crate::relay::post::{Message, Outcome};
use crate::relay::team::Team;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The most that reading the company's days off may take.
const READING: Duration = Duration::from_secs(3);
const WHAT: &str = "daily_check";

/// Checks what is set up, and tells what is wrong with it.
#[derive(Debug)]
pub struct DailyCheck {
    pub team: Team,
    /// What has been told.
    pub ledger: Arc<Ledger>,
    /// Where the rotation is, in words; `None` when its settings are wrong, which is among those.
    pub place: Option<String>,
    /// What is wrong with the settings.
    pub settings: Vec<String>,
    /// `None` if nobody answers from the chat.
    pub answering: Option<Answering>,
    /// The account, and the services that send webhooks here.
    pub pagerduty: Option<(Client, Vec<ServiceId>)>,
    /// Whether the events of these services come by EventBridge, and not by webhook.
    pub by_event_bus: bool,
    pub patience: Patience,
}

/// How long it may take: all together less than a claim is honoured.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    pub checking: Duration,
    /// From the end of the checking on.
    pub posting: Duration,
}

/// What a daily check has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DailyChecked {
    pub wrong: usize,
    /// How many of them were told, each by itself.
    pub told: usize,
}

/// Why what is wrong was not told. The next day's check may.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Untold {
    #[error("the ledger does not say what was told before, so nothing is checked")]
    Ledger,
    #[error("no chat has taken the daily check")]
    NotTaken,
}

/// What is wrong, as it is found.
#[derive(Debug, Default)]
struct Found {
    wrong: Vec<Checked>,
}

impl Report for Found {
    fn add(&mut self, checked: Checked) {
        let is_known = |known: &Checked| (&known.topic, &known.text) == (&checked.topic, &checked.text);
        if checked.grade == Grade::Wrong && !self.wrong.iter().any(is_known) {
            self.wrong.push(checked);
        }
    }

    fn waits_for(&mut self, _: &str) {}
}

impl Found {
    /// Whether nothing is known of the topic of a finding, because it has not answered. The members, of whom the chats are asked, are
    /// in the rotation's workbook.
    fn is_silent(&self, id: &str) -> bool {
        let mut silent = self.wrong.iter().filter(|checked| !checked.is_answered).map(|checked| &checked.topic);
        silent.any(|topic| topic == ROTATION || id.strip_prefix(topic).is_some_and(|rest| rest.starts_with(':')))
    }
}

impl DailyCheck {
    /// Checks once on a working day, shortly before business hours begin, and tells what is wrong. `None` at any other time, and if
    /// another process does it, or has done it.
    pub async fn run(&self, now: DateTime<Utc>) -> Result<Option<DailyChecked>, Untold> {
        if due(&self.team.settings.calendar, now).is_none() {
            return Ok(None);
        }
        let reading = self.team.roster.read(&self.ledger, Instant::now() + READING, now).await;
        let calendar = self.team.settings.calendar_with(&reading);
        // The company may have a day off.
        let Some(day) = due(&calendar, now) else { return Ok(None) };
        let told = self.ledger.checks_told().await.ok_or(Untold::Ledger)?;
        let key = EventKey::own(OwnKey::DailyCheck, day);
        let once = Once { team: &self.team, ledger: &self.ledger, key: &key, what: WHAT };
        let granted = once.claim(now).await.map_err(|_| Untold::Ledger)?;
        if granted.is_empty() {
            return Ok(None);
        }
        let mut found = Found::default();
        let checked = timeout_at(Instant::now() + self.patience.checking, self.check(&mut found, now)).await;
        let extent = if checked.is_ok() { Extent::Whole } else { Extent::Part };
        if extent == Extent::Part {
            tracing::warn!("not everything has answered the daily check in time: `toban check` waits longer");
        }
        let telling = Telling::of(day, &calendar);
        let (to_tell, known): (Vec<_>, Vec<_>) =
            found.wrong.iter().partition(|checked| telling.tells(&checked.identity(), &told));
        let outcome = self.tell(granted, &to_tell, extent, now).await;
        // What the message has no room for is told on the next day.
        let now_told = if outcome.is_taken() { &to_tell[..to_tell.len().min(LISTED)] } else { &[] };
        let known = ids(known.iter().chain(now_told).copied());
        let is_unseen = |id: &str| extent == Extent::Part || found.is_silent(id);
        self.ledger.keep_checks_told(&still_told(&told, &ids(&found.wrong), &known, is_unseen), now).await;
        let done = DailyChecked { wrong: found.wrong.len(), told: now_told.len() };
        tracing::info!(wrong = done.wrong, told = done.told, %day, "the daily check is done");
        if outcome.is_taken() { Ok(Some(done)) } else { Err(Untold::NotTaken) }
    }

    async fn check(&self, found: &mut Found, now: DateTime<Utc>) {
        let Self { team, place, settings, answering, pagerduty, by_event_bus, .. } = self;
        settings.iter().for_each(|fault| found.wrong("settings", fault));
        let platforms = platforms(&team.alerts);
        let workbook = rotation(found, place.clone(), &team.roster, &team.settings, &platforms, now).await;
        let to = Connections {
            alerts: &team.alerts,
            reminders: &team.reminders,
            answering: answering.as_ref(),
            pagerduty: pagerduty.as_ref().map(|(client, services)| (client, services.as_slice())),
            by_event_bus: *by_event_bus,
            relay: None,
        };
        connections(found, &to, workbook.as_deref(), &team.settings, now).await;
    }

    /// Tells it in each chat where it is granted; nothing is told of nothing.
    async fn tell(&self, granted: Granted<'_>, to_tell: &[&Checked], extent: Extent, now: DateTime<Utc>) -> Outcome {
        let wrong = |checked: &&Checked| {
            let Checked { topic, text, link, .. } = checked;
            Some(Wrong { topic: topic.clone(), text: Foreign::line(text)?, link: link.clone() })
        };
        let wrong: Vec<_> = to_tell.iter().filter_map(wrong).collect();
        let language = self.team.settings.language;
        let deadline = Instant::now() + self.patience.posting;
        let say = |outlet, notice| {
            let said = (!wrong.is_empty()).then(|| message(&wrong, extent, notice, language))?;
            Some(Message::new(outlet, said, language, String::new()))
        };
        granted.send(say, deadline, now).await
    }
}

fn ids<'a>(findings: impl IntoIterator<Item = &'a Checked>) -> BTreeSet<String> {
    findings.into_iter().flat_map(|checked| checked.identity().all()).collect()
}
