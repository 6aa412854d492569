//! Whole messages in both languages, on Tuesday the 24th in Tokyo.

mod daily_check;
mod events;
mod followed;
mod reminders;
mod replies;
mod service_level;
mod turns;
mod warnings;

use super::event::Context;
use super::*;
use crate::domain::calendar::{BusinessDays, BusinessHours, Calendar, CompanyHolidays, NationalHolidays};
use crate::domain::incident::{
    Details, EventKey, Incident, IncidentEvent, IncidentNumber, Origin, OtherSource, Person,
};
use crate::domain::policy::{Decision, Ignored, Mention, Reason, Rule};
use crate::domain::rotation::{Problem, Tab};
use chrono::{DateTime, Utc};
use std::sync::Arc;

const LANGUAGES: [Language; 2] = [Language::Japanese, Language::English];

fn text(text: &str) -> Foreign {
    Foreign::line(text).expect("it is visible")
}

fn person(name: &str) -> Person {
    Person { id: String::new(), name: text(name) }
}

fn at(time: &str) -> DateTime<Utc> {
    format!("2026-11-24T{time}+09:00").parse().expect("an instant")
}

fn calendar() -> Calendar {
    let span = |text| BusinessHours::parse(text).expect("hours");
    Calendar {
        zone: chrono_tz::Asia::Tokyo,
        hours: span("10:00-17:00").with_break(span("12:00-13:00")).expect("it is inside"),
        days: BusinessDays::parse("Mon-Fri").expect("days"),
        national: NationalHolidays::Japan,
        company: Arc::new(CompanyHolidays::new()),
    }
}

/// A name in that column of row 27 that nobody knows.
fn unknown(column: u32) -> Finding {
    let at = CellRef { tab: Tab::named("シフト"), row: 27, column };
    Finding { at: Some(at), problem: Problem::UnknownName(text("山田")) }
}

/// What happened at 11:02 to #PD4812, without anything else that a sender says.
fn event(kind: EventKind) -> IncidentEvent {
    let incident = Incident {
        id: Some(IncidentId("Q2YXK4P7T3M1NC".into())),
        number: Some(IncidentNumber(4812)),
        title: Foreign::line("HTTP 5xx"),
        ..Incident::default()
    };
    IncidentEvent { incident, ..IncidentEvent::new(Origin::PagerDuty, EventKey("01G".into()), kind, at("11:02:00")) }
}

/// The same, done by 佐藤.
fn by_sato(kind: EventKind) -> IncidentEvent {
    IncidentEvent { agent: Some(person("佐藤")), ..event(kind) }
}

/// By that rule nobody is mentioned in the message, which is posted at that time.
fn quiet(event: &IncidentEvent, rule: Rule, posted: &str) -> Decision {
    let (occurred, posted) = (calendar().at(event.occurred_at), calendar().at(at(posted)));
    let reason = Reason { rule, occurred, posted, row: None, findings: Vec::new(), unreadable: None };
    Decision { mention: Mention::Nobody, reason }
}

/// The whole text in both languages.
#[track_caller]
fn check(lines: impl Fn(Context<'_>) -> Vec<Line>, ja: &str, en: &str) {
    let ignored = Ignored::default();
    for (language, expected) in LANGUAGES.into_iter().zip([ja, en]) {
        let context = Context {
            language,
            ignored: &ignored,
            runbook: None,
            rotation_read_at: None,
            notice: None,
            status: None,
            is_kept_up_to_date: false,
            offered: None,
            seen: None,
        };
        let lines: Vec<_> = lines(context).iter().map(Line::plain).collect();
        assert_eq!(lines.join("\n"), expected);
    }
}

/// The first message about an event, posted five seconds after it.
#[track_caller]
fn check_first(event: &IncidentEvent, ja: &str, en: &str) {
    let decision = quiet(event, Rule::KindIsQuiet, "11:02:05");
    check(|context| event::message(event, &decision, context).lines, ja, en);
}

/// The message in the thread about an event, posted five seconds after it.
#[track_caller]
fn check_reply(event: &IncidentEvent, ja: &str, en: &str) {
    let decision = quiet(event, Rule::KindIsQuiet, "11:02:05");
    check(|context| event::reply(event, &decision, context).lines, ja, en);
}

/// A source whose texts nobody can read elsewhere.
static SCRIPT: OtherSource = OtherSource {
    name: "events",
    label: "/events",
    tag: Some("EV"),
    has_whole_texts: false,
    is_a_script: true,
    begins_once: false,
};

/// The same of a source that is a script.
fn from_a_script(event: IncidentEvent) -> IncidentEvent {
    let incident = Incident { id: Some(IncidentId::of("EV", "0A1B2C")), number: None, ..event.incident };
    IncidentEvent { origin: Origin::Other(&SCRIPT), incident, ..event }
}

#[test]
fn without_layout_only_whom_it_is_for_and_what_it_says_are_left() {
    let incident = IncidentId("Q2YXK4P7T3M1NC".into());
    let lines = vec![Line::own("a"), Line::default().foreign(&text("b"))];
    let plain = Message::new(Some(Addressee::Fallback), lines);
    let button = status::button(Act::Take, &incident, None, Language::English);
    let whole = Message { status: Some(Line::own("Status: Open")), buttons: vec![button], ..plain.clone() };
    assert_eq!(whole.without_layout(), plain);
}
