//! What people press in the chat: who may, what is done, and what they are told.
//!
//! It comes by a queue of its own, so that no post that is stuck holds it up. What is done is recorded before anything is
//! done elsewhere; what everybody is told about it goes through the ordinary queue, in the order of its incident.

mod command;
mod note;
mod press;
mod resolve;
mod show;
mod sre;
mod take;

use crate::chat::asking::Unanswered;
use crate::chat::delivery::Outlet;
use crate::domain::incident::{IncidentId, Person, Status};
use crate::domain::member::Handle;
use crate::domain::message::Message;
use crate::domain::message::answer;
use crate::domain::press::{Asked, NothingDone, Press, Standing};
use crate::domain::text::Foreign;
use crate::domain::unreadable::Unreadable;
use crate::pagerduty::acting::Actor;
use crate::queue::Queues;
use crate::relay::deliver::Relay;
use crate::roster::Reading;
use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;
use tokio::time::Instant;

/// The most that looking up who has pressed may take.
const LOOKING: Duration = Duration::from_secs(4);
/// For so long after it was handed over nobody else has it: the queue hides it for a minute, part of which may have passed.
const OURS: Duration = Duration::from_secs(30);
/// The most that reading the rotation may take.
const READING: Duration = Duration::from_secs(3);
/// The queue forgets a press after five minutes.
const KEPT: TimeDelta = TimeDelta::minutes(4);
/// In characters.
const LONGEST_NAME: usize = 100;
/// The most that telling them may take.
const TELLING: Duration = Duration::from_secs(3);

/// What doing something in PagerDuty needs, if it is set up.
#[derive(Debug, Default)]
pub struct Acts {
    pub actor: Option<Actor>,
    /// `SLACK_ACTORS`: who may resolve.
    pub resolvers: Vec<Handle>,
}

/// What somebody is in the workspace, and how they are called there.
type Presser = Result<(Standing, Option<Foreign>), Unanswered>;

/// One press, with everything that doing it needs.
struct Doing<'a> {
    relay: &'a Relay,
    queues: &'a Queues,
    actor: Option<&'a Actor>,
    resolvers: &'a [Handle],
    outlet: Outlet<'a>,
    press: &'a Press,
    /// How often it was handed over. The first time nothing of it can have been done.
    receives: u32,
    begun: Instant,
    /// When that was.
    now: DateTime<Utc>,
}

/// Whether a press has to come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Done,
    /// There was nothing to do, or nothing that whoever pressed may do.
    Refused,
    /// It was not done, and whoever has to know that does.
    Failed,
    /// It is or may be recorded, and the rest is still to be done.
    Again,
}

impl Ended {
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Again => "again",
        }
    }
}

impl Acts {
    /// Does what somebody has pressed, or tells them why nothing was done. `receives` is how often the queue has handed it
    /// over, this time included.
    pub async fn answer(
        &self,
        press: &Press,
        receives: u32,
        relay: &Relay,
        queues: &Queues,
        now: DateTime<Utc>,
    ) -> Ended {
        let Some(outlet) = relay.team.alerts.with_buttons() else {
            tracing::error!(press = press.id, press_dropped = true, "no chat has buttons any more; nothing was done");
            return Ended::Failed;
        };
        let (actor, begun) = (self.actor.as_ref(), Instant::now());
        let doing = Doing { relay, queues, actor, resolvers: &self.resolvers, outlet, press, receives, begun, now };
        let ended = match &press.asked {
            Asked::Button { act, incident, channel } => doing.press(*act, incident, channel).await,
            Asked::Command { text } => doing.command(text).await,
        };
        relay.tally.press(&press.asked, ended.name());
        ended
    }
}

