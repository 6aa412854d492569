//! A time in which a service is not called, because of what it answered or did not.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Until when; over if it never began.
#[derive(Debug, Default)]
pub struct Pause(Mutex<Option<Instant>>);

impl Pause {
    /// What is left of it.
    pub fn left(&self, now: Instant) -> Option<Duration> {
        let left = (*self.end())?.saturating_duration_since(now);
        (!left.is_zero()).then_some(left)
    }

    /// It lasts this long from now, or longer if it does already.
    pub fn begin(&self, length: Duration, now: Instant) {
        let mut end = self.end();
        *end = (*end).max(now.checked_add(length));
    }

    pub fn stop(&self) {
        *self.end() = None;
    }

    fn end(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_as_long_as_the_longest_that_was_asked_for() {
        let start = Instant::now();
        let seconds = Duration::from_secs;
        let pause = Pause::default();
        assert_eq!(pause.left(start), None);
        pause.begin(seconds(5), start);
        pause.begin(seconds(1), start);
        assert_eq!(pause.left(start), Some(seconds(5)));
        assert_eq!(pause.left(start + seconds(4)), Some(seconds(1)));
        assert_eq!(pause.left(start + seconds(5)), None);
        pause.begin(seconds(5), start + seconds(6));
        assert_eq!(pause.left(start + seconds(10)), Some(seconds(1)));
        pause.stop();
        assert_eq!(pause.left(start + seconds(10)), None);
    }
}
