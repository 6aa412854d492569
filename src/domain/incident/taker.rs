//! Who is on an incident, as they said in the chat, and what becomes of the call for SRE.

use super::Person;
use crate::domain::few::Few;
use chrono::{DateTime, TimeDelta, Utc};

/// Somebody who has pressed that they are on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taker {
    /// By the chat's id, and the name in the members tab.
    pub who: Person,
    pub since: DateTime<Utc>,
}

/// What somebody has pressed longer ago belongs to another shift.
pub const SHIFT: TimeDelta = TimeDelta::hours(12);

/// SRE was called by somebody in the chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SreCall {
    /// `None` if nobody in the chat has.
    pub by: Option<Person>,
    pub at: Option<DateTime<Utc>>,
    /// Whom PagerDuty notifies.
    pub people: Few<Person>,
}

/// When PagerDuty calls SRE by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escalation {
    /// At that time, unless it is resolved before.
    At(DateTime<Utc>),
    /// When PagerDuty's policy says so.
    AsSet,
    /// Somebody real has it in PagerDuty already.
    Reached,
    /// Somebody has acknowledged it there, which stops the calls.
    Acknowledged,
    /// Its urgency is low, so that it stays where it is.
    Never,
    /// Somebody has given it to placeholder users alone, where it stays.
    Direct,
    /// PagerDuty did not say.
    NoAnswer,
    /// PagerDuty is not asked.
    ChatOnly,
}

impl Escalation {
    /// All but those with a time.
    pub const NAMED: [Self; 7] =
        [Self::AsSet, Self::Reached, Self::Acknowledged, Self::Never, Self::Direct, Self::NoAnswer, Self::ChatOnly];

    pub fn name(self) -> &'static str {
        match self {
            Self::At(_) => "at",
            Self::AsSet => "as_set",
            Self::Reached => "reached",
            Self::Acknowledged => "acknowledged",
            Self::Never => "never",
            Self::Direct => "direct",
            Self::NoAnswer => "no_answer",
            Self::ChatOnly => "chat_only",
        }
    }
}
