//! The part of a batch that is for one destination, while it is worked through.

use super::{Left, Record, WHILE_HELD, Wait};
use crate::domain::incident::{Closing, EventKind, IncidentEvent};
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

/// A drill goes out by itself, so that it mentions nobody because of others, nor others because of it.
fn is_new(event: &IncidentEvent) -> bool {
    let is_drill = event.incident.id.as_ref().is_some_and(|id| id.drill().is_some());
    event.kind == EventKind::Triggered && event.unreadable.is_none() && !is_drill
}

/// An event that can be a line of a message about its incident: one that calls nobody, as that has reasons and instructions,
/// and that is none of ours, as those say what becomes of the call for SRE. An end of perhaps nothing has to see what is before it.
fn follows(event: &IncidentEvent) -> bool {
    let is_plain = event.unreadable.is_none() && event.untimed.is_none() && event.incident.id.is_some();
    let may_end_nothing = event.details.closing == Some(Closing::DataAreBack);
    is_plain && !may_end_nothing && !event.kind.calls_somebody() && !event.kind.is_ours()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incident::{EventKey, Incident, IncidentId, Origin};
    use EventKind::{Acknowledged, Annotated, Escalated, Resolved, Taken, Triggered};

    /// A message of each group, with an event of that kind about the incident of the group's name.
    fn batch(messages: &[(&str, EventKind)]) -> Batch {
        let item = |(group, kind): &(&str, EventKind)| {
            let event = IncidentEvent::new(Origin::PagerDuty, EventKey("1".into()), kind.clone(), DateTime::UNIX_EPOCH);
            let incident = Incident { id: Some(IncidentId((*group).into())), ..Incident::default() };
            let record = Record {
                id: "1".into(),
                receipt: String::new(),
                queue: String::new(),
                group: (*group).into(),
                sent_at: None,
                receives: 1,
                body: String::new(),
            };
            Item { record, event: IncidentEvent { incident, ..event }, is_done: false }
        };
        Batch { items: messages.iter().map(item).collect(), ..Batch::default() }
    }

    #[test]
    fn new_incidents_go_out_together_unless_something_is_before_them() {
        let messages = [
            ("a", Triggered),
            ("a", Triggered),
            ("b", Acknowledged),
            ("b", Triggered),
            ("c", Triggered),
            ("d", Triggered),
        ];
        let mut batch = batch(&messages);
        assert_eq!(batch.together(0), [0, 4, 5]);
        batch.settle(4, Outcome::Held);
        assert_eq!(batch.together(0), [0, 5], "its group is stuck");
        batch.items[0].is_done = true;
        assert_eq!(batch.together(1), [1, 5]);
    }

    #[test]
    fn what_follows_goes_out_together_until_something_calls_somebody_or_is_ours() {
        for (kind, expected) in [(Annotated, &[0, 2, 3, 4][..]), (Escalated, &[0, 2]), (Taken, &[0, 2])] {
            let messages =
                [("a", Acknowledged), ("b", Annotated), ("a", Annotated), ("a", kind.clone()), ("a", Resolved)];
            assert_eq!(batch(&messages).together(0), expected, "{kind:?}");
        }
        for kind in [Escalated, Taken] {
            assert_eq!(batch(&[("a", kind), ("a", Resolved)]).together(0), [0], "it goes out by itself");
        }
        // What tells no time is told by itself, as it may be a repeat.
        let mut untimed = batch(&[("a", Acknowledged), ("a", Annotated)]);
        untimed.items[1].event.untimed = Some("0f1e".into());
        assert_eq!((untimed.together(0), untimed.together(1)), (vec![0], vec![1]));
        let mut ends_nothing = batch(&[("a", Acknowledged), ("a", Annotated), ("a", Resolved)]);
        ends_nothing.items[2].event.details.closing = Some(Closing::DataAreBack);
        assert_eq!(ends_nothing.together(0), [0, 1]);
    }

    #[test]
    fn a_group_waits_as_long_as_what_is_stuck_in_it_says() {
        let later = Duration::from_secs(60);
        for (outcome, expected) in [
            (Outcome::Later(later), Wait::AtLeast(later)),
            (Outcome::Soon(later), Wait::AtMost(later)),
            (Outcome::Held, Wait::AtMost(WHILE_HELD)),
        ] {
            let mut batch = batch(&[("a", Acknowledged), ("a", Annotated), ("b", Resolved)]);
            batch.settle(0, outcome);
            batch.items[2].is_done = true;
            let left: Vec<_> = batch.left(Wait::NotBegun, DateTime::UNIX_EPOCH).iter().map(|left| left.wait).collect();
            assert_eq!(left, [expected, expected]);
        }
    }
}
