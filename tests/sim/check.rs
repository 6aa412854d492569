//! What must hold when a world has ended.

mod explained;
mod lines;
mod mentions;
mod presses;
mod reminders;
mod resolved;
mod seen;
mod shift;
mod sre;
mod watch;
mod well;
mod whom;

use crate::alarms::Alarms;
use crate::chats::{Channel, Post};
use crate::events::Event;
use crate::pagerduty::JOB;
use crate::story::{is_marked, pinged, shown};
use crate::team::Chats;
use crate::world::World;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use toban::domain::destination::Destination;
use toban::ledger::Attempt;

/// Clocks differ by half a minute.
const HALF_AN_HOUR: Duration = Duration::from_secs(29 * 60);

/// What was seen of a world.
#[derive(Debug)]
pub struct Verdict {
    pub deliveries: u64,
    pub counts: BTreeMap<&'static str, u64>,
    pub violations: Vec<Violation>,
    pub notes: Vec<String>,
}

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The key of the event.
    pub event: String,
    pub what: String,
}

/// A post with what it shows.
struct Seen {
    channel: usize,
    post: Post,
    keys: BTreeSet<String>,
    /// What it says of people who are on an incident.
    lines: Vec<lines::Line>,
    /// A reminder lists incidents, and is of none.
    is_reminder: bool,
}

/// What came before something that it follows in its incident.
pub fn overtaken(world: &World) -> Vec<String> {
    let mut all = Vec::new();
    orders(world, &seen(world), &BTreeSet::new(), &mut |event: &str, what: String| all.push(format!("{event} {what}")));
    all
}

/// When each event was first in a channel.
pub fn told(world: &World, channel: usize) -> BTreeMap<String, Duration> {
    let posts = world.channels[channel].posts();
    let each =
        posts.iter().rev().flat_map(|post| shown(&post.text, &world.story).into_iter().map(|key| (key, post.at)));
    each.collect()
}

pub fn verdict(world: &World, alarms: &Alarms) -> Verdict {
    let mut violations = Vec::new();
    let mut wrong = |event: &str, what: String| violations.push(Violation { event: event.to_owned(), what });
    let seen = seen(world);
    let attempts = explained::attempts(world);
    let deliveries = arrivals(world, &seen, &attempts, alarms, &mut wrong);
    repeats(world, &seen, alarms, &mut wrong);
    orders(world, &seen, &alarms.unclaimed(&world.story), &mut wrong);
    let added = world.story.added();
    let told = [0, 1].map(|channel| told(world, channel));
    for seen in &seen {
        if seen.keys.len() > 1 {
            world.count("message about several events");
        }
        thread(world, seen, &mut wrong);
        changes(world, seen, &mut wrong);
        mentions::check(world, seen, (&added, &told[seen.channel]), &mut wrong);
    }
    records(world, &seen, alarms, &mut wrong);
    explained::check(world, &seen, &attempts, alarms, &mut wrong);
    well::check(world, &seen, alarms, &mut wrong);
    reminders::check(world, &seen, alarms, &mut wrong);
    watch::check(world, &seen, alarms, &mut wrong);
    presses::check(world, &seen, alarms, &mut wrong);
    seen::check(world, &seen, &mut wrong);
    for impatient in world.channels.iter().flat_map(Channel::impatient) {
        wrong("chat", format!("had asked for patience, and was called by {impatient}"));
    }
    for refused in world.story.refused() {
        wrong(&refused, "PagerDuty was refused, and turns us off after three of these".to_owned());
    }
    Verdict { deliveries, counts: world.counts(), violations, notes: world.notes() }
}

fn seen(world: &World) -> Vec<Seen> {
    let of_channel = |channel: usize| {
        let posts = world.channels[channel].posts();
        let texts: BTreeMap<_, _> = posts.iter().map(|post| (post.id.clone(), post.text.clone())).collect();
        posts.into_iter().map(move |post| {
            let first = post.thread.as_ref().and_then(|first| texts.get(first)).map(String::as_str);
            let is_reminder = reminders::is_one(&post.text);
            let (mut keys, mut lines) = Default::default();
            if !is_reminder {
                keys = shown(&post.text, &world.story);
                lines = lines::lines(&post.text, first);
            }
            Seen { channel, keys, lines, is_reminder, post }
        })
    };
    (0..2).flat_map(of_channel).collect()
}

