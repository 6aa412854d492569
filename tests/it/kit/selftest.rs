//! The kit's own tests. A fake that accepts anything proves nothing, so these show what each of them refuses.

#[cfg(feature = "aws-tests")]
mod aws;
mod blocks;
mod buttons;
mod dressing;
mod events;
mod faults;
mod google;
mod incidents;
mod mattermost;
mod pace;
mod pagerduty;
mod presses;
mod private;
mod runtime;
mod schedules;
mod slack;
mod typetalk;
mod wire;
mod workspace;

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What dropping `fake` reports, or nothing.
fn left_by<T>(fake: T) -> String {
    message_of(catch_unwind(AssertUnwindSafe(|| drop(fake))))
}

/// The message of a panic, or an empty one.
fn message_of<T>(outcome: std::thread::Result<T>) -> String {
    let Err(panic) = outcome else {
        return String::new();
    };
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => panic.downcast_ref::<&str>().map_or_else(String::new, |text| (*text).to_owned()),
    }
}

#[track_caller]
fn assert_contains(text: &str, part: &str) {
    assert!(text.contains(part), "look for {part:?} in {text:?}");
}
