//! Messages to the chats: claimed, worded, posted and recorded, so that none is lost and none is posted twice.

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
use claims::{Granted, Outlet};
use tokio::time::Instant;

/// Posts messages to the chats, and records that it did.
#[derive(Debug, Clone, Copy)]
pub struct Notifier<'a> {
    pub outlets: &'a Outlets,
    /// What has been posted.
    pub ledger: &'a Ledger,
}

/// One message to post.
#[derive(Debug, Clone, Copy)]
pub struct Notification<'a> {
    /// By what a repeat is recognised.
    pub key: &'a EventKey,
    /// What it is, for the log.
    pub what: &'static str,
    /// The incident that it is about, as far as is known.
    pub incident: Option<&'a KnownIncident>,
    /// The milestone that it reports, and who reports it.
    pub milestone: Option<(&'a Milestone, ReportedBy)>,
    pub deadline: Instant,
    /// The time of posting.
    pub now: DateTime<Utc>,
}

/// A message in one chat's markup, and why it is what it is.
#[derive(Debug, Clone)]
pub struct Worded<T> {
    pub rendered: Rendered,
    /// Why it says what it says, in words, for the ledger.
    pub why: String,
    /// The same as a value.
    pub because: T,
}

/// What words a message: an event, a reminder, a digest.
pub trait Writer: Sync {
    /// Why a message says what it says.
    type Because: Send;

    /// Words it for a chat. Called only when it is to be posted there.
    fn write(&self, chat: &Chat, notice: Option<Notice>) -> impl Future<Output = Worded<Self::Because>> + Send;

    /// The incident's status now, if the message is about a change of it.
    fn status_update(&self) -> Option<StatusUpdate> {
        None
    }
}

/// A message that a chat has accepted.
#[derive(Debug, Clone)]
pub struct Accepted<T> {
    pub chat: &'static str,
    /// Why it said what it said, in words.
    pub why: String,
    /// The same as a value.
    pub because: T,
}

/// How a notification ended.
#[derive(Debug, Clone)]
pub enum Outcome<T> {
    /// These chats have accepted it now; never empty.
    Posted(Vec<Accepted<T>>),
    /// It had been posted before.
    Repeat,
    /// No chat has it. It has to be tried again.
    NotTaken,
    /// Another process is posting it at this moment, and how that ends is not known yet. It has to be tried again.
    Held,
}

/// How a notification ended, and whether a chat asked us to wait on the way.
#[derive(Debug, Clone)]
pub struct Notified<T> {
    pub outcome: Outcome<T>,
    pub pace: Pace,
}

impl Notifier<'_> {
    /// Posts one message to every chat.
    pub async fn notify<W: Writer>(self, notification: Notification<'_>, writer: &W) -> Notified<W::Because> {
        match self.outlets {
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

    /// Posts one message to one destination. If that is not configured any more, to the chat that is.
    pub async fn notify_at<W: Writer>(
        self,
        destination: Destination,
        notification: Notification<'_>,
        writer: &W,
    ) -> Notified<W::Because> {
        match (self.outlets, destination) {
            (Outlets::One(chat), _) => self.attempt(chat, Outlet::Primary, None, notification, writer).await,
            (Outlets::Mirror(_, backup), Destination::Backup) => {
                self.attempt(backup, Outlet::Backup, None, notification, writer).await
            }
            (Outlets::Mirror(primary, _), Destination::Primary | Destination::Any) => {
                self.attempt(primary, Outlet::Primary, None, notification, writer).await
            }
            (Outlets::Failover(primary, backup), _) => self.one_of(primary, backup, notification, writer).await,
        }
    }

    /// Posts one message to the backup chat alone, or to the only chat there is.
    pub async fn notify_backup<W: Writer>(self, notification: Notification<'_>, writer: &W) -> Notified<W::Because> {
        match self.outlets {
            Outlets::One(chat) => self.attempt(chat, Outlet::Primary, None, notification, writer).await,
            Outlets::Mirror(_, backup) | Outlets::Failover(_, backup) => {
                self.attempt(backup, Outlet::Backup, None, notification, writer).await
            }
        }
    }

    /// Posts to the primary, and to the backup if the primary does not take it. What either has is done for both.
    async fn one_of<W: Writer>(
        self,
        primary: &Chat,
        backup: &Chat,
        notification: Notification<'_>,
        writer: &W,
    ) -> Notified<W::Because> {
        if self.backup_has(notification.key).await {
            return Notified { outcome: Outcome::Repeat, pace: Pace::Free };
        }
        let early = Notification { deadline: notification.deadline - FOR_THE_BACKUP, ..notification };
        let first = self.attempt(primary, Outlet::Primary, None, early, writer).await;
        match first.outcome {
            Outcome::NotTaken => {
                self.attempt(backup, Outlet::Backup, Some(Notice::PrimaryFailed), notification, writer).await
            }
            // The process that holds it may have posted it already, so it is not for the backup.
            Outcome::Posted(_) | Outcome::Repeat | Outcome::Held => first,
        }
    }

    /// Claims, words, posts, and records how that went, for one chat.
    async fn attempt<W: Writer>(
        self,
        chat: &Chat,
        outlet: Outlet,
        notice: Option<Notice>,
        notification: Notification<'_>,
        writer: &W,
    ) -> Notified<W::Because> {
        let not_posted = |outcome| Notified { outcome, pace: Pace::Free };
        let granted = match self.claim(chat, outlet, notification).await {
            Ok(granted) => granted,
            Err(outcome) => return not_posted(outcome),
        };
        let notice = if granted == Granted::PerhapsAgain { Some(Notice::PossibleRepeat) } else { notice };
        let mut thread = Thread::of(notification.incident, chat, outlet.name(), self.ledger);
        let Worded { rendered, why, because } = writer.write(chat, notice).await;
        let (posted, pace) = thread.post(&rendered, notification.deadline).await;
        self.settle(chat, outlet, notification, &posted).await;
        self.keep_attempt(chat, outlet, notification, &outcome_of(&posted), &why).await;
        let outcome = match posted {
            Ok(post) => {
                let update = writer.status_update();
                thread.finish(&rendered, post, update, notification.deadline, notification.now).await;
                Outcome::Posted(vec![Accepted { chat: chat.name(), why, because }])
            }
            Err(_) => Outcome::NotTaken,
        };
        Notified { outcome, pace }
    }

    /// Keeps the attempt, for `toban explain`.
    async fn keep_attempt(self, chat: &Chat, outlet: Outlet, notification: Notification<'_>, outcome: &str, why: &str) {
        let attempt = Attempt {
            at: notification.now,
            what: notification.what.to_owned(),
            incident: notification.incident.and_then(|incident| incident.number).map(|number| number.0),
            outlet: outlet.name().to_owned(),
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
