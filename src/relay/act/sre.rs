//! "Call SRE": PagerDuty hands the incident over to SRE's escalation policy. It counts as done only if PagerDuty says whom it
//! notifies; whatever else comes of it, the fallback is mentioned.

use super::press::Button;
use super::{Doing, Ended, KEPT};
use crate::chat::asking::Unanswered;
use crate::domain::few::Few;
use crate::domain::incident::{Details, EventKind, Incident, IncidentId, Ours, Person, SreCall, State};
use crate::domain::member::Members;
use crate::domain::press::{NothingDone, Obstacle};
use crate::ledger::incident::KnownIncident;
use crate::ledger::{Done, NewPress, Recorded};
use crate::pagerduty::PagerDutyError;
use crate::pagerduty::acting::{Actor, Seen, code, explained, obstacle};
use crate::pagerduty::state::PolicyId;
use crate::source::own;
use tokio::time::Instant;

/// How handing it over ended.
enum HandedOver {
    To(Few<Person>),
    Not(Obstacle),
    /// It was resolved meanwhile.
    Over,
}

impl Doing<'_> {
    pub(super) async fn call_sre(&self, button: Button<'_>) -> Ended {
        let Button { act, id, channel, standing, reading, known } = button;
        let press = self.press.id.as_str();
        // It may have been done, and somebody will know.
        if known.is_err() && self.receives > 1 && self.now - self.press.at < KEPT {
            tracing::warn!(press, incident = %id, "whether it is recorded is not known");
            return Ended::Again;
        }
        let recorded = known.as_ref().ok().and_then(Option::as_ref).filter(|known| known.has_pressed(press));
        let recorded = recorded.and_then(|known| self.recorded_as(known, &reading));
        let is_recorded = recorded.is_some();
        let who = match recorded {
            Some(who) => who,
            None if self.is_too_old() && known.is_ok() => return self.nothing(NothingDone::TooOld, None, None).await,
            // Slack was asked in vain: somebody may be waiting for SRE.
            None if matches!(standing, Err(Unanswered::Unavailable { .. })) && !self.is_too_old() => {
                tracing::warn!(press, incident = %id, "who has pressed cannot be asked at the moment");
                return Ended::Again;
            }
            None => match self.listed(&standing, &reading) {
                Ok(who) => who,
                Err(why) => return self.nothing(why, None, None).await,
            },
        };
        let known = match known {
            Ok(Some(known)) => known,
            Ok(None) => return self.nothing(NothingDone::UnknownIncident, None, None).await,
            Err(_) => {
                let incident = self.named(id).await;
                return self.tell_called(incident, who, Err(Obstacle::NotRecorded), true, None).await;
            }
        };
        self.outlet.chat.learn(channel);
        let call = known.call.as_ref().filter(|call| call.doer.press == press);
        match call.map(|call| &call.outcome) {
            Some(Some(outcome)) => return self.conclude(&known, who, outcome.clone(), None).await,
            None if is_recorded && known.call.is_some() => {
                tracing::warn!(press, incident = %id, "somebody has called SRE after it, which is told");
                return Ended::Done;
            }
            // It may have begun anew since, or another version has written the row.
            Some(None) | None => {}
        }
        let Some((actor, sre)) = self.actor.and_then(|actor| Some((actor, actor.sre.as_ref()?))) else {
            return self.nothing(NothingDone::NotSetUp, None, None).await;
        };
        let (seen, user) = tokio::join!(actor.look(id), actor.user());
        let members = reading.as_ref().ok().and_then(|reading| reading.workbook.members.as_ref());
        match &seen {
            Ok(seen) if seen.state == State::Resolved => return self.over(&known, seen.is_merged).await,
            Ok(seen) if !seen.is_ours => return self.nothing(NothingDone::OtherService, None, None).await,
            Ok(seen) => match self.at_sre(actor, seen, members) {
                Some(people) if is_recorded => return self.conclude(&known, who, Ok(people), None).await,
                Some(people) => return self.sre_has_it(&known, people).await,
                None => {}
            },
            Err(error) => self.not_done(id, error),
        }
        if !is_recorded && (self.is_too_old() || !self.is_ours()) {
            return self.nothing(NothingDone::TooOld, None, None).await;
        }
        let text = self.note(act, &who);
        let new = NewPress {
            id: press,
            act,
            who: &who,
            at: self.press.at,
            note: Some(&text),
            user: user.unwrap_or_default(),
            state_since: None,
        };
        let begun = Instant::now();
        let known = match self.relay.ledger.record(id, new, self.now).await {
            Ok(Recorded::Now(known) | Recorded::Before(known)) => known,
            Ok(Recorded::Nothing(known) | Recorded::Over(known)) => return self.over(&known, false).await,
            Ok(Recorded::Unknown) => return self.nothing(NothingDone::UnknownIncident, None, None).await,
            Err(_) if !self.is_ours() => return Ended::Again,
            Err(_) => {
                return self.tell_called(known.incident(), who, Err(Obstacle::NotRecorded), true, None).await;
            }
        };
        tracing::info!(press, user = self.press.user.as_str(), act = act.name(), incident = %id, "recorded");
        if !self.is_ours() {
            return Ended::Again;
        }
        let outcome = match &seen {
            Ok(seen) => match self.hand_over(actor, sre, id, seen).await {
                HandedOver::To(people) => Ok(people),
                HandedOver::Not(why) => Err(why),
                HandedOver::Over => return self.over(&known, false).await,
            },
            Err(error) => Err(obstacle(error)),
        };
        self.conclude(&known, who, outcome, (!is_recorded).then_some(begun)).await
    }

    /// Whom of SRE has it already, so that calling them again would only ring once more.
    fn at_sre(&self, actor: &Actor, seen: &Seen, members: Option<&Members>) -> Option<Few<Person>> {
        let ignored = &self.relay.team.settings.policy.ignored;
        if seen.state == State::Triggered {
            return actor.called(seen, ignored).ok();
        }
        // A developer with an account is not SRE; and what somebody else has acknowledged rings for nobody.
        let is_listed = |person: &&Person| members.is_some_and(|members| members.by_pagerduty(person).is_some());
        let has_it = |person: &&Person| seen.changed_by.as_ref() == Some(&person.id) && !is_listed(person);
        let others: Few<Person> = ignored.real(&seen.assignees.first).filter(has_it).cloned().collect();
        (seen.policy.is_some() && seen.policy == actor.sre && !others.is_empty()).then_some(others)
    }

    /// Asks PagerDuty to. An answer that was lost is looked for, and what changed meanwhile is asked for once more.
    async fn hand_over(&self, actor: &Actor, sre: &PolicyId, id: &IncidentId, seen: &Seen) -> HandedOver {
        let ignored = &self.relay.team.settings.policy.ignored;
        let judged = |seen: &Seen| match actor.called(seen, ignored) {
            Ok(people) => HandedOver::To(people),
            Err(_) if seen.state == State::Resolved => HandedOver::Over,
            Err(why) => HandedOver::Not(why),
        };
        let mut answer = actor.call_sre(id, sre, seen).await;
        if let Err(PagerDutyError::Invalid { code: Some(code::CHANGED_MEANWHILE), .. }) = &answer {
            answer = match actor.look(id).await {
                Ok(seen) if seen.state == State::Resolved => return HandedOver::Over,
                Ok(seen) => actor.call_sre(id, sre, &seen).await,
                Err(error) => Err(error),
            };
        }
        let error = match answer {
            Ok(seen) => return judged(&seen),
            Err(PagerDutyError::Invalid { code: Some(code::ALREADY_RESOLVED), .. }) => return HandedOver::Over,
            Err(error) => error,
        };
        self.not_done(id, &error);
        match &error {
            PagerDutyError::Invalid { code: Some(code::INVALID), .. } | PagerDutyError::NotFound { .. } => {
                HandedOver::Not(Obstacle::NoSuchPolicy)
            }
            PagerDutyError::Lost { .. } | PagerDutyError::Unexpected { .. } => match actor.look(id).await {
                Ok(seen) => match judged(&seen) {
                    HandedOver::Not(_) => HandedOver::Not(Obstacle::NoAnswer),
                    judged => judged,
                },
                Err(_) => HandedOver::Not(Obstacle::NoAnswer),
            },
            _ => HandedOver::Not(obstacle(&error)),
        }
    }

    pub(super) fn not_done(&self, id: &IncidentId, error: &PagerDutyError) {
        let error = explained(error);
        tracing::warn!(press = self.press.id, incident = %id, "PagerDuty has not done it: {error}");
    }

    /// Keeps what came of it, leaves a note, and tells everybody. `absent_since` is when there surely was no note.
    async fn conclude(
        &self,
        known: &KnownIncident,
        who: Person,
        outcome: Result<Few<Person>, Obstacle>,
        absent_since: Option<Instant>,
    ) -> Ended {
        let id = &known.id;
        let done = Done::Called(outcome.clone());
        let kept = self.relay.ledger.keep_done(id, &self.press.id, &done, self.now).await;
        let known = kept.as_deref().unwrap_or(known);
        let is_noted = match self.actor {
            Some(actor) if outcome.is_ok() => self.write(actor, id, known.note_of(&self.press.id), absent_since).await,
            _ => true,
        };
        self.tell_called(known.incident(), who, outcome, is_noted, Some(known)).await
    }

    /// The incident as PagerDuty calls it, if it says so: the ledger does not.
    async fn named(&self, id: &IncidentId) -> Incident {
        let seen = match self.actor {
            Some(actor) => actor.look(id).await.ok(),
            None => None,
        };
        let (number, title) = seen.map(|seen| (seen.number, seen.title)).unwrap_or_default();
        Incident { id: Some(id.clone()), number, title, ..Incident::default() }
    }

    async fn tell_called(
        &self,
        incident: Incident,
        who: Person,
        outcome: Result<Few<Person>, Obstacle>,
        is_noted: bool,
        known: Option<&KnownIncident>,
    ) -> Ended {
        let (kind, people, obstacle) = match outcome {
            Ok(people) => (EventKind::SreCalled, people, None),
            Err(why) => (EventKind::SreNotCalled, Few::default(), Some(why)),
        };
        let (press, id) = (&self.press.id, incident.id.as_ref().map(tracing::field::display));
        match obstacle {
            // An alarm counts these lines.
            Some(why) => tracing::error!(press, incident = id, act_failed = true, "SRE was not called: {why:?}"),
            None => tracing::info!(press, incident = id, "SRE was called"),
        }
        let ours = Ours { obstacle, is_unnoted: !is_noted, ..Ours::default() };
        let details = Details { people, ours: ours.boxed(), ..Details::default() };
        self.show(&own::pressed(&self.press.id, kind, incident, who, details, self.press.at), known).await
    }

    /// Tells whoever has pressed who of SRE has it, and who has called them.
    async fn sre_has_it(&self, known: &KnownIncident, people: Few<Person>) -> Ended {
        let status = known.status().map(|mut status| {
            // They may have got it in another way since.
            let is_theirs =
                |call: &SreCall| call.people.first.iter().any(|one| people.first.iter().any(|it| it.is(one)));
            let call = status.sre.take().filter(is_theirs);
            let (by, at) = call.map(|call| (call.by, call.at)).unwrap_or_default();
            status.sre = Some(SreCall { by, at, people });
            status
        });
        self.nothing(NothingDone::SreHasIt, None, status.as_ref()).await
    }
}
