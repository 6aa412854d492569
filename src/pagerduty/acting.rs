//! What is done in PagerDuty for people in the chat, by a key and a user of its own: reading an incident, noting who is on it,
//! calling SRE, resolving it. Nothing here acknowledges. <https://developer.pagerduty.com/api-reference/>

use super::client::{Call, Client};
use super::error::PagerDutyError;
use super::state::{Name, PolicyId, ServiceId};
use super::wire::{One, WireActing};
use crate::domain::few::Few;
use crate::domain::incident::{Escalation, IncidentId, IncidentNumber, Person, State, Urgency};
use crate::domain::member::Members;
use crate::domain::policy::Ignored;
use crate::domain::press::Obstacle;
use crate::domain::text::Foreign;
use crate::net::lenient::Lenient;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Who acts, on which incidents.
#[derive(Debug, Clone)]
pub struct Actor {
    /// With `PAGERDUTY_ACTION_KEY`.
    pub client: Client,
    /// `PAGERDUTY_ACT_AS`: the e-mail address of the user that PagerDuty names for it.
    pub email: String,
    /// `PAGERDUTY_SERVICE_IDS`: nothing is done to incidents of any other.
    pub services: Vec<ServiceId>,
    /// `SRE_ESCALATION_POLICY_ID`: where incidents go when somebody calls SRE.
    pub sre: Option<PolicyId>,
    /// The id of that user, once PagerDuty has told it.
    pub user: Arc<OnceLock<String>>,
}

/// An incident as PagerDuty has it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub number: Option<IncidentNumber>,
    pub title: Option<Foreign>,
    pub state: State,
    pub service: ServiceId,
    /// It is of a service on which this may act.
    pub is_ours: bool,
    pub urgency: Option<Urgency>,
    /// Who has it, placeholder users included.
    pub assignees: Few<Person>,
    /// It stays with whom it was given to, and goes up no level by itself.
    pub is_assigned_directly: bool,
    /// When it goes up a level by itself.
    pub escalates_at: Option<DateTime<Utc>>,
    /// By which it is escalated.
    pub policy: Option<PolicyId>,
    /// Since when it has this state.
    pub state_since: Option<DateTime<Utc>>,
    /// The id of the user or of the service who has brought it there; `None` if PagerDuty does not say.
    pub changed_by: Option<String>,
    /// It is over because it went into another incident.
    pub is_merged: bool,
}

impl Seen {
    /// Whether and when SRE is called by itself. A developer with an account, who is in the members tab, is not SRE.
    pub fn escalation(&self, members: Option<&Members>, ignored: &Ignored) -> Escalation {
        let is_listed = |person: &Person| members.is_some_and(|members| members.by_pagerduty(person).is_some());
        let mut real = ignored.real(&self.assignees.first).peekable();
        let is_held = real.peek().is_some();
        if self.state == State::Acknowledged {
            Escalation::Acknowledged
        } else if is_held && !ignored.is_empty() && !real.any(is_listed) {
            Escalation::Reached
        } else if self.is_assigned_directly {
            Escalation::Direct
        } else if self.urgency == Some(Urgency::Low) && self.escalates_at.is_none() {
            Escalation::Never
        } else if let (Some(at), false) = (self.escalates_at, is_held) {
            Escalation::At(at)
        } else {
            // Whoever has it may be SRE or not.
            Escalation::AsSet
        }
    }
}

/// What a key and a user may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rights {
    /// As this user.
    Enough(Name),
    /// The key may only read.
    KeyMayNot,
    NoSuchUser,
    /// By the user's role.
    UserMayNot(String),
}

/// No incident has this id.
const NOBODYS: &str = "TOBANCHECK";
/// Roles that may do nothing to an incident: stakeholders and observers.
const MAY_NOT_RESPOND: [&str; 3] = ["read_only_user", "read_only_limited_user", "observer"];

/// What went wrong, with the settings that these calls use.
pub fn explained(error: &PagerDutyError) -> String {
    match error {
        PagerDutyError::KeyUnknown { message, .. } => {
            format!("PagerDuty does not know the key ({message}): check PAGERDUTY_ACTION_KEY and PAGERDUTY_BASE_URL")
        }
        PagerDutyError::KeyNotEnough { message } => format!(
            "PagerDuty does not let PAGERDUTY_ACTION_KEY, or the user of PAGERDUTY_ACT_AS, do that ({message}): `toban check` says \
             what is missing"
        ),
        other => other.to_string(),
    }
}

