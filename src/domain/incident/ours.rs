//! What an event says that no sender sends: what somebody has pressed in the chat, and the end of a shift.

use super::Escalation;
use crate::domain::press::Obstacle;
use chrono::{DateTime, Utc};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ours {
    /// What becomes of the call for SRE.
    pub escalation: Option<Escalation>,
    /// PagerDuty has not taken the note about what was pressed.
    pub is_unnoted: bool,
    /// Why PagerDuty has not called SRE for somebody.
    pub obstacle: Option<Obstacle>,
    /// When the shift ends.
    pub shift_ends_at: Option<DateTime<Utc>>,
}

impl Ours {
    /// As part of an event; `None` if there is nothing to say.
    pub fn boxed(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }
}
