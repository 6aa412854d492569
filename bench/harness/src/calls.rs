//! What was called, and in which order within an event: the ledger's round trips before and after the post.

use crate::faults::Service;
use std::collections::BTreeMap;
use std::time::Instant;

#[derive(Default, Clone)]
pub struct Calls {
    pub of: BTreeMap<&'static str, usize>,
    /// Calls of the table, by operation.
    pub table: BTreeMap<String, usize>,
    /// Those of the event that runs.
    running: Vec<Call>,
    /// All until the first post, and how many of them waited for each other.
    until_told: Vec<Call>,
    pub trips_until_told: Option<usize>,
    /// One for each event that was answered.
    pub events: Vec<LedgerCalls>,
}

#[derive(Clone, Copy)]
struct Call {
    service: Service,
    began: Instant,
    ended: Instant,
}

/// The ledger's calls during one event. Round trips are the most calls of which each waited for the one before it, so
/// they can be told only if the fakes take their time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LedgerCalls {
    pub all: usize,
    pub trips_before: usize,
    pub trips_after: usize,
}

impl Calls {
    pub fn total(&self) -> usize {
        self.of.values().sum()
    }

    pub fn count(&mut self, service: Service, operation: Option<&str>) {
        *self.of.entry(service.name()).or_default() += 1;
        if let Some(operation) = operation.filter(|_| service == Service::Table) {
            *self.table.entry(operation.to_owned()).or_default() += 1;
        }
    }

    pub fn answered(&mut self, service: Service, began: Instant, ended: Instant) {
        let call = Call { service, began, ended };
        self.running.push(call);
        if self.trips_until_told.is_none() {
            self.until_told.push(call);
        }
    }

    /// The first webhook was posted or queued.
    pub fn told(&mut self) {
        self.trips_until_told = Some(trips(std::mem::take(&mut self.until_told)));
    }

    /// What came before belongs to the start of the function.
    pub fn event_begins(&mut self) {
        self.running.clear();
    }

    pub fn event_ends(&mut self) {
        let calls = std::mem::take(&mut self.running);
        self.events.push(ledger_calls(&calls));
    }
}

fn ledger_calls(calls: &[Call]) -> LedgerCalls {
    let ledger: Vec<_> = calls.iter().filter(|call| call.service == Service::Table).copied().collect();
    let is_post = |call: &&Call| matches!(call.service, Service::Slack | Service::Typetalk);
    let Some(post) = calls.iter().filter(is_post).min_by_key(|call| call.began) else {
        return LedgerCalls { all: ledger.len(), trips_before: trips(ledger.clone()), trips_after: 0 };
    };
    let (before, rest): (Vec<Call>, Vec<Call>) = ledger.iter().partition(|call| call.ended <= post.began);
    let after = rest.into_iter().filter(|call| call.began >= post.ended).collect();
    LedgerCalls { all: ledger.len(), trips_before: trips(before), trips_after: trips(after) }
}

/// The most calls of which none overlaps another.
fn trips(mut calls: Vec<Call>) -> usize {
    calls.sort_by_key(|call| call.ended);
    let mut free_from = None;
    let mut count = 0;
    for call in calls {
        if free_from.is_none_or(|free_from| call.began >= free_from) {
            free_from = Some(call.ended);
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn side_by_side_is_one_round_trip() {
        let start = Instant::now();
        let call = |service, began, ended| {
            let at = |ms| start + Duration::from_millis(ms);
            Call { service, began: at(began), ended: at(ended) }
        };
        let calls = [
            call(Service::Table, 0, 50),
            call(Service::Table, 1, 51),
            call(Service::Table, 52, 102),
            call(Service::Slack, 103, 153),
            call(Service::Table, 104, 154),
            call(Service::Table, 155, 205),
            call(Service::Slack, 160, 210),
        ];
        assert_eq!(ledger_calls(&calls), LedgerCalls { all: 5, trips_before: 2, trips_after: 1 });
    }
}
