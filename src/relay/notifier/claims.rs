//! Who may post a message, and what is remembered of it afterwards.

use super::{Notification, Notifier, Outcome};
use crate::chat::delivery::Outlets;
use crate::chat::{Chat, ChatError, PostId};
use crate::domain::incident::EventKey;
use crate::ledger::incident::ReportedBy;
use crate::ledger::{Certainty, Claim};

/// Which of the two chats: each message is claimed for each of them by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Primary,
    Backup,
}

impl Place {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Backup => "backup",
        }
    }
}

/// A claim that was granted: what to say about it in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Granted {
    FirstTime,
    PerhapsAgain,
}

impl Notifier {
    /// Whether the backup has taken a message in the primary's stead; never when both get everything.
    pub(super) async fn backup_has(&self, key: &EventKey) -> bool {
        match &self.outlets {
            Outlets::Failover(..) => self.ledger.is_completed(key, Place::Backup.name()).await,
            Outlets::One(_) | Outlets::Mirror(..) => false,
        }
    }

    /// The right to post a message to a chat, or what there is to do instead.
    pub(super) async fn claim<T>(
        &self,
        chat: &Chat,
        place: Place,
        notification: Notification<'_>,
    ) -> Result<Granted, Outcome<T>> {
        let Notification { key, what, now, .. } = notification;
        let (claim, told_by) =
            tokio::join!(self.ledger.claim(key, place.name(), now), self.told_by(place, notification));
        let granted = match claim {
            Claim::Yours => Granted::FirstTime,
            Claim::YoursPerhapsAgain => Granted::PerhapsAgain,
            Claim::Completed => {
                tracing::info!(event = %key, what, chat = chat.name(), "it was posted before; nothing is posted");
                return Err(Outcome::Repeat);
            }
            Claim::Taken => {
                tracing::info!(event = %key, what, chat = chat.name(), "somebody else is posting it at this moment");
                return Err(Outcome::Held);
            }
        };
        let Some(reported_by) = told_by else {
            return Ok(granted);
        };
        match reported_by {
            // It is recorded as if it had been posted, for whoever asks what became of it.
            ReportedBy::Watchdog => {
                tracing::info!(event = %key, what, chat = chat.name(), "the watchdog has told it; nothing is posted");
                self.ledger.complete(key, place.name(), now).await;
                self.keep_attempt(chat, place, notification, "not posted: the watchdog has told it", "").await;
            }
            // Nor may the watchdog's claim stand: it would keep back a webhook of the same state that is yet to come.
            ReportedBy::Webhook => {
                tracing::info!(event = %key, what, chat = chat.name(), "a webhook has told it meanwhile; nothing is posted");
                self.ledger.release(key, place.name(), Certainty::NotPosted, now).await;
            }
        }
        Err(Outcome::Repeat)
    }

    /// Whether a webhook has told what the watchdog found, or the other way round. Webhooks never keep each other back.
    async fn told_by(&self, place: Place, notification: Notification<'_>) -> Option<ReportedBy> {
        let (milestone, reported_by) = notification.milestone?;
        let other = reported_by.other();
        let key = milestone.told_by(other);
        let is_told = match &self.outlets {
            Outlets::One(_) | Outlets::Mirror(..) => self.ledger.is_completed(&key, place.name()).await,
            Outlets::Failover(..) => {
                let told_in = async |place: Place| self.ledger.is_completed(&key, place.name()).await;
                let (in_one, in_other) = tokio::join!(told_in(Place::Primary), told_in(Place::Backup));
                in_one || in_other
            }
        };
        is_told.then_some(other)
    }

    /// Remembers how a post went. The ledger keeps in mind what may have been posted once, however later tries end.
    pub(super) async fn settle(
        &self,
        chat: &Chat,
        place: Place,
        notification: Notification<'_>,
        posted: &Result<PostId, ChatError>,
    ) {
        let Notification { key, milestone, now, .. } = notification;
        let error = match posted {
            Ok(_) => {
                let told = async {
                    // The watchdog's own key is that of the milestone.
                    if let Some((milestone, ReportedBy::Webhook)) = milestone {
                        self.ledger.complete(&milestone.told_by(ReportedBy::Webhook), place.name(), now).await;
                    }
                };
                tokio::join!(self.ledger.complete(key, place.name(), now), told);
                return;
            }
            Err(error) => error,
        };
        let certainty = match error {
            ChatError::Lost { .. } => Certainty::PerhapsPosted,
            ChatError::Unavailable { .. } | ChatError::Gone { .. } | ChatError::Refused { .. } => Certainty::NotPosted,
        };
        self.ledger.release(key, place.name(), certainty, now).await;
        log_failed(notification, chat, error);
    }
}

fn log_failed(notification: Notification<'_>, chat: &Chat, error: &ChatError) {
    let (event, what, chat) = (notification.key, notification.what, chat.name());
    match error {
        ChatError::Refused { .. } => tracing::error!(
            %event, what, chat, refused = true,
            "{error}. Nothing is posted there until somebody mends it: `toban check` says what to do"
        ),
        ChatError::Lost { .. } => tracing::warn!(%event, what, chat, answer_lost = true, "{error}"),
        ChatError::Unavailable { .. } | ChatError::Gone { .. } => tracing::warn!(%event, what, chat, "{error}"),
    }
}
