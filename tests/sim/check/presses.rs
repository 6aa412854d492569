//! What people have pressed: who may, once, in time, and told to everybody.

use super::Seen;
use super::lines::{Alike, Line, OWN_NOTE, What, alike};
use super::{resolved, shift, sre};
use crate::alarms::Alarms;
use crate::pagerduty::JOB;
use crate::people::{EVERYBODY, Kind, kind, may_resolve};
use crate::presses::{self, Press, Pressing, Recorded};
use crate::sheet::{name, slack_id};
use crate::story::{is_marked, pinged};
use crate::world::World;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use toban::domain::destination::Destination;
use toban::domain::press::{Act, COUNTS_FOR};

/// Two clocks are half a minute apart, and a write may come so much later than it was sent.
const MARGIN: Duration = Duration::from_secs(30 + 25);
/// What somebody is told of whom nothing was done.
const NOTHING_DONE: &str = "何もしていません";
/// What somebody is told if it could not be found out whether anything was done.
const PERHAPS_RECORDED: &str = "記録できたかどうかを確認できません";

pub(super) fn check(world: &World, all: &[Seen], alarms: &Alarms, wrong: &mut impl FnMut(&str, String)) {
    let Some(pressing) = &world.pressing else {
        for seen in all.iter().filter(|seen| !seen.lines.is_empty() || seen.post.button.is_some()) {
            wrong(seen.keys.first().map_or("", String::as_str), "can be pressed, or was".to_owned());
        }
        return;
    };
    for (incident, what) in &pressing.seen().wrong {
        wrong(incident, what.clone());
    }
    recorded(pressing, world, wrong);
    notes(pressing, world, all, alarms, wrong);
    answers(pressing, world, wrong);
    told(pressing, world, all, alarms, wrong);
    orders(pressing, world, all, alarms, wrong);
    sre::check(pressing, world, all, alarms, wrong);
    resolved::check(pressing, world, all, alarms, wrong);
    shift::check(pressing, world, all, alarms, wrong);
    first_messages(pressing, world, all, wrong);
}

/// Recorded is only what somebody may press, and in time.
fn recorded(pressing: &Pressing, world: &World, wrong: &mut impl FnMut(&str, String)) {
    let seen = pressing.seen();
    for recorded in &seen.recorded {
        let incident = format!("{}/", recorded.incident);
        let Some(press) = seen.press(recorded) else { continue };
        let may = match recorded.act {
            Act::Resolve => may_resolve(press.person),
            Act::Take | Act::HandBack | Act::Stay | Act::CallSre => kind(press.person) == Kind::Listed,
        };
        if !may || !press.is_authentic || !press.is_here {
            wrong(&incident, format!("is recorded, and may not be: {press:?}"));
        }
        let limit = COUNTS_FOR.to_std().expect("a time") + MARGIN;
        let after = (world.at(recorded.at) - seen.queued[&recorded.id]).to_std().unwrap_or_default();
        if after > limit {
            wrong(&incident, format!("press {} is recorded after {after:?}", press.number));
        }
    }
    for press in &seen.presses {
        if !press.is_authentic && (press.is_accepted || seen.queued.contains_key(&press.id)) {
            wrong(&format!("{}/", press.incident), format!("is accepted, and not Slack's: {press:?}"));
        }
    }
}

