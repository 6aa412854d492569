//! How a delivery ended, and what that changes of its incident: one write of all rows or none.

use super::claims::{COMPLETED, DOUBTFUL, FREE, Grant, is_completed, is_running};
use super::deliveries::{self, Attempt, Ended};
use super::history::{Mentioned, with_history};
use super::incident::{KnownIncident, Opening, ReportedBy};
use super::incidents::{Introduced, puts};
use super::{Ledger, answered};
use crate::domain::destination::Destination;
use crate::domain::incident::{EventKind, IncidentEvent, IncidentId};
use crate::domain::seen::ThreadLinks;
use crate::store::condition::Condition;
use crate::store::item::Item;
use crate::store::{Down, Found, Put, Written};
use chrono::{DateTime, Utc};
use std::time::Duration;
use tokio::time::sleep;

/// How often rows are read again and written, while others change the same incident.
const TRIES: u32 = 4;
/// How long to wait before the second of them; longer before each further one.
const BACK_OFF: Duration = Duration::from_millis(20);

/// What there is to record of a delivery.
#[derive(Debug)]
pub struct Settlement<'a> {
    /// The name of the event's kind, or what else it is.
    pub what: &'a str,
    /// `None` for what is no event, such as a reminder.
    pub event: Option<&'a IncidentEvent>,
    pub ended: Ended,
    pub attempts: Vec<Attempt>,
    pub mentioned: Mentioned,
    /// The message, if it is the first of its incident in its chat.
    pub first: Option<FirstPost>,
    /// Where the thread of its incident opens in its chat, if there is something new to keep of that.
    pub links: Option<Box<(Destination, ThreadLinks)>>,
}

impl Settlement<'_> {
    /// Of a message about no incident.
    pub fn of_no_incident(what: &str, ended: Ended, attempts: Vec<Attempt>) -> Settlement<'_> {
        Settlement { what, event: None, ended, attempts, mentioned: Mentioned::Nobody, first: None, links: None }
    }
}

/// The first message of an incident in a chat, which the others follow.
#[derive(Debug, Clone)]
pub struct FirstPost {
    pub place: Destination,
    /// The chat's id of the message; empty if the next message is to be the first.
    pub post: String,
    /// Its text, if it is kept up to date.
    pub opening: Option<Opening>,
    /// The first message that was known until now, and that this one replaces.
    pub instead_of: Option<String>,
}

impl Ledger {
    /// Records how a delivery ended, and keeps its incident.
    pub async fn settle(
        &self,
        grant: Grant,
        settlement: Settlement<'_>,
        mut incident: Option<&mut Introduced>,
        now: DateTime<Utc>,
    ) {
        let ours = || Some(Condition::has_text("write", &grant.write));
        let whole = self.try_settle(&grant, &settlement, ours(), incident.as_deref_mut(), now);
        let mut settled = self.store.limited(whole).await;
        if let (true, Some(introduced)) = (settled.is_err(), incident) {
            // Each by itself: better one of them than neither.
            settled = self.store.limited(self.try_settle(&grant, &settlement, ours(), None, now)).await;
            let alone = async {
                introduced.seen = None;
                for row in self.incident_rows(&grant, &settlement, introduced, now).await? {
                    self.store.put(row).await?;
                }
                Ok(())
            };
            answered(self.store.limited(alone).await);
        }
        let Err(down) = settled else { return };
        if is_told(settlement.ended) {
            tracing::error!(event = %grant.key, ledger_down = true, uncompleted = true, "{down}. It is posted; a repeat would be posted again, marked as one");
        } else {
            tracing::warn!(event = %grant.key, ledger_down = true, "{down}. How it ended is not recorded");
        }
    }

