//! The end of hours: what the scheduler calls for every ten minutes is called for when the clock gets there.

use super::day::BEFORE_THE_END;
use super::rehearsal::Rehearsal;
use crate::domain::calendar::Calendar;
use crate::relay::shift::Shifts;
use chrono::{DateTime, Days, TimeDelta, Utc};

impl Rehearsal {
    /// Says of open incidents that hours end soon, or have ended, if it is the time for that.
    pub async fn tick(&mut self) {
        let (now, mark) = self.begin();
        let shifts = Shifts {
            team: self.team(),
            ledger: self.ledger.clone(),
            queues: self.waiting.queues(),
            actor: self.actor.clone(),
        };
        match shifts.run(now).await {
            Ok(0) => return,
            Ok(_) => self.work(now).await,
            Err(unsaid) => tracing::error!("{unsaid}"),
        }
        self.note_work("shift", now, mark);
    }

    /// Stops the clock at a time, or lets it show the real one.
    pub async fn put_clock(&mut self, at: Option<DateTime<Utc>>) {
        self.clock.put(at);
        self.tick().await;
    }

    /// Moves the clock forward, over the end of hours if that lies between.
    pub async fn forward_clock(&mut self, by: TimeDelta) {
        let from = self.clock.now();
        self.clock.forward(by);
        let to = self.clock.now();
        for at in ends(&self.team.calendar, from).into_iter().filter(|at| (from..to).contains(at)) {
            self.put_clock(Some(at)).await;
        }
        self.put_clock(Some(to)).await;
    }
}

/// When there may be something to say of the next end of hours, and of those around it. One may be at midnight. Of later ones there
/// is nothing new: only what was triggered on the same day is asked about.
fn ends(calendar: &Calendar, from: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let today = calendar.date(from);
    let days = [today.pred_opt(), Some(today), today.checked_add_days(Days::new(1))];
    let ends = days.into_iter().flatten().map(|day| calendar.closing(day));
    ends.flat_map(|at| [at - BEFORE_THE_END, at]).collect()
}
