//! Plays an on-call day, step by step.

use super::day::{self, Event, Step};
use super::rehearsal::Rehearsal;
use super::samples::{Plot, Sample};

/// A day and its progress.
#[derive(Debug, Clone)]
pub struct Playing {
    pub steps: Vec<Step>,
    /// How many of the steps are done.
    pub done: usize,
    /// The page's last incident before this day, whose incidents are numbered from the next one on.
    pub first: Plot,
}

impl Playing {
    pub fn is_over(&self) -> bool {
        self.done >= self.steps.len()
    }
}

impl Rehearsal {
    /// Plays the next step of the day and returns whether there was one. After the last one the clock is reset, so that
    /// the next event from outside, which carries the real time, is neither late nor too old.
    pub async fn step(&mut self) -> bool {
        let Some(Playing { steps, done, first }) = self.day.clone() else { return false };
        let Some(step) = steps.get(done) else { return false };
        self.clock.put(Some(step.at));
        match step.event {
            Event::Reminder(reminder) => {
                self.remind(reminder).await;
            }
            Event::ShiftEnds | Event::ShiftOver => self.tick().await,
            Event::Sent { sample, incident, holder } => {
                self.plot.event += 1;
                let number = first.number + 1 + incident as u64;
                self.plot = Plot { number, title: incident, ..self.plot };
                let (workbook, date) = (self.read().await.ok(), self.team.calendar.date(step.at));
                let workbook = workbook.as_ref().map(|reading| &*reading.workbook);
                let cast = day::cast(holder, workbook, date, self.team.language);
                let may_be = self.network.pagerduty.may_send(sample, &self.plot.incident());
                if let Some(sample) = Sample::find(sample).filter(|_| may_be) {
                    let body = sample.body(self.plot, &cast, self.team.language, step.at);
                    self.send(sample.sender, &body).await;
                }
            }
        }
        if let Some(day) = &mut self.day {
            day.done += 1;
            if day.is_over() {
                self.clock.put_back();
            }
        }
        true
    }
}
