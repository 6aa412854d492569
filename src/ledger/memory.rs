//! The ledger of one process, in its memory.

use super::attempt::Attempt;
use super::claim::{Certainty, Claim, Holding, LEASE};
use super::incident::{KnownIncident, Opening};
use super::{Posted, ROTATION_AHEAD, ROTATION_LEASE, RotationCopy};
use crate::domain::incident::{EventKey, IncidentEvent, IncidentId};
use crate::domain::text::Tag;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// PagerDuty repeats for 48 hours.
const KEEP_CLAIMS: TimeDelta = TimeDelta::days(7);
const KEEP_INCIDENTS: TimeDelta = TimeDelta::days(90);
/// With more entries than this, old ones are removed.
const MANY: usize = 10_000;

/// Claims, incidents, history and the rotation.
#[derive(Debug, Default)]
pub struct Memory(Mutex<Box<Tables>>);

#[derive(Debug, Default)]
struct Tables {
    claims: HashMap<(EventKey, String), (Holding, DateTime<Utc>)>,
    incidents: HashMap<IncidentId, (KnownIncident, DateTime<Utc>)>,
    openings: HashMap<(IncidentId, String), Opening>,
    history: BTreeMap<(DateTime<Utc>, EventKey), Posted>,
    attempts: VecDeque<(EventKey, Attempt)>,
    /// How many attempts were ever kept.
    attempted: u64,
    rotation: Option<RotationCopy>,
    rotation_asked_at: Option<DateTime<Utc>>,
    watching_since: Option<DateTime<Utc>>,
}