    /// Writes the delivery's row on a condition, with the incident's rows.
    async fn try_settle(
        &self,
        grant: &Grant,
        settlement: &Settlement<'_>,
        mut on: Option<Condition>,
        mut incident: Option<&mut Introduced>,
        now: DateTime<Utc>,
    ) -> Result<(), Down> {
        for round in 0..TRIES {
            if round > 0 {
                // A sleep of no time is a millisecond, too.
                sleep(BACK_OFF * round).await;
            }
            let condition = on.take();
            let delivery = condition.clone().map(|condition| Put { item: self.row(grant, settlement, now), condition });
            let mut rows: Vec<Put> = delivery.into_iter().collect();
            if let Some(introduced) = &mut incident {
                rows.extend(self.incident_rows(grant, settlement, introduced, now).await?);
            }
            let Written::Refused(found) = self.store.put_all(rows).await? else {
                if let Some(introduced) = &mut incident {
                    // It is not what was read any more.
                    introduced.seen = None;
                }
                return Ok(());
            };
            let mut found = found.into_iter();
            if condition.is_some() {
                on = match found.next() {
                    Some(Found::Otherwise(row)) => again(row, grant, self, settlement.ended, now),
                    Some(Found::AsExpected) | None => condition,
                };
            }
            if let (Some(introduced), Some(Found::Otherwise(_))) = (&mut incident, found.next()) {
                introduced.seen = None;
            }
            if on.is_none() && incident.is_none() {
                return Ok(());
            }
        }
        Err(Down::for_now("others kept changing the same incident"))
    }

    /// The row of a delivery that is over.
    fn row(&self, grant: &Grant, settlement: &Settlement<'_>, now: DateTime<Utc>) -> Item {
        let Settlement { what, event, ended, attempts, mentioned, .. } = settlement;
        let (state, is_perhaps) = match ended {
            Ended::Posted | Ended::ReportedBefore => (COMPLETED, false),
            Ended::CountsAsTold => (COMPLETED, true),
            Ended::NotPosted if !grant.is_perhaps_a_repeat => (FREE, false),
            Ended::NotPosted | Ended::PerhapsPosted(_) => (DOUBTFUL, true),
        };
        // It keeps the name of the claim, so that a repeat of the request is known as ours.
        let write = (&*self.owner, &*grant.write);
        let row = deliveries::row((&grant.key, grant.destination), (state, is_perhaps), write, now);
        let mut row = row.with_text("what", *what);
        if let Some(event) = event {
            if let Some(number) = event.incident.number {
                row = row.with_number("number", number.0);
            }
            if let Some(id) = &event.incident.id {
                row = row.with_text("incident", &id.0);
                if is_told(*ended) {
                    row = with_history(row, &grant.key, event, *mentioned, now);
                }
            }
        }
        if let Some(doubts) = &grant.doubts {
            row = doubts.keep(row);
        }
        deliveries::with_attempts(row, grant.earlier.as_deref(), attempts)
    }

    /// The rows of the incident with what the delivery changes, made from the row that was read before the post, or if
    /// that is not there any more, from the one that is there now.
    async fn incident_rows(
        &self,
        grant: &Grant,
        settlement: &Settlement<'_>,
        introduced: &mut Introduced,
        now: DateTime<Utc>,
    ) -> Result<Vec<Put>, Down> {
        let Some(event) = settlement.event else {
            return Ok(Vec::new());
        };
        let seen = match introduced.seen.take() {
            Some(seen) => seen,
            None => {
                let (known, seen) = self.read_incident(&introduced.id).await?;
                let mut known = known.unwrap_or_else(|| KnownIncident::new(introduced.id.clone(), event.occurred_at));
                known.learn(event);
                introduced.known = Some(Box::new(known));
                seen
            }
        };
        let milestone = introduced.milestone(event).filter(|_| is_told(settlement.ended));
        let Some(known) = &mut introduced.known else {
            return Ok(Vec::new());
        };
        known.begins_apart |= event.is_beginning();
        known.keep_last(grant.destination, event, settlement.ended, now);
        if is_told(settlement.ended) {
            known.begins.remove(&grant.destination);
        } else if event.is_beginning() && settlement.ended != Ended::ReportedBefore {
            known.begins_later(grant.destination, grant.pause(now), now);
        }
        if let Some(milestone) = milestone {
            known.tell(grant.destination, &milestone, ReportedBy::of(event));
        }
        if let Some(first) = &settlement.first {
            known.begin_thread(first);
        }
        if let Some((place, links)) = settlement.links.as_deref() {
            known.keep_links(*place, links);
        }
        if is_told(settlement.ended) {
            known.told_at = known.told_at.max(Some(now));
        }
        if event.kind == EventKind::ShiftEnds && is_told(settlement.ended) {
            known.shift_ends_at = event.ours().shift_ends_at;
        }
        let rows = puts(known, &seen, now);
        introduced.seen = Some(seen);
        Ok(rows)
    }

