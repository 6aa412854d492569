//! Rows of incidents: one for each, in the index while the incident is open.

mod row;

use super::incident::{Call, Edition, KnownIncident, Milestone, Opening, ReportedBy};
use super::{Ledger, NoAnswer, answered};
use crate::domain::destination::Destination;
use crate::domain::incident::{EventKind, IncidentEvent, IncidentId, Origin, State};
use crate::domain::text::Tag;
use crate::store::condition::Condition;
use crate::store::item::Item;
use crate::store::{Down, Partition, Put, Query};
use chrono::{DateTime, TimeDelta, Utc};
pub(super) use row::earlier;
use row::{known, partition, row};
use std::time::Duration;

const STATE: &str = "state";
const OPEN: &str = "open";
/// Why what PagerDuty reports is not told.
const TOLD_AS_RESOLVED: &str = "it was told as resolved from the chat";

/// The incident of an event, as it was read before the event was posted.
#[derive(Debug)]
pub struct Introduced {
    pub id: IncidentId,
    /// What is known of it, with what the event adds; `None` if the ledger did not answer.
    pub known: Option<Box<KnownIncident>>,
    /// Nothing was known of it before the event.
    is_new: bool,
    /// It was open before the event, which another chat may have been told of already.
    was_open: bool,
    pub(super) seen: Option<Seen>,
}

/// What is known of an incident's beginning, for an event that follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// Or nobody waits for it.
    Told,
    /// It has been tried to tell it, without success.
    Untold,
    /// Nothing is known of the incident, and what it began with may still come for so long.
    OnItsWay(Duration),
}

/// The row as it was read.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// It is still the same.
    condition: Condition,
    rev: u64,
    tag: Option<Tag>,
}

impl Introduced {
    /// Fills in what the event does not say about its incident.
    pub fn complete(&self, event: &mut IncidentEvent) {
        event.incident.id = Some(self.id.clone());
        if let Some(known) = &self.known {
            let incident = &mut event.incident;
            incident.number = incident.number.or(known.number);
            incident.title = incident.title.take().or_else(|| known.title.clone());
            incident.service = incident.service.take().or_else(|| known.service.clone());
            if let Some(who) = known.presser(event) {
                event.agent = Some(who.clone());
            }
        }
    }

    /// Whether a destination may have been told just this a moment before, by a sender that tells no time.
    pub fn was_perhaps_told(&self, event: &IncidentEvent, destination: Destination) -> bool {
        self.known.as_ref().is_some_and(|known| known.was_perhaps_told(destination, event))
    }

    /// Makes what a destination was told of already, and is open, a change of that: it calls nobody a second time. What was not
    /// told there stays as it is.
    pub fn say_again(&self, event: &mut IncidentEvent, destination: Destination) {
        if event.kind != EventKind::Triggered || !event.may_be_no_news() {
            return;
        }
        let is_told = |known: &KnownIncident| {
            let told_by = known.milestone(event).and_then(|beginning| known.told_by(destination, &beginning));
            known.is_open() && told_by.is_some()
        };
        if self.known.as_deref().is_some_and(is_told) {
            event.kind = EventKind::StateChanged;
            event.details.quote.clear();
            event.details.quote_is_cut = false;
        } else {
            // The word is for a change.
            event.details.state = None;
        }
    }

