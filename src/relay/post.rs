//! One step of every delivery: hands a message to the first chat that takes it.

use crate::chat::delivery::{FOR_THE_BACKUP, Outlet, Pace, post_patiently};
use crate::chat::{Chat, ChatError, PostId, Rendered};
use crate::domain::incident::{EventKey, IncidentEvent};
use crate::domain::message::Notice;
use crate::ledger::{Attempt, Claim, Ended, Grant};
use chrono::{DateTime, Utc};
use tokio::time::Instant;

/// How a delivery to one destination ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A chat has accepted it now.
    Posted,
    /// It had been posted before.
    Repeat,
    /// No chat has it. It has to be tried again.
    NotTaken,
    /// Another process is posting it at this moment, and how that ends is not known yet. It has to be tried again.
    Held,
}

impl Outcome {
    /// Whether a chat has it, now or before.
    pub fn is_taken(self) -> bool {
        matches!(self, Self::Posted | Self::Repeat)
    }

    /// How it ended for several destinations, of which one is enough.
    pub fn of_any(outcomes: impl IntoIterator<Item = Self>) -> Self {
        let better = |one: Self, other: Self| match (one, other) {
            (Self::Posted, _) | (_, Self::Posted) => Self::Posted,
            (Self::Repeat, _) | (_, Self::Repeat) => Self::Repeat,
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
    pub rendered: Rendered,
    /// Why it says what it says, in words.
    pub why: String,
    /// The message that it follows.
    pub thread: Option<PostId>,
}

/// How posting went.
#[derive(Debug)]
pub struct Posting {
    pub accepted: Option<Accepted>,
    pub ended: Ended,
    /// One for each chat that was tried.
    pub attempts: Vec<Attempt>,
    pub pace: Pace,
}

/// The message that a chat has accepted.
#[derive(Debug)]
pub struct Accepted {
    /// Which of the messages, counted from 0.
    pub nth: usize,
    pub post: PostId,
    /// The message that it follows; `None` if it is a first one.
    pub thread: Option<PostId>,
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
    }
}

/// What a message says about itself: that it may be a repeat, or that the first chat has not taken it.
pub fn notice(grant: &Grant, nth: usize) -> Option<Notice> {
    if grant.is_perhaps_a_repeat {
        return Some(Notice::PossibleRepeat);
    }
    (nth > 0).then_some(Notice::PrimaryFailed)
}

/// Posts the first message, or if its chat does not take it, the next one. A digest has several subjects.
pub async fn post(
    messages: &[Message<'_>],
    subjects: &[Subject<'_>],
    deadline: Instant,
    now: DateTime<Utc>,
) -> Posting {
    let mut posting = Posting { accepted: None, ended: Ended::NotPosted, attempts: Vec::new(), pace: Pace::Free };
    for (nth, message) in messages.iter().enumerate() {
        let Message { outlet, rendered, why, thread } = message;
        let is_last = nth + 1 == messages.len();
        let deadline = if is_last { deadline } else { deadline - FOR_THE_BACKUP };
        let mut thread = thread.clone();
        let (mut posted, mut pace) = post_patiently(outlet.chat, rendered, thread.as_ref(), deadline).await;
        if let (Err(ChatError::Gone { .. }), Some(_)) = (&posted, &thread) {
            thread = None;
            (posted, pace) = post_patiently(outlet.chat, rendered, None, deadline).await;
        }
        posting.pace = pace;
        posting.attempts.push(Attempt {
            at: now,
            what: subjects[0].what.to_owned(),
            incident: subjects[0].number,
            place: outlet.place,
            chat: outlet.chat.name().to_owned(),
            outcome: posted.as_ref().map_or_else(ToString::to_string, |_| "posted".to_owned()),
            why: why.clone(),
        });
        match posted {
            Ok(post) => {
                posting.accepted = Some(Accepted { nth, post, thread });
                posting.ended = Ended::Posted;
                return posting;
            }
            Err(error) => {
                if let ChatError::Lost { .. } = error {
                    posting.ended = Ended::PerhapsPosted;
                }
                subjects.iter().for_each(|subject| log_failed(*subject, outlet.chat, &error));
            }
        }
    }
    posting
}

fn log_failed(subject: Subject<'_>, chat: &Chat, error: &ChatError) {
    let Subject { key: event, what, .. } = subject;
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

#[cfg(test)]
mod tests {
    use super::Outcome::{self, Held, NotTaken, Posted, Repeat};

    #[test]
    fn one_chat_of_two_is_enough() {
        for (outcomes, expected) in [
            ([Posted, Posted], Posted),
            ([NotTaken, Posted], Posted),
            ([Repeat, Posted], Posted),
            ([Held, Repeat], Repeat),
            ([Held, NotTaken], NotTaken),
            ([Held, Held], NotTaken),
        ] {
            assert_eq!(Outcome::of_any(outcomes), expected, "{outcomes:?}");
        }
    }
}
