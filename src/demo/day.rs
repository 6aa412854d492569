//! The events of one on-call day, as steps. The messages that they lead to are written by the relay, not here.

use super::clock::on;
use super::pagerduty::ESCALATES_AFTER;
use super::samples::Cast;
use crate::domain::calendar::{Calendar, Day};
use crate::domain::incident::Person;
use crate::domain::message::Language;
use crate::domain::reminder::Reminder;
use crate::domain::rotation::Says;
use crate::domain::text::Foreign;
use crate::domain::workbook::Workbook;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

#[derive(Debug, Clone)]
pub struct Step {
    pub at: DateTime<Utc>,
    pub event: Event,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The scheduler calls for a reminder.
    Reminder(Reminder),
    /// It calls for what waits for a time, ten minutes before hours end.
    ShiftEnds,
    /// The same when they end.
    ShiftOver,
    /// PagerDuty sends a webhook.
    Sent {
        /// Name of the sample.
        sample: &'static str,
        /// Which of the day's incidents, counted from 0.
        incident: usize,
        /// Who is assigned after the event.
        holder: Holder,
    },
}

/// Who an incident is assigned to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The dummy user that PagerDuty has on call while the developers are at work.
    Dummy,
    /// The developer on call that day, from the rotation.
    OnCall,
    /// The SRE whom PagerDuty pages.
    Sre,
    /// Nobody: the incident is resolved.
    Nobody,
}

/// How many incidents a day has.
pub const INCIDENTS: u64 = 3;
/// The dummy user's id in PagerDuty.
pub const DUMMY: &str = "PDUMMY1";
/// The id of the SRE on call there.
pub const SRE: &str = "PSRE001";
/// So long before hours end it is asked who goes on.
pub const BEFORE_THE_END: TimeDelta = TimeDelta::minutes(10);
/// So long before hours end the day's second incident is triggered.
const LATE: TimeDelta = TimeDelta::minutes(25);

/// The steps of the first working day on or after `from`, up to the next working day's morning reminder. Returns `None`
/// if no working day is found.
pub fn steps(calendar: &Calendar, from: NaiveDate) -> Option<Vec<Step>> {
    let day = from.iter_days().take(31).find(|date| calendar.day(*date) == Day::Working)?;
    let next = calendar.next_working_day(day)?;
    let event = |at, sample, incident, holder| Step { at, event: Event::Sent { sample, incident, holder } };
    let sent =
        |(hour, minute), kind, incident, holder| Some(event(on(day, hour, minute, calendar)?, kind, incident, holder));
    let reminder = |at, which| Step { at, event: Event::Reminder(which) };
    let closing = calendar.closing(day);
    let late = closing - LATE;
    let mut steps = vec![
        reminder(calendar.opening(day), Reminder::Morning),
        sent((11, 2), "v3/incident.triggered", 0, Holder::Dummy)?,
        sent((11, 5), "v3/incident.acknowledged", 0, Holder::OnCall)?,
        sent((11, 31), "v3/incident.resolved", 0, Holder::Nobody)?,
        event(late, "v3/incident.triggered", 1, Holder::Dummy),
        Step { at: closing - BEFORE_THE_END, event: Event::ShiftEnds },
        Step { at: closing, event: Event::ShiftOver },
        reminder(closing, Reminder::Evening),
        event(late + ESCALATES_AFTER, "v3/incident.escalated", 1, Holder::Sre),
        sent((23, 10), "v3/incident.triggered", 2, Holder::Sre)?,
        reminder(calendar.opening(next), Reminder::Morning),
    ];
    steps.sort_by_key(|step| step.at);
    Some(steps)
}

/// The SRE whom PagerDuty pages.
pub fn sre(language: Language) -> Person {
    named(SRE, if language == Language::Japanese { "山田 太郎" } else { "Sam Carter" })
}

fn named(id: &str, name: &str) -> Person {
    Person { id: id.to_owned(), name: Foreign::line(name).or_else(|| Foreign::line(id)).expect("an id is not empty") }
}

