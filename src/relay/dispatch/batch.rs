//! The part of a batch that is for one destination, while it is worked through.

use super::{Left, Record, WHILE_HELD, Wait};
use crate::domain::incident::{EventKind, IncidentEvent};
use crate::relay::post::Outcome;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A message of a batch, and the event in it.
pub(super) struct Item {
    pub record: Record,
    pub event: IncidentEvent,
    pub is_done: bool,
}

/// The part of a batch that is for one destination, while it is worked through.
#[derive(Default)]
pub(super) struct Batch {
    pub items: Vec<Item>,
    /// Groups in which something has failed, and how long the rest of them has to wait.
    pub stuck: BTreeMap<String, Wait>,
}

impl Batch {
    /// The messages that go out as one, from this one on, because the chat takes few: all new incidents that are next in
    /// their groups, or what follows of the same incident.
    pub fn together(&self, first: usize) -> Vec<usize> {
        let Item { event, record, .. } = &self.items[first];
        let rest = (first..self.items.len()).filter(|number| {
            let Item { record, is_done, .. } = &self.items[*number];
            !is_done && !self.stuck.contains_key(&record.group)
        });
        if is_new(event) {
            let mut groups = BTreeSet::new();
            let next = rest.filter(|number| groups.insert(&self.items[*number].record.group));
            return next.filter(|number| is_new(&self.items[*number].event)).collect();
        }
        if !follows(event) {
            return vec![first];
        }
        let of_it = rest.filter(|number| self.items[*number].record.group == record.group);
        of_it.take_while(|number| follows(&self.items[*number].event)).collect()
    }

    pub fn settle(&mut self, number: usize, outcome: Outcome) {
        let item = &mut self.items[number];
        item.is_done = outcome.is_taken();
        if !item.is_done {
            let wait = match outcome {
                Outcome::Later(wait) => Wait::AtLeast(wait),
                Outcome::Soon(wait) => Wait::AtMost(wait),
                Outcome::Held => Wait::AtMost(WHILE_HELD),
                _ => Wait::AtLeast(Duration::ZERO),
            };
            let known = self.stuck.entry(item.record.group.clone()).or_insert(wait);
            *known = wait.max(*known);
        }
    }

    /// What is not done, and how long it waits at least.
    pub fn left(self, least: Wait, now: DateTime<Utc>) -> Vec<Left> {
        let Self { items, stuck } = self;
        let left = items.into_iter().filter(|item| !item.is_done);
        left.map(|Item { record, event, .. }| {
            let wait = stuck.get(&record.group).map_or(least, |wait| least.max(*wait));
            Left { record, wait, age: now - event.arrived_at }
        })
        .collect()
    }
}

fn is_new(event: &IncidentEvent) -> bool {
    event.kind == EventKind::Triggered && event.unreadable.is_none()
}

/// An event that can be a line of a message about its incident: one that calls nobody, as that has reasons and instructions,
/// and that is none of ours, as those say what becomes of the call for SRE.
fn follows(event: &IncidentEvent) -> bool {
    let is_plain = event.unreadable.is_none() && event.untimed.is_none() && event.incident.id.is_some();
    is_plain && !event.kind.calls_somebody() && !event.kind.is_ours()
}
