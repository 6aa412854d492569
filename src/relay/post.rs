//! One step of every delivery: hands a message to the first chat that takes it.

mod plainer;

use crate::chat::delivery::{Outlet, post_patiently};
use crate::chat::pace::LONGEST;
use crate::chat::{Chat, ChatError, PostId, Rendered};
use crate::domain::incident::{EventKey, IncidentEvent};
use crate::domain::message::{self, Language, Notice};
use crate::ledger::{Attempt, Claim, Doubt, Ended, Grant, Mentioned};
use crate::net::panics::caught;
use crate::relay::via::Via;
use chrono::{DateTime, Utc};
use plainer::Plainer;
use std::time::Duration;
use tokio::time::Instant;

/// How a delivery to one destination ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A chat has accepted it now.
    Posted,
    /// It had been posted before.
    Repeat,
    /// It may be there, and was tried so often that nobody tries again.
    Told,
    /// No chat has it. It has to be tried again.
    NotTaken,
    /// It has to be tried again, after so long at least.
    Later(Duration),
    /// It has to be tried again, after so long at most.
    Soon(Duration),
    /// Another process is posting it at this moment, and how that ends is not known yet. It has to be tried again.
    Held,
}

impl Outcome {
    /// Whether a chat has it, now or before.
    pub fn is_taken(self) -> bool {
        matches!(self, Self::Posted | Self::Repeat | Self::Told)
    }

    /// How a delivery ended whose grant has been concluded. `again` is when a chat wants to be called.
    pub fn after(ended: Ended, grant: &Grant, again: Option<Duration>, now: DateTime<Utc>) -> Self {
        match ended {
            Ended::Posted => Self::Posted,
            Ended::ReportedBefore => Self::Repeat,
            Ended::CountsAsTold => Self::Told,
            Ended::PerhapsPosted(_) => grant.pause(now).map_or(Self::NotTaken, Self::Later),
            Ended::NotPosted => again.map_or(Self::NotTaken, Self::Later),
        }
    }

    /// Its name in the metrics, where nothing was tried.
    pub fn name(self) -> &'static str {
        match self {
            Self::Posted => "posted",
            Self::Repeat => "repeat",
            Self::Told => "counts_as_told",
            Self::NotTaken | Self::Later(_) => "not_posted",
            Self::Soon(_) | Self::Held => "held_up",
        }
    }

    /// How it ended for several destinations, of which one is enough.
    pub fn of_any(outcomes: impl IntoIterator<Item = Self>) -> Self {
        let better = |one: Self, other: Self| match (one, other) {
            (Self::Posted, _) | (_, Self::Posted) => Self::Posted,
            (Self::Repeat, _) | (_, Self::Repeat) => Self::Repeat,
            (Self::Told, _) | (_, Self::Told) => Self::Told,
            _ => Self::NotTaken,
        };
        outcomes.into_iter().reduce(better).unwrap_or(Self::NotTaken)
    }
}

/// What is posted, for the log and for the ledger.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// By what a repeat is recognised.
    pub key: &'a EventKey,
    /// The name of the event's kind, or what else it is.
    pub what: &'a str,
    /// The number of its incident, if that is known.
    pub number: Option<u64>,
}

impl<'a> Subject<'a> {
    pub fn of(event: &'a IncidentEvent) -> Self {
        let number = event.incident.number.map(|number| number.0);
        Self { key: &event.key, what: event.kind.name(), number }
    }
}

/// A message as one chat gets it.
#[derive(Debug)]
pub struct Message<'a> {
    pub outlet: Outlet<'a>,
    /// What it says: a plainer one is written from it if the chat refuses something about it.
    pub said: Said,
    pub language: Language,
    pub rendered: Rendered,
    /// Why it says what it says, in words.
    pub why: String,
    /// The message that it follows.
    pub thread: Option<PostId>,
    /// What it says if it turns out to follow no other, where that is more.
    pub whole: Option<Box<Said>>,
}

