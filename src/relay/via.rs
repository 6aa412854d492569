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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::ChatError;
    use crate::domain::destination::Destination;

    const EACH: [Via; 4] = [Via::Request, Via::Queue, Via::TwoQueues, Via::News];

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// A chat that has asked to be left alone for so long.
    fn asking(wait: Duration) -> Chat {
        let chat = Chat::console();
        let throttled = ChatError::Unavailable { retry_after: Some(wait), why: "429".into() };
        chat.pace().learn(&Err::<(), _>(throttled), Duration::ZERO, Instant::now());
        chat
    }

    /// A chat that did not answer, and is spared for 15 s.
    fn silent() -> Chat {
        let chat = Chat::console();
        let lost = ChatError::Lost { why: "no answer in time".into() };
        chat.pace().learn(&Err::<(), _>(lost), millis(4_000), Instant::now());
        chat
    }

    #[test]
    fn the_backup_gets_the_rest_of_the_time() {
        let begun = Instant::now();
        let given = |is_last| EACH.map(|via| via.deadline(is_last, begun, begun + millis(8_000)) - begun);
        assert_eq!(given(false), [6_800, 4_000, 4_000, 4_000].map(millis));
        assert_eq!(given(true), [millis(8_000); 4]);
    }

    #[test]
    fn of_two_queues_what_follows_waits_longer() {
        assert_eq!(EACH.map(|via| via.of(true)), [Via::Request, Via::Queue, Via::News, Via::News]);
        assert_eq!(EACH.map(|via| via.of(false)), EACH);
        assert_eq!(EACH.map(Via::behind), [0, 0, 2_000, 0].map(millis));
    }

    #[tokio::test(start_paused = true)]
    async fn only_who_waits_for_it_is_served_in_the_last_second() {
        let is_too_late = |left| EACH.map(|via| via.is_too_late(Instant::now() + millis(left)));
        assert_eq!(is_too_late(1_000), [false; 4]);
        assert_eq!(is_too_late(999), [false, true, true, true]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_chat_is_spared_unless_somebody_waits_and_it_is_the_last() {
        let now = Instant::now();
        let spared = |chat: &Chat, is_last| EACH.map(|via| via.spared(is_last, chat, now));
        let left = Some(millis(15_000));
        assert_eq!(spared(&silent(), false), [left; 4]);
        assert_eq!(spared(&silent(), true), [None, left, left, left]);
        assert_eq!(spared(&asking(millis(5_000)), false), [None; 4], "it is waited for");
    }

    #[tokio::test(start_paused = true)]
    async fn all_chats_rest_as_long_as_the_one_that_rests_least() {
        let rest = |chats: &[Chat], time| {
            let outlets: Vec<_> = chats.iter().map(|chat| Outlet { place: Destination::Primary, chat }).collect();
            super::rest(&outlets, millis(time))
        };
        let well = Chat::console;
        assert_eq!(rest(&[silent(), asking(millis(9_000))], 8_000), Some(millis(9_000)));
        assert_eq!(rest(&[silent(), asking(millis(30_000))], 8_000), Some(millis(15_000)));
        assert_eq!(rest(&[asking(millis(8_000))], 8_000), Some(millis(8_000)));
        assert_eq!(rest(&[asking(millis(7_999))], 8_000), None, "there is time to wait for it");
        assert_eq!(rest(&[silent(), well()], 8_000), None);
    }
}
