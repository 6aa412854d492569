//! What a team has decided for all its messages: hours, rules, language; and with it, who is mentioned in one and what it
//! says.

use crate::chat::Chat;
use crate::domain::calendar::Calendar;
use crate::domain::incident::{IncidentEvent, Status};
use crate::domain::message::event::{Context, explanation, message};
use crate::domain::message::{Language, Notice};
use crate::domain::policy::{Decision, Duty, Policy};
use crate::domain::rotation::Coverage;
use crate::domain::runbook::matching;
use crate::domain::unreadable::Unreadable;
use crate::relay::notifier::Worded;
use crate::roster::Reading;
use chrono::{DateTime, Utc};

/// How the team wants it: hours, rules, language.
#[derive(Debug, Clone)]
pub struct Team {
    /// When people are at work, the company's own holidays aside.
    pub calendar: Calendar,
    /// Who is mentioned.
    pub policy: Policy,
    /// In which language.
    pub language: Language,
}

impl Team {
    /// Decides, for one chat.
    pub fn decide(
        &self,
        event: &IncidentEvent,
        chat: &Chat,
        reading: &Result<Reading, Unreadable>,
        now: DateTime<Utc>,
    ) -> Decision {
        let (calendar, duty) = match reading {
            Ok(Reading { workbook, .. }) => {
                let calendar = self.calendar.with_company_holidays(workbook.holidays.clone());
                let coverage = workbook.coverage(calendar.date(now), chat.platform());
                let real: Vec<_> = self.policy.ignored.real(&event.incident.assignees).cloned().collect();
                (calendar, Duty { coverage, went_to: workbook.known(&real, chat.platform()) })
            }
            Err(why) => {
                let duty = Duty { coverage: Coverage::Unknown { why: why.clone() }, went_to: Vec::new() };
                (self.calendar.clone(), duty)
            }
        };
        self.policy.decide(event, &duty, &calendar, now)
    }

    /// Decides and words, for one chat.
    pub fn word(
        &self,
        event: &IncidentEvent,
        chat: &Chat,
        reading: &Result<Reading, Unreadable>,
        notice: Option<Notice>,
        status: Option<&Status>,
        now: DateTime<Utc>,
    ) -> Worded<Decision> {
        let decision = self.decide(event, chat, reading, now);
        let reading = reading.as_ref().ok();
        let read_at = reading.map(|reading| reading.read_at);
        let context = Context {
            language: self.language,
            ignored: &self.policy.ignored,
            runbook: reading.and_then(|reading| matching(&reading.workbook.runbooks, &event.incident)),
            rotation_read_at: read_at,
            notice,
            status,
        };
        let draft = chat.write(&message(event, &decision, context));
        let why = explanation(&decision, read_at, self.language).plain();
        Worded { draft, why, because: decision }
    }
}
