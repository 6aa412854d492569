//! The figures of one run, as text or as one line of JSON.

use crate::calls::LedgerCalls;
use crate::child;
use crate::options::{Options, Role};
use crate::runtime::{Runtime, Usage};
use serde_json::json;
use std::time::Duration;

/// Read from `/proc` after the last answer.
pub struct Last {
    usage: Usage,
    peak_kib: u64,
    threads: u64,
}

impl Last {
    pub fn of(pid: u32) -> Self {
        Self { usage: Usage::of(pid), peak_kib: child::status(pid, "VmHWM"), threads: child::status(pid, "Threads") }
    }
}

/// Prints the run; `true` when every incident was posted once and nothing was wrong.
pub fn print(options: &Options, runtime: &Runtime, last: &Last, output: &str) -> bool {
    let fakes = runtime.fakes.borrow();
    let ms = |d: Duration| d.as_secs_f64() * 1e3;
    let us = |d: Duration| d.as_secs_f64() * 1e6;
    let mut warm = runtime.latencies.get(1..).unwrap_or_default().to_vec();
    warm.sort();
    let quantile = |q: f64| warm.get(((warm.len() as f64 * q).ceil() as usize).saturating_sub(1)).map(|d| us(*d));
    let init = runtime.init.map(ms);
    let first = runtime.latencies.first().copied().map(ms);
    let per_warm = |total: f64| total / warm.len().max(1) as f64;

    let told = fakes.told() as u64;
    let expected = if matches!(options.role, Role::Bare) { 0 } else { options.events };
    let mut errors = fakes.errors.clone();
    if told != expected {
        errors.push(format!("{told} of {expected} incidents were posted or queued"));
    }
    let ok = errors.is_empty();
    let cut = output.len().saturating_sub(2000);
    let tail = if ok { "" } else { &output[(cut..).find(|at| output.is_char_boundary(*at)).unwrap_or(0)..] };
    let calls = &fakes.calls;
    let to_first_told = fakes.first_told.map(|at| ms(at.duration_since(runtime.started)));
    let warm_ledger = calls.events.get(1..).unwrap_or_default();
    // Side by side can be told from one after the other only if each call takes its time.
    let trips =
        |of: fn(&LedgerCalls) -> usize| (!fakes.delay.is_zero()).then(|| warm_ledger.iter().map(of).max()).flatten();
    let run = json!({
        "name": options.name,
        "ok": ok,
        "init_ms": init,
        "first_ms": first,
        "cold_ms": to_first_told.or(init.zip(first).map(|(init, first)| init + first)),
        "p50_us": quantile(0.5),
        "p95_us": quantile(0.95),
        "p99_us": quantile(0.99),
        "rss_init_kib": runtime.at_init.rss_kib,
        "rss_first_kib": runtime.at_second.rss_kib,
        "rss_peak_kib": last.peak_kib,
        "threads": last.threads,
        "cpu_init_ms": runtime.at_init.cpu_ns as f64 / 1e6,
        "cpu_first_ms": runtime.at_second.cpu_ns.saturating_sub(runtime.at_init.cpu_ns) as f64 / 1e6,
        "cpu_warm_us": per_warm(last.usage.cpu_ns.saturating_sub(runtime.at_second.cpu_ns) as f64 / 1e3),
        "calls": calls.of,
        "ledger_calls": calls.table,
        "ledger_calls_per_event": per_warm(warm_ledger.iter().map(|event| event.all).sum::<usize>() as f64),
        "cold_trips": calls.trips_until_told.filter(|_| !fakes.delay.is_zero()),
        "ledger_trips_before": trips(|event| event.trips_before),
        "ledger_trips_after": trips(|event| event.trips_after),
        "warm_calls_per_event": per_warm((calls.total() - runtime.calls_of_first.total()) as f64),
        "connections": fakes.connections,
        "events": options.events,
        "posts": fakes.chat.posts(),
        "updates": fakes.chat.updates,
        "incidents": told,
        "without_pair": fakes.chat.without_pair,
        "answers": runtime.answers,
        "redeliveries": runtime.redeliveries,
        "faults_played": fakes.faults_played,
        "errors": errors.iter().take(5).collect::<Vec<_>>(),
        "error_count": errors.len(),
        "output": tail,
    });
    if options.json {
        println!("{run}");
        return ok;
    }
    for (name, value) in
        run.as_object().into_iter().flatten().filter(|(name, _)| *name != "errors" && *name != "output")
    {
        match value.as_f64().filter(|_| value.is_f64()) {
            Some(number) => println!("{name:>22}  {number:.3}"),
            None => println!("{name:>22}  {value}"),
        }
    }
    for error in errors.iter().take(5) {
        println!("error: {error}");
    }
    if !tail.is_empty() {
        println!("--- what the function printed ---\n{tail}");
    }
    ok
}
