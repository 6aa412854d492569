//! Several new incidents as one message with all their tags and one mention, because the chat takes no more: the same steps as
//! for one event, each for all of them.

use crate::chat::delivery::Outlet;
use crate::domain::destination::Destination;
use crate::domain::incident::{Illegible, IncidentEvent};
use crate::domain::message::digest;
use crate::domain::unreadable::Unreadable;
use crate::ledger::{Attempt, Grant, Introduced, Mentioned, Settlement};
use crate::net::panics::caught;
use crate::relay::deliver::Relay;
use crate::relay::post::{Message, Outcome, Subject, notice, post};
use crate::relay::side_by_side::side_by_side;
use crate::roster::Reading;
use crate::source::given_up;
use chrono::{DateTime, Utc};
use std::time::Duration;
use tokio::time::Instant;

/// What is posted is recorded even if the time for posting is over.
const SETTLING: Duration = Duration::from_secs(2);

/// What `toban explain` says of an event in a digest: the message is not its own.
const WHY: &str = "one message for several incidents, because the chat took no more";

/// An event that is posted now.
struct Part<'a> {
    event: &'a IncidentEvent,
    grant: Grant,
    incident: Option<Introduced>,
}

impl Relay {
    /// Delivers several new incidents to one destination as one message. The answers are in the order of the events.
    pub async fn deliver_digest(
        &self,
        mut events: Vec<IncidentEvent>,
        destination: Destination,
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> Vec<Outcome> {
        let outlets = self.team.alerts.of(destination);
        let begun = Instant::now();
        // The other half is for posting it.
        let until = begun + deadline.saturating_duration_since(begun) / 2;
        let begin = async |event: &mut IncidentEvent| self.introduce_and_claim(event, &outlets, now).await;
        let calls = events.iter_mut().map(begin);
        let (begun, reading) = tokio::join!(side_by_side(calls, until), self.read(until, now));
        let mut outcomes = Vec::new();
        let mut parts = Vec::new();
        for (event, begun) in events.iter().zip(begun) {
            outcomes.push(match begun {
                Some(Ok((grant, incident))) => {
                    parts.push(Part { event, grant, incident });
                    None
                }
                Some(Err(outcome)) => Some(outcome),
                None => Some(Outcome::NotTaken),
            });
        }
        let Some(first) = parts.first() else {
            self.team.roster.share(&self.ledger, now).await;
            return outcomes.into_iter().flatten().collect();
        };

        let is_perhaps_a_repeat = |part: &&Part<'_>| part.grant.is_perhaps_a_repeat;
        let grant = &parts.iter().find(is_perhaps_a_repeat).unwrap_or(first).grant;
        let all: Vec<_> = parts.iter().map(|part| part.event).collect();
        let messages = self.digests(&all, &outlets, grant, &reading, now);
        let subjects: Vec<_> = all.iter().map(|event| Subject::of(event)).collect();
        let posting = post(&messages, &subjects, deadline, now).await;
        let accepted = posting.accepted.as_ref();
        let mentioned = accepted.map_or(Mentioned::Nobody, |accepted| accepted.mentioned(&messages[accepted.nth]));
        let settle = async |Part { event, grant, mut incident }: Part<'_>| {
            let what = event.kind.name();
            let number = event.incident.number.map(|number| number.0);
            let attempts = posting.attempts.iter().cloned();
            let attempts = attempts.map(|attempt| Attempt { incident: number, ..attempt }).collect();
            let settlement =
                Settlement { what, event: Some(event), ended: posting.ended, attempts, mentioned, first: None };
            self.ledger.settle(grant, settlement, incident.as_mut(), now).await;
            if let Some(accepted) = accepted {
                let chat = messages[accepted.nth].outlet.chat.name();
                tracing::info!(event = %event.key, incident = number, chat, "posted in a digest");
            }
        };
        let settled = side_by_side(parts.into_iter().map(settle), Instant::now() + SETTLING);
        tokio::join!(settled, self.team.roster.share(&self.ledger, now));
        let posted = if accepted.is_some() { Outcome::Posted } else { Outcome::NotTaken };
        outcomes.into_iter().map(|outcome| outcome.unwrap_or(posted)).collect()
    }

    /// The message for each chat.
    fn digests<'a>(
        &self,
        events: &[&IncidentEvent],
        outlets: &[Outlet<'a>],
        grant: &Grant,
        reading: &Result<Reading, Unreadable>,
        now: DateTime<Utc>,
    ) -> Vec<Message<'a>> {
        let settings = &self.team.settings;
        let message = |(nth, outlet): (usize, &Outlet<'a>)| {
            let word = |events: &[&IncidentEvent]| {
                let decide = |event: &&IncidentEvent| settings.decide(event, outlet.chat, reading, now);
                let decisions: Vec<_> = events.iter().map(decide).collect();
                let all = events.iter().copied().zip(&decisions).collect::<Vec<_>>();
                let said = digest::message(&all, settings.language, notice(grant, nth));
                Message::new(*outlet, said, settings.language, WHY.to_owned())
            };
            caught(|| word(events)).unwrap_or_else(|| {
                let plain: Vec<_> = events.iter().map(|event| given_up(event, Illegible::Panicked)).collect();
                word(&plain.iter().collect::<Vec<_>>())
            })
        };
        outlets.iter().enumerate().map(message).collect()
    }
}
