//! One chat or two, and how long to wait for one.

use super::{Chat, ChatError, PostId, Rendered};
use crate::net::retry::again_after;
use std::time::Duration;
use tokio::time::Instant;

/// How much of the time is kept for the backup, however long the primary takes.
pub const FOR_THE_BACKUP: Duration = Duration::from_millis(1_200);

/// A chat that says "at once" while it throttles is not called again sooner.
const SHORTEST_WAIT: Duration = Duration::from_millis(20);

/// The chats that messages go to.
#[derive(Debug, Clone)]
pub enum Outlets {
    One(Chat),
    /// Both chats get everything.
    Mirror(Chat, Chat),
    /// The second gets what the first did not take.
    Failover(Chat, Chat),
}

impl Outlets {
    /// The same with each chat changed.
    #[must_use]
    pub fn map(&self, change: impl Fn(&Chat) -> Chat) -> Self {
        match self {
            Self::One(chat) => Self::One(change(chat)),
            Self::Mirror(primary, backup) => Self::Mirror(change(primary), change(backup)),
            Self::Failover(primary, backup) => Self::Failover(change(primary), change(backup)),
        }
    }
}

/// Which of the chats a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Destination {
    /// The first of two that are mirrored.
    Primary,
    /// The second of two that are mirrored.
    Backup,
    /// The first that takes it: the only chat, or either in failover.
    Any,
}

impl Destination {
    /// Its name in the queue.
    pub fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Backup => "backup",
            Self::Any => "any",
        }
    }

    /// The destination of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Primary, Self::Backup, Self::Any].into_iter().find(|destination| destination.name() == name)
    }
}

/// Whether a chat has asked us to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    Free,
    /// Fewer messages are better.
    Throttled,
}

/// Posts a message, again if the chat asks to wait and the wait ends before the deadline.
///
/// Nothing else is tried again here: after a lost answer a second try could post twice, and a chat that is down for
/// a moment is better left to the backup or to the sender's own repeat.
pub async fn post_patiently(
    chat: &Chat,
    rendered: &Rendered,
    thread: Option<&PostId>,
    deadline: Instant,
) -> (Result<PostId, ChatError>, Pace) {
    let mut pace = Pace::Free;
    let wait = |error: &ChatError| {
        let ChatError::Unavailable { retry_after: Some(wait), .. } = error else {
            return None;
        };
        pace = Pace::Throttled;
        let wait = (*wait).max(SHORTEST_WAIT);
        // A wait may be longer than an instant can be.
        let again = Instant::now().checked_add(wait)?;
        (again < deadline).then_some(wait)
    };
    let posted = again_after(wait, || chat.post(rendered, thread, deadline)).await;
    (posted, pace)
}
