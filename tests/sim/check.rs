//! What must hold when a world has ended.

use crate::alarms::Alarms;
use crate::chats::Post;
use crate::pagerduty::{Event, JOB, NOBODY};
use crate::sheet::{PEOPLE, Version, pagerduty_id, slack_id, typetalk_name};
use crate::story::{is_marked, pinged, shown};
use crate::team::{Chats, FALLBACK};
use crate::weather::REFUSES_THREADS;
use crate::world::World;
use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate, TimeDelta, Timelike as _, Utc, Weekday};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use toban::domain::destination::Destination;

/// Clocks are up to 15 s wrong, and a delivery takes 8 s at most.
const MARGIN: TimeDelta = TimeDelta::seconds(30);

/// What a message says whose mention the chat has refused.
const REFUSED: &str = "チャットがメンションを受け付けない";

/// When nothing fails, an event is told after this.
const PROMPT: Duration = Duration::from_secs(60);

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
}

pub fn verdict(world: &World, alarms: &Alarms) -> Verdict {
    let mut violations = Vec::new();
    let mut wrong = |event: &str, what: String| violations.push(Violation { event: event.to_owned(), what });
    let seen: Vec<_> = (0..2)
        .flat_map(|channel| world.channels[channel].posts().into_iter().map(move |post| (channel, post)))
        .map(|(channel, post)| Seen { channel, keys: shown(&post.text), post })
        .collect();
    let deliveries = arrivals(world, &seen, alarms, &mut wrong);
    orders(world, &seen, &mut wrong);
    for seen in &seen {
        thread(world, seen, &mut wrong);
        changes(world, seen, &mut wrong);
        mentions(world, seen, &mut wrong);
    }
    records(world, &seen, alarms, &mut wrong);
    well(world, &seen, alarms, &mut wrong);
    for refused in world.story.refused() {
        wrong(&refused, "PagerDuty was refused, and turns us off after three of these".to_owned());
    }
    Verdict { deliveries, counts: world.counts(), violations, notes: world.notes() }
}

/// What got a 2xx is everywhere where it must be, or a dead letter; never twice without a mark.
fn arrivals(world: &World, seen: &[Seen], alarms: &Alarms, wrong: &mut impl FnMut(&str, String)) -> u64 {
    let mut deliveries = 0;
    let unclaimed = alarms.unclaimed(&world.story);
    let dead: BTreeSet<_> = world.queue.dead().iter().map(|message| message.of(&world.story)).collect();
    for message in world.queue.left() {
        wrong(&message.of(&world.story).0, format!("is still queued for {}", message.of(&world.story).1));
    }
    for event in world.story.events() {
        let copies = |destination: Destination| {
            let channels = world.parts.channels(destination);
            seen.iter().filter(|seen| channels.contains(&seen.channel) && seen.keys.contains(&event.key))
        };
        if world.story.accepted(&event.key).is_none() {
            wrong(&event.key, "was never accepted".to_owned());
        }
        let destinations = world.parts.destinations();
        let is_there = |destination: &Destination| copies(*destination).next().is_some();
        let is_dead = |destination: &Destination| dead.contains(&(event.key.clone(), destination.name()));
        deliveries += destinations.iter().filter(|destination| is_there(destination)).count() as u64;
        if world.parts.has_queue {
            for destination in destinations.iter().filter(|destination| !is_there(destination) && !is_dead(destination))
            {
                wrong(&event.key, format!("got a 2xx and never came to {}", destination.name()));
            }
        } else if !destinations.iter().any(is_there) {
            wrong(&event.key, "got a 2xx and is in no chat".to_owned());
        }
        for destination in destinations {
            let unmarked = copies(*destination).filter(|seen| !is_marked(&seen.post.text));
            // What came into a thread just when its beginning was deleted begins another one.
            let unmarked = unmarked.filter(|seen| !world.channels[seen.channel].is_orphan(&seen.post)).count();
            // What cannot be read is known by its delivery, of which each subscription makes one.
            let most = if event.kind == "unreadable" { world.story.subscriptions } else { 1 };
            if unmarked > most && !unclaimed.contains(&event.key) {
                wrong(&event.key, format!("came to {} {unmarked} times without a mark", destination.name()));
            }
        }
    }
    deliveries
}

