//! What people press in the chat: who may, what is done, and what they are told.
//!
//! It comes by a queue of its own, so that no post that is stuck holds it up. What is done is recorded before anything is
//! written elsewhere; what everybody is told about it goes through the ordinary queue, in the order of its incident.

mod command;
mod take;

use crate::chat::asking::Unanswered;
use crate::chat::delivery::Outlet;
use crate::domain::incident::{IncidentId, Person, Status};
use crate::domain::message::Message;
use crate::domain::message::answer::{self, NothingDone};
use crate::domain::press::{Asked, Press, Standing};
use crate::domain::text::Foreign;
use crate::domain::unreadable::Unreadable;
use crate::pagerduty::acting::Actor;
use crate::queue::Queues;
use crate::relay::deliver::Relay;
use crate::roster::Reading;
use chrono::{DateTime, Utc};
use std::time::Duration;
use tokio::time::Instant;

/// The most that looking up who has pressed may take.
const LOOKING: Duration = Duration::from_secs(4);
/// The most that telling them may take.
const TELLING: Duration = Duration::from_secs(3);

/// What doing something in PagerDuty needs, if it is set up.
#[derive(Debug, Default)]
pub struct Acts {
    pub actor: Option<Actor>,
}

/// One press, with everything that doing it needs.
struct Doing<'a> {
    relay: &'a Relay,
    queues: &'a Queues,
    actor: Option<&'a Actor>,
    outlet: Outlet<'a>,
    press: &'a Press,
    now: DateTime<Utc>,
}

/// Whether a press has to come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Done,
    /// It is recorded, and everybody is still to be told.
    Again,
}

impl Acts {
    /// Does what somebody has pressed, or tells them why nothing was done.
    pub async fn answer(&self, press: &Press, relay: &Relay, queues: &Queues, now: DateTime<Utc>) -> Ended {
        let Some(outlet) = relay.team.alerts.with_buttons() else {
            tracing::error!(press = press.id, press_dropped = true, "no chat has buttons any more; nothing was done");
            return Ended::Done;
        };
        let doing = Doing { relay, queues, actor: self.actor.as_ref(), outlet, press, now };
        match &press.asked {
            Asked::Button { act, incident, channel } => doing.press(*act, incident, channel).await,
            Asked::Command { text } => doing.command(text).await,
        }
    }
}

impl Doing<'_> {
    /// Who has pressed, if they may: somebody of the members tab, who is a full member of the workspace.
    async fn listed(
        &self,
        standing: Result<Standing, Unanswered>,
        reading: &Result<Reading, Unreadable>,
    ) -> Result<Person, NothingDone> {
        match standing {
            Ok(Standing::FullMember) => {}
            Ok(standing) => return Err(NothingDone::Is(standing)),
            Err(error) => {
                tracing::error!(
                    press = self.press.id,
                    "who has pressed cannot be asked: {error}. `toban check` says what to do"
                );
                return Err(NothingDone::NotChecked);
            }
        }
        let reading = reading.as_ref().map_err(|_| NothingDone::NotChecked)?;
        let members = reading.workbook.members.as_ref().ok_or(NothingDone::NoMembers)?;
        let member = members.0.iter().find(|member| member.slack.as_ref() == Some(&self.press.user));
        let name = member.and_then(|member| Foreign::line(&member.name)).ok_or(NothingDone::NotListed)?;
        Ok(Person { id: self.press.user.as_str().to_owned(), name })
    }

    async fn standing(&self) -> Result<Standing, Unanswered> {
        let Press { user, workspace, .. } = self.press;
        self.outlet.chat.standing(user, workspace.as_deref(), Instant::now() + LOOKING).await
    }

    /// Tells whoever has pressed that nothing was done.
    async fn nothing(&self, why: NothingDone, incident: Option<&IncidentId>, status: Option<&Status>) -> Ended {
        let (press, user) = (&self.press.id, self.press.user.as_str());
        match why {
            NothingDone::TooOld | NothingDone::NotChecked | NothingDone::NotRecorded => {
                tracing::error!(press, user, press_dropped = true, "nothing is done: {why:?}");
            }
            _ => tracing::info!(press, user, "nothing is done: {why:?}"),
        }
        self.tell(why, incident, status).await;
        Ended::Done
    }

    async fn tell(&self, why: NothingDone, incident: Option<&IncidentId>, status: Option<&Status>) {
        let settings = &self.relay.team.settings;
        let local = self.now.with_timezone(&settings.calendar.zone);
        self.say(&answer::message(why, incident, status, settings.language, &local)).await;
    }

    async fn say(&self, message: &Message) {
        let rendered = self.outlet.chat.write(message);
        let answered = self.outlet.chat.answer(&self.press.answer_to, &rendered, Instant::now() + TELLING).await;
        if let Err(error) = answered {
            tracing::warn!(press = self.press.id, "whoever has pressed was not told: {error}");
        }
    }
}
