//! The week: on its last working day, half an hour before business hours end, what it brought is told where reminders go, with
//! rows to paste in its thread. Once a week; it mentions nobody.

use crate::chat::delivery::Outlet;
use crate::chat::{PostId, Threads};
use crate::domain::calendar::Calendar;
use crate::domain::destination::Destination;
use crate::domain::incident::{EventKey, IncidentId, OwnKey};
use crate::domain::message::weekly::{Context, message, rows};
use crate::domain::notices::weekly::{Alert, By, LOOKS_BACK, Over, Report, Week, begun, calls, due, may_be_due};
use crate::domain::seen::End;
use crate::domain::unreadable::Unreadable;
use crate::domain::workbook::Workbook;
use crate::ledger::incident::KnownIncident;
use crate::ledger::{KeptNotice, Ledger};
use crate::relay::once::{Granted, Once, POSTING, READING, Unsent};
use crate::relay::post::{Message, Outcome};
use crate::relay::side_by_side::side_by_side;
use crate::relay::team::Team;
use crate::roster::Reading;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

const WHAT: &str = "weekly";
/// The most incidents that are looked at: the latest of the week.
const MOST: usize = 200;
/// The most that looking at them may take.
const LOOKING: Duration = Duration::from_secs(8);

/// Tells what a week brought.
#[derive(Debug)]
pub struct Weekly {
    pub team: Team,
    /// What has been posted.
    pub ledger: Arc<Ledger>,
}

/// The week that is told.
struct Telling<'a> {
    week: Week,
    key: EventKey,
    calendar: Calendar,
    reading: &'a Result<Reading, Unreadable>,
}

impl Telling<'_> {
    fn workbook(&self) -> Result<&Workbook, &Unreadable> {
        self.reading.as_ref().map(|reading| &*reading.workbook)
    }
}

impl Weekly {
    /// Tells it once, at its time, and counts the messages that a chat has taken. Without an answer of the ledger nothing is told.
    pub async fn run(&self, now: DateTime<Utc>) -> Result<usize, Unsent> {
        if !may_be_due(&self.team.settings.calendar, now) {
            return Ok(0);
        }
        // The copy that others keep has a week of the past, and calls are counted for longer.
        let reading = match self.team.roster.read_whole(now).await {
            Ok(whole) => Ok(whole),
            Err(_) => self.team.roster.read(&self.ledger, Instant::now() + READING, now).await,
        };
        // The company may have days off.
        let calendar = self.team.settings.calendar_with(&reading);
        let Some(week) = due(&calendar, now) else { return Ok(0) };
        let key = EventKey::own(OwnKey::Weekly, week.monday);
        let telling = Telling { week, key, calendar, reading: &reading };
        let granted = self.once(&telling.key).claim(now).await?;
        if granted.is_empty() {
            // A process that has told it may have died before its rows were posted.
            return self.paste(&telling, None, now).await;
        }
        let Some(report) = self.report(&telling, now).await else {
            granted.release(now).await;
            return Err(Unsent::Ledger(WHAT));
        };
        let outcome = self.tell(granted, &telling, &report, now).await;
        if !outcome.is_taken() {
            return Err(Unsent::NotTaken(WHAT));
        }
        tracing::info!(monday = %week.monday, alerts = report.alerts, "the week is told");
        Ok(usize::from(outcome == Outcome::Posted) + self.paste(&telling, Some(report), now).await?)
    }

    fn once<'a>(&'a self, key: &'a EventKey) -> Once<'a> {
        Once { team: &self.team, ledger: &self.ledger, key, what: WHAT }
    }

    async fn tell(&self, granted: Granted<'_>, telling: &Telling<'_>, report: &Report, now: DateTime<Utc>) -> Outcome {
        let Telling { key, calendar, .. } = telling;
        let language = self.team.settings.language;
        let told = self.ledger.told_between(now - LOOKS_BACK, now).await;
        let say = |outlet, notice| {
            let Outlet { chat, .. } = outlet;
            let platform = chat.platform();
            let calls = |told: &Vec<_>| calls(told, telling.workbook().ok()?, platform, calendar, now);
            let context = Context {
                language,
                workbook: telling.workbook(),
                read_at: telling.reading.as_ref().ok().map(|reading| reading.read_at),
                calls: told.as_ref().and_then(calls),
                calendar,
                platform,
                notice,
            };
            Some(Message::new(outlet, message(report, context, now), language, String::new()))
        };
        let keep = async |place: Destination, post: &PostId| {
            let notice = KeptNotice { place, post: post.0.clone(), about: None };
            self.ledger.keep_notice(key, &notice, now).await;
        };
        granted.send_and_keep(say, keep, Instant::now() + POSTING, now).await
    }

