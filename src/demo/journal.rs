//! The page's journal: each request or reminder, its answer, and the attempts to post that it led to.

use super::faults::Unread;
use crate::chat::recorder::Recording;
use crate::domain::destination::Destination;
use crate::domain::incident::EventKey;
use crate::ledger::{Attempt, Ledger};
use chrono::{DateTime, Utc};
use std::collections::VecDeque;

/// Above this number, the oldest entry is dropped.
const MOST: usize = 120;

/// The newest entries, oldest first.
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
    /// The method and path of a request, or the name of a reminder.
    pub what: String,
    /// The HTTP status; `None` for a reminder.
    pub status: Option<u16>,
    /// The text of the answer, as the sender gets it.
    pub answer: String,
    /// Why the body could not be read.
    pub problem: Option<Unread>,
    pub tries: Vec<Try>,
}

/// One attempt to post a message.
#[derive(Debug, Clone)]
pub struct Try {
    /// The ledger's record of it.
    pub attempt: Attempt,
    pub event: EventKey,
    /// Number of the post in its chat's recording, if it was posted and the post is known.
    pub post: Option<u64>,
}

/// How many rows were written and messages posted up to some point.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    written: u64,
    posted: [u64; 2],
}

impl Mark {
    /// The current numbers.
    pub fn set(ledger: &Ledger, recordings: [&Recording; 2]) -> Self {
        Self { written: ledger.written(), posted: recordings.map(Recording::posted) }
    }

    /// The attempts since then. Empty for a ledger in a table: other processes write there too, and `toban explain`
    /// shows them.
    pub fn tries_since(self, ledger: &Ledger) -> Vec<Try> {
        let tries = ledger.attempts_after(self.written);
        let mut next = self.posted;
        let post_of = |attempt: &Attempt, next: &mut [u64; 2]| {
            let place = usize::from(attempt.place != Destination::Primary);
            (attempt.outcome == "posted").then(|| {
                next[place] += 1;
                next[place]
            })
        };
        tries.into_iter().map(|(event, attempt)| Try { post: post_of(&attempt, &mut next), event, attempt }).collect()
    }
}

impl Journal {
    /// Appends an entry and numbers it.
    pub fn write(&mut self, entry: Entry) {
        self.written += 1;
        self.entries.push_back(Entry { nth: self.written, ..entry });
        if self.entries.len() > MOST {
            self.entries.pop_front();
        }
    }

    /// Oldest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// Notes on the last entry why its body could not be read.
    pub fn note_problem(&mut self, problem: Unread) {
        if let Some(entry) = self.entries.back_mut() {
            entry.problem = Some(problem);
        }
    }

    /// Drops all entries. Numbering continues.
    pub fn clear(&mut self) {
        self.entries.clear();
    }
}