/// What a message says, before it is written for a chat.
pub type Said = message::Message;

impl<'a> Message<'a> {
    /// A message that follows no other.
    pub fn new(outlet: Outlet<'a>, said: Said, language: Language, why: String) -> Self {
        let rendered = outlet.chat.write(&said);
        Self { outlet, said, language, rendered, why, thread: None, whole: None }
    }

    /// The same as one line, if it follows a message that is kept up to date. What that line makes panic is said in whole.
    #[must_use]
    pub fn shortened(self, reply: impl Fn() -> Said) -> Self {
        if self.thread.is_none() || !self.outlet.chat.keeps_up_to_date() {
            return self;
        }
        match caught(|| {
            let said = reply();
            (self.outlet.chat.write(&said), said)
        }) {
            Some((rendered, said)) => Self { rendered, whole: Some(Box::new(self.said)), said, ..self },
            None => self,
        }
    }
}

/// How posting went.
#[derive(Debug)]
pub struct Posting {
    pub accepted: Option<Accepted>,
    pub ended: Ended,
    /// One for each chat that was tried.
    pub attempts: Vec<Attempt>,
    /// If no chat has accepted it, and those that could want to be left alone: for how long.
    pub again: Option<Duration>,
}

/// The message that a chat has accepted.
#[derive(Debug)]
pub struct Accepted {
    /// Which of the messages, counted from 0.
    pub nth: usize,
    pub post: PostId,
    /// The message that it follows; `None` if it is a first one.
    pub thread: Option<PostId>,
    /// What was accepted instead, if the chat refused something about the message.
    pub plainer: Option<Box<Rendered>>,
}

impl Accepted {
    pub fn mentioned(&self, message: &Message<'_>) -> Mentioned {
        if self.rendered(message).pings { Mentioned::Somebody } else { Mentioned::Nobody }
    }

    /// As the chat has it.
    pub fn rendered<'a>(&'a self, message: &'a Message<'_>) -> &'a Rendered {
        self.plainer.as_deref().unwrap_or(&message.rendered)
    }
}

/// The right to post, or how the delivery ends without it.
pub fn granted(claim: Claim, subject: Subject<'_>, outlet: Outlet<'_>) -> Result<Grant, Outcome> {
    let Subject { key: event, what, .. } = subject;
    let chat = outlet.chat.name();
    match claim {
        Claim::Yours(grant) => Ok(grant),
        Claim::Completed => {
            tracing::info!(%event, what, chat, "it was posted before; nothing is posted");
            Err(Outcome::Repeat)
        }
        Claim::Taken => {
            tracing::info!(%event, what, chat, "another process is posting it at this moment");
            Err(Outcome::Held)
        }
        Claim::NotYet(left) => {
            let seconds = left.as_secs();
            tracing::info!(%event, what, chat, seconds, "a chat may have it, and the next try is to be made later");
            Err(Outcome::Later(left))
        }
    }
}

/// What a message says about itself: that it may be a repeat, or that the first chat has not taken it.
pub fn notice(grant: &Grant, nth: usize) -> Option<Notice> {
    if grant.is_perhaps_a_repeat {
        return Some(if grant.may_mention() { Notice::PossibleRepeat } else { Notice::QuietRepeat });
    }
    (nth > 0).then_some(Notice::PrimaryFailed)
}

