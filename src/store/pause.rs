//! A short time in which no call is made, because the last one got no answer.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// One delivery makes several calls within this time, and waits for the first one only.
const LENGTH: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
pub(super) struct Pause(Mutex<Option<Instant>>);

impl Pause {
    pub(super) fn is_on(&self, now: Instant) -> bool {
        self.end().is_some_and(|end| now < end)
    }

    pub(super) fn begin(&self, now: Instant) {
        *self.end() = Some(now + LENGTH);
    }

    fn end(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_over_after_five_seconds() {
        let start = Instant::now();
        let after = |milliseconds| start + Duration::from_millis(milliseconds);
        let pause = Pause::default();
        assert!(!pause.is_on(start));
        pause.begin(start);
        assert!(pause.is_on(start));
        assert!(pause.is_on(after(4_999)));
        assert!(!pause.is_on(after(5_000)));
        pause.begin(after(6_000));
        assert!(pause.is_on(after(10_999)));
        assert!(!pause.is_on(after(11_000)));
    }
}
