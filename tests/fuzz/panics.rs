//! Panics, also those that the code catches itself.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    /// What panicked in this thread and where, while somebody wants to know.
    static SEEN: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// What a piece of work returns, or `None` if it panics; and every panic on the way, caught or not.
pub fn seen<T>(work: impl FnOnce() -> T) -> (Option<T>, Vec<String>) {
    install();
    SEEN.set(Some(Vec::new()));
    let done = catch_unwind(AssertUnwindSafe(work)).ok();
    (done, SEEN.take().unwrap_or_default())
}

fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let is_noted = SEEN.with_borrow_mut(|seen| seen.as_mut().map(|seen| seen.push(info.to_string())));
            if is_noted.is_none() {
                usual(info);
            }
        }));
    });
}
