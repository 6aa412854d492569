//! One event from arrival to posted, from top to bottom: introduce and claim, decide and word, post, settle, bring the first
//! message up to date.

mod postpone;

use crate::chat::delivery::Outlet;
use crate::domain::destination::Destination;
use crate::domain::incident::{Illegible, IncidentEvent};
use crate::domain::message::event::{begins_again, reply};
use crate::domain::message::status;
use crate::domain::policy::Decision;
use crate::domain::seen::{Earlier, Seen};
use crate::domain::unreadable::Unreadable;
use crate::ledger::incident::KnownIncident;
use crate::ledger::{Attempt, Beginning, Ended, Grant, Introduced, Ledger, Mentioned, Question, Settlement};
use crate::net::panics::caught;
use crate::relay::post::{Accepted, Message, Outcome, Subject, granted, notice, post};
use crate::relay::tally::Tally;
use crate::relay::team::{Known, Team, TeamSettings, Worded};
use crate::relay::thread::{self, StatusUpdate};
use crate::relay::via::Via;
use crate::roster::{LIMIT, Reading};
use crate::source::given_up;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join;
use std::pin::pin;
use std::sync::Arc;
use tokio::time::Instant;

/// Delivers events.
#[derive(Debug)]
pub struct Relay {
    pub team: Team,
    /// What has been posted.
    pub ledger: Arc<Ledger>,
    /// How events come.
    pub via: Via,
    pub tally: Tally,
}

/// What is known of an event's incident, with the right to post the event, or how its delivery ends; and the rotation.
type Asked = (Result<(Grant, Option<Introduced>), Outcome>, Result<Reading, Unreadable>);

impl Relay {
    /// Reads the rotation before the first event comes, so that the first alert does not wait for it. Without an answer
    /// the first alert asks again; nothing is left running.
    pub async fn warm(&self, now: DateTime<Utc>) -> Result<(), Unreadable> {
        self.read(Instant::now() + LIMIT, now).await.map(drop)
    }

    pub(super) async fn read(&self, deadline: Instant, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
        self.team.roster.read(&self.ledger, deadline, now).await
    }

    /// Delivers one event everywhere by the deadline, side by side; one chat is enough.
    pub async fn deliver_everywhere(&self, event: IncidentEvent, deadline: Instant, now: DateTime<Utc>) -> Outcome {
        match self.team.alerts.destinations() {
            [one] => self.deliver(event, *one, deadline, now).await,
            [first, second, ..] => {
                // Boxed, so that an event for one chat is not moved about with the room for two.
                let (first, second) = tokio::join!(
                    Box::pin(self.deliver(event.clone(), *first, deadline, now)),
                    Box::pin(self.deliver(event, *second, deadline, now))
                );
                Outcome::of_any([first, second])
            }
            [] => Outcome::NotTaken,
        }
    }

