//! PagerDuty: incidents and what happens to them, in the order in which it sends that.

use crate::events::{Event, LATER, TIMED_OUT};
use crate::world::{World, one_of};
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use fastrand::Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use toban::domain::incident::EventKey;
use toban::net::digest::sha256;
use tokio::sync::Notify;

/// A build of Jenkins that names the incident by its tag; it comes by its own route.
pub const JOB: &str = "job";
pub const TOKEN: &str = "a token of the simulation";
pub const SECRET: &str = "a secret of the simulation";
/// The user to whom incidents are assigned that nobody has.
pub const NOBODY: &str = "PDUMMY1";

/// All incidents of a world.
#[derive(Debug)]
pub struct Story {
    pub incidents: Vec<Incident>,
    /// Through so many subscriptions each event is sent.
    pub subscriptions: usize,
    seen: Mutex<Seen>,
    /// The keys of events of which no webhook comes.
    pub lost: BTreeSet<String>,
    /// Something was added.
    changed: Notify,
}

#[derive(Debug)]
pub struct Incident {
    pub events: Vec<Event>,
}

/// What was seen of the events, by their keys.
#[derive(Debug, Default)]
struct Seen {
    /// Those for which a 2xx was answered.
    accepted: BTreeMap<String, Duration>,
    /// How many sequences of sending have not ended.
    unfinished: usize,
    /// Events for which a 4xx was answered.
    refused: Vec<String>,
    /// Those that do not happen, because something else was done to their incidents.
    void: BTreeSet<String>,
    /// What others do and toban's own user does, by incident, in the order in which it happens.
    added: BTreeMap<String, Vec<Arc<Event>>>,
    /// How many that are.
    count: u32,
}

/// What happens only to an incident that is open.
pub const OF_OPEN: [&str; 6] = ["acknowledged", TIMED_OUT, "reassigned", "escalated", "delegated", "resolved"];

/// How what is done follows each other: only what is over is reopened, and only that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Any,
    AsInLife,
}

impl Story {
    pub fn by_chance(rng: &mut Rng, order: Order, epoch: DateTime<Utc>, lasts: Duration) -> Self {
        let is_storm = rng.u32(..3) == 0;
        let storm = rng.u64(..lasts.as_secs());
        let incidents = (1..=rng.u64(9..16)).map(|number| {
            let begins = if is_storm && rng.u32(..4) > 0 {
                Duration::from_millis(storm * 1_000 + rng.u64(..5_000))
            } else {
                Duration::from_millis(rng.u64(..u64::try_from(lasts.as_millis()).expect("a short time") + 420_000))
            };
            Incident::by_chance(rng, order, epoch, number, begins)
        });
        let incidents = incidents.collect();
        Self { subscriptions: if rng.u32(..3) == 0 { 2 } else { 1 }, ..Self::of(incidents) }
    }

    /// These incidents, through one subscription.
    pub fn of(incidents: Vec<Incident>) -> Self {
        Self { incidents, subscriptions: 1, seen: Mutex::default(), lost: BTreeSet::new(), changed: Notify::new() }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("no panic before")
    }

    /// The incident with that id, as it was to happen.
    pub fn incident(&self, id: &str) -> Option<&Incident> {
        let number: usize = id.strip_prefix('Q')?.parse().ok()?;
        self.incidents.get(number.checked_sub(1)?)
    }

    pub fn event(&self, key: &str) -> Option<&Event> {
        self.incident(key.split_once('/')?.0)?.events.iter().find(|event| event.key == key)
    }