/// PagerDuty's numbers of errors: <https://developer.pagerduty.com/docs/errors>
pub mod code {
    pub use crate::pagerduty::error::CHANGED_MEANWHILE;

    pub const ALREADY_RESOLVED: u64 = 1001;
    pub const NO_SUCH_REQUESTER: u64 = 1008;
    pub const NOBODY_ON_CALL: u64 = 1015;
    pub const MAY_NOT: u64 = 1018;
    pub const MERGED: u64 = 1019;
    pub const INVALID: u64 = 2001;
    pub const DENIED: u64 = 2010;
    pub const NO_REQUESTER: u64 = 2016;
}

/// Why PagerDuty has not done what it was asked to.
pub fn obstacle(error: &PagerDutyError) -> Obstacle {
    match error {
        PagerDutyError::KeyUnknown { .. } => Obstacle::NoSuchKey,
        PagerDutyError::KeyNotEnough { .. } => Obstacle::NotAllowed,
        PagerDutyError::NotFound { .. } => Obstacle::NotFound,
        PagerDutyError::Invalid { code: Some(code), .. } => match *code {
            code::CHANGED_MEANWHILE => Obstacle::KeepsChanging,
            code::NO_SUCH_REQUESTER | code::NO_REQUESTER => Obstacle::NoSuchUser,
            code::NOBODY_ON_CALL => Obstacle::NobodyOnCall,
            code::MAY_NOT | code::DENIED => Obstacle::NotAllowed,
            code::MERGED => Obstacle::Merged,
            code => Obstacle::Other(u16::try_from(code).unwrap_or_default()),
        },
        PagerDutyError::Unavailable { .. } | PagerDutyError::Lost { .. } => Obstacle::NoAnswer,
        PagerDutyError::Invalid { code: None, .. }
        | PagerDutyError::Unexpected { .. }
        | PagerDutyError::TooMany { .. } => Obstacle::Other(0),
    }
}

#[derive(Deserialize)]
struct Notes {
    notes: Vec<Note>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Note {
    content: Lenient<String>,
}

impl Actor {
    /// What is wrong with the key or with the user, if anything is: by `GET /users`, and by a note on an incident that there
    /// cannot be, which is refused in one way if the key may write, and in another if it may not.
    pub async fn check(&self) -> Result<Rights, PagerDutyError> {
        let users = self.client.users().await?;
        let Some(user) = users.iter().find(|user| user.email.eq_ignore_ascii_case(&self.email)) else {
            return Ok(Rights::NoSuchUser);
        };
        if MAY_NOT_RESPOND.contains(&user.role.as_str()) {
            return Ok(Rights::UserMayNot(user.role.clone()));
        }
        match self.note(&IncidentId(NOBODYS.into()), "toban check").await {
            Err(PagerDutyError::NotFound { .. }) => Ok(Rights::Enough(user.name.clone())),
            Err(PagerDutyError::KeyNotEnough { .. }) => Ok(Rights::KeyMayNot),
            Err(error) => Err(error),
            Ok(()) => Ok(Rights::Enough(user.name.clone())),
        }
    }

    /// An incident, by `GET /incidents/{id}`.
    pub async fn look(&self, id: &IncidentId) -> Result<Seen, PagerDutyError> {
        self.seen(Call::get(format!("/incidents/{id}"), &[])).await
    }

    async fn seen(&self, call: Call<'_>) -> Result<Seen, PagerDutyError> {
        let One { one } = self.client.call::<One<WireActing>>(call).await?;
        let seen: Option<Seen> = one.into();
        let seen = seen.ok_or_else(|| PagerDutyError::Unexpected {
            path: "/incidents".into(),
            why: "its status is none of the three".into(),
        })?;
        Ok(Seen { is_ours: self.services.contains(&seen.service), ..seen })
    }

