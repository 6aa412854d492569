//! From settings to the things that work: what every binary builds in the same way.

use crate::aws::Aws;
use crate::config::{Config, LedgerPlace, QueuePlace};
use crate::courier::Courier;
use crate::ledger::Ledger;
use crate::queue::Queue;
use crate::relay::Relay;
use crate::reminder::{History, Reminders};
use crate::roster::Roster;
use chrono::{DateTime, Utc};
use std::process::ExitCode;

/// The exit code of a function: why it could not start is an error line, with every fault in it.
pub fn exit(ended: Result<(), lambda_runtime::Error>) -> ExitCode {
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Says what is wrong with the settings and does not keep a function from starting.
pub fn warn(config: &Config) {
    for warning in &config.warnings {
        tracing::error!(configuration = true, "{warning}. Messages go out all the same, as well as they can");
    }
    if matches!(config.ledger, LedgerPlace::Memory) {
        tracing::warn!("without LEDGER_TABLE a repeat is recognised only by the instance that posted the first");
    }
}

/// The ledger. `owner` names this process among those that share it.
pub fn ledger(place: LedgerPlace, http: &reqwest::Client, owner: String) -> Ledger {
    match place {
        LedgerPlace::Memory => Ledger::memory(),
        LedgerPlace::Table { name, lease, aws } => {
            Ledger::table(Aws::new(aws, http.clone()).dynamodb(), name, owner, lease)
        }
    }
}

/// The queue.
pub fn queue(place: QueuePlace, http: &reqwest::Client) -> Queue {
    Queue::new(Aws::new(place.aws, http.clone()).sqs(), place.url)
}

/// The whole relay.
pub fn relay(config: Config, http: &reqwest::Client, owner: String, clock: fn() -> DateTime<Utc>) -> Relay {
    let ledger = ledger(config.ledger, http, owner);
    let courier = Courier { outlets: config.outlets, ledger };
    Relay { office: config.office, roster: Roster::open(config.roster, http, clock), courier }
}

/// The reminders.
pub fn reminders(config: Config, http: &reqwest::Client, owner: String, clock: fn() -> DateTime<Utc>) -> Reminders {
    // The memory of a process that has just started knows nothing of last night.
    let history = match config.ledger {
        LedgerPlace::Memory => History::Unknown,
        LedgerPlace::Table { .. } => History::Known,
    };
    let courier = Courier { outlets: config.reminder_outlets, ledger: ledger(config.ledger, http, owner) };
    Reminders {
        office: config.office,
        roster: Roster::open(config.roster, http, clock),
        courier,
        history,
        manual: config.manual,
        checklist: config.checklist,
    }
}

/// A name for this process, different from any other's: the function, the instance's log stream, the process, the time.
pub fn owner(lookup: impl Fn(&str) -> Option<String>, process: u32, now: DateTime<Utc>) -> String {
    let stream = lookup("AWS_LAMBDA_LOG_STREAM_NAME").unwrap_or_default();
    format!("{stream}:{process}:{}", now.timestamp_nanos_opt().unwrap_or_default())
}
