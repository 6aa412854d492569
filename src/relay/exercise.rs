//! Exercises: those who have been on call for four working days without an alert get an incident of the past, and later in the
//! day, in its thread, what was done then. They are no incidents: nothing of them is in the ledger but that they were sent.

use crate::chat::delivery::Outlet;
use crate::chat::{Chat, PostId, Threads};
use crate::domain::calendar::Calendar;
use crate::domain::command::Subject;
use crate::domain::destination::Destination;
use crate::domain::incident::{EventKey, IncidentId, OwnKey, State};
use crate::domain::message::exercise::{Follows, Past, answer, question};
use crate::domain::notices::exercise::{
    Part, Plan, TOO_OLD, TOO_RECENT, candidates, days_before, due, is_the_day, looks_back,
};
use crate::domain::rotation::Coverage;
use crate::domain::unreadable::Unreadable;
use crate::domain::workbook::Workbook;
use crate::ledger::incident::KnownIncident;
use crate::ledger::{KeptNotice, Ledger};
use crate::relay::once::{Once, POSTING, READING, Unsent};
use crate::relay::post::{Message, Outcome};
use crate::relay::team::Team;
use chrono::{DateTime, NaiveDate, Utc};
use std::sync::Arc;
use tokio::time::Instant;

const WHAT: &str = "exercises";
/// So many of the best records are looked at; somebody may have resolved none of them.
const MOST: usize = 10;

/// Sends exercises.
#[derive(Debug)]
pub struct Exercises {
    pub team: Team,
    /// What has been posted.
    pub ledger: Arc<Ledger>,
}

impl Exercises {
    /// Sends what is due of it, once, and counts the messages that a chat has taken.
    pub async fn run(&self, now: DateTime<Utc>) -> Result<usize, Unsent> {
        if due(&self.team.settings.calendar, now).is_none() {
            return Ok(0);
        }
        let reading = self.team.roster.read(&self.ledger, Instant::now() + READING, now).await;
        // The company may have a day off.
        let calendar = self.team.settings.calendar_with(&reading);
        let workbook = reading.as_ref().map(|reading| &*reading.workbook);
        match due(&calendar, now) {
            Some((plan, Part::Question)) => self.ask(&plan, workbook, &calendar, now).await,
            Some((plan, Part::Answer)) => self.answer(&plan, &calendar, now).await,
            None => Ok(0),
        }
    }

    fn once<'a>(&'a self, key: &'a EventKey) -> Once<'a> {
        Once { team: &self.team, ledger: &self.ledger, key, what: WHAT }
    }

    async fn ask(
        &self,
        plan: &Plan,
        workbook: Result<&Workbook, &Unreadable>,
        calendar: &Calendar,
        now: DateTime<Utc>,
    ) -> Result<usize, Unsent> {
        // Nobody knows who would get it.
        let Ok(workbook) = workbook else { return Ok(0) };
        let Some(since) = looks_back(plan.day, calendar) else { return Ok(0) };
        let platform = self.team.reminders.chats()[0].platform();
        let on_call = |day| match workbook.coverage(day, platform) {
            Coverage::OnCall { people, .. } => people.into_iter().map(|person| person.handle).collect(),
            Coverage::Gap { .. } | Coverage::Nobody { .. } | Coverage::Unknown { .. } => Default::default(),
        };
        let recent = self.ledger.told_between(since, now).await.ok_or(Unsent::Ledger(WHAT))?;
        if !is_the_day(plan.day, on_call, &recent, calendar, now) {
            return Ok(0);
        }
        for day in days_before(plan.day, calendar) {
            if !self.ledger.notices(&key(day)).await.map_err(|_| Unsent::Ledger(WHAT))?.is_empty() {
                return Ok(0);
            }
        }
        if !self.ledger.open_incidents().await.ok_or(Unsent::Ledger(WHAT))?.is_empty() {
            tracing::info!(day = %plan.day, "there is no exercise: an incident is open");
            return Ok(0);
        }
        let key = key(plan.day);
        let granted = self.once(&key).claim(now).await?;
        if granted.is_empty() {
            return Ok(0);
        }
        let Some((used, past)) = self.choose(&key, now).await else {
            granted.release(now).await;
            return Err(Unsent::Ledger(WHAT));
        };
        let Some((id, past)) = past else {
            tracing::info!(day = %plan.day, "there is no exercise: no incident has a whole record with a note, and somebody who resolved it");
            granted.send(|_, _| None, Instant::now(), now).await;
            return Ok(0);
        };
        let language = self.team.settings.language;
        let say = |outlet, notice| {
            let Outlet { chat, .. } = outlet;
            let coverage = workbook.coverage(plan.day, chat.platform());
            let said = question(&past, plan, &coverage, follows(chat), notice, language, calendar.zone);
            Some(Message::new(outlet, said, language, String::new()))
        };
        let keep = async |place: Destination, post: &PostId| {
            let notice = KeptNotice { place, post: post.0.clone(), about: Some(id.clone()) };
            self.ledger.keep_notice(&key, &notice, now).await;
            self.ledger.keep_exercised(&used, &id, now).await;
        };
        let outcome = granted.send_and_keep(say, keep, Instant::now() + POSTING, now).await;
        tracing::info!(day = %plan.day, incident = %id, is_sent = outcome.is_taken(), "an exercise");
        counted(outcome)
    }

