//! The end of the shift: said once, in its time, to those who are on it, and not of what is over.

use super::Seen;
use super::lines::What;
use super::mentions::{handles, is_told_why, on_call, pinged_fallback};
use super::sre::was;
use crate::account::{Moment, Shown};
use crate::actions::is_of_another_service;
use crate::alarms::Alarms;
use crate::pagerduty::NOBODY;
use crate::presses::Pressing;
use crate::sheet::{PEOPLE, pagerduty_id};
use crate::shifts;
use crate::story::{is_marked, pinged};
use crate::world::World;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;
use std::time::Duration;
use toban::domain::incident::State;

/// What was read may be so old when it is posted: a delivery takes 8 s, and what is not answered may be accepted so much later.
const READ_BEFORE: Duration = Duration::from_secs(8 + 22);
/// Clocks differ, too.
const MARGIN: TimeDelta = TimeDelta::seconds(8 + 22 + 16);
/// What is said only if SRE was called.
const HANDED_OVER: &str = "SRE に渡しました";

pub(super) fn check(
    pressing: &Pressing,
    world: &World,
    all: &[Seen],
    alarms: &Alarms,
    wrong: &mut impl FnMut(&str, String),
) {
    let begin = world.at(Duration::ZERO);
    let Some(end) = shifts::end(begin) else {
        for seen in all.iter().filter(|seen| is_about_it(seen)) {
            wrong(&seen.lines[0].incident, format!("no shift ends: {}", seen.post.text));
        }
        return;
    };
    must_be_told(pressing, world, all, (alarms, end), wrong);
    let unclaimed = alarms.unclaimed(&world.story);
    let mut unknown = alarms.ledger_down(&world.story);
    unknown.extend(unclaimed.iter().cloned());
    let incidents: BTreeSet<_> = all.iter().flat_map(|seen| &seen.lines).map(|line| line.incident.clone()).collect();
    for incident in &incidents {
        for what in [What::Ends, What::Over] {
            let is_it = |seen: &&Seen| seen.lines.iter().any(|line| line.what == what && line.incident == *incident);
            for destination in world.parts.destinations() {
                let channels = world.parts.channels(*destination);
                let of_it = all.iter().filter(is_it).filter(|seen| channels.contains(&seen.channel));
                let is_plain =
                    |seen: &&Seen| !is_marked(&seen.post.text) && !world.channels[seen.channel].is_orphan(&seen.post);
                let plain = of_it.filter(is_plain).count();
                if plain > 1 && !unclaimed.iter().any(|key| is_of(key, incident)) {
                    wrong(&format!("{incident}/"), format!("{what:?} is told {plain} times in {}", destination.name()));
                }
            }
            for seen in all.iter().filter(is_it) {
                world.count(if what == What::Ends { "shift ends, told" } else { "shift is over, told" });
                let is_sure = world.is_sure_of(incident) && !unknown.iter().any(|key| is_of(key, incident));
                one(pressing, world, all, seen, (incident, what, end, is_sure), wrong);
            }
        }
    }
}

/// If nothing fails any more when the shift ends, what was open all that time and has mentioned somebody is told.
fn must_be_told(
    pressing: &Pressing,
    world: &World,
    all: &[Seen],
    (alarms, end): (&Alarms, DateTime<Utc>),
    wrong: &mut impl FnMut(&str, String),
) {
    let begins = end - TimeDelta::minutes(12);
    if world.at(world.recovered()) > begins {
        return;
    }
    let mut unknown = alarms.uncompleted(&world.story);
    unknown.extend(alarms.unclaimed(&world.story));
    unknown.extend(world.dead().iter().map(|message| message.of(&world.story).0));
    let firsts = world.story.incidents.iter().filter_map(|incident| incident.events.first());
    for first in firsts.filter(|first| !is_of_another_service(first.incident())) {
        let incident = first.incident();
        let history = pressing.account.history(world, incident);
        let is_open = |(_, shown): &Moment| shown.state == State::Triggered && !has_sre(shown);
        let (from, to) = (begins - TimeDelta::minutes(2), end + TimeDelta::minutes(2));
        let has_begun = history.first().is_some_and(|(at, _)| *at < begins);
        let was_open = has_begun && !was(&history, from, to, |moment| !is_open(moment));
        let of_it = |seen: &&Seen| seen.keys.iter().any(|key| key.split('/').next() == Some(incident));
        let is_known = !all.iter().filter(of_it).flat_map(|seen| &seen.keys).any(|key| unknown.contains(key));
        let calls = |seen: &&Seen| !pinged(&seen.post.text, seen.channel == 1 && world.parts.has_typetalk).is_empty();
        let has_called = all.iter().filter(of_it).filter(calls).any(|seen| world.at(seen.post.at) < begins);
        // Its webhook may come late.
        let [from, to] = [from, end].map(|at| (at - world.at(Duration::ZERO)).to_std().unwrap_or_default());
        let is_told_open = pressing.rows_between(incident, from, to).iter().all(|row| !row.is_over);
        if !(was_open && is_told_open && is_known && has_called && world.is_sure_of(incident)) {
            continue;
        }
        world.count("shift ends, must be told");
        let is_it = |line: &super::lines::Line| line.what == What::Ends && line.incident == incident;
        for destination in world.parts.destinations() {
            let channels = world.parts.channels(*destination);
            if !all.iter().any(|seen| channels.contains(&seen.channel) && seen.lines.iter().any(is_it)) {
                wrong(&first.key, format!("is open at the end of the shift: not told in {}", destination.name()));
            }
        }
    }
}

