//! One reminder: decide whether it is due, gather what it lists, claim, word, post and settle it.

use crate::chat::Chat;
use crate::chat::delivery::Outlet;
use crate::domain::calendar::Calendar;
use crate::domain::destination::Destination;
use crate::domain::incident::{EventKey, IncidentId, OwnKey, State};
use crate::domain::lint;
use crate::domain::message::Notice;
use crate::domain::message::reminder::{Context, explanation, message};
use crate::domain::reminder::{Carried, News, NotDue, Plan, Reminder, Standing, plan};
use crate::domain::rotation::{Coverage, Finding};
use crate::domain::text::Link;
use crate::domain::unreadable::Unreadable;
use crate::ledger::incident::KnownIncident;
use crate::ledger::{Ledger, Mentioned, NoAnswer, Posted, Settlement};
use crate::relay::post::{Message, Outcome, Said, Subject, granted, notice, post};
use crate::relay::side_by_side::side_by_side;
use crate::relay::team::Team;
use crate::relay::via::Via;
use crate::roster::Reading;
use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// The most that gathering what it lists may take: the rest of its time is for posting it.
const FOR_NEWS: Duration = Duration::from_secs(8);

/// Sends reminders.
#[derive(Debug)]
pub struct Reminders {
    pub team: Team,
    /// What has been posted.
    pub ledger: Arc<Ledger>,
    pub history: History,
    /// `MANUAL_URL`
    pub manual: Option<Link>,
    /// `CHECKLIST_URL`
    pub checklist: Option<Link>,
}

/// Whether the ledger knows what was posted before this process started, and by others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// It does: a reminder lists what came in.
    Known,
    /// It does not: the lists are left out, and nothing is said about them.
    Unknown,
}

/// How sending a reminder ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// A chat has accepted it now.
    Posted,
    /// It had been posted before.
    Repeat,
    NotDue(NotDue),
    /// No chat took it. It has to be sent again.
    NotTaken,
}

impl Sent {
    /// Its name in the log and in the answer.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Posted => "posted",
            Self::Repeat => "repeat",
            Self::NotDue(why) => why.name(),
            Self::NotTaken => "not_taken",
        }
    }
}

