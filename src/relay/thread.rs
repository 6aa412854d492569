//! An incident's messages in one chat: the first opens a thread and is kept up to date, the others follow it.
//!
//! Without threads in the chat, all messages are alike. If the first message is gone, the next one takes its place.

use crate::chat::delivery::{Pace, post_patiently};
use crate::chat::{Chat, ChatError, PostId, Rendered};
use crate::domain::message::{Line, Span};
use crate::ledger::Ledger;
use crate::ledger::incident::{KnownIncident, Opening};
use chrono::{DateTime, Utc};
use std::time::Duration;
use tokio::time::Instant;

/// The most that updating the first message may take before the new message is posted.
const UPDATE: Duration = Duration::from_millis(1_000);

/// The incident's status now, for its first message.
#[derive(Debug, Clone)]
pub struct StatusUpdate {
    /// Replaces the verb in the headline.
    pub headline: Span,
    /// The last line.
    pub status: Line,
}

/// The thread of an incident in one chat.
#[derive(Debug)]
pub struct Thread<'a> {
    chat: &'a Chat,
    ledger: &'a Ledger,
    outlet: &'static str,
    /// `None` for messages about no incident, which follow nothing.
    incident: Option<&'a KnownIncident>,
    first: Option<PostId>,
    /// An update of the first message that the chat did not take.
    outstanding: Option<Rendered>,
}

impl<'a> Thread<'a> {
    /// The thread as the ledger knows it.
    pub fn of(incident: Option<&'a KnownIncident>, chat: &'a Chat, outlet: &'static str, ledger: &'a Ledger) -> Self {
        let first = incident.and_then(|incident| incident.threads.get(outlet)).cloned().map(PostId);
        Self { chat, ledger, outlet, incident, first, outstanding: None }
    }

    /// Brings the first message up to date, before the new message is posted: if the first one is gone, the new one takes
    /// its place. No other failure holds a message back.
    pub async fn update(&mut self, status_update: &StatusUpdate, deadline: Instant) {
        let (Some(incident), Some(first), true) = (self.incident, &self.first, self.chat.keeps_up_to_date()) else {
            return;
        };
        let Some(Opening { text, verb }) = self.ledger.opening(&incident.id, self.outlet).await else {
            return;
        };
        let opening = Rendered { text, verb: Some(verb), status: None, pings: false };
        let rendered = self.chat.restate(&opening, &status_update.headline, &status_update.status);
        match self.chat.update(first, &rendered, deadline.min(Instant::now() + UPDATE)).await {
            Ok(()) => {}
            Err(error @ ChatError::Gone { .. }) => {
                tracing::info!(incident = %incident.id, outlet = self.outlet, "{error}; the next message begins a new thread");
                self.first = None;
            }
            Err(error @ ChatError::Refused { .. }) => {
                tracing::warn!(incident = %incident.id, outlet = self.outlet, "the first message stays as it is: {error}");
            }
            Err(ChatError::Unavailable { .. } | ChatError::Lost { .. }) => self.outstanding = Some(rendered),
        }
    }

    /// Posts a message as a reply, or as the first one.
    pub async fn post(&mut self, rendered: &Rendered, deadline: Instant) -> (Result<PostId, ChatError>, Pace) {
        let (posted, pace) = post_patiently(self.chat, rendered, self.first.as_ref(), deadline).await;
        match posted {
            Err(ChatError::Gone { .. }) if self.first.is_some() => {
                self.first = None;
                post_patiently(self.chat, rendered, None, deadline).await
            }
            posted => (posted, pace),
        }
    }

    /// Keeps the first message, for those after it; or brings it up to date, if the chat did not take that before. Called
    /// once the new message itself is settled.
    pub async fn settle(&self, rendered: &Rendered, post: PostId, deadline: Instant, now: DateTime<Utc>) {
        let Some(incident) = self.incident else {
            return;
        };
        if self.first.is_none() && !post.0.is_empty() {
            if let (Some(verb), Some(_), true) = (&rendered.verb, &rendered.status, self.chat.keeps_up_to_date()) {
                let opening = Opening { text: rendered.text.clone(), verb: verb.clone() };
                self.ledger.keep_opening(&incident.id, self.outlet, opening, now).await;
            }
            self.ledger.keep_thread(&incident.id, self.outlet, &post.0, now).await;
        }
        if let (Some(first), Some(outstanding)) = (&self.first, &self.outstanding)
            && let Err(error) = self.chat.update(first, outstanding, deadline.min(Instant::now() + UPDATE)).await
        {
            tracing::warn!(incident = %incident.id, outlet = self.outlet, "the first message is not up to date: {error}");
        }
    }
}