    /// The id of the user as whom this acts, by which PagerDuty's reports of it are known; `None` if PagerDuty does not tell.
    /// Asked once in the life of a process, by `GET /users`.
    pub async fn user(&self) -> Option<&str> {
        if self.user.get().is_none() {
            let query = [("query", self.email.clone())];
            let found = self.client.users_like(&query).await.unwrap_or_default();
            let user = found.into_iter().find(|user| user.email.eq_ignore_ascii_case(&self.email))?;
            self.user.set(user.id.0).ok();
        }
        self.user.get().map(String::as_str)
    }

    /// Hands an incident over to SRE's escalation policy, by `PUT /incidents/{id}`: **this notifies whoever is on call there.** Of
    /// low urgency nobody would be woken, so that it becomes high. What comes of it is in the answer: see [`Self::called`].
    pub async fn call_sre(&self, id: &IncidentId, sre: &PolicyId, seen: &Seen) -> Result<Seen, PagerDutyError> {
        let mut incident = json!({
            "type": "incident_reference",
            "escalation_policy": {"id": sre.0, "type": "escalation_policy_reference"},
        });
        if seen.urgency == Some(Urgency::Low) {
            incident["urgency"] = "high".into();
        }
        let call = Call::put(format!("/incidents/{id}"), json!({"incident": incident}));
        self.seen(call.from(&self.email)).await
    }

    /// Whom of SRE an incident calls, as it is now; or why it calls nobody.
    pub fn called(&self, seen: &Seen, ignored: &Ignored) -> Result<Few<Person>, Obstacle> {
        let real: Few<Person> = ignored.real(&seen.assignees.first).cloned().collect();
        let real = real.and_more(seen.assignees.more);
        match seen.state {
            _ if seen.policy.is_none() || seen.policy != self.sre => Err(Obstacle::StillAssigned),
            State::Acknowledged | State::Resolved => Err(Obstacle::StillAcknowledged),
            State::Triggered if seen.is_assigned_directly => Err(Obstacle::StillAssigned),
            // It notifies as softly as that is set, and goes up no level.
            State::Triggered if seen.urgency == Some(Urgency::Low) => Err(Obstacle::StillLow),
            State::Triggered if real.is_empty() => Err(Obstacle::NobodyOnCall),
            State::Triggered => Ok(real),
        }
    }

    /// Resolves an incident, by `PUT /incidents/{id}`, for the reason given: **nobody is called for it any more.**
    pub async fn resolve(&self, id: &IncidentId, resolution: &str) -> Result<Seen, PagerDutyError> {
        let incident = json!({"type": "incident_reference", "status": "resolved", "resolution": resolution});
        let call = Call::put(format!("/incidents/{id}"), json!({"incident": incident}));
        self.seen(call.from(&self.email)).await
    }

    /// The triggered incidents of these services, by `GET /incidents`.
    pub async fn triggered(&self) -> Result<BTreeMap<IncidentId, Seen>, PagerDutyError> {
        let mut query = vec![("statuses[]", "triggered".to_owned()), ("date_range", "all".to_owned())];
        query.extend(self.services.iter().map(|service| ("service_ids[]", service.0.clone())));
        let listed: Vec<WireActing> = self.client.list("/incidents", &query).await?;
        let seen = listed.into_iter().filter_map(|wire| {
            let id = IncidentId(wire.id().to_owned());
            let seen: Option<Seen> = wire.into();
            Some((id, seen?))
        });
        Ok(seen.collect())
    }

    /// Writes a note, by `POST /incidents/{id}/notes`. There is no way to have it written once only: see [`Self::has_note`].
    pub async fn note(&self, id: &IncidentId, content: &str) -> Result<(), PagerDutyError> {
        let body = json!({"note": {"content": content}});
        self.client.done(Call::post(format!("/incidents/{id}/notes"), body).from(&self.email)).await
    }

    /// Whether there is such a note, by `GET /incidents/{id}/notes`: for one that may have been written before.
    pub async fn has_note(&self, id: &IncidentId, content: &str) -> Result<bool, PagerDutyError> {
        let Notes { notes } = self.client.call(Call::get(format!("/incidents/{id}/notes"), &[])).await?;
        Ok(notes.iter().any(|note| note.content.as_deref() == Some(content)))
    }
}
