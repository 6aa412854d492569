//! Several events as one message, because the chat takes no more: new incidents with all their tags, or what followed in one
//! incident; with one mention. The same steps as for one event, each for all of them.

use crate::chat::delivery::Outlet;
use crate::domain::destination::Destination;
use crate::domain::incident::{EventKind, Illegible, IncidentEvent, Status};
use crate::domain::message::event::explanation;
use crate::domain::message::together::{Where, followed, incidents};
use crate::domain::policy::Decision;
use crate::domain::unreadable::Unreadable;
use crate::ledger::incident::KnownIncident;
use crate::ledger::{Attempt, Ended, Grant, Introduced, Mentioned, Settlement};
use crate::net::panics::caught;
use crate::relay::deliver::Relay;
use crate::relay::post::{Message, Outcome, Posting, Said, Subject, notice, post};
use crate::relay::side_by_side::side_by_side;
use crate::relay::thread;
use crate::roster::Reading;
use crate::source::given_up;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::Instant;

/// What is posted is recorded even if the time for posting is over.
const SETTLING: Duration = Duration::from_secs(2);

/// What `toban explain` adds for an event in such a message: it is not its own.
const WHY: &str = "one message for several events, because the chat took no more";

/// An event that is posted now.
struct Part<'a> {
    event: &'a IncidentEvent,
    grant: Grant,
    incident: Option<Introduced>,
}

