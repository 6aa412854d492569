//! V3 webhook subscriptions: one event per body.
//!
//! <https://developer.pagerduty.com/docs/webhooks-overview#event-data-types>

use super::SOURCE;
use super::nested::Nested;
use super::types::kind;
use super::wire::{Ref, incident_id, label, number, people, state, urgency};
use crate::domain::few::Few;
use crate::domain::incident::{Details, Drill, EventKind, Incident, IncidentEvent, IncidentId, Person, Role};
use crate::domain::text::Foreign;
use crate::net::lenient::{Lenient, List};
use crate::source::scalar::{EMPTY, Plain};
use crate::source::unread::sender_key;
use crate::source::wire::{Text, instant_of, line, lines, link, time};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;

/// How many of an incident's fields are looked at for the values of those that were changed: more than PagerDuty allows.
const FIELDS_READ: usize = 100;

/// The envelope.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Event<'a> {
    #[serde(borrow)]
    id: Lenient<Text<'a>>,
    event_type: Lenient<Text<'a>>,
    occurred_at: Lenient<Text<'a>>,
    agent: Lenient<Ref<'a>>,
    data: Option<Data<'a>>,
}

/// The data of every event type in one: which fields are there depends on `type`. An incident of v2 has the same fields, but
/// for two.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Data<'a> {
    #[serde(borrow, rename = "type")]
    type_: Lenient<Text<'a>>,
    id: Lenient<Text<'a>>,
    html_url: Lenient<Text<'a>>,
    summary: Lenient<Text<'a>>,

    // incident
    number: Lenient<&'a RawValue>,
    title: Lenient<Text<'a>>,
    urgency: Lenient<Text<'a>>,
    priority: Lenient<Ref<'a>>,
    service: Lenient<Ref<'a>>,
    assignees: List<Ref<'a>>,
    pub(super) escalation_policy: Lenient<Ref<'a>>,
    incident_type: Lenient<Ref<'a>>,
    resolve_reason: Lenient<ResolveReason<'a>>,
    created_at: Lenient<Text<'a>>,

    // incident of v2, in place of number and assignees
    incident_number: Lenient<&'a RawValue>,
    assignments: List<Assignment<'a>>,

    // everything that belongs to an incident
    incident: Lenient<Nested<'a>>,

    // incident_note, incident_status_update, incident_responder, ping
    content: Lenient<Text<'a>>,
    message: Lenient<Text<'a>>,
    trimmed: Lenient<bool>,
    user: Lenient<Ref<'a>>,
    state: Lenient<Text<'a>>,

    // incident_conference_bridge
    conference_url: Lenient<Text<'a>>,
    conference_numbers: List<ConferenceNumber<'a>>,

    // incident_field_values, service_field_values: the values now, and those before the change
    custom_fields: List<Field<'a>, FIELDS_READ>,
    changed_custom_fields: List<Field<'a>>,

    // incident_role_assignment
    incident_role_assignments: List<RoleAssignment<'a>>,

    // incident_task
    name: Lenient<Text<'a>>,
    status: Lenient<Text<'a>>,

    // incident_workflow_instance, incident_action_invocation
    incident_workflow: Lenient<Ref<'a>>,
    action: Lenient<Ref<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ResolveReason<'a> {
    #[serde(borrow)]
    incident: Lenient<Ref<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Assignment<'a> {
    #[serde(borrow)]
    assignee: Lenient<Ref<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ConferenceNumber<'a> {
    #[serde(borrow)]
    number: Lenient<Text<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Field<'a> {
    #[serde(borrow)]
    name: Lenient<Text<'a>>,
    value: Option<Plain>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RoleAssignment<'a> {
    #[serde(borrow)]
    incident: Lenient<Nested<'a>>,
    role: Lenient<Ref<'a>>,
    assignee: Lenient<Ref<'a>>,
}

impl Event<'_> {
    /// The event, if it has a type and an id, and an incident if its type needs one.
    pub(super) fn read(&self, now: DateTime<Utc>) -> Option<IncidentEvent> {
        let id = self.id.as_ref()?.as_str();
        let kind = kind(self.event_type.as_ref()?)?;
        let data = self.data.as_ref()?;
        let mut incident = data.incident();
        if let Some(drill) = data.drill() {
            incident.id = Some(drill);
        }
        let needs_incident = EventKind::NAMED.contains(&kind) && !is_about_a_service(&kind) && kind != EventKind::Ping;
        if id.is_empty() || (needs_incident && incident.id.is_none()) {
            return None;
        }
        Some(IncidentEvent {
            agent: self.agent(&kind),
            details: data.details(&kind),
            incident,
            ..IncidentEvent::new(SOURCE.origin, sender_key(id), kind, time(&self.occurred_at, now))
        })
    }

    /// Who did it. If that is a service, a timeout or a rule did it. An incident is opened by a service, unless somebody opened
    /// it by hand.
    fn agent(&self, kind: &EventKind) -> Option<Person> {
        let agent = self.agent.as_ref().filter(|agent| *kind != EventKind::Triggered || agent.is_user())?;
        if *kind == EventKind::Ping || agent.is_service() { None } else { agent.person() }
    }
}

fn is_about_a_service(kind: &EventKind) -> bool {
    use EventKind::{ServiceChanged, ServiceCreated, ServiceDeleted, ServiceFieldsUpdated};
    matches!(kind, ServiceCreated | ServiceChanged | ServiceDeleted | ServiceFieldsUpdated)
}

