//! One event from arrival to posted: look up who is on call, decide, word, post, remember.

use crate::chat::delivery::{FOR_THE_BACKUP, Outlets, post_patiently};
use crate::chat::{Chat, ChatError};
use crate::domain::calendar::Calendar;
use crate::domain::incident::{Illegible, IncidentEvent};
use crate::domain::message::{Context, Language, Notice, explanation, message};
use crate::domain::policy::{Decision, Duty, Policy};
use crate::domain::rotation::Coverage;
use crate::domain::runbook::matching;
use crate::domain::workbook::Unreadable;
use crate::ledger::{Certainty, Claim, Ledger};
use crate::roster::{Reading, Roster};
use crate::source::given_up;
use chrono::{DateTime, Utc};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::time::Instant;

/// How the team wants it: hours, rules, language.
#[derive(Debug, Clone)]
pub struct Office {
    /// When people are at work, the company's own holidays aside.
    pub calendar: Calendar,
    /// Who is mentioned.
    pub policy: Policy,
    /// In which language.
    pub language: Language,
}

/// Everything that a delivery needs.
#[derive(Debug)]
pub struct Relay {
    /// How the team wants it.
    pub office: Office,
    /// Who is on call.
    pub roster: Roster,
    /// Where messages go.
    pub outlets: Outlets,
    /// What has been posted.
    pub ledger: Ledger,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A chat has accepted it now.
    Posted,
    /// It had been posted before.
    Repeat,
    /// No chat has it. The sender has to bring it again.
    NotTaken,
}

/// A message for one chat, and why it mentions whom it mentions.
#[derive(Debug, Clone)]
pub struct Worded {
    /// The text, in the chat's markup.
    pub text: String,
    /// The decision behind it.
    pub decision: Decision,
    /// Why, in words.
    pub why: String,
}

/// Which of the two chats: each event is claimed for each of them by itself.
#[derive(Clone, Copy)]
enum Place {
    Primary,
    Backup,
}

impl Place {
    fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Backup => "backup",
        }
    }
}

/// One event on its way.
#[derive(Clone, Copy)]
struct Job<'a> {
    event: &'a IncidentEvent,
    deadline: Instant,
    now: DateTime<Utc>,
}

impl Relay {
    /// Delivers one event. `deadline` is when an answer is of no use any more.
    pub async fn deliver(&self, mut event: IncidentEvent, deadline: Instant, now: DateTime<Utc>) -> Outcome {
        self.ledger.introduce(&mut event, now).await;
        let job = Job { event: &event, deadline, now };
        match &self.outlets {
            Outlets::One(chat) => self.attempt(chat, Place::Primary, None, job).await,
            Outlets::Failover(primary, backup) => self.one_of(primary, backup, job).await,
            Outlets::Mirror(primary, backup) => {
                let outcomes = tokio::join!(
                    self.attempt(primary, Place::Primary, None, job),
                    self.attempt(backup, Place::Backup, None, job)
                );
                match outcomes {
                    (Outcome::Posted, _) | (_, Outcome::Posted) => Outcome::Posted,
                    (Outcome::Repeat, _) | (_, Outcome::Repeat) => Outcome::Repeat,
                    (Outcome::NotTaken, Outcome::NotTaken) => Outcome::NotTaken,
                }
            }
        }
    }

    /// The primary, and if it does not take the event, the backup. What either has is done for both.
    async fn one_of(&self, primary: &Chat, backup: &Chat, job: Job<'_>) -> Outcome {
        if self.ledger.is_completed(&job.event.key, Place::Backup.name()).await {
            return Outcome::Repeat;
        }
        let early = Job { deadline: job.deadline - FOR_THE_BACKUP, ..job };
        match self.attempt(primary, Place::Primary, None, early).await {
            Outcome::NotTaken => self.attempt(backup, Place::Backup, Some(Notice::PrimaryFailed), job).await,
            taken => taken,
        }
    }

    /// Claims, words, posts, and remembers how that went, for one chat.
    async fn attempt(&self, chat: &Chat, place: Place, notice: Option<Notice>, job: Job<'_>) -> Outcome {
        let Job { event, deadline, now } = job;
        let notice = match self.ledger.claim(&event.key, place.name(), now).await {
            Claim::Yours => notice,
            Claim::YoursPerhapsAgain => Some(Notice::PossibleRepeat),
            Claim::Completed => {
                tracing::info!(event = %event.key, chat = chat.name(), "it was posted before; nothing is posted");
                return Outcome::Repeat;
            }
            Claim::Taken => {
                tracing::info!(event = %event.key, chat = chat.name(), "another delivery of it is being posted at this moment");
                return Outcome::NotTaken;
            }
        };
        let reading = self.roster.read(&self.ledger, deadline, now).await;
        let worded = self.word(event, chat, &reading, notice, now);
        match post_patiently(chat, &worded.text, deadline).await {
            Ok(_) => {
                self.ledger.complete(&event.key, place.name(), now).await;
                log_posted(event, chat, &worded);
                Outcome::Posted
            }
            Err(error) => {
                let certainty = match error {
                    ChatError::Lost { .. } => Certainty::PerhapsPosted,
                    ChatError::Unavailable { .. } | ChatError::Refused { .. } => Certainty::NotPosted,
                };
                self.ledger.release(&event.key, place.name(), certainty, now).await;
                log_failed(event, chat, &error);
                Outcome::NotTaken
            }
        }
    }

