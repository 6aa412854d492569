//! What is done in PagerDuty for people in the chat, by a key and a user of its own: reading an incident, and noting who is
//! on it. <https://developer.pagerduty.com/api-reference/>

use super::client::{Call, Client};
use super::error::PagerDutyError;
use super::state::{Name, ServiceId};
use super::wire::{One, WireActing};
use crate::domain::few::Few;
use crate::domain::incident::{IncidentId, Person, State, Urgency};
use crate::net::lenient::Lenient;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

/// Who acts, on which incidents.
#[derive(Debug, Clone)]
pub struct Actor {
    /// With `PAGERDUTY_ACTION_KEY`.
    pub client: Client,
    /// `PAGERDUTY_ACT_AS`: the e-mail address of the user that PagerDuty names for it.
    pub email: String,
    /// `PAGERDUTY_SERVICE_IDS`: nothing is done to incidents of any other.
    pub services: Vec<ServiceId>,
}

/// An incident as PagerDuty has it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
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
        let One { one } = self.client.call::<One<WireActing>>(Call::get(format!("/incidents/{id}"), &[])).await?;
        let seen: Option<Seen> = one.into();
        let seen = seen.ok_or_else(|| PagerDutyError::Unexpected {
            path: "/incidents".into(),
            why: "its status is none of the three".into(),
        })?;
        Ok(Seen { is_ours: self.services.contains(&seen.service), ..seen })
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