/// One incident's events come to a destination in the order in which they happened.
fn orders(world: &World, seen: &[Seen], wrong: &mut impl FnMut(&str, String)) {
    // Without a queue the second chat of a mirror gets what it can.
    let is_in_order = world.parts.has_queue || world.parts.chats != Chats::Mirror;
    let dead: BTreeSet<_> = world.queue.dead().iter().map(|message| message.of(&world.story)).collect();
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
            let readable = readable.filter(|event| !dead.contains(&(event.key.clone(), destination.name())));
            let all: Vec<_> = readable.filter_map(|event| Some((first(event)?, &event.key))).collect();
            for pair in all.windows(2).filter(|pair| pair[0].0 > pair[1].0) {
                wrong(pair[1].1, format!("came to {} before {}", destination.name(), pair[0].1));
            }
        }
    }
}

/// What was posted is recorded as posted, unless an error line says that it is not.
fn records(world: &World, seen: &[Seen], alarms: &Alarms, wrong: &mut impl FnMut(&str, String)) {
    let mut unrecorded = alarms.uncompleted(&world.story);
    unrecorded.extend(alarms.unclaimed(&world.story));
    unrecorded.extend(world.queue.dead().iter().map(|message| message.of(&world.story).0));
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

/// An incident that begins when nothing fails any more is told once, without a mark, in one thread, and known as it is.
fn well(world: &World, seen: &[Seen], alarms: &Alarms, wrong: &mut impl FnMut(&str, String)) {
    let mut unrecorded = alarms.uncompleted(&world.story);
    unrecorded.extend(alarms.unclaimed(&world.story));
    let is_well = |event: &Event| event.sent_at > world.recovered() && !unrecorded.contains(&event.key);
    for incident in world.story.incidents.iter().filter(|incident| incident.events.iter().all(is_well)) {
        let others = ["unreadable", JOB];
        let readable: Vec<_> = incident.events.iter().filter(|event| !others.contains(&event.kind)).collect();
        for destination in world.parts.destinations() {
            let channel = world.parts.channels(*destination)[0];
            let is_of_it = |seen: &&Seen| readable.iter().any(|event| seen.keys.contains(&event.key));
            let posts: Vec<_> = seen.iter().filter(|seen| seen.channel == channel).filter(is_of_it).collect();
            if world.parts.chats == Chats::Failover {
                for seen in seen.iter().filter(|seen| seen.channel == 1).filter(is_of_it) {
                    wrong(seen.keys.first().expect("one of the incident's"), "went to the backup".to_owned());
                }
            }
            let mut first: Option<&str> = None;
            for seen in &posts {
                let key = seen.keys.first().expect("one of the incident's");
                let copies = posts.iter().filter(|other| other.keys.contains(key)).count();
                if copies > 1 || is_marked(&seen.post.text) {
                    wrong(key, format!("came to {} {copies} times, or marked", destination.name()));
                }
                let sent_at = readable.iter().filter(|event| seen.keys.contains(&event.key)).map(|event| event.sent_at);
                if sent_at.min().is_some_and(|sent_at| seen.post.at > sent_at + PROMPT) {
                    wrong(key, format!("came to {} late", destination.name()));
                }
                // A digest begins no thread. Without a queue, what comes twice at a time may begin two.
                let is_one = world.parts.has_queue || world.story.subscriptions == 1;
                let is_one = is_one && world.weather.forbidden != Some(REFUSES_THREADS);
                if is_one && channel == 0 && seen.keys.len() == 1 && seen.post.thread.as_deref() != first {
                    wrong(key, format!("follows {:?} where {first:?} began", seen.post.thread));
                }
                if seen.keys.len() == 1 {
                    first = first.or(Some(&seen.post.id));
                }
            }
        }
        let mut states = readable.iter().filter_map(|event| match event.kind {
            "triggered" | "reopened" | "unacknowledged" | "reassigned" | "escalated" | "delegated" => Some("triggered"),
            "acknowledged" => Some("acknowledged"),
            "resolved" => Some("resolved"),
            _ => None,
        });
        let Some(id) = readable.first().map(|event| event.key.split_once('/').map_or("", |(id, _)| id)) else {
            continue;
        };
        let row = world.row(&format!("incident#{id}"), "state");
        let state = row.as_ref().and_then(|row| row.text("state"));
        if state != states.next_back() {
            wrong(&readable[0].key, format!("its incident is known as {state:?}"));
        }
    }
}

/// A thread holds one incident.
fn thread(world: &World, seen: &Seen, wrong: &mut impl FnMut(&str, String)) {
    let incidents: BTreeSet<_> = seen.keys.iter().filter_map(|key| key.split('/').next()).collect();
    let key = seen.keys.first().cloned().unwrap_or_default();
    if seen.keys.is_empty() {
        wrong(&key, format!("a message of nothing: {}", seen.post.text));
    }
    let Some(thread) = &seen.post.thread else { return };
    let posts = world.channels[seen.channel].posts();
    let Some(first) = posts.iter().find(|post| post.id == *thread) else {
        return wrong(&key, "is in a thread that is not there".to_owned());
    };
    let of_first = shown(&first.text);
    let of_first: BTreeSet<_> = of_first.iter().filter_map(|key| key.split('/').next()).collect();
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
    let of = |text: &str| (shown(text), pinged(text, is_typetalk));
    for text in &seen.post.changes {
        if of(text) != of(&seen.post.text) {
            wrong(seen.keys.first().map_or("", String::as_str), format!("was changed to {text}"));
        }
    }
}

/// Nobody is pinged but those of the rota, whom an incident went to, and the fallback; and they are when they should be.
fn mentions(world: &World, seen: &Seen, wrong: &mut impl FnMut(&str, String)) {
    let is_typetalk = seen.channel == 1 && world.parts.has_typetalk;
    let pinged = pinged(&seen.post.text, is_typetalk);
    let (fallback, mark) = if is_typetalk { ("sre", "") } else { (FALLBACK, "@") };
    let person = |person: u32| if is_typetalk { typetalk_name(person) } else { format!("{mark}{}", slack_id(person)) };
    let is_fallback = pinged == BTreeSet::from([fallback.to_owned()]);
    let events: Vec<_> = seen.keys.iter().filter_map(|key| world.story.event(key)).collect();
    let Some(event) = events.first() else { return };
    let posted = world.at(seen.post.at);
    let judged: Vec<_> = events.iter().map(|event| judge(event, world, posted)).collect();
    let must = judged.contains(&Calls::Pair);
    let may = judged.iter().any(|judged| *judged != Calls::Nobody);
    let went_to: BTreeSet<_> = events.iter().flat_map(|event| went_to(event)).map(person).collect();

    let is_pair = possible_pairs(world, seen.post.at).into_iter().any(|version| match version.pair(date(posted)) {
        Some(pair) => pinged == pair.map(person).into(),
        None => is_fallback,
    });
    let is_told_why = seen.post.text.contains(REFUSED);
    let is_right = match (pinged.is_empty(), may) {
        // Not if the chat refuses mentions, and the message says so.
        (true, _) => !must || is_told_why,
        (false, true) => is_pair || is_fallback || (!went_to.is_empty() && pinged.is_subset(&went_to)),
        (false, false) => is_fallback && events.iter().any(|event| is_held_by_nobody(event)),
    };
    if !is_right {
        let versions = possible_pairs(world, seen.post.at);
        wrong(&event.key, format!("at {posted} pinged {pinged:?}, where {judged:?} of {versions:?} should be"));
    }
    // With every service well for some time there is no reason for the fallback.
    let is_calm = seen.post.at > world.recovered();
    if is_calm && must && !is_pair && !is_told_why && world.parts.chats != Chats::Failover {
        wrong(&event.key, format!("at {posted} pinged {pinged:?} although the sheet could be read"));
    }
    if is_calm && judged == [Calls::WentTo] && is_surely_working(event, posted) && pinged != went_to && !is_told_why {
        wrong(&event.key, format!("at {posted} pinged {pinged:?} of {went_to:?}"));
    }
    if is_surely_held_by_nobody(event, posted) && !is_fallback && !is_told_why && events.len() == 1 {
        wrong(&event.key, format!("at {posted} pinged {pinged:?}, and nobody has it"));
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Calls {
    /// The pair or the fallback, certainly.
    Pair,
    /// The pair, the fallback, or nobody, by which side of a boundary it was.
    Perhaps,
    /// Whom it went to, if anybody knows them.
    WentTo,
    Nobody,
}

/// Whom an event calls when it is posted at about that time.
fn judge(event: &Event, world: &World, posted: DateTime<Utc>) -> Calls {
    let around = |from: DateTime<Utc>, to: DateTime<Utc>| [is_working(from - MARGIN), is_working(to + MARGIN)];
    // Of what cannot be read only the arrival is known, at one of its tries.
    let (occurred_at, known_at) = match event.kind {
        "unreadable" => (world.at(event.sent_at), posted),
        _ => (event.occurred_at, event.occurred_at),
    };
    let (occurred, now) = (around(occurred_at, known_at), around(posted, posted));
    let late = posted - occurred_at;
    let surely = occurred == [true; 2] && (now == [true; 2] || late < TimeDelta::minutes(29));
    let perhaps = occurred.contains(&true) && (now.contains(&true) || late < TimeDelta::minutes(31));
    match (event.kind, surely, perhaps) {
        ("triggered" | "reopened" | "unacknowledged" | "unreadable", true, _) => Calls::Pair,
        ("triggered" | "reopened" | "unacknowledged" | "unreadable", _, true) => Calls::Perhaps,
        ("escalated" | "reassigned", _, true) => Calls::WentTo,
        _ => Calls::Nobody,
    }
}

fn went_to(event: &Event) -> Vec<u32> {
    let is_called = matches!(event.kind, "escalated" | "reassigned");
    (0..PEOPLE).filter(|person| is_called && event.assignees.contains(&pagerduty_id(*person))).collect()
}

/// Whether nobody real has it, at a time that may be outside hours.
fn is_held_by_nobody(event: &Event) -> bool {
    let is_outside = !is_working(event.occurred_at - MARGIN) || !is_working(event.occurred_at + MARGIN);
    let calls = matches!(event.kind, "triggered" | "reopened" | "unacknowledged");
    calls && is_outside && event.assignees == [NOBODY]
}

fn is_surely_working(event: &Event, posted: DateTime<Utc>) -> bool {
    [event.occurred_at, posted].iter().all(|at| is_working(*at - MARGIN) && is_working(*at + MARGIN))
}

/// Whether nobody real has it, at a time that is certainly outside hours.
fn is_surely_held_by_nobody(event: &Event, posted: DateTime<Utc>) -> bool {
    let is_outside = |at: DateTime<Utc>| !is_working(at - MARGIN) && !is_working(at + MARGIN);
    is_held_by_nobody(event) && is_outside(event.occurred_at) && is_outside(posted)
}

/// The versions of the sheet that may count at a time: while something fails, all until then.
fn possible_pairs(world: &World, posted: Duration) -> Vec<Version> {
    let is_calm = posted > world.recovered();
    let from = if is_calm { posted.saturating_sub(Duration::from_secs(110)) } else { Duration::ZERO };
    world.rota.between(from, posted)
}

fn tokyo(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.with_timezone(&FixedOffset::east_opt(9 * 3_600).expect("a zone"))
}

fn date(at: DateTime<Utc>) -> NaiveDate {
    tokyo(at).date_naive()
}

/// Weekdays from ten to five, but for the one holiday of these days.
fn is_working(at: DateTime<Utc>) -> bool {
    let at = tokyo(at);
    let is_day_off = matches!(at.weekday(), Weekday::Sat | Weekday::Sun) || at.day() == 23;
    !is_day_off && (10..17).contains(&at.hour())
}
