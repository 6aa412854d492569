//! What a chat's answers say about when to call it again, as far as this process knows.

use super::ChatError;
use crate::net::pause::Pause;
use std::time::Duration;
use tokio::time::Instant;

/// A chat that did not answer is left alone for so long; then the next message tries it again.
const SILENCE: Duration = Duration::from_secs(15);
/// A call without an answer that took less than this has kept nobody waiting. To find no connection takes 1.5 s.
const LONG: Duration = Duration::from_millis(1_400);
/// Nobody is kept waiting for longer than this because of one answer.
pub const LONGEST: Duration = Duration::from_secs(300);
/// For so long after a chat has taken no more, fewer messages are better.
const CROWD: Duration = Duration::from_secs(15);

/// When a chat may be called again.
#[derive(Debug, Default)]
pub struct Pace {
    /// It has asked us to wait.
    asked: Pause,
    /// It did not answer, so nothing waits for it.
    silent: Pause,
    /// It takes few messages at the moment.
    crowded: Pause,
}

/// Why a chat is not to be called, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// It has asked us to wait.
    Asked(Duration),
    /// It did not answer a moment ago.
    Silent(Duration),
}

impl Pace {
    /// Learns from how a post ended that took this long.
    pub(crate) fn learn<T>(&self, posted: &Result<T, ChatError>, took: Duration, now: Instant) {
        match posted {
            Err(ChatError::Unavailable { retry_after: Some(wait), .. }) => {
                let wait = (*wait).min(LONGEST);
                self.asked.begin(wait, now);
                self.crowded.begin(wait + CROWD, now);
                self.silent.stop();
            }
            Err(ChatError::Lost { .. } | ChatError::Unavailable { retry_after: None, .. }) => {
                if took >= LONG {
                    self.silent.begin(SILENCE, now);
                }
            }
            _ => self.silent.stop(),
        }
    }

    /// Whether it is not to be called now.
    pub fn rest(&self, now: Instant) -> Option<Rest> {
        match (self.silent.left(now), self.asked.left(now)) {
            (Some(silent), asked) => Some(Rest::Silent(silent.max(asked.unwrap_or_default()))),
            (None, Some(asked)) => Some(Rest::Asked(asked)),
            (None, None) => None,
        }
    }

    /// Whether it takes few messages at the moment.
    pub fn is_crowded(&self, now: Instant) -> bool {
        self.crowded.left(now).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_is_left_alone_by_what_it_answered() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let seconds = Duration::from_secs;
        let throttled =
            |wait| Err::<(), _>(ChatError::Unavailable { retry_after: Some(seconds(wait)), why: "429".into() });
        let lost = Err::<(), _>(ChatError::Lost { why: "no answer in time".into() });
        let pace = Pace::default();
        pace.learn(&lost, Duration::from_millis(20), start);
        assert_eq!(pace.rest(start), None, "a connection that broke has kept nobody waiting");
        pace.learn(&throttled(30), seconds(0), start);
        pace.learn(&throttled(1), seconds(0), start);
        assert_eq!(pace.rest(after(1)), Some(Rest::Asked(seconds(29))));
        assert_eq!(pace.rest(after(30)), None);
        assert_eq!((pace.is_crowded(after(44)), pace.is_crowded(after(45))), (true, false));
        pace.learn(&lost, seconds(4), after(50));
        assert_eq!(pace.rest(after(51)), Some(Rest::Silent(seconds(14))));
        pace.learn(&Ok::<_, ChatError>(()), seconds(1), after(52));
        assert_eq!(pace.rest(after(52)), None, "it answers again");
        pace.learn(&throttled(u64::MAX / 2), seconds(0), after(60));
        assert_eq!(pace.rest(after(60)), Some(Rest::Asked(LONGEST)));
    }
}