    /// Delivers one event to one destination by the deadline.
    pub async fn deliver(
        &self,
        mut event: IncidentEvent,
        destination: Destination,
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> Outcome {
        let outlets = self.team.alerts.of(destination);
        // Boxed, so that the rest of the delivery has no room for all of this in its state.
        let ((begun, reading), earlier) = Box::pin(self.begin(&mut event, &outlets, deadline, now)).await;
        let (mut grant, mut incident) = match begun {
            Ok(begun) => begun,
            Err(outcome) => {
                self.tally.delivery(destination, outcome.name(), "none");
                Box::pin(self.team.roster.share(&self.ledger, now)).await;
                return outcome;
            }
        };

        let known = incident.as_ref().and_then(|incident| incident.known.as_deref());
        let (messages, decisions) = self.messages(&event, (known, &earlier), &outlets, &grant, &reading, now);
        let subject = Subject::of(&event);
        let posting = {
            let subjects = [subject];
            // Boxed, as the rest of the delivery comes after it.
            Box::pin(post(&messages, &subjects, self.via.of(event.is_beginning()), deadline, now)).await
        };
        let accepted = posting.accepted.as_ref();
        let is_first_choice = |accepted: &&Accepted| accepted.nth == 0;
        let link = match accepted.filter(is_first_choice).and_then(|_| thread::unlinked(known, outlets[0])) {
            // Boxed, as it is asked for once in a thread.
            Some(first) => Box::pin(thread::link(outlets[0], &first)).await,
            None => None,
        };
        let ended = self.ledger.conclude(&mut grant, posting.ended, now);
        let outcome = Outcome::after(ended, &grant, posting.again, now);
        let decision = &decisions[accepted.map_or(0, |accepted| accepted.nth)];
        self.tally.delivery(destination, ended.name(), decision.reason.rule.name());
        let settlement = Settlement {
            what: subject.what,
            event: Some(&event),
            ended,
            attempts: posting.attempts,
            mentioned: accepted.map_or(Mentioned::Nobody, |accepted| accepted.mentioned(&messages[accepted.nth])),
            first: accepted.and_then(|accepted| thread::begun_by(&messages[accepted.nth], accepted)),
            links: accepted
                .and_then(|accepted| thread::links(known, &event, link, (messages[accepted.nth].outlet, accepted))),
        };
        // Beside it, what was read of the sheet is kept for the other instances: nobody waits for either.
        let settle = self.ledger.settle(grant, settlement, incident.as_mut(), now);
        tokio::join!(settle, Box::pin(self.team.roster.share(&self.ledger, now)));

        let Some(accepted) = accepted else {
            return outcome;
        };
        let message = &messages[accepted.nth];
        log(&event, message, &decisions[accepted.nth]);
        let known = incident.as_ref().and_then(|incident| incident.known.as_deref());
        if let (Some(known), Some(first), true) = (known, &accepted.thread, event.kind.changes_status())
            && let Some(update) = self.status_update(known, now)
        {
            // Boxed, as a new incident has nothing to bring up to date.
            let posted = (message, accepted);
            Box::pin(thread::update(&self.ledger, known, posted, first, &update, deadline, now)).await;
        }
        outcome
    }

    /// All that is asked before the post, side by side: of the incident, for the claim, for the rotation, and whether the alert
    /// was seen before, for which nobody waits.
    async fn begin(
        &self,
        event: &mut IncidentEvent,
        outlets: &[Outlet<'_>],
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> (Asked, Vec<Earlier>) {
        let question = Question::of(event);
        let reading = self.read(deadline, now);
        let mut asked = None;
        // Pinned, and its answers kept here, so that they are not moved about with what is asked beside it.
        let ((), earlier) = {
            let needed = pin!(async {
                asked = Some(join(self.introduce_and_claim(event, outlets, now), reading).await);
            });
            self.ledger.beside_earlier(question, needed).await
        };
        (asked.expect("it was waited for"), earlier)
    }

    /// Fills in what is known of the event's incident, and claims the event; or how its delivery ends without a post.
    pub(super) async fn introduce_and_claim(
        &self,
        event: &mut IncidentEvent,
        outlets: &[Outlet<'_>],
        now: DateTime<Utc>,
    ) -> Result<(Grant, Option<Introduced>), Outcome> {
        let places: Vec<_> = outlets.iter().map(|outlet| outlet.place).collect();
        let (mut incident, claim) =
            tokio::join!(self.ledger.introduce(event), self.ledger.claim(&event.key, places[0], now));
        if let Some(incident) = &incident {
            incident.complete(event);
            incident.say_again(event, places[0]);
        }
        let mut grant = granted(claim, Subject::of(event), outlets[0])?;
        if let (Via::TwoQueues, Some(incident)) = (self.via, &incident) {
            let outcome = match incident.beginning(event, places[0], on_its_way(outlets), now) {
                Beginning::Told => None,
                Beginning::Untold => Some(Outcome::NotTaken),
                Beginning::OnItsWay(left) => Some(Outcome::Soon(left)),
            };
            if let Some(outcome) = outcome {
                tracing::info!(event = %event.key, kind = event.kind.name(), "it comes after its incident's beginning, which is not told yet");
                // Boxed, as it is rare.
                Box::pin(self.give_back(grant, event, now)).await;
                return Err(outcome);
            }
        }
        if let Some(why) = self.ledger.reported_before(event, incident.as_ref(), &places, now).await {
            // Boxed, as it is rare.
            Box::pin(self.leave(grant, event, incident.as_mut(), why, outlets[0], now)).await;
            return Err(Outcome::Repeat);
        }
        grant.is_perhaps_a_repeat |=
            incident.as_ref().is_some_and(|incident| incident.was_perhaps_told(event, places[0]));
        Ok((grant, incident))
    }

    /// The message for each chat, and why.
    fn messages<'a>(
        &self,
        event: &IncidentEvent,
        (known, earlier): (Option<&KnownIncident>, &[Earlier]),
        outlets: &[Outlet<'a>],
        grant: &Grant,
        reading: &Result<Reading, Unreadable>,
        now: DateTime<Utc>,
    ) -> (Vec<Message<'a>>, Vec<Decision>) {
        let settings = &self.team.settings;
        let status = known.and_then(KnownIncident::status);
        let message = |(nth, outlet): (usize, &Outlet<'a>)| {
            let notice = notice(grant, nth);
            let seen = (!earlier.is_empty()).then(|| Seen::at(earlier, outlet.place, &outlet.chat.home()));
            let stands = Known { status: status.as_ref(), seen };
            let word = |event: &IncidentEvent| settings.word(event, outlet.chat, reading, notice, stands, now);
            let Worded { said, rendered, why, decision } = worded_or_given_up(event, word);
            let thread = thread::first_message(known, *outlet);
            let language = settings.language;
            let whole = Message { outlet: *outlet, said, language, rendered, why, thread, whole: None };
            let context = settings.context(event, outlet.chat, reading, notice, status.as_ref());
            let mut message = whole.shortened(|| reply(event, &decision, context));
            message.rendered.is_for_all = begins_again(event, status.as_ref());
            (message, decision)
        };
        outlets.iter().enumerate().map(message).unzip()
    }

    /// Ends a delivery of what was reported before in another way.
    async fn leave(
        &self,
        grant: Grant,
        event: &IncidentEvent,
        incident: Option<&mut Introduced>,
        why: &str,
        outlet: Outlet<'_>,
        now: DateTime<Utc>,
    ) {
        let (chat, what) = (outlet.chat.name(), event.kind.name());
        tracing::info!(event = %event.key, what, chat, "{why}; nothing is posted");
        // It is recorded as if it had been posted, for `toban explain`.
        let attempt = Attempt {
            at: now,
            what: what.to_owned(),
            incident: event.incident.number.map(|number| number.0),
            place: outlet.place,
            chat: chat.to_owned(),
            outcome: format!("not posted: {why}"),
            why: String::new(),
        };
        let settlement = Settlement {
            what,
            event: Some(event),
            ended: Ended::ReportedBefore,
            attempts: vec![attempt],
            mentioned: Mentioned::Nobody,
            first: None,
            links: None,
        };
        tokio::join!(self.ledger.settle(grant, settlement, incident, now), self.team.roster.share(&self.ledger, now));
    }

    /// The incident's status now. `None` if no event has said.
    pub(super) fn status_update(&self, known: &KnownIncident, now: DateTime<Utc>) -> Option<StatusUpdate> {
        let status = known.status()?;
        let TeamSettings { calendar, policy, language } = &self.team.settings;
        let now = now.with_timezone(&calendar.zone);
        caught(|| StatusUpdate {
            headline: status::headline(&status, *language),
            status: status::line(&status, &policy.ignored, *language, &now),
            language: *language,
        })
    }
}

/// How much later the beginning of an incident may come than what follows in it: a worker may have died with it, and the queue of
/// news hides what it has handed over for a minute. In a storm its turn may come later than that.
fn on_its_way(outlets: &[Outlet<'_>]) -> TimeDelta {
    let is_crowded = outlets.iter().any(|outlet| outlet.chat.pace().is_crowded(Instant::now()));
    if is_crowded { TimeDelta::minutes(15) } else { TimeDelta::seconds(90) }
}

/// Words an event; if that panics, words instead that it could not be read.
fn worded_or_given_up<T>(event: &IncidentEvent, word: impl Fn(&IncidentEvent) -> T) -> T {
    caught(|| word(event)).unwrap_or_else(|| word(&given_up(event, Illegible::Panicked)))
}

fn log(event: &IncidentEvent, message: &Message<'_>, decision: &Decision) {
    tracing::info!(
        event = %event.key,
        kind = event.kind.name(),
        incident = event.incident.number.map(|number| number.0),
        chat = message.outlet.chat.name(),
        mention = decision.mention.name(),
        rule = decision.reason.rule.name(),
        row = decision.reason.row.as_ref().map(tracing::field::display),
        late_seconds = decision.reason.delay().num_seconds(),
        why = message.why,
        "posted"
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incident::{EventKey, EventKind, Incident, Origin};
    use crate::domain::text::Foreign;

    #[test]
    fn a_panic_while_wording_becomes_the_plain_line() {
        let incident = Incident { title: Foreign::line("title"), ..Incident::default() };
        let key = EventKey("01G".into());
        let event = IncidentEvent::new(Origin::PagerDuty, key, EventKind::Triggered, DateTime::UNIX_EPOCH);
        let event = IncidentEvent { incident, ..event };
        let word = |event: &IncidentEvent| match &event.unreadable {
            None => panic!("a fault of the code"),
            Some(unreadable) => (unreadable.clone(), event.kind.clone(), event.incident.title.clone()),
        };
        let (unreadable, kind, title) = worded_or_given_up(&event, word);
        assert_eq!((unreadable.delivery.as_str(), unreadable.why), ("01G", Illegible::Panicked));
        assert_eq!(
            (kind, title),
            (EventKind::Triggered, None),
            "it still mentions, and says nothing of what made it panic"
        );
    }
}
