//! How often things ended in which way since the process started, for the metrics of `toban serve`. The functions on AWS count
//! nothing: what they do is in their logs, and in the alarms over those.

use crate::domain::destination::Destination;
use crate::domain::press::Asked;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts, or nothing if nobody asks for them. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Tally(Option<Arc<Mutex<Counts>>>);

/// How often which names were counted. None of them comes from outside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    pub deliveries: BTreeMap<Delivered, u64>,
    pub presses: BTreeMap<Pressed, u64>,
}

/// One way in which deliveries end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Delivered {
    pub destination: Destination,
    pub outcome: &'static str,
    /// The rule that decided whom the message mentions; `none` where nothing was decided.
    pub reason: &'static str,
}

/// One way in which presses end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pressed {
    /// The button, or `command`.
    pub act: &'static str,
    pub result: &'static str,
}

impl Tally {
    /// One that counts.
    pub fn counting() -> Self {
        Self(Some(Arc::default()))
    }

    pub fn counts(&self) -> Counts {
        let counts = self.0.as_ref();
        counts.map(|counts| counts.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap_or_default()
    }

    pub(super) fn delivery(&self, destination: Destination, outcome: &'static str, reason: &'static str) {
        let delivered = Delivered { destination, outcome, reason };
        self.count(|counts| *counts.deliveries.entry(delivered).or_default() += 1);
    }

    pub(super) fn press(&self, asked: &Asked, result: &'static str) {
        let act = match asked {
            Asked::Button { act, .. } => act.name(),
            Asked::Command { .. } => "command",
        };
        self.count(|counts| *counts.presses.entry(Pressed { act, result }).or_default() += 1);
    }

    fn count(&self, count: impl FnOnce(&mut Counts)) {
        if let Some(counts) = &self.0 {
            count(&mut counts.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}
