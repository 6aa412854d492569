//! What is read from a pasted rotation: who is on call, day by day, and what is wrong in it.

use super::Advice;
use super::rehearsal::Rehearsal;
use super::view::{holiday, kind_of};
use crate::domain::calendar::Calendar;
use crate::domain::lint::{Lint, lint};
use crate::domain::member::Platform;
use crate::domain::message::{Language, day, describe};
use crate::domain::rotation::{Coverage, Finding};
use crate::domain::unreadable::Unreadable;
use crate::domain::workbook::Workbook;
use crate::roster::Reading;
use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

/// How many days are shown before today and after it.
const BEFORE: u64 = 7;
const AFTER: u64 = 35;
/// Limits for the page.
const MOST_DAYS: usize = 400;
const MOST_FINDINGS: usize = 50;
const MOST_PEOPLE: usize = 20;
const LONGEST_NAME: usize = 100;

/// Returns `None` if nothing is pasted, or the sheet cannot be read by a fault.
pub fn view(all: &Rehearsal, reading: &Result<Reading, Unreadable>, advice: Advice) -> Option<Value> {
    let pasted = all.editable.pasted()?;
    let workbook = &reading.as_ref().ok()?.workbook;
    let calendar = all.team.calendar_with(reading);
    let language = all.language;
    let today = calendar.date(all.clock.now());
    let platforms = platforms(all, workbook);
    let platform = platforms.first().copied().unwrap_or(Platform::Screen);

    let (dates, is_elsewhere) = dates(workbook, today);
    let one = |date: &NaiveDate| one_day(workbook, platform, &calendar, language, *date, today);
    let found = lint(workbook, &platforms, &calendar, today);
    let told = |lint: &Lint| {
        let text = advice(&lint.finding, workbook.members.as_ref(), language);
        let text = match lint.date {
            Some(date) => format!("{}: {text}", day(date, language)),
            None => text,
        };
        json!({"is_fault": lint.finding.problem.is_fault(), "text": text})
    };
    Some(json!({
        "has_members": pasted.has_members(),
        "is_elsewhere": is_elsewhere,
        "first": dates.first().map(ToString::to_string),
        "last": dates.last().map(ToString::to_string),
        "days": dates.iter().take(MOST_DAYS).map(one).collect::<Vec<_>>(),
        "more_days": dates.len().saturating_sub(MOST_DAYS),
        "findings": found.iter().take(MOST_FINDINGS).map(told).collect::<Vec<_>>(),
        "more_findings": found.len().saturating_sub(MOST_FINDINGS),
    }))
}

/// The chats on which the members tab knows somebody; if there is none, the first.
fn platforms(all: &Rehearsal, workbook: &Workbook) -> Vec<Platform> {
    let chats: Vec<_> = all.demo_chats.chats().iter().map(|(_, chat, _)| chat.platform()).collect();
    let members = workbook.members.as_ref().map(|members| &*members.0).unwrap_or_default();
    let is_known = |platform: &Platform| members.iter().any(|member| member.on(*platform).is_some());
    let known: Vec<_> = chats.iter().copied().filter(is_known).collect();
    if known.is_empty() { chats.into_iter().take(1).collect() } else { known }
}

/// The days of the sheet around today, or all of them if none is near, and whether that is so.
fn dates(workbook: &Workbook, today: NaiveDate) -> (Vec<NaiveDate>, bool) {
    let shifts = &workbook.rotation.shifts;
    let first = today.checked_sub_days(Days::new(BEFORE)).unwrap_or(today);
    let last = today.checked_add_days(Days::new(AFTER)).unwrap_or(today);
    let near: Vec<_> = shifts.range(first..=last).map(|(date, _)| *date).collect();
    if near.is_empty() { (shifts.keys().copied().collect(), !shifts.is_empty()) } else { (near, false) }
}

fn one_day(
    workbook: &Workbook,
    platform: Platform,
    calendar: &Calendar,
    language: Language,
    date: NaiveDate,
    today: NaiveDate,
) -> Value {
    let (people, findings, is_nobodys) = match workbook.coverage(date, platform) {
        Coverage::OnCall { people, findings, .. } => (people, findings, false),
        Coverage::Gap { findings } => (Vec::new(), findings, false),
        Coverage::Nobody { .. } => (Vec::new(), Vec::new(), true),
        Coverage::Unknown { .. } => (Vec::new(), Vec::new(), false),
    };
    let kind = calendar.day(date);
    let why = |finding: &Finding| describe(finding, language).plain();
    json!({
        "date": date.to_string(),
        "day": day(date, language),
        "kind": kind_of(&kind),
        "holiday": holiday(&kind),
        "is_today": date == today,
        "people": people.iter().take(MOST_PEOPLE).map(|person| person.name.cut(LONGEST_NAME).to_string()).collect::<Vec<_>>(),
        "is_nobodys": is_nobodys,
        "why": findings.iter().take(MOST_PEOPLE).map(why).collect::<Vec<_>>(),
    })
}
