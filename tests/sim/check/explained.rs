//! Every message can be explained: `toban explain` finds its event, and says what the message shows.

use super::Seen;
use super::mentions::{is_told_why, pinged_by};
use crate::alarms::Alarms;
use crate::events::Event;
use crate::world::World;
use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use toban::domain::incident::EventKey;
use toban::ledger::{Attempt, LEASE, Ledger};
use toban::store::item::Item;
use toban::store::{Down, Put, Query, Table, Written};

/// Of more attempts some are not kept.
const KEPT: usize = 12;
/// From the decision to the post, at most; and what a time loses that is written.
const MARGIN: TimeDelta = TimeDelta::seconds(1);

/// The rows as they are in the end.
#[derive(Debug)]
struct Rows(Arc<dyn Table>);

impl Table for Rows {
    fn read<'a>(&'a self, pk: &'a str, sk: &'a str) -> BoxFuture<'a, Result<Option<Item>, Down>> {
        self.0.read(pk, sk)
    }

    fn put(&self, _: Vec<Put>) -> BoxFuture<'_, Result<Written, Down>> {
        panic!("who looks changes nothing")
    }

    fn query(&self, query: Query) -> BoxFuture<'_, Result<Vec<Item>, Down>> {
        self.0.query(query)
    }
}

/// What `toban explain` finds about each event, by its key in the story: also about what the watchdog has found of it.
pub(super) fn attempts(world: &World) -> BTreeMap<String, Vec<Attempt>> {
    let ledger = Ledger::new(Rows(world.rows.clone()), "toban explain".to_owned(), LEASE);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let of = |key: String| runtime.block_on(ledger.attempts(&EventKey(key))).expect("nothing fails any more");
    let found = |event: &Event| {
        let key = |kind| format!("watchdog:{}:{kind}:{}", event.incident(), event.occurred_at.timestamp());
        let kinds = ["triggered", "reopened", "resolved"].into_iter().filter(|_| world.watch.is_some());
        kinds.flat_map(|kind| of(key(kind))).collect::<Vec<_>>()
    };
    let all = world.story.events().chain(world.story.lost()).filter(|event| event.kind != "unreadable");
    let of_event = |event: &Event| {
        let own = event.known_as.clone().map(of).unwrap_or_default();
        (event.key.clone(), own.into_iter().chain(found(event)).collect())
    };
    all.map(of_event).collect()
}

pub(super) fn check(
    world: &World,
    seen: &[Seen],
    attempts: &BTreeMap<String, Vec<Attempt>>,
    alarms: &Alarms,
    wrong: &mut impl FnMut(&str, String),
) {
    let mut unrecorded = alarms.uncompleted(&world.story);
    unrecorded.extend(alarms.unclaimed(&world.story));
    for (key, attempts) in attempts {
        // What a process that died has posted is known by its repeat only, and what nobody could write by its line in the log.
        let is_sure = world.is_sure_of(key.split('/').next().unwrap_or_default()) && world.strikes(key) == 0;
        if unrecorded.contains(key) || !is_sure || attempts.len() >= KEPT {
            continue;
        }
        for seen in seen.iter().filter(|seen| seen.keys.contains(key)) {
            world.count("message explained");
            one(world, seen, key, attempts, wrong);
        }
    }
}

fn one(world: &World, seen: &Seen, key: &str, attempts: &[Attempt], wrong: &mut impl FnMut(&str, String)) {
    let post = &seen.post;
    let second = if world.parts.has_typetalk { "typetalk" } else { "slack_webhook" };
    let chat = if seen.channel == 0 { "slack" } else { second };
    let is_then =
        |attempt: &&Attempt| attempt.chat == chat && (post.decided_after..=post.sent_at + MARGIN).contains(&attempt.at);
    let of_it: Vec<_> = attempts.iter().filter(is_then).collect();
    if of_it.is_empty() {
        return wrong(key, format!("cannot be explained at {}: {attempts:?}", post.sent_at));
    }
    if let Some(attempt) = of_it.iter().find(|attempt| !attempt.why.contains("メンション")) {
        wrong(key, format!("does not say whom it mentions and why: {attempt:?}"));
    }
    // Of several events in one message any may be what calls.
    let calls = !pinged_by(world, seen).is_empty();
    let says_so = |attempt: &Attempt| attempt.why.starts_with("メンションなし: ") != calls;
    if seen.keys.len() == 1 && !is_told_why(&post.text, false) && !of_it.iter().any(|attempt| says_so(attempt)) {
        let why: BTreeSet<_> = of_it.iter().map(|attempt| &attempt.why).collect();
        wrong(key, format!("is explained as {why:?}: {}", post.text));
    }
}
