//! `/toban`: who is on call, what is open, why somebody was mentioned or not, and what was done.

use super::{Doing, Ended, READING};
use crate::chat::KINDS;
use crate::domain::answer::{OpenIncident, Past};
use crate::domain::calendar::Calendar;
use crate::domain::command::Command;
use crate::domain::incident::{Escalation, IncidentId, State};
use crate::domain::member::Platform;
use crate::domain::message::{Line, Message, duty, history};
use crate::domain::press::NothingDone;
use crate::domain::text::Foreign;
use crate::domain::unreadable::Unreadable;
use crate::ledger::incident::KnownIncident;
use crate::pagerduty::acting::{Seen, explained};
use crate::roster::Reading;
use crate::source;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// The most that asking PagerDuty when it calls SRE may take: without an answer that is left out.
const ASKING: Duration = Duration::from_secs(2);

impl Doing<'_> {
    pub(super) async fn command(&self, text: &str) -> Ended {
        if self.is_too_old() {
            return self.nothing(NothingDone::TooOld, None, None).await;
        }
        // First, so that nothing is asked anywhere for a stranger.
        let standing = self.standing().await;
        if let Err(why) = self.full_member(&standing) {
            return self.nothing(why, None, None).await;
        }
        tracing::info!(press = self.press.id, user = self.press.user.as_str(), "asked");
        let lines = self.lines(&Command::parse(text, &source::letters())).await;
        self.say(&Message::new(None, lines)).await;
        Ended::Done
    }

    async fn lines(&self, command: &Command) -> Vec<Line> {
        let settings = &self.relay.team.settings;
        let (language, now) = (settings.language, self.now);
        let local = now.with_timezone(&settings.calendar.zone);
        match command {
            Command::Overview => {
                let (reading, open) = tokio::join!(self.reading(), self.open());
                let calendar = settings.calendar_with(&reading);
                duty::overview(&self.on_call(&reading, &calendar), open.as_deref(), now)
            }
            Command::OnCall => {
                let reading = self.reading().await;
                let calendar = settings.calendar_with(&reading);
                duty::on_call(&self.on_call(&reading, &calendar), now)
            }
            Command::Open => duty::open(self.open().await.as_deref(), language, &local),
            Command::Why(subject) => {
                let past = titled(self.relay.ledger.past(subject, now).await);
                duty::why(subject, &past, language, &local)
            }
            Command::History(subject) => {
                let found = self.relay.ledger.look_up(subject, now).await;
                history::history(subject, &found, &settings.policy.ignored, language, &local)
            }
            Command::Help { unknown } => duty::help(unknown.as_ref(), language),
        }
    }

    async fn reading(&self) -> Result<Reading, Unreadable> {
        self.relay.read(Instant::now() + READING, self.now).await
    }

    fn on_call<'a>(&'a self, reading: &'a Result<Reading, Unreadable>, calendar: &'a Calendar) -> duty::OnCall<'a> {
        duty::OnCall {
            language: self.relay.team.settings.language,
            workbook: reading.as_ref().map(|reading| &*reading.workbook),
            read_at: reading.as_ref().ok().map(|reading| reading.read_at),
            calendar,
            platform: Platform::Slack,
            asker: Some(&self.press.user),
        }
    }

    /// What is open, as the ledger knows it, and when PagerDuty calls SRE, if it says so at once. `None` without an answer
    /// from the ledger.
    async fn open(&self) -> Option<Vec<OpenIncident>> {
        let known = self.relay.ledger.open_incidents().await?;
        let calls = if known.is_empty() { BTreeMap::new() } else { self.calls().await };
        let ignored = &self.relay.team.settings.policy.ignored;
        let open = |known: KnownIncident| OpenIncident {
            tag: known.tag(),
            opened_at: known.began_at(),
            state: known.state.unwrap_or(State::Triggered),
            takers: known.takers.iter().map(|taker| taker.who.clone()).collect(),
            holders: ignored.real(&known.holders.first).cloned().collect(),
            sre_at: calls.get(&known.id).copied(),
            title: known.title,
        };
        Some(known.into_iter().map(open).collect())
    }

    /// When PagerDuty calls SRE, by incident. Those that SRE has already are not among them.
    async fn calls(&self) -> BTreeMap<IncidentId, DateTime<Utc>> {
        let Some(actor) = self.actor else { return BTreeMap::new() };
        match timeout(ASKING, actor.triggered()).await {
            Ok(Ok(seen)) => {
                let ignored = &self.relay.team.settings.policy.ignored;
                let at = |(id, seen): (IncidentId, Seen)| match seen.escalation(None, ignored) {
                    Escalation::At(at) => Some((id, at)),
                    _ => None,
                };
                seen.into_iter().filter_map(at).collect()
            }
            Ok(Err(error)) => {
                let error = explained(&error);
                tracing::warn!(press = self.press.id, "when SRE is called is not known: {error}");
                BTreeMap::new()
            }
            Err(_) => BTreeMap::new(),
        }
    }
}

/// The same with the chats called as people call them.
fn titled(mut past: Past) -> Past {
    if let Past::Known(known) = &mut past {
        for told in &mut known.told {
            let kind = KINDS.into_iter().find(|kind| kind.name == told.chat.as_str());
            told.chat = kind.and_then(|kind| Foreign::line(kind.title)).unwrap_or_else(|| told.chat.clone());
        }
    }
    past
}
