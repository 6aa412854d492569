//! One message to the chats: claimed, worded, posted and remembered, so that none is lost and none is posted twice.

use crate::chat::delivery::{FOR_THE_BACKUP, Outlets, post_patiently};
use crate::chat::{Chat, ChatError};
use crate::domain::incident::EventKey;
use crate::domain::message::Notice;
use crate::ledger::{Certainty, Claim, Ledger};
use chrono::{DateTime, Utc};
use tokio::time::Instant;

/// Takes messages to the chats and remembers that it did.
#[derive(Debug)]
pub struct Courier {
    /// Where messages go.
    pub outlets: Outlets,
    /// What has been posted.
    pub ledger: Ledger,
}

/// One message to bring.
#[derive(Debug, Clone, Copy)]
pub struct Errand<'a> {
    /// By what a repeat is recognised.
    pub key: &'a EventKey,
    /// What it is, for the log.
    pub what: &'static str,
    /// When an answer is of no use any more.
    pub deadline: Instant,
    /// The time of posting.
    pub now: DateTime<Utc>,
}

/// A message in one chat's markup, and what is to be known about it afterwards.
#[derive(Debug, Clone)]
pub struct Letter<T> {
    /// The text.
    pub text: String,
    /// Why it says what it says.
    pub because: T,
}

/// Whoever words a message: an event, or a reminder.
pub trait Writer: Sync {
    /// What is to be known about a letter afterwards.
    type Because: Send;

    /// Words it for a chat. Asked only when it is to be posted there.
    fn write(&self, chat: &Chat, notice: Option<Notice>) -> impl Future<Output = Letter<Self::Because>> + Send;
}

/// A chat has accepted a letter.
#[derive(Debug, Clone)]
pub struct Receipt<T> {
    /// Which chat.
    pub chat: &'static str,
    /// What the letter was about.
    pub because: T,
}

/// What became of a message.
#[derive(Debug, Clone)]
pub enum Outcome<T> {
    /// These chats have accepted it now; never empty.
    Posted(Vec<Receipt<T>>),
    /// It had been posted before.
    Repeat,
    /// No chat has it. It has to be brought again.
    NotTaken,
}

/// Which of the two chats: each message is claimed for each of them by itself.
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

impl Courier {
    /// Brings one message.
    pub async fn bring<W: Writer>(&self, errand: Errand<'_>, writer: &W) -> Outcome<W::Because> {
        match &self.outlets {
            Outlets::One(chat) => self.attempt(chat, Place::Primary, None, errand, writer).await,
            Outlets::Failover(primary, backup) => self.one_of(primary, backup, errand, writer).await,
            Outlets::Mirror(primary, backup) => {
                let outcomes = tokio::join!(
                    self.attempt(primary, Place::Primary, None, errand, writer),
                    self.attempt(backup, Place::Backup, None, errand, writer)
                );
                match outcomes {
                    (Outcome::Posted(mut first), Outcome::Posted(second)) => {
                        first.extend(second);
                        Outcome::Posted(first)
                    }
                    (Outcome::Posted(posted), _) | (_, Outcome::Posted(posted)) => Outcome::Posted(posted),
                    (Outcome::Repeat, _) | (_, Outcome::Repeat) => Outcome::Repeat,
                    (Outcome::NotTaken, Outcome::NotTaken) => Outcome::NotTaken,
                }
            }
        }
    }

    /// The primary, and if it does not take the message, the backup. What either has is done for both.
    async fn one_of<W: Writer>(
        &self,
        primary: &Chat,
        backup: &Chat,
        errand: Errand<'_>,
        writer: &W,
    ) -> Outcome<W::Because> {
        if self.ledger.is_completed(errand.key, Place::Backup.name()).await {
            return Outcome::Repeat;
        }
        let early = Errand { deadline: errand.deadline - FOR_THE_BACKUP, ..errand };
        match self.attempt(primary, Place::Primary, None, early, writer).await {
            Outcome::NotTaken => self.attempt(backup, Place::Backup, Some(Notice::PrimaryFailed), errand, writer).await,
            taken => taken,
        }
    }

    /// Claims, words, posts, and remembers how that went, for one chat.
    async fn attempt<W: Writer>(
        &self,
        chat: &Chat,
        place: Place,
        notice: Option<Notice>,
        errand: Errand<'_>,
        writer: &W,
    ) -> Outcome<W::Because> {
        let Errand { key, what, deadline, now } = errand;
        let notice = match self.ledger.claim(key, place.name(), now).await {
            Claim::Yours => notice,
            Claim::YoursPerhapsAgain => Some(Notice::PossibleRepeat),
            Claim::Completed => {
                tracing::info!(event = %key, what, chat = chat.name(), "it was posted before; nothing is posted");
                return Outcome::Repeat;
            }
            Claim::Taken => {
                tracing::info!(event = %key, what, chat = chat.name(), "somebody else is posting it at this moment");
                return Outcome::NotTaken;
            }
        };
        let letter = writer.write(chat, notice).await;
        match post_patiently(chat, &letter.text, deadline).await {
            Ok(_) => {
                self.ledger.complete(key, place.name(), now).await;
                Outcome::Posted(vec![Receipt { chat: chat.name(), because: letter.because }])
            }
            Err(error) => {
                let certainty = match error {
                    ChatError::Lost { .. } => Certainty::PerhapsPosted,
                    ChatError::Unavailable { .. } | ChatError::Refused { .. } => Certainty::NotPosted,
                };
                self.ledger.release(key, place.name(), certainty, now).await;
                log_failed(errand, chat, &error);
                Outcome::NotTaken
            }
        }
    }
}

fn log_failed(errand: Errand<'_>, chat: &Chat, error: &ChatError) {
    let (event, what, chat) = (errand.key, errand.what, chat.name());
    match error {
        ChatError::Refused { .. } => tracing::error!(
            %event, what, chat, refused = true,
            "{error}. Nothing is posted there until somebody mends it: `toban check` says what to do"
        ),
        ChatError::Unavailable { .. } | ChatError::Lost { .. } => tracing::warn!(%event, what, chat, "{error}"),
    }
}