/// Whether SRE has it, or whoever else is not of the members.
fn has_sre(shown: &Shown) -> bool {
    let is_known = |id: &String| *id == NOBODY || (0..PEOPLE).any(|person| pagerduty_id(person) == *id);
    shown.calls_sre() || !shown.assignees.iter().all(is_known)
}

fn is_of(key: &str, incident: &str) -> bool {
    key.starts_with("shift:") && key.contains(&format!(":{incident}:"))
}

fn is_about_it(seen: &Seen) -> bool {
    seen.lines.iter().any(|line| matches!(line.what, What::Ends | What::Over))
}

fn one(
    pressing: &Pressing,
    world: &World,
    all: &[Seen],
    seen: &Seen,
    (incident, what, end, is_sure): (&str, What, DateTime<Utc>, bool),
    wrong: &mut impl FnMut(&str, String),
) {
    let posted = world.at(seen.post.at);
    let text = &seen.post.text;
    let mut says = |what: &str| wrong(&format!("{incident}/"), format!("{what} at {posted}: {text}"));
    let is_in_time = match what {
        What::Ends => (end - TimeDelta::minutes(15) - MARGIN..end + MARGIN).contains(&posted),
        _ => end - MARGIN <= posted,
    };
    if !is_in_time {
        says("is told at another time");
    }
    let rows = pressing.rows_between(incident, seen.post.at.saturating_sub(READ_BEFORE), seen.post.at);
    if is_sure && rows.iter().all(|row| row.is_over) {
        says("is resolved");
    }
    let pinged = pinged(text, seen.channel == 1 && world.parts.has_typetalk);
    if what == What::Over {
        let is_ends = |other: &&Seen| {
            let is_it = |line: &super::lines::Line| line.what == What::Ends && line.incident == incident;
            other.post.at <= seen.post.at && other.lines.iter().any(is_it)
        };
        if !all.iter().any(|other| is_ends(&other)) {
            says("is told, and not that it ends");
        }
        if !pinged.is_empty() {
            says("pings somebody");
        }
        if text.contains(HANDED_OVER) && !rows.iter().any(|row| row.is_called) {
            says("SRE was not called");
        }
        return;
    }
    // After the end it mentions nobody.
    let may_be_quiet = posted > end - MARGIN || is_told_why(text, true);
    let is_allowed = |people: &BTreeSet<u32>| {
        let people = handles(world, seen, people);
        if people.is_empty() { on_call(world, seen).contains(&pinged) } else { pinged == people }
    };
    let is_right = rows.iter().any(|row| is_allowed(&row.on_it)) || (!is_sure && is_allowed(&BTreeSet::new()));
    // Without the sheet nobody knows who they are.
    let is_right = is_right || (seen.post.at <= world.recovered() && pinged_fallback(world, seen));
    if !(is_right || (pinged.is_empty() && may_be_quiet)) {
        let on_it: Vec<_> = rows.iter().map(|row| &row.on_it).collect();
        says(&format!("pings {pinged:?}, and {on_it:?} are on it"));
    }
}
