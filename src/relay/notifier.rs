//! Messages to the chats: claimed, worded, posted and remembered, so that none is lost and none is posted twice.

mod claims;
mod digest;

use crate::chat::delivery::{Destination, FOR_THE_BACKUP, Outlets, Pace};
use crate::chat::{Chat, ChatError, PostId, Rendered};
use crate::domain::incident::EventKey;
use crate::domain::message::Notice;
use crate::ledger::Ledger;
use crate::ledger::attempt::Attempt;
use crate::ledger::incident::{KnownIncident, Milestone, ReportedBy};

use crate::relay::thread::{StatusUpdate, Thread};
use chrono::{DateTime, Utc};
use claims::{Granted, Place};
use std::sync::Arc;
use tokio::time::Instant;

/// Takes messages to the chats and remembers that it did.
#[derive(Debug)]
pub struct Notifier {
    /// Where messages go.
    pub outlets: Outlets,
    /// What has been posted.
    pub ledger: Arc<Ledger>,
}

/// One message to bring.
#[derive(Debug, Clone, Copy)]
pub struct Notification<'a> {
    /// By what a repeat is recognised.
    pub key: &'a EventKey,
    /// What it is, for the log.
    pub what: &'static str,
    /// The incident that it is about, as far as is known.
    pub incident: Option<&'a KnownIncident>,
    /// What the incident has come to by it, and who says so.
    pub milestone: Option<(&'a Milestone, ReportedBy)>,
    /// When an answer is of no use any more.
    pub deadline: Instant,
    /// The time of posting.
    pub now: DateTime<Utc>,
}

/// A message in one chat's markup, and what is to be known about it afterwards.
#[derive(Debug, Clone)]
pub struct Worded<T> {
    /// What is posted.
    pub draft: Rendered,
    /// Why it says what it says, in words, for the ledger.
    pub why: String,
    /// The same as a value.
    pub because: T,
}

/// Whoever words a message: an event, a reminder, a digest.
pub trait Writer: Sync {
    /// What is to be known about a letter afterwards.
    type Because: Send;

    /// Words it for a chat. Asked only when it is to be posted there.
    fn write(&self, chat: &Chat, notice: Option<Notice>) -> impl Future<Output = Worded<Self::Because>> + Send;

    /// How the incident stands now, if the message is about a change of that.
    fn status_update(&self) -> Option<StatusUpdate> {
        None
    }
}

/// A chat has accepted a letter.
#[derive(Debug, Clone)]
pub struct Accepted<T> {
    /// Which chat.
    pub chat: &'static str,
    /// Why the letter said what it said, in words.
    pub why: String,
    /// The same as a value.
    pub because: T,
}

/// What became of a message.
#[derive(Debug, Clone)]
pub enum Outcome<T> {
    /// These chats have accepted it now; never empty.
    Posted(Vec<Accepted<T>>),
    /// It had been posted before.
    Repeat,
    /// No chat has it. It has to be brought again.
    NotTaken,
    /// Somebody else is bringing it at this moment, and nobody knows yet how that ends. It has to be brought again.
    Held,
}

/// What became of a message, and whether a chat asked us to wait on the way.
#[derive(Debug, Clone)]
pub struct Notified<T> {
    /// What became of it.
    pub outcome: Outcome<T>,
    /// Whether a chat has had enough for the moment.
    pub pace: Pace,
}

impl Notifier {
    /// Brings one message to every chat.
    pub async fn bring<W: Writer>(&self, notification: Notification<'_>, writer: &W) -> Notified<W::Because> {
        match &self.outlets {
            Outlets::One(_) | Outlets::Failover(..) => self.notify_at(Destination::Any, notification, writer).await,
            Outlets::Mirror(..) => {
                // Boxed, so that an event for one chat is not moved about with the room for two.
                let (first, second) = tokio::join!(
                    Box::pin(self.notify_at(Destination::Primary, notification, writer)),
                    Box::pin(self.notify_at(Destination::Backup, notification, writer))
                );
                let pace = if first.pace == Pace::Throttled { first.pace } else { second.pace };
                let outcome = match (first.outcome, second.outcome) {
                    (Outcome::Posted(mut first), Outcome::Posted(second)) => {
                        first.extend(second);
                        Outcome::Posted(first)
                    }
                    (Outcome::Posted(posted), _) | (_, Outcome::Posted(posted)) => Outcome::Posted(posted),
                    (Outcome::Repeat, _) | (_, Outcome::Repeat) => Outcome::Repeat,
                    (Outcome::NotTaken | Outcome::Held, Outcome::NotTaken | Outcome::Held) => Outcome::NotTaken,
                };
                Notified { outcome, pace }
            }
        }
    }

