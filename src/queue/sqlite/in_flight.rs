//! What this process has in its hands: which groups may hand over a message, and which wait for one of theirs.
//!
//! It is kept in memory, so that it ends with the process: after a crash everything is handed over at once.

use crate::queue::{Hide, NotHidden};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::Instant;

/// The groups of one queue that have messages, or may have.
#[derive(Debug, Default)]
pub(super) struct InFlight {
    groups: BTreeMap<String, Group>,
    /// Those that are ready, by the id from which on they may have a message: what has waited longest comes first.
    ready: BTreeSet<(i64, String)>,
    flights: BTreeMap<i64, Flight>,
    receipts: u64,
    /// Messages that are done, and still in the file.
    done: BTreeSet<i64>,
}

#[derive(Debug)]
enum Group {
    Ready(i64),
    /// These of its messages are in flight or hidden: none of it is handed over until all are deleted, or visible again.
    Locked(BTreeSet<i64>),
}

#[derive(Debug)]
struct Flight {
    group: String,
    receipt: String,
    until: Instant,
}

impl InFlight {
    /// A message of a group has come.
    pub fn arrived(&mut self, id: i64, group: &str) {
        if !self.groups.contains_key(group) {
            self.make_ready(id, group);
        }
    }

    /// The group whose turn it is, and from which message on.
    pub fn next(&self) -> Option<(i64, String)> {
        self.ready.first().cloned()
    }

    /// What was hidden until now is visible again.
    pub fn unlock(&mut self, now: Instant) {
        let over = self.locked().filter(|(_, _, until)| *until <= now);
        let over: Vec<_> = over.map(|(group, first, _)| (group.to_owned(), first)).collect();
        for (group, first) in over {
            self.forget(&group);
            self.make_ready(first, &group);
        }
    }

    /// The first message that a ready group has; `None` if it has none.
    pub fn begins_with(&mut self, group: &str, first: Option<i64>) {
        self.forget(group);
        if let Some(first) = first {
            self.make_ready(first, group);
        }
    }

    /// Locks a group for messages that are handed over, and returns a receipt for each.
    pub fn hand_over(&mut self, group: &str, ids: &[i64], until: Instant) -> Vec<String> {
        self.forget(group);
        self.groups.insert(group.to_owned(), Group::Locked(ids.iter().copied().collect()));
        let receipt = |id: &i64| {
            self.receipts += 1;
            let receipt = format!("{id}.{}", self.receipts);
            self.flights.insert(*id, Flight { group: group.to_owned(), receipt: receipt.clone(), until });
            receipt
        };
        ids.iter().map(receipt).collect()
    }

    /// Notes that a message is done. Not with a receipt of before it was handed over again.
    pub fn finish(&mut self, receipt: &str) {
        let Some(id) = self.flying(receipt) else { return };
        self.done.insert(id);
        let Some(Flight { group, .. }) = self.flights.remove(&id) else { return };
        if let Some(Group::Locked(ids)) = self.groups.get_mut(&group) {
            ids.remove(&id);
            if ids.is_empty() {
                self.make_ready(id, &group);
            }
        }
    }

    pub fn is_done(&self, id: i64) -> bool {
        self.done.contains(&id)
    }

    pub fn done(&self) -> Vec<i64> {
        self.done.iter().copied().collect()
    }

    /// They are not in the file any more.
    pub fn deleted(&mut self, ids: &[i64]) {
        ids.iter().for_each(|id| {
            self.done.remove(id);
        });
    }

    /// Hides a message from now on.
    pub fn hide(&mut self, nth: usize, hide: &Hide, now: Instant) -> Result<(), NotHidden> {
        let length = Duration::from_secs(hide.seconds.max(0).unsigned_abs().into());
        let flight = self.flying(&hide.receipt).and_then(|id| self.flights.get_mut(&id));
        let flight = flight.filter(|flight| flight.until > now);
        let not_hidden = || NotHidden { nth, why: "MessageNotInflight".to_owned() };
        flight.ok_or_else(not_hidden)?.until = now + length;
        Ok(())
    }

    /// When the next group becomes ready by itself.
    pub fn next_at(&self) -> Option<Instant> {
        self.locked().map(|(_, _, until)| until).min()
    }

    pub fn count(&self) -> usize {
        self.flights.len()
    }

    /// The message of a receipt that is still good.
    fn flying(&self, receipt: &str) -> Option<i64> {
        let id = receipt.split_once('.')?.0.parse().ok()?;
        self.flights.get(&id).filter(|flight| flight.receipt == receipt).map(|_| id)
    }

    /// The groups that are locked, with their first message and until when.
    fn locked(&self) -> impl Iterator<Item = (&str, i64, Instant)> {
        self.groups.iter().filter_map(|(name, group)| {
            let Group::Locked(ids) = group else { return None };
            let until = ids.iter().filter_map(|id| self.flights.get(id)).map(|flight| flight.until).max()?;
            Some((&**name, *ids.first()?, until))
        })
    }

    fn make_ready(&mut self, first: i64, group: &str) {
        self.groups.insert(group.to_owned(), Group::Ready(first));
        self.ready.insert((first, group.to_owned()));
    }

    fn forget(&mut self, group: &str) {
        match self.groups.remove(group) {
            Some(Group::Ready(first)) => drop(self.ready.remove(&(first, group.to_owned()))),
            Some(Group::Locked(ids)) => ids.iter().for_each(|id| drop(self.flights.remove(id))),
            None => {}
        }
    }
}