    /// Those that happen, and of which webhooks come.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        let void = self.seen().void.clone();
        let all = self.incidents.iter().flat_map(|incident| &incident.events);
        all.filter(move |event| !void.contains(&event.key) && !self.is_lost(&event.key))
    }

    /// An event does not happen.
    pub fn void(&self, key: &str) {
        self.seen().void.insert(key.to_owned());
    }

    pub fn is_void(&self, key: &str) -> bool {
        self.seen().void.contains(key)
    }

    /// Adds something that was done to an incident, to be sent in its turn. `event` is given the number by which it is known.
    pub fn add(&self, event: impl FnOnce(u32) -> Event) -> String {
        let mut seen = self.seen();
        seen.count += 1;
        let event = event(500 + seen.count);
        seen.unfinished += self.subscriptions;
        let key = event.key.clone();
        seen.added.entry(event.incident().to_owned()).or_default().push(Arc::new(event));
        drop(seen);
        self.changed.notify_waiters();
        key
    }

    /// The nth that was added to an incident.
    pub fn added_to(&self, incident: &str, nth: usize) -> Option<Arc<Event>> {
        self.seen().added.get(incident)?.get(nth).cloned()
    }

    pub fn added(&self) -> Vec<Arc<Event>> {
        self.seen().added.values().flatten().cloned().collect()
    }

    /// Waits until something was added to any incident.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// The acknowledgement of an incident that timed out at this time of day, or a minute later by a clock that is slow. There is
    /// one in two minutes at most.
    pub fn timed_out(&self, incident: &str, time: &str) -> Option<String> {
        let tokyo = FixedOffset::east_opt(9 * 3_600).expect("nine hours");
        let is_then = |event: &&Event| {
            let at = event.occurred_at.with_timezone(&tokyo);
            [at, at - TimeDelta::minutes(1)].iter().any(|at| at.format("%H:%M").to_string() == time)
        };
        let added = self.added();
        let all = self.events().chain(added.iter().map(|event| &**event));
        let mut of_it = all.filter(|event| event.incident() == incident && event.kind == TIMED_OUT);
        of_it.find(is_then).map(|event| event.key.clone())
    }

    /// The key of the event that toban knows by that one. What cannot be read is known by what it says.
    pub fn key_of(&self, key: &EventKey) -> String {
        if self.event(&key.0).is_some() {
            return key.0.clone();
        }
        if let Some(found) = key.0.strip_prefix("watchdog:").and_then(|found| self.found(found)) {
            return found.key.clone();
        }
        let is_it = |event: &&Event| match key.0.strip_prefix("delivery:") {
            Some(digest) => sha256(&event.body) == digest,
            None => event.known_as.as_ref() == Some(&key.0),
        };
        self.events().find(is_it).map_or_else(|| key.0.clone(), |event| event.key.clone())
    }

    /// When the last event happens.
    pub fn ends(&self) -> Duration {
        self.events().map(|event| event.sent_at).max().unwrap_or_default()
    }

    /// When an event was first answered with a 2xx.
    pub fn accepted(&self, key: &str) -> Option<Duration> {
        self.seen().accepted.get(key).copied()
    }

    pub fn refused(&self) -> Vec<String> {
        self.seen().refused.clone()
    }

    pub fn begin_sending(&self) {
        self.seen().unfinished += 1;
    }

    pub fn end_sending(&self) {
        self.seen().unfinished -= 1;
    }

    pub fn is_sent(&self) -> bool {
        self.seen().unfinished == 0
    }

    pub fn answered(&self, world: &World, event: &Event, status: u16) {
        let mut seen = self.seen();
        match status {
            200..300 => {
                seen.accepted.entry(event.key.clone()).or_insert(world.elapsed());
            }
            400..500 => seen.refused.push(event.key.clone()),
            _ => {}
        }
    }
}

impl Incident {
    /// An incident with events of these kinds, one after the other.
    pub fn of(
        rng: &mut Rng,
        epoch: DateTime<Utc>,
        number: u64,
        kinds: &[&'static str],
        begins: Duration,
        pause: Duration,
    ) -> Self {
        let at = |nth: u32| begins + pause * (nth - 1);
        let occurred_at = |nth| epoch + TimeDelta::from_std(at(nth)).expect("a short time");
        let numbered = (1..).zip(kinds.iter().copied());
        let event = |(nth, kind)| Event::new(rng, number, nth, kind, occurred_at(nth), at(nth));
        Self { events: numbered.map(event).collect() }
    }

    fn by_chance(rng: &mut Rng, order: Order, epoch: DateTime<Utc>, number: u64, begins: Duration) -> Self {
        let mut kinds = vec![if rng.u32(..30) == 0 { "service.updated" } else { "triggered" }];
        if kinds[0] == "triggered" {
            kinds.extend((0..rng.usize(0..9)).map(|_| one_of(rng, LATER)));
            // An incident of which the receiver does not hear from the beginning.
            if rng.u32(..25) == 0 && kinds.len() > 1 {
                kinds.remove(0);
            }
        }
        if order == Order::AsInLife {
            put_in_order(&mut kinds);
        }
        let mut at = begins;
        let mut sent_at = begins;
        let mut events = Vec::new();
        for (nth, kind) in (1..).zip(kinds) {
            let late = if rng.u32(..60) == 0 { rng.u64(60..2_400) } else { 0 };
            let minute = |at: Duration| (epoch + TimeDelta::from_std(at).expect("a short time")).timestamp() / 60;
            let is_then =
                |event: &Event| event.kind == TIMED_OUT && event.occurred_at.timestamp() / 60 + 1 >= minute(at);
            if kind == TIMED_OUT && events.iter().any(is_then) {
                at += Duration::from_secs(120);
            }
            sent_at = sent_at.max(at + Duration::from_secs(late) + Duration::from_millis(rng.u64(100..1_500)));
            let occurred_at = epoch + TimeDelta::from_std(at).expect("a short time");
            events.push(Event::new(rng, number, nth, kind, occurred_at, sent_at));
            let most = one_of(rng, [2_000, 60_000, 400_000]);
            at += Duration::from_millis(rng.u64(0..most));
            if order == Order::AsInLife {
                // What begins twice in a second is taken for the same.
                at += Duration::from_secs(1);
            }
        }
        Self { events }
    }
}

fn put_in_order(kinds: &mut [&'static str]) {
    let mut is_over = false;
    for (nth, kind) in kinds.iter_mut().enumerate() {
        match *kind {
            of_open if is_over && OF_OPEN.contains(&of_open) => *kind = "reopened",
            "reopened" if !is_over && nth > 0 => *kind = "resolved",
            _ => {}
        }
        is_over = (is_over || *kind == "resolved") && *kind != "reopened";
    }
}