impl Memory {
    /// No step leaves the tables half changed, so a panic elsewhere does not spoil them.
    fn tables(&self) -> MutexGuard<'_, Box<Tables>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn claim(&self, key: &EventKey, outlet: &str, now: DateTime<Utc>) -> Claim {
        let mut tables = self.tables();
        if tables.claims.len() > MANY {
            tables.claims.retain(|_, (_, at)| now - *at < KEEP_CLAIMS);
        }
        let slot = (key.clone(), outlet.to_owned());
        let claim = match tables.claims.get(&slot) {
            None => Claim::Yours,
            Some((Holding::Completed, _)) => return Claim::Completed,
            Some((Holding::Claimed | Holding::ClaimedAgain, at)) if now - *at < LEASE => return Claim::Taken,
            Some((Holding::Claimed | Holding::ClaimedAgain | Holding::Doubtful, _)) => Claim::YoursPerhapsAgain,
        };
        let holding = if claim == Claim::Yours { Holding::Claimed } else { Holding::ClaimedAgain };
        tables.claims.insert(slot, (holding, now));
        claim
    }

    pub(super) fn complete(&self, key: &EventKey, outlet: &str, now: DateTime<Utc>) {
        self.tables().claims.insert((key.clone(), outlet.to_owned()), (Holding::Completed, now));
    }

    pub(super) fn release(&self, key: &EventKey, outlet: &str, certainty: Certainty, now: DateTime<Utc>) {
        let slot = (key.clone(), outlet.to_owned());
        let mut tables = self.tables();
        let was_doubtful = matches!(tables.claims.get(&slot), Some((Holding::ClaimedAgain, _)));
        match certainty {
            Certainty::NotPosted if !was_doubtful => tables.claims.remove(&slot),
            Certainty::NotPosted | Certainty::PerhapsPosted => tables.claims.insert(slot, (Holding::Doubtful, now)),
        };
    }

    pub(super) fn is_completed(&self, key: &EventKey, outlet: &str) -> bool {
        let slot = (key.clone(), outlet.to_owned());
        matches!(self.tables().claims.get(&slot), Some((Holding::Completed, _)))
    }

    pub(super) fn rotation(&self) -> Option<RotationCopy> {
        self.tables().rotation.clone()
    }

    pub(super) fn keep_rotation(&self, copy: RotationCopy, now: DateTime<Utc>) {
        let mut tables = self.tables();
        tables.rotation_asked_at = None;
        let is_older = |known: &RotationCopy| known.read_at <= copy.read_at || known.read_at > now + ROTATION_AHEAD;
        if tables.rotation.as_ref().is_none_or(is_older) {
            tables.rotation = Some(copy);
        }
    }

    pub(super) fn may_read_rotation(&self, now: DateTime<Utc>) -> bool {
        let mut tables = self.tables();
        if tables.rotation_asked_at.is_some_and(|at| (now - at).abs() < ROTATION_LEASE) {
            return false;
        }
        tables.rotation_asked_at = Some(now);
        true
    }

    pub(super) fn watching_since(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        *self.tables().watching_since.get_or_insert(now)
    }

    /// What is known of the incident, with what the event adds.
    pub(super) fn introduce(&self, id: IncidentId, event: &IncidentEvent, now: DateTime<Utc>) -> KnownIncident {
        let mut tables = self.tables();
        if tables.incidents.len() > MANY {
            tables.incidents.retain(|_, (_, at)| now - *at < KEEP_INCIDENTS);
            let Tables { openings, incidents, .. } = &mut **tables;
            openings.retain(|(id, _), _| incidents.contains_key(id));
        }
        let entry = tables.incidents.entry(id.clone());
        let (known, at) = entry.or_insert_with(|| (KnownIncident::new(id, event.occurred_at), now));
        *at = now;
        known.learn(event);
        known.clone()
    }

    pub(super) fn record(&self, key: &EventKey, posted: Posted) {
        let mut tables = self.tables();
        if tables.history.len() > MANY {
            let oldest = posted.at - KEEP_INCIDENTS;
            tables.history.retain(|(at, _), _| *at > oldest);
        }
        tables.history.insert((posted.at, key.clone()), posted);
    }

    pub(super) fn keep_attempt(&self, key: &EventKey, attempt: Attempt) {
        let mut tables = self.tables();
        tables.attempts.push_back((key.clone(), attempt));
        tables.attempted += 1;
        if tables.attempts.len() > MANY {
            tables.attempts.pop_front();
        }
    }

    pub(super) fn attempts(&self, key: &EventKey) -> Vec<Attempt> {
        let tables = self.tables();
        tables.attempts.iter().filter(|(known, _)| known == key).map(|(_, attempt)| attempt.clone()).collect()
    }

    /// How many attempts were kept so far.
    pub fn tried(&self) -> u64 {
        self.tables().attempted
    }

    /// The attempts that were kept after the first `count`, the oldest first.
    pub fn tries_after(&self, count: u64) -> Vec<(EventKey, Attempt)> {
        let tables = self.tables();
        let new = usize::try_from(tables.attempted.saturating_sub(count)).unwrap_or(usize::MAX);
        tables.attempts.iter().skip(tables.attempts.len().saturating_sub(new)).cloned().collect()
    }

    pub(super) fn posted_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Posted> {
        let first = |at| (at, EventKey(String::new()));
        self.tables().history.range(first(from)..first(to)).map(|(_, posted)| posted.clone()).collect()
    }

    pub(super) fn keep_thread(&self, id: &IncidentId, outlet: &str, post: &str) {
        if let Some((known, _)) = self.tables().incidents.get_mut(id) {
            known.threads.insert(outlet.to_owned(), post.to_owned());
        }
    }

    pub(super) fn keep_opening(&self, id: &IncidentId, outlet: &str, opening: Opening) {
        self.tables().openings.insert((id.clone(), outlet.to_owned()), opening);
    }

    pub(super) fn opening(&self, id: &IncidentId, outlet: &str) -> Option<Opening> {
        self.tables().openings.get(&(id.clone(), outlet.to_owned())).cloned()
    }

    pub(super) fn incident(&self, id: &IncidentId) -> Option<KnownIncident> {
        self.tables().incidents.get(id).map(|(known, _)| known.clone())
    }

    /// The incident with that tag; of several, the one that began last.
    pub(super) fn tagged(&self, tag: &Tag) -> Option<IncidentId> {
        let tables = self.tables();
        let all = tables.incidents.values().map(|(known, _)| known).filter(|known| known.tag().as_ref() == Some(tag));
        all.max_by_key(|known| known.opened_at).map(|known| known.id.clone())
    }

    pub(super) fn open_incidents(&self) -> Vec<KnownIncident> {
        let tables = self.tables();
        let all = tables.incidents.values().map(|(known, _)| known);
        let mut open: Vec<_> = all.filter(|known| known.is_open()).cloned().collect();
        open.sort_by(|one, other| (one.opened_at, &one.id).cmp(&(other.opened_at, &other.id)));
        open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_completed_is_a_repeat() {
        let memory = Memory::default();
        let key = EventKey("01G".into());
        let start: DateTime<Utc> = "2026-11-24T02:02:00Z".parse().expect("an instant");
        let after = |seconds| start + TimeDelta::seconds(seconds);

        assert_eq!(memory.claim(&key, "primary", after(0)), Claim::Yours);
        assert_eq!(memory.claim(&key, "primary", after(44)), Claim::Taken);
        assert_eq!(memory.claim(&key, "backup", after(0)), Claim::Yours);
        assert_eq!(memory.claim(&key, "primary", after(45)), Claim::YoursPerhapsAgain);

        memory.release(&key, "primary", Certainty::NotPosted, after(46));
        assert_eq!(
            memory.claim(&key, "primary", after(46)),
            Claim::YoursPerhapsAgain,
            "the first attempt may have been accepted"
        );
        memory.release(&key, "backup", Certainty::NotPosted, after(46));
        assert_eq!(memory.claim(&key, "backup", after(46)), Claim::Yours);
        memory.release(&key, "primary", Certainty::PerhapsPosted, after(47));
        assert_eq!(memory.claim(&key, "primary", after(47)), Claim::YoursPerhapsAgain);

        assert!(!memory.is_completed(&key, "primary"));
        memory.complete(&key, "primary", after(48));
        assert!(memory.is_completed(&key, "primary"));
        assert_eq!(memory.claim(&key, "primary", after(100_000)), Claim::Completed);
    }
}
