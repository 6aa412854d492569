//! The end of a shift. Ten minutes before, an incident of that day that is open and has mentioned somebody is said to be open, to
//! whoever is on it; at the end, what becomes of it. Not of incidents that SRE has.
//!
//! What there is to say goes through the queue like any event: in the order of its incident, and once for each shift, however often
//! this runs. Whom it mentions is decided when it is posted.

use crate::domain::calendar::{Calendar, Day};
use crate::domain::destination::Destination;
use crate::domain::incident::{Escalation, EventKind, IncidentEvent, IncidentId, State};
use crate::domain::member::Members;
use crate::domain::policy::Ignored;
use crate::ledger::incident::KnownIncident;
use crate::ledger::{Ledger, Mentioned, Posted};
use crate::pagerduty::acting::{Actor, Seen, explained};
use crate::queue::{QueueError, Queues, own_messages};
use crate::relay::side_by_side::side_by_side;
use crate::relay::team::Team;
use crate::source::own;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// As this runs every ten minutes, once in this time at least, and mostly ten minutes before the end.
const BEFORE: TimeDelta = TimeDelta::minutes(15);
/// What becomes of it is not said later than this.
const AFTER: TimeDelta = TimeDelta::minutes(30);
/// The most that asking PagerDuty may take: without an answer it is left out when SRE is called.
const ASKING: Duration = Duration::from_secs(8);
/// The most that reading the rotation may take.
const READING: Duration = Duration::from_secs(3);
/// The most that queueing may take.
const QUEUEING: Duration = Duration::from_secs(10);

/// Says what is open when a shift ends.
#[derive(Debug)]
pub struct Shifts {
    pub team: Team,
    /// What has been posted.
    pub ledger: Arc<Ledger>,
    /// Where there is something to say; the worker does the rest.
    pub queues: Queues,
    /// Who asks PagerDuty when it calls SRE; `None` if nobody does.
    pub actor: Option<Actor>,
}

/// Why nothing was said. The next tick may.
#[derive(Debug, thiserror::Error)]
pub enum Unsaid {
    #[error("the ledger does not say what is open, so the end of the shift is not told")]
    Ledger,
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error("the queue did not answer in time, so the end of the shift is not told")]
    QueueTooSlow,
}

/// Where in the shift it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// It ends then.
    Ends(DateTime<Utc>),
    /// It has ended then.
    Over(DateTime<Utc>),
}

impl Shifts {
    /// Queues what there is to say now, and counts it.
    pub async fn run(&self, now: DateTime<Utc>) -> Result<usize, Unsaid> {
        if phase(&self.team.settings.calendar, now).is_none() {
            return Ok(0);
        }
        let reading = self.team.roster.read(&self.ledger, Instant::now() + READING, now);
        let (reading, open, seen) = tokio::join!(reading, self.ledger.open_incidents(), self.triggered());
        let calendar = self.team.settings.calendar_with(&reading);
        // The company may have a day off.
        let Some(phase) = phase(&calendar, now) else { return Ok(0) };
        let open = open.ok_or(Unsaid::Ledger)?;
        let members = reading.as_ref().ok().and_then(|reading| reading.workbook.members.as_ref());
        let events = match phase {
            Phase::Ends(at) => {
                let posted = self.ledger.posted_between(calendar.opening(calendar.date(now)), now).await;
                let mentions = posted.ok_or(Unsaid::Ledger)?.into_iter();
                let is_of_a_sender = |posted: &Posted| posted.mentioned != Mentioned::Nobody && !posted.kind.is_ours();
                let mentions = mentions.filter(is_of_a_sender);
                let mentioned: BTreeSet<IncidentId> = mentions.map(|posted| posted.incident).collect();
                let open = open.iter().filter(|known| known.id.is_pagerdutys() && mentioned.contains(&known.id));
                let open = open.filter(|known| !self.is_at_sre(known, &seen, members));
                open.map(|known| self.event(EventKind::ShiftEnds, known, &seen, members, at, now)).collect()
            }
            Phase::Over(at) => {
                let told = open.iter().filter(|known| known.shift_ends_at == Some(at));
                told.map(|known| self.event(EventKind::ShiftOver, known, &seen, members, at, now)).collect()
            }
        };
        self.enqueue(events, now).await
    }

    /// What PagerDuty has triggered; nothing if it is not asked, or does not answer in time.
    async fn triggered(&self) -> BTreeMap<IncidentId, Seen> {
        let Some(actor) = &self.actor else { return BTreeMap::new() };
        match timeout(ASKING, actor.triggered()).await {
            Ok(Ok(seen)) => seen,
            Ok(Err(error)) => {
                tracing::warn!("when SRE is called is not known: {}", explained(&error));
                BTreeMap::new()
            }
            Err(_) => {
                tracing::warn!("when SRE is called is not known: PagerDuty did not answer in time");
                BTreeMap::new()
            }
        }
    }

