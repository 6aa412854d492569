//! What the tasks have seen since the start, for `/metrics` and `/ready`.

use crate::domain::reminder::Reminder;
use chrono::{DateTime, Utc};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// How a request was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Answered {
    pub route: &'static str,
    pub status: u16,
    /// Whether it was refused for its signature or token.
    pub is_refused: bool,
}

/// All of it is of this process, and of its one thread.
#[derive(Debug, Default)]
pub struct Seen {
    answers: RefCell<BTreeMap<Answered, u64>>,
    done: RefCell<BTreeMap<&'static str, DateTime<Utc>>>,
    state_is_down: Cell<bool>,
    is_ending: Cell<bool>,
    rotation_is_unknown: Cell<bool>,
}

impl Seen {
    pub(super) fn answered(&self, answered: Answered) {
        *self.answers.borrow_mut().entry(answered).or_default() += 1;
    }

    pub(super) fn reminded(&self, reminder: Reminder, now: DateTime<Utc>) {
        self.done.borrow_mut().insert(reminder.name(), now);
    }

    pub(super) fn ticked(&self, now: DateTime<Utc>) {
        self.done.borrow_mut().insert("tick", now);
    }

    pub(super) fn state(&self, is_down: bool) {
        self.state_is_down.set(is_down);
    }

    /// Whether there is a rotation to go by, when it was last looked for.
    pub(super) fn rotation(&self, is_known: bool) {
        self.rotation_is_unknown.set(!is_known);
    }

    pub(super) fn knows_rotation(&self) -> bool {
        !self.rotation_is_unknown.get()
    }

    pub(super) fn ends(&self) {
        self.is_ending.set(true);
    }

    /// How many requests were answered, and how.
    pub(super) fn answers(&self) -> BTreeMap<Answered, u64> {
        self.answers.borrow().clone()
    }

    /// When each task last did what it is for.
    pub(super) fn done(&self) -> BTreeMap<&'static str, DateTime<Utc>> {
        self.done.borrow().clone()
    }

    pub(super) fn keeps_state(&self) -> bool {
        !self.state_is_down.get()
    }

    pub(super) fn is_ending(&self) -> bool {
        self.is_ending.get()
    }
}
