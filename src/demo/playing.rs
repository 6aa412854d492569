//! Plays an on-call day, step by step.

use super::acts::Done;
use super::day::{self, Event, INCIDENTS, Step};
use super::declined::Declined;
use super::rehearsal::Rehearsal;
use super::samples::{Plot, Sample};
use std::time::Duration;

/// A day and its progress.
#[derive(Debug, Clone)]
pub struct Playing {
    pub steps: Vec<Step>,
    /// How many of the steps are done.
    pub done: usize,
    /// The page's last incident before this day, whose incidents are numbered from the next one on.
    pub first: Plot,
    /// Between two steps. `None`: it stops where it is, until somebody goes on.
    pub pause: Option<Duration>,
}

impl Playing {
    pub fn is_over(&self) -> bool {
        self.done >= self.steps.len()
    }

    pub fn is_held(&self) -> bool {
        self.pause.is_none() && !self.is_over()
    }
}

impl Rehearsal {
    /// Begins a day on an empty page. Without a pause its first step is played, and it stops there.
    pub async fn play(&mut self, steps: Vec<Step>, pause: Option<Duration>) -> Done {
        self.clear();
        self.highest += INCIDENTS;
        self.day = Some(Playing { steps, done: 0, first: self.plot, pause });
        if pause.is_some() {
            return Done::Plays;
        }
        self.step().await;
        Done::Changed
    }

    /// Goes on with the day at another pace, or stops it where it is. A day that is over stays as it is.
    pub fn set_pace(&mut self, pause: Option<Duration>) -> Done {
        let Some(day) = self.day.as_mut().filter(|day| !day.is_over()) else { return Done::Changed };
        let before = std::mem::replace(&mut day.pause, pause);
        if before.is_some() == pause.is_some() {
            return Done::Changed;
        }
        // Whoever has played it stops.
        self.begun += 1;
        if pause.is_some() { Done::Plays } else { Done::Changed }
    }

    /// Plays the day up to a step and stops there. A step that is over is played again, after everything before it.
    pub async fn play_to(&mut self, step: usize) -> Result<(), Declined> {
        let day = self.day.as_ref().filter(|day| step < day.steps.len()).ok_or(Declined::NoSuchStep)?;
        if step < day.done {
            let steps = day.steps.clone();
            self.play(steps, None).await;
        }
        self.set_pace(None);
        while self.day.as_ref().is_some_and(|day| day.done <= step) && self.step().await {}
        Ok(())
    }

    /// The pause between the steps of the day that was begun, as long as it is to be played.
    pub fn pause(&self, begun: u64) -> Option<Duration> {
        if self.begun == begun { self.day.as_ref()?.pause } else { None }
    }

    /// Plays the next step of the day and returns whether there was one. After the last one the clock is reset, so that
    /// the next event from outside, which carries the real time, is neither late nor too old.
    pub async fn step(&mut self) -> bool {
        let Some(Playing { steps, done, first, .. }) = self.day.clone() else { return false };
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
