//! Panics on foreign input: one body must not take the others with it.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs code on foreign input and returns `None` if it panics. The panic hook has logged where.
pub fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    // The closures change nothing that they share, so nothing can be left half done.
    catch_unwind(AssertUnwindSafe(work)).ok()
}