/// What got a 2xx is everywhere where it must be, or a dead letter; never twice without a mark.
fn arrivals(
    world: &World,
    seen: &[Seen],
    attempts: &BTreeMap<String, Vec<Attempt>>,
    alarms: &Alarms,
    wrong: &mut impl FnMut(&str, String),
) -> u64 {
    let mut deliveries = 0;
    let unclaimed = alarms.unclaimed(&world.story);
    let doubt_ended = alarms.doubt_ended(&world.story);
    let dead: BTreeSet<_> = world.dead().iter().map(|message| message.of(&world.story)).collect();
    for message in world.queued() {
        wrong(&message.of(&world.story).0, format!("is still queued for {}", message.of(&world.story).1));
    }
    for event in world.story.events() {
        let attempts = attempts.get(&event.key).map(Vec::as_slice).unwrap_or_default();
        let copies = |destination: Destination| {
            let channels = world.parts.channels(destination);
            seen.iter().filter(|seen| channels.contains(&seen.channel) && seen.keys.contains(&event.key))
        };
        if world.story.accepted(&event.key).is_none() {
            wrong(&event.key, "was never accepted".to_owned());
        }
        let destinations = world.parts.destinations();
        let is_there = |destination: &Destination| copies(*destination).next().is_some();
        // An alarm says so of both.
        let is_dead = |destination: &Destination| {
            let is_found = watch::is_found(world, seen, event, *destination, attempts);
            dead.contains(&(event.key.clone(), destination.name())) || doubt_ended.contains(&event.key) || is_found
        };
        deliveries += destinations.iter().filter(|destination| is_there(destination)).count() as u64;
        if world.parts.has_queue {
            for destination in destinations.iter().filter(|destination| !is_there(destination) && !is_dead(destination))
            {
                wrong(&event.key, format!("got a 2xx and never came to {}", destination.name()));
            }
        } else if !destinations.iter().any(is_there) && !doubt_ended.contains(&event.key) {
            wrong(&event.key, "got a 2xx and is in no chat".to_owned());
        }
        for destination in destinations {
            let unmarked = copies(*destination).filter(|seen| !is_marked(&seen.post.text));
            // What came into a thread just when its beginning was deleted begins another one.
            let unmarked = unmarked.filter(|seen| !world.channels[seen.channel].is_orphan(&seen.post));
            let is_told_again = |found: &Seen| watch::is_told_again(world, seen, event, found);
            let unmarked = unmarked.filter(|seen| world.watch.is_none() || !is_told_again(seen)).count();
            if unmarked > 1 && !unclaimed.contains(&event.key) {
                wrong(&event.key, format!("came to {} {unmarked} times without a mark", destination.name()));
            }
        }
    }
    deliveries
}

/// Doubt is bounded: two repeats in a channel, of which one pings, and one more for each process that died; after that only
/// every half an hour, and without a ping.
fn repeats(world: &World, seen: &[Seen], alarms: &Alarms, wrong: &mut impl FnMut(&str, String)) {
    let mut unknown = alarms.unclaimed(&world.story);
    unknown.extend(alarms.ledger_down(&world.story));
    // How often it was tried is in the table.
    let is_known = |event: &&Event| {
        let is_sure = world.is_sure_of(event.incident()) && !unknown.contains(&event.key);
        is_sure && event.kind != "unreadable"
    };
    for event in world.story.events().filter(is_known) {
        let strikes = world.strikes(&event.key) as usize;
        for channel in 0..2 {
            let of_it = seen.iter().filter(|seen| seen.channel == channel && seen.keys.contains(&event.key));
            // What begins another thread, because the first one was deleted, is no repeat.
            let posts: Vec<_> = of_it.filter(|seen| !world.channels[channel].is_orphan(&seen.post)).collect();
            let is_soon = |pair: &&[&Seen]| pair[1].post.at - pair[0].post.at < HALF_AN_HOUR;
            let soon = posts.windows(2).filter(is_soon).count();
            if soon > 2 + strikes {
                wrong(&event.key, format!("came {} times to chat {channel}, {soon} of them soon", posts.len()));
            }
            let is_typetalk = channel == 1 && world.parts.has_typetalk;
            // In a message about several events of one incident another one may be what calls.
            let is_its_own = |seen: &&&Seen| seen.keys.len() == 1 || event.kind == "triggered";
            let pings = posts.iter().filter(is_its_own).filter(|seen| !pinged(&seen.post.text, is_typetalk).is_empty());
            let pings = pings.count();
            if pings > 2 + strikes {
                wrong(&event.key, format!("pinged {pings} times in chat {channel}, with {strikes} crashes"));
            }
        }
    }
}