impl Relay {
    /// Delivers several events to one destination as one message: each the beginning of another incident, or all of one
    /// incident, in their order. One that turns out to begin nothing goes out by itself. The answers are in the order of the events.
    pub async fn deliver_together(
        &self,
        mut events: Vec<IncidentEvent>,
        destination: Destination,
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> Vec<Outcome> {
        let together = self.tell_together(&mut events, destination, deadline, now).await;
        let mut outcomes = Vec::new();
        for (event, outcome) in events.into_iter().zip(together) {
            outcomes.push(match outcome {
                Some(outcome) => outcome,
                // Boxed, as it is rare.
                None => Box::pin(self.deliver(event, destination, deadline, now)).await,
            });
        }
        outcomes
    }

    /// The same, with no answer for what is still to go out by itself.
    async fn tell_together(
        &self,
        events: &mut [IncidentEvent],
        destination: Destination,
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> Vec<Option<Outcome>> {
        let outlets = self.team.alerts.of(destination);
        let begun = Instant::now();
        // The other half is for posting it.
        let until = begun + deadline.saturating_duration_since(begun) / 2;
        let begin = async |event: &mut IncidentEvent| self.introduce_and_claim(event, &outlets, now).await;
        let calls = events.iter_mut().map(begin);
        let (begun, reading) = tokio::join!(side_by_side(calls, until), self.read(until, now));
        let mut outcomes = Vec::new();
        let mut parts = Vec::new();
        let mut alone = BTreeSet::new();
        // What follows one that has to wait does not overtake it.
        let is_one_incident = is_one_incident(events);
        let mut held_up = None;
        for (nth, (event, begun)) in events.iter().zip(begun).enumerate() {
            let outcome = match begun {
                Some(Ok((grant, _))) if held_up.is_some() => {
                    self.give_back(grant, event, now).await;
                    held_up
                }
                // The chat was told before that it is open, so among new incidents it is none.
                Some(Ok((grant, _))) if !is_one_incident && event.kind == EventKind::StateChanged => {
                    self.give_back(grant, event, now).await;
                    alone.insert(nth);
                    None
                }
                Some(Ok((grant, incident))) => {
                    parts.push(Part { event, grant, incident });
                    None
                }
                Some(Err(outcome)) => Some(outcome),
                None => Some(Outcome::NotTaken),
            };
            if let Some(outcome) = outcome {
                self.tally.delivery(destination, outcome.name(), "none");
            }
            if is_one_incident && held_up.is_none() {
                held_up = outcome.filter(|outcome| !outcome.is_taken());
            }
            outcomes.push(outcome);
        }
        if parts.is_empty() {
            self.team.roster.share(&self.ledger, now).await;
            return outcomes;
        }

        let mut incident = if is_one_incident { shared(&mut parts) } else { None };
        let messages = match &incident {
            Some(incident) => self.followed(&parts, incident.known.as_deref(), &outlets, &reading, now),
            None => self.digests(&parts, &outlets, &reading, now),
        };
        let status = incident.as_ref().and_then(|incident| incident.known.as_ref()?.status());
        let reasons: Vec<_> =
            outlets.iter().map(|outlet| self.reasons(&parts, outlet, &reading, status.as_ref(), now)).collect();
        let subjects: Vec<_> = parts.iter().map(|part| Subject::of(part.event)).collect();
        let posting =
            post(&messages, &subjects, self.via.of(parts.iter().all(|part| part.event.is_beginning())), deadline, now)
                .await;
        let mut ends = Vec::new();
        let counted = &reasons[posting.accepted.as_ref().map_or(0, |accepted| accepted.nth)];
        for (Part { grant, .. }, (rule, _)) in parts.iter_mut().zip(counted) {
            let ended = self.ledger.conclude(grant, posting.ended, now);
            self.tally.delivery(destination, ended.name(), rule);
            ends.push((ended, Outcome::after(ended, grant, posting.again, now)));
        }
        // One message counts once.
        let counts = parts.iter().position(|part| part.event.kind.calls_somebody()).unwrap_or_default();
        let changes_status = parts.iter().any(|part| part.event.kind.changes_status());
        let settle_all = async {
            let parts = parts.into_iter().zip(&ends).enumerate();
            let why = |nth: usize, attempt: &Attempt| {
                let outlet = outlets.iter().position(|outlet| outlet.place == attempt.place);
                outlet.map(|outlet| reasons[outlet][nth].1.clone()).unwrap_or_default()
            };
            let Some(incident) = &mut incident else {
                let settle = async |(nth, (part, (ended, _))): (usize, (Part<'_>, &(Ended, Outcome)))| {
                    let Part { event, grant, mut incident } = part;
                    let why = |attempt: &Attempt| why(nth, attempt);
                    let settlement = settlement((event, nth == counts), *ended, &messages, &posting, why);
                    self.ledger.settle(grant, settlement, incident.as_mut(), now).await;
                };
                side_by_side(parts.map(settle), Instant::now() + SETTLING).await;
                return;
            };
            // One after the other, as each writes the same incident.
            for (nth, (Part { event, grant, .. }, (ended, _))) in parts {
                let accepted = posting.accepted.as_ref();
                let first = accepted.and_then(|accepted| thread::begun_by(&messages[accepted.nth], accepted));
                let why = |attempt: &Attempt| why(nth, attempt);
                let settlement = settlement((event, nth == counts), *ended, &messages, &posting, why);
                let settlement = Settlement { first, ..settlement };
                self.ledger.settle(grant, settlement, Some(incident), now).await;
            }
        };
        tokio::join!(settle_all, self.team.roster.share(&self.ledger, now));

        if let Some(accepted) = &posting.accepted {
            let message = &messages[accepted.nth];
            for Subject { key: event, what, number } in &subjects {
                let chat = message.outlet.chat.name();
                tracing::info!(%event, kind = what, incident = number, chat, "posted with others in one message");
            }
            let known = incident.as_ref().and_then(|incident| incident.known.as_deref());
            if let (Some(known), Some(first), true) = (known, &accepted.thread, changes_status)
                && let Some(update) = self.status_update(known, now)
            {
                thread::update(&self.ledger, known, (message, accepted), first, &update, deadline, now).await;
            }
        }
        let mut ends = ends.into_iter().map(|(_, outcome)| outcome);
        let end = |(nth, outcome): (usize, Option<Outcome>)| {
            if alone.contains(&nth) { None } else { outcome.or_else(|| ends.next()) }
        };
        outcomes.into_iter().enumerate().map(end).collect()
    }

    /// The digest of new incidents for each chat.
    fn digests<'a>(
        &self,
        parts: &[Part<'_>],
        outlets: &[Outlet<'a>],
        reading: &Result<Reading, Unreadable>,
        now: DateTime<Utc>,
    ) -> Vec<Message<'a>> {
        let language = self.team.settings.language;
        let message = |(nth, outlet): (usize, &Outlet<'a>)| {
            let notice = notice(marked(parts), nth);
            let said = self.said(parts, outlet, reading, None, now, |events| incidents(events, language, notice));
            Message::new(*outlet, said, language, WHY.to_owned())
        };
        outlets.iter().enumerate().map(message).collect()
    }

    /// What followed in one incident, for each chat.
    fn followed<'a>(
        &self,
        parts: &[Part<'_>],
        known: Option<&KnownIncident>,
        outlets: &[Outlet<'a>],
        reading: &Result<Reading, Unreadable>,
        now: DateTime<Utc>,
    ) -> Vec<Message<'a>> {
        let settings = &self.team.settings;
        let status = known.and_then(KnownIncident::status);
        let message = |(nth, outlet): (usize, &Outlet<'a>)| {
            let thread = thread::first_message(known, *outlet);
            let place = if thread.is_some() { Where::InTheThread } else { Where::First };
            let notice = notice(marked(parts), nth);
            let said = |place| {
                let word = |events: &[(&IncidentEvent, &Decision)]| {
                    let context = settings.context(events[0].0, outlet.chat, reading, notice, status.as_ref());
                    followed(events, place, context)
                };
                self.said(parts, outlet, reading, status.as_ref(), now, word)
            };
            let whole = thread.is_some().then(|| Box::new(said(Where::First)));
            Message { thread, whole, ..Message::new(*outlet, said(place), settings.language, WHY.to_owned()) }
        };
        outlets.iter().enumerate().map(message).collect()
    }

    /// Decides for an event in the place of a part. `known` is how the incident stands of which they all are; otherwise each has
    /// its own.
    fn decide(
        &self,
        (event, part): (&IncidentEvent, &Part<'_>),
        outlet: &Outlet<'_>,
        reading: &Result<Reading, Unreadable>,
        known: Option<&Status>,
        now: DateTime<Utc>,
    ) -> Decision {
        let own = || part.incident.as_ref()?.known.as_ref()?.status();
        let status = known.cloned().or_else(own);
        let decision = self.team.settings.decide(event, outlet.chat, reading, status.as_ref(), now);
        if part.grant.may_mention() { decision } else { decision.repeated() }
    }

    /// Why each of the events mentions whom it mentions in a chat: the rule's name, and the beginning of a sentence.
    fn reasons(
        &self,
        parts: &[Part<'_>],
        outlet: &Outlet<'_>,
        reading: &Result<Reading, Unreadable>,
        known: Option<&Status>,
        now: DateTime<Utc>,
    ) -> Vec<(&'static str, String)> {
        let read_at = reading.as_ref().ok().map(|reading| reading.read_at);
        let reason = |part: &Part<'_>| {
            let decision = self.decide((part.event, part), outlet, reading, known, now);
            let why = format!("{} · ", explanation(&decision, read_at, self.team.settings.language).plain());
            (decision.reason.rule.name(), why)
        };
        parts.iter().map(|part| caught(|| reason(part)).unwrap_or(("none", String::new()))).collect()
    }

    /// Decides for each event and words them all; if that panics, words instead that they could not be read.
    fn said(
        &self,
        parts: &[Part<'_>],
        outlet: &Outlet<'_>,
        reading: &Result<Reading, Unreadable>,
        known: Option<&Status>,
        now: DateTime<Utc>,
        word: impl Fn(&[(&IncidentEvent, &Decision)]) -> Said,
    ) -> Said {
        let all = |events: &[&IncidentEvent]| {
            let decide = |event| self.decide(event, outlet, reading, known, now);
            let decisions: Vec<_> = events.iter().copied().zip(parts).map(decide).collect();
            word(&events.iter().copied().zip(&decisions).collect::<Vec<_>>())
        };
        let events: Vec<_> = parts.iter().map(|part| part.event).collect();
        caught(|| all(&events)).unwrap_or_else(|| {
            let plain: Vec<_> = events.iter().map(|event| given_up(event, Illegible::Panicked)).collect();
            all(&plain.iter().collect::<Vec<_>>())
        })
    }
}

/// The grant by which the message says that it may be a repeat: one that may be, if there is any.
fn marked<'a>(parts: &'a [Part<'_>]) -> &'a Grant {
    let is_perhaps_a_repeat = |part: &&Part<'_>| part.grant.is_perhaps_a_repeat;
    &parts.iter().find(is_perhaps_a_repeat).unwrap_or(&parts[0]).grant
}

fn is_one_incident(events: &[IncidentEvent]) -> bool {
    let ids = || events.iter().map(|event| &event.incident.id);
    ids().all(|id| id.is_some() && Some(id) == ids().next())
}

/// The incident of all events, with what each of them adds.
fn shared(parts: &mut [Part<'_>]) -> Option<Introduced> {
    let with = parts.iter().position(|part| part.incident.as_ref().is_some_and(|incident| incident.known.is_some()));
    let nth = with.unwrap_or_default();
    let mut incident = parts[nth].incident.take()?;
    let others = parts.iter().enumerate().filter(|(number, _)| *number != nth);
    others.for_each(|(_, part)| incident.learn(part.event));
    Some(incident)
}

/// What there is to record of one of the events, and of the message if that counts with this one.
fn settlement<'e>(
    (event, counts): (&'e IncidentEvent, bool),
    ended: Ended,
    messages: &[Message<'_>],
    posting: &Posting,
    why: impl Fn(&Attempt) -> String,
) -> Settlement<'e> {
    // What the chat has refused is said of the whole message.
    let why = |attempt: &Attempt| why(attempt) + &attempt.why;
    let own = |attempt: &Attempt| Attempt { why: why(attempt), ..attempt.clone() };
    let attempts = posting.attempts.iter().map(own).collect();
    let accepted = posting.accepted.as_ref();
    let mentioned = match accepted.map(|accepted| accepted.mentioned(&messages[accepted.nth])) {
        Some(Mentioned::Somebody) if !counts => Mentioned::WithAnother,
        mentioned => mentioned.unwrap_or(Mentioned::Nobody),
    };
    Settlement { what: event.kind.name(), event: Some(event), ended, attempts, mentioned, first: None, links: None }
}
