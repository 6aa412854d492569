//! The end of a shift: what the tick was told by PagerDuty, and what it has queued.

use crate::account::Shown;
use crate::presses::Pressing;
use crate::world::World;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// A clock is so far ahead at most; and what was sent may be done so much later.
const AHEAD: TimeDelta = TimeDelta::seconds(16);
const LATER: TimeDelta = TimeDelta::seconds(60);
/// The index follows within this.
const FOLLOWS: Duration = Duration::from_secs(10);

/// What PagerDuty has listed as triggered.
type Listed = BTreeMap<String, Shown>;

#[derive(Debug, Default)]
struct Kept {
    /// To each process; it may not have come there.
    sent: BTreeMap<String, Listed>,
    received: BTreeMap<String, Listed>,
}

#[derive(Debug, Default)]
pub struct Shifts(Mutex<Kept>);

/// When shifts end that worlds may see.
const ENDS: [&str; 4] = [
    "2026-11-24T17:00:00+09:00",
    "2026-11-27T17:00:00+09:00",
    "2026-11-25T17:00:00+09:00",
    "2026-11-26T17:00:00+09:00",
];

/// Some time before the end of a shift.
pub fn before_the_end(seed: u64) -> DateTime<Utc> {
    let (end, minutes) = if seed % 64 < 32 { (ENDS[0], 18) } else { (ENDS[1], 30) };
    end.parse::<DateTime<Utc>>().expect("an instant") - TimeDelta::minutes(minutes)
}

/// When the shift ends in a world that begins then; `None` if it sees no end.
pub fn end(epoch: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut ends = ENDS.into_iter().map(|end| end.parse::<DateTime<Utc>>().expect("an instant"));
    ends.find(|end| (TimeDelta::zero()..TimeDelta::hours(1)).contains(&(*end - epoch)))
}

impl Shifts {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().expect("no panic before")
    }

    /// A process begins anew, and has asked nothing.
    pub fn begin(&self, process: &str) {
        let mut kept = self.kept();
        kept.sent.remove(process);
        kept.received.remove(process);
    }

    pub fn sent(&self, process: &str, listed: Listed) {
        self.kept().sent.insert(process.to_owned(), listed);
    }

    /// The answer has come.
    pub fn received(&self, process: &str) {
        let mut kept = self.kept();
        if let Some(listed) = kept.sent.remove(process) {
            kept.received.insert(process.to_owned(), listed);
        }
    }

    fn listed(&self, process: &str, incident: &str) -> Option<Shown> {
        self.kept().received.get(process)?.get(incident).cloned()
    }
}

impl Pressing {
    /// Something about the end of a shift is queued by a process.
    pub fn queued_of_the_shift(&self, world: &World, process: &str, key: &str) {
        let Some(rest) = key.strip_prefix("shift:") else { return };
        let [kind, incident, at] = rest.split(':').collect::<Vec<_>>()[..] else { panic!("{key} is no key of ours") };
        let wrong = |what: &str| self.seen().wrong.push((format!("{incident}/"), format!("{key} {what}")));
        let end = end(world.at(Duration::ZERO)).filter(|end| end.timestamp().to_string() == at);
        let Some(end) = end else { return wrong("is of no shift") };
        let span = match kind {
            "shift_ends" => end - TimeDelta::minutes(15)..end,
            _ => end..end + TimeDelta::minutes(30),
        };
        if !(span.start - AHEAD..span.end + LATER).contains(&world.now()) {
            wrong("is queued at another time");
        }
        if kind != "shift_ends" {
            return;
        }
        world.count("end of a shift queued");
        match self.shifts.listed(process, incident) {
            Some(shown) if shown.calls_sre() => wrong("is queued, and PagerDuty has said that SRE is called"),
            Some(_) => {}
            None => {
                let rows = self.rows_between(incident, world.elapsed().saturating_sub(FOLLOWS), world.elapsed());
                if !rows.is_empty() && rows.iter().all(|row| row.is_called) {
                    wrong("is queued, and SRE was called");
                }
            }
        }
    }
}
