//! What is printed: one JSON line per event on Lambda, plain lines in a terminal, both on standard error or output as
//! the platform expects, and never anything from a payload.

use std::panic;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Levels by `RUST_LOG` (`toban=debug,reqwest=warn`); without it, `info` of toban and warnings of all others.
fn levels(rust_log: Option<&str>) -> Targets {
    let default = || Targets::new().with_default(Level::WARN).with_target("toban", Level::INFO);
    let wanted = rust_log.and_then(|text| text.parse::<Targets>().ok()).unwrap_or_else(default);
    // These print tokens and payloads when they are asked to be talkative.
    wanted.with_target("yup_oauth2", Level::WARN).with_target("hyper", Level::WARN).with_target("reqwest", Level::WARN)
}

/// JSON lines on standard output, for Lambda.
pub fn to_json(rust_log: Option<&str>) {
    let lines =
        tracing_subscriber::fmt::layer().json().flatten_event(true).with_current_span(false).with_span_list(false);
    tracing_subscriber::registry().with(lines).with(levels(rust_log)).init();
    quiet_panics();
}

/// Plain lines on standard error, for a terminal, where standard output is the chat.
pub fn to_terminal(rust_log: Option<&str>) {
    let lines =
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false).without_time().compact();
    tracing_subscriber::registry().with(lines).with(levels(rust_log)).init();
    quiet_panics();
}

/// A panic is logged by its place alone: its message may quote what somebody sent.
fn quiet_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(panicked = true, place, "the code panicked; please report the place");
    }));
}
