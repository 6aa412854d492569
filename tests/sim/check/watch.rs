//! What no webhook has reported: the watchdog tells it, once, and says so; nothing is told by both.

use super::Seen;
use crate::alarms::Alarms;
use crate::calendar::date;
use crate::events::Event;
use crate::pagerduty::Incident;
use crate::story::is_marked;
use crate::watching::{SUBSCRIPTION, Standing, state};
use crate::world::World;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;
use toban::domain::destination::Destination;
use toban::domain::incident::State;
use toban::ledger::Attempt;

/// What is said of an event that was found by asking.
pub(super) const FOUND: &str = "🐕 ";
/// What is said of a subscription that is off.
pub(super) const SILENCED: &str = "🔕 ";
/// Two reports of the same change are no further apart.
const SAME: TimeDelta = TimeDelta::seconds(61);
/// Clocks differ, and what is sent takes its time.
const CLOCKS: TimeDelta = TimeDelta::seconds(60);

pub(super) fn check(world: &World, all: &[Seen], alarms: &Alarms, wrong: &mut impl FnMut(&str, String)) {
    let Some(watch) = &world.watch else {
        for seen in all.iter().filter(|seen| [FOUND, SILENCED].iter().any(|what| seen.post.text.contains(what))) {
            wrong(seen.keys.first().map_or("", String::as_str), format!("nobody watches: {}", seen.post.text));
        }
        return;
    };
    silenced(world, all, watch.is_off, alarms, wrong);
    let unclaimed = alarms.unclaimed(&world.story);
    for event in world.story.lost() {
        for destination in world.parts.destinations() {
            let channels = world.parts.channels(*destination);
            let of_it = || all.iter().filter(|seen| channels.contains(&seen.channel) && seen.keys.contains(&event.key));
            let is_plain =
                |seen: &&Seen| !is_marked(&seen.post.text) && !world.channels[seen.channel].is_orphan(&seen.post);
            let plain = of_it().filter(is_plain).count();
            if plain > 1 && !unclaimed.contains(&event.key) {
                wrong(&event.key, format!("is told {plain} times in {}, and no webhook came", destination.name()));
            }
            if let Some(seen) = of_it().find(|seen| seen.keys.len() == 1 && !seen.post.text.contains(FOUND)) {
                wrong(&event.key, format!("came by no webhook, and does not say so: {}", seen.post.text));
            }
        }
    }
    let since = world.row("watchdog", "since").and_then(|row| row.instant("at"));
    for incident in world.story.incidents.iter().filter(|incident| incident.is_watched()) {
        found(world, all, incident, since, alarms, wrong);
    }
}

/// Whether an event was found, and is told again by its own webhook: after something else that came late, so the last thing told
/// is how the incident stands; or because only the webhook says what it is more than a beginning or an end.
pub(super) fn is_told_again(world: &World, all: &[Seen], event: &Event, found: &Seen) -> bool {
    let is_other = |key: &String| {
        let other = world.story.event(key).filter(|other| other.incident() == event.incident());
        other.and_then(|other| state(other.kind)).is_some_and(|other| Some(other) != state(event.kind))
    };
    let is_later = |seen: &&Seen| seen.channel == found.channel && seen.post.at > found.post.at;
    let is_milestone = ["triggered", "reopened", "resolved"].contains(&event.kind);
    let is_after_another = || all.iter().filter(is_later).any(|seen| seen.keys.iter().any(is_other));
    found.post.text.contains(FOUND) && (!is_milestone || is_after_another())
}

/// Whether an event is told nowhere because the watchdog has told the same of its incident.
pub(super) fn is_found(
    world: &World,
    all: &[Seen],
    event: &Event,
    destination: Destination,
    attempts: &[Attempt],
) -> bool {
    let channels = world.parts.channels(destination);
    let is_same = |key: &String| {
        let found = world.story.event(key).filter(|found| found.incident() == event.incident());
        found.is_some_and(|found| state(found.kind) == state(event.kind))
    };
    let is_it = |seen: &&Seen| channels.contains(&seen.channel) && seen.post.text.contains(FOUND);
    attempts.iter().any(|attempt| attempt.outcome.contains("the watchdog has reported it"))
        && all.iter().filter(is_it).any(|seen| seen.keys.iter().any(is_same))
}

/// How an incident stands in the end is told, whoever has reported it.
fn found(
    world: &World,
    all: &[Seen],
    incident: &Incident,
    since: Option<DateTime<Utc>>,
    alarms: &Alarms,
    wrong: &mut impl FnMut(&str, String),
) {
    let Some(Standing { state: stands, by }) = incident.standing(DateTime::<Utc>::MAX_UTC) else { return };
    // What was before the first round is left alone, and so is who takes it.
    if stands == State::Acknowledged || since.is_none_or(|since| by.occurred_at < since + CLOCKS) {
        return;
    }
    let lost: BTreeSet<_> = world.story.lost().map(|event| event.key.clone()).collect();
    let is_reported = |event: &&Event| !lost.contains(&event.key);
    let mut reported = incident.events.iter().filter(is_reported).filter_map(|event| Some((event, state(event.kind)?)));
    let is_missed = match reported.next_back() {
        None => true,
        Some((last, _)) if last.occurred_at + SAME > by.occurred_at => false,
        Some((_, known)) => match (stands, known) {
            (State::Triggered, known) => known == State::Resolved,
            _ => true,
        },
    };
    if !is_missed || !lost.contains(&by.key) {
        return;
    }
    world.count("event that the watchdog has to find");
    let dead: BTreeSet<_> = world.dead().iter().map(|message| message.of(&world.story)).collect();
    let doubt_ended = alarms.doubt_ended(&world.story);
    for destination in world.parts.destinations() {
        let channels = world.parts.channels(*destination);
        let is_told = all.iter().any(|seen| channels.contains(&seen.channel) && seen.keys.contains(&by.key));
        let is_given_up = dead.contains(&(by.key.clone(), destination.name())) || doubt_ended.contains(&by.key);
        if !is_told && !is_given_up {
            wrong(&by.key, format!("is told nowhere in {}, and how its incident stands", destination.name()));
        }
    }
}

/// Of a subscription that is off one message a day, in the second chat if there are two.
fn silenced(world: &World, all: &[Seen], is_off: bool, alarms: &Alarms, wrong: &mut impl FnMut(&str, String)) {
    let about: Vec<_> = all.iter().filter(|seen| seen.post.text.contains(SILENCED)).collect();
    let days: BTreeSet<_> = about.iter().map(|seen| date(seen.post.sent_at)).collect();
    for day in days {
        world.count("webhook that is off, told");
        let of_day = || about.iter().filter(|seen| date(seen.post.sent_at) == day);
        let plain = of_day().filter(|seen| !is_marked(&seen.post.text)).count();
        let is_unknown = alarms.unclaimed(&world.story).iter().any(|key| key.contains(SUBSCRIPTION));
        if !is_off || (plain > 1 && !is_unknown) {
            wrong(SUBSCRIPTION, format!("is told {plain} times to be off on {day}"));
        }
    }
}
