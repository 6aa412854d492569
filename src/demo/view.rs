//! The state of the page as one JSON value, which is sent whole after every change.

use super::acts::Stakes;
use super::chats::{ALERTS, REMINDERS};
use super::day::{Event as Happening, Step};
use super::faults::outcome;
use super::journal::{Entry, Try};
use super::pressed::{answers, people};
use super::rehearsal::Rehearsal;
use super::samples::{SAMPLES, Sample};
use crate::chat::Chat;
use crate::chat::recorder::{Recorded, Recording};
use crate::domain::calendar::{Calendar, Day};
use crate::domain::incident::{EventKey, EventKind, IncidentEvent, Origin};
use crate::domain::lint::one_day;
use crate::domain::message::event::explanation;
use crate::domain::message::{Language, day, describe, describe_unreadable, verb};
use crate::domain::policy::Mention;
use crate::domain::reminder::Reminder;
use crate::domain::rotation::{CellRef, Finding};
use crate::domain::text::Link;
use crate::domain::unreadable::Unreadable;
use crate::roster::Reading;
use crate::roster::editable::Access;
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde_json::{Value, json};

/// How many days of the rotation are shown after today.
const AHEAD: u64 = 9;
/// How many on-call columns are shown for a day without a row.
const COLUMNS: usize = 2;

pub fn view(all: &Rehearsal, reading: &Result<Reading, Unreadable>, stakes: Stakes) -> Value {
    let language = all.language;
    let now = all.clock.now();
    let calendar = match reading {
        Ok(reading) => all.team.calendar.with_company_holidays(reading.workbook.holidays.clone()),
        Err(_) => all.team.calendar.clone(),
    };
    let chats = all.demo_chats.chats();
    json!({
        "live": stakes == Stakes::Live,
        "language": name(language),
        "clock": clock(all, &calendar, now),
        "decision": chats.first().map(|(_, chat, _)| decision(all, chat, reading, now)),
        "days": days(all, chats.first().map(|(_, chat, _)| *chat), reading, &calendar, now),
        "rotation": rotation(all, reading, now),
        "mention_on": kinds(all),
        "mode": all.demo_chats.mode(),
        "faults": {
            "sheet": match all.editable.access() {
                Access::Open => "open",
                Access::Down => "down",
                Access::Lost => "lost",
            },
            "primary_down": all.demo_chats.primary.is_down(),
            "twice": all.sends_twice,
            "forged": all.forges,
            "late": all.is_late,
        },
        "samples": samples(now, language),
        "people": if stakes == Stakes::Live { Vec::new() } else { people(reading.as_ref().ok()) },
        "answers": answers(all, &calendar),
        "names": all.names,
        "cleared": all.cleared,
        "chats": chats.iter().map(|(place, chat, recording)| one_chat(place, chat, recording, &calendar)).collect::<Vec<_>>(),
        "journal": all.journal.entries().map(|entry| one_entry(entry, &calendar, language)).collect::<Vec<_>>(),
        "day": all.day.as_ref().map(|playing| json!({
            "done": playing.done,
            "is_held": playing.is_held(),
            "steps": playing.steps.iter().map(|step| one_step(step, &calendar, language)).collect::<Vec<_>>(),
        })),
    })
}

fn name(language: Language) -> &'static str {
    match language {
        Language::Japanese => "ja",
        Language::English => "en",
    }
}

pub fn local(at: DateTime<Utc>, calendar: &Calendar, format: &str) -> String {
    at.with_timezone(&calendar.zone).format(format).to_string()
}

fn clock(all: &Rehearsal, calendar: &Calendar, now: DateTime<Utc>) -> Value {
    let moment = calendar.at(now);
    json!({
        "stands": all.clock.stands(),
        "field": local(now, calendar, "%Y-%m-%dT%H:%M"),
        "day": day(moment.local.date_naive(), all.language),
        "time": local(now, calendar, "%H:%M"),
        "kind": kind_of(&moment.day),
        "holiday": holiday(&moment.day),
        "is_working": moment.is_working,
        "hours": calendar.hours.to_string(),
        "opens": calendar.hours.start().format("%H:%M").to_string(),
        "closes": calendar.hours.end(),
        "zone": calendar.zone.name(),
    })
}

pub fn kind_of(day: &Day) -> &'static str {
    match day {
        Day::Working => "working",
        Day::Weekend => "weekend",
        Day::NationalHoliday(_) | Day::CompanyHoliday(_) => "holiday",
    }
}

pub fn holiday(day: &Day) -> Option<&str> {
    match day {
        Day::Working | Day::Weekend => None,
        Day::NationalHoliday(name) => Some(name),
        Day::CompanyHoliday(name) => Some(name),
    }
}

/// What would be decided about an incident triggered now.
fn decision(all: &Rehearsal, chat: &Chat, reading: &Result<Reading, Unreadable>, now: DateTime<Utc>) -> Value {
    let event = IncidentEvent::new(Origin::PagerDuty, EventKey(String::new()), EventKind::Triggered, now);
    let decision = all.team.decide(&event, chat, reading, None, now);
    let read_at = reading.as_ref().ok().map(|reading| reading.read_at);
    let people = match &decision.mention {
        Mention::OnCall(people) | Mention::Assignees(people) => {
            people.iter().map(|person| person.name.as_str()).collect()
        }
        Mention::Nobody | Mention::Fallback => Vec::new(),
    };
    json!({
        "mention": decision.mention.name(),
        "people": people,
        "why": explanation(&decision, read_at, all.language).plain(),
    })
}