impl Doing<'_> {
    /// Who has pressed, if they may: somebody of the members tab, who is a full member of the workspace.
    fn listed(&self, standing: &Presser, reading: &Result<Reading, Unreadable>) -> Result<Person, NothingDone> {
        self.full_member(standing)?;
        let reading = reading.as_ref().map_err(|_| NothingDone::NotChecked)?;
        if reading.workbook.members.is_none() {
            return Err(NothingDone::NoMembers);
        }
        let name = self.member(reading).ok_or(NothingDone::NotListed)?;
        Ok(Person { id: self.press.user.as_str().to_owned(), name })
    }

    fn full_member(&self, standing: &Presser) -> Result<(), NothingDone> {
        match standing {
            Ok((Standing::FullMember, _)) => Ok(()),
            Ok((standing, _)) => Err(NothingDone::Is(*standing)),
            Err(error) => {
                self.not_asked(error);
                Err(NothingDone::NotChecked)
            }
        }
    }

    fn not_asked(&self, error: &Unanswered) {
        let press = &self.press.id;
        tracing::error!(press, "who has pressed cannot be asked: {error}. `toban check` says what to do");
    }

    /// What the members tab calls whoever has pressed.
    fn member(&self, reading: &Reading) -> Option<Foreign> {
        let mut members = reading.workbook.members.iter().flat_map(|members| &members.0);
        let member = members.find(|member| member.slack.as_ref() == Some(&self.press.user))?;
        // It becomes part of rows and notes.
        Foreign::line(&member.name).map(|name| name.cut(LONGEST_NAME))
    }

    /// Whether it is too late to begin with it now.
    fn is_too_old(&self) -> bool {
        let taken = TimeDelta::from_std(self.begun.elapsed()).unwrap_or(TimeDelta::MAX);
        self.now.checked_add_signed(taken).is_none_or(|now| self.press.is_too_old(now))
    }

    async fn standing(&self) -> Presser {
        let Press { user, workspace, .. } = self.press;
        self.outlet.chat.standing(user, workspace.as_deref(), Instant::now() + LOOKING).await
    }

    /// Whether no other process has been handed it meanwhile: this one may have been frozen.
    fn is_ours(&self) -> bool {
        self.begun.elapsed() < OURS
    }

    /// Tells whoever has pressed that nothing was done.
    async fn nothing(&self, why: NothingDone, incident: Option<&IncidentId>, status: Option<&Status>) -> Ended {
        let (press, user) = (&self.press.id, self.press.user.as_str());
        if !self.is_ours() {
            tracing::warn!(press, user, "it took too long, and is left to whoever is handed it next");
            return Ended::Again;
        }
        let ended = match why {
            NothingDone::TooOld
            | NothingDone::NotChecked
            | NothingDone::NotRecorded
            | NothingDone::PerhapsRecorded
            | NothingDone::NotSetUp => {
                tracing::error!(press, user, press_dropped = true, "nothing is done: {why:?}");
                Ended::Failed
            }
            NothingDone::NotResolved(_) | NothingDone::PerhapsResolved => {
                tracing::error!(press, user, act_failed = true, "it is not resolved: {why:?}");
                Ended::Failed
            }
            _ => {
                tracing::info!(press, user, "nothing is done: {why:?}");
                Ended::Refused
            }
        };
        self.tell(why, incident, status).await;
        ended
    }

    /// What may have been recorded comes again, as long as the queue keeps it.
    async fn again(&self, id: &IncidentId) -> Ended {
        let press = &self.press.id;
        tracing::warn!(press, incident = %id, "whether it is recorded is not known");
        if self.now - self.press.at < KEPT {
            return Ended::Again;
        }
        self.nothing(NothingDone::PerhapsRecorded, None, None).await
    }

    async fn tell(&self, why: NothingDone, incident: Option<&IncidentId>, status: Option<&Status>) {
        let settings = &self.relay.team.settings;
        let local = self.now.with_timezone(&settings.calendar.zone);
        let status = status.cloned().map(|mut status| {
            status.holders.first.retain(|person| !settings.policy.ignored.contains(person));
            status
        });
        self.say(&answer::message(why, incident, status.as_ref(), settings.language, &local)).await;
    }

    async fn say(&self, message: &Message) {
        let rendered = self.outlet.chat.write(message);
        let answered = self.outlet.chat.answer(&self.press.answer_to, &rendered, Instant::now() + TELLING).await;
        if let Err(error) = answered {
            tracing::warn!(press = self.press.id, "whoever has pressed was not told: {error}");
        }
    }
}
