//! What is remembered from one reading to the next, and when a change is told.

use super::{Change, Turns};
use crate::domain::calendar::Calendar;
use crate::domain::daily_check;
use crate::domain::notices::DUE;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// A change that stays the same for so long is not being edited any more: ten minutes, less what two readings may be nearer to each
/// other than that.
const SETTLED: TimeDelta = TimeDelta::minutes(9);

/// What is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memory {
    /// The version of the reader.
    pub reader: u32,
    /// When it was compared last.
    pub seen_on: NaiveDate,
    /// What has been told, or was there when this began.
    pub told: Turns,
    pub pending: Option<Pending>,
}

/// What differs from what has been told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    pub turns: Turns,
    /// When it was read first. No other change has the same.
    pub since: DateTime<Utc>,
    /// When it was to be told. Sending it may have failed since, or the process may have died.
    pub due_at: Option<DateTime<Utc>>,
}

/// Whether the rotation is read now: in business hours, and shortly before, so that what was edited at night is told as they
/// begin.
pub fn observes(calendar: &Calendar, now: DateTime<Utc>) -> bool {
    calendar.at(now).is_working || daily_check::due(calendar, now).is_some()
}

impl Memory {
    fn new(reader: u32, told: Turns, seen_on: NaiveDate) -> Self {
        Self { reader, seen_on, told, pending: None }
    }

    /// What to remember from now on, and what to tell now.
    ///
    /// Nothing is told of the first reading, of the first by another version of the reader, or if the one before is older than
    /// the last working day: nobody knows how long ago it changed.
    pub fn next(
        known: Option<Self>,
        read: Turns,
        reader: u32,
        calendar: &Calendar,
        now: DateTime<Utc>,
    ) -> (Self, Option<Change>) {
        let today = calendar.date(now);
        let oldest = calendar.last_working_day(today);
        let is_usable = |known: &Self| known.reader == reader && oldest.is_none_or(|day| known.seen_on >= day);
        let Some(known) = known.filter(is_usable) else {
            return (Self::new(reader, read, today), None);
        };
        let change = Change::between(&known.told, &read, calendar, today);
        if change.is_empty() {
            return (Self::new(reader, read, today), None);
        }
        let Some(pending) = known.pending.clone().filter(|_| known.pends(&read, calendar, today)) else {
            let pending = Pending { turns: read, since: now, due_at: None };
            return (Self { seen_on: today, pending: Some(pending), ..known }, None);
        };
        if pending.due_at.is_some_and(|at| now - at >= DUE) {
            return (Self::new(reader, read, today), None);
        }
        let tells = now - pending.since >= SETTLED && calendar.at(now).is_working;
        (Self { seen_on: today, ..known }, tells.then_some(change))
    }

    /// Whether the change that is to be told is what a reading says now.
    pub fn pends(&self, read: &Turns, calendar: &Calendar, today: NaiveDate) -> bool {
        let change = |turns| Change::between(&self.told, turns, calendar, today);
        self.pending.as_ref().is_some_and(|pending| change(&pending.turns) == change(read))
    }

    /// The same once its change has been told.
    #[must_use]
    pub fn told(self) -> Self {
        match self.pending {
            Some(Pending { turns, .. }) => Self { told: turns, pending: None, ..self },
            None => self,
        }
    }

    /// The same before its change is told. From then on there are two chances: this tick and the next.
    #[must_use]
    pub fn due(mut self, now: DateTime<Utc>) -> Self {
        if let Some(pending) = &mut self.pending {
            pending.due_at.get_or_insert(now);
        }
        self
    }
}
