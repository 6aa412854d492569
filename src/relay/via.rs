//! How events come, and so how long a chat may take, and when it is not called.

use crate::chat::Chat;
use crate::chat::delivery::Outlet;
use crate::chat::pace::Rest;
use std::time::Duration;
use tokio::time::Instant;

/// How much of a request's time is kept for the backup, however long the primary takes.
const FOR_THE_BACKUP: Duration = Duration::from_millis(1_200);

/// With less time than this left, a message of the queue is not sent.
const TOO_LATE: Duration = Duration::from_secs(1);

/// What follows in an incident waits so much longer than the chat asks for, so that a new incident of another process comes first.
const BEHIND: Duration = Duration::from_secs(2);

/// How events come, and so who waits until one is posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// In a request whose sender waits for a few seconds, or by a schedule: what is not tried now may never be.
    Request,
    /// Through the queue, in which others wait behind them.
    Queue,
    /// The same, with new incidents in a queue of their own.
    TwoQueues,
    /// Through that queue, behind which nothing waits.
    News,
}

impl Via {
    /// By when a chat has to answer. The backup gets the rest of the time.
    pub fn deadline(self, is_last: bool, begun: Instant, deadline: Instant) -> Instant {
        match (self, is_last) {
            (_, true) => deadline,
            (Self::Request, false) => deadline - FOR_THE_BACKUP,
            (Self::Queue | Self::TwoQueues | Self::News, false) => {
                begun + deadline.saturating_duration_since(begun) / 2
            }
        }
    }

    /// How a new incident comes, or what follows in one.
    #[must_use]
    pub fn of(self, is_beginning: bool) -> Self {
        if self == Self::TwoQueues && is_beginning { Self::News } else { self }
    }

    /// How much longer than it asks for a chat is left alone that takes no more.
    pub fn behind(self) -> Duration {
        if self == Self::TwoQueues { BEHIND } else { Duration::ZERO }
    }

    /// Whether a chat would hardly have the time to answer, so that a message which comes again is better not sent now.
    pub fn is_too_late(self, deadline: Instant) -> bool {
        self != Self::Request && Instant::now() + TOO_LATE > deadline
    }

    /// For how long a chat is not called, because it did not answer a moment ago. A sender who waits gets its last chance.
    pub fn spared(self, is_last: bool, chat: &Chat, now: Instant) -> Option<Duration> {
        match chat.pace().rest(now)? {
            Rest::Silent(_) if self == Self::Request && is_last => None,
            Rest::Silent(left) => Some(left),
            Rest::Asked(_) => None,
        }
    }
}

/// How long all of these chats are to be left alone; `None` if one of them may be called within the time.
pub fn rest(outlets: &[Outlet<'_>], time: Duration) -> Option<Duration> {
    let now = Instant::now();
    let rests = outlets.iter().map(|outlet| match outlet.chat.pace().rest(now)? {
        Rest::Asked(left) if left < time => None,
        Rest::Asked(left) | Rest::Silent(left) => Some(left),
    });
    rests.collect::<Option<Vec<_>>>()?.into_iter().min()
}
