//! Finds out whether requests were answered at the same time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts the requests that are being answered.
#[derive(Debug, Clone, Default)]
pub struct InFlight(Arc<Mutex<Count>>);

#[derive(Debug, Default)]
struct Count {
    present: u32,
    entered: u64,
}

/// One of them. It ends on drop, so also when the client disconnects early.
#[derive(Debug)]
pub struct Visit {
    in_flight: InFlight,
    found: u32,
    number: u64,
}

impl InFlight {
    fn count(&self) -> MutexGuard<'_, Count> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers a request.
    pub fn enter(&self) -> Visit {
        let mut count = self.count();
        let found = count.present;
        count.present += 1;
        count.entered += 1;
        Visit { in_flight: self.clone(), found, number: count.entered }
    }
}

impl Visit {
    /// Whether it has overlapped with another request.
    pub fn was_not_alone(&self) -> bool {
        self.found > 0 || self.in_flight.count().entered > self.number
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.in_flight.count().present -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_meets_nobody_was_alone() {
        let in_flight = InFlight::default();
        let first = in_flight.enter();
        assert!(!first.was_not_alone());
        let second = in_flight.enter();
        assert!(first.was_not_alone() && second.was_not_alone());
        drop(second);
        assert!(first.was_not_alone(), "somebody has been there");
        drop(first);
        assert!(!in_flight.enter().was_not_alone());
    }
}
