//! One team: hours, rules, language, rotation and destinations, handed down as one value.

use crate::chat::delivery::Outlets;
use crate::chat::{Chat, Rendered};
use crate::domain::calendar::Calendar;
use crate::domain::incident::{EventKind, IncidentEvent, Status};
use crate::domain::message::event::{Context, explanation, message};
use crate::domain::message::{Language, Message, Notice};
use crate::domain::policy::{Decision, Duty, Policy};
use crate::domain::rotation::Coverage;
use crate::domain::runbook::matching;
use crate::domain::seen::Seen;
use crate::domain::unreadable::Unreadable;
use crate::roster::{Reading, Roster};
use chrono::{DateTime, Utc};

/// A team, with everything that its messages depend on.
#[derive(Debug)]
pub struct Team {
    pub settings: TeamSettings,
    /// Who is on call.
    pub roster: Roster,
    /// Where messages about incidents go.
    pub alerts: Outlets,
    /// Where reminders go: the same chats, in the channels for them.
    pub reminders: Outlets,
}

/// What a team has decided for all its messages.
#[derive(Debug, Clone)]
pub struct TeamSettings {
    /// Working hours and days, without the company's own holidays, which are in the workbook.
    pub calendar: Calendar,
    /// Who is mentioned.
    pub policy: Policy,
    pub language: Language,
}

/// What the ledger knows for a message, if it does.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// How the event's incident stands.
    pub status: Option<&'a Status>,
    /// Whether the alert was seen before.
    pub seen: Option<Seen<'a>>,
}

/// A message in one chat's markup, and why it says what it says.
#[derive(Debug, Clone)]
pub struct Worded {
    pub said: Message,
    pub rendered: Rendered,
    pub decision: Decision,
    /// The decision in words.
    pub why: String,
}

impl TeamSettings {
    /// The calendar with the company's own holidays, if the workbook could be read.
    pub fn calendar_with(&self, reading: &Result<Reading, Unreadable>) -> Calendar {
        match reading {
            Ok(reading) => self.calendar.with_company_holidays(reading.workbook.holidays.clone()),
            Err(_) => self.calendar.clone(),
        }
    }

    /// Decides who is mentioned in one chat. `known` is how the event's incident stands.
    pub fn decide(
        &self,
        event: &IncidentEvent,
        chat: &Chat,
        reading: &Result<Reading, Unreadable>,
        known: Option<&Status>,
        now: DateTime<Utc>,
    ) -> Decision {
        let calendar = self.calendar_with(reading);
        let duty = match reading {
            Ok(Reading { workbook, .. }) => {
                let coverage = workbook.coverage(calendar.date(now), chat.platform());
                let on_it = known.filter(|_| event.kind == EventKind::ShiftEnds);
                let real = self.policy.ignored.real(&event.incident.assignees.first);
                let others = real.filter(|person| !event.agent.as_ref().is_some_and(|agent| agent.is(person)));
                let real: Vec<_> = others.cloned().collect();
                let went_to = match on_it {
                    Some(status) => workbook.on_it(status, &self.policy.ignored, chat.platform(), now),
                    None => workbook.known(&real, chat.platform()),
                };
                Duty { coverage, went_to }
            }
            Err(why) => Duty { coverage: Coverage::Unknown { why: why.clone() }, went_to: Vec::new() },
        };
        self.policy.decide(event, &duty, known, &calendar, now)
    }

    /// Decides for one chat and writes the message in its markup.
    pub fn word(
        &self,
        event: &IncidentEvent,
        chat: &Chat,
        reading: &Result<Reading, Unreadable>,
        notice: Option<Notice>,
        known: Known<'_>,
        now: DateTime<Utc>,
    ) -> Worded {
        let mut decision = self.decide(event, chat, reading, known.status, now);
        if notice == Some(Notice::QuietRepeat) {
            decision = decision.repeated();
        }
        let context = Context { seen: known.seen, ..self.context(event, chat, reading, notice, known.status) };
        let said = message(event, &decision, context);
        let rendered = chat.write(&said);
        let why = explanation(&decision, context.rotation_read_at, self.language).plain();
        Worded { said, rendered, why, decision }
    }

    /// What a message depends on besides the event and the decision.
    pub fn context<'a>(
        &'a self,
        event: &IncidentEvent,
        chat: &Chat,
        reading: &'a Result<Reading, Unreadable>,
        notice: Option<Notice>,
        status: Option<&'a Status>,
    ) -> Context<'a> {
        let reading = reading.as_ref().ok();
        Context {
            language: self.language,
            ignored: &self.policy.ignored,
            runbook: reading.and_then(|reading| matching(&reading.workbook.runbooks, &event.incident)),
            rotation_read_at: reading.map(|reading| reading.read_at),
            notice,
            status,
            is_kept_up_to_date: chat.keeps_up_to_date(),
            offered: chat.offered(),
            seen: None,
        }
    }
}
