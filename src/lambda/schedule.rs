//! What the reminder function is called with.
//!
//! - EventBridge Scheduler, with the input that the template gives it:
//!   `{"reminder": "morning", "time": "<aws.scheduler.scheduled-time>"}`
//! - a classic EventBridge rule: `{"detail-type": "Scheduled Event", "time": …, "resources": ["…:rule/toban-morning"]}`
//! - `{}`, by hand

use crate::domain::calendar::Calendar;
use crate::domain::reminder::Reminder;
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// The event.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Event {
    reminder: Option<String>,
    time: Option<String>,
    resources: Vec<String>,
}

/// The event names a reminder that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no reminder '{0}': it is 'morning' or 'evening'")]
pub struct NoSuchReminder(String);

impl Event {
    /// Which reminder to send, and for when it was scheduled. A time that cannot be read is taken as now.
    pub fn wanted(&self, calendar: &Calendar, now: DateTime<Utc>) -> Result<(Reminder, DateTime<Utc>), NoSuchReminder> {
        let time = self.time.as_ref().and_then(|time| DateTime::parse_from_rfc3339(time).ok());
        let scheduled = time.map_or(now, |time| time.to_utc());
        let reminder = match &self.reminder {
            Some(name) => Reminder::from_name(name).ok_or_else(|| NoSuchReminder(name.clone()))?,
            None => self.by_rule().unwrap_or_else(|| Reminder::by_clock(scheduled, calendar)),
        };
        Ok((reminder, scheduled))
    }

    /// By the name of the rule, `arn:aws:events:ap-northeast-1:123456789012:rule/toban-morning`.
    fn by_rule(&self) -> Option<Reminder> {
        let rules = self.resources.iter().filter_map(|resource| resource.rsplit_once(":rule/"));
        rules.map(|(_, name)| name.to_lowercase()).find_map(|name| {
            [Reminder::Morning, Reminder::Evening].into_iter().find(|reminder| name.contains(reminder.name()))
        })
    }
}
