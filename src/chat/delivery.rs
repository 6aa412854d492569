//! One chat or two, and how long to wait for one.

use super::{Chat, ChatError, PostId, Rendered};
use crate::domain::destination::Destination;
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

    /// Everywhere that a message goes.
    pub fn destinations(&self) -> &'static [Destination] {
        match self {
            Self::One(_) | Self::Failover(..) => &[Destination::Any],
            Self::Mirror(..) => &[Destination::Primary, Destination::Backup],
        }
    }

    /// The chats of a destination, in the order in which they are tried; at least one. If the destination is not configured
    /// any more, those that are.
    pub fn of(&self, destination: Destination) -> Vec<Outlet<'_>> {
        let primary = |chat| Outlet { place: Destination::Primary, chat };
        let backup = |chat| Outlet { place: Destination::Backup, chat };
        match (self, destination) {
            (Self::Mirror(_, chat), Destination::Backup) => vec![backup(chat)],
            (Self::One(chat) | Self::Mirror(chat, _), _) => vec![primary(chat)],
            (Self::Failover(first, second), _) => vec![primary(first), backup(second)],
        }
    }

    /// The backup chat, or the only one there is.
    pub fn backup(&self) -> Outlet<'_> {
        match self {
            Self::One(chat) => Outlet { place: Destination::Primary, chat },
            Self::Mirror(_, chat) | Self::Failover(_, chat) => Outlet { place: Destination::Backup, chat },
        }
    }
}

/// One of the chats.
#[derive(Debug, Clone, Copy)]
pub struct Outlet<'a> {
    /// Under what its threads and its attempts are kept: the primary or the backup.
    pub place: Destination,
    pub chat: &'a Chat,
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
