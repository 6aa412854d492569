//! What holds while nothing fails.

use super::Seen;
use super::watch::FOUND;
use crate::alarms::Alarms;
use crate::events::Event;
use crate::pagerduty::{Incident, JOB};
use crate::story::is_marked;
use crate::team::Chats;
use crate::weather::REFUSES_THREADS;
use crate::world::World;
use chrono::TimeDelta;
use std::collections::BTreeSet;
use std::time::Duration;
use toban::domain::incident::State;

/// When nothing fails, an event is told after this.
const PROMPT: Duration = Duration::from_secs(60);
/// And so much later if its incident's beginning may still be on its way.
const ON_ITS_WAY: Duration = Duration::from_secs(90);
/// Two clocks differ by so much.
const CLOCKS: TimeDelta = TimeDelta::seconds(60);

/// An incident that begins when nothing fails any more is told once, without a mark, in one thread, and known as it is.
pub(super) fn check(world: &World, seen: &[Seen], alarms: &Alarms, wrong: &mut impl FnMut(&str, String)) {
    let mut unrecorded = alarms.uncompleted(&world.story);
    unrecorded.extend(alarms.unclaimed(&world.story));
    // To wait for a beginning takes tries, of which some worlds have few.
    unrecorded.extend(world.dead().iter().map(|message| message.of(&world.story).0));
    let is_well = |event: &Event| {
        let is_known = !unrecorded.contains(&event.key) && !world.story.is_lost(&event.key);
        event.sent_at > world.recovered() && is_known
    };
    let of_watch: BTreeSet<_> =
        seen.iter().filter(|seen| seen.post.text.contains(FOUND)).flat_map(|seen| &seen.keys).collect();
    let is_found = |incident: &&Incident| incident.events.iter().any(|event| of_watch.contains(&event.key));
    let incidents = world.story.incidents.iter().filter(|incident| !is_found(incident));
    for incident in incidents.filter(|incident| incident.events.iter().all(is_well)) {
        let others = ["unreadable", JOB];
        let readable = incident.events.iter().filter(|event| !others.contains(&event.kind));
        let readable: Vec<_> = readable.filter(|event| !world.story.is_void(&event.key)).collect();
        for destination in world.parts.destinations() {
            let channel = world.parts.channels(*destination)[0];
            let is_of_it = |seen: &&Seen| readable.iter().any(|event| seen.keys.contains(&event.key));
            let posts: Vec<_> = seen.iter().filter(|seen| seen.channel == channel).filter(is_of_it).collect();
            // A chat that takes few messages leaves some to the backup.
            if world.parts.chats == Chats::Failover && world.weather.pace.is_zero() {
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
                let wait = if incident.events[0].kind == "triggered" { Duration::ZERO } else { ON_ITS_WAY };
                if sent_at.min().is_some_and(|sent_at| seen.post.at > sent_at + PROMPT + wait) {
                    wrong(key, format!("came to {} late", destination.name()));
                }
                // A digest begins no thread. Without a queue, what comes twice at a time may begin two. A job that comes with
                // the incident's beginning may be first, as it is in a group of its own.
                let is_one = world.parts.has_queue || world.story.subscriptions == 1;
                let is_one = is_one && incident.events.iter().all(|event| event.kind != JOB);
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
        let Some(id) = readable.first().map(|event| event.incident()) else { continue };
        let Some(expected) = last_state(world, id, states.next_back()) else { continue };
        let row = world.row(&format!("incident#{id}"), "state");
        let state = row.as_ref().and_then(|row| row.text("state"));
        if state != expected {
            wrong(&readable[0].key, format!("its incident is known as {state:?}"));
        }
    }
}

/// How an incident is known in the end, whatever else was done to it than what happens in the story. `None` if nobody can say,
/// because it is not told, or clocks may take something else for the last.
fn last_state<'a>(world: &World, id: &str, in_the_story: Option<&'a str>) -> Option<Option<&'a str>> {
    let Some(pressing) = &world.pressing else { return Some(in_the_story) };
    let history = pressing.account.history(world, id);
    if !pressing.account.was_changed(id) {
        return Some(in_the_story);
    }
    let is_close = history.windows(2).any(|pair| pair[1].0 - pair[0].0 < CLOCKS);
    let (_, last) = history.last().filter(|_| !is_close && pressing.account.is_told(id))?;
    Some(Some(match last.state {
        State::Triggered => "triggered",
        State::Acknowledged => "acknowledged",
        State::Resolved => "resolved",
    }))
}
