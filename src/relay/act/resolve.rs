//! "Resolve". What is over stays over, and nothing is opened again.

use super::press::Button;
use super::{Doing, Ended, KEPT, LONGEST_NAME, Presser};
use crate::domain::incident::{Details, EventKind, IncidentId, Ours, Person, State};
use crate::domain::press::{NothingDone, Obstacle, Standing};
use crate::domain::text::Foreign;
use crate::domain::unreadable::Unreadable;
use crate::ledger::incident::{KnownIncident, Resolution};
use crate::ledger::{Done, NewPress, Recorded};
use crate::pagerduty::PagerDutyError;
use crate::pagerduty::acting::{Actor, Seen, code, obstacle};
use crate::roster::Reading;
use crate::source::own;
use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;
use tokio::time::Instant;

/// The most that looking up who is in a group may take.
const LOOKING: Duration = Duration::from_secs(4);

/// What PagerDuty's clock and ours may differ by.
const CLOCKS: TimeDelta = TimeDelta::seconds(5);

/// How resolving it ended.
enum Resolved {
    At(Option<DateTime<Utc>>),
    /// Somebody else was faster.
    Before,
    Not(Obstacle),
    Perhaps,
}

impl Doing<'_> {
    pub(super) async fn resolve(&self, button: Button<'_>) -> Ended {
        let Button { act, id, channel, standing, reading, known } = button;
        let press = self.press.id.as_str();
        let known = match known {
            Ok(known) => known,
            Err(_) if self.receives == 1 => return self.nothing(NothingDone::NotRecorded, None, None).await,
            Err(_) => return self.again(id).await,
        };
        let recorded = known.as_ref().and_then(|known| known.resolution.clone());
        let recorded = recorded.filter(|resolution| resolution.doer.press == press);
        if known.as_ref().is_some_and(|known| known.has_pressed(press)) && recorded.is_none() {
            tracing::warn!(press, incident = %id, "it has begun anew since then");
            return self.nothing(NothingDone::Changed, None, None).await;
        }
        let Some(actor) = self.actor.filter(|_| !self.resolvers.is_empty()) else {
            return self.nothing(NothingDone::NotSetUp, None, None).await;
        };
        let who = match &recorded {
            Some(resolution) => resolution.doer.who.clone(),
            None if self.is_too_old() => return self.nothing(NothingDone::TooOld, None, None).await,
            None => match self.resolver(&standing, &reading).await {
                Ok(who) => who,
                Err(why) => return self.nothing(why, None, None).await,
            },
        };
        let Some(known) = known else {
            return self.nothing(NothingDone::UnknownIncident, None, None).await;
        };
        self.outlet.chat.learn(channel);
        let (seen, user) = tokio::join!(actor.look(id), actor.user());
        let seen = match seen {
            Ok(seen) => seen,
            Err(error) => {
                self.not_done(id, &error);
                return match &recorded {
                    None => self.nothing(NothingDone::NotResolved(obstacle(&error)), None, None).await,
                    Some(_) if self.now - self.press.at < KEPT => Ended::Again,
                    Some(_) => self.nothing(NothingDone::PerhapsResolved, None, None).await,
                };
            }
        };
        if !seen.is_ours {
            return self.nothing(NothingDone::OtherService, None, None).await;
        }
        match &recorded {
            Some(resolution) if seen.state == State::Resolved && is_by(&seen, &resolution.doer.user) => {
                return self.conclude_resolved(&known, resolution, seen.state_since, None).await;
            }
            _ if seen.state == State::Resolved => return self.over(&known, seen.is_merged).await,
            // It is another state than the one that was to end: perhaps it was resolved, and has begun again.
            Some(resolution) if resolution.state_since != seen.state_since => {
                return self.nothing(NothingDone::Changed, None, None).await;
            }
            // It has begun after they pressed.
            None if seen.state == State::Triggered
                && seen.state_since.is_some_and(|at| at - self.press.at > CLOCKS) =>
            {
                return self.nothing(NothingDone::Changed, None, None).await;
            }
            None if self.is_too_old() || !self.is_ours() => {
                return self.nothing(NothingDone::TooOld, None, None).await;
            }
            _ => {}
        }
        let text = self.note(act, &who);
        let new = NewPress {
            id: press,
            act,
            who: &who,
            at: self.press.at,
            note: Some(&text),
            user: user.unwrap_or_default(),
            state_since: seen.state_since,
        };
        let begun = Instant::now();
        let known = match self.relay.ledger.record(id, new, self.now).await {
            Ok(Recorded::Now(known) | Recorded::Before(known)) => known,
            Ok(Recorded::Nothing(known) | Recorded::Over(known)) => return self.over(&known, false).await,
            Ok(Recorded::Unknown) => return self.nothing(NothingDone::UnknownIncident, None, None).await,
            Err(_) => return self.again(id).await,
        };
        tracing::info!(press, user = self.press.user.as_str(), act = act.name(), incident = %id, "recorded");
        if !self.is_ours() {
            return Ended::Again;
        }
        let Some(resolution) = known.resolution.clone() else { return self.again(id).await };
        match self.end(actor, id, known.note_of(press), &resolution).await {
            Resolved::At(at) => {
                let absent_since = recorded.is_none().then_some(begun);
                self.conclude_resolved(&known, &resolution, at, absent_since).await
            }
            Resolved::Before => self.over(&known, false).await,
            Resolved::Not(why) => self.nothing(NothingDone::NotResolved(why), None, None).await,
            Resolved::Perhaps => self.nothing(NothingDone::PerhapsResolved, None, None).await,
        }
    }

    /// Who has pressed, if they may resolve: of `SLACK_ACTORS`, and a full member of the workspace. They may be in no sheet.
    async fn resolver(&self, standing: &Presser, reading: &Result<Reading, Unreadable>) -> Result<Person, NothingDone> {
        self.full_member(standing)?;
        let user = &self.press.user;
        match self.outlet.chat.is_among(user, self.resolvers, Instant::now() + LOOKING).await {
            Ok(true) => {}
            Ok(false) => return Err(NothingDone::NotAnActor),
            Err(error) => {
                self.not_asked(&error);
                return Err(NothingDone::NotChecked);
            }
        }
        let named = match standing {
            Ok((Standing::FullMember, name)) => name.clone(),
            _ => None,
        };
        let name = reading.as_ref().ok().and_then(|reading| self.member(reading)).or(named);
        let name = name.or_else(|| Foreign::line(user.as_str())).ok_or(NothingDone::NotChecked)?;
        Ok(Person { id: user.as_str().to_owned(), name: name.cut(LONGEST_NAME) })
    }

    /// Asks PagerDuty to. An answer that was lost is looked for; what changed meanwhile is looked at and asked for once more.
    async fn end(&self, actor: &Actor, id: &IncidentId, text: &str, resolution: &Resolution) -> Resolved {
        let mut error = match actor.resolve(id, text).await {
            Ok(seen) => return judged(&seen),
            Err(error) => error,
        };
        if let PagerDutyError::Invalid { code: Some(code::CHANGED_MEANWHILE), .. } = &error {
            match actor.look(id).await {
                Ok(seen) if seen.state == State::Resolved => return Resolved::Before,
                // Somebody else has done something to it, which whoever pressed has not seen.
                Ok(seen) if seen.state_since != resolution.state_since => {
                    return Resolved::Not(Obstacle::KeepsChanging);
                }
                Ok(_) => {}
                Err(error) => {
                    self.not_done(id, &error);
                    return Resolved::Not(obstacle(&error));
                }
            }
            error = match actor.resolve(id, text).await {
                Ok(seen) => return judged(&seen),
                Err(error) => error,
            };
        }
        if let PagerDutyError::Invalid { code: Some(code::ALREADY_RESOLVED), .. } = &error {
            return Resolved::Before;
        }
        self.not_done(id, &error);
        match &error {
            PagerDutyError::Lost { .. } | PagerDutyError::Unexpected { .. } => match actor.look(id).await {
                Ok(seen) if seen.state != State::Resolved => Resolved::Perhaps,
                Ok(seen) if is_by(&seen, &resolution.doer.user) => Resolved::At(seen.state_since),
                Ok(_) => Resolved::Before,
                Err(_) => Resolved::Perhaps,
            },
            error => Resolved::Not(obstacle(error)),
        }
    }

    /// Keeps that it is resolved, leaves a note, and tells everybody.
    async fn conclude_resolved(
        &self,
        known: &KnownIncident,
        resolution: &Resolution,
        at: Option<DateTime<Utc>>,
        absent_since: Option<Instant>,
    ) -> Ended {
        let (id, press) = (&known.id, self.press.id.as_str());
        let at = at.unwrap_or(self.press.at);
        let kept = self.relay.ledger.keep_done(id, press, &Done::Resolved(at), self.now).await;
        let known = kept.as_deref().unwrap_or(known);
        let is_noted = match self.actor {
            Some(actor) => self.write(actor, id, known.note_of(press), absent_since).await,
            None => true,
        };
        let ours = Ours { is_unnoted: !is_noted, ..Ours::default() };
        let details = Details { ours: ours.boxed(), ..Details::default() };
        let who = resolution.doer.who.clone();
        let event = own::pressed(press, EventKind::Resolved, known.incident(), who, details, at);
        self.show(&event, Some(known)).await
    }
}

fn judged(seen: &Seen) -> Resolved {
    match seen.state {
        State::Resolved => Resolved::At(seen.state_since),
        State::Triggered | State::Acknowledged => Resolved::Not(Obstacle::Other(0)),
    }
}

/// Whether it was brought there by that user, as far as PagerDuty says.
fn is_by(seen: &Seen, user: &str) -> bool {
    user.is_empty() || seen.changed_by.as_deref().is_none_or(|by| by == user)
}
