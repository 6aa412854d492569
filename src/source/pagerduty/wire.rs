//! What both versions have.

use crate::domain::few::Few;
use crate::domain::incident::{IncidentId, IncidentNumber, Person, State, Urgency};
use crate::domain::text::Foreign;
use crate::net::id::plain_word;
use crate::net::lenient::Lenient;
use crate::source::scalar::Scalar;
use crate::source::wire::{Text, line};
use serde::Deserialize;
use serde_json::value::RawValue;

/// PagerDuty's reference to one of its objects: a user, a service, a policy, a priority.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Ref<'a> {
    #[serde(borrow)]
    pub(super) id: Lenient<Text<'a>>,
    pub(super) summary: Lenient<Text<'a>>,
    pub(super) name: Lenient<Text<'a>>,
    pub(super) html_url: Lenient<Text<'a>>,
    #[serde(rename = "type")]
    pub(super) type_: Lenient<Text<'a>>,
}

impl Ref<'_> {
    /// What people call it. References have a summary, full objects a name as well, which may differ.
    pub(super) fn label(&self) -> Option<Foreign> {
        line(&self.summary).or_else(|| line(&self.name))
    }

    pub(super) fn is_service(&self) -> bool {
        self.type_.as_ref().is_some_and(|type_| type_.as_str().starts_with("service"))
    }

    pub(super) fn is_user(&self) -> bool {
        self.type_.as_ref().is_some_and(|type_| type_.as_str().starts_with("user"))
    }

    /// It as a person, by its name or else its id. `None` if it has neither.
    pub(super) fn person(&self) -> Option<Person> {
        let name = self.label().or_else(|| line(&self.id))?;
        let id = self.id.as_ref().map(|id| plain_word(id.as_str().trim()).into_owned());
        Some(Person { id: id.unwrap_or_default(), name })
    }
}

pub(super) fn label(reference: &Option<Ref<'_>>) -> Option<Foreign> {
    reference.as_ref().and_then(Ref::label)
}

pub(super) fn people<'a, 'b: 'a>(references: impl IntoIterator<Item = &'a Ref<'b>>) -> Few<Person> {
    references.into_iter().filter_map(Ref::person).collect()
}

pub(super) fn state(text: &Option<Text<'_>>) -> Option<State> {
    match text.as_ref()?.as_str() {
        "triggered" => Some(State::Triggered),
        "acknowledged" => Some(State::Acknowledged),
        "resolved" => Some(State::Resolved),
        _ => None,
    }
}

pub(super) fn urgency(text: &Option<Text<'_>>) -> Option<Urgency> {
    match text.as_ref()?.as_str() {
        "high" => Some(Urgency::High),
        "low" => Some(Urgency::Low),
        _ => None,
    }
}

/// The incident's number, also when it comes as text.
pub(super) fn number(json: &Option<&RawValue>) -> Option<IncidentNumber> {
    serde_json::from_str::<Scalar>(json.as_ref()?.get()).ok()?.text()?.parse().ok().map(IncidentNumber)
}

pub(super) fn incident_id(id: &Option<Text<'_>>) -> Option<IncidentId> {
    id.as_ref()
        .map(|id| id.as_str().trim())
        .filter(|id| !id.is_empty())
        .map(|id| IncidentId(plain_word(id).into_owned()))
}
