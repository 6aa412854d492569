//! The end of the shift: said once, in its time, to those who are on it, and not of what is over.

use super::Seen;
use super::lines::What;
use super::mentions::{handles, is_told_why, on_call, pinged_fallback};
use crate::alarms::Alarms;
use crate::presses::Pressing;
use crate::shifts;
use crate::story::{is_marked, pinged};
use crate::world::World;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;
use std::time::Duration;

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
    let unclaimed = alarms.unclaimed(&world.story);
    let mut unknown = alarms.ledger_down(&world.story);
    unknown.extend(unclaimed.iter().cloned());
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