    /// Why there is nothing to say about the end of the shift any more.
    fn moot(&self, event: &IncidentEvent, now: DateTime<Utc>) -> Option<&'static str> {
        if !event.kind.is_of_the_shift() {
            return None;
        }
        let is_over = self.known.as_ref().is_some_and(|known| known.state == Some(State::Resolved));
        let is_at_sre = self.known.as_ref().is_some_and(|known| known.call.as_ref().and_then(Call::done).is_some());
        let has_ended = event.ours().shift_ends_at.is_some_and(|at| at <= now);
        match event.kind {
            _ if is_over => Some("it is resolved meanwhile"),
            EventKind::ShiftEnds if has_ended => Some("the shift is over meanwhile"),
            EventKind::ShiftEnds if is_at_sre => Some("SRE was called meanwhile"),
            _ => None,
        }
    }

    /// Adds what another event says.
    pub fn learn(&mut self, event: &IncidentEvent) {
        if let Some(known) = &mut self.known {
            known.learn(event);
        }
    }

    /// Whether an event, which is not the beginning, has to wait for that.
    ///
    /// `on_its_way` is how much later the beginning of an incident may come of which nothing is known.
    pub fn beginning(
        &self,
        event: &IncidentEvent,
        destination: Destination,
        on_its_way: TimeDelta,
        now: DateTime<Utc>,
    ) -> Beginning {
        // An alert that has become worse may be the first that its sender sends.
        if matches!(event.kind, EventKind::Triggered | EventKind::Worsened) {
            return Beginning::Told;
        }
        match &self.known {
            Some(known) if !self.is_new => {
                let untold = known.begins_untold(destination, event.arrived_at, now);
                if untold { Beginning::Untold } else { Beginning::Told }
            }
            // What calls somebody goes out, whether or not the ledger answers.
            None if event.kind.calls_somebody() => Beginning::Told,
            Some(_) | None => {
                let left = (event.arrived_at + on_its_way - now).min(on_its_way).to_std();
                left.ok().filter(|_| event.origin.begins_once()).map_or(Beginning::Told, Beginning::OnItsWay)
            }
        }
    }

    /// The beginning or the end that the event is.
    pub(super) fn milestone(&self, event: &IncidentEvent) -> Option<Milestone> {
        self.known.as_ref()?.milestone(event)
    }
}

impl Ledger {
    /// What is known of an event's incident, with what the event adds; nothing is written yet. Events may come in any
    /// order. Returns `None` for an event of no incident.
    pub async fn introduce(&self, event: &IncidentEvent) -> Option<Introduced> {
        let id = match &event.incident.id {
            Some(id) => id.clone(),
            None => self.tagged(&event.incident.tag()?).await.ok().flatten()?,
        };
        let Some((known, seen)) = answered(self.store.limited(self.read_incident(&id)).await) else {
            return Some(Introduced { id, known: None, is_new: false, was_open: false, seen: None });
        };
        let is_new = known.is_none();
        let mut known = known.unwrap_or_else(|| KnownIncident::new(id.clone(), event.occurred_at));
        let was_open = known.is_open() || known.is_ended_by(event);
        known.learn(event);
        Some(Introduced { id, known: Some(Box::new(known)), is_new, was_open, seen: Some(seen) })
    }

