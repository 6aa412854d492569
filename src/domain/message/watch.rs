//! That PagerDuty does not deliver, said where it is read although nothing is delivered.

use super::{Addressee, Language, Line, Message};
use crate::domain::text::Foreign;

/// A webhook that PagerDuty has turned off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silenced {
    /// Its id in PagerDuty.
    pub id: Foreign,
    /// What it is called there.
    pub name: Option<Foreign>,
    /// Which sort of webhook it is.
    pub webhook: Webhook,
}

/// The sorts of webhook that PagerDuty turns off after failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Webhook {
    /// A v3 subscription.
    Subscription,
    /// A v2 extension.
    Extension,
}

/// Words it. In working hours the fallback is told, because nobody else is at fault or at hand.
pub fn message(silenced: &Silenced, is_working: bool, language: Language) -> Message {
    let words = language.words();
    let (before, between, after) = words.silenced;
    let mut line = Line::own(before).foreign(&silenced.id);
    if let Some(name) = &silenced.name {
        line = line.and(between).foreign(name);
    }
    let lines = vec![line.and(after), Line::own((words.turn_on)(silenced.webhook))];
    Message { to: is_working.then_some(Addressee::Fallback), lines, status: None }
}