impl Reminders {
    /// Sends a reminder that was scheduled for a time, if it is due and was not sent before.
    pub async fn send(
        &self,
        reminder: Reminder,
        scheduled: DateTime<Utc>,
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> Sent {
        let reading = self.team.roster.read(&self.ledger, deadline, now).await;
        let calendar = self.team.settings.calendar_with(&reading);
        let sent = match plan(reminder, scheduled, &calendar, now) {
            Err(why) => Sent::NotDue(why),
            Ok(plan) => self.post(&plan, &reading, &calendar, deadline, now).await,
        };
        // An alarm counts these lines: a day without one means that nothing has checked whether it is a day off.
        tracing::info!(
            reminder = reminder.name(),
            decision = sent.name(),
            date = %calendar.date(scheduled),
            late_seconds = (now - scheduled).num_seconds(),
            "the reminder was decided"
        );
        sent
    }

    async fn post(
        &self,
        plan: &Plan,
        reading: &Result<Reading, Unreadable>,
        calendar: &Calendar,
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> Sent {
        let news = self.news(plan, calendar, deadline, now).await;
        let note = Note { reminders: self, plan, reading, news: news.as_ref(), now };
        let destinations = self.team.reminders.destinations().iter();
        let outcomes = join_all(destinations.map(|destination| self.post_to(*destination, &note, deadline))).await;
        self.team.roster.share(&self.ledger, now).await;
        match Outcome::of_any(outcomes) {
            Outcome::Posted => Sent::Posted,
            Outcome::Repeat | Outcome::Told => Sent::Repeat,
            Outcome::NotTaken | Outcome::Later(_) | Outcome::Soon(_) | Outcome::Held => Sent::NotTaken,
        }
    }

    /// Claims, words, posts and settles it for one destination.
    async fn post_to<'a>(&'a self, destination: Destination, note: &Note<'_>, deadline: Instant) -> Outcome {
        let Note { plan, now, .. } = *note;
        let what = plan.reminder.name();
        let key = EventKey::own(OwnKey::Reminder, format_args!("{what}:{}", plan.on));
        let subject = Subject { key: &key, what, number: None };
        let outlets = self.team.reminders.of(destination);
        // The first edition had a claim for each chat of a pair.
        if outlets.len() > 1 && self.ledger.is_completed(&key, Destination::Backup).await {
            return Outcome::Repeat;
        }
        // Lambda tries it three times within minutes.
        let claim = self.ledger.claim_at_once(&key, outlets[0].place, now).await;
        let mut grant = match granted(claim, subject, outlets[0]) {
            Ok(grant) => grant,
            Err(outcome) => return outcome,
        };
        let message = |(nth, outlet): (usize, Outlet<'a>)| {
            let (said, why) = note.word(outlet.chat, notice(&grant, nth));
            Message::new(outlet, said, self.team.settings.language, why)
        };
        let messages: Vec<_> = outlets.into_iter().enumerate().map(message).collect();
        let posting = post(&messages, &[subject], Via::Request, deadline, now).await;
        let ended = self.ledger.conclude(&mut grant, posting.ended, now);
        let outcome = Outcome::after(ended, &grant, posting.again, now);
        self.ledger.settle(grant, Settlement::of_no_incident(what, ended, posting.attempts), None, now).await;
        outcome
    }

    /// The text of a reminder for one chat, whether or not it was sent before; or why it is not due.
    pub async fn preview(
        &self,
        reminder: Reminder,
        chat: &Chat,
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> Result<String, NotDue> {
        let reading = self.team.roster.read(&self.ledger, deadline, now).await;
        let calendar = self.team.settings.calendar_with(&reading);
        let plan = plan(reminder, now, &calendar, now)?;
        let news = self.news(&plan, &calendar, deadline, now).await;
        let note = Note { reminders: self, plan: &plan, reading: &reading, news: news.as_ref(), now };
        Ok(chat.write(&note.word(chat, None).0).text)
    }

    /// What came in since the last working day's end and has mentioned nobody at all, and what is open; `None` without a
    /// history.
    async fn news(&self, plan: &Plan, calendar: &Calendar, deadline: Instant, now: DateTime<Utc>) -> Option<News> {
        if self.history == History::Unknown {
            return None;
        }
        let until = deadline.min(Instant::now() + FOR_NEWS);
        let open = self.ledger.open_incidents().await;
        let mut has_gaps = open.is_none();
        let open = open.unwrap_or_default().iter().map(carried).collect();
        let mut unmentioned = Vec::new();
        if plan.reminder == Reminder::Morning {
            let since = calendar.closing(plan.since);
            let posted = self.ledger.posted_between(since, now).await;
            has_gaps |= posted.is_none();
            let posted = posted.unwrap_or_default();
            let mut seen = mentioning(&posted);
            let quiet = posted.iter().filter(|posted| posted.kind.calls_somebody());
            let quiet = quiet.filter(|posted| seen.insert(posted.incident.clone()));
            for known in side_by_side(quiet.map(|posted| self.ledger.incident(&posted.incident)), until).await {
                match known {
                    Some(Ok(known)) => unmentioned.extend(known),
                    // The message says that something is missing.
                    Some(Err(NoAnswer)) | None => has_gaps = true,
                }
            }
            // What began before may have mentioned somebody then.
            let begun = unmentioned.iter().map(|known| known.opened_at).min().unwrap_or(since);
            if begun < since {
                let before = self.ledger.posted_between(begun, since).await;
                has_gaps |= before.is_none();
                let mentioned = mentioning(&before.unwrap_or_default());
                unmentioned.retain(|known| !mentioned.contains(&known.id));
            }
        }
        let unmentioned = unmentioned.iter().map(carried).collect();
        Some(News { unmentioned, open, has_gaps })
    }
}

/// The incidents of which a message has mentioned somebody, in any chat.
fn mentioning(posted: &[Posted]) -> BTreeSet<IncidentId> {
    let mentions = posted.iter().filter(|posted| posted.mentioned != Mentioned::Nobody);
    mentions.map(|posted| posted.incident.clone()).collect()
}

fn carried(known: &KnownIncident) -> Carried {
    let since = known.began_at();
    Carried {
        id: known.id.clone(),
        tag: known.tag(),
        title: known.title.clone(),
        standing: match known.state {
            Some(State::Triggered) if known.takers.is_empty() => Standing::Open { since },
            Some(State::Triggered | State::Acknowledged) => Standing::Taken { since },
            Some(State::Resolved) => Standing::Over,
            None => Standing::NotKnown,
        },
    }
}

/// A reminder, worded for each chat.
struct Note<'a> {
    reminders: &'a Reminders,
    plan: &'a Plan,
    reading: &'a Result<Reading, Unreadable>,
    news: Option<&'a News>,
    now: DateTime<Utc>,
}

impl Note<'_> {
    /// The text for a chat, and why it says what it says.
    fn word(&self, chat: &Chat, notice: Option<Notice>) -> (Said, String) {
        let Reminders { team, manual, checklist, .. } = self.reminders;
        let language = team.settings.language;
        let (coverage, findings): (Coverage, Vec<Finding>) = match self.reading {
            Ok(reading) => (
                reading.workbook.coverage(self.plan.about, chat.platform()),
                lint::one_day(&reading.workbook, chat.platform(), self.plan.about),
            ),
            Err(why) => (Coverage::Unknown { why: why.clone() }, Vec::new()),
        };
        let rotation_read_at = self.reading.as_ref().ok().map(|reading| reading.read_at);
        let posted = team.settings.calendar_with(self.reading).at(self.now);
        let why = explanation(self.plan, &coverage, rotation_read_at, &posted, language).plain();
        let context = Context {
            language,
            coverage: &coverage,
            findings: &findings,
            news: self.news,
            rotation_read_at,
            manual: manual.as_ref(),
            checklist: checklist.as_ref(),
            notice,
        };
        (message(self.plan, context, self.now), why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incident::{Person, Taker};

    #[test]
    fn what_somebody_works_on_is_not_open() {
        let at = DateTime::UNIX_EPOCH;
        let who = Person { id: "U1".into(), name: crate::domain::text::Foreign::line("佐藤").expect("a name") };
        let of = |state, takers| {
            let mut known = KnownIncident::new(IncidentId("Q1".into()), at);
            (known.state, known.takers) = (state, takers);
            carried(&known).standing
        };
        let taken = || vec![Taker { who: who.clone(), since: at }];
        assert_eq!(of(Some(State::Triggered), Vec::new()), Standing::Open { since: at });
        assert_eq!(of(Some(State::Triggered), taken()), Standing::Taken { since: at });
        assert_eq!(of(Some(State::Acknowledged), Vec::new()), Standing::Taken { since: at });
        assert_eq!(of(Some(State::Resolved), taken()), Standing::Over);
        assert_eq!(of(None, Vec::new()), Standing::NotKnown);
    }
}
