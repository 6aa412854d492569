//! Mackerel's webhooks: alerts, alert groups, the states of hosts, and the test button.
//!
//! <https://mackerel.io/docs/entry/howto/alerts/webhook>. "Items may be added at any time", and which are there depends
//! on the monitor: no field but an alert's id and state is relied on.

mod alert;

use super::events::reports_trouble;
use super::unread::digest_within;
use super::wire::{line_of, lines_of, link_of, object, text_of};
use super::{Access, Source};
use crate::domain::incident::{
    Details, EventKind, Illegible, Incident, IncidentEvent, IncidentId, Origin, OtherSource, Person,
};
use crate::domain::text::Foreign;
use crate::net::lenient::Lenient;
use alert::{Alert, Group, GroupSetting};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use std::fmt::Display;

const TAG: &str = "MK";

pub(super) static SOURCE: Source = Source {
    origin: Origin::Other(&OtherSource {
        name: "mackerel",
        label: "Mackerel",
        tag: Some(TAG),
        has_whole_texts: true,
        is_a_script: false,
        begins_once: true,
    }),
    sends: "A Mackerel webhook",
    access: Access::Token { tokens: "MACKEREL_TOKENS", who: "Mackerel", url: "the channel's URL" },
    delivery_id: None,
    read,
    reports_trouble,
};

/// The incident of an alert of that id: letters and digits.
pub(super) fn incident(id: &str) -> IncidentId {
    IncidentId::of(TAG, id)
}

/// A body of any event: which fields are there depends on `event`.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Body {
    event: Option<Value>,
    message: Option<Value>,
    memo: Option<Value>,
    #[serde(rename = "type")]
    type_: Option<Value>,
    host: Lenient<Host>,
    service: Lenient<Named>,
    alert: Lenient<Alert>,
    alert_group: Lenient<Group>,
    alert_group_setting: Lenient<GroupSetting>,
    alerts: Lenient<Vec<Value>>,
    from_status: Option<Value>,
    user: Option<Value>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Host {
    id: Option<Value>,
    name: Option<Value>,
    url: Option<Value>,
    status: Option<Value>,
    roles: Lenient<Vec<Role>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Role {
    service_name: Option<Value>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Named {
    name: Option<Value>,
}

/// Reads a body. An event that is not an alert (a host was registered, a monitor was changed) yields nothing.
fn read(body: &[u8], now: DateTime<Utc>) -> Result<Vec<IncidentEvent>, Illegible> {
    let parsed: Body = object(body)?;
    let event = match text_of(&parsed.event).ok_or(Illegible::Shape)?.as_str() {
        "alert" => parsed.alert(body, now),
        "alertGroup" => parsed.group(body, now),
        "hostStatus" => parsed.host_status(body, now),
        "sample" => Some(parsed.sample(body, now)),
        _ => return Ok(Vec::new()),
    };
    Ok(vec![event.ok_or(Illegible::Shape)?])
}

impl Body {
    /// The test button of a channel.
    fn sample(&self, body: &[u8], now: DateTime<Utc>) -> IncidentEvent {
        let details = Details { quote: lines_of(&self.message), ..Details::default() };
        let name = format!("sample:{}", digest_within(body, now));
        IncidentEvent { details, ..event(EventKind::Ping, name, now) }
    }

    /// Somebody changed the state of a host.
    fn host_status(&self, body: &[u8], now: DateTime<Utc>) -> Option<IncidentEvent> {
        let host = self.host.as_ref()?;
        let after = line_of(&host.status)?;
        let change = match line_of(&self.from_status) {
            Some(before) => Foreign::line(&format!("{before} → {after}")),
            None => Some(after),
        };
        let name = format!("host:{}", digest_within(body, now));
        Some(IncidentEvent {
            agent: self.who(),
            incident: Incident {
                title: line_of(&host.name).or_else(|| line_of(&host.id)),
                link: link_of(&host.url),
                ..Incident::default()
            },
            details: Details { subject: change, ..Details::default() },
            ..event(EventKind::HostStatusChanged, name, now)
        })
    }

    /// Where it happened: the service, by itself or as the host's, and the host.
    fn place(&self) -> Option<Foreign> {
        let by_role = || {
            self.host.iter().flat_map(|host| host.roles.iter().flatten()).find_map(|role| text_of(&role.service_name))
        };
        let service = self.service.as_ref().and_then(|service| text_of(&service.name)).or_else(by_role);
        let host = self.host.as_ref().and_then(|host| text_of(&host.name));
        let parts: Vec<_> = [service, host].into_iter().flatten().collect();
        Foreign::line(&parts.join(" "))
    }

    /// Who did it, by the name that Mackerel shows.
    fn who(&self) -> Option<Person> {
        let name = match self.user.as_ref()? {
            Value::Object(user) => ["screenName", "name"].iter().find_map(|field| line_of(&user.get(*field).cloned())),
            other => line_of(&Some(other.clone())),
        }?;
        Some(Person { id: name.as_str().to_owned(), name })
    }
}

/// An event of which nothing else is known.
fn event(kind: EventKind, name: impl Display, at: DateTime<Utc>) -> IncidentEvent {
    IncidentEvent::new(SOURCE.origin, SOURCE.origin.key(name), kind, at)
}