    /// Brings one message to the chat that it is addressed to. The address of a chat that is not configured any more
    /// means the one that is.
    pub async fn notify_at<W: Writer>(
        &self,
        address: Destination,
        notification: Notification<'_>,
        writer: &W,
    ) -> Notified<W::Because> {
        match (&self.outlets, address) {
            (Outlets::One(chat), _) => self.attempt(chat, Place::Primary, None, notification, writer).await,
            (Outlets::Mirror(_, backup), Destination::Backup) => {
                self.attempt(backup, Place::Backup, None, notification, writer).await
            }
            (Outlets::Mirror(primary, _), Destination::Primary | Destination::Any) => {
                self.attempt(primary, Place::Primary, None, notification, writer).await
            }
            (Outlets::Failover(primary, backup), _) => self.one_of(primary, backup, notification, writer).await,
        }
    }

    /// Brings one message to the backup chat alone; to the only chat where there is one.
    pub async fn notify_at_backup<W: Writer>(
        &self,
        notification: Notification<'_>,
        writer: &W,
    ) -> Notified<W::Because> {
        match &self.outlets {
            Outlets::One(chat) => self.attempt(chat, Place::Primary, None, notification, writer).await,
            Outlets::Mirror(_, backup) | Outlets::Failover(_, backup) => {
                self.attempt(backup, Place::Backup, None, notification, writer).await
            }
        }
    }

    /// The primary, and if it does not take the message, the backup. What either has is done for both.
    async fn one_of<W: Writer>(
        &self,
        primary: &Chat,
        backup: &Chat,
        notification: Notification<'_>,
        writer: &W,
    ) -> Notified<W::Because> {
        if self.backup_has(notification.key).await {
            return Notified { outcome: Outcome::Repeat, pace: Pace::Free };
        }
        let early = Notification { deadline: notification.deadline - FOR_THE_BACKUP, ..notification };
        let first = self.attempt(primary, Place::Primary, None, early, writer).await;
        match first.outcome {
            Outcome::NotTaken => {
                self.attempt(backup, Place::Backup, Some(Notice::PrimaryFailed), notification, writer).await
            }
            // What somebody else holds they may have posted already: not for the backup.
            Outcome::Posted(_) | Outcome::Repeat | Outcome::Held => first,
        }
    }

    /// Claims, words, posts, and remembers how that went, for one chat.
    async fn attempt<W: Writer>(
        &self,
        chat: &Chat,
        place: Place,
        notice: Option<Notice>,
        notification: Notification<'_>,
        writer: &W,
    ) -> Notified<W::Because> {
        let not_posted = |outcome| Notified { outcome, pace: Pace::Free };
        let granted = match self.claim(chat, place, notification).await {
            Ok(granted) => granted,
            Err(outcome) => return not_posted(outcome),
        };
        let notice = if granted == Granted::PerhapsAgain { Some(Notice::PossibleRepeat) } else { notice };
        let mut thread = Thread::of(notification.incident, chat, place.name(), &self.ledger);
        if let Some(status_update) = writer.status_update() {
            thread.update(&status_update, notification.deadline).await;
        }
        let letter = writer.write(chat, notice).await;
        let (posted, pace) = thread.post(&letter.draft, notification.deadline).await;
        self.settle(chat, place, notification, &posted).await;
        self.keep_attempt(chat, place, notification, &outcome_of(&posted), &letter.why).await;
        let outcome = match posted {
            Ok(post) => {
                thread.settle(&letter.draft, post, notification.deadline, notification.now).await;
                Outcome::Posted(vec![Accepted { chat: chat.name(), why: letter.why, because: letter.because }])
            }
            Err(_) => Outcome::NotTaken,
        };
        Notified { outcome, pace }
    }

    /// Keeps what was tried, for `toban explain`.
    async fn keep_attempt(&self, chat: &Chat, place: Place, notification: Notification<'_>, outcome: &str, why: &str) {
        let attempt = Attempt {
            at: notification.now,
            what: notification.what.to_owned(),
            incident: notification.incident.and_then(|incident| incident.number).map(|number| number.0),
            place: place.name().to_owned(),
            chat: chat.name().to_owned(),
            outcome: outcome.to_owned(),
            why: why.to_owned(),
        };
        self.ledger.keep_attempt(notification.key, attempt).await;
    }
}

/// How a post went, in words.
fn outcome_of(posted: &Result<PostId, ChatError>) -> String {
    posted.as_ref().map_or_else(ToString::to_string, |_| "posted".to_owned())
}

#[cfg(test)]
mod tests;
