//! One chat or two, and how long to wait for one.

use super::{Chat, ChatError, PostId, Rendered};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// What the backup keeps of the time, however long the primary takes.
pub const FOR_THE_BACKUP: Duration = Duration::from_millis(1_200);

/// Where messages go.
#[derive(Debug, Clone)]
pub enum Outlets {
    /// One chat.
    One(Chat),
    /// Both chats get everything.
    Mirror(Chat, Chat),
    /// The second gets what the first did not take.
    Failover(Chat, Chat),
}

/// A chat that says "at once" while it throttles is not hammered.
const SHORTEST_WAIT: Duration = Duration::from_millis(20);

/// For which of the chats a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Destination {
    /// The first, mirrored.
    Primary,
    /// The second, mirrored.
    Backup,
    /// The first that takes it: one chat, or failover.
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

    /// The address of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Primary, Self::Backup, Self::Any].into_iter().find(|address| address.name() == name)
    }
}

/// Whether a chat has asked us to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// It has not.
    Free,
    /// It has: fewer messages are better.
    Throttled,
}

/// Posts a message, again if the chat asks to wait and the wait ends in time.
///
/// Nothing else is tried again here: after a lost answer a second try could post twice, and a chat that is down for
/// a moment is better left to the backup or to the sender's own repeat.
pub async fn post_patiently(
    chat: &Chat,
    draft: &Rendered,
    thread: Option<&PostId>,
    deadline: Instant,
) -> (Result<PostId, ChatError>, Pace) {
    let mut pace = Pace::Free;
    loop {
        let error = match chat.post(draft, thread, deadline).await {
            Ok(post) => return (Ok(post), pace),
            Err(error) => error,
        };
        let ChatError::Unavailable { retry_after: Some(wait), .. } = error else {
            return (Err(error), pace);
        };
        pace = Pace::Throttled;
        // Of a wait without end there is no instant.
        match Instant::now().checked_add(wait.max(SHORTEST_WAIT)) {
            Some(again) if again < deadline => sleep_until(again).await,
            _ => return (Err(error), pace),
        }
    }
}