fn days(
    all: &Rehearsal,
    chat: Option<&Chat>,
    reading: &Result<Reading, Unreadable>,
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Vec<Value> {
    let today = calendar.date(now);
    let last = today.checked_add_days(Days::new(AHEAD)).unwrap_or(today);
    let changed = all.editable.changed();
    let one = |date: NaiveDate| {
        let workbook = reading.as_ref().ok().map(|reading| &reading.workbook);
        let shift = workbook.and_then(|workbook| workbook.rotation.shifts.get(&date));
        let names: Vec<_> = shift
            .map(|shift| shift.iter().map(|cell| cell.name.as_ref().map_or("", |name| name.as_str())).collect())
            .unwrap_or_else(|| vec![""; COLUMNS]);
        let kind = calendar.day(date);
        let findings = match (workbook, chat, &kind) {
            (Some(workbook), Some(chat), Day::Working) => one_day(workbook, chat.platform(), date),
            _ => Vec::new(),
        };
        let finding = |finding: &Finding| {
            let link = finding.at.as_ref().and_then(CellRef::link);
            json!({
                "text": describe(finding, all.language).plain(),
                "link": link.as_ref().map(Link::as_str),
            })
        };
        let findings: Vec<_> = findings.iter().map(finding).collect();
        json!({
            "date": date.to_string(),
            "day": day(date, all.language),
            "kind": kind_of(&kind),
            "holiday": holiday(&kind),
            "names": names,
            "changed": changed.iter().filter(|(at, _)| *at == date).map(|(_, column)| column).collect::<Vec<_>>(),
            "findings": findings,
        })
    };
    today.iter_days().take_while(|date| *date <= last).map(one).collect()
}

fn rotation(all: &Rehearsal, reading: &Result<Reading, Unreadable>, now: DateTime<Utc>) -> Value {
    match reading {
        Ok(reading) => json!({"age_minutes": (now - reading.read_at).num_minutes(), "problem": null}),
        Err(why) => json!({"age_minutes": null, "problem": describe_unreadable(why, all.language).plain()}),
    }
}

/// The kinds that can be in `MENTION_ON`, the usual ones first.
fn kinds(all: &Rehearsal) -> Vec<Value> {
    let mut kinds: Vec<_> = EventKind::NAMED.iter().collect();
    kinds.sort_by_key(|kind| !kind.calls_somebody());
    let one = |kind: &EventKind| {
        let (icon, word) = verb(kind, all.language);
        json!({
            "name": kind.name(),
            "icon": icon,
            "word": word,
            "is_usual": kind.calls_somebody(),
            "on": all.team.policy.mention_on.contains(kind),
        })
    };
    kinds.into_iter().map(one).collect()
}

fn samples(now: DateTime<Utc>, language: Language) -> Vec<Value> {
    let one = |sample: &Sample| {
        let kind = sample.kind(now)?;
        let (icon, word) = verb(&kind, language);
        Some(json!({"name": sample.name, "icon": icon, "word": word, "is_the_dummys": sample.is_the_dummys()}))
    };
    SAMPLES.iter().filter_map(one).collect()
}

fn one_step(step: &Step, calendar: &Calendar, language: Language) -> Value {
    let with_word = |(icon, word)| (icon, word, None);
    // The script of the page has its own words for the reminders.
    let verb = |kind: &EventKind| verb(kind, language);
    let (icon, word, reminder) = match step.event {
        Happening::Reminder(Reminder::Morning) => ("☀️", "", Some("remind_morning")),
        Happening::Reminder(Reminder::Evening) => ("🌙", "", Some("remind_evening")),
        Happening::ShiftEnds => with_word(verb(&EventKind::ShiftEnds)),
        Happening::ShiftOver => with_word(verb(&EventKind::ShiftOver)),
        Happening::Sent { sample, .. } => {
            let kind = Sample::find(sample).and_then(|sample| sample.kind(step.at));
            with_word(kind.as_ref().map_or(("", ""), verb))
        }
    };
    json!({"time": local(step.at, calendar, "%H:%M"), "icon": icon, "word": word, "reminder": reminder})
}

fn one_chat(place: &str, chat: &Chat, recording: &Recording, calendar: &Calendar) -> Value {
    json!({
        "place": place,
        "name": chat.name(),
        "is_down": recording.is_down(),
        "posts": recording.posts().iter().map(|shown| one_post(shown, calendar)).collect::<Vec<_>>(),
    })
}

fn one_post(shown: &Recorded, calendar: &Calendar) -> Value {
    let channel = match &*shown.channel.0 {
        topic if topic == ALERTS.1 => "App Monitoring",
        topic if topic == REMINDERS.1 => "On-call",
        channel => channel,
    };
    json!({
        "nth": shown.nth,
        "id": shown.id.0,
        "thread": shown.thread.as_ref().map(|post| &post.0),
        "channel": channel,
        "date": local(shown.at, calendar, "%Y-%m-%d"),
        "time": local(shown.at, calendar, "%H:%M"),
        "edits": shown.edits,
        "pings": shown.pings,
        "is_broadcast": shown.request["reply_broadcast"] == true,
        "request": shown.request,
    })
}

fn one_entry(entry: &Entry, calendar: &Calendar, language: Language) -> Value {
    json!({
        "nth": entry.nth,
        "time": local(entry.at, calendar, "%H:%M"),
        "what": entry.what,
        "status": entry.status,
        "answer": entry.answer,
        "problem": entry.problem.as_ref().map(|problem| problem.words(language)),
        "tries": entry.tries.iter().map(|tried| one_try(tried, language)).collect::<Vec<_>>(),
    })
}

fn one_try(tried: &Try, language: Language) -> Value {
    let attempt = &tried.attempt;
    json!({
        "place": attempt.place.name(),
        "chat": attempt.chat,
        "what": attempt.what,
        "incident": attempt.incident,
        "outcome": outcome(&attempt.outcome, language),
        "why": attempt.why,
        "event": tried.event.0,
        "post": tried.post,
    })
}
