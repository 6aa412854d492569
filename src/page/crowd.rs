//! How many requests are being answered at once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Those that are being answered.
#[derive(Debug, Clone, Default)]
pub struct Crowd(Arc<Mutex<Count>>);

#[derive(Debug, Default)]
struct Count {
    present: u32,
    entered: u64,
}

/// One of them. Whoever hangs up early is gone as well.
#[derive(Debug)]
pub struct Guest {
    crowd: Crowd,
    found: u32,
    number: u64,
}

impl Crowd {
    fn count(&self) -> MutexGuard<'_, Count> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more.
    pub fn enter(&self) -> Guest {
        let mut count = self.count();
        let found = count.present;
        count.present += 1;
        count.entered += 1;
        Guest { crowd: self.clone(), found, number: count.entered }
    }
}

impl Guest {
    /// Whether anybody else was there, at any time since.
    pub fn was_not_alone(&self) -> bool {
        self.found > 0 || self.crowd.count().entered > self.number
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.crowd.count().present -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_meets_nobody_was_alone() {
        let crowd = Crowd::default();
        let first = crowd.enter();
        assert!(!first.was_not_alone());
        let second = crowd.enter();
        assert!(first.was_not_alone() && second.was_not_alone());
        drop(second);
        assert!(first.was_not_alone(), "somebody has been there");
        drop(first);
        assert!(!crowd.enter().was_not_alone());
    }
}
