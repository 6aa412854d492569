//! The warning that PagerDuty has turned off a webhook.

use super::{Addressee, Language, Line, Message, Notice};
use crate::domain::text::Foreign;

/// A webhook that PagerDuty has turned off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silenced {
    pub id: Foreign,
    /// Its name in PagerDuty, if it has one.
    pub name: Option<Foreign>,
    pub webhook: Webhook,
}

/// The kinds of webhook that PagerDuty turns off after failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Webhook {
    /// Version 3.
    Subscription,
    /// Version 2.
    Extension,
}

/// The warning. It mentions the fallback in working hours, because it is not the task of those on call; otherwise nobody.
pub fn message(silenced: &Silenced, is_working: bool, notice: Option<Notice>, language: Language) -> Message {
    let words = language.words();
    let (before, between, after) = words.silenced;
    let mut line = Line::own(before).foreign(&silenced.id);
    if let Some(name) = &silenced.name {
        line = line.and(between).foreign(name);
    }
    let mut lines = vec![line.and(after), Line::own((words.turn_on)(silenced.webhook))];
    lines.extend(notice.map(|notice| Line::own((words.notice)(notice))));
    let calls = is_working && notice != Some(Notice::QuietRepeat);
    Message::new(calls.then_some(Addressee::Fallback), lines)
}