    /// Posts the rows in the thread of the week, where there is one. The report is `None` if this process has not told it.
    async fn paste(&self, telling: &Telling<'_>, report: Option<Report>, now: DateTime<Utc>) -> Result<usize, Unsent> {
        let kept = self.ledger.notices(&telling.key).await.map_err(|_| Unsent::Ledger(WHAT))?;
        let thread = |outlet: Outlet<'_>| {
            let has_threads = outlet.chat.kind().threads != Threads::None;
            let post = kept.iter().find(|kept| kept.place == outlet.place && !kept.post.is_empty());
            post.filter(|_| has_threads).map(|kept| PostId(kept.post.clone()))
        };
        let key = EventKey::own(OwnKey::Weekly, format_args!("{}:rows", telling.week.monday));
        let granted = self.once(&key).claim_where(|outlet| thread(outlet).is_some(), now).await?;
        if granted.is_empty() {
            return Ok(0);
        }
        let report = match report {
            Some(report) => Some(report),
            None => self.report(telling, now).await,
        };
        let Some(report) = report else {
            granted.release(now).await;
            return Err(Unsent::Ledger(WHAT));
        };
        let language = self.team.settings.language;
        let said = rows(&report, language, &telling.calendar);
        let say = |outlet, _| {
            let message = Message::new(outlet, said.clone()?, language, String::new());
            Some(Message { thread: thread(outlet), ..message })
        };
        match granted.send(say, Instant::now() + POSTING, now).await {
            Outcome::Posted => Ok(1),
            outcome if outcome.is_taken() => Ok(0),
            _ => Err(Unsent::NotTaken(WHAT)),
        }
    }

    /// What the week brought; `None` if the ledger does not answer.
    async fn report(&self, telling: &Telling<'_>, now: DateTime<Utc>) -> Option<Report> {
        let Telling { week, calendar, .. } = telling;
        let span = week.span(calendar);
        let before = week.span_before(calendar).start;
        let until = Instant::now() + LOOKING;
        let (told, open) = tokio::join!(self.ledger.told_between(before, now), self.ledger.open_incidents());
        let (told, open) = (told?, open?);
        // Each once, where it began last.
        let mut seen = BTreeSet::new();
        let mut ids: Vec<&IncidentId> =
            begun(&told, &span).into_iter().rev().map(|(id, _)| id).filter(|id| seen.insert(*id)).collect();
        ids.reverse();
        let latest = &ids[ids.len().saturating_sub(MOST)..];
        let known = side_by_side(latest.iter().map(|id| self.ledger.incident(id)), until).await;
        let known: Vec<_> = known.into_iter().map(|known| known?.ok()).collect::<Option<_>>()?;
        let rows = known.iter().flatten().map(|known| self.alert(known)).collect();
        let open = open.iter().map(|known| self.alert(known)).collect();
        let runbooks = telling.workbook().map_or(&[][..], |workbook| &workbook.runbooks);
        Some(Report::of(*week, &told, rows, open, runbooks, calendar))
    }

    fn alert(&self, known: &KnownIncident) -> Alert {
        let by = match known.end() {
            End::NotYet => None,
            End::ByItself => Some(By::Itself),
            End::By(person) if !self.team.settings.policy.ignored.contains(&person) => Some(By::Somebody(person.name)),
            End::By(_) | End::NotSaid => Some(By::NotSaid),
        };
        Alert {
            tag: known.tag(),
            title: known.title.clone(),
            service: known.service.clone(),
            began_at: known.began_at(),
            over: by.map(|by| Over { at: known.changed_at, by }),
        }
    }
}
