//! One chat or two, and posting with patience.

use super::pace::Rest;
use super::{Chat, ChatError, PostId, Rendered};
use crate::domain::destination::Destination;
use crate::net::retry::again_after;
use std::time::Duration;
use tokio::time::{Instant, sleep};

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
    /// The chats, the first one first.
    pub fn chats(&self) -> Vec<&Chat> {
        match self {
            Self::One(chat) => vec![chat],
            Self::Mirror(primary, backup) | Self::Failover(primary, backup) => vec![primary, backup],
        }
    }

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

    /// Where a message for this destination goes: what is for any chat of two that are mirrored is for both.
    pub fn everywhere(&self, destination: Destination) -> &'static [Destination] {
        match destination {
            Destination::Primary => &[Destination::Primary],
            Destination::Backup => &[Destination::Backup],
            Destination::Any => self.destinations(),
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

    /// The chat in which people can press something.
    pub fn with_buttons(&self) -> Option<Outlet<'_>> {
        let all = self.destinations().iter().flat_map(|destination| self.of(*destination));
        all.into_iter().find(|outlet| outlet.chat.has_buttons())
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

/// Posts a message, if the chat asks to wait after that wait and `behind`, as long as there is time
/// for that before the deadline.
///
/// Nothing else is tried again here: after a lost answer a second try could post twice, and a chat that is down for
/// a moment is better left to the backup or to the sender's own repeat.
pub async fn post_patiently(
    chat: &Chat,
    rendered: &Rendered,
    thread: Option<&PostId>,
    deadline: Instant,
    behind: Duration,
) -> Result<PostId, ChatError> {
    // A wait may be longer than an instant can be.
    let is_in_time = |wait| Instant::now().checked_add(wait).is_some_and(|end| end < deadline);
    if let Some(Rest::Asked(wait)) = chat.pace().rest(Instant::now()) {
        if !is_in_time(wait) {
            let why = format!("it wants no more messages for {} s", wait.as_secs().max(1));
            return Err(ChatError::Unavailable { retry_after: Some(wait), why });
        }
        sleep(wait).await;
    }
    let wait = |error: &ChatError| {
        let ChatError::Unavailable { retry_after: Some(wait), .. } = error else {
            return None;
        };
        let wait = (*wait).max(SHORTEST_WAIT);
        [wait.saturating_add(behind), wait].into_iter().find(|wait| is_in_time(*wait))
    };
    again_after(wait, || chat.post(rendered, thread, deadline)).await
}
