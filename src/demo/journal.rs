//! What came in, what it got for an answer, and what was tried because of it.

use crate::chat::recorder::Recording;
use crate::domain::incident::EventKey;
use crate::ledger::Ledger;
use crate::ledger::attempt::Attempt;
use chrono::{DateTime, Utc};
use std::collections::VecDeque;

/// Older entries are dropped when there are more than this.
const MOST: usize = 120;

/// The newest entries, the oldest first.
#[derive(Debug, Default)]
pub struct Journal {
    entries: VecDeque<Entry>,
    written: u64,
}

/// One request or reminder.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Counted from 1.
    pub nth: u64,
    pub at: DateTime<Utc>,
    /// What it was: the method and the path, or which reminder.
    pub what: String,
    /// The HTTP status; `None` for a reminder.
    pub status: Option<u16>,
    /// The answer in words, as the sender gets it.
    pub answer: String,
    /// Why the body could not be read, for people.
    pub problem: Option<String>,
    pub tries: Vec<Try>,
}

/// One try to post something.
#[derive(Debug, Clone)]
pub struct Try {
    /// The ledger's account of it.
    pub attempt: Attempt,
    pub event: EventKey,
    /// The number of the post in its chat's recording, if it was posted.
    pub post: Option<u64>,
}

/// How far ledger and recordings were before something was tried.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    tried: u64,
    posted: [u64; 2],
}

impl Mark {
    /// How far they are now.
    pub fn set(ledger: &Ledger, recordings: [&Recording; 2]) -> Self {
        let tried = match ledger {
            Ledger::Memory(memory) => memory.tried(),
            Ledger::Table(_) => 0,
        };
        Self { tried, posted: recordings.map(Recording::posted) }
    }

    /// What was tried since. Nothing that a table knows: others write there too, and `toban explain` reads it.
    pub fn tries_since(self, ledger: &Ledger) -> Vec<Try> {
        let tries = match ledger {
            Ledger::Memory(memory) => memory.tries_after(self.tried),
            Ledger::Table(_) => Vec::new(),
        };
        let mut next = self.posted;
        let post_of = |attempt: &Attempt, next: &mut [u64; 2]| {
            let place = usize::from(attempt.outlet != "primary");
            (attempt.outcome == "posted").then(|| {
                next[place] += 1;
                next[place]
            })
        };
        tries.into_iter().map(|(event, attempt)| Try { post: post_of(&attempt, &mut next), event, attempt }).collect()
    }
}

impl Journal {
    /// Writes an entry down; its number is given here.
    pub fn write(&mut self, entry: Entry) {
        self.written += 1;
        self.entries.push_back(Entry { nth: self.written, ..entry });
        if self.entries.len() > MOST {
            self.entries.pop_front();
        }
    }

    /// The oldest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// Why the last entry's body could not be read.
    pub fn note_problem(&mut self, problem: String) {
        if let Some(entry) = self.entries.back_mut() {
            entry.problem = Some(problem);
        }
    }

    /// Drops everything. The count goes on.
    pub fn clear(&mut self) {
        self.entries.clear();
    }
}
