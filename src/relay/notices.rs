//! What is sent besides alerts and reminders, because `NOTICES` names it.

use crate::relay::daily_check::{DailyCheck, DailyChecked, Untold};
use crate::relay::exercise::Exercises;
use crate::relay::once::Unsent;
use crate::relay::turns::Turns;
use crate::relay::weekly::Weekly;
use chrono::{DateTime, Utc};

/// Those that are named.
#[derive(Debug, Default)]
pub struct Notices {
    pub daily_check: Option<DailyCheck>,
    pub turns: Option<Turns>,
    pub weekly: Option<Weekly>,
    pub exercises: Option<Exercises>,
}

/// What was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Noticed {
    /// `None` if there is no daily check, or none is due.
    pub checked: Option<DailyChecked>,
    /// The messages of the other notices that a chat has taken now.
    pub sent: usize,
}

/// Why a notice was not sent. It is sent at the next tick, if it is due then, and not on another day.
#[derive(Debug, thiserror::Error)]
pub enum NotNoticed {
    #[error(transparent)]
    DailyCheck(#[from] Untold),
    #[error(transparent)]
    Other(#[from] Unsent),
}

impl Notices {
    /// Sends what is due, one after the other. What fails keeps none of the others from being sent.
    pub async fn run(&self, now: DateTime<Utc>) -> (Noticed, Vec<NotNoticed>) {
        let (mut noticed, mut failed) = (Noticed::default(), Vec::<NotNoticed>::new());
        if let Some(daily_check) = &self.daily_check {
            match daily_check.run(now).await {
                Ok(checked) => noticed.checked = checked,
                Err(untold) => failed.push(untold.into()),
            }
        }
        if let Some(turns) = &self.turns {
            count(turns.run(now).await, &mut noticed, &mut failed);
        }
        if let Some(weekly) = &self.weekly {
            count(weekly.run(now).await, &mut noticed, &mut failed);
        }
        if let Some(exercises) = &self.exercises {
            count(exercises.run(now).await, &mut noticed, &mut failed);
        }
        (noticed, failed)
    }
}

fn count(sent: Result<usize, Unsent>, noticed: &mut Noticed, failed: &mut Vec<NotNoticed>) {
    match sent {
        Ok(sent) => noticed.sent += sent,
        Err(unsent) => failed.push(unsent.into()),
    }
}