    /// Why an event is not posted, because it was reported before in another way: by the other of webhook and watchdog
    /// (webhooks never hold each other back), by the first edition, or as the same state of a sender that tells no time; or
    /// because there is nothing to say any more.
    /// `places` are the chats of its destination.
    pub async fn reported_before(
        &self,
        event: &IncidentEvent,
        incident: Option<&Introduced>,
        places: &[Destination],
        now: DateTime<Utc>,
    ) -> Option<&'static str> {
        if let Some(why) = incident.and_then(|incident| incident.moot(event, now)) {
            return Some(why);
        }
        let known = incident.and_then(|incident| incident.known.as_deref());
        let is_old = known.is_none_or(|known| known.edition == Edition::First);
        if is_old && places.len() > 1 && self.is_completed(&event.key, Destination::Backup).await {
            return Some("the backup has it");
        }
        if known.is_some_and(|known| known.was_told(places[0], event)) {
            return Some("the same was told a few minutes ago");
        }
        if event.kind == EventKind::Annotated && known.is_some_and(|known| known.is_own_note(event)) {
            return Some("it is our own note about what somebody has pressed");
        }
        if known.is_some_and(|known| known.is_own_call(event)) {
            return Some("it comes of a call for SRE from the chat, which is told by itself");
        }
        if known.is_some_and(|known| known.is_own_end_told(places[0], event)) {
            return Some(TOLD_AS_RESOLVED);
        }
        let was_open = incident.is_some_and(|incident| incident.was_open);
        if !was_open && known.is_some_and(|known| known.is_end_of_nothing(places[0], event)) {
            return Some("its alarm is only as it was before its data were missing");
        }
        // What is resolved from the chat is told at once, and reported by PagerDuty as well.
        let is_compared = matches!(event.origin, Origin::PagerDuty | Origin::Watchdog | Origin::Press);
        let milestone = incident.filter(|_| is_compared)?.milestone(event)?;
        let reported_by = ReportedBy::of(event);
        let by_watchdog = reported_by == ReportedBy::Watchdog;
        let mut told_by = known?.told_by(places[0], &milestone);
        if told_by.is_none() && is_old {
            told_by = self.first_edition_told(&milestone, ReportedBy::Watchdog, places).await;
            if told_by.is_none() && by_watchdog {
                told_by = self.first_edition_told(&milestone, ReportedBy::Webhook, places).await;
            }
        }
        match told_by? {
            ReportedBy::Watchdog => Some("the watchdog has reported it"),
            ReportedBy::Press if reported_by == ReportedBy::Press => None,
            ReportedBy::Press if !by_watchdog && known.is_some_and(|known| known.is_resolved_by_another(event)) => None,
            ReportedBy::Press => Some(TOLD_AS_RESOLVED),
            ReportedBy::Webhook if reported_by == ReportedBy::Webhook => None,
            ReportedBy::Webhook => Some("a webhook has reported it meanwhile"),
        }
    }

    /// Whether the first edition has recorded that a milestone was reported in this way.
    async fn first_edition_told(
        &self,
        milestone: &Milestone,
        by: ReportedBy,
        places: &[Destination],
    ) -> Option<ReportedBy> {
        let key = milestone.first_editions_key(by);
        for place in places {
            if self.is_completed(&key, *place).await {
                return Some(by);
            }
        }
        None
    }

    /// The incident with that id; `None` if nothing is known of it, which is not the same as no answer.
    pub async fn incident(&self, id: &IncidentId) -> Result<Option<KnownIncident>, NoAnswer> {
        let read = self.store.limited(self.read_incident(id)).await;
        answered(read).map(|(known, _)| known).ok_or(NoAnswer)
    }

    /// Incidents that are not resolved and no drills, the oldest first. One that was opened or resolved a moment ago may still be missing
    /// or still be here. `None` without an answer.
    pub async fn open_incidents(&self) -> Option<Vec<KnownIncident>> {
        let query = Query { partition: Partition::ByState(OPEN.to_owned()), between: None };
        let rows = answered(self.store.limited(async { self.store.query(query).await }).await)?;
        let is_drill = |known: &KnownIncident| known.id.drill().is_some();
        let known = rows.iter().filter_map(known).filter(|known| known.is_open() && !is_drill(known));
        Some(known.collect())
    }

    /// The text of a first message. The first edition kept it in a row of its own.
    pub async fn opening(&self, incident: &KnownIncident, place: Destination) -> Option<Opening> {
        if incident.edition == Edition::Second || incident.openings.contains_key(&place) {
            return incident.openings.get(&place).cloned();
        }
        let sk = format!("opening#{}", place.name());
        let read = async { self.store.read(&partition(&incident.id), &sk).await };
        let row = answered(self.store.limited(read).await).flatten().filter(Item::is_known)?;
        let verb = row.number("verb_start")?..row.number("verb_end")?;
        Some(Opening { text: row.text("text")?.to_owned(), verb })
    }

    /// What is known of an incident, and the row that says it.
    pub(super) async fn read_incident(&self, id: &IncidentId) -> Result<(Option<KnownIncident>, Seen), Down> {
        let row = self.store.read(&partition(id), STATE).await?;
        let known = row.as_ref().and_then(known);
        let seen = match &row {
            Some(row) => Seen {
                condition: Condition::unchanged(row, &["v", "rev"]),
                rev: row.number("rev").unwrap_or_default(),
                tag: known.as_ref().filter(|known| known.edition == Edition::Second).and_then(KnownIncident::tag),
            },
            None => Seen { condition: Condition::absent(), rev: 0, tag: None },
        };
        Ok((known, seen))
    }
}

/// The writes that keep an incident: its row over the one that was read, and its tag's if that is new.
pub(super) fn puts(known: &KnownIncident, seen: &Seen, now: DateTime<Utc>) -> Vec<Put> {
    let tag = known.tag().filter(|tag| seen.tag.as_ref() != Some(tag));
    let row = Put { item: row(known, seen.rev.wrapping_add(1), now), condition: seen.condition.clone() };
    let tag = tag.map(|tag| super::tags::put(&tag, &known.id, now));
    [Some(row), tag].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;