    /// Keeps that an incident is over, which cannot be told yet: its beginning may still have to be told, and then calls nobody.
    pub async fn keep_end(&self, event: &IncidentEvent, now: DateTime<Utc>) {
        let Some(id) = event.incident.id.as_ref().filter(|_| event.kind == EventKind::Resolved) else { return };
        let change = async {
            for _ in 0..TRIES {
                let (Some(before), seen) = self.read_incident(id).await? else { return Ok(()) };
                let mut known = before.clone();
                known.learn(event);
                if known == before {
                    return Ok(());
                }
                if let Written::Done = self.store.put_all(puts(&known, &seen, now)).await? {
                    return Ok(());
                }
            }
            Err(Down::for_now("others kept changing the same incident"))
        };
        answered(self.store.limited(change).await);
    }

    /// Changes the first message of an incident in a chat, or forgets it.
    pub async fn keep_first(&self, id: &IncidentId, first: &FirstPost, now: DateTime<Utc>) {
        let change = async {
            for _ in 0..TRIES {
                let (known, seen) = self.read_incident(id).await?;
                let mut known = known.unwrap_or_else(|| KnownIncident::new(id.clone(), now));
                known.begin_thread(first);
                if let Written::Done = self.store.put_all(puts(&known, &seen, now)).await? {
                    return Ok(());
                }
            }
            Err(Down::for_now("others kept changing the same incident"))
        };
        answered(self.store.limited(change).await);
    }
}

impl KnownIncident {
    /// Keeps a first message, unless somebody else has kept another one meanwhile.
    fn begin_thread(&mut self, first: &FirstPost) {
        let FirstPost { place, post, opening, instead_of } = first;
        let there = self.threads.get(place).filter(|post| !post.is_empty());
        if there.is_some() && there != instead_of.as_ref() && there != Some(post) {
            return;
        }
        if there != Some(post) {
            self.links.remove(place);
        }
        self.threads.insert(*place, post.clone());
        match opening {
            Some(opening) => self.openings.insert(*place, opening.clone()),
            None => self.openings.remove(place),
        };
    }

    /// Keeps where a thread opens, and the last note in it, which somebody else may have kept meanwhile.
    fn keep_links(&mut self, place: Destination, links: &ThreadLinks) {
        let there = self.links.get(&place).filter(|there| there.thread == links.thread);
        let note = links.note.clone().or_else(|| there?.note.clone());
        self.links.insert(place, ThreadLinks { note, ..links.clone() });
    }
}

/// Whether nobody has to tell it again.
fn is_told(ended: Ended) -> bool {
    matches!(ended, Ended::Posted | Ended::CountsAsTold)
}

/// On what the row of a delivery is written after all, when another one was there than expected; `None` if it is not
/// written, because it is settled, or another process will settle it.
fn again(row: Option<Item>, grant: &Grant, ledger: &Ledger, ended: Ended, now: DateTime<Utc>) -> Option<Condition> {
    let Some(row) = row else {
        return Some(Condition::absent());
    };
    let is_ours = row.is_known() && row.text("write") == Some(&grant.write);
    if is_completed(&row) {
        return None;
    }
    if is_ours {
        return Some(Condition::has_text("write", &grant.write));
    }
    let (event, destination) = (&grant.key, grant.destination.name());
    if !is_told(ended) {
        tracing::warn!(%event, destination, "another process has taken it over before it was released");
        return None;
    }
    if is_running(&row, ledger, now) {
        tracing::warn!(%event, destination, "it was posted, but another process had taken it over meanwhile, so it may be posted again");
        return None;
    }
    Some(Condition::unchanged(&row, &["v", "state", "write"]))
}