/// A press has one note in PagerDuty at most, which is nobody else's, and is not told when it comes back.
fn notes(pressing: &Pressing, world: &World, all: &[Seen], alarms: &Alarms, wrong: &mut impl FnMut(&str, String)) {
    let seen = pressing.seen();
    let mut counts = BTreeMap::<(&str, &str), usize>::new();
    for note in &seen.notes {
        *counts.entry((&note.incident, &note.content)).or_default() += 1;
    }
    for ((incident, content), count) in &counts {
        let of_it = seen.recorded.iter().filter(|recorded| recorded.incident == *incident && recorded.note == *content);
        let of_it = of_it.count();
        // What is written late may be written again meanwhile.
        let is_late = seen.late_notes.contains(&((*incident).to_owned(), (*content).to_owned()));
        if *count > of_it && !is_late {
            wrong(&format!("{incident}/"), format!("has {count} notes of {of_it} presses: {content}"));
        }
        if crate::actions::is_of_another_service(incident) {
            wrong(&format!("{incident}/"), format!("is of another service, and has a note: {content}"));
        }
    }
    // About what is done in PagerDuty there is one only if that is done.
    let is_said = |recorded: &&Recorded| !matches!(recorded.act, Act::CallSre | Act::Resolve);
    let later = seen.recorded.iter().filter(|recorded| recorded.at > world.recovered());
    for recorded in later.filter(is_said) {
        let is_there = counts.contains_key(&(recorded.incident.as_str(), recorded.note.as_str()));
        if !is_there && !crate::actions::is_of_another_service(&recorded.incident) {
            wrong(&format!("{}/", recorded.incident), format!("{} has no note", recorded.id));
        }
    }
    let mut unknown = alarms.unclaimed(&world.story);
    unknown.extend(alarms.ledger_down(&world.story));
    for seen in all.iter().filter(|seen| seen.post.text.contains(OWN_NOTE)) {
        let key = seen.keys.first().cloned().unwrap_or_default();
        // Without an answer of the table nobody knows whose it is.
        if world.is_sure_of(key.split('/').next().unwrap_or_default()) && !unknown.contains(&key) {
            wrong(&key, format!("our own note is told: {}", seen.post.text));
        }
    }
}

/// Whoever has pressed is told, unless everybody is; and nobody is told that nothing was done when it was.
fn answers(pressing: &Pressing, world: &World, wrong: &mut impl FnMut(&str, String)) {
    let seen = pressing.seen();
    let dead: BTreeSet<_> = world.dead().iter().map(|message| message.of(&world.story).0).collect();
    for press in &seen.presses {
        let incident = format!("{}/", press.incident);
        let key = presses::key(&press.id);
        let recorded = seen.recorded.iter().find(|recorded| recorded.id == press.id);
        let told = seen.told.get(&press.number).map(Vec::as_slice).unwrap_or_default();
        // Everybody is told, or was to be; or a fault of the world may have lost what was said.
        let is_told = world.parts.destinations().iter().any(|to| seen.order.contains_key(&(key.clone(), to.name())));
        let is_answered = seen.tried_to_tell.contains_key(&press.number) || dead.contains(&key) || is_told;
        let is_done = recorded.is_some() && !matches!(press.act, Act::CallSre | Act::Resolve);
        let is_passed_on =
            press.act == Act::CallSre && recorded.is_some_and(|recorded| sre::is_called_after(&seen, recorded));
        if press.is_accepted && !is_done && !is_answered && !is_passed_on {
            wrong(&incident, format!("press {} is neither done nor answered", press.number));
        }
        // A process may die once it has told, or the queue not delete it; then it is handed over again.
        let may_come_again = world.strikes(&key) > 0 || seen.kept.contains(&key);
        // What the table writes long after it was asked nobody can know.
        let is_late = recorded.is_some_and(|recorded| is_written_late(&seen, world, recorded));
        let is_false =
            |at: &Duration| recorded.is_some_and(|recorded| recorded.at <= *at || !(may_come_again || is_late));
        let false_one = told.iter().find(|(at, text)| is_false(at) && text.contains(NOTHING_DONE));
        if let Some((_, text)) = false_one.filter(|_| is_done) {
            wrong(&incident, format!("press {} is recorded, and they are told {text}", press.number));
        }
        if !press.is_authentic && seen.tried_to_tell.contains_key(&press.number) {
            wrong(&incident, format!("press {} is not Slack's, and is answered", press.number));
        }
    }
}

/// Whether they were told that nothing was done before the table wrote what it had been asked.
fn is_written_late(kept: &presses::Seen, world: &World, recorded: &Recorded) -> bool {
    let press = kept.press(recorded).map(|press| press.number);
    let told = press.and_then(|number| kept.told.get(&number)).map(Vec::as_slice).unwrap_or_default();
    let is_before = |(at, text): &(Duration, String)| *at < recorded.at && text.contains(NOTHING_DONE);
    !world.is_sure_of(&recorded.incident) && told.iter().any(is_before)
}

