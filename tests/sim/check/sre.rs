//! Calls for SRE: each ends in words for everybody, which are true, and mention the fallback if SRE was not called.

use super::Seen;
use super::lines::{Line, What, shown_at};
use super::mentions::{is_told_why, pinged_fallback};
use crate::account::{Moment, TOBAN};
use crate::alarms::Alarms;
use crate::events::TIMED_OUT;
use crate::people::{Kind, kind};
use crate::presses::{self, Press, Pressing, Recorded};
use crate::sheet::name;
use crate::story::is_marked;
use crate::world::World;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;
use std::time::Duration;
use toban::domain::incident::State;
use toban::domain::press::Act;

/// What somebody is told whose press changes nothing, because SRE has it.
const HAS_IT: [&str; 2] = ["SRE はもう呼ばれています", "SRE にはもう連絡が行っています"];
/// For so long what PagerDuty tells is known to come of a press, less what clocks differ.
const COMES_OF_IT: TimeDelta = TimeDelta::minutes(9);

/// Whether an incident was like that at some time of a span.
pub(super) fn was(history: &[Moment], from: DateTime<Utc>, to: DateTime<Utc>, is: impl Fn(&Moment) -> bool) -> bool {
    let first = history.iter().rposition(|(at, _)| *at <= from).unwrap_or_default();
    history.iter().skip(first).take_while(|(at, _)| *at <= to).any(is)
}

/// Whether SRE was called again after a press that was recorded, which is told instead.
pub(super) fn is_called_after(seen: &presses::Seen, recorded: &Recorded) -> bool {
    seen.recorded_of(&recorded.incident, Act::CallSre).any(|other| other.at > recorded.at)
}

pub(super) fn check(
    pressing: &Pressing,
    world: &World,
    all: &[Seen],
    alarms: &Alarms,
    wrong: &mut impl FnMut(&str, String),
) {
    let incidents: BTreeSet<_> = pressing.seen().presses.iter().map(|press| press.incident.clone()).collect();
    for incident in &incidents {
        let history = pressing.account.history(world, incident);
        ends(pressing, world, all, alarms, (incident, &history), wrong);
        lines(pressing, world, all, (incident, &history), wrong);
        private(pressing, world, (incident, &history), wrong);
    }
    for line in all.iter().flat_map(|seen| &seen.lines).filter(|line| is_about_a_call(line)) {
        if !incidents.contains(&line.incident) {
            wrong(&format!("{}/", line.incident), format!("nobody has called: {line:?}"));
        }
    }
    hidden(pressing, world, all, alarms, wrong);
}

fn is_about_a_call(line: &Line) -> bool {
    matches!(line.what, What::Called | What::NotCalled)
}

/// What is recorded ends in one of the two, once in each chat.
fn ends(
    pressing: &Pressing,
    world: &World,
    all: &[Seen],
    alarms: &Alarms,
    (incident, history): (&str, &[Moment]),
    wrong: &mut impl FnMut(&str, String),
) {
    let kept = pressing.seen();
    let calls = |press: &&Press| press.act == Act::CallSre && press.incident == incident;
    let people: BTreeSet<_> = kept.presses.iter().filter(calls).map(|press| press.person).collect();
    let unclaimed = alarms.unclaimed(&world.story);
    let doubt_ended = alarms.doubt_ended(&world.story);
    let dead: BTreeSet<_> = world.dead().iter().map(|message| message.of(&world.story)).collect();
    for person in people {
        let of_them = || kept.presses.iter().filter(calls).filter(|press| press.person == person);
        for destination in world.parts.destinations() {
            let channels = world.parts.channels(*destination);
            let is_dead = |key: &String| {
                dead.iter().any(|(dead, to)| dead == key && [destination.name(), "presses"].contains(to))
            };
            let must = of_them().filter_map(|press| kept.recorded.iter().find(|recorded| recorded.id == press.id));
            let must = must.filter(|recorded| {
                let key = presses::key(&recorded.id);
                // What is over is only said to whoever has pressed.
                let now = DateTime::<Utc>::MAX_UTC;
                let from = world.at(recorded.at) - TimeDelta::seconds(10);
                let is_over = was(history, from, now, |(_, shown)| shown.state == State::Resolved);
                !(is_over || is_dead(&key) || doubt_ended.contains(&key) || is_called_after(&kept, recorded))
            });
            let must = must.count();
            let keys: Vec<_> = of_them().map(|press| presses::key(&press.id)).collect();
            let may = keys.iter().filter(|key| kept.order.contains_key(&((*key).clone(), destination.name()))).count();
            let posts = || all.iter().filter(|seen| channels.contains(&seen.channel));
            let is_it =
                |line: &&Line| is_about_a_call(line) && line.incident == incident && line.person == Some(person);
            let told = posts().flat_map(|seen| &seen.lines).filter(is_it).count();
            let is_plain =
                |seen: &&Seen| !is_marked(&seen.post.text) && !world.channels[seen.channel].is_orphan(&seen.post);
            let plain = posts().filter(is_plain).flat_map(|seen| &seen.lines).filter(is_it).count();
            if told < must {
                let what =
                    format!("{} has called SRE: {told} of {must} are told in {}", name(person), destination.name());
                wrong(&format!("{incident}/"), what);
            }
            if plain > may && !keys.iter().any(|key| unclaimed.contains(key)) {
                let what =
                    format!("{} has called SRE: told {plain} times for {may} in {}", name(person), destination.name());
                wrong(&format!("{incident}/"), what);
            }
        }
    }
}