/// Posts the first message, or if its chat does not take it, the next one. A digest has several subjects.
pub async fn post(
    messages: &[Message<'_>],
    subjects: &[Subject<'_>],
    via: Via,
    deadline: Instant,
    now: DateTime<Utc>,
) -> Posting {
    let begun = Instant::now();
    let mut posting = Posting { accepted: None, ended: Ended::NotPosted, attempts: Vec::new(), again: None };
    let mut wait: Option<Duration> = None;
    for (nth, message) in messages.iter().enumerate() {
        let Message { outlet, why, .. } = message;
        let is_last = nth + 1 == messages.len();
        let deadline = via.deadline(is_last, begun, deadline);
        let mut plainer = Plainer { thread: message.thread.clone(), said: None };
        let mut posted = match via.spared(is_last, outlet.chat, Instant::now()) {
            Some(left) => Err(spared(left)),
            None if via.is_too_late(deadline) => Err(too_late()),
            None => {
                post_patiently(outlet.chat, &message.rendered, plainer.thread.as_ref(), deadline, via.behind()).await
            }
        };
        let mut why = why.clone();
        while let Err(error) = &posted
            && let Some(without) = plainer.refuse(error, message)
        {
            if let ChatError::Form { .. } = error {
                let (event, chat) = (subjects[0].key, outlet.chat.name());
                tracing::warn!(%event, chat, "{error}. It is posted without");
            }
            why.push_str(without);
            let rendered = plainer.rendered(message);
            // Boxed, as it is rare.
            posted =
                Box::pin(post_patiently(outlet.chat, rendered, plainer.thread.as_ref(), deadline, via.behind())).await;
        }
        // Without anything to leave out it is the message that is refused.
        let posted = posted.map_err(|error| match error {
            ChatError::Form { code, .. } => ChatError::Refused { code },
            other => other,
        });
        posting.attempts.push(Attempt {
            at: now,
            what: subjects[0].what.to_owned(),
            incident: subjects[0].number,
            place: outlet.place,
            chat: outlet.chat.name().to_owned(),
            outcome: posted.as_ref().map_or_else(ToString::to_string, |_| "posted".to_owned()),
            why,
        });
        match posted {
            Ok(post) => {
                let Plainer { thread, said } = plainer;
                let plainer = said.map(|said| Box::new(said.1));
                posting.accepted = Some(Accepted { nth, post, thread, plainer });
                posting.ended = Ended::Posted;
                return posting;
            }
            Err(error) => {
                posting.ended = match (&error, posting.ended) {
                    (ChatError::Unclear { .. }, _) => Ended::PerhapsPosted(Doubt::Unclear),
                    (ChatError::Lost { .. }, Ended::NotPosted) => Ended::PerhapsPosted(Doubt::NoAnswer),
                    (_, ended) => ended,
                };
                wait = [wait, wanted(&error)].into_iter().flatten().min();
                subjects.iter().for_each(|subject| log_failed(*subject, outlet.chat, &error));
            }
        }
    }
    posting.again = wait.filter(|wait| !wait.is_zero());
    posting
}

/// A chat that was not called, because it did not answer a moment ago.
fn spared(left: Duration) -> ChatError {
    ChatError::Unavailable { retry_after: Some(left), why: "it did not answer a moment ago".into() }
}

/// A chat that was not called, because what was asked before took too long.
fn too_late() -> ChatError {
    ChatError::Unavailable { retry_after: None, why: "there was no time left to send it".into() }
}

/// For how long a chat wants to be left alone; `None` if it will never take this.
fn wanted(error: &ChatError) -> Option<Duration> {
    match error {
        ChatError::Refused { .. } => None,
        ChatError::Unavailable { retry_after, .. } => Some(retry_after.unwrap_or_default().min(LONGEST)),
        _ => Some(Duration::ZERO),
    }
}

fn log_failed(subject: Subject<'_>, chat: &Chat, error: &ChatError) {
    let Subject { key: event, what, .. } = subject;
    let chat = chat.name();
    match error {
        ChatError::Refused { .. } => tracing::error!(
            %event, what, chat, refused = true,
            "{error}. Nothing is posted there until somebody fixes it: `toban check` says what to do"
        ),
        ChatError::Lost { .. } | ChatError::Unclear { .. } => {
            tracing::warn!(%event, what, chat, answer_lost = true, "{error}");
        }
        ChatError::Unavailable { .. } | ChatError::Gone { .. } | ChatError::Form { .. } => {
            tracing::warn!(%event, what, chat, "{error}");
        }
    }
}

#[cfg(test)]
mod tests;