/// The people named in a step's body.
pub fn cast(holder: Holder, workbook: Option<&Workbook>, date: NaiveDate, language: Language) -> Cast {
    let on_call = || {
        let shift = workbook.and_then(|workbook| workbook.rotation.shifts.get(&date));
        let name = shift.into_iter().flatten().find_map(|cell| match &*cell.says {
            Says::People { people, .. } => people.first().cloned(),
            Says::Nothing | Says::Nobody => None,
        });
        let Some(name) = name else { return named("PSOMEONE", "PSOMEONE") };
        let member = workbook.and_then(|workbook| workbook.members.as_ref()?.by_name(name.as_str()));
        let id = member.and_then(|member| member.pagerduty.clone()).unwrap_or_else(|| "PONCALL".to_owned());
        Person { id, name }
    };
    // Incidents are triggered and escalated automatically; the other events have a person as the agent.
    let agent = matches!(holder, Holder::OnCall | Holder::Nobody).then(on_call);
    let assignees = match holder {
        Holder::Dummy => vec![named(DUMMY, "Chat First Response")],
        Holder::OnCall => vec![on_call()],
        Holder::Sre => vec![sre(language)],
        Holder::Nobody => Vec::new(),
    };
    Cast { agent, assignees: Some(assignees) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::{BusinessDays, BusinessHours, CompanyHolidays, NationalHolidays};

    fn calendar(hours: &str) -> Calendar {
        Calendar {
            zone: chrono_tz::Asia::Tokyo,
            hours: BusinessHours::parse(hours).expect("hours"),
            days: BusinessDays::parse("Mon-Fri").expect("days"),
            national: NationalHolidays::Japan,
            company: std::sync::Arc::new(CompanyHolidays::new()),
        }
    }

    fn times(steps: &[Step], calendar: &Calendar, format: &str) -> Vec<String> {
        steps.iter().map(|step| step.at.with_timezone(&calendar.zone).format(format).to_string()).collect()
    }

    #[test]
    fn a_day_goes_from_one_morning_to_the_next_working_one() {
        let calendar = calendar("10:00-17:00");
        // Monday the 23rd is a holiday: started on that weekend or Monday, the day played is Tuesday the 24th.
        for (from, day, next) in [
            ("2026-11-20", "2026-11-20", "2026-11-24"),
            ("2026-11-21", "2026-11-24", "2026-11-25"),
            ("2026-11-23", "2026-11-24", "2026-11-25"),
        ] {
            let steps = steps(&calendar, from.parse().expect("a date")).expect("a working day");
            let today = ["10:00", "11:02", "11:05", "11:31", "16:35", "16:50", "17:00", "17:00", "17:05", "23:10"];
            let mut expected: Vec<_> = today.map(|at| format!("{day} {at}")).into();
            expected.push(format!("{next} 10:00"));
            let incidents = steps.iter().filter_map(|step| match step.event {
                Event::Sent { incident, .. } => Some(incident as u64),
                Event::Reminder(_) | Event::ShiftEnds | Event::ShiftOver => None,
            });
            assert_eq!(incidents.max(), Some(INCIDENTS - 1));
            assert_eq!(times(&steps, &calendar, "%Y-%m-%d %H:%M"), expected);
        }
    }

    #[test]
    fn the_end_of_the_day_is_that_of_its_hours() {
        for (hours, expected) in [
            ("09:30-18:15", ["24T09:30", "24T17:50", "24T18:05", "24T18:15", "24T18:20", "25T09:30"]),
            ("12:00-24:00", ["24T12:00", "24T23:35", "24T23:50", "25T00:00", "25T00:05", "25T12:00"]),
        ] {
            let calendar = calendar(hours);
            let mut steps = steps(&calendar, "2026-11-24".parse().expect("a date")).expect("a working day");
            steps.retain(|step| match step.event {
                Event::Sent { incident, .. } => incident == 1,
                Event::Reminder(reminder) => reminder == Reminder::Morning,
                Event::ShiftEnds | Event::ShiftOver => true,
            });
            assert_eq!(times(&steps, &calendar, "%dT%H:%M"), expected, "{hours}");
        }
    }
}
