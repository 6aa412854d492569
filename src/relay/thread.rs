//! An incident's messages in one chat: the first opens a thread and is kept up to date, the others follow it.
//!
//! A message is posted and settled before anything else is done. Without threads in the chat, all messages are alike. If the
//! first message is gone, another takes its place.

use crate::chat::delivery::{Pace, post_patiently};
use crate::chat::{Chat, ChatError, PostId, Rendered};
use crate::domain::message::{Line, Span};
use crate::ledger::Ledger;
use crate::ledger::incident::{KnownIncident, Opening};
use chrono::{DateTime, Utc};
use std::time::Duration;
use tokio::time::Instant;

/// The most that bringing the first message up to date may take.
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
}

impl<'a> Thread<'a> {
    /// The thread as the ledger knows it.
    pub fn of(incident: Option<&'a KnownIncident>, chat: &'a Chat, outlet: &'static str, ledger: &'a Ledger) -> Self {
        let first = incident.and_then(|incident| incident.threads.get(outlet)).cloned().map(PostId);
        Self { chat, ledger, outlet, incident, first: first.filter(|first| !first.0.is_empty()) }
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

    /// What is left to do once the new message is posted and settled: keeps the first message, for those after it, or
    /// brings it up to date.
    pub async fn finish(
        &mut self,
        rendered: &Rendered,
        post: PostId,
        status_update: Option<StatusUpdate>,
        deadline: Instant,
        now: DateTime<Utc>,
    ) {
        let Some(incident) = self.incident else {
            return;
        };
        if self.first.is_none() {
            return self.keep(incident, rendered, post, now).await;
        }
        let Some(status_update) = status_update else { return };
        let Err(error) = self.update(incident, &status_update, deadline).await else { return };
        if !matches!(error, ChatError::Gone { .. }) {
            tracing::warn!(incident = %incident.id, outlet = self.outlet, "the first message is not up to date: {error}");
            return;
        }
        tracing::info!(incident = %incident.id, outlet = self.outlet, "{error}; another message begins a new thread");
        self.first = None;
        // Whoever is mentioned has seen it in the channel; a reply that mentions nobody is in a thread without a beginning.
        if rendered.pings {
            return self.ledger.keep_thread(&incident.id, self.outlet, "", now).await;
        }
        match post_patiently(self.chat, rendered, None, deadline).await.0 {
            Ok(post) => self.keep(incident, rendered, post, now).await,
            Err(error) => {
                tracing::warn!(incident = %incident.id, outlet = self.outlet, "no new thread is begun: {error}");
                self.ledger.keep_thread(&incident.id, self.outlet, "", now).await;
            }
        }
    }

    /// Keeps a first message.
    async fn keep(&self, incident: &KnownIncident, rendered: &Rendered, post: PostId, now: DateTime<Utc>) {
        if post.0.is_empty() {
            return;
        }
        if let (Some(verb), Some(_), true) = (&rendered.verb, &rendered.status, self.chat.keeps_up_to_date()) {
            let opening = Opening { text: rendered.text.clone(), verb: verb.clone() };
            self.ledger.keep_opening(&incident.id, self.outlet, opening, now).await;
        }
        self.ledger.keep_thread(&incident.id, self.outlet, &post.0, now).await;
    }

    /// Brings the first message up to date, with a second try if the chat was not available.
    async fn update(
        &self,
        incident: &KnownIncident,
        status_update: &StatusUpdate,
        deadline: Instant,
    ) -> Result<(), ChatError> {
        let (Some(first), true) = (&self.first, self.chat.keeps_up_to_date()) else {
            return Ok(());
        };
        let Some(Opening { text, verb }) = self.ledger.opening(&incident.id, self.outlet).await else {
            return Ok(());
        };
        let opening = Rendered { text, verb: Some(verb), status: None, pings: false };
        let rendered = self.chat.restate(&opening, &status_update.headline, &status_update.status);
        let update = || self.chat.update(first, &rendered, deadline.min(Instant::now() + UPDATE));
        match update().await {
            Err(ChatError::Unavailable { .. } | ChatError::Lost { .. }) => update().await,
            updated => updated,
        }
    }
}
