//! Reminders: once a day each, on working days only, to those who are on call that day.

use super::Seen;
use super::mentions::{is_told_why, pinged_by, pings, sheets};
use super::whom::{self, Call};
use crate::alarms::Alarms;
use crate::calendar::tokyo;
use crate::reminding::{Due, key};
use crate::sheet::{Says, Version};
use crate::story::is_marked;
use crate::world::World;
use chrono::{NaiveDate, Timelike as _};
use std::time::Duration;
use toban::domain::reminder::Reminder;

/// It is tried three times, within this.
const TRIED: Duration = Duration::from_secs(300);

/// What only a reminder says.
const MORNING: &str = "☀️ 今日 ";
const EVENING: &str = "🌙 ";
const OF_A_DAY: &str = " の当番";
const NOBODYS: &str = " は当番なしの日です。";
/// What it says instead of a name.
const NOT_KNOWN: &str = "の当番表を直してください";

/// Whether a message is one.
pub(super) fn is_one(text: &str) -> bool {
    let is_one = |line: &str| {
        let begins = line.starts_with(MORNING) || line.starts_with(EVENING);
        (begins && line.contains(OF_A_DAY)) || (line.starts_with("📅 ") && line.contains(NOBODYS))
    };
    text.lines().any(is_one)
}

fn which(seen: &Seen) -> (Reminder, NaiveDate) {
    let at = tokyo(seen.post.sent_at);
    let reminder = if at.hour() < 14 { Reminder::Morning } else { Reminder::Evening };
    (reminder, at.date_naive())
}

pub(super) fn check(world: &World, all: &[Seen], alarms: &Alarms, wrong: &mut impl FnMut(&str, String)) {
    let unclaimed = alarms.unclaimed(&world.story);
    let reminders: Vec<_> = all.iter().filter(|seen| seen.is_reminder).collect();
    for due in world.reminders.due() {
        let of_it = || reminders.iter().filter(|seen| which(seen) == (due.reminder, due.on));
        for destination in world.parts.destinations() {
            let channels = world.parts.channels(*destination);
            let plain = of_it().filter(|seen| channels.contains(&seen.channel) && !is_marked(&seen.post.text)).count();
            if plain > 1 && !unclaimed.contains(&due.key()) {
                wrong(&due.key(), format!("came {plain} times to {} without a mark", destination.name()));
            }
        }
        if due.at >= world.recovered() {
            world.count("a reminder when all is well");
        }
        if due.is_sent && of_it().next().is_none() {
            wrong(&due.key(), "is said to be sent, and is in no chat".to_owned());
        }
        if !due.is_sent {
            unsent(world, &due, wrong);
        }
    }
    for seen in reminders {
        world.count("reminder");
        one(world, seen, wrong);
    }
}

/// It is due on working days, and is sent unless something has failed each time.
fn unsent(world: &World, due: &Due, wrong: &mut impl FnMut(&str, String)) {
    let until = due.at + TRIED;
    let is_day_off = |sheet: &Option<Version>| {
        let hours = if sheet.is_some() { world.parts.hours } else { world.parts.hours.without_the_sheet() };
        hours.is_day_off(due.on)
    };
    if due.is_not_due {
        world.count("a reminder that is not due");
        if !sheets(world, until).iter().any(is_day_off) {
            wrong(&due.key(), "is said not to be due, on a working day".to_owned());
        }
        return;
    }
    world.count("a reminder that is not sent");
    if due.at >= world.recovered() {
        wrong(&due.key(), "is not sent, though all is well".to_owned());
    }
}

fn one(world: &World, seen: &Seen, wrong: &mut impl FnMut(&str, String)) {
    let (reminder, on) = which(seen);
    let (key, text) = (key(reminder, on), &seen.post.text);
    let is_due = |due: &Due| (due.reminder, due.on) == (reminder, on);
    if !world.reminders.due().iter().any(is_due) {
        wrong(&key, format!("is not due at {}: {text}", seen.post.sent_at));
    }
    let mut may = Vec::new();
    for sheet in sheets(world, seen.post.at) {
        let hours = if sheet.is_some() { world.parts.hours } else { world.parts.hours.without_the_sheet() };
        if hours.is_day_off(on) {
            continue;
        }
        let about = if reminder == Reminder::Morning { on } else { hours.next(on) };
        let call = calls(sheet, about);
        if pinged_by(world, seen) == pings(world, seen, &call) && text.contains(call.says) {
            return;
        }
        may.push((about, call));
    }
    let is_quiet = pinged_by(world, seen).is_empty() && is_told_why(text, false);
    if may.is_empty() || !is_quiet {
        wrong(&key, format!("sent at {}, where {may:?} is right: {text}", seen.post.sent_at));
    }
}

/// To those of a day; to nobody if it is marked as nobody's.
fn calls(sheet: Option<Version>, about: NaiveDate) -> Call {
    let says = match sheet.map(|version| version.says(about)) {
        Some(Says::People(people, says)) => {
            return Call { people: people.into_iter().collect(), fallback: false, says };
        }
        Some(Says::Nobodys) => return Call { says: NOBODYS, ..Call::default() },
        Some(Says::NobodyKnown) => NOT_KNOWN,
        None => whom::UNREAD,
    };
    Call { fallback: true, says, ..Call::default() }
}