/// What is told is true: SRE was called in PagerDuty, or the fallback is mentioned.
fn lines(
    pressing: &Pressing,
    world: &World,
    all: &[Seen],
    (incident, history): (&str, &[Moment]),
    wrong: &mut impl FnMut(&str, String),
) {
    let kept = pressing.seen();
    let about = |seen: &Seen| {
        let of_it = seen.lines.iter().filter(|line| line.incident == incident && is_about_a_call(line));
        of_it.cloned().collect::<Vec<_>>()
    };
    for (seen, line) in all.iter().flat_map(|seen| about(seen).into_iter().map(move |line| (seen, line))) {
        let posted = world.at(seen.post.at);
        if line.what == What::NotCalled {
            world.count("SRE not called, told");
            let has_pressed = |press: &Press| {
                let may = kind(press.person) == Kind::Listed && press.is_authentic && press.is_here;
                may && press.act == Act::CallSre && press.incident == incident && Some(press.person) == line.person
            };
            if !kept.presses.iter().any(has_pressed) {
                wrong(&format!("{incident}/"), format!("nobody who may has called: {line:?}"));
            }
            let is_over = was(history, DateTime::UNIX_EPOCH, posted + TimeDelta::seconds(30), |(_, shown)| {
                shown.state == State::Resolved
            });
            if !pinged_fallback(world, seen) && !is_told_why(&seen.post.text, is_over) {
                wrong(
                    &format!("{incident}/"),
                    format!("SRE is not called, and the fallback not mentioned: {}", seen.post.text),
                );
            }
            continue;
        }
        world.count("SRE called, told");
        let has_called = |recorded: &&Recorded| {
            let is_theirs = kept.press(recorded).is_some_and(|press| Some(press.person) == line.person);
            let pressed_at = kept.queued.get(&recorded.id);
            let is_then = pressed_at.zip(line.at.as_ref()).is_some_and(|(at, shown)| shown_at(*at).contains(shown));
            let from = world.at(recorded.at) - TimeDelta::seconds(10);
            is_theirs && is_then && was(history, from, posted, |(_, shown)| shown.calls_sre())
        };
        if !kept.recorded_of(incident, Act::CallSre).any(|recorded| has_called(&recorded)) {
            wrong(&format!("{incident}/"), format!("SRE was not called in PagerDuty: {line:?}, {history:?}"));
        }
    }
}

/// Nobody is told that SRE has it who was never called.
fn private(
    pressing: &Pressing,
    world: &World,
    (incident, history): (&str, &[Moment]),
    wrong: &mut impl FnMut(&str, String),
) {
    let kept = pressing.seen();
    for press in kept.presses.iter().filter(|press| press.incident == incident && press.act == Act::CallSre) {
        let told = kept.told.get(&press.number).map(Vec::as_slice).unwrap_or_default();
        for (at, text) in told.iter().filter(|(_, text)| HAS_IT.iter().any(|has_it| text.contains(has_it))) {
            if !was(history, DateTime::UNIX_EPOCH, world.at(*at), |(_, shown)| shown.calls_sre()) {
                wrong(&format!("{incident}/"), format!("press {}: SRE was never called: {text}", press.number));
            }
        }
    }
}

/// What PagerDuty tells of our own calls is not told.
fn hidden(pressing: &Pressing, world: &World, all: &[Seen], alarms: &Alarms, wrong: &mut impl FnMut(&str, String)) {
    let mut unknown = alarms.unclaimed(&world.story);
    unknown.extend(alarms.ledger_down(&world.story));
    let kept = pressing.seen();
    for event in world.story.added() {
        let is_of_a_call = ["delegated", "reassigned", "escalated", TIMED_OUT].contains(&event.kind);
        if !is_of_a_call
            || event.by != Some(TOBAN)
            || !world.is_sure_of(event.incident())
            || unknown.contains(&event.key)
        {
            continue;
        }
        // The last one recorded says whose doing it is.
        let calls: Vec<_> = kept.recorded_of(event.incident(), Act::CallSre).collect();
        let is_known = |recorded: &&Recorded| {
            let away = kept.queued.get(&recorded.id).map(|at| (*at - event.occurred_at).abs());
            !recorded.user.is_empty() && away.is_some_and(|away| away < COMES_OF_IT)
        };
        let is_known = !calls.is_empty() && calls.iter().all(is_known);
        // It begins anew, and what was called before is not known any more.
        let until = world.at(Duration::ZERO) + TimeDelta::days(1);
        let history = pressing.account.history(world, event.incident());
        let is_over =
            was(&history, event.occurred_at - COMES_OF_IT, until, |(_, shown)| shown.state == State::Resolved);
        // What was told as not done, and is done after all, is news.
        let is_failure = |line: &Line| line.what == What::NotCalled && line.incident == event.incident();
        let is_told_as_failed = all.iter().flat_map(|seen| &seen.lines).any(is_failure);
        if !is_known || is_over || is_told_as_failed {
            continue;
        }
        world.count("webhook of a call");
        if let Some(seen) = all.iter().find(|seen| seen.keys.contains(&event.key)) {
            wrong(&event.key, format!("comes of a call for SRE, and is told: {}", seen.post.text));
        }
    }
}
