//! An incident within something that belongs to it: a reference, as documented, or as much of it as came.

use super::wire::{Ref, incident_id, label, number, people, state, urgency};
use crate::domain::incident::Incident;
use crate::domain::text::Foreign;
use crate::net::lenient::{Lenient, List};
use crate::source::wire::{Text, instant_of, line, link};
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Nested<'a> {
    #[serde(borrow)]
    id: Lenient<Text<'a>>,
    summary: Lenient<Text<'a>>,
    title: Lenient<Text<'a>>,
    number: Lenient<&'a RawValue>,
    html_url: Lenient<Text<'a>>,
    status: Lenient<Text<'a>>,
    urgency: Lenient<Text<'a>>,
    priority: Lenient<Ref<'a>>,
    pub(super) service: Lenient<Ref<'a>>,
    assignees: List<Ref<'a>>,
    created_at: Lenient<Text<'a>>,
}

impl Nested<'_> {
    /// Its title: a reference has a summary only.
    pub(super) fn label(&self) -> Option<Foreign> {
        line(&self.title).or_else(|| line(&self.summary))
    }

    pub(super) fn incident(&self) -> Incident {
        Incident {
            id: incident_id(&self.id),
            number: number(&self.number),
            title: self.label(),
            service: label(&self.service),
            urgency: urgency(&self.urgency),
            state: state(&self.status),
            priority: label(&self.priority),
            link: link(&self.html_url),
            assignees: people(&self.assignees.items).and_more(self.assignees.more),
            created_at: instant_of(&self.created_at),
            named: None,
        }
    }
}