/// What is recorded is told everywhere, and once without a mark; and nothing else.
fn told(pressing: &Pressing, world: &World, all: &[Seen], alarms: &Alarms, wrong: &mut impl FnMut(&str, String)) {
    let kept = pressing.seen();
    let unclaimed = alarms.unclaimed(&world.story);
    let doubt_ended = alarms.doubt_ended(&world.story);
    let dead: BTreeSet<_> = world.dead().iter().map(|message| message.of(&world.story)).collect();
    // While the table does not answer for minutes nobody can know; an alarm says so.
    let has_tried = |press: &&Press| {
        let tried = kept.tried_to_tell.get(&press.number).into_iter().flatten();
        tried.clone().any(|text| text.contains(PERHAPS_RECORDED))
    };
    let mut perhaps: BTreeSet<_> = kept.presses.iter().filter(has_tried).map(|press| presses::key(&press.id)).collect();
    let late = kept.recorded.iter().filter(|recorded| is_written_late(&kept, world, recorded));
    perhaps.extend(late.map(|recorded| presses::key(&recorded.id)));
    let expected = alike(&kept);
    for destination in world.parts.destinations() {
        let channels = world.parts.channels(*destination);
        let posts = || all.iter().filter(|seen| channels.contains(&seen.channel));
        let is_given_up = |key: &String| {
            let is_dead = dead.contains(&(key.clone(), destination.name()));
            doubt_ended.contains(key) || is_dead || perhaps.contains(key)
        };
        for alike in &expected {
            let copies = posts().flat_map(|seen| &seen.lines).filter(|line| alike.are(line)).count();
            let is_plain =
                |seen: &&Seen| !is_marked(&seen.post.text) && !world.channels[seen.channel].is_orphan(&seen.post);
            let plain = posts().filter(is_plain).flat_map(|seen| &seen.lines);
            let plain = plain.filter(|line| alike.are(line)).count();
            let Alike { incident, person, what, shown, keys } = alike;
            let what = format!("{what:?} of {} at {shown:?}", name(*person));
            if copies < keys.len() && !keys.iter().any(is_given_up) {
                wrong(&format!("{incident}/"), format!("{what} is not told in {}: {keys:?}", destination.name()));
            }
            if plain > keys.len() && !keys.iter().any(|key| unclaimed.contains(key)) {
                wrong(&format!("{incident}/"), format!("{what} is told {plain} times in {}", destination.name()));
            }
        }
        let is_of_them = |line: &&Line| matches!(line.what, What::Takes | What::HandsBack | What::Stays);
        for line in posts().flat_map(|seen| &seen.lines).filter(is_of_them) {
            if !expected.iter().any(|alike| alike.are(line)) {
                wrong(&format!("{}/", line.incident), format!("is told, and not recorded: {line:?}"));
            }
        }
        let is_queued = |recorded: &&Recorded| {
            let key = (presses::key(&recorded.id), destination.name());
            kept.order.contains_key(&key) || !matches!(recorded.act, Act::CallSre | Act::Resolve)
        };
        let keys = kept.recorded.iter().filter(|recorded| !is_given_up(&presses::key(&recorded.id)));
        let keys = keys.filter(is_queued);
        keys.for_each(|recorded| claimed(world, recorded, *destination, alarms, wrong));
    }
    let calls = |seen: &&Seen| seen.lines.iter().any(|line| matches!(line.what, What::NotCalled | What::Ends));
    for seen in all.iter().filter(|seen| seen.keys.is_empty() && !calls(seen)) {
        let pinged = pinged(&seen.post.text, seen.channel == 1 && world.parts.has_typetalk);
        if let (Some(line), false) = (seen.lines.first(), pinged.is_empty()) {
            wrong(&format!("{}/", line.incident), format!("a press pings {pinged:?}"));
        }
    }
}

/// What was told is recorded as told.
fn claimed(
    world: &World,
    recorded: &Recorded,
    destination: Destination,
    alarms: &Alarms,
    wrong: &mut impl FnMut(&str, String),
) {
    let key = presses::key(&recorded.id);
    if alarms.uncompleted(&world.story).contains(&key) || alarms.unclaimed(&world.story).contains(&key) {
        return;
    }
    let place = if world.parts.channels(destination)[0] == 0 { Destination::Primary } else { Destination::Backup };
    let row = world.row(&format!("claim#{key}"), place.name());
    let state = row.as_ref().and_then(|row| row.text("state")).unwrap_or("nothing");
    if state != "completed" {
        wrong(&format!("{}/", recorded.incident), format!("{key} is recorded, and its claim says {state}"));
    }
}