    /// What was done then. It is told whatever has come since, and whoever is on call now.
    async fn answer(&self, plan: &Plan, calendar: &Calendar, now: DateTime<Utc>) -> Result<usize, Unsent> {
        let asked = self.ledger.notices(&key(plan.day)).await.map_err(|_| Unsent::Ledger(WHAT))?;
        let Some(about) = asked.iter().find_map(|asked| asked.about.clone()) else { return Ok(0) };
        let asked_in = |outlet: Outlet<'_>| asked.iter().find(|asked| asked.place == outlet.place);
        let key = EventKey::own(OwnKey::Exercise, format_args!("{}:answer", plan.day));
        let granted = self.once(&key).claim_where(|outlet| asked_in(outlet).is_some(), now).await?;
        if granted.is_empty() {
            return Ok(0);
        }
        let Ok(history) = self.ledger.history(&Subject::Id(about.clone()), now).await else {
            granted.release(now).await;
            return Err(Unsent::Ledger(WHAT));
        };
        if history.is_none() {
            tracing::warn!(incident = %about, "nothing is known any more of the incident of the exercise");
        }
        let Team { settings, .. } = &self.team;
        let language = settings.language;
        let say = |outlet, notice| {
            let Outlet { chat, .. } = outlet;
            let said = answer(history.as_ref()?, &settings.policy.ignored, notice, language, calendar.zone);
            let thread = asked_in(outlet).filter(|asked| !asked.post.is_empty());
            let thread = thread.filter(|_| follows(chat) == Follows::InThread);
            let thread = thread.map(|asked| PostId(asked.post.clone()));
            Some(Message { thread, ..Message::new(outlet, said, language, String::new()) })
        };
        counted(granted.send(say, Instant::now() + POSTING, now).await)
    }

    /// Those that were used before, and the incident of the best record, if there is one; `None` if the ledger does not answer.
    async fn choose(
        &self,
        key: &EventKey,
        now: DateTime<Utc>,
    ) -> Option<(Vec<IncidentId>, Option<(IncidentId, Past)>)> {
        let (used, asked) = tokio::join!(self.ledger.exercised(), self.ledger.notices(key));
        let (used, asked) = (used.ok()?, asked.ok()?);
        // It is in one chat, or may be: a repeat asks the same.
        if let Some(id) = asked.into_iter().find_map(|asked| asked.about) {
            let known = self.ledger.incident(&id).await.ok()?;
            return Some((used, known.and_then(|known| self.past(known)).map(|past| (id, past))));
        }
        let told = self.ledger.told_between(now - TOO_OLD, now - TOO_RECENT).await?;
        for id in candidates(&told, &used).into_iter().take(MOST) {
            let known = self.ledger.incident(&id).await.ok()?;
            // It may have begun again since.
            let known = known.filter(|known| known.changed_at < now - TOO_RECENT);
            if let Some(past) = known.and_then(|known| self.past(known)) {
                return Some((used, Some((id, past))));
            }
        }
        Some((used, None))
    }

    /// What there is to ask about it; `None` unless it has a title, is over, and somebody has resolved it.
    fn past(&self, known: KnownIncident) -> Option<Past> {
        let resolver = self.team.settings.policy.ignored.real(&known.holders.first).next();
        let is_resolved = known.state == Some(State::Resolved) && resolver.is_some();
        let began_at = known.began_at();
        Some(Past { title: known.title.filter(|_| is_resolved)?, service: known.service, began_at })
    }
}

fn key(day: NaiveDate) -> EventKey {
    EventKey::own(OwnKey::Exercise, day)
}

fn follows(chat: &Chat) -> Follows {
    if chat.kind().threads == Threads::None { Follows::InChannel } else { Follows::InThread }
}

fn counted(outcome: Outcome) -> Result<usize, Unsent> {
    match outcome {
        Outcome::Posted => Ok(1),
        outcome if outcome.is_taken() => Ok(0),
        _ => Err(Unsent::NotTaken(WHAT)),
    }
}