/// One incident's events come to a destination in the order in which they happened.
///
/// What goes out while the table does not answer cannot know whether its beginning is told.
fn orders(world: &World, seen: &[Seen], unclaimed: &BTreeSet<String>, wrong: &mut impl FnMut(&str, String)) {
    // Without a queue the second chat of a mirror gets what it can.
    let is_in_order = world.parts.has_queue || world.parts.chats != Chats::Mirror;
    // What follows does not wait any longer for a beginning with which two processes died before anything was known of it, or
    // that none of them took, because they were frozen.
    let excused = world.dead().into_iter().chain(world.overtaken());
    let excused: BTreeSet<_> = excused.map(|message| message.of(&world.story)).collect();
    for incident in world.story.incidents.iter().filter(|_| is_in_order) {
        for destination in world.parts.destinations() {
            let channels = world.parts.channels(*destination);
            let first = |event: &Event| {
                let copies = seen.iter().filter(|seen| channels.contains(&seen.channel));
                copies.filter(|seen| seen.keys.contains(&event.key)).map(|seen| seen.post.at).min()
            };
            // What cannot be read is not known to be of the incident, and a job is in a group of its own.
            let readable = incident.events.iter().filter(|event| !["unreadable", JOB].contains(&event.kind));
            // A dead letter's later events go on without it.
            let readable = readable.filter(|event| !excused.contains(&(event.key.clone(), destination.name())));
            // What no webhook has reported is told when it is found.
            let is_found = |event: &Event| {
                let of_it = |seen: &&Seen| seen.keys.contains(&event.key) && channels.contains(&seen.channel);
                seen.iter().filter(of_it).any(|seen| seen.post.text.contains(watch::FOUND))
            };
            let readable = readable.filter(|event| world.watch.is_none() || !is_found(event));
            // The beginning comes by a queue of its own, and it is the table that says whether it is told.
            let is_known = |event: &&Event| event.kind != "triggered" || world.is_sure_of(event.incident());
            let all: Vec<_> = readable.filter(is_known).filter_map(|event| Some((first(event)?, &event.key))).collect();
            let is_known = |pair: &&[(Duration, &String)]| !unclaimed.contains(pair[1].1);
            for pair in all.windows(2).filter(|pair| pair[0].0 > pair[1].0).filter(is_known) {
                wrong(pair[1].1, format!("came to {} before {}", destination.name(), pair[0].1));
            }
        }
    }
}

/// What was posted is recorded as posted, unless an error line says that it is not.
fn records(world: &World, seen: &[Seen], alarms: &Alarms, wrong: &mut impl FnMut(&str, String)) {
    let mut unrecorded = alarms.uncompleted(&world.story);
    unrecorded.extend(alarms.unclaimed(&world.story));
    unrecorded.extend(world.dead().iter().map(|message| message.of(&world.story).0));
    for event in world.story.events().filter(|event| event.kind != "unreadable" && !unrecorded.contains(&event.key)) {
        for destination in world.parts.destinations() {
            let channels = world.parts.channels(*destination);
            let is_there = seen.iter().any(|seen| channels.contains(&seen.channel) && seen.keys.contains(&event.key));
            // A pair of chats with one claim has it under the first.
            let place = if channels[0] == 0 { Destination::Primary } else { Destination::Backup };
            let known_as = event.known_as.as_ref().expect("it can be read");
            let row = world.row(&format!("claim#{known_as}"), place.name());
            let state = row.as_ref().and_then(|row| row.text("state")).unwrap_or("nothing").to_owned();
            if is_there && state != "completed" && world.parts.has_queue {
                wrong(&event.key, format!("was posted to {}, and its row says {state}", destination.name()));
            }
        }
    }
}

/// A thread holds one incident.
fn thread(world: &World, seen: &Seen, wrong: &mut impl FnMut(&str, String)) {
    let of_events = |keys: &BTreeSet<String>| {
        let incidents = keys.iter().filter_map(|key| key.split('/').next());
        incidents.map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let mut incidents = of_events(&seen.keys);
    incidents.extend(seen.lines.iter().map(|line| line.incident.clone()));
    let key = seen.keys.first().cloned().unwrap_or_default();
    let is_of_none = seen.is_reminder || seen.post.text.contains(watch::SILENCED);
    if incidents.is_empty() && !is_of_none {
        wrong(&key, format!("a message of nothing: {}", seen.post.text));
    }
    let Some(thread) = &seen.post.thread else { return };
    let posts = world.channels[seen.channel].posts();
    let Some(first) = posts.iter().find(|post| post.id == *thread) else {
        return wrong(&key, "is in a thread that is not there".to_owned());
    };
    let mut of_first = of_events(&shown(&first.text, &world.story));
    of_first.extend(lines::lines(&first.text, None).into_iter().map(|line| line.incident));
    if first.thread.is_some() {
        wrong(&key, "answers an answer".to_owned());
    }
    if of_first != incidents {
        wrong(&key, format!("is in the thread of {of_first:?}"));
    }
}

/// A first message that is brought up to date is still about the same, and calls the same.
fn changes(world: &World, seen: &Seen, wrong: &mut impl FnMut(&str, String)) {
    let is_typetalk = seen.channel == 1 && world.parts.has_typetalk;
    let of = |text: &str| (shown(text, &world.story), pinged(text, is_typetalk));
    for text in &seen.post.changes {
        if of(text) != of(&seen.post.text) {
            wrong(seen.keys.first().map_or("", String::as_str), format!("was changed to {text}"));
        }
    }
}
