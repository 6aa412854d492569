//! What keeps processes from knowing what the sheet says, and when.

use crate::weather::Service;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// What was read before this from the table may not have had the copy that was written meanwhile.
const COPIED: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Sheet,
    Table,
    /// A process was frozen.
    Freeze,
}

#[derive(Debug, Default)]
pub struct Troubles(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    all: Vec<(Duration, Trouble)>,
    /// Since when the table has a copy of the sheet.
    copied: Option<Duration>,
}

impl Troubles {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().expect("no panic before")
    }

    /// A call of a service has failed.
    pub fn failed(&self, service: Service, now: Duration) {
        let trouble = match service {
            Service::Sheet => Trouble::Sheet,
            Service::Table => Trouble::Table,
            _ => return,
        };
        self.kept().all.push((now, trouble));
    }

    pub fn frozen(&self, now: Duration) {
        self.kept().all.push((now, Trouble::Freeze));
    }

    /// The table has a copy of the sheet now.
    pub fn copied(&self, now: Duration) {
        self.kept().copied.get_or_insert(now);
    }

    /// Whether there was any in a span.
    pub fn were(&self, from: Duration, to: Duration) -> bool {
        self.kept().all.iter().any(|(at, _)| (from..=to).contains(at))
    }

    /// Whether every process could have a copy of the sheet at a time: the table has had one, and has always answered.
    pub fn leave_a_copy(&self, at: Duration) -> bool {
        let kept = self.kept();
        let is_well = !kept.all.iter().any(|(then, by)| *by != Trouble::Sheet && *then <= at);
        is_well && kept.copied.is_some_and(|copied| copied + COPIED < at)
    }
}
