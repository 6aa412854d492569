//! What people resolve: told once in each chat, in their name, and only if it is.

use super::Seen;
use super::lines::{Line, What, shown_at};
use super::sre::was;
use crate::account::Moment;
use crate::alarms::Alarms;
use crate::events::Event;
use crate::presses::{self, Pressing, Recorded, Resolution};
use crate::sheet::name;
use crate::story::is_marked;
use crate::world::World;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use toban::domain::incident::State;
use toban::domain::press::Act;

/// For so long what PagerDuty tells is known to come of a press, less what clocks differ.
const COMES_OF_IT: TimeDelta = TimeDelta::minutes(9);
/// Clocks differ by so much.
const CLOCKS: Duration = Duration::from_secs(30);

pub(super) fn check(
    pressing: &Pressing,
    world: &World,
    all: &[Seen],
    alarms: &Alarms,
    wrong: &mut impl FnMut(&str, String),
) {
    let resolved = pressing.seen().resolved.clone();
    let began = [0, 1].map(|channel| super::told(world, channel));
    let mut unrecorded = alarms.uncompleted(&world.story);
    unrecorded.extend(alarms.unclaimed(&world.story));
    for resolution in
        resolved.iter().filter(|resolution| !is_behind(pressing, world, (&began, &unrecorded), resolution))
    {
        told(pressing, world, all, alarms, resolution, wrong);
    }
    for seen in all {
        for line in seen.lines.iter().filter(|line| line.what == What::Resolved) {
            world.count("resolved by a press, told");
            if !resolved.iter().any(|resolution| is_of(line, resolution)) && !is_anybodys(pressing, world, seen, line) {
                wrong(&format!("{}/", line.incident), format!("is told, and not done: {line:?}"));
            }
        }
    }
}

/// Whether the ledger did not know, when somebody pressed, that it had begun again. Then nobody can say what of it is told before.
fn is_behind(
    pressing: &Pressing,
    world: &World,
    (told, unrecorded): (&[BTreeMap<String, Duration>; 2], &BTreeSet<String>),
    resolution: &Resolution,
) -> bool {
    let kept = pressing.seen();
    let mut of_it = kept.recorded_of(&resolution.incident, Act::Resolve);
    let recorded = of_it.find(|recorded| resolution.presses.contains(&recorded.id)).map(|recorded| recorded.at);
    let added = world.story.added();
    let all = world.story.events().chain(added.iter().map(|event| &**event));
    let before = all.filter(|event| event.incident() == resolution.incident && event.kind == "reopened");
    let mut before = before.filter(|event| event.occurred_at <= resolution.at);
    let channels = || world.parts.destinations().iter().filter_map(|to| world.parts.channels(*to).first());
    let is_known = |event: &Event, channel: usize| {
        told[channel].get(&event.key).zip(recorded).is_some_and(|(told, recorded)| *told + CLOCKS < recorded)
    };
    before.any(|event| unrecorded.contains(&event.key) || !channels().all(|channel| is_known(event, *channel)))
}

fn is_of(line: &Line, resolution: &Resolution) -> bool {
    let is_theirs =
        line.what == What::Resolved && line.incident == resolution.incident && line.person == resolution.person;
    is_theirs && line.at.as_ref().is_some_and(|at| shown_at(resolution.at).contains(at))
}

/// Whether it was resolved at that time by somebody of whom nobody could say who it was: PagerDuty did not tell as whom we act.
fn is_anybodys(pressing: &Pressing, world: &World, seen: &Seen, line: &Line) -> bool {
    let kept = pressing.seen();
    let is_unknown = |recorded: &Recorded| {
        recorded.user.is_empty() && kept.press(recorded).is_some_and(|press| Some(press.person) == line.person)
    };
    let history = pressing.account.history(world, &line.incident);
    let is_then = |(at, shown): &Moment| {
        shown.state == State::Resolved && line.at.as_ref().is_some_and(|shown| shown_at(*at).contains(shown))
    };
    kept.recorded_of(&line.incident, Act::Resolve).any(is_unknown)
        && was(&history, DateTime::UNIX_EPOCH, world.at(seen.post.at), is_then)
}

