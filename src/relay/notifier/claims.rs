//! Who may post a message, and what is recorded of it afterwards.

use super::{Notification, Notifier, Outcome};
use crate::chat::delivery::Outlets;
use crate::chat::{Chat, ChatError, PostId};
use crate::domain::incident::EventKey;
use crate::ledger::incident::ReportedBy;
use crate::ledger::{Certainty, Claim};

/// One of the two chats: each message is claimed for each of them by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outlet {
    Primary,
    Backup,
}

impl Outlet {
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

impl Notifier<'_> {
    /// Whether the backup has taken a message instead of the primary; never when both get everything.
    pub(super) async fn backup_has(self, key: &EventKey) -> bool {
        match self.outlets {
            Outlets::Failover(..) => self.ledger.is_completed(key, Outlet::Backup.name()).await,
            Outlets::One(_) | Outlets::Mirror(..) => false,
        }
    }

    /// The right to post a message to a chat, or the outcome without it.
    pub(super) async fn claim<T>(
        self,
        chat: &Chat,
        outlet: Outlet,
        notification: Notification<'_>,
    ) -> Result<Granted, Outcome<T>> {
        let Notification { key, what, now, .. } = notification;
        let (claim, reported_by) =
            tokio::join!(self.ledger.claim(key, outlet.name(), now), self.reported_by(outlet, notification));
        let granted = match claim {
            Claim::Yours => Granted::FirstTime,
            Claim::YoursPerhapsAgain => Granted::PerhapsAgain,
            Claim::Completed => {
                tracing::info!(event = %key, what, chat = chat.name(), "it was posted before; nothing is posted");
                return Err(Outcome::Repeat);
            }
            Claim::Taken => {
                tracing::info!(event = %key, what, chat = chat.name(), "another process is posting it at this moment");
                return Err(Outcome::Held);
            }
        };
        let Some(reported_by) = reported_by else {
            return Ok(granted);
        };
        match reported_by {
            // It is recorded as if it had been posted, for `toban explain`.
            ReportedBy::Watchdog => {
                tracing::info!(event = %key, what, chat = chat.name(), "the watchdog has reported it; nothing is posted");
                self.ledger.complete(key, outlet.name(), now).await;
                self.keep_attempt(chat, outlet, notification, "not posted: the watchdog has reported it", "").await;
            }
            // Nor may the watchdog's claim stay: it would hold back a later webhook with the same state.
            ReportedBy::Webhook => {
                tracing::info!(event = %key, what, chat = chat.name(), "a webhook has reported it meanwhile; nothing is posted");
                self.ledger.release(key, outlet.name(), Certainty::NotPosted, now).await;
            }
        }
        Err(Outcome::Repeat)
    }

    /// Whether a webhook has reported what the watchdog found, or the other way round. Webhooks never hold each other
    /// back.
    async fn reported_by(self, outlet: Outlet, notification: Notification<'_>) -> Option<ReportedBy> {
        let (milestone, reported_by) = notification.milestone?;
        let other = reported_by.other();
        let key = milestone.key_of(other);
        let is_in = async |outlet: Outlet| self.ledger.is_completed(&key, outlet.name()).await;
        let is_reported = match self.outlets {
            Outlets::One(_) | Outlets::Mirror(..) => is_in(outlet).await,
            Outlets::Failover(..) => {
                let (in_one, in_other) = tokio::join!(is_in(Outlet::Primary), is_in(Outlet::Backup));
                in_one || in_other
            }
        };
        is_reported.then_some(other)
    }

    /// Records how a post went. The ledger remembers that it may have been posted, however later attempts end.
    pub(super) async fn settle(
        self,
        chat: &Chat,
        outlet: Outlet,
        notification: Notification<'_>,
        posted: &Result<PostId, ChatError>,
    ) {
        let Notification { key, milestone, now, .. } = notification;
        let error = match posted {
            Ok(_) => {
                let report = async {
                    // The watchdog's own key is that of the milestone.
                    if let Some((milestone, ReportedBy::Webhook)) = milestone {
                        self.ledger.complete(&milestone.key_of(ReportedBy::Webhook), outlet.name(), now).await;
                    }
                };
                tokio::join!(self.ledger.complete(key, outlet.name(), now), report);
                return;
            }
            Err(error) => error,
        };
        let certainty = match error {
            ChatError::Lost { .. } => Certainty::PerhapsPosted,
            ChatError::Unavailable { .. } | ChatError::Gone { .. } | ChatError::Refused { .. } => Certainty::NotPosted,
        };
        self.ledger.release(key, outlet.name(), certainty, now).await;
        log_failed(notification, chat, error);
    }
}

fn log_failed(notification: Notification<'_>, chat: &Chat, error: &ChatError) {
    let Notification { key: event, what, .. } = notification;
    let chat = chat.name();
    match error {
        ChatError::Refused { .. } => tracing::error!(
            %event, what, chat, refused = true,
            "{error}. Nothing is posted there until somebody fixes it: `toban check` says what to do"
        ),
        ChatError::Lost { .. } => tracing::warn!(%event, what, chat, answer_lost = true, "{error}"),
        ChatError::Unavailable { .. } | ChatError::Gone { .. } => tracing::warn!(%event, what, chat, "{error}"),
    }
}