/// The line comes in its turn: after what was queued before it in its incident, and before what was queued later.
fn orders(pressing: &Pressing, world: &World, all: &[Seen], alarms: &Alarms, wrong: &mut impl FnMut(&str, String)) {
    let kept = pressing.seen();
    let mut excused: BTreeSet<_> = alarms.unclaimed(&world.story);
    excused.extend(world.dead().into_iter().chain(world.overtaken()).map(|message| message.of(&world.story).0));
    for alike in alike(&kept) {
        let [key] = &alike.keys[..] else { continue };
        if excused.contains(key) {
            continue;
        }
        let events = world.story.incidents.iter().flat_map(|incident| &incident.events);
        let others = events.filter(|event| event.incident() == alike.incident && !excused.contains(&event.key));
        // The beginning comes by a queue of its own, a job in a group of its own.
        let others = others.filter(|event| !["triggered", "unreadable", JOB].contains(&event.kind));
        let others: Vec<_> = others.collect();
        for destination in world.parts.destinations() {
            let channels = world.parts.channels(*destination);
            let first = |is_it: &dyn Fn(&Seen) -> bool| {
                let copies = all.iter().filter(|seen| channels.contains(&seen.channel) && is_it(seen));
                copies.map(|seen| seen.post.at).min()
            };
            let turn = |key: &String| kept.order.get(&(key.clone(), destination.name())).copied();
            let of_it = first(&|seen: &Seen| seen.lines.iter().any(|line| alike.are(line)));
            let (Some(at), Some(own)) = (of_it, turn(key)) else { continue };
            for event in &others {
                let other = first(&|seen: &Seen| seen.keys.contains(&event.key));
                let (Some(other_at), Some(other)) = (other, turn(&event.key)) else { continue };
                if (at < other_at && own > other) || (at > other_at && own < other) {
                    wrong(&event.key, format!("is out of order with {key} in {}", destination.name()));
                }
            }
        }
    }
}

/// A first message names nobody who has not pressed; and in the end, if all is well, whoever is on it.
fn first_messages(pressing: &Pressing, world: &World, all: &[Seen], wrong: &mut impl FnMut(&str, String)) {
    let kept = pressing.seen();
    for seen in all.iter().filter(|seen| seen.channel == 0) {
        let Some(incident) = &seen.post.button else { continue };
        let has_pressed = |person: u32| {
            let of_it = kept.recorded.iter().filter(|recorded| recorded.incident == *incident);
            of_it
                .filter_map(|recorded| kept.press(recorded))
                .any(|press| press.person == person && matches!(press.act, Act::Take | Act::Stay | Act::Resolve))
        };
        let texts = seen.post.changes.iter().chain([&seen.post.text]);
        let statuses: Vec<_> = texts.flat_map(|text| text.lines()).filter(|line| line.starts_with("状態: ")).collect();
        for person in (0..EVERYBODY).filter(|person| !has_pressed(*person)) {
            if let Some(line) = statuses.iter().find(|line| line.contains(&name(person))) {
                wrong(&format!("{incident}/"), format!("says {line}, and {} has not pressed", slack_id(person)));
            }
        }
        let is_well = |recorded: &Recorded| recorded.incident != *incident || recorded.at > world.recovered();
        let events = world.story.incidents.iter().flat_map(|incident| &incident.events);
        let is_early =
            events.filter(|event| event.incident() == incident).any(|event| event.sent_at < world.recovered());
        let row = world.row(&format!("incident#{incident}"), "state");
        let is_first = row.as_ref().is_some_and(|row| row.texts("threads").iter().any(|(_, id)| *id == seen.post.id));
        if is_early || !is_first || seen.post.is_deleted || !kept.recorded.iter().all(is_well) {
            continue;
        }
        let (Some(row), Some(last)) = (&row, seen.post.changes.last()) else { continue };
        let status = last.lines().find(|line| line.starts_with("状態: ")).unwrap_or_default();
        for (id, taker) in row.texts("takers").iter().filter(|_| row.text("state") != Some("resolved")) {
            let name = taker.split_once(' ').map_or("", |(_, name)| name);
            if !status.contains(name) {
                wrong(&format!("{incident}/"), format!("says {status} in the end, and not that {id} is on it"));
            }
        }
    }
}
