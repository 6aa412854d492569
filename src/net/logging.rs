//! Logging: one JSON line per event on Lambda's standard output, plain lines on a terminal's standard error, and never
//! anything from a payload.

use std::panic;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{FilterFn, Targets, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// How the targets of our own events begin: the library, and the functions, each of which is a crate.
const OURS: [&str; 5] = ["toban", "webhook", "worker", "reminder", "tick"];

/// Levels by `RUST_LOG` (`toban=debug,reqwest=warn`); without it, `info` of toban and warnings of everything else.
fn levels(rust_log: Option<&str>) -> Targets {
    let default = || Targets::new().with_default(Level::WARN).with_target("toban", Level::INFO);
    rust_log.and_then(|text| text.parse::<Targets>().ok()).unwrap_or_else(default)
}

/// Below warnings, only our own events, whatever `RUST_LOG` says: at those levels HTTP clients and AWS's SDK log tokens and
/// payloads.
fn ours_or_warnings() -> FilterFn<fn(&Metadata<'_>) -> bool> {
    filter_fn(|metadata| *metadata.level() <= Level::WARN || is_ours(metadata.target()))
}

fn is_ours(target: &str) -> bool {
    target.split("::").next().is_some_and(|name| OURS.contains(&name))
}

/// JSON lines on standard output, for Lambda.
pub fn to_json(rust_log: Option<&str>) {
    let lines =
        tracing_subscriber::fmt::layer().json().flatten_event(true).with_current_span(false).with_span_list(false);
    tracing_subscriber::registry().with(lines).with(levels(rust_log)).with(ours_or_warnings()).init();
    quiet_panics();
}

/// Plain lines on standard error, for a terminal; standard output is for messages.
pub fn to_terminal(rust_log: Option<&str>) {
    let lines =
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false).without_time().compact();
    tracing_subscriber::registry().with(lines).with(levels(rust_log)).with(ours_or_warnings()).init();
    quiet_panics();
}

/// Only the location of a panic is logged: its message may quote what somebody sent.
fn quiet_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(panicked = true, place, "the code panicked; please report the place");
    }));
}