impl Data<'_> {
    fn is(&self, type_: &str) -> bool {
        self.type_.as_ref().is_some_and(|text| text.as_str() == type_)
    }

    /// The incident that the event is about: in whole, or by a reference with its id and perhaps its title.
    fn incident(&self) -> Incident {
        if self.is("incident") {
            return self.whole_incident();
        }
        if self.is("service") {
            return Incident { service: line(&self.summary), link: link(&self.html_url), ..Incident::default() };
        }
        let by_role = self.roles().next().and_then(|role| role.incident.as_ref());
        let service = label(&self.service);
        match self.incident.as_ref().or(by_role) {
            Some(nested) => Incident { service: service.or_else(|| label(&nested.service)), ..nested.incident() },
            None => {
                let link = self.service.as_ref().and_then(|service| link(&service.html_url));
                Incident { service, link, ..Incident::default() }
            }
        }
    }

    /// Its id, if it is a drill.
    fn drill(&self) -> Option<IncidentId> {
        let id = self.id.as_ref()?.as_str();
        Drill::of(id).map(|_| IncidentId(id.to_owned()))
    }

    /// What it says of itself, if it is an incident.
    pub(super) fn whole_incident(&self) -> Incident {
        let assignments = self.assignments.items.iter().filter_map(|one| one.assignee.as_ref());
        let assignees = people(self.assignees.items.iter().chain(assignments));
        Incident {
            id: incident_id(&self.id),
            number: number(&self.number).or_else(|| number(&self.incident_number)),
            title: self.title.as_ref().and_then(|title| Foreign::line(title.as_str())),
            service: label(&self.service),
            urgency: urgency(&self.urgency),
            state: state(&self.status),
            priority: label(&self.priority),
            link: link(&self.html_url),
            assignees: assignees.and_more(self.assignees.more + self.assignments.more),
            created_at: instant_of(&self.created_at),
            named: None,
        }
    }

    fn roles(&self) -> impl Iterator<Item = &RoleAssignment<'_>> {
        self.incident_role_assignments.items.iter()
    }

    fn details(&self, kind: &EventKind) -> Details {
        match kind {
            EventKind::Delegated => Details { subject: label(&self.escalation_policy), ..Details::default() },
            EventKind::IncidentTypeChanged => Details { subject: label(&self.incident_type), ..Details::default() },
            EventKind::Resolved => Details {
                merged_into: self.resolve_reason.as_ref().and_then(|reason| label(&reason.incident)).map(Box::new),
                ..Details::default()
            },
            EventKind::Annotated => {
                Details { quote: lines(&self.content), quote_is_cut: *self.trimmed == Some(true), ..Details::default() }
            }
            EventKind::StatusUpdatePublished => {
                Details { quote: lines(&self.message), quote_is_cut: *self.trimmed == Some(true), ..Details::default() }
            }
            EventKind::ResponderAdded | EventKind::ResponderReplied => Details {
                people: people(self.user.as_ref()),
                subject: if self.user.is_none() { label(&self.escalation_policy) } else { None },
                state: line(&self.state),
                quote: lines(&self.message),
                ..Details::default()
            },
            EventKind::ConferenceBridgeUpdated => Details {
                subject: self.conference_numbers.items.iter().find_map(|number| line(&number.number)),
                link: link(&self.conference_url),
                ..Details::default()
            },
            EventKind::CustomFieldsUpdated | EventKind::ServiceFieldsUpdated => {
                Details { fields: self.fields(), ..Details::default() }
            }
            EventKind::RoleAssigned => {
                let role = |assignment: &RoleAssignment<'_>| Role {
                    name: label(&assignment.role),
                    holder: assignment.assignee.as_ref().and_then(Ref::person),
                };
                let roles = self.roles().map(role).collect::<Few<_>>().and_more(self.incident_role_assignments.more);
                Details { roles, ..Details::default() }
            }
            EventKind::TaskCreated | EventKind::TaskUpdated | EventKind::TaskCompleted => Details {
                subject: line(&self.name).or_else(|| line(&self.summary)),
                people: people(&self.assignees.items).and_more(self.assignees.more),
                state: line(&self.status),
                ..Details::default()
            },
            EventKind::WorkflowStarted | EventKind::WorkflowCompleted => Details {
                subject: line(&self.summary).or_else(|| label(&self.incident_workflow)),
                ..Details::default()
            },
            EventKind::ActionCreated | EventKind::ActionUpdated | EventKind::ActionTerminated => {
                Details { subject: label(&self.action), state: line(&self.state), ..Details::default() }
            }
            EventKind::Ping => Details { quote: lines(&self.message), ..Details::default() },
            _ => Details::default(),
        }
    }

    /// What was changed, with its value now.
    fn fields(&self) -> Few<(Foreign, Foreign)> {
        let changed = &self.changed_custom_fields;
        changed
            .items
            .iter()
            .filter_map(|before| self.field(line(&before.name)?))
            .collect::<Few<_>>()
            .and_more(changed.more)
    }

    /// A field and its value now; `…` if there are so many fields that it was not looked for.
    fn field(&self, name: Foreign) -> Option<(Foreign, Foreign)> {
        let List { items, more } = &self.custom_fields;
        let now = items.iter().find(|field| line(&field.name).as_ref() == Some(&name));
        let value = match now {
            Some(field) => field.value.as_ref().and_then(|value| value.0.clone()),
            None if *more > 0 => Foreign::line("…"),
            None => None,
        };
        Some((name, value.or_else(|| Foreign::line(EMPTY))?))
    }
}