    /// The message for one chat. A panic on the way makes it the plain line that an event could not be read.
    pub fn word(
        &self,
        event: &IncidentEvent,
        chat: &Chat,
        reading: &Result<Reading, Unreadable>,
        notice: Option<Notice>,
        now: DateTime<Utc>,
    ) -> Worded {
        worded_or_given_up(event, |event| self.office.word(event, chat, reading, notice, now))
    }
}

impl Office {
    /// Decides and words, for one chat.
    pub fn word(
        &self,
        event: &IncidentEvent,
        chat: &Chat,
        reading: &Result<Reading, Unreadable>,
        notice: Option<Notice>,
        now: DateTime<Utc>,
    ) -> Worded {
        let read_at = reading.as_ref().ok().map(|reading| reading.read_at);
        let (calendar, duty, runbook) = match reading {
            Ok(Reading { workbook, .. }) => {
                let calendar = self.calendar.with_company_holidays(workbook.holidays.clone());
                let coverage = workbook.coverage(calendar.date(now), chat.platform());
                let real: Vec<_> = self.policy.ignored.real(&event.incident.assignees).cloned().collect();
                let went_to = workbook.known(&real, chat.platform());
                (calendar, Duty { coverage, went_to }, matching(&workbook.runbooks, &event.incident))
            }
            Err(why) => {
                let duty = Duty { coverage: Coverage::Unknown { why: why.clone() }, went_to: Vec::new() };
                (self.calendar.clone(), duty, None)
            }
        };
        let decision = self.policy.decide(event, &duty, &calendar, now);
        let context = Context {
            language: self.language,
            ignored: &self.policy.ignored,
            runbook,
            rotation_read_at: read_at,
            notice,
        };
        let text = chat.write(&message(event, &decision, context));
        let why = explanation(&decision, read_at, self.language).plain();
        Worded { text, decision, why }
    }
}

/// Words an event; if that panics, words instead that it could not be read.
fn worded_or_given_up<T>(event: &IncidentEvent, word: impl Fn(&IncidentEvent) -> T) -> T {
    caught(|| word(event)).unwrap_or_else(|| word(&given_up(event, Illegible::Panicked)))
}

/// What the code does with foreign input, with a panic caught: `None` then. The panic hook has logged where.
pub fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    // Nothing that the closures share is changed by them, so nothing can be left half done.
    catch_unwind(AssertUnwindSafe(work)).ok()
}

fn log_posted(event: &IncidentEvent, chat: &Chat, worded: &Worded) {
    let reason = &worded.decision.reason;
    tracing::info!(
        event = %event.key,
        kind = event.kind.name(),
        incident = event.incident.number.map(|number| number.0),
        chat = chat.name(),
        mention = worded.decision.mention.name(),
        rule = reason.rule.name(),
        row = reason.row.as_ref().map(tracing::field::display),
        late_seconds = reason.delay().num_seconds(),
        why = worded.why,
        "posted"
    );
}

fn log_failed(event: &IncidentEvent, chat: &Chat, error: &ChatError) {
    let (event, kind, chat) = (&event.key, event.kind.name(), chat.name());
    match error {
        ChatError::Refused { .. } => tracing::error!(
            %event, kind, chat, refused = true,
            "{error}. Nothing is posted there until somebody mends it: `toban check` says what to do"
        ),
        ChatError::Unavailable { .. } | ChatError::Lost { .. } => tracing::warn!(%event, kind, chat, "{error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incident::{EventKey, EventKind, Incident};
    use crate::domain::text::Foreign;

    #[test]
    fn a_panic_while_wording_becomes_the_plain_line() {
        let event = IncidentEvent {
            key: EventKey("01G".into()),
            kind: EventKind::Triggered,
            occurred_at: DateTime::UNIX_EPOCH,
            agent: None,
            incident: Incident { title: Foreign::line("title"), ..Incident::default() },
            details: Default::default(),
            unreadable: None,
        };
        let word = |event: &IncidentEvent| match &event.unreadable {
            None => panic!("a fault of the code"),
            Some(unreadable) => (unreadable.clone(), event.kind.clone(), event.incident.title.clone()),
        };
        let (unreadable, kind, title) = worded_or_given_up(&event, word);
        assert_eq!((unreadable.delivery.as_str(), unreadable.why), ("01G", Illegible::Panicked));
        assert_eq!(
            (kind, title),
            (EventKind::Triggered, None),
            "it still mentions, and says nothing of what made it panic"
        );
    }
}