fn told(
    pressing: &Pressing,
    world: &World,
    all: &[Seen],
    alarms: &Alarms,
    resolution: &Resolution,
    wrong: &mut impl FnMut(&str, String),
) {
    let kept = pressing.seen();
    let incident = format!("{}/", resolution.incident);
    let who = resolution.person.map_or_else(|| "nobody".to_owned(), name);
    let keys: Vec<_> = resolution.presses.iter().map(|press| presses::key(press)).collect();
    let unclaimed = alarms.unclaimed(&world.story);
    let mut unsure = alarms.ledger_down(&world.story);
    unsure.extend(alarms.uncompleted(&world.story));
    unsure.extend(unclaimed);
    let all_keys = || keys.iter().chain(&resolution.told_by);
    let is_sure = world.is_sure_of(&resolution.incident) && !all_keys().any(|key| unsure.contains(key));
    let doubt_ended = alarms.doubt_ended(&world.story);
    let dead: BTreeSet<_> = world.dead().iter().map(|message| message.of(&world.story).0).collect();
    let is_given_up = all_keys().any(|key| dead.contains(key) || doubt_ended.contains(key));
    let mut of_it = kept.recorded_of(&resolution.incident, Act::Resolve);
    let recorded = of_it.find(|recorded| resolution.presses.contains(&recorded.id));
    // Another press of that kind takes its place, and so does a new beginning.
    let is_alone = kept.recorded_of(&resolution.incident, Act::Resolve).count() == 1;
    let history = pressing.account.history(world, &resolution.incident);
    let is_last = !was(&history, resolution.at, DateTime::<Utc>::MAX_UTC, |(_, shown)| shown.state != State::Resolved);
    let pressed_at = recorded.and_then(|recorded| kept.queued.get(&recorded.id));
    let is_soon = pressed_at.is_some_and(|at| resolution.at - *at < COMES_OF_IT);
    let is_known = recorded.is_some_and(|recorded| !recorded.user.is_empty()) && is_alone && is_last && is_soon;
    for destination in world.parts.destinations() {
        let channels = world.parts.channels(*destination);
        let posts = || all.iter().filter(|seen| channels.contains(&seen.channel));
        let in_their_name = |seen: &Seen| seen.lines.iter().any(|line| is_of(line, resolution));
        let by_webhook = |seen: &Seen| resolution.told_by.as_ref().is_some_and(|key| seen.keys.contains(key));
        let is_it = |seen: &&Seen| in_their_name(seen) || by_webhook(seen);
        let is_plain =
            |seen: &&Seen| !is_marked(&seen.post.text) && !world.channels[seen.channel].is_orphan(&seen.post);
        let plain = posts().filter(is_it).filter(is_plain).count();
        // The same minute may have two.
        let alike = how_many_alike(&kept.resolved, resolution);
        if plain > alike && is_sure {
            let what = format!("{who} has resolved it at {}: told {plain} times", resolution.at);
            wrong(&incident, format!("{what} in {}", destination.name()));
        }
        let is_queued = keys.iter().any(|key| kept.order.contains_key(&(key.clone(), destination.name())));
        let is_told = posts().any(|seen| is_it(&seen));
        if (is_queued || resolution.told_by.is_some()) && !is_told && !is_given_up {
            wrong(
                &incident,
                format!("{who} has resolved it at {}, which is not told in {}", resolution.at, destination.name()),
            );
        }
        if let Some(seen) = posts().find(|seen| is_it(seen) && !in_their_name(seen))
            && is_known
            && is_sure
        {
            wrong(&incident, format!("{who} has resolved it, and it is told as {}", seen.post.text));
        }
    }
}

/// How many cannot be told from it.
fn how_many_alike(resolved: &[Resolution], one: &Resolution) -> usize {
    let is_alike = |other: &&Resolution| {
        let is_theirs = (&other.incident, other.person) == (&one.incident, one.person);
        is_theirs && !shown_at(other.at).is_disjoint(&shown_at(one.at))
    };
    resolved.iter().filter(is_alike).count()
}