    fn is_at_sre(&self, known: &KnownIncident, seen: &BTreeMap<IncidentId, Seen>, members: Option<&Members>) -> bool {
        let ignored = &self.team.settings.policy.ignored;
        match seen.get(&known.id) {
            Some(seen) => {
                let is_called = self.actor.as_ref().is_some_and(|actor| actor.called(seen, ignored).is_ok());
                is_called || seen.escalation(members, ignored) == Escalation::Reached
            }
            // As PagerDuty's webhooks have told.
            None => known.status().is_some_and(|status| status.sre.is_some()) || are_strangers(known, members, ignored),
        }
    }

    fn event(
        &self,
        kind: EventKind,
        known: &KnownIncident,
        seen: &BTreeMap<IncidentId, Seen>,
        members: Option<&Members>,
        ends_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> IncidentEvent {
        let ignored = &self.team.settings.policy.ignored;
        let escalation = match (seen.get(&known.id), known.state) {
            (Some(seen), _) => Some(seen.escalation(members, ignored)),
            (None, Some(State::Acknowledged)) if self.actor.is_some() => Some(Escalation::Acknowledged),
            (None, _) => None,
        };
        own::of_the_shift(kind, known.incident(), escalation, ends_at, now)
    }

    async fn enqueue(&self, events: Vec<IncidentEvent>, now: DateTime<Utc>) -> Result<usize, Unsaid> {
        let destinations: &[Destination] = self.team.alerts.destinations();
        let deadline = Instant::now() + QUEUEING;
        let queue = async |event: &IncidentEvent| {
            let put = self.queues.rest.put(&own_messages(event, destinations, now)).await;
            let incident = event.incident.id.as_ref().map(tracing::field::display);
            tracing::info!(event = %event.key, kind = event.kind.name(), incident, is_queued = put.is_ok(), "the shift");
            put
        };
        let answers = side_by_side(events.iter().map(queue), deadline).await;
        let count = answers.len();
        for answer in answers {
            answer.ok_or(Unsaid::QueueTooSlow)??;
        }
        Ok(count)
    }
}

/// Whether only people have it in PagerDuty whom the members tab does not know; placeholder users are nobody.
fn are_strangers(known: &KnownIncident, members: Option<&Members>, ignored: &Ignored) -> bool {
    let mut real = ignored.real(&known.holders.first).peekable();
    let is_held = real.peek().is_some() && !ignored.is_empty();
    is_held && !real.any(|person| members.is_some_and(|members| members.by_pagerduty(person).is_some()))
}

/// `None` if no shift of a working day ends now. One may end at midnight.
fn phase(calendar: &Calendar, now: DateTime<Utc>) -> Option<Phase> {
    let today = calendar.date(now);
    let days = [Some(today), today.pred_opt()].into_iter().flatten();
    days.filter(|day| calendar.day(*day) == Day::Working).find_map(|day| {
        let at = calendar.closing(day);
        if now < at {
            (at - now <= BEFORE).then_some(Phase::Ends(at))
        } else {
            (now - at < AFTER).then_some(Phase::Over(at))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::{BusinessDays, BusinessHours, CompanyHolidays, NationalHolidays};

    #[test]
    fn a_shift_ends_on_working_days_alone() {
        for (hours, now, expected) in [
            ("10:00-17:00", "24T16:44", None),
            ("10:00-17:00", "24T16:45", Some(("ends", "24T17:00"))),
            ("10:00-17:00", "24T16:59", Some(("ends", "24T17:00"))),
            ("10:00-17:00", "24T17:00", Some(("over", "24T17:00"))),
            ("10:00-17:00", "24T17:29", Some(("over", "24T17:00"))),
            ("10:00-17:00", "24T17:30", None),
            // Saturday, and a holiday on a Monday.
            ("10:00-17:00", "21T16:50", None),
            ("10:00-17:00", "23T16:50", None),
            ("12:00-24:00", "24T23:50", Some(("ends", "25T00:00"))),
            ("12:00-24:00", "25T00:00", Some(("over", "25T00:00"))),
            ("12:00-24:00", "24T00:00", None),
        ] {
            let at = |time: &str| format!("2026-11-{time}:00+09:00").parse::<DateTime<Utc>>().expect("an instant");
            let calendar = Calendar {
                zone: chrono_tz::Asia::Tokyo,
                hours: BusinessHours::parse(hours).expect("hours"),
                days: BusinessDays::parse("Mon-Fri").expect("days"),
                national: NationalHolidays::Japan,
                company: Arc::new(CompanyHolidays::new()),
            };
            let expected = expected.map(|(phase, time)| match phase {
                "ends" => Phase::Ends(at(time)),
                _ => Phase::Over(at(time)),
            });
            assert_eq!(phase(&calendar, at(now)), expected, "{hours} {now}");
        }
    }
}
